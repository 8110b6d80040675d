import InterpreterKit

/// SyntaxError and the classes derived from it.
extension VM {
    func installSyntaxError() {
        build(.syntaxError) { type in
            type.method("__init__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                if a.keywords != .unbound {
                    throw vm.raise(
                        .typeError, "\(vm.typeName(a[0]))() takes no keyword arguments")
                }
                let arguments = try vm.tuple(a.base + 1, a.count - 1)
                vm[a[0].reference, Exception.arguments] = arguments
                try vm.fillSyntaxError(a[0].reference, arguments.reference)
                return .none
            }
            type.field("msg", SyntaxErrorFields.message)
            type.field("filename", SyntaxErrorFields.filename)
            type.field("lineno", SyntaxErrorFields.line)
            type.field("offset", SyntaxErrorFields.offset)
            type.field("text", SyntaxErrorFields.text)
            type.field("end_lineno", SyntaxErrorFields.endLine)
            type.field("end_offset", SyntaxErrorFields.endOffset)
            type.field("print_file_and_line", SyntaxErrorFields.printed)
            type.method("__str__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.text(syntaxError: a[0].reference)
            }
        }
    }

    /// From a message and a tuple: file, line, offset, text and, possibly, the end.
    func fillSyntaxError(_ exception: Reference, _ arguments: Reference) throws(Unwind) {
        let count = q.tupleCount(arguments)
        if count >= 1 { self[exception, SyntaxErrorFields.message] = q.tupleElement(arguments, 0) }
        guard count == 2 else { return }
        let place = try tuple(ofIterable: q.tupleElement(arguments, 1)).reference
        let parts = q.tupleCount(place)
        if parts < 4 || parts > 6 {
            throw raise(
                .typeError,
                "function takes \(parts < 4 ? "at least 4" : "at most 6") arguments (\(parts) given)"
            )
        }
        let fields = [
            SyntaxErrorFields.filename, SyntaxErrorFields.line, SyntaxErrorFields.offset,
            SyntaxErrorFields.text, SyntaxErrorFields.endLine, SyntaxErrorFields.endOffset,
        ]
        for i in 0..<parts { self[exception, fields[i]] = q.tupleElement(place, i) }
        if parts == 5 {
            throw raise(
                .typeError, "end_offset must be provided when end_lineno is provided")
        }
    }

    private func text(syntaxError exception: Reference) throws(Unwind) -> Value {
        let message = self[exception, SyntaxErrorFields.message]
        let filename = self[exception, SyntaxErrorFields.filename]
        let line = self[exception, SyntaxErrorFields.line]
        let hasLine = line.isInt
        var text = StringBuilder()
        try append(str: message, to: &text)
        guard let name = asString(filename) else {
            if hasLine { text.append(" (line \(line.int))") }
            return try text.string(self)
        }
        let path = self.text(name)
        let base = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        text.append(hasLine ? " (\(base), line \(line.int))" : " (\(base))")
        return try text.string(self)
    }
}
