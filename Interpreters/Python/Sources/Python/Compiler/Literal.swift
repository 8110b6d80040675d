import PythonSyntax

/// Constants as they are written in source.
enum Literal {
    static func constant(_ value: PythonSyntax.Constant) -> [UInt8] {
        switch value {
        case .none: Array("None".utf8)
        case .true: Array("True".utf8)
        case .false: Array("False".utf8)
        case .ellipsis: Array("...".utf8)
        case .int(let value): Array(String(value).utf8)
        case .bigInt(let hex): Array(decimal(hex).utf8)
        case .float(let value): Array(float(value).utf8)
        case .imaginary(let value):
            // Without the ".0" of whole numbers.
            Array(
                (value == value.rounded() && abs(value) < 1e16
                    ? String(Int(value)) : float(value)).utf8) + [UInt8(ascii: "j")]
        case .str(let text): self.text(text.bytes)
        case .bytes(let bytes): self.bytes(bytes)
        }
    }

    /// Infinity has no literal, but one that is too large will do.
    private static func float(_ value: Double) -> String {
        value.isInfinite ? "1e309" : value.description
    }

    /// Decimal digits of a hexadecimal number.
    static func decimal(_ hex: String) -> String {
        let base: UInt64 = 1_000_000_000
        // Groups of nine digits, the lowest first.
        var groups: [UInt64] = [0]
        for digit in hex {
            var carry = UInt64(digit.hexDigitValue ?? 0)
            for i in groups.indices {
                let value = groups[i] << 4 + carry
                groups[i] = value % base
                carry = value / base
            }
            if carry > 0 { groups.append(carry) }
        }
        var result = String(groups.removeLast())
        for group in groups.reversed() {
            let digits = String(group)
            result += String(repeating: "0", count: 9 - digits.count) + digits
        }
        return result
    }

    static func bytes(_ bytes: [UInt8]) -> [UInt8] {
        let quote = self.quote(bytes)
        var result = [UInt8(ascii: "b"), quote]
        for byte in bytes {
            if byte < 0x20 || byte >= 0x7F || byte == quote || byte == UInt8(ascii: "\\") {
                result += escape(UInt32(byte), quote)
            } else {
                result.append(byte)
            }
        }
        return result + [quote]
    }

    /// Of text as ``Text`` has it.
    static func text(_ bytes: [UInt8]) -> [UInt8] {
        let quote = self.quote(bytes)
        var result = [quote]
        var i = 0
        while i < bytes.count {
            let first = bytes[i]
            let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            let sequence = bytes[i..<min(i + length, bytes.count)]
            var code = UInt32(length == 1 ? first : first & (0x7F >> UInt8(length)))
            for byte in sequence.dropFirst() { code = code << 6 | UInt32(byte & 0x3F) }
            if isPrintable(code) && code != UInt32(quote) && code != 0x5C {
                result += sequence
            } else {
                result += escape(code, quote)
            }
            i += length
        }
        return result + [quote]
    }

    private static func quote(_ bytes: [UInt8]) -> UInt8 {
        bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\""))
            ? UInt8(ascii: "\"") : UInt8(ascii: "'")
    }

    private static func isPrintable(_ code: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(code) else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            return false
        case .spaceSeparator: return code == 0x20
        default: return true
        }
    }

    private static func escape(_ code: UInt32, _ quote: UInt8) -> [UInt8] {
        switch code {
        case 0x0A: return Array("\\n".utf8)
        case 0x0D: return Array("\\r".utf8)
        case 0x09: return Array("\\t".utf8)
        case 0x5C, UInt32(quote): return [0x5C, UInt8(truncatingIfNeeded: code)]
        default:
            let digits = String(code, radix: 16)
            let (letter, width) = code < 0x100 ? ("x", 2) : code < 0x10000 ? ("u", 4) : ("U", 8)
            let zeros = String(repeating: "0", count: max(0, width - digits.count))
            return Array("\\\(letter)\(zeros)\(digits)".utf8)
        }
    }
}
