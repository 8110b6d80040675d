/// Cuts a declaration into words, quoted names and punctuation, each with its bytes.
struct DeclarationLexer {
    struct Token {
        enum Kind: Equatable {
            case word, number, quoted, ellipsis, end
            case punctuation(UInt8)
        }
        let kind: Kind
        let text: String
        let range: Range<Int>

        func `is`(_ character: Character) -> Bool { kind == .punctuation(character.asciiValue!) }
        func `is`(word: String) -> Bool { kind == .word && text == word }
    }

    private let bytes: [UInt8]
    private let text: String
    private var position = 0

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    mutating func next() throws(DeclarationError) -> Token {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
            position += 1
        }
        let start = position
        guard start < bytes.count else { return token(.end, from: start) }
        let first = bytes[start]
        if DeclarationLexer.startsWord(first) {
            skip { DeclarationLexer.startsWord($0) || DeclarationLexer.isDigit($0) }
            return token(.word, from: start)
        }
        if DeclarationLexer.isDigit(first) {
            skip { DeclarationLexer.startsWord($0) || DeclarationLexer.isDigit($0) }
            return token(.number, from: start)
        }
        if first == UInt8(ascii: "\"") {
            position += 1
            skip { $0 != UInt8(ascii: "\"") && $0 != 0x0A }
            guard position < bytes.count, bytes[position] != 0x0A else {
                throw error("this name has no closing quote", start..<position)
            }
            position += 1
            return Token(
                kind: .quoted,
                text: String(decoding: bytes[(start + 1)..<(position - 1)], as: UTF8.self),
                range: start..<position)
        }
        if bytes[start...].starts(with: "...".utf8) {
            position += 3
            return token(.ellipsis, from: start)
        }
        // A whole character, so that a message can show it.
        position += 1
        skip { $0 & 0xC0 == 0x80 }
        guard first < 0x80, first >= 0x20 else {
            throw error("this character has no meaning here", start..<position)
        }
        return token(.punctuation(first), from: start)
    }

    func error(_ message: String, _ range: Range<Int>) -> DeclarationError {
        DeclarationError(message: message, text: text, range: range)
    }

    private mutating func skip(while test: (UInt8) -> Bool) {
        while position < bytes.count && test(bytes[position]) { position += 1 }
    }
    private func token(_ kind: Token.Kind, from start: Int) -> Token {
        Token(
            kind: kind, text: String(decoding: bytes[start..<position], as: UTF8.self),
            range: start..<position)
    }
    private static func startsWord(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte == 0x5F
    }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
