/// Common mistakes in statements and patterns.
extension Parser {
    /// What a target is for.
    enum TargetUse { case assign, loop, delete }

    /// Raises the part of a target that cannot be one; nil when there is none.
    mutating func raiseInvalidTarget(_ use: TargetUse, _ target: Expression) throws(Failure)
        -> Failure?
    {
        guard let wrong = target.invalidTarget(use) else { return nil }
        let verb = use == .delete ? "cannot delete " : "cannot assign to "
        return raise(verb + wrong.description, at: wrong)
    }

    /// Assignments to what is no target. `at` is the start of the statement.
    mutating func diagnoseAssignment() throws(Failure) {
        let start = at
        defer { at = start }
        try diagnoseAnnotation(start)
        at = start
        while try matches({ p throws(Failure) in
            _ = try p.starTargets()
            try p.expect(.equal)
        }) {}
        let last = at
        if let value = try attempt({ p throws(Failure) in try p.starExpressions() }),
            kind == .equal, let failure = try raiseInvalidTarget(.assign, value)
        {
            throw failure
        }
        at = last
        if kind == .yield,
            let value = try attempt({ p throws(Failure) in try p.yieldExpression() }),
            kind == .equal
        {
            throw raise("assignment to yield expression not possible", at: value)
        }
        at = start
        if let value = try attempt({ p throws(Failure) in try p.starExpressions() }),
            BinaryOperator(augmented: kind) != nil
        {
            try advance()
            let isComplete = try looksLike { p throws(Failure) in
                _ = try p.kind == .yield ? p.yieldExpression() : p.starExpressions()
            }
            if isComplete {
                throw raise(
                    "'\(value.description)' is an illegal expression for augmented assignment",
                    at: value)
            }
        }
    }

    private mutating func diagnoseAnnotation(_ start: Int) throws(Failure) {
        if let target = try attempt({ p throws(Failure) in try p.wrongAnnotationTarget() }),
            try isAnnotation()
        {
            throw raise(
                "only single target (not \(target.description)) can be annotated", at: target)
        }
        at = start
        let first = try attempt { p throws(Failure) in try p.starNamedExpression() }
        if let first, try accept(.comma) {
            while try matches({ p throws(Failure) in try p.starNamedExpression() }) {
                _ = try accept(.comma)
            }
            if try isAnnotation() {
                throw raise("only single target (not tuple) can be annotated", at: first)
            }
        }
        at = start
        if let target = try attempt({ p throws(Failure) in try p.expression() }),
            try isAnnotation()
        {
            throw raise("illegal target for annotation", at: target)
        }
    }

    private mutating func isAnnotation() throws(Failure) -> Bool {
        try matches { p throws(Failure) in
            try p.expect(.colon)
            return try p.expression()
        }
    }

    /// A list or a tuple, possibly in parentheses.
    private mutating func wrongAnnotationTarget() throws(Failure) -> Expression {
        guard kind == .leftBracket || kind == .leftParenthesis else { throw .mismatch }
        let target = try atom()
        switch target.kind {
        case .list, .tuple: return target
        default: throw .mismatch
        }
    }

    // MARK: for and with

    /// `at` is the `for`.
    mutating func diagnoseForTarget() throws(Failure) {
        if !diagnoses { return }
        let start = at
        defer { at = start }
        try expect(.for)
        if let target = try attempt({ p throws(Failure) in try p.starExpressions() }),
            let failure = try raiseInvalidTarget(.loop, target)
        {
            throw failure
        }
    }

    /// Items, loosely: also those that a `with` refuses. The two forms a `with` can have.
    private mutating func looseWithItems(isParenthesized: Bool) throws(Failure) {
        if isParenthesized { try expect(.leftParenthesis) }
        while true {
            _ = try isParenthesized ? expressions() : expression()
            if kind == .as {
                _ = try attempt { p throws(Failure) in
                    try p.advance()
                    return try p.starTarget()
                }
            }
            guard kind == .comma else { break }
            if isParenthesized, try following() == .rightParenthesis {
                try advance()
                break
            }
            try advance()
        }
        if isParenthesized { try expect(.rightParenthesis) }
    }

