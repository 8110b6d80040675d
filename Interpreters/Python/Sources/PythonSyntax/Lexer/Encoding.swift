import InterpreterKit

/// From the bytes of a source to UTF-8: byte order mark, `# coding:` lines, invalid sequences.
enum SourceEncoding {
    case utf8
    case ascii
    case latin1
    /// Latin-1 with a euro sign.
    case latin9
    case windows1252

    /// An encoding by any of its usual names.
    init?(named name: String) {
        var key: [UInt8] = []
        for byte in name.utf8 {
            key.append(byte == 0x5F ? 0x2D : byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
        }
        switch String(decoding: key, as: UTF8.self) {
        case "utf-8", "utf8", "utf-8-sig", "u8", "utf", "utf8-ucs2", "utf8-ucs4": self = .utf8
        case "ascii", "us-ascii", "646": self = .ascii
        case "latin-1", "iso-8859-1", "iso8859-1", "latin1", "8859", "cp819", "l1",
            "iso-latin-1":
            self = .latin1
        case "iso-8859-15", "latin-9", "iso8859-15", "l9", "latin9": self = .latin9
        case "cp1252", "windows-1252", "1252": self = .windows1252
        default:
            if key.starts(with: "utf-8-".utf8) {
                self = .utf8
            } else if key.starts(with: "latin-1-".utf8) || key.starts(with: "iso-8859-1-".utf8) {
                self = .latin1
            } else {
                return nil
            }
        }
    }

    /// Whether CPython's tokenizer takes the name for UTF-8, without asking its codecs.
    static func isUTF8(_ name: String) -> Bool {
        let key = name.lowercased().split(separator: "_", omittingEmptySubsequences: false)
            .joined(separator: "-")
        return key == "utf-8" || key.hasPrefix("utf-8-")
    }

    /// The code point of a byte; nil when the encoding has none.
    func scalar(_ byte: UInt8) -> Unicode.Scalar? {
        switch (self, byte) {
        case (_, 0..<0x80), (.latin1, _): return Unicode.Scalar(byte)
        case (.utf8, _), (.ascii, _): return nil
        case (.latin9, _):
            let others: [UInt8: UInt32] = [
                0xA4: 0x20AC, 0xA6: 0x160, 0xA8: 0x161, 0xB4: 0x17D, 0xB8: 0x17E, 0xBC: 0x152,
                0xBD: 0x153, 0xBE: 0x178,
            ]
            return Unicode.Scalar(others[byte] ?? UInt32(byte))
        case (.windows1252, 0xA0...): return Unicode.Scalar(byte)
        case (.windows1252, _):
            let others: [UInt32] = [
                0x20AC, 0, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160,
                0x2039, 0x152, 0, 0x17D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013,
                0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0, 0x17E, 0x178,
            ]
            let code = others[Int(byte) - 0x80]
            return code == 0 ? nil : Unicode.Scalar(code)
        }
    }

    /// What a comment in the first two lines declares: `coding[=:]\s*([-\w.]+)`.
    static func declared(in bytes: [UInt8]) -> String? {
        var start = 0
        for _ in 0..<2 {
            var end = start
            while end < bytes.count && bytes[end] != 0x0A && bytes[end] != 0x0D { end += 1 }
            var i = start
            while i < end && (bytes[i] == 0x20 || bytes[i] == 0x09 || bytes[i] == 0x0C) { i += 1 }
            if i < end && bytes[i] != UInt8(ascii: "#") { return nil }
            if let name = declaration(in: bytes[i..<end]) { return name }
            if end < bytes.count && bytes[end] == 0x0D { end += 1 }
            if end < bytes.count && bytes[end] == 0x0A { end += 1 }
            start = end
        }
        return nil
    }

    private static func declaration(in comment: ArraySlice<UInt8>) -> String? {
        let word = Array("coding".utf8)
        var i = comment.startIndex
        while i + word.count < comment.endIndex {
            defer { i += 1 }
            guard comment[i..<i + word.count].elementsEqual(word) else { continue }
            var at = i + word.count
            guard comment[at] == UInt8(ascii: ":") || comment[at] == UInt8(ascii: "=") else {
                continue
            }
            at += 1
            while at < comment.endIndex && (comment[at] == 0x20 || comment[at] == 0x09) { at += 1 }
            let name = comment[at...].prefix {
                Lexer.isIdentifierPart($0) && $0 < 0x80 || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: ".")
            }
            if !name.isEmpty { return String(decoding: name, as: UTF8.self) }
        }
        return nil
    }
}

