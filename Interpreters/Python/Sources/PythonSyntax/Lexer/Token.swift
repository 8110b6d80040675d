/// What the lexer hands to the parser.
///
/// T1  `column` and `endColumn` are UTF-8 bytes from the start of their lines, from 0.
/// T2  Indents, dedents, the end marker and errors have no text: `column` is -1, and `endColumn`
///     tells how far the lexer had read in its line. Error messages need it.
struct Token {
    var kind: TokenKind
    /// How many brackets are open after this token.
    var level: UInt8
    /// Byte range in the source text.
    var start: Int32
    var end: Int32
    var line: Int32
    var column: Int32
    var endLine: Int32
    var endColumn: Int32

    var span: Span {
        Span(
            line: line, column: column, endLine: endLine,
            endColumn: column < 0 ? column : endColumn)
    }
}

enum TokenKind: UInt8, CaseIterable {
    case endMarker, error, newline, indent, dedent
    case name, number, string
    /// A character that belongs to no token: `$`, `?` or a lone `!`.
    case unknown

    case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
    case colon, comma, semicolon, dot, ellipsis, arrow, equal, colonEqual
    case plus, minus, star, slash, doubleSlash, percent, at, doubleStar
    case pipe, ampersand, circumflex, tilde, leftShift, rightShift
    case less, greater, lessEqual, greaterEqual, doubleEqual, notEqual
    /// `<>`, which no rule accepts.
    case lessGreater
    case plusEqual, minusEqual, starEqual, slashEqual, doubleSlashEqual, percentEqual, atEqual
    case doubleStarEqual, pipeEqual, ampersandEqual, circumflexEqual, leftShiftEqual
    case rightShiftEqual

    case `false`, none, `true`, and, `as`, assert, async, await, `break`, `class`, `continue`
    case def, del, elif, `else`, except, finally, `for`, from, global, `if`, `import`, `in`, `is`
    case lambda, nonlocal, not, or, pass, raise, `return`, `try`, `while`, with, yield

    /// The spelling of keywords and operators; the name of the class for other tokens.
    var text: String {
        switch self {
        case .endMarker: "ENDMARKER"
        case .error: "ERRORTOKEN"
        case .newline: "NEWLINE"
        case .indent: "INDENT"
        case .dedent: "DEDENT"
        case .name: "NAME"
        case .number: "NUMBER"
        case .string: "STRING"
        case .unknown: "OP"
        case .leftParenthesis: "("
        case .rightParenthesis: ")"
        case .leftBracket: "["
        case .rightBracket: "]"
        case .leftBrace: "{"
        case .rightBrace: "}"
        case .colon: ":"
        case .comma: ","
        case .semicolon: ";"
        case .dot: "."
        case .ellipsis: "..."
        case .arrow: "->"
        case .equal: "="
        case .colonEqual: ":="
        case .plus: "+"
        case .minus: "-"
        case .star: "*"
        case .slash: "/"
        case .doubleSlash: "//"
        case .percent: "%"
        case .at: "@"
        case .doubleStar: "**"
        case .pipe: "|"
        case .ampersand: "&"
        case .circumflex: "^"
        case .tilde: "~"
        case .leftShift: "<<"
        case .rightShift: ">>"
        case .less: "<"
        case .greater: ">"
        case .lessEqual: "<="
        case .greaterEqual: ">="
        case .doubleEqual: "=="
        case .notEqual: "!="
        case .lessGreater: "<>"
        case .plusEqual: "+="
        case .minusEqual: "-="
        case .starEqual: "*="
        case .slashEqual: "/="
        case .doubleSlashEqual: "//="
        case .percentEqual: "%="
        case .atEqual: "@="
        case .doubleStarEqual: "**="
        case .pipeEqual: "|="
        case .ampersandEqual: "&="
        case .circumflexEqual: "^="
        case .leftShiftEqual: "<<="
        case .rightShiftEqual: ">>="
        case .false: "False"
        case .none: "None"
        case .true: "True"
        case .and: "and"
        case .as: "as"
        case .assert: "assert"
        case .async: "async"
        case .await: "await"
        case .break: "break"
        case .class: "class"
        case .continue: "continue"
        case .def: "def"
        case .del: "del"
        case .elif: "elif"
        case .else: "else"
        case .except: "except"
        case .finally: "finally"
        case .for: "for"
        case .from: "from"
        case .global: "global"
        case .if: "if"
        case .import: "import"
        case .in: "in"
        case .is: "is"
        case .lambda: "lambda"
        case .nonlocal: "nonlocal"
        case .not: "not"
        case .or: "or"
        case .pass: "pass"
        case .raise: "raise"
        case .return: "return"
        case .try: "try"
        case .while: "while"
        case .with: "with"
        case .yield: "yield"
        }
    }

    var isKeyword: Bool { rawValue >= TokenKind.false.rawValue }
    var isOperator: Bool { rawValue >= TokenKind.unknown.rawValue && !isKeyword }

}

/// Keywords by their spelling: at most eight bytes in a word, the first in the lowest.
struct Keywords: Sendable {
    static let all = Keywords()

    /// Where the word's hash says, or behind; `endMarker` where there is nothing.
    private var table = [(word: UInt64, kind: TokenKind)](repeating: (0, .endMarker), count: 128)

    private init() {
        for kind in TokenKind.allCases where kind.isKeyword {
            var word: UInt64 = 0
            for byte in kind.text.utf8.reversed() { word = word << 8 | UInt64(byte) }
            table[place(of: word)] = (word, kind)
        }
    }
    subscript(word: UInt64) -> TokenKind? {
        let kind = table[place(of: word)].kind
        return kind == .endMarker ? nil : kind
    }
    private func place(of word: UInt64) -> Int {
        var i = Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 57)
        while table[i].word != word && table[i].word != 0 { i = (i + 1) & 127 }
        return i
    }
}
