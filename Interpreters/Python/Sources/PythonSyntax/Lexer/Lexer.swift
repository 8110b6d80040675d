/// Text to tokens, all at once, as CPython's tokenizer makes them one by one.
///
/// An error ends the tokens with one of kind `error`, and is reported only if the parser gets there
/// or finds an error of its own (``Parser`` decides). Indentation is in Indentation.swift, numbers
/// in NumberTokens.swift, strings in StringTokens.swift.
///
/// L1  `at` is the next byte to read; `byte` is 0 at `end`, and the text holds no other 0.
/// L2  `lineStart` is where the line of `at` starts, except inside a string that spans lines.
struct Lexer {
    struct Bracket {
        var byte: UInt8
        var line: Int32
        var column: Int32
    }

    static let deepestBrackets = 200
    static let deepestIndents = 100

    let bytes: [UInt8]
    let end: Int
    private let mode: ParseMode
    /// With ``ParseMode/single``: whether the end of the text ends all blocks.
    let impliesDedent: Bool
    private let keywords = Keywords.all

    var at: Int
    var line: Int32 = 1
    var lineStart = 0
    var tokens: [Token] = []
    var brackets: [Bracket] = []
    var indents: [Indentation] = [Indentation()]
    var error: LexicalError?

    init(
        _ text: SourceText, _ range: Range<Int>, mode: ParseMode = .file,
        impliesDedent: Bool = true
    ) {
        bytes = text.bytes
        at = range.lowerBound
        end = range.upperBound
        self.mode = mode
        self.impliesDedent = impliesDedent
    }

    var byte: UInt8 { at < end ? bytes[at] : 0 }
    func byte(_ distance: Int) -> UInt8 { at + distance < end ? bytes[at + distance] : 0 }

    /// All tokens of the text.
    mutating func run() {
        tokens.reserveCapacity((end - at) / 4 + 8)
        line = at < end ? 1 : 0
        if at == end { return finish() }
        var startsLine = true
        while error == nil {
            if startsLine {
                startsLine = false
                guard let isBlank = indentation() else { break }
                if isBlank {
                    skipBlanksAndComment()
                    if at == end { break }
                    at += 1
                    if at < end { startNextLine() }
                    startsLine = true
                    continue
                }
            }
            skipBlanks()
            let start = at
            if byte == UInt8(ascii: "#") { skipBlanksAndComment() }
            switch self.byte {
            case 0x0A:
                if brackets.isEmpty {
                    add(.newline, from: start, to: at)
                    startsLine = true
                }
                at += 1
                if at < end { startNextLine() }
            case 0 where at >= end:
                return finish()
            case UInt8(ascii: "\\"):
                continueLine()
            case let byte where Lexer.isIdentifierStart(byte):
                identifier()
            case 0x30...0x39:
                number()
            case UInt8(ascii: ".") where Lexer.isDigit(self.byte(1)):
                number()
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                string(from: at)
            case let byte:
                punctuation(byte)
            }
        }
        if error == nil { finish() } else { addMark(.error) }
    }

    /// A range of a line as if it stood between parentheses, which become tokens too.
    mutating func runInParentheses(line: Int32, lineStart: Int) {
        self.line = line
        self.lineStart = lineStart
        let open = at - 1
        brackets = [
            Bracket(byte: UInt8(ascii: "("), line: line, column: Int32(open - lineStart))
        ]
        add(.leftParenthesis, from: open, to: at)
        while error == nil {
            skipBlanks()
            let byte = self.byte
            switch byte {
            case 0 where at >= end:
                brackets.removeAll()
                add(.rightParenthesis, from: at, to: at + 1)
                add(.newline, from: at + 1, to: at + 1)
                addMark(.endMarker)
                return
            case 0x0A:
                at += 1
                startNextLine()
            case _ where Lexer.isIdentifierStart(byte): identifier()
            case 0x30...0x39: number()
            case UInt8(ascii: ".") where Lexer.isDigit(self.byte(1)): number()
            case UInt8(ascii: "\""), UInt8(ascii: "'"): string(from: at)
            default: punctuation(byte)
            }
        }
        addMark(.error)
    }

    /// At the end of the text: the tokens that close it.
    private mutating func finish() {
        if !brackets.isEmpty {
            error = .endOfText
            return addMark(.error)
        }
        if mode == .single && !tokens.isEmpty && impliesDedent {
            // A newline is implied, and with it the end of all blocks; after blocks, one more.
            addMark(.newline)
            if indents.count > 1 {
                for _ in 1..<indents.count { addMark(.dedent) }
                addMark(.newline)
            }
        }
        addMark(.endMarker)
    }

    mutating func startNextLine() {
        line += 1
        lineStart = at
    }

    // MARK: Tokens

