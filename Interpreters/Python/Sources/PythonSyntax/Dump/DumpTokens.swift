import InterpreterKit

/// The tokens of a source, one a line, as the module `tokenize` with `-e` prints those that the
/// grammar sees: place, exact type, text. The error that ends them, if any, is the last line.
public func dumpTokens(_ source: Source) -> String {
    let text: SourceText
    do {
        text = try SourceText(source, .file, addsNewline: true)
    } catch {
        return "error: \(error.message)\n"
    }
    var lexer = Lexer(text, 0..<text.count)
    lexer.run()
    var result = ""
    for token in lexer.tokens {
        let start = max(0, token.column)
        let end = max(0, token.endColumn)
        let place = padded("\(token.line),\(start)-\(token.endLine),\(end):", 20)
        let text = text.string(Int(token.start), Int(token.end))
        result += place + padded(token.kind.className, 15) + Repr.string(Text(text)) + "\n"
    }
    if let error = lexer.error { result += "error: \(error.message)\n" }
    return result
}

private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.utf8.count))
}

extension TokenKind {
    fileprivate var className: String {
        isKeyword ? "NAME" : isOperator ? "OP" : text
    }
}
