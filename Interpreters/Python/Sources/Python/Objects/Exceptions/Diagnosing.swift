import InterpreterKit

extension VM {
    /// What an embedding program is told about an exception that nothing has caught and that has been
    /// reported: the last line of the report, and where it was raised.
    func diagnostic(of exception: Value) throws(Unwind) -> Diagnostic {
        var report = ExceptionReport(vm: self)
        try report.writeMessage(exception)
        // The place of a syntax error comes before.
        let lines = String(decoding: report.text, as: UTF8.self).split(separator: "\n")
        let message = lines.first { !$0.hasPrefix(" ") } ?? ""
        let frames = entries(ofTraceback: self[exception.reference, Exception.traceback])
            .reversed().map { Diagnostic.Frame(name: $0.name, place: place($0)) }
        var diagnostic = Diagnostic(
            String(message), at: syntaxErrorPlace(exception) ?? frames.first?.place,
            traceback: Array(frames))
        diagnostic.isReported = true
        return diagnostic
    }

    private func place(_ entry: TracebackEntry) -> Diagnostic.Place {
        let source = entry.code.pointee.description.takeUnretainedValue().source
        let span = entry.span
        let start = source.offset(ofLine: entry.line, column: Int(span.column))
        let end = source.offset(ofLine: Int(span.endLine), column: Int(span.endColumn))
        return Diagnostic.Place(source, at: start, length: end - start)
    }

    /// Where the text is wrong, if that is in the program itself.
    private func syntaxErrorPlace(_ exception: Value) -> Diagnostic.Place? {
        guard isInstance(exception, .syntaxError), let source = python.program?.source else {
            return nil
        }
        let error = exception.reference
        guard let file = asString(self[error, SyntaxErrorFields.filename]),
            text(file) == source.name || text(file) == Python.absolute(source.name)
        else { return nil }
        let line = self[error, SyntaxErrorFields.line]
        let column = self[error, SyntaxErrorFields.offset]
        guard line.isInt, column.isInt else { return nil }
        return Diagnostic.Place(
            source, at: source.offset(ofLine: line.int, column: column.int &- 1))
    }
}
