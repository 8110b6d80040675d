/// Places and choice of the error to report.
extension Parser {
    // MARK: Raising

    /// At a range; its end may be unknown.
    mutating func raise(
        _ message: String, at span: Span, kind: PythonSyntaxError.Kind = .syntaxError
    ) -> Failure {
        raise(
            place(
                kind, message, line: span.line, column: Int(span.column) + 1, endLine: span.endLine,
                endColumn: Int(span.endColumn) + 1))
    }
    mutating func raise(_ message: String, from first: Span, to last: Span) -> Failure {
        raise(message, at: Span(first, to: last))
    }
    mutating func raise(_ message: String, at expression: Expression) -> Failure {
        raise(message, at: expression.span)
    }
    mutating func raise(_ message: String, at token: Int) -> Failure {
        raise(message, at: tokens[token].span)
    }
    /// From a place on, to where the reader is.
    mutating func raise(_ message: String, startingFrom first: Span) -> Failure {
        let last = tokens[furthest]
        return raise(
            place(
                .syntaxError, message, line: first.line, column: Int(first.column) + 1,
                endLine: last.endLine, endColumn: Int(last.endColumn)))
    }
    /// At the last token that any rule has looked at.
    mutating func raise(
        _ message: String, kind: PythonSyntaxError.Kind = .syntaxError
    ) -> Failure {
        raise(atToken(kind, message, tokens[furthest]))
    }

    private func atToken(
        _ kind: PythonSyntaxError.Kind, _ message: String, _ token: Token
    ) -> PythonSyntaxError {
        token.column < 0
            ? place(
                kind, message, line: token.line, column: Int(token.endColumn),
                endLine: token.endLine, endColumn: -1)
            : place(
                kind, message, line: token.line, column: Int(token.column) + 1,
                endLine: token.endLine, endColumn: Int(token.endColumn) + 1)
    }

    mutating func raiseLexicalError() -> Failure {
        guard let error = lexicalError else { return .mismatch }
        return raise(describe(error))
    }

    // MARK: Choosing

    /// The text ended before the parser had enough.
    func reachedEnd(_ last: Int) -> Bool {
        let token = tokens[last]
        if token.kind == .error, let lexicalError {
            return lexicalError.isEndOfText || lexicalError.isInString
        }
        return token.column < 0 && Int(token.start) >= text.count
    }

    /// The error of a text that both passes refused. `last` is the token at which the first gave up.
    func report(_ last: Int) -> PythonSyntaxError {
        if let raised, tokens[furthest].kind == .error || raised.line == nil { return raised }
        let token = tokens[last]
        if raised == nil && token.kind == .indent {
            return atToken(.indentationError, "unexpected indent", token)
        }
        if raised == nil && token.kind == .dedent {
            return atToken(.indentationError, "unexpected unindent", token)
        }
        if let lexicalError {
            if lexicalError.isRaised && tokens[furthest].kind != .error {
                return describe(lexicalError)
            }
            if let openBracket, tokens[furthest].line > openBracket.line {
                return neverClosed(openBracket)
            }
        }
        if let raised { return raised }
        return place(
            .syntaxError, "invalid syntax", line: token.line, column: Int(token.column) + 1,
            endLine: token.endLine, endColumn: token.column < 0 ? 0 : Int(token.endColumn) + 1)
    }

    private func neverClosed(_ bracket: Lexer.Bracket) -> PythonSyntaxError {
        place(
            .syntaxError, "'\(Character(Unicode.Scalar(bracket.byte)))' was never closed",
            line: bracket.line, column: Int(bracket.column) + 1, endLine: bracket.line,
            endColumn: 0)
    }

    private func describe(_ error: LexicalError) -> PythonSyntaxError {
        if error.isEndOfText {
            if let openBracket { return neverClosed(openBracket) }
            let token = tokens[tokens.count - 1]
            return atToken(.syntaxError, "unexpected EOF while parsing", token)
        }
        guard let column = error.column else {
            return atToken(error.kind, error.message, tokens[tokens.count - 1])
        }
        var place = place(
            error.kind, error.message, line: error.line, column: column, endLine: error.line,
            endColumn: error.endColumn ?? 0, isPlain: error.isRaised)
        if error.isRaised, place.text?.utf8.last == 0x0A { place.text?.removeLast() }
        return place
    }

    // MARK: Places

    /// Columns are bytes from 1; 0 and -1 stay.
    private func place(
        _ kind: PythonSyntaxError.Kind, _ message: String, line: Int32, column: Int,
        endLine: Int32, endColumn: Int, isPlain: Bool = false
    ) -> PythonSyntaxError {
        if let formatString {
            return formatString.place(
                kind, isPlain ? message : "f-string: " + message, line, column, endLine, endColumn,
                text)
        }
        let range = text.line(Int(line))
        // While the tokenizer is in the line, CPython shows it with its newline.
        let hasNewline = range.upperBound < text.count && tokens[furthest].endLine <= line
        let shown = range.lowerBound..<(hasNewline ? range.upperBound + 1 : range.upperBound)
        return PythonSyntaxError(
            kind, message, line: Int(line), offset: text.characters(upTo: column, in: shown),
            endLine: Int(endLine), endOffset: text.characters(upTo: endColumn, in: shown),
            text: text.string(shown.lowerBound, shown.upperBound))
    }
}

/// An expression in braces inside an f-string. Its tokens are those of the source, as if the braces
/// were parentheses; its errors show only the expression, in parentheses.
struct FormatStringExpression {
    var line: Int32
    /// Of the opening brace.
    var column: Int32
    /// Byte range between the braces.
    var range: Range<Int>

    func place(
        _ kind: PythonSyntaxError.Kind, _ message: String, _ line: Int32, _ column: Int,
        _ endLine: Int32, _ endColumn: Int, _ text: SourceText
    ) -> PythonSyntaxError {
        let lines = text.bytes[range].split(separator: 0x0A, omittingEmptySubsequences: false)
        let number = min(max(0, Int(line - self.line)), lines.count - 1)
        let isLast = number == lines.count - 1
        let own = SourceText(
            bytes: (number == 0 ? [0x28] : []) + lines[number] + (isLast ? [0x29, 0x0A] : []))
        func shift(_ column: Int, _ line: Int32) -> Int {
            column > 0 && line == self.line ? column - Int(self.column) : column
        }
        let whole = 0..<own.count
        return PythonSyntaxError(
            kind, message, line: Int(line),
            offset: own.characters(upTo: shift(column, line), in: whole), endLine: Int(endLine),
            endOffset: own.characters(upTo: shift(endColumn, endLine), in: whole),
            text: own.string(0, own.count))
    }
}