    /// A `with` without a block. `at` is after the keyword.
    mutating func diagnoseWithBlock(_ keyword: Int) throws(Failure) {
        if !diagnoses { return }
        let start = at
        defer { at = start }
        for isParenthesized in [false, true] {
            at = start
            let isHeader = try matches { p throws(Failure) in
                try p.looseWithItems(isParenthesized: isParenthesized)
                try p.expect(.colon)
            }
            if isHeader { try requireIndent("'with' statement", keyword) }
        }
    }

    /// A `with` without a colon. `at` is after the keyword.
    mutating func diagnoseWithColon() throws(Failure) {
        if !diagnoses { return }
        let start = at
        defer { at = start }
        for isParenthesized in [false, true] {
            at = start
            let isHeader = try matches { p throws(Failure) in
                try p.looseWithItems(isParenthesized: isParenthesized)
            }
            if isHeader && kind == .newline { throw raise("expected ':'") }
        }
    }

    /// The target of a `with`. `at` is the `as`.
    mutating func diagnoseWithTarget() throws(Failure) {
        if !diagnoses { return }
        let start = at
        defer { at = start }
        try advance()
        if let target = try attempt({ p throws(Failure) in try p.expression() }), endsWithItem,
            let failure = try raiseInvalidTarget(.assign, target)
        {
            throw failure
        }
    }

    // MARK: except

    /// `at` is the `except`.
    mutating func diagnoseHandler() throws(Failure) {
        if !diagnoses { return }
        let start = at
        defer { at = start }
        try advance()
        let hasStar = try accept(.star)
        if let type = try attempt({ p throws(Failure) in try p.expression() }) {
            if kind == .comma {
                let isList = try matches { p throws(Failure) in
                    try p.advance()
                    _ = try p.expressions()
                    try p.optionalAsName()
                    try p.expect(.colon)
                }
                if isList {
                    throw raise(
                        "multiple exception types must be parenthesized", startingFrom: type.span)
                }
            }
            try optionalAsName()
            if kind == .newline { throw raise("expected ':'") }
        } else if hasStar && (kind == .newline || kind == .colon) {
            throw raise("expected one or more exception types")
        } else if kind == .newline {
            throw raise("expected ':'")
        }
    }

    private mutating func optionalAsName() throws(Failure) {
        if kind == .as, try following() == .name {
            try advance()
            try advance()
        }
    }

    /// An `except` after an `except*` or the other way round, at `except`.
    mutating func diagnoseMixedHandlers(_ keyword: Int, hasStar: Bool) throws(Failure) {
        if !diagnoses { return }
        let start = at
        defer { at = start }
        try advance()
        if hasStar { try advance() }
        let last = at - 1
        let type = try attempt { p throws(Failure) in try p.expression() }
        if type != nil { try optionalAsName() }
        if kind == .colon && (type != nil || !hasStar) {
            throw raise(
                "cannot have both 'except' and 'except*' on the same 'try'",
                from: tokens[keyword].span, to: tokens[last].span)
        }
    }

    // MARK: Patterns

    /// What cannot follow `as`, at `as`.
    mutating func diagnosePatternTarget() throws(Failure) {
        if !diagnoses { return }
        let start = at
        defer { at = start }
        try advance()
        if isName(at, "_") { throw raise("cannot use '_' as a target", at: at) }
        if kind != .name, let target = try attempt({ p throws(Failure) in try p.expression() }) {
            throw raise("invalid pattern target", at: target)
        }
    }

    /// Positional patterns of a class after keywords, at the first of them.
    mutating func diagnoseClassPattern() throws(Failure) {
        if !diagnoses { return }
        let patterns = try attempt { p throws(Failure) in try p.positionalPatterns() }
        if let first = patterns?.first, let last = patterns?.last {
            throw raise(
                "positional patterns follow keyword patterns", from: first.span, to: last.span)
        }
    }
}

extension Expression {
    /// The first part that is no target.
    fileprivate func invalidTarget(_ use: Parser.TargetUse) -> Expression? {
        switch kind {
        case .name, .subscript, .attribute: return nil
        case .list(let elements, _), .tuple(let elements, _):
            for element in elements {
                if let wrong = element.invalidTarget(use) { return wrong }
            }
            return nil
        case .starred(let value, _): return use == .delete ? self : value.invalidTarget(use)
        case .compare(let left, let ops, _) where use == .loop:
            // The whole of `target in iter` looks like a comparison.
            return ops[0] == .in ? left.invalidTarget(use) : nil
        default: return self
        }
    }
}
