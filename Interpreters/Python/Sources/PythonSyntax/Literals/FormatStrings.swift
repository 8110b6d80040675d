/// f-strings. The lexer takes one for a plain string, so that it cannot contain its own quotes; here
/// the text between braces goes through a lexer and a parser of its own.
///
/// F1  A `FormatScanner` knows the line of the position it is at, for the places of nodes.
/// F2  Nested to depth 2: a format specification may have braces, theirs may not.
struct FormatScanner {
    var at: Int
    let end: Int
    let isRaw: Bool
    private(set) var line: Int32
    private(set) var lineStart: Int
    private var counted: Int
    /// What a format specification is made in: of this literal, not of all those side by side.
    let specification: StringParts

    init(_ literal: StringLiteral, _ token: Token, specification: StringParts) {
        self.specification = specification
        at = literal.content.lowerBound
        end = literal.content.upperBound
        isRaw = literal.isRaw
        line = token.line
        lineStart = Int(token.start - token.column)
        counted = Int(token.start)
    }

    /// Moves the line to that of `at`.
    mutating func countLines(_ bytes: [UInt8]) {
        while counted < at {
            if bytes[counted] == 0x0A {
                line += 1
                lineStart = counted + 1
            }
            counted += 1
        }
    }
}

extension Parser {
    mutating func formatString(
        _ literal: StringLiteral, _ token: Token, _ parts: inout StringParts
    ) throws(Failure) {
        let own = StringParts(token, to: token, text)
        var scanner = FormatScanner(literal, token, specification: own)
        try formatParts(&scanner, 0, &parts)
    }

    /// Text and fields, to the end of the literal or, inside a field, to its `}`.
    private mutating func formatParts(
        _ scanner: inout FormatScanner, _ level: Int, _ parts: inout StringParts
    ) throws(Failure) {
        while true {
            try formatText(&scanner, level, &parts)
            guard scanner.at < scanner.end, text.bytes[scanner.at] == UInt8(ascii: "{") else {
                break
            }
            try formatField(&scanner, level, &parts)
        }
        if level > 0 && scanner.at >= scanner.end { throw raise("f-string: expecting '}'") }
    }

    /// Up to a brace that is not doubled.
    private mutating func formatText(
        _ scanner: inout FormatScanner, _ level: Int, _ parts: inout StringParts
    ) throws(Failure) {
        let bytes = text.bytes
        var start = scanner.at
        var i = start
        let end = scanner.end
        scan: while i < end {
            let byte = bytes[i]
            switch byte {
            case UInt8(ascii: "\\") where !scanner.isRaw && i + 1 < end:
                i += 1
                if bytes[i] == UInt8(ascii: "N") {
                    i += 1
                    if i < end && bytes[i] == UInt8(ascii: "{") {
                        while i < end && bytes[i] != UInt8(ascii: "}") { i += 1 }
                        if i < end { i += 1 }
                    }
                } else if bytes[i] != UInt8(ascii: "{") && bytes[i] != UInt8(ascii: "}") {
                    i += 1
                }
            case UInt8(ascii: "{"), UInt8(ascii: "}"):
                if level > 0 { break scan }
                if i + 1 < end && bytes[i + 1] == byte {
                    parts.literal += try formatLiteral(start..<i + 1, scanner)
                    i += 2
                    start = i
                    continue
                }
                if byte == UInt8(ascii: "}") {
                    throw raise("f-string: single '}' is not allowed")
                }
                break scan
            default: i += 1
            }
        }
        parts.literal += try formatLiteral(start..<i, scanner)
        scanner.at = i
    }

    private mutating func formatLiteral(_ range: Range<Int>, _ scanner: FormatScanner)
        throws(Failure) -> [UInt8]
    {
        scanner.isRaw ? Array(text.bytes[range]) : try unescaped(text.bytes[range])
    }

    /// `{expression=!r:specification}`.
    private mutating func formatField(
        _ scanner: inout FormatScanner, _ level: Int, _ parts: inout StringParts
    ) throws(Failure) {
        if level >= 2 { throw raise("f-string: expressions nested too deeply") }
        scanner.countLines(text.bytes)
        let open = scanner.at
        scanner.at += 1
        try skipExpression(&scanner)
        let range = open + 1..<scanner.at
        let value = try formatExpression(range, scanner)
        func byte() -> UInt8? { scanner.at < scanner.end ? text.bytes[scanner.at] : nil }

        var showsText = false
        if byte() == UInt8(ascii: "=") {
            showsText = true
            scanner.at += 1
            while let byte = byte(), byte == 0x20 || byte >= 9 && byte <= 13 { scanner.at += 1 }
            parts.literal += text.bytes[open + 1..<scanner.at]
        }
        var conversion = Expression.Conversion.none
        if byte() == UInt8(ascii: "!") {
            scanner.at += 1
            switch byte() {
            case UInt8(ascii: "s"): conversion = .str
            case UInt8(ascii: "r"): conversion = .repr
            case UInt8(ascii: "a"): conversion = .ascii
            case nil: throw raise("f-string: expecting '}'")
            default:
                throw raise(
                    "f-string: invalid conversion character: expected 's', 'r', or 'a'")
            }
            scanner.at += 1
        }
        var specification: Expression?
        if byte() == UInt8(ascii: ":") {
            scanner.at += 1
            var inner = scanner.specification
            try formatParts(&scanner, level + 1, &inner)
            specification = inner.joined()
        }
        if byte() != UInt8(ascii: "}") { throw raise("f-string: expecting '}'") }
        scanner.at += 1
        if showsText && specification == nil && conversion == .none { conversion = .repr }
        parts.add(
            Expression(
                .formattedValue(value: value, conversion: conversion, formatSpec: specification),
                parts.span))
    }

