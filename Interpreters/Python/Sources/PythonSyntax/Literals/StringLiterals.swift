/// Literals side by side are one string.
struct StringParts {
    /// Of all the literals, and of everything made from them.
    let span: Span
    let unicodePrefix: Bool
    var isFormat = false
    /// Complete parts of an f-string.
    var values: [Expression] = []
    /// Text after the last of `values`.
    var literal: [UInt8] = []

    init(_ first: Token, to last: Token, _ text: SourceText) {
        span = Span(first.span, to: last.span)
        unicodePrefix = text.bytes[Int(first.start)] == UInt8(ascii: "u")
    }

    mutating func add(_ value: Expression) {
        endLiteral()
        values.append(value)
    }
    mutating func endLiteral() {
        if literal.isEmpty { return }
        values.append(constant(.str(Text(bytes: literal))))
        literal = []
    }
    func constant(_ value: Constant) -> Expression {
        Expression(.constant(value: value, unicodePrefix: unicodePrefix), span)
    }
    mutating func joined() -> Expression {
        endLiteral()
        return Expression(.joinedStr(values: values), span)
    }
}

/// One literal: its prefix and what is between its quotes.
struct StringLiteral {
    var isBytes = false
    var isRaw = false
    var isFormat = false
    /// Byte range between the quotes.
    var content: Range<Int>

    init(_ token: Token, _ text: SourceText) {
        var i = Int(token.start)
        scan: while true {
            switch text.bytes[i] | 0x20 {
            case UInt8(ascii: "b"): isBytes = true
            case UInt8(ascii: "r"): isRaw = true
            case UInt8(ascii: "f"): isFormat = true
            case UInt8(ascii: "u"): break
            default: break scan
            }
            i += 1
        }
        let end = Int(token.end)
        let quote = text.bytes[i]
        let isTriple = end - i >= 6 && text.bytes[i + 1] == quote && text.bytes[i + 2] == quote
        let width = isTriple ? 3 : 1
        content = i + width..<end - width
    }
}

extension Parser {
    /// One or more literals side by side.
    mutating func strings() throws(Failure) -> Expression {
        let start = at
        while kind == .string { try advance() }
        var parts = StringParts(tokens[start], to: tokens[at - 1], text)
        var isBytes = false
        for index in start..<at {
            let literal = StringLiteral(tokens[index], text)
            if literal.isFormat {
                if isBytes { throw raise(mixedLiterals) }
                parts.isFormat = true
                try formatString(literal, tokens[index], &parts)
                continue
            }
            let content = try self.content(of: literal, tokens[index])
            if index > start && literal.isBytes != isBytes { throw raise(mixedLiterals) }
            isBytes = literal.isBytes
            parts.literal += content
        }
        if isBytes { return parts.constant(.bytes(parts.literal)) }
        if parts.isFormat { return parts.joined() }
        return parts.constant(.str(Text(bytes: parts.literal)))
    }
    private var mixedLiterals: String { "cannot mix bytes and nonbytes literals" }

    private mutating func content(of literal: StringLiteral, _ token: Token) throws(Failure)
        -> [UInt8]
    {
        let raw = text.bytes[literal.content]
        if literal.isBytes && raw.contains(where: { $0 >= 0x80 }) {
            throw raise("bytes can only contain ASCII literal characters", at: token.span)
        }
        if literal.isRaw { return Array(raw) }
        return try unescaped(raw, isBytes: literal.isBytes)
    }

    mutating func unescaped(_ raw: ArraySlice<UInt8>, isBytes: Bool = false) throws(Failure)
        -> [UInt8]
    {
        if !raw.contains(UInt8(ascii: "\\")) { return Array(raw) }
        do {
            return try isBytes ? Escapes.bytes(raw) : Escapes.text(raw)
        } catch {
            throw raise(error.message)
        }
    }
}
