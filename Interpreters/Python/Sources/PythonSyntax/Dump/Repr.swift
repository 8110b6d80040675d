import Glibc

/// Constants in Python's notation, as `repr` prints them.
enum Repr {
    static func constant(_ value: Constant) -> String {
        switch value {
        case .none: "None"
        case .true: "True"
        case .false: "False"
        case .ellipsis: "Ellipsis"
        case .int(let value): String(value)
        case .bigInt(let hex): decimal(hex)
        case .float(let value): float(value)
        case .imaginary(let value): imaginary(value)
        case .str(let text): string(text)
        case .bytes(let bytes): self.bytes(bytes)
        }
    }

    static func float(_ value: Double) -> String {
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        if value.isNaN { return "nan" }
        // The shortest digits that read back as the value, in Swift's layout.
        let shortest = value.description
        let parts = shortest.split(separator: "e")
        let sign = shortest.hasPrefix("-") ? "-" : ""
        let mantissa = parts[0].drop { $0 == "-" }
        let point = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = point.count > 1 && point[1] != "0" ? point[1] : ""
        var digits = String(point[0]) + fraction
        var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + point[0].utf8.count
        while digits.utf8.count > 1 && digits.hasPrefix("0") {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.utf8.count > 1 && digits.hasSuffix("0") { digits.removeLast() }
        if digits == "0" { return sign + "0.0" }
        let count = digits.utf8.count
        if exponent > 16 || exponent < -3 {
            let power = exponent - 1
            let rest = digits.dropFirst()
            let size = abs(power) < 10 ? "0\(abs(power))" : "\(abs(power))"
            return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest)
                + (power < 0 ? "e-" : "e+") + size
        }
        if exponent <= 0 { return sign + "0." + String(repeating: "0", count: -exponent) + digits }
        if exponent >= count {
            return sign + digits + String(repeating: "0", count: exponent - count) + ".0"
        }
        return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent)
    }

    static func imaginary(_ value: Double) -> String {
        let text = float(value)
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + "j"
    }

    /// Hexadecimal digits as a decimal number.
    static func decimal(_ hex: String) -> String {
        // Groups of nine digits, least significant first.
        var groups: [UInt64] = [0]
        for digit in hex.utf8 {
            var carry = UInt64(digit <= 0x39 ? digit & 0x0F : (digit | 0x20) &- 0x61 &+ 10)
            for i in groups.indices {
                carry += groups[i] << 4
                groups[i] = carry % 1_000_000_000
                carry /= 1_000_000_000
            }
            if carry > 0 { groups.append(carry) }
        }
        var text = String(groups[groups.count - 1])
        for group in groups.dropLast().reversed() {
            let digits = String(group)
            text += String(repeating: "0", count: 9 - digits.utf8.count) + digits
        }
        return text
    }

    static func string(_ text: Text) -> String {
        let bytes = text.bytes
        let quote: Unicode.Scalar =
            bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\"")) ? "\"" : "'"
        var result = String(Character(quote))
        for code in text.codePoints {
            switch code {
            case 0x0A: result += "\\n"
            case 0x0D: result += "\\r"
            case 0x09: result += "\\t"
            case 0x5C: result += "\\\\"
            case quote.value: result += "\\" + String(Character(quote))
            default:
                if let scalar = Unicode.Scalar(code), CharacterClass.isPrintable(scalar) {
                    result.unicodeScalars.append(scalar)
                } else if code <= 0xFF {
                    result += "\\x" + hexadecimal(code, 2)
                } else if code <= 0xFFFF {
                    result += "\\u" + hexadecimal(code, 4)
                } else {
                    result += "\\U" + hexadecimal(code, 8)
                }
            }
        }
        return result + String(Character(quote))
    }

    static func bytes(_ bytes: [UInt8]) -> String {
        let quote: UInt8 =
            bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\""))
            ? UInt8(ascii: "\"") : UInt8(ascii: "'")
        let mark = String(Character(Unicode.Scalar(quote)))
        var result = "b" + mark
        for byte in bytes {
            switch byte {
            case 0x0A: result += "\\n"
            case 0x0D: result += "\\r"
            case 0x09: result += "\\t"
            case 0x5C: result += "\\\\"
            case quote: result += "\\" + mark
            case 0x20..<0x7F: result += String(Character(Unicode.Scalar(byte)))
            default: result += "\\x" + hexadecimal(UInt32(byte), 2)
            }
        }
        return result + mark
    }

    private static func hexadecimal(_ value: UInt32, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: width - digits.utf8.count) + digits
    }
}

extension Text {
    /// Code points, lone surrogates included.
    public var codePoints: [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(bytes.count)
        var i = 0
        while i < bytes.count {
            let byte = bytes[i]
            let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
            var code = length == 1 ? UInt32(byte) : UInt32(byte) & (0x7F >> UInt32(length))
            for k in 1..<max(1, length) where i + k < bytes.count {
                code = code << 6 | UInt32(bytes[i + k] & 0x3F)
            }
            result.append(code)
            i += length
        }
        return result
    }
}
