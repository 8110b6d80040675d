import Glibc

/// Values of number literals. The lexer has checked their form.
enum NumberLiteral {
    /// Digits of a decimal integer; more would take too long to convert.
    static let longest = 4300

    enum Result {
        case value(Constant)
        case tooLong(digits: Int)
    }

    static func value(_ literal: ArraySlice<UInt8>) -> Result {
        let text = literal.filter { $0 != 0x5F }
        if text.count > 1 && text[0] == 0x30 {
            switch text[1] | 0x20 {
            case UInt8(ascii: "x"): return .value(integer(text.dropFirst(2), bitsPerDigit: 4))
            case UInt8(ascii: "o"): return .value(integer(text.dropFirst(2), bitsPerDigit: 3))
            case UInt8(ascii: "b"): return .value(integer(text.dropFirst(2), bitsPerDigit: 1))
            default: break
            }
        }
        if text.last.map({ $0 | 0x20 }) == UInt8(ascii: "j") {
            return .value(.imaginary(float(text.dropLast())))
        }
        if !text.allSatisfy(Lexer.isDigit) { return .value(.float(float(text[...]))) }
        if text.count <= 18 {
            return .value(.int(text.reduce(0) { $0 &* 10 &+ Int($1 &- 0x30) }))
        }
        if text.count > longest { return .tooLong(digits: text.count) }
        return .value(decimal(text))
    }

    private static func float(_ digits: ArraySlice<UInt8>) -> Double {
        var text = digits.map { CChar(bitPattern: $0) }
        text.append(0)
        return strtod(text, nil)
    }

    private static func integer(_ digits: ArraySlice<UInt8>, bitsPerDigit: Int) -> Constant {
        // Least significant first, four bits each.
        var nibbles: [UInt8] = []
        var bits = 0
        var count = 0
        for digit in digits.reversed() {
            let value = digit <= 0x39 ? digit & 0x0F : (digit | 0x20) &- 0x61 &+ 10
            bits |= Int(value) << count
            count += bitsPerDigit
            while count >= 4 {
                nibbles.append(UInt8(bits & 15))
                bits >>= 4
                count -= 4
            }
        }
        if count > 0 { nibbles.append(UInt8(bits)) }
        return constant(nibbles)
    }

    private static func decimal(_ digits: [UInt8]) -> Constant {
        // Least significant first.
        var words: [UInt32] = []
        for digit in digits {
            var carry = UInt64(digit &- 0x30)
            for i in words.indices {
                carry += UInt64(words[i]) * 10
                words[i] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            if carry > 0 { words.append(UInt32(carry)) }
        }
        var nibbles: [UInt8] = []
        for word in words {
            for shift in stride(from: UInt32(0), to: 32, by: 4) {
                nibbles.append(UInt8(word >> shift & 15))
            }
        }
        return constant(nibbles)
    }

    private static func constant(_ nibbles: [UInt8]) -> Constant {
        let significant = nibbles.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
        let top = significant > 0 ? nibbles[significant - 1] : 0
        if significant < 16 || significant == 16 && top < 2 {
            return .int(nibbles[..<significant].reversed().reduce(0) { $0 << 4 | Int($1) })
        }
        let hex = nibbles[..<significant].reversed().map { $0 < 10 ? $0 + 0x30 : $0 + 0x57 }
        return .bigInt(hex: String(decoding: hex, as: UTF8.self))
    }
}
