import InterpreterKit

extension ModuleBuilder {
    /// The module `binascii`.
    func binascii() {
        let error = type("Error", base: .valueError)
        type("Incomplete", base: .exception)
        for name: StaticString in ["hexlify", "b2a_hex"] {
            function(name, "(data, sep=None, bytes_per_sep=1)") { (vm, a) throws(Unwind) in
                let text = try vm.hex(try vm.bytesLike(a[0]), a[1], a[2])
                return try vm.bytes(vm.latin1(StringView(text)))
            }
        }
        for name: StaticString in ["unhexlify", "a2b_hex"] {
            function(name, "(hexstr, /)") { (vm, a) throws(Unwind) in
                try vm.unhexlify(try vm.asciiContent(a[0]), error)
            }
        }
        function("b2a_base64", "(data, /, *, newline=True)") { (vm, a) throws(Unwind) in
            let newline = a.has(1) ? try vm.isTrue(a[1]) : true
            return try vm.base64(try vm.bytesLike(a[0]), newline: newline)
        }
        function("a2b_base64", "(data, /, *, strict_mode=False)") { (vm, a) throws(Unwind) in
            let isStrict = a.has(1) ? try vm.isTrue(a[1]) : false
            return try vm.unbase64(try vm.asciiContent(a[0]), isStrict: isStrict, error)
        }
        function("crc32", "(data, crc=0, /)") { (vm, a) throws(Unwind) in
            let content = try vm.bytesLike(a[0])
            let start = a.has(1) ? try vm.int(lowBitsOf: a[1]) : 0
            return Value(Int(Checksum.crc32(content.buffer, UInt32(truncatingIfNeeded: start))))
        }
        function("crc_hqx", "(data, crc, /)") { (vm, a) throws(Unwind) in
            let content = try vm.bytesLike(a[0])
            var crc = UInt16(truncatingIfNeeded: try vm.int(lowBitsOf: a[1]))
            for b in content.buffer {
                crc ^= UInt16(b) << 8
                for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
            }
            return Value(Int(crc))
        }
        function("b2a_uu", "(data, /, *, backtick=False)") { (vm, a) throws(Unwind) in
            let backtick = a.has(1) ? try vm.isTrue(a[1]) : false
            return try vm.uuencode(try vm.bytesLike(a[0]), backtick: backtick, error)
        }
        function("a2b_uu", "(data, /)") { (vm, a) throws(Unwind) in
            try vm.uudecode(try vm.asciiContent(a[0]), error)
        }
        function("b2a_qp", "(data, quotetabs=False, istext=True, header=False)") {
            (vm, a) throws(Unwind) in
            let options = QuotedPrintable(
                quotesTabs: a.has(1) ? try vm.isTrue(a[1]) : false,
                isText: a.has(2) ? try vm.isTrue(a[2]) : true,
                isHeader: a.has(3) ? try vm.isTrue(a[3]) : false)
            return try vm.bytes(options.encode(try vm.bytesLike(a[0]).buffer))
        }
        function("a2b_qp", "(data, header=False)") { (vm, a) throws(Unwind) in
            let isHeader = a.has(1) ? try vm.isTrue(a[1]) : false
            return try vm.bytes(
                QuotedPrintable.decode(
                    Array(try vm.asciiContent(a[0]).buffer), isHeader: isHeader))
        }
    }
}

/// Checksums by table.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { n in
        var c = UInt32(n)
        for _ in 0..<8 { c = c & 1 != 0 ? c >> 1 ^ 0xEDB8_8320 : c >> 1 }
        return c
    }
    static func crc32(_ bytes: UnsafeBufferPointer<UInt8>, _ start: UInt32) -> UInt32 {
        var crc = ~start
        table.withUnsafeBufferPointer { table in
            for b in bytes { crc = table[Int((crc ^ UInt32(b)) & 0xFF)] ^ crc >> 8 }
        }
        return ~crc
    }
}

extension VM {
    /// The low 64 bits of an int.
    func int(lowBitsOf value: Value) throws(Unwind) -> Int {
        let int = try integer(value)
        return word(ofInt: int) ?? Int(truncatingIfNeeded: BigInt(int.reference).limbs[0])
    }
    /// Bytes, or a `str` of ASCII.
    fileprivate func asciiContent(_ value: Value) throws(Unwind) -> ByteContent {
        if let string = asString(value) {
            let view = StringView(string)
            if !view.isASCII {
                throw raise(
                    .valueError, "string argument should contain only ASCII characters")
            }
            return ByteContent(try bytes(UnsafeBufferPointer(start: view.bytes, count: view.count)))
        }
        if let content = try byteContent(value) { return content }
        throw raise(
            .typeError,
            "argument should be bytes, buffer or ASCII string, not '\(typeName(value))'")
    }
    fileprivate func failure(_ type: Reference, _ message: String) throws(Unwind) -> Unwind {
        raise(newException(type, try tuple(try string(message))))
    }

