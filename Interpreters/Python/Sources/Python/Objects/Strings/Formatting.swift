import InterpreterKit

/// `format(value, spec)` and f-strings.
extension VM {
    /// `format(value, spec)`; `spec` is a `str`.
    func format(_ value: Value, _ spec: Value) throws(Unwind) -> Value {
        if value.isInstance || value.isType { return try formatByMethod(value, spec) }
        let spec = plain(spec)
        if StringView(spec).count == 0 { return try str(value) }
        if value.isInt, let text = try padded(value.int, StringView(spec)) { return text }
        if value.isString || value.isInt || value.isFloat || value.isA(Kind.bigInt)
            || value.isA(Kind.complex)
        {
            var text = StringBuilder()
            try format(value, StringView(spec), into: &text)
            return try text.string(self)
        }
        return try formatByMethod(value, spec)
    }
    /// A number in at least so many places, for a specification of a width below 100 with or without a
    /// leading 0, and perhaps a `d`; nil for others.
    private func padded(_ number: Int, _ spec: StringView) throws(Unwind) -> Value? {
        guard spec.isASCII, spec.count <= 4 else { return nil }
        var i = 0
        let fill = spec.bytes[0] == 0x30 ? UInt8(0x30) : 0x20
        if fill == 0x30 { i = 1 }
        var width = 0
        while i < spec.count, case let digit = Int(spec.bytes[i]) &- 0x30, 0...9 ~= digit {
            width = width &* 10 &+ digit
            i &+= 1
        }
        if i < spec.count && spec.bytes[i] == 0x64 { i &+= 1 }
        guard i == spec.count, width < 100 else { return nil }
        return try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) {
            (text) throws(Unwind) in
            var i = 128
            var rest = number.magnitude
            repeat {
                i &-= 1
                text[i] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest != 0
            if number < 0 && fill == 0x20 {
                i &-= 1
                text[i] = 0x2D
            }
            let first = 128 &- width &+ (number < 0 && fill == 0x30 ? 1 : 0)
            while i > first {
                i &-= 1
                text[i] = fill
            }
            if number < 0 && fill == 0x30 {
                i &-= 1
                text[i] = 0x2D
            }
            return try string(utf8: UnsafeBufferPointer(rebasing: text[i...]))
        }
    }
    /// `__format__` of the built-in numbers.
    func format(number: Value, _ spec: Value) throws(Unwind) -> Value {
        let spec = try string(spec, "__format__() argument must be str")
        if spec.count == 0 { return try str(number) }
        var text = StringBuilder()
        try format(number, spec, into: &text)
        return try text.string(self)
    }
    private func formatByMethod(_ value: Value, _ spec: Value) throws(Unwind) -> Value {
        let method = lookup(typeOf: value, name(.format))
        if method == .unbound {
            throw raise(
                .typeError, "Type \(typeName(value)) doesn't define __format__")
        }
        if isFromObject(method) { return try defaultFormat(value, spec) }
        let result = try callSpecial(method, value, spec)
        if asString(result) != nil { return result }
        throw raise(
            .typeError, "__format__ must return a str, not \(typeName(result))")
    }
    /// `object.__format__`
    func defaultFormat(_ value: Value, _ spec: Value) throws(Unwind) -> Value {
        let spec = try string(spec, "__format__() argument must be str")
        if spec.count > 0 {
            throw raise(
                .typeError,
                "unsupported format string passed to \(typeName(value)).__format__")
        }
        return try str(value)
    }
    /// A replacement field of an f-string; the conversion is 0 none, 1 `!s`, 2 `!r`, 3 `!a`, and the
    /// specification is a `str` or None.
    func formatValue(
        _ value: Value, _ conversion: Int, _ spec: Value
    ) throws(Unwind) -> Value {
        var value = value
        switch conversion {
        case 1: value = try str(value)
        case 2: value = try repr(value)
        case 3: value = try ascii(value)
        default: break
        }
        if spec == .none {
            if value.isString { return value }
            if value.isInt { return try repr(value) }
        }
        let text = try format(value, spec == .none ? shared.pointee.emptyString : spec)
        return plain(text)
    }

    /// Adds a string or number in the format of a specification.
    func format(
        _ value: Value, _ spec: StringView, into text: inout StringBuilder
    ) throws(Unwind) {
        if let string = asString(value) {
            return try format(string: StringView(string), spec, value, into: &text)
        }
        if let int = asInt(value) { return try format(int: int, spec, value, into: &text) }
        if let double = floatContent(value) {
            if spec.count == 0 { return appendRepr(double, to: &text) }
            let parsed = try FormatSpec(spec, self, type: 0, align: 0x3E, of: value)
            return try format(double, parsed, value, into: &text)
        }
        if complexContent(value) != nil {
            return try format(complex: value, spec, into: &text)
        }
        text.append(string: plain(try format(value, Value(spec.object))))
    }

