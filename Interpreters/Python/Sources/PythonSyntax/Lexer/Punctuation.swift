/// Operators and brackets.
extension Lexer {
    mutating func punctuation(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): return open(byte)
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): return close(byte)
        default: break
        }
        let (kind, length) = Lexer.operatorToken(byte, self.byte(1), self.byte(2))
        if kind == .unknown && (byte < 0x20 || byte >= 0x7F) {
            at += 1
            return reject(Unicode.Scalar(byte))
        }
        add(kind, from: at, to: at + length)
        at += length
    }

    private mutating func open(_ byte: UInt8) {
        at += 1
        if brackets.count >= Lexer.deepestBrackets { return fail("too many nested parentheses") }
        brackets.append(Bracket(byte: byte, line: line, column: Int32(at - 1 - lineStart)))
        let kind: TokenKind =
            byte == UInt8(ascii: "(")
            ? .leftParenthesis : byte == UInt8(ascii: "[") ? .leftBracket : .leftBrace
        add(kind, from: at - 1, to: at)
    }

    private mutating func close(_ byte: UInt8) {
        at += 1
        let kind: TokenKind
        let opening: UInt8
        switch byte {
        case UInt8(ascii: ")"): (kind, opening) = (.rightParenthesis, UInt8(ascii: "("))
        case UInt8(ascii: "]"): (kind, opening) = (.rightBracket, UInt8(ascii: "["))
        default: (kind, opening) = (.rightBrace, UInt8(ascii: "{"))
        }
        let closing = Character(Unicode.Scalar(byte))
        guard let open = brackets.popLast() else { return fail("unmatched '\(closing)'") }
        if open.byte != opening {
            let other = Character(Unicode.Scalar(open.byte))
            let place = open.line == line ? "" : " on line \(open.line)"
            return fail(
                "closing parenthesis '\(closing)' does not match opening parenthesis "
                    + "'\(other)'\(place)")
        }
        add(kind, from: at - 1, to: at)
    }

    /// The longest operator that starts with `a`, and its length.
    private static func operatorToken(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> (TokenKind, Int) {
        let isAssignment = b == UInt8(ascii: "=")
        func one(_ plain: TokenKind, _ assigning: TokenKind) -> (TokenKind, Int) {
            isAssignment ? (assigning, 2) : (plain, 1)
        }
        func doubled(
            _ plain: TokenKind, _ assigning: TokenKind, _ double: TokenKind,
            _ doubleAssigning: TokenKind
        ) -> (TokenKind, Int) {
            if a != b { return one(plain, assigning) }
            return c == UInt8(ascii: "=") ? (doubleAssigning, 3) : (double, 2)
        }
        switch a {
        case UInt8(ascii: ":"): return one(.colon, .colonEqual)
        case UInt8(ascii: ","): return (.comma, 1)
        case UInt8(ascii: ";"): return (.semicolon, 1)
        case UInt8(ascii: "."):
            return b == a && c == a ? (.ellipsis, 3) : (.dot, 1)
        case UInt8(ascii: "="): return one(.equal, .doubleEqual)
        case UInt8(ascii: "+"): return one(.plus, .plusEqual)
        case UInt8(ascii: "-"):
            return b == UInt8(ascii: ">") ? (.arrow, 2) : one(.minus, .minusEqual)
        case UInt8(ascii: "*"): return doubled(.star, .starEqual, .doubleStar, .doubleStarEqual)
        case UInt8(ascii: "/"):
            return doubled(.slash, .slashEqual, .doubleSlash, .doubleSlashEqual)
        case UInt8(ascii: "%"): return one(.percent, .percentEqual)
        case UInt8(ascii: "@"): return one(.at, .atEqual)
        case UInt8(ascii: "|"): return one(.pipe, .pipeEqual)
        case UInt8(ascii: "&"): return one(.ampersand, .ampersandEqual)
        case UInt8(ascii: "^"): return one(.circumflex, .circumflexEqual)
        case UInt8(ascii: "~"): return (.tilde, 1)
        case UInt8(ascii: "<"):
            if b == UInt8(ascii: ">") { return (.lessGreater, 2) }
            return doubled(.less, .lessEqual, .leftShift, .leftShiftEqual)
        case UInt8(ascii: ">"):
            return doubled(.greater, .greaterEqual, .rightShift, .rightShiftEqual)
        case UInt8(ascii: "!"): return one(.unknown, .notEqual)
        default: return (.unknown, 1)
        }
    }
}
