/// `from __future__ import`.
struct Future: OptionSet {
    let rawValue: Int
    /// The only feature that Python 3.11 does not have anyway.
    static let annotations = Future(rawValue: 1)

    private static let mandatory: Set<String> = [
        "nested_scopes", "generators", "division", "absolute_import", "with_statement",
        "print_function", "unicode_literals", "barry_as_FLUFL", "generator_stop",
    ]

    /// What the imports at the start of a module ask for.
    static func features(of module: Module) throws(PythonSyntaxError) -> Future {
        var features: Future = []
        for statement in header(of: module) {
            guard case .importFrom(_, let names, _) = statement.kind else { continue }
            for alias in names {
                switch alias.name {
                case "annotations": features.insert(.annotations)
                case "braces": throw mistake("not a chance", statement)
                case let name where !mandatory.contains(name):
                    throw mistake("future feature \(name) is not defined", statement)
                default: break
                }
            }
        }
        return features
    }

    /// The docstring of a module and the imports of the future right after it.
    static func header(of module: Module) -> ArraySlice<Statement> {
        let body = module.body
        var end = 0
        if let first = body.first, case .expr(let value) = first.kind,
            case .constant(.str, _) = value.kind
        {
            end = 1
        }
        while end < body.count, case .importFrom("__future__", _, 0) = body[end].kind { end += 1 }
        return body[..<end]
    }

    private static func mistake(_ message: String, _ statement: Statement) -> PythonSyntaxError {
        PythonSyntaxError(
            .syntaxError, message, line: Int(statement.span.line),
            offset: Int(statement.span.column) + 1, endLine: Int(statement.span.line))
    }
}