    private func format(
        string view: StringView, _ spec: StringView, _ object: Value,
        into text: inout StringBuilder
    ) throws(Unwind) {
        if spec.count == 0 { return text.append(view) }
        let parsed = try FormatSpec(spec, self, type: 0x73, align: 0x3C, of: object)
        if parsed.type != 0x73 { throw parsed.unknown(self, object) }
        if parsed.sign != 0 {
            throw raise(
                .valueError,
                parsed.sign == 0x20
                    ? "Space not allowed in string format specifier"
                    : "Sign not allowed in string format specifier")
        }
        if parsed.coercesNegativeZero {
            throw raise(
                .valueError,
                "Negative zero coercion (z) not allowed in string format specifier")
        }
        if parsed.isAlternate {
            throw raise(
                .valueError, "Alternate form (#) not allowed in string format specifier")
        }
        if parsed.align == 0x3D {
            throw raise(
                .valueError, "'=' alignment not allowed in string format specifier")
        }
        let n = parsed.precision < 0 ? view.count : min(view.count, parsed.precision)
        parsed.append(view, 0..<n, to: &text)
    }

    private func format(
        int: Value, _ spec: StringView, _ object: Value, into text: inout StringBuilder
    ) throws(Unwind) {
        if spec.count == 0 {
            return int.isInt ? text.append(decimal: int.int) : text.append(string: try decimal(int))
        }
        let parsed = try FormatSpec(spec, self, type: 0x64, align: 0x3E, of: object)
        var prefix: StaticString = ""
        var radix = 10
        switch parsed.type {
        case 0x62: (radix, prefix) = (2, "0b")
        case 0x6F: (radix, prefix) = (8, "0o")
        case 0x78: (radix, prefix) = (16, "0x")
        case 0x58: (radix, prefix) = (16, "0X")
        case 0x64, 0x6E: break
        case 0x63: return try format(character: int, parsed, into: &text)
        case 0x65, 0x45, 0x66, 0x46, 0x67, 0x47, 0x25:
            return try format(try double(ofInt: int), parsed, object, into: &text)
        default: throw parsed.unknown(self, object)
        }
        try checkInteger(parsed)
        if int.isInt && parsed.isSimple && !parsed.isAlternate {
            return format(
                word: int.int, radix, isCapital: parsed.type == 0x58, parsed, into: &text)
        }
        if radix == 10 { try checkDigitLimit(int) }
        var digits = digits(ofInt: int, radix: radix)
        if parsed.type == 0x58 {
            for i in digits.indices where digits[i] >= 0x61 { digits[i] -= 0x20 }
        }
        let sign: UInt32 =
            isNegative(int: int)
            ? 0x2D : parsed.sign == 0x2B || parsed.sign == 0x20 ? parsed.sign : 0
        parsed.append(
            sign: sign, prefix: parsed.isAlternate ? prefix : "", digits: digits[...], rest: [],
            groupSize: radix == 10 ? 3 : 4, to: &text)
    }
    /// A machine word without grouping.
    private func format(
        word: Int, _ radix: Int, isCapital: Bool, _ spec: FormatSpec,
        into text: inout StringBuilder
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { memory in
            var i = 64
            var rest = word.magnitude
            repeat {
                i &-= 1
                let digit: Int
                if radix == 10 {
                    digit = Int(rest % 10)
                    rest /= 10
                } else {
                    digit = Int(rest) & (radix &- 1)
                    rest &>>= UInt(radix.trailingZeroBitCount)
                }
                let letter = hexDigit(digit)
                memory[i] = isCapital && digit > 9 ? letter &- 0x20 : letter
            } while rest != 0
            let sign: UInt32 = word < 0 ? 0x2D : spec.sign == 0x2D ? 0 : spec.sign
            let missing = spec.width &- (64 &- i) &- (sign == 0 ? 0 : 1)
            if spec.fill == 0x20 && spec.align != 0x3C { text.append(0x20, times: missing) }
            if sign != 0 { text.append(sign) }
            if spec.fill == 0x30 { text.append(0x30, times: missing) }
            text.append(ascii: UnsafeBufferPointer(rebasing: memory[i...]))
            if spec.fill == 0x20 && spec.align == 0x3C { text.append(0x20, times: missing) }
        }
    }
    private func checkInteger(_ spec: FormatSpec) throws(Unwind) {
        if spec.precision >= 0 {
            throw raise(.valueError, "Precision not allowed in integer format specifier")
        }
        if spec.coercesNegativeZero {
            throw raise(
                .valueError,
                "Negative zero coercion (z) not allowed in integer format specifier")
        }
    }
    private func format(
        character int: Value, _ spec: FormatSpec, into text: inout StringBuilder
    ) throws(Unwind) {
        try checkInteger(spec)
        if spec.sign != 0 {
            throw raise(
                .valueError, "Sign not allowed with integer format specifier 'c'")
        }
        if spec.isAlternate {
            throw raise(
                .valueError,
                "Alternate form (#) not allowed with integer format specifier 'c'")
        }
        guard let word = word(ofInt: int) else {
            throw raise(.overflowError, "Python int too large to convert to C long")
        }
        guard word >= 0 && word < 0x110000 else {
            throw raise(.overflowError, "%c arg not in range(0x110000)")
        }
        let string = try character(UInt32(word))
        spec.append(StringView(string), 0..<1, to: &text)
    }

