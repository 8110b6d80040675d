/// Common mistakes in calls.
extension Parser {
    /// What is wrong with the arguments of a call, at the first one.
    mutating func diagnoseArguments() throws(Failure) {
        let start = at
        defer { at = start }
        if let arguments = try attempt({ p throws(Failure) in try p.argumentList() }),
            !arguments.keywords.isEmpty || arguments.args.allSatisfy(\.isStarred),
            kind == .comma, try following() == .star
        {
            throw raise(
                "iterable argument unpacking follows keyword argument unpacking", at: at + 1)
        }
        at = start
        if let (element, clauses) = try bareGenerator(), try accept(.comma) {
            if try !matches({ p throws(Failure) in try p.argumentList() }) {
                _ = try bareGenerator()
            }
            throw raiseBareGenerator(element, clauses)
        }
        at = start
        try diagnoseKeywordGenerator()
        at = start
        guard let arguments = try attempt({ p throws(Failure) in try p.argumentList() }) else {
            return
        }
        let end = at
        if let clauses = try attempt({ p throws(Failure) in try p.comprehensionClauses() }),
            arguments.args.count > 1, let last = arguments.args.last
        {
            throw raiseBareGenerator(last, clauses)
        }
        at = end
        guard try accept(.comma) else { return }
        let next = at
        if let (element, clauses) = try bareGenerator() {
            throw raiseBareGenerator(element, clauses)
        }
        at = next
        if try matches({ p throws(Failure) in try p.argumentList() }) {
            let unpacks = arguments.keywords.contains { $0.arg == nil }
            throw raise(
                "positional argument follows keyword argument" + (unpacks ? " unpacking" : ""))
        }
    }

    /// An expression with `for` clauses, outside parentheses.
    private mutating func bareGenerator() throws(Failure) -> (Expression, [Comprehension])? {
        try attempt { p throws(Failure) in
            (try p.expression(), try p.comprehensionClauses())
        }
    }

    private mutating func raiseBareGenerator(_ element: Expression, _ clauses: [Comprehension])
        -> Failure
    {
        let last = clauses[clauses.count - 1]
        return raise(
            "Generator expression must be parenthesized", from: element.span,
            to: (last.ifs.last ?? last.iter).span)
    }

    /// `name=element for ...`.
    private mutating func diagnoseKeywordGenerator() throws(Failure) {
        guard kind == .name, try following() == .equal else { return }
        let name = tokens[at].span
        let equal = tokens[at + 1].span
        try advance()
        try advance()
        if try bareGenerator() != nil {
            throw raise(
                "invalid syntax. Maybe you meant '==' or ':=' instead of '='?", from: name,
                to: equal)
        }
    }

    /// What cannot stand before the `=` of a keyword argument.
    mutating func diagnoseKeyword() throws(Failure) {
        let start = at
        defer { at = start }
        switch kind {
        case .true, .false, .none:
            if try following() == .equal {
                throw raise(
                    "cannot assign to \(kind.text)", from: tokens[at].span,
                    to: tokens[at + 1].span)
            }
        case .name where try following() == .equal:
            return try diagnoseKeywordGenerator()
        default: break
        }
        if let name = try attempt({ p throws(Failure) in try p.expression() }), kind == .equal {
            throw raise(
                "expression cannot contain assignment, perhaps you meant \"==\"?",
                from: name.span, to: tokens[at].span)
        }
    }
}
