import InterpreterKit

/// The functions of the module `builtins` that make and show text.
extension VM {
    func installTextFunctions() {
        function("repr", "(obj, /)") { (vm, a) throws(Unwind) in try vm.repr(a[0]) }
        function("ascii", "(obj, /)") { (vm, a) throws(Unwind) in try vm.ascii(a[0]) }
        function("format", "(value, format_spec='', /)") { (vm, a) throws(Unwind) in
            if !a.has(1) { return try vm.format(a[0], vm.shared.pointee.emptyString) }
            _ = try vm.string(a[1], "format() argument 2 must be str")
            return try vm.format(a[0], a[1])
        }
        function("chr", "(i, /)") { (vm, a) throws(Unwind) in
            let int = try vm.integer(a[0])
            guard let word = vm.word(ofInt: int), word <= Int(Int32.max), word >= Int(Int32.min)
            else {
                throw vm.raise(
                    .overflowError, "Python int too large to convert to C int")
            }
            if word < 0 || word > 0x10FFFF {
                throw vm.raise(.valueError, "chr() arg not in range(0x110000)")
            }
            return try vm.character(UInt32(word))
        }
        function("ord", "(c, /)") { (vm, a) throws(Unwind) in
            let count: Int
            if let string = vm.asString(a[0]) {
                let view = StringView(string)
                count = view.count
                if count == 1 { return Value(Int(view[0])) }
            } else if vm.asBytes(a[0]) != nil || vm.asByteArray(a[0]) != nil,
                let content = try vm.byteContent(a[0])
            {
                count = content.count
                if count == 1 { return Value(Int(content[0])) }
            } else {
                throw vm.raise(
                    .typeError,
                    "ord() expected string of length 1, but \(vm.typeName(a[0])) found")
            }
            throw vm.raise(
                .typeError,
                "ord() expected a character, but string of length \(count) found")
        }
        function("print", "(*args, sep=' ', end='\\n', file=None, flush=False)") {
            (vm, a) throws(Unwind) in
            try vm.print(a)
            return .none
        }
    }

    /// The text of an option of `print`; nil for the standard.
    private func printOption(
        _ a: CallArguments, _ name: StaticString
    ) throws(Unwind) -> StringView? {
        let value = option(a, name)
        if value == .unbound || value == .none { return nil }
        guard let string = asString(value) else {
            throw raise(
                .typeError, "\(name) must be None or a string, not \(typeName(value))")
        }
        return StringView(string)
    }
    private func option(_ a: CallArguments, _ name: StaticString) -> Value {
        a.keywords.isDict ? find(a.keywords.reference, name: intern(name)) : .unbound
    }

    private func print(_ a: CallArguments) throws(Unwind) {
        let separator = try printOption(a, "sep")
        let end = try printOption(a, "end")
        var file = option(a, "file")
        let flush = option(a, "flush")
        if file == .unbound || file == .none {
            file = standardOutput()
            if file == .unbound { throw raise(.runtimeError, "lost sys.stdout") }
            // Without a console there is none.
            if file == .none { return }
        }
        if try isPlainOutput(file) {
            var text = StringBuilder()
            for i in 0..<a.count {
                if i > 0 {
                    if let separator { text.append(separator) } else { text.append(0x20) }
                }
                try showText(a[i], into: &text)
            }
            if let end { text.append(end) } else { text.append(0x0A) }
            try write(text)
            if flush != .unbound, try isTrue(flush) { flushOutput() }
            return
        }
        let writer = try getAttribute(file, name(.writeName))
        for i in 0..<a.count {
            if i > 0 {
                _ = try call(
                    writer, separator.map { Value($0.object) } ?? shared.pointee.characters[0x20])
            }
            _ = try call(writer, try str(a[i]))
        }
        _ = try call(writer, end.map { Value($0.object) } ?? shared.pointee.characters[0x0A])
        if flush != .unbound, try isTrue(flush) { _ = try callMethod(file, name(.flush)) }
    }
    /// Adds `str(value)`.
    func showText(_ value: Value, into text: inout StringBuilder) throws(Unwind) {
        if value.isString { return text.append(string: value) }
        if value.isInt { return text.append(decimal: value.int) }
        if value.isInstance || value.isType || value.isA(Kind.mappingProxy) {
            return text.append(string: plain(try str(value)))
        }
        try show(value, into: &text)
    }
    /// Writes text to the guest's output as UTF-8.
    func write(_ text: borrowing StringBuilder) throws(Unwind) {
        if text.width == 0 && text.isASCII {
            let writer = self
            return text.withData { data, count in
                writer.write(
                    UnsafeBufferPointer(
                        start: data.assumingMemoryBound(to: UInt8.self), count: count))
            }
        }
        try write(string: try text.string(self))
    }
    /// Writes a `str` to the guest's output as UTF-8.
    func write(string: Value) throws(Unwind) {
        let view = StringView(string)
        if view.isASCII {
            return write(UnsafeBufferPointer(start: view.bytes, count: view.count))
        }
        let bytes = try encode(string, "utf-8", outputErrors)
        write(BytesView(bytes).buffer)
    }

    /// `sys.stdout` as it is now, unbound when it has been deleted; before `sys` exists, Ellipsis.
    private func standardOutput() -> Value {
        let module = find(shared.pointee.modules, name: intern("sys"))
        guard module.isA(Kind.module) else { return .ellipsis }
        return find(self[module.reference, ModuleObject.namespace], name: name(.stdout))
    }
    /// Does writing to `file` do nothing but write to the guest's output?
    private func isPlainOutput(_ file: Value) throws(Unwind) -> Bool {
        if file == .ellipsis { return true }
        guard file.isInstance, file == python.system[.standardOutput] else { return false }
        try checkOpen(text: file.reference)
        return isPlainText(file.reference)
    }
}