    private func format(
        _ double: Double, _ spec: FormatSpec, _ object: Value, into text: inout StringBuilder
    ) throws(Unwind) {
        var spec = spec
        let isPlain = spec.type == 0
        switch spec.type {
        case 0, 0x65, 0x45, 0x66, 0x46, 0x67, 0x47, 0x25, 0x6E: break
        default: throw spec.unknown(self, object)
        }
        try check(precision: spec.precision)
        if spec.type | 0x20 == 0x66 && spec.isSimple,
            text.append(
                fixed: double, spec.precision < 0 ? 6 : spec.precision,
                plus: spec.sign == 0x2D ? 0 : spec.sign, width: spec.width,
                fill: spec.fill, isLeft: spec.align == 0x3C)
        {
            return
        }
        let isPercent = spec.type == 0x25
        var code = Unicode.Scalar(UInt8(truncatingIfNeeded: spec.type))
        if isPlain { code = spec.precision < 0 ? "r" : "g" }
        if spec.type == 0x6E { code = "g" }
        if isPercent { code = "f" }
        var number = FloatText.string(
            isPercent ? double * 100 : double, code,
            precision: spec.precision < 0 ? 6 : spec.precision, isAlternate: spec.isAlternate,
            addsPointZero: isPlain)
        let isNegative = takeSign(&number, spec, double)
        if isPercent { number.append(0x25) }
        let digits = number.prefix { $0 &- 0x30 < 10 }
        let sign: UInt32 =
            isNegative ? 0x2D : spec.sign == 0x2B || spec.sign == 0x20 ? spec.sign : 0
        if digits.isEmpty { spec.grouping = 0 }
        spec.append(
            sign: sign, prefix: "", digits: digits, rest: number[digits.endIndex...],
            groupSize: 3, to: &text)
    }

    private func format(
        complex value: Value, _ spec: StringView, into text: inout StringBuilder
    ) throws(Unwind) {
        guard let (re, im) = complexContent(value) else { return }
        if spec.count == 0 { return try appendRepr(complex: value, to: &text) }
        let parsed = try FormatSpec(spec, self, type: 0, align: 0x3E, of: value)
        switch parsed.type {
        case 0, 0x65, 0x45, 0x66, 0x46, 0x67, 0x47, 0x6E: break
        default: throw parsed.unknown(self, value)
        }
        if parsed.fill == 0x30 {
            throw raise(
                .valueError, "Zero padding is not allowed in complex format specifier")
        }
        if parsed.align == 0x3D {
            throw raise(
                .valueError,
                "'=' alignment flag is not allowed in complex format specifier")
        }
        try check(precision: parsed.precision)
        var part = parsed
        part.width = -1
        part.fill = 0x20
        let isPlain = parsed.type == 0
        if isPlain && parsed.precision < 0 { part.type = 0x72 }
        var inner = StringBuilder()
        let skipsReal = isPlain && re == 0 && re.sign == .plus
        if isPlain && !skipsReal { inner.append("(") }
        if !skipsReal { appendPart(re, part, to: &inner) }
        if !skipsReal { part.sign = 0x2B }
        appendPart(im, part, to: &inner)
        inner.append("j")
        if isPlain && !skipsReal { inner.append(")") }
        let whole = try inner.string(self)
        parsed.append(StringView(whole), 0..<StringView(whole).count, to: &text)
    }
    private func check(precision: Int) throws(Unwind) {
        if precision > Int(Int32.max) { throw raise(.valueError, "precision too big") }
        try checkSize(limbs: precision / 8)
    }
    private func appendPart(_ d: Double, _ spec: FormatSpec, to text: inout StringBuilder) {
        let isShortest = spec.type == 0x72
        let isGeneral = spec.type == 0 || spec.type == 0x6E
        let code: Unicode.Scalar =
            isShortest
            ? "r" : isGeneral ? "g" : Unicode.Scalar(UInt8(truncatingIfNeeded: spec.type))
        var number = FloatText.string(
            d, code, precision: spec.precision < 0 ? 6 : spec.precision,
            isAlternate: spec.isAlternate, addsPointZero: false)
        let isNegative = takeSign(&number, spec, d)
        let digits = number.prefix { $0 &- 0x30 < 10 }
        let sign: UInt32 =
            isNegative ? 0x2D : spec.sign == 0x2B || spec.sign == 0x20 ? spec.sign : 0
        spec.append(
            sign: sign, prefix: "", digits: digits, rest: number[digits.endIndex...],
            groupSize: 3, to: &text)
    }
    /// Removes a minus sign; false when there is none or it belongs to a zero that shall have none.
    private func takeSign(_ number: inout [UInt8], _ spec: FormatSpec, _ d: Double) -> Bool {
        if number.first != 0x2D { return false }
        number.removeFirst()
        if !spec.coercesNegativeZero || !d.isFinite { return true }
        return number.prefix { $0 | 0x20 != 0x65 }.contains { $0 >= 0x31 && $0 <= 0x39 }
    }
}