    fileprivate func unhexlify(
        _ content: ByteContent, _ error: Reference
    ) throws(Unwind) -> Value {
        if content.count % 2 != 0 { throw try failure(error, "Odd-length string") }
        for b in content.buffer where IntegerText.digit(b) > 15 {
            throw try failure(error, "Non-hexadecimal digit found")
        }
        return try newBytes(count: content.count / 2) {
            for i in 0..<(content.count / 2) {
                $0[i] =
                    IntegerText.digit(content[2 * i]) << 4 | IntegerText.digit(content[2 * i + 1])
            }
        }
    }

    // MARK: base 64

    private static var alphabet: StaticString {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    }
    fileprivate func base64(_ content: ByteContent, newline: Bool) throws(Unwind) -> Value {
        let n = content.count
        let letters = VM.alphabet.utf8Start
        return try newBytes(count: (n + 2) / 3 * 4 + (newline ? 1 : 0)) {
            var to = 0
            var i = 0
            while i < n {
                let b = i + 1 < n ? content[i + 1] : 0
                let c = i + 2 < n ? content[i + 2] : 0
                let word = Int(content[i]) << 16 | Int(b) << 8 | Int(c)
                $0[to] = letters[word >> 18]
                $0[to + 1] = letters[word >> 12 & 63]
                $0[to + 2] = i + 1 < n ? letters[word >> 6 & 63] : 0x3D
                $0[to + 3] = i + 2 < n ? letters[word & 63] : 0x3D
                to += 4
                i += 3
            }
            if newline { $0[to] = 0x0A }
        }
    }
    private static func value(_ letter: UInt8) -> Int {
        switch letter {
        case 0x41...0x5A: Int(letter) - 0x41
        case 0x61...0x7A: Int(letter) - 0x61 + 26
        case 0x30...0x39: Int(letter) - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: -1
        }
    }
    fileprivate func unbase64(
        _ content: ByteContent, isStrict: Bool, _ error: Reference
    ) throws(Unwind) -> Value {
        if isStrict && content.count > 0 && content[0] == 0x3D {
            throw try failure(error, "Leading padding not allowed")
        }
        var out: [UInt8] = []
        out.reserveCapacity(content.count / 4 * 3 + 3)
        var place = 0
        var rest = 0
        var padding = 0
        for (i, letter) in content.buffer.enumerated() {
            if letter == 0x3D {
                padding += 1
                if place >= 2 && place + padding >= 4 {
                    if isStrict && i + 1 < content.count {
                        throw try failure(error, "Excess data after padding")
                    }
                    return try bytes(out)
                }
                continue
            }
            let value = VM.value(letter)
            if value < 0 {
                if isStrict {
                    throw try failure(error, "Only base64 data is allowed")
                }
                continue
            }
            if isStrict && padding > 0 {
                throw try failure(error, "Discontinuous padding not allowed")
            }
            padding = 0
            switch place {
            case 0: rest = value
            case 1:
                out.append(UInt8(truncatingIfNeeded: rest << 2 | value >> 4))
                rest = value & 15
            case 2:
                out.append(UInt8(truncatingIfNeeded: rest << 4 | value >> 2))
                rest = value & 3
            default: out.append(UInt8(truncatingIfNeeded: rest << 6 | value))
            }
            place = (place + 1) & 3
        }
        if place == 1 {
            let letters = out.count / 3 * 4 + 1
            throw try failure(
                error,
                "Invalid base64-encoded string: number of data characters (\(letters)) cannot be 1 more than a multiple of 4"
            )
        }
        if place != 0 { throw try failure(error, "Incorrect padding") }
        return try bytes(out)
    }

    // MARK: uuencode