    mutating func add(_ kind: TokenKind, from start: Int, to stop: Int) {
        tokens.append(
            Token(
                kind: kind, level: UInt8(brackets.count), start: Int32(start), end: Int32(stop),
                line: line, column: Int32(start - lineStart), endLine: line,
                endColumn: Int32(stop - lineStart)))
    }

    /// A token without text (T2).
    mutating func addMark(_ kind: TokenKind) {
        tokens.append(
            Token(
                kind: kind, level: UInt8(brackets.count), start: Int32(at), end: Int32(at),
                line: line, column: -1, endLine: line, endColumn: Int32(at - lineStart)))
    }

    // MARK: Blanks

    mutating func skipBlanks() {
        while byte == 0x20 || byte == 0x09 || byte == 0x0C { at += 1 }
    }

    mutating func skipBlanksAndComment() {
        skipBlanks()
        if byte == UInt8(ascii: "#") {
            while at < end && bytes[at] != 0x0A { at += 1 }
        }
    }

    /// A backslash: the next line continues this one. False at an error.
    @discardableResult
    mutating func continueLine() -> Bool {
        at += 1
        guard byte == 0x0A && at < end else {
            if at < end { at += 1 }
            error = .code(
                .syntaxError, "unexpected character after line continuation character",
                line: line, column: at - lineStart)
            return false
        }
        at += 1
        if at >= end {
            error = .endOfText
            return false
        }
        startNextLine()
        return true
    }

    // MARK: Names

    static func isIdentifierStart(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return letter >= 0x61 && letter <= 0x7A || byte == 0x5F || byte >= 0x80
    }
    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    static func isIdentifierPart(_ byte: UInt8) -> Bool {
        isIdentifierStart(byte) || isDigit(byte)
    }

    /// A name, a keyword, or a string with a prefix.
    private mutating func identifier() {
        let start = at
        var word: UInt64 = 0
        var shift: UInt64 = 0
        var isASCII = true
        while true {
            let byte = self.byte
            guard Lexer.isIdentifierPart(byte) else { break }
            word |= shift < 64 ? UInt64(byte) &<< shift : 0
            shift &+= 8
            if byte >= 0x80 { isASCII = false }
            at += 1
        }
        let length = at - start
        if length <= 2 && (byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"))
            && Lexer.isStringPrefix(bytes[start..<at])
        {
            return string(from: start)
        }
        if length >= 2 && length <= 8, let keyword = keywords[word] {
            return add(keyword, from: start, to: at)
        }
        if !isASCII && !checkIdentifier(from: start) { return }
        add(.name, from: start, to: at)
    }

    /// Whether a name with characters beyond ASCII is one; else the error is set.
    private mutating func checkIdentifier(from start: Int) -> Bool {
        var isFirst = true
        var i = start
        for scalar in String(decoding: bytes[start..<at], as: UTF8.self).unicodeScalars {
            i += UTF8.width(scalar)
            let properties = scalar.properties
            let isValid =
                isFirst
                ? scalar == "_" || properties.isXIDStart
                : properties.isXIDContinue
            if !isValid {
                at = min(i, at)
                reject(scalar)
                return false
            }
            isFirst = false
        }
        return true
    }

    /// A character that no program contains outside strings; `at` is after it.
    mutating func reject(_ scalar: Unicode.Scalar) {
        let hex = String(scalar.value, radix: 16, uppercase: true)
        let code = String(repeating: "0", count: max(0, 4 - hex.utf8.count)) + hex
        fail(
            CharacterClass.isPrintable(scalar)
                ? "invalid character '\(scalar)' (U+\(code))"
                : "invalid non-printable character U+\(code)")
    }

    // MARK: Errors

    /// An error at the character before `at`.
    mutating func fail(_ message: String) {
        error = .raised(message, line: line, lineStart: lineStart, at: at)
    }
}

/// What stops a lexer.
struct LexicalError {
    /// CPython raises some errors in the tokenizer and leaves others to the parser, which matters
    /// when the parser has found another error before.
    var isRaised: Bool
    /// The text ended where a bracket or a continued line had not.
    var isEndOfText = false
    /// The text ended inside a string.
    var isInString = false
    var kind = PythonSyntaxError.Kind.syntaxError
    var message = ""
    var line: Int32 = 0
    /// In bytes, from 1. Nil: at the error token.
    var column: Int?
    var endColumn: Int?

    static let endOfText = LexicalError(isRaised: false, isEndOfText: true)

    static func raised(
        _ message: String, line: Int32, lineStart: Int, at: Int, endingAt stop: Int? = nil
    ) -> LexicalError {
        LexicalError(
            isRaised: true, message: message, line: line, column: at - lineStart,
            endColumn: (stop ?? at) - lineStart)
    }
    static func code(
        _ kind: PythonSyntaxError.Kind, _ message: String, line: Int32, column: Int?
    ) -> LexicalError {
        LexicalError(isRaised: false, kind: kind, message: message, line: line, column: column)
    }
}