/// Where program text comes from; CPython words some errors accordingly.
public enum SourceOrigin: Sendable {
    case file
    /// `compile` of a `bytes`.
    case bytes
    /// `compile` of a `str`: already decoded, declarations of an encoding do not count.
    case str
}

extension SourceText {
    static func decode(_ source: Source, _ origin: SourceOrigin) throws(PythonSyntaxError)
        -> [UInt8]
    {
        if origin == .str { return source.bytes }
        let hasMark = source.bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let text = hasMark ? Array(source.bytes.dropFirst(3)) : source.bytes
        guard let name = SourceEncoding.declared(in: text) else {
            return try checked(text, origin, file: source.name, isDeclared: false)
        }
        let problem = "encoding problem: \(name)"
        guard let encoding = SourceEncoding(named: name) else {
            throw withoutPlace(origin == .file ? problem : "unknown encoding: \(name)", origin)
        }
        if hasMark && !SourceEncoding.isUTF8(name) {
            throw withoutPlace("\(problem) with BOM", origin)
        }
        if encoding == .utf8 {
            return try checked(text, origin, file: source.name, isDeclared: true)
        }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        for (i, byte) in text.enumerated() {
            guard let scalar = encoding.scalar(byte) else {
                let hex = String(byte, radix: 16)
                let fault =
                    "'\(name)' codec can't decode byte 0x\(hex) in position \(i): "
                    + "ordinal not in range(128)"
                throw withoutPlace(origin == .file ? problem : fault, origin)
            }
            decoded.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
        }
        return decoded
    }

    private static func checked(
        _ text: [UInt8], _ origin: SourceOrigin, file: String, isDeclared: Bool
    ) throws(PythonSyntaxError) -> [UInt8] {
        guard let fault = UTF8Fault(in: text) else { return text }
        throw fault.error(text, origin, file: file, isDeclared: isDeclared)
    }

    /// Of a text that cannot be read at all.
    static func withoutPlace(_ message: String, _ origin: SourceOrigin) -> PythonSyntaxError {
        origin == .file
            ? PythonSyntaxError(.syntaxError, message)
            : PythonSyntaxError(.syntaxError, message, line: 0, offset: -1)
    }
}

/// The first sequence of a text that is no UTF-8.
struct UTF8Fault {
    var offset: Int
    var reason: String

    init?(in text: [UInt8]) {
        var i = 0
        while i < text.count {
            let byte = text[i]
            if byte < 0x80 {
                i += 1
                continue
            }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
            guard byte >= 0xC2 && byte <= 0xF4 else {
                self.init(offset: i, reason: "invalid start byte")
                return
            }
            // The second byte's range rules out overlong forms, surrogates and the unassignable.
            let low: UInt8 = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80
            let high: UInt8 = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF
            for k in 1..<length {
                guard i + k < text.count else {
                    self.init(offset: i, reason: "unexpected end of data")
                    return
                }
                let next = text[i + k]
                guard next >= (k == 1 ? low : 0x80) && next <= (k == 1 ? high : 0xBF) else {
                    self.init(offset: i, reason: "invalid continuation byte")
                    return
                }
            }
            i += length
        }
        return nil
    }

    private init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    func error(
        _ text: [UInt8], _ origin: SourceOrigin, file: String, isDeclared: Bool
    ) -> PythonSyntaxError {
        let before = text[..<offset]
        let line = before.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        let hex = String(text[offset], radix: 16)
        if origin == .file && !isDeclared {
            return SourceText.withoutPlace(
                "Non-UTF-8 code starting with '\\x\(hex)' in file \(file) on line \(line), but no "
                    + "encoding declared; see https://peps.python.org/pep-0263/ for details",
                origin)
        }
        let start = (before.lastIndex(of: 0x0A) ?? -1) + 1
        let end = text[offset...].firstIndex(of: 0x0A) ?? text.count
        return PythonSyntaxError(
            .syntaxError,
            "(unicode error) 'utf-8' codec can't decode byte 0x\(hex) in position "
                + "\(offset - start): \(reason)",
            line: line, offset: offset - start + 1, endLine: line, endOffset: -1,
            text: String(decoding: text[start..<end], as: UTF8.self))
    }
}