    fileprivate func uuencode(
        _ content: ByteContent, backtick: Bool, _ error: Reference
    ) throws(Unwind) -> Value {
        if content.count > 45 { throw try failure(error, "At most 45 bytes at once") }
        func letter(_ n: Int) -> UInt8 { n == 0 && backtick ? 0x60 : UInt8(n + 0x20) }
        var out = [letter(content.count)]
        var i = 0
        while i < content.count {
            let b = i + 1 < content.count ? content[i + 1] : 0
            let c = i + 2 < content.count ? content[i + 2] : 0
            let word = Int(content[i]) << 16 | Int(b) << 8 | Int(c)
            for shift in [18, 12, 6, 0] { out.append(letter(word >> shift & 63)) }
            i += 3
        }
        out.append(0x0A)
        return try bytes(out)
    }
    fileprivate func uudecode(_ content: ByteContent, _ error: Reference) throws(Unwind) -> Value {
        if content.count == 0 {
            return try newBytes(count: 32) { $0.update(repeating: 0, count: 32) }
        }
        let count = Int(content[0] &- 0x20) & 63
        var out: [UInt8] = []
        var word = 0
        var place = 0
        var i = 1
        while out.count < count {
            var value = 0
            if i < content.count && content[i] != 0x0A && content[i] != 0x0D {
                let b = content[i]
                if b < 0x20 || b > 0x60 { throw try failure(error, "Illegal char") }
                value = Int(b - 0x20) & 63
            }
            i += 1
            word = word << 6 | value
            place += 1
            if place == 4 {
                for shift in [16, 8, 0] where out.count < count {
                    out.append(UInt8(truncatingIfNeeded: word >> shift))
                }
                (word, place) = (0, 0)
            }
        }
        while i < content.count {
            let b = content[i]
            if b != 0x20 && b != 0x60 && b != 0x0A && b != 0x0D {
                throw try failure(error, "Trailing garbage")
            }
            i += 1
        }
        return try bytes(out)
    }
}

/// Text in which rare bytes are written `=XX`.
struct QuotedPrintable {
    let quotesTabs: Bool
    let isText: Bool
    let isHeader: Bool

    func encode(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        var line = 0
        let n = bytes.count
        let usesCRLF = bytes.firstIndex(of: 0x0A).map { $0 > 0 && bytes[$0 - 1] == 0x0D } ?? false
        let hex = Array("0123456789ABCDEF".utf8)
        func softBreak(_ needed: Int, _ i: Int) {
            let isAtEnd = i + 1 == n || bytes[i + 1] == 0x0A
            if line + needed >= 76 && !(isAtEnd && line + needed <= 76) {
                out.append(0x3D)
                if usesCRLF { out.append(0x0D) }
                out.append(0x0A)
                line = 0
            }
        }
        for i in 0..<n {
            let b = bytes[i]
            let isBreak =
                isText && (b == 0x0A || b == 0x0D && i + 1 < n && bytes[i + 1] == 0x0A)
            if isBreak {
                // White space before the end of a line would be lost.
                if b == 0x0A || usesCRLF, let last = out.last, last == 0x20 || last == 0x09,
                    b == 0x0D || i == 0 || bytes[i - 1] != 0x0D
                {
                    out.removeLast()
                    out += [0x3D, hex[Int(last >> 4)], hex[Int(last & 15)]]
                }
                out.append(b)
                line = 0
                continue
            }
            let isLastSpace = (b == 0x20 || b == 0x09) && i + 1 == n
            let isQuoted =
                b > 126 || b == 0x3D || isHeader && b == 0x5F
                || b == 0x2E && line == 0
                    && (i + 1 == n || bytes[i + 1] == 0x0A || bytes[i + 1] == 0x0D
                        || bytes[i + 1] == 0)
                || !isText && (b == 0x0D || b == 0x0A)
                || b < 33 && b != 0x0D && b != 0x0A && (quotesTabs || b != 0x09 && b != 0x20)
                || isLastSpace && !isHeader || (b == 0x0D && isText)
            if isQuoted {
                softBreak(3, i)
                out += [0x3D, hex[Int(b >> 4)], hex[Int(b & 15)]]
                line += 3
            } else {
                softBreak(1, i)
                out.append(isHeader && b == 0x20 ? 0x5F : b)
                line += 1
            }
        }
        return out
    }
    static func decode(_ bytes: [UInt8], isHeader: Bool) -> [UInt8] {
        var out: [UInt8] = []
        var i = 0
        while i < bytes.count {
            let b = bytes[i]
            if b == 0x3D {
                i += 1
                if i >= bytes.count { break }
                if bytes[i] == 0x0A || bytes[i] == 0x0D {
                    while i < bytes.count && bytes[i] != 0x0A { i += 1 }
                    i += 1
                } else if bytes[i] == 0x3D {
                    out.append(0x3D)
                    i += 1
                } else if i + 1 < bytes.count, IntegerText.digit(bytes[i]) < 16,
                    IntegerText.digit(bytes[i + 1]) < 16
                {
                    out.append(IntegerText.digit(bytes[i]) << 4 | IntegerText.digit(bytes[i + 1]))
                    i += 2
                } else {
                    out.append(0x3D)
                }
            } else {
                out.append(isHeader && b == 0x5F ? 0x20 : b)
                i += 1
            }
        }
        return out
    }
}
