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

    /// Keywords by their spelling, packed into a number (``pack(_:)``).
    static let keywords: [UInt64: TokenKind] = {
        var table: [UInt64: TokenKind] = [:]
        for kind in allCases where kind.isKeyword { table[pack(Array(kind.text.utf8))] = kind }
        return table
    }()

    /// At most eight bytes, the first in the lowest.
    static func pack(_ bytes: [UInt8]) -> UInt64 {
        var word: UInt64 = 0
        for (i, byte) in bytes.enumerated() { word |= UInt64(byte) << (UInt64(i) * 8) }
        return word
    }
}
