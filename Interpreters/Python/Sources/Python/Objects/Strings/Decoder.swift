import InterpreterKit

/// Bytes on their way to text.
struct Decoder: ~Copyable {
    let vm: VM
    let content: ByteContent
    private let encoding: Encoding
    private let errors: String
    var output: StringBuilder
    /// What has been read; less than everything if the last character is not complete.
    private(set) var position = 0
    /// For UTF-16 and UTF-32.
    private var isBig = false
    private var name: String

    init(_ vm: VM, _ content: ByteContent, _ encoding: Encoding, _ errors: String) {
        self.vm = vm
        self.content = content
        self.encoding = encoding
        self.errors = errors
        name = encoding.name
        output = StringBuilder(capacity: content.count)
    }

    mutating func run(isFinal: Bool) throws(Unwind) {
        switch encoding {
        case .utf8: try readUTF8(isFinal)
        case .utf8WithMark:
            if content.count >= 3 && content[0] == 0xEF && content[1] == 0xBB
                && content[2] == 0xBF
            {
                position = 3
            }
            name = "utf-8"
            try readUTF8(isFinal)
        case .ascii:
            while position < content.count {
                let b = content[position]
                if b < 128 {
                    output.append(UInt32(b))
                    position += 1
                } else {
                    try handle(position, position + 1, "ordinal not in range(128)")
                }
            }
        case .latin1:
            output.append(latin1: content.buffer)
            position = content.count
        case .utf16(let order): try readUTF16(order, isFinal)
        case .utf32(let order): try readUTF32(order, isFinal)
        case .unicodeEscape: try readEscapes(isFinal)
        case .rawUnicodeEscape: try readRawEscapes(isFinal)
        case .table(let table):
            while position < content.count {
                let b = content[position]
                let c = b < 128 ? UInt16(b) : table.high[Int(b) - 128]
                if c == 0xFFFF {
                    try handle(position, position + 1, "character maps to <undefined>")
                } else {
                    output.append(UInt32(c))
                    position += 1
                }
            }
        }
    }

    private mutating func readUTF8(_ isFinal: Bool) throws(Unwind) {
        let n = content.count
        while position < n {
            let b = UInt32(content[position])
            if b < 0x80 {
                output.append(b)
                position += 1
                continue
            }
            let length = b < 0xC2 ? 0 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : b < 0xF5 ? 4 : 0
            if length == 0 {
                try handle(position, position + 1, "invalid start byte")
                continue
            }
            var c = b & (0x7F >> UInt32(length))
            var k = 1
            while k < length && position + k < n {
                let next = UInt32(content[position + k])
                var low: UInt32 = 0x80
                var high: UInt32 = 0xBF
                if k == 1 {
                    if b == 0xE0 { low = 0xA0 }
                    if b == 0xED { high = 0x9F }
                    if b == 0xF0 { low = 0x90 }
                    if b == 0xF4 { high = 0x8F }
                }
                if next < low || next > high { break }
                c = c << 6 | next & 0x3F
                k += 1
            }
            if k == length {
                output.append(c)
                position += length
            } else if position + k == n {
                if !isFinal { return }
                try handle(position, n, "unexpected end of data")
            } else {
                try handle(position, position + k, "invalid continuation byte")
            }
        }
    }

    private mutating func readMark(_ order: Encoding.ByteOrder, _ size: Int) {
        switch order {
        case .little: isBig = false
        case .big: isBig = true
        case .marked:
            isBig = content.count >= size && unit(0, size, big: true) == 0xFEFF
            if isBig || content.count >= size && unit(0, size, big: false) == 0xFEFF {
                position = size
            }
        }
    }
    private func unit(_ i: Int, _ size: Int) -> UInt32 { unit(i, size, big: isBig) }
    private func unit(_ i: Int, _ size: Int, big: Bool) -> UInt32 {
        var c: UInt32 = 0
        for k in 0..<size {
            c = c << 8 | UInt32(content[big ? i + k : i + size - 1 - k])
        }
        return c
    }

