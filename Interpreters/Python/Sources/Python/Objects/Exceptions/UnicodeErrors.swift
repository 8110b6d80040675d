import InterpreterKit

/// UnicodeDecodeError, UnicodeEncodeError and UnicodeTranslateError.
extension VM {
    func installUnicodeErrors() {
        for builtin in [
            BuiltinType.unicodeDecodeError, .unicodeEncodeError, .unicodeTranslateError,
        ] {
            build(builtin) { type in
                type.method("__init__", "(self, /, *args)") { (vm, a) throws(Unwind) in
                    let arguments = try vm.tuple(a.base + 1, a.count - 1)
                    vm[a[0].reference, Exception.arguments] = arguments
                    try vm.checkUnicodeError(builtin, arguments.reference)
                    try vm.fillUnicodeError(a[0].reference, builtin, arguments.reference)
                    return .none
                }
                if builtin != .unicodeTranslateError {
                    type.field("encoding", UnicodeErrorFields.encoding)
                }
                type.field("object", UnicodeErrorFields.object)
                type.field("start", UnicodeErrorFields.start)
                type.field("end", UnicodeErrorFields.end)
                type.field("reason", UnicodeErrorFields.reason)
                type.method("__str__", "(self, /)") { (vm, a) throws(Unwind) in
                    try vm.text(unicodeError: a[0].reference, builtin)
                }
            }
        }
    }
    private func checkUnicodeError(
        _ type: BuiltinType, _ arguments: Reference
    ) throws(Unwind) {
        let isTranslate = type == .unicodeTranslateError
        let expected = isTranslate ? 4 : 5
        let count = q.tupleCount(arguments)
        if count != expected {
            throw raise(
                .typeError, "function takes exactly \(expected) arguments (\(count) given)")
        }
        func require(_ i: Int, _ isFine: Bool, _ wanted: String) throws(Unwind) {
            if isFine { return }
            let name = typeName(q.tupleElement(arguments, i))
            throw raise(.typeError, "argument \(i + 1) must be \(wanted), not \(name)")
        }
        let first = isTranslate ? 0 : 1
        if !isTranslate {
            try require(0, asString(q.tupleElement(arguments, 0)) != nil, "str")
        }
        let object = q.tupleElement(arguments, first)
        if type == .unicodeDecodeError {
            let isBytes =
                object.isA(Kind.bytes) || object.isA(Kind.byteArray)
                || payload(object, .bytes) != nil || payload(object, .byteArray) != nil
                || object.isA(Kind.memoryView)
            if !isBytes {
                throw raise(
                    .typeError,
                    "a bytes-like object is required, not '\(typeName(object))'")
            }
        } else {
            try require(first, asString(object) != nil, "str")
        }
        for i in first + 1...first + 2 where asInt(q.tupleElement(arguments, i)) == nil {
            throw raise(
                .typeError,
                "'\(typeName(q.tupleElement(arguments, i)))' object cannot be interpreted as an integer"
            )
        }
        try require(first + 3, asString(q.tupleElement(arguments, first + 3)) != nil, "str")
    }
    func fillUnicodeError(
        _ exception: Reference, _ type: BuiltinType, _ arguments: Reference
    ) throws(Unwind) {
        let shift = type == .unicodeTranslateError ? 1 : 0
        guard q.tupleCount(arguments) == 5 - shift else { return }
        if shift == 0 {
            self[exception, UnicodeErrorFields.encoding] = q.tupleElement(arguments, 0)
        }
        var object = q.tupleElement(arguments, 1 - shift)
        if type == .unicodeDecodeError && asBytes(object) == nil {
            object = try call(Value(self.type(.bytes)), object)
        }
        self[exception, UnicodeErrorFields.object] = object
        self[exception, UnicodeErrorFields.start] = q.tupleElement(arguments, 2 - shift)
        self[exception, UnicodeErrorFields.end] = q.tupleElement(arguments, 3 - shift)
        self[exception, UnicodeErrorFields.reason] = q.tupleElement(arguments, 4 - shift)
    }

    private func text(
        unicodeError exception: Reference, _ type: BuiltinType
    ) throws(Unwind) -> Value {
        let object = self[exception, UnicodeErrorFields.object]
        if object == .none { return shared.pointee.emptyString }
        let (start, end) = (
            self[exception, UnicodeErrorFields.start], self[exception, UnicodeErrorFields.end]
        )
        let (from, to) = (start.isInt ? start.int : 0, end.isInt ? end.int : 0)
        var text = StringBuilder()
        if type != .unicodeTranslateError {
            text.append("'")
            try append(str: self[exception, UnicodeErrorFields.encoding], to: &text)
            text.append("' codec ")
        }
        let isDecode = type == .unicodeDecodeError
        text.append(
            type == .unicodeTranslateError
                ? "can't translate " : isDecode ? "can't decode " : "can't encode ")
        let content: UInt32? =
            isDecode ? byte(of: object, at: from) : codePoint(of: object, at: from)
        if let content, to == from + 1 {
            if isDecode {
                text.append("byte 0x")
                text.append(hex: UInt(content), digits: 2)
            } else {
                text.append("character '\\")
                if content <= 0xFF {
                    text.append("x")
                    text.append(hex: UInt(content), digits: 2)
                } else if content <= 0xFFFF {
                    text.append("u")
                    text.append(hex: UInt(content), digits: 4)
                } else {
                    text.append("U")
                    text.append(hex: UInt(content), digits: 8)
                }
                text.append("'")
            }
            text.append(" in position ")
            text.append(decimal: from)
        } else {
            text.append(isDecode ? "bytes in position " : "characters in position ")
            text.append(decimal: from)
            text.append("-")
            text.append(decimal: to - 1)
        }
        text.append(": ")
        try append(str: self[exception, UnicodeErrorFields.reason], to: &text)
        return try text.string(self)
    }
    private func codePoint(of object: Value, at i: Int) -> UInt32? {
        guard let string = asString(object), i >= 0, i < StringView(string).count else {
            return nil
        }
        return StringView(string)[i]
    }
    private func byte(of object: Value, at i: Int) -> UInt32? {
        guard let bytes = asBytes(object) else { return nil }
        let buffer = BytesView(bytes).buffer
        return buffer.indices.contains(i) ? UInt32(buffer[i]) : nil
    }
}
