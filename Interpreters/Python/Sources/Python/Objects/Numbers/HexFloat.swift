import Glibc

/// `float.hex` and `float.fromhex`: doubles written exactly.
enum HexFloat {
    static func text(_ d: Double) -> String {
        if !d.isFinite { return d.isNaN ? "nan" : d < 0 ? "-inf" : "inf" }
        let sign = d.sign == .minus ? "-" : ""
        if d == 0 { return sign + "0x0.0p+0" }
        let fraction = String(d.significandBitPattern, radix: 16)
        let padded = String(repeating: "0", count: 13 - fraction.count) + fraction
        let exponent = d.isNormal ? Int(d.exponentBitPattern) - 1023 : -1022
        return
            "\(sign)0x\(d.isNormal ? 1 : 0).\(padded)p\(exponent < 0 ? "-" : "+")\(abs(exponent))"
    }

    enum Result { case value(Double), malformed, tooLarge }

    static func parse(_ text: [UInt8]) -> Result {
        var (i, end) = (0, text.count)
        while i < end && IntegerText.isSpace(text[i]) { i += 1 }
        while end > i && IntegerText.isSpace(text[end - 1]) { end -= 1 }
        var isNegative = false
        let start = i
        if i < end && (text[i] == 0x2B || text[i] == 0x2D) {
            isNegative = text[i] == 0x2D
            i += 1
        }
        let word = text[i..<end].map { $0 | 0x20 }
        if word == Array("inf".utf8) || word == Array("infinity".utf8) || word == Array("nan".utf8)
        {
            return .value(FloatText.scan(text, start, end)?.0 ?? .nan)
        }
        if i + 1 < end && text[i] == 0x30 && text[i + 1] | 0x20 == 0x78 { i += 2 }
        // The first 64 bits of the digits, and whether any follow.
        var significand: UInt64 = 0
        var isInexact = false
        var (digits, exponent) = (0, 0)
        var isAfterPoint = false
        while i < end {
            if text[i] == 0x2E && !isAfterPoint {
                isAfterPoint = true
            } else {
                let digit = IntegerText.digit(text[i])
                if digit > 15 { break }
                digits += 1
                if significand >> 60 == 0 {
                    significand = significand << 4 | UInt64(digit)
                    if isAfterPoint { exponent -= 4 }
                } else {
                    isInexact = isInexact || digit != 0
                    if !isAfterPoint { exponent += 4 }
                }
            }
            i += 1
        }
        if digits == 0 { return .malformed }
        if i < end && text[i] | 0x20 == 0x70 {
            i += 1
            var sign = 1
            if i < end && (text[i] == 0x2B || text[i] == 0x2D) {
                if text[i] == 0x2D { sign = -1 }
                i += 1
            }
            if i == end { return .malformed }
            var value = 0
            while i < end && text[i] &- 0x30 < 10 {
                value = min(value * 10 + Int(text[i] - 0x30), 1 << 40)
                i += 1
            }
            exponent += sign * value
        }
        if i != end { return .malformed }
        if significand == 0 { return .value(isNegative ? -0.0 : 0.0) }
        // Bit 0 stands for all that was lost.
        if isInexact { significand |= 1 }
        let double = withUnsafePointer(to: &significand) {
            Limbs.double($0, 1, exponent: max(-100_000, min(exponent, 100_000)))
        }
        guard let double else { return .tooLarge }
        return .value(isNegative ? -double : double)
    }
}