    private mutating func readUTF16(
        _ order: Encoding.ByteOrder, _ isFinal: Bool
    ) throws(Unwind) {
        readMark(order, 2)
        if case .marked = order { name = isBig ? "utf-16-be" : "utf-16-le" }
        let n = content.count
        while position < n {
            if position + 2 > n {
                if !isFinal { return }
                try handle(position, n, "truncated data")
                continue
            }
            let c = unit(position, 2)
            if c < 0xD800 || c > 0xDFFF {
                output.append(c)
                position += 2
            } else if c > 0xDBFF {
                try handle(position, position + 2, "illegal encoding")
            } else if position + 4 > n {
                if !isFinal { return }
                try handle(position, n, "unexpected end of data")
            } else {
                let low = unit(position + 2, 2)
                if low >= 0xDC00 && low <= 0xDFFF {
                    output.append(0x10000 + (c - 0xD800) << 10 + (low - 0xDC00))
                    position += 4
                } else {
                    try handle(position, position + 2, "illegal UTF-16 surrogate")
                }
            }
        }
    }
    private mutating func readUTF32(
        _ order: Encoding.ByteOrder, _ isFinal: Bool
    ) throws(Unwind) {
        readMark(order, 4)
        if case .marked = order { name = isBig ? "utf-32-be" : "utf-32-le" }
        let n = content.count
        while position < n {
            if position + 4 > n {
                if !isFinal { return }
                try handle(position, n, "truncated data")
                continue
            }
            let c = unit(position, 4)
            if c >= 0xD800 && c <= 0xDFFF {
                try handle(
                    position, position + 4,
                    "code point in surrogate code point range(0xd800, 0xe000)")
            } else if c > 0x10FFFF {
                try handle(position, position + 4, "code point not in range(0x110000)")
            } else {
                output.append(c)
                position += 4
            }
        }
    }

    private mutating func readEscapes(_ isFinal: Bool) throws(Unwind) {
        let n = content.count
        while position < n {
            let b = content[position]
            if b != 0x5C {
                output.append(UInt32(b))
                position += 1
                continue
            }
            if position + 1 >= n {
                if !isFinal { return }
                try handle(position, n, "\\ at end of string")
                continue
            }
            let escape = content[position + 1]
            switch escape {
            case 0x0A: position += 2
            case 0x5C, 0x27, 0x22:
                output.append(UInt32(escape))
                position += 2
            case UInt8(ascii: "a"): simple(7)
            case UInt8(ascii: "b"): simple(8)
            case UInt8(ascii: "f"): simple(12)
            case UInt8(ascii: "n"): simple(10)
            case UInt8(ascii: "r"): simple(13)
            case UInt8(ascii: "t"): simple(9)
            case UInt8(ascii: "v"): simple(11)
            case 0x30...0x37:
                var c: UInt32 = 0
                var k = 1
                while k < 4 && position + k < n, content[position + k] & 0xF8 == 0x30 {
                    c = c << 3 | UInt32(content[position + k] & 7)
                    k += 1
                }
                output.append(c)
                position += k
            case UInt8(ascii: "x"): try readHex(2, "truncated \\xXX escape")
            case UInt8(ascii: "u"): try readHex(4, "truncated \\uXXXX escape")
            case UInt8(ascii: "U"): try readHex(8, "truncated \\UXXXXXXXX escape")
            case UInt8(ascii: "N"): try readName()
            default:
                output.append(0x5C)
                output.append(UInt32(escape))
                position += 2
            }
        }
    }
    private mutating func simple(_ c: UInt32) {
        output.append(c)
        position += 2
    }
    private mutating func readHex(_ digits: Int, _ truncated: String) throws(Unwind) {
        var c: UInt32 = 0
        var k = 0
        while k < digits && position + 2 + k < content.count {
            let value = IntegerText.digit(content[position + 2 + k])
            if value > 15 { break }
            c = c << 4 | UInt32(value)
            k += 1
        }
        if k < digits { return try handle(position, position + 2 + k, truncated) }
        if c > 0x10FFFF {
            return try handle(position, position + 2 + k, "illegal Unicode character")
        }
        output.append(c)
        position += 2 + k
    }
    private mutating func readName() throws(Unwind) {
        let start = position
        guard start + 2 < content.count, content[start + 2] == 0x7B,
            let length = content.buffer[(start + 3)...].firstIndex(of: 0x7D)
        else {
            return try handle(
                start, min(start + 2, content.count), "malformed \\N character escape")
        }
        let name = String(
            decoding: UnsafeBufferPointer(rebasing: content.buffer[(start + 3)..<length]),
            as: UTF8.self)
        guard !name.isEmpty, let c = CharacterNames.codePoint(named: name) else {
            return try handle(start, length + 1, "unknown Unicode character name")
        }
        output.append(c)
        position = length + 1
    }
    private mutating func readRawEscapes(_ isFinal: Bool) throws(Unwind) {
        while position < content.count {
            let b = content[position]
            let next = position + 1 < content.count ? content[position + 1] : 0
            if b == 0x5C && next == UInt8(ascii: "u") {
                try readHex(4, "truncated \\uXXXX escape")
            } else if b == 0x5C && next == UInt8(ascii: "U") {
                try readHex(8, "truncated \\UXXXXXXXX escape")
            } else {
                output.append(UInt32(b))
                position += 1
            }
        }
    }

