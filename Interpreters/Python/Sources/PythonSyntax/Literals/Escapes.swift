/// Backslash escapes of string and bytes literals.
enum Escapes {
    /// An escape that stands for nothing, with the message of the codec that found it.
    struct Fault: Error {
        var message: String
    }

    /// The text of a literal; unknown escapes stay as they are.
    static func text(_ literal: ArraySlice<UInt8>) throws(Fault) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(literal.count)
        var i = literal.startIndex
        let end = literal.endIndex
        // CPython writes characters beyond ASCII as ten-byte escapes before it decodes, and its
        // messages count so.
        var extra = 0
        func fault(_ start: Int, _ stop: Int, _ reason: String) -> Fault {
            let first = start - literal.startIndex + extra
            let last = stop - 1 - literal.startIndex + extra
            let place =
                last > first
                ? "bytes in position \(first)-\(last)" : "byte 0x5c in position \(first)"
            return Fault(
                message: "(unicode error) 'unicodeescape' codec can't decode \(place): \(reason)")
        }
        while i < end {
            let byte = literal[i]
            guard byte == UInt8(ascii: "\\") else {
                if byte >= 0x80 {
                    extra += byte >= 0xF0 ? 6 : byte >= 0xE0 ? 7 : byte >= 0xC0 ? 8 : 0
                }
                result.append(byte)
                i += 1
                continue
            }
            let start = i
            i += 1
            guard i < end else {
                result.append(byte)
                break
            }
            let code = literal[i]
            i += 1
            if simple(code, &result) { continue }
            switch code {
            case 0x30...0x37:
                append(octal(literal, &i, code), &result)
            case UInt8(ascii: "x"), UInt8(ascii: "u"), UInt8(ascii: "U"):
                let length = code == UInt8(ascii: "x") ? 2 : code == UInt8(ascii: "u") ? 4 : 8
                guard let value = hexadecimal(literal, &i, length) else {
                    let form =
                        length == 2 ? "\\xXX" : length == 4 ? "\\uXXXX" : "\\UXXXXXXXX"
                    throw fault(start, i, "truncated \(form) escape")
                }
                if value > 0x10FFFF { throw fault(start, i, "illegal Unicode character") }
                append(value, &result)
            case UInt8(ascii: "N"):
                guard i < end, literal[i] == UInt8(ascii: "{"),
                    let close = literal[i...].firstIndex(of: UInt8(ascii: "}")), close > i + 1
                else { throw fault(start, i, "malformed \\N character escape") }
                let name = String(decoding: literal[i + 1..<close], as: UTF8.self)
                i = close + 1
                guard let scalar = UnicodeNames.scalar(named: name) else {
                    throw fault(start, i, "unknown Unicode character name")
                }
                append(scalar.value, &result)
            default:
                result.append(byte)
                i -= 1
            }
        }
        return result
    }

    static func bytes(_ literal: ArraySlice<UInt8>) throws(Fault) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(literal.count)
        var i = literal.startIndex
        let end = literal.endIndex
        while i < end {
            let byte = literal[i]
            i += 1
            guard byte == UInt8(ascii: "\\"), i < end else {
                result.append(byte)
                continue
            }
            let start = i - 1
            let code = literal[i]
            i += 1
            if simple(code, &result) { continue }
            switch code {
            case 0x30...0x37:
                result.append(UInt8(truncatingIfNeeded: octal(literal, &i, code)))
            case UInt8(ascii: "x"):
                guard let value = hexadecimal(literal, &i, 2) else {
                    throw Fault(
                        message: "(value error) invalid \\x escape at position "
                            + "\(start - literal.startIndex)")
                }
                result.append(UInt8(truncatingIfNeeded: value))
            default:
                result.append(byte)
                i -= 1
            }
        }
        return result
    }

    /// Escapes of one letter; a backslash at the end of a line stands for nothing.
    private static func simple(_ code: UInt8, _ result: inout [UInt8]) -> Bool {
        switch code {
        case 0x0A: break
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): result.append(code)
        case UInt8(ascii: "a"): result.append(7)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "v"): result.append(11)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "r"): result.append(13)
        default: return false
        }
        return true
    }

    /// Up to three digits, of which `first` has been read.
    private static func octal(_ literal: ArraySlice<UInt8>, _ i: inout Int, _ first: UInt8)
        -> UInt32
    {
        var value = UInt32(first & 7)
        var count = 1
        while count < 3 && i < literal.endIndex && literal[i] & 0xF8 == 0x30 {
            value = value << 3 | UInt32(literal[i] & 7)
            i += 1
            count += 1
        }
        return value
    }

    /// Exactly `length` digits; `i` is after the last one read.
    private static func hexadecimal(_ literal: ArraySlice<UInt8>, _ i: inout Int, _ length: Int)
        -> UInt32?
    {
        var value: UInt32 = 0
        for _ in 0..<length {
            guard i < literal.endIndex, Lexer.isHexDigit(literal[i]) else { return nil }
            let byte = literal[i]
            let digit = byte <= 0x39 ? byte & 0x0F : (byte | 0x20) &- 0x61 &+ 10
            value = value << 4 | UInt32(digit)
            i += 1
        }
        return value
    }

    /// A code point, as UTF-8; surrogates too.
    private static func append(_ value: UInt32, _ result: inout [UInt8]) {
        if let scalar = Unicode.Scalar(value) {
            result.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
        } else {
            result.append(0xE0 | UInt8(truncatingIfNeeded: value >> 12))
            result.append(0x80 | UInt8(truncatingIfNeeded: value >> 6 & 0x3F))
            result.append(0x80 | UInt8(truncatingIfNeeded: value & 0x3F))
        }
    }
}
