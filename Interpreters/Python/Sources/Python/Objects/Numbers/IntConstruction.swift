import InterpreterKit

/// What `int(…)` makes of its arguments.
extension VM {
    func newInt(_ value: Value) throws(Unwind) -> Value {
        if let int = plainInteger(value) { return int }
        if let double = value.asDouble { return try int(truncating: double) }
        if value.isString {
            if let int = parsePlainInt(value) { return int }
            return try parseInt(numberText(value), base: 10, shown: value)
        }
        let type = type(of: value)
        for special in [Name.int, .index] {
            let method = lookup(type, name(special))
            if method == .unbound { continue }
            let result = try callSpecial(method, value)
            if let int = asInt(result) { return int }
            throw raise(
                .typeError, "\(text(name(special))) returned non-int (type \(typeName(result)))")
        }
        let truncate = lookup(type, name(.trunc))
        if truncate != .unbound {
            let result = try callSpecial(truncate, value)
            if let int = asInt(result) { return int }
            if lookup(typeOf: result, name(.index)) != .unbound { return try integer(result) }
            throw raise(
                .typeError, "__trunc__ returned non-Integral (type \(typeName(result)))")
        }
        if let string = asString(value) {
            return try parseInt(numberText(string), base: 10, shown: value)
        }
        if let bytes = try byteList(value) {
            return try parseInt(bytes, base: 10, shown: try shownBytes(value, bytes))
        }
        throw raise(
            .typeError,
            "int() argument must be a string, a bytes-like object or a real number, not '\(typeName(value))'"
        )
    }
    func newInt(_ value: Value, base: Value) throws(Unwind) -> Value {
        if value == .unbound { throw raise(.typeError, "int() missing string argument") }
        let radix = try clampedIndex(base)
        if radix != 0 && (radix < 2 || radix > 36) {
            throw raise(.valueError, "int() base must be >= 2 and <= 36, or 0")
        }
        if let string = asString(value) {
            return try parseInt(numberText(string), base: radix, shown: value)
        }
        if asBytes(value) != nil || asByteArray(value) != nil,
            let bytes = try byteList(value)
        {
            return try parseInt(bytes, base: radix, shown: try shownBytes(value, bytes))
        }
        throw raise(.typeError, "int() can't convert non-string with explicit base")
    }
    /// The bytes of a bytes-like object; nil for what is none.
    func byteList(_ value: Value) throws(Unwind) -> [UInt8]? {
        try byteContent(value).map { Array($0.buffer) }
    }
    /// In messages, bytes-like objects look like bytes.
    private func shownBytes(_ value: Value, _ content: [UInt8]) throws(Unwind) -> Value {
        value.isBytes ? value : try bytes(content)
    }
    /// A string as bytes of which only digits, letters and spaces matter: decimal digits and spaces of all
    /// scripts become those of ASCII.
    func numberText(_ string: Value) -> [UInt8] {
        let view = StringView(string)
        if view.isASCII { return utf8(string) }
        var result: [UInt8] = []
        result.reserveCapacity(view.count)
        for i in 0..<view.count {
            let c = view[i]
            if c < 128 {
                result.append(UInt8(c))
            } else if CodePoint.isSpace(c) {
                result.append(0x20)
            } else if let digit = CodePoint.decimal(c) {
                result.append(UInt8(0x30 + digit))
            } else {
                result.append(0x3F)
            }
        }
        return result
    }
}