    /// Moves to the character that ends the expression: one of `=!:}` outside brackets and strings.
    private mutating func skipExpression(_ scanner: inout FormatScanner) throws(Failure) {
        let bytes = text.bytes
        let end = scanner.end
        var open: [UInt8] = []
        var quote: UInt8 = 0
        var isTriple = false
        var i = scanner.at
        func at(_ i: Int, _ character: Unicode.Scalar) -> Bool {
            i < end && bytes[i] == UInt8(ascii: character)
        }
        scan: while i < end {
            let byte = bytes[i]
            if byte == UInt8(ascii: "\\") {
                throw raise("f-string expression part cannot include a backslash")
            }
            if quote != 0 {
                if byte == quote && isTriple {
                    if i + 2 < end && bytes[i + 1] == quote && bytes[i + 2] == quote {
                        i += 2
                        quote = 0
                    }
                } else if byte == quote {
                    quote = 0
                }
                i += 1
                continue
            }
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                quote = byte
                isTriple = i + 2 < end && bytes[i + 1] == byte && bytes[i + 2] == byte
                if isTriple { i += 2 }
            case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "("):
                if open.count >= Lexer.deepestBrackets {
                    throw raise("f-string: too many nested parenthesis")
                }
                open.append(byte)
            case UInt8(ascii: "#"):
                throw raise("f-string expression part cannot include '#'")
            case UInt8(ascii: "!"), UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"),
                UInt8(ascii: ":"), UInt8(ascii: "}"):
                if open.isEmpty {
                    if byte != UInt8(ascii: ":") && byte != UInt8(ascii: "}") && at(i + 1, "=") {
                        i += 1
                    } else if byte != UInt8(ascii: "<") && byte != UInt8(ascii: ">") {
                        break scan
                    }
                } else if byte == UInt8(ascii: "}") {
                    try closeBracket(byte, &open)
                }
            case UInt8(ascii: "]"), UInt8(ascii: ")"):
                try closeBracket(byte, &open)
            default: break
            }
            i += 1
        }
        scanner.at = i
        if quote != 0 { throw raise("f-string: unterminated string") }
        if let last = open.last {
            throw raise("f-string: unmatched '\(Character(Unicode.Scalar(last)))'")
        }
        if i >= end { throw raise("f-string: expecting '}'") }
    }

    private mutating func closeBracket(_ byte: UInt8, _ open: inout [UInt8]) throws(Failure) {
        let closing = Character(Unicode.Scalar(byte))
        guard let last = open.popLast() else { throw raise("f-string: unmatched '\(closing)'") }
        let expected: UInt8 =
            last == UInt8(ascii: "(")
            ? UInt8(ascii: ")") : last == UInt8(ascii: "[") ? UInt8(ascii: "]") : UInt8(ascii: "}")
        if byte != expected {
            throw raise(
                "f-string: closing parenthesis '\(closing)' does not match opening parenthesis "
                    + "'\(Character(Unicode.Scalar(last)))'")
        }
    }

    /// The tree of the text between the braces.
    private mutating func formatExpression(_ range: Range<Int>, _ scanner: FormatScanner)
        throws(Failure) -> Expression
    {
        let isBlank = text.bytes[range].allSatisfy { byte in
            byte == 0x20 || byte == 9 || byte == 10 || byte == 12 || byte == 13
        }
        if isBlank {
            let next = text.bytes[range.upperBound]
            throw raise(
                next == UInt8(ascii: "}")
                    ? "f-string: empty expression not allowed"
                    : "f-string: expression required before '\(Character(Unicode.Scalar(next)))'")
        }
        var lexer = Lexer(text, range)
        lexer.runInParentheses(line: scanner.line, lineStart: scanner.lineStart)
        let place = FormatStringExpression(
            line: scanner.line, column: Int32(range.lowerBound - 1 - scanner.lineStart),
            range: range)
        var parser = Parser(text, lexer, formatString: place)
        parser.depth = depth
        parser.stack = stack
        do {
            return try parser.run { p throws(Failure) in try p.starExpressions() }
        } catch {
            throw raise(error)
        }
    }
}