    // MARK: errors

    /// Does what the error handler says about bytes `start ..< end`.
    private mutating func handle(_ start: Int, _ end: Int, _ reason: String) throws(Unwind) {
        switch errors {
        case "strict": throw vm.raise(try exception(start, end, reason))
        case "ignore": break
        case "replace": output.append(0xFFFD)
        case "backslashreplace":
            for i in start..<end {
                output.append("\\x")
                output.append(hex: UInt(content[i]), digits: 2)
            }
        case "surrogateescape":
            var i = start
            while i < min(end, start + 4) && content[i] >= 128 {
                output.append(0xDC00 + UInt32(content[i]))
                i += 1
            }
            if i == start { throw vm.raise(try exception(start, end, reason)) }
            position = i
            return
        case "surrogatepass":
            if let (c, size) = surrogate(at: start) {
                output.append(c)
                position = start + size
                return
            }
            throw vm.raise(try exception(start, end, reason))
        case "xmlcharrefreplace", "namereplace":
            throw vm.raise(
                .typeError, "don't know how to handle UnicodeDecodeError in error callback")
        default:
            let (replacement, next) = try vm.askErrorHandler(
                errors, try exception(start, end, reason), content.count)
            guard let string = vm.asString(replacement) else {
                throw vm.raise(
                    .typeError, "decoding error handler must return (str, int) tuple")
            }
            output.append(string: string)
            position = next
            return
        }
        position = end
    }
    private func surrogate(at i: Int) -> (UInt32, Int)? {
        switch encoding {
        case .utf16 where i + 2 <= content.count: return (unit(i, 2), 2)
        case .utf32 where i + 4 <= content.count:
            let c = unit(i, 4)
            return c >= 0xD800 && c <= 0xDFFF ? (c, 4) : nil
        case .utf8, .utf8WithMark:
            guard i + 3 <= content.count, content[i] == 0xED, content[i + 1] & 0xE0 == 0xA0,
                content[i + 2] & 0xC0 == 0x80
            else { return nil }
            return (
                0xD000 | UInt32(content[i + 1] & 0x3F) << 6 | UInt32(content[i + 2] & 0x3F), 3
            )
        default: return nil
        }
    }
    private func exception(_ start: Int, _ end: Int, _ reason: String) throws(Unwind) -> Value {
        let arguments = try vm.newList()
        try vm.append(arguments, try vm.string(name))
        try vm.append(arguments, try content.bytes(vm))
        try vm.append(arguments, Value(start))
        try vm.append(arguments, Value(end))
        try vm.append(arguments, try vm.string(reason))
        return try vm.call(
            Value(vm.type(.unicodeDecodeError)), arguments: try vm.tuple(ofList: arguments))
    }
}
