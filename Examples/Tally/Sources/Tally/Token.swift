import InterpreterKit

/// A word, number or sign of the program text. Lines matter: they end statements.
struct Token: Equatable {
    enum Kind { case word, number, sign, newline, end }
    let kind: Kind
    let text: String
    let offset: Int

    /// All tokens of a source, an `end` last.
    static func all(of source: Source) throws(Diagnostic) -> [Token] {
        let bytes = source.bytes
        var tokens: [Token] = []
        var i = 0
        func isWord(_ byte: UInt8) -> Bool {
            (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F || isDigit(byte)
        }
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        while i < bytes.count {
            let start = i
            let byte = bytes[i]
            i += 1
            let kind: Kind
            switch byte {
            case 0x20, 0x09, 0x0D: continue
            case 0x0A: kind = .newline
            case UInt8(ascii: "#"):
                while i < bytes.count && bytes[i] != 0x0A { i += 1 }
                continue
            case _ where isWord(byte):
                while i < bytes.count && isWord(bytes[i]) { i += 1 }
                kind = isDigit(byte) ? .number : .word
            case UInt8(ascii: "="):
                if i < bytes.count && bytes[i] == byte { i += 1 }
                kind = .sign
            case _ where "+-*/%<(),".utf8.contains(byte): kind = .sign
            default:
                let text = String(decoding: bytes[start...], as: UTF8.self).prefix(1)
                throw Diagnostic("unexpected '\(text)'", at: .init(source, at: start))
            }
            let text = String(decoding: bytes[start..<i], as: UTF8.self)
            tokens.append(Token(kind: kind, text: text, offset: start))
        }
        tokens.append(Token(kind: .end, text: "the end", offset: bytes.count))
        return tokens
    }
}
