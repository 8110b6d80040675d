import InterpreterKit

/// Ints as text, both ways.
extension VM {
    /// The digits of the magnitude in lower case, without a prefix. The radix is 2, 8, 10 or 16. Does not
    /// limit the length.
    func digits(ofInt a: Value, radix: Int = 10) -> [UInt8] {
        do throws(Unwind) {
            return try withOperand(a) { (x) throws(Unwind) in
                radix == 10
                    ? Limbs.decimal(x.limbs, x.count)
                    : Limbs.digits(x.limbs, x.count, bits: radix.trailingZeroBitCount)
            }
        } catch { return [] }
    }
    /// `str(a)`
    func decimal(_ a: Value) throws(Unwind) -> Value {
        if a.isInt { return try decimal(word: a.int) }
        try checkDigitLimit(a)
        let big = BigInt(a.reference)
        var result = Value.unbound
        Limbs.withDecimal(big.limbs, big.count, isNegative: big.isNegative) { text in
            do throws(Unwind) { result = try ascii(text) } catch {}
        }
        if result == .unbound { throw outOfMemory() }
        return result
    }
    private func decimal(word: Int) throws(Unwind) -> Value {
        if word >= 0 && word < 10 { return shared.pointee.characters[0x30 + word] }
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        return try withUnsafeMutableBytes(of: &digits) { (bytes) throws(Unwind) in
            let buffer = bytes.bindMemory(to: UInt8.self)
            var i = 24
            var rest = word.magnitude
            repeat {
                let next = rest / 10
                i &-= 1
                buffer[i] = 0x30 &+ UInt8(truncatingIfNeeded: rest &- next &* 10)
                rest = next
            } while rest != 0
            if word < 0 {
                i &-= 1
                buffer[i] = 0x2D
            }
            return try ascii(UnsafeBufferPointer(rebasing: buffer[i..<24]))
        }
    }
    /// Decimal texts take a time that grows faster than their length: longer ones than the program allows
    /// are refused.
    func checkDigitLimit(_ a: Value) throws(Unwind) {
        let log10Of2 = 0.301_029_995_663_981_195_2
        let limit = shared.pointee.digitLimit
        if limit == 0 || a.isInt { return }
        let bits = bitCount(ofInt: a)
        // Between these there is only one length of a number of so many bits, or two.
        let (low, high) = (Double(bits - 1) * log10Of2, Double(bits) * log10Of2)
        let margin = 1e-9 * high
        if Int(high + margin) + 1 <= limit { return }
        if Int(low - margin) + 1 <= limit && digits(ofInt: a).count <= limit { return }
        throw raise(
            .valueError,
            "Exceeds the limit (\(limit) digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit"
        )
    }
    /// `hex(a)`, `oct(a)` and `bin(a)`.
    func prefixed(_ a: Value, radix: Int) throws(Unwind) -> Value {
        var text: [UInt8] = isNegative(int: a) ? [0x2D] : []
        text += [0x30, radix == 16 ? 0x78 : radix == 8 ? 0x6F : 0x62]
        text += digits(ofInt: a, radix: radix)
        return try string(utf8: text)
    }

    /// `int(text, base)`; `shown` is what the guest gave, for the message.
    func parseInt(_ text: [UInt8], base: Int, shown: Value) throws(Unwind) -> Value {
        if let (digits, isNegative, radix) = IntegerText.scan(text, base: base) {
            if radix & (radix - 1) != 0 {
                let limit = shared.pointee.digitLimit
                if limit != 0 && digits.count > limit {
                    throw raise(
                        .valueError,
                        "Exceeds the limit (\(limit) digits) for integer string conversion: value has \(digits.count) digits; use sys.set_int_max_str_digits() to increase the limit"
                    )
                }
            }
            if digits.count <= 18 && radix == 10 {
                var word = 0
                for digit in digits { word = word &* 10 &+ Int(digit) }
                return Value(isNegative ? -word : word)
            }
            let limbs = digits.withUnsafeBufferPointer {
                radix == 10
                    ? Limbs.number(decimal: $0)
                    : Limbs.parse($0.baseAddress.unsafelyUnwrapped, $0.count, radix: radix)
            }
            return try int(limbs: limbs, isNegative: isNegative)
        }
        throw raise(
            .valueError,
            "invalid literal for int() with base \(base): \(self.text(try repr(shown)))")
    }
    /// A short text of decimal digits, with a minus sign perhaps; nil for all else.
    func parsePlainInt(_ string: Value) -> Value? {
        let view = StringView(string)
        guard view.isASCII, view.count > 0, view.count <= 18 else { return nil }
        let p = view.bytes
        let isNegative = p[0] == 0x2D
        var i = isNegative ? 1 : 0
        if i == view.count { return nil }
        var word = 0
        while i < view.count {
            let digit = p[i] &- 0x30
            if digit >= 10 { return nil }
            word = word &* 10 &+ Int(digit)
            i &+= 1
        }
        return Value(isNegative ? 0 &- word : word)
    }
    /// The int of a literal's hexadecimal digits.
    func int(hex: String) throws(Unwind) -> Value {
        let digits = hex.utf8.map { IntegerText.digit($0) }
        if digits.isEmpty { return Value(0) }
        let limbs = digits.withUnsafeBufferPointer {
            Limbs.parse($0.baseAddress.unsafelyUnwrapped, $0.count, radix: 16)
        }
        return try int(limbs: limbs)
    }
}

/// What `int("…")` understands.
enum IntegerText {
    /// The value of a digit or letter; 99 for anything else.
    static func digit(_ c: UInt8) -> UInt8 {
        switch c {
        case 0x30...0x39: c - 0x30
        case 0x41...0x5A: c - 0x37
        case 0x61...0x7A: c - 0x57
        default: 99
        }
    }
    static func isSpace(_ c: UInt8) -> Bool { c == 0x20 || c >= 0x09 && c <= 0x0D }

    /// The values of the digits, at least one, and the radix; nil when the text is no number.
    static func scan(
        _ text: [UInt8], base: Int
    ) -> (digits: [UInt8], isNegative: Bool, radix: Int)? {
        var (i, end) = (0, text.count)
        while i < end && isSpace(text[i]) { i += 1 }
        while end > i && isSpace(text[end - 1]) { end -= 1 }
        var isNegative = false
        if i < end && (text[i] == 0x2B || text[i] == 0x2D) {
            isNegative = text[i] == 0x2D
            i += 1
        }
        var radix = base
        var hasPrefix = false
        if i + 1 < end && text[i] == 0x30 {
            let named =
                switch text[i + 1] | 0x20 {
                case 0x78: 16
                case 0x6F: 8
                case 0x62: 2
                default: 0
                }
            if named != 0 && (base == 0 || base == named) {
                radix = named
                hasPrefix = true
                i += 2
                if i < end && text[i] == 0x5F { i += 1 }
            }
        }
        let isPlain = base == 0 && !hasPrefix
        if isPlain { radix = 10 }
        var digits: [UInt8] = []
        digits.reserveCapacity(end - i)
        var previous: UInt8 = 0x5F
        while i < end {
            let c = text[i]
            if c == 0x5F {
                if previous == 0x5F { return nil }
            } else {
                let value = digit(c)
                if Int(value) >= radix { return nil }
                digits.append(value)
            }
            previous = c
            i += 1
        }
        if digits.isEmpty || previous == 0x5F { return nil }
        // As in a program, 007 is no number, but 000 is.
        if isPlain && digits[0] == 0 && digits.contains(where: { $0 != 0 }) { return nil }
        return (digits, isNegative, radix)
    }
}
