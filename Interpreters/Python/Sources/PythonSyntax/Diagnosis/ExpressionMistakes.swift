/// Common mistakes in expressions. Every `diagnose` function looks at what follows `at`, raises the
/// mistake it recognises, and otherwise leaves everything as it was.
extension Parser {
    /// Rules of the plain grammar, without hints at mistakes.
    private mutating func plainly<Result>(_ rule: (inout Parser) throws(Failure) -> Result)
        throws(Failure) -> Result?
    {
        diagnoses = false
        defer { diagnoses = true }
        return try attempt(rule)
    }

    /// Python 2's statements `print` and `exec`.
    private func isLegacy(_ expression: Expression) -> Bool {
        guard case .name(let id, _) = expression.kind else { return false }
        return id == "print" || id == "exec"
    }

    /// A name that might start a soft keyword. As CPython compares them, `c` might start `case`.
    private var isSoftKeyword: Bool {
        guard kind == .name else { return false }
        let name = string(at)
        return "match".hasPrefix(name) || "case".hasPrefix(name) || name == "_"
    }

    /// Two expressions side by side; half a conditional; a call without parentheses.
    mutating func diagnoseExpression() throws(Failure) {
        let start = at
        defer { at = start }
        guard let first = try attempt({ p throws(Failure) in try p.disjunction() }) else {
            return try diagnoseLegacyStatement(start)
        }
        let end = at
        at = start
        var isPrefixedString = false
        if kind == .name { isPrefixedString = try following() == .string }
        if !isPrefixedString && !isSoftKeyword {
            at = end
            if let second = try plainly({ p throws(Failure) in try p.conditional() }),
                !isLegacy(first), tokens[at - 1].level > 0
            {
                throw raise(
                    "invalid syntax. Perhaps you forgot a comma?", from: first.span,
                    to: second.span)
            }
        }
        at = end
        if kind == .if {
            try advance()
            if let test = try attempt({ p throws(Failure) in try p.disjunction() }),
                kind != .else && kind != .colon
            {
                throw raise(
                    "expected 'else' after 'if' expression", from: first.span, to: test.span)
            }
        }
        at = start
        try diagnoseLegacyStatement(start)
    }

    private mutating func diagnoseLegacyStatement(_ start: Int) throws(Failure) {
        guard kind == .name, try following() != .leftParenthesis else { return }
        let name = tokens[at].span
        let id = string(at)
        try advance()
        if let value = try attempt({ p throws(Failure) in try p.starExpressions() }),
            id == "print" || id == "exec"
        {
            throw raise(
                "Missing parentheses in call to '\(id)'. Did you mean \(id)(...)?", from: name,
                to: value.span)
        }
    }

    /// `:=` on what is no name; `=` where only `==` or `:=` can be.
    mutating func diagnoseNamedExpression() throws(Failure) {
        guard isFirst(.wrongNamed) else { return }
        let start = at
        defer { at = start }
        if let target = try attempt({ p throws(Failure) in try p.expression() }),
            kind == .colonEqual
        {
            try advance()
            if try looksLike({ p throws(Failure) in try p.expression() }) {
                throw raise(
                    "cannot use assignment expressions with \(target.description)", at: target)
            }
        }
        at = start
        if kind == .name, try following() == .equal {
            let name = tokens[at].span
            try advance()
            try advance()
            if let value = try attempt({ p throws(Failure) in try p.bitwiseOr() }),
                kind != .equal && kind != .colonEqual
            {
                throw raise(
                    "invalid syntax. Maybe you meant '==' or ':=' instead of '='?", from: name,
                    to: value.span)
            }
        }
        at = start
        if try startsWithTargetLike() { return }
        if let target = try attempt({ p throws(Failure) in try p.bitwiseOr() }), kind == .equal {
            try advance()
            if try matches({ p throws(Failure) in try p.bitwiseOr() }),
                kind != .equal && kind != .colonEqual
            {
                throw raise(
                    "cannot assign to \(target.description) here. "
                        + "Maybe you meant '==' instead of '='?", at: target)
            }
        }
    }

    /// A list, a tuple, a generator expression, or a constant by name.
    private mutating func startsWithTargetLike() throws(Failure) -> Bool {
        switch kind {
        case .true, .none, .false: return true
        case .leftBracket, .leftParenthesis:
            let start = at
            let open = tokens[at].span
            let value = try attempt { p throws(Failure) in try p.atom() }
            at = start
            guard let value, value.span.line == open.line, value.span.column == open.column
            else { return false }
            switch value.kind {
            case .list, .tuple, .generatorExp: return true
            default: return false
            }
        default: return false
        }
    }

    /// A star in parentheses.
    mutating func diagnoseGroup() throws(Failure) {
        let start = at
        defer { at = start }
        try advance()
        if kind == .star {
            let value = try attempt { p throws(Failure) in try p.starredExpression() }
            if let value, kind == .rightParenthesis {
                throw raise("cannot use starred expression here", at: value)
            }
        } else if kind == .doubleStar {
            let stars = at
            try advance()
            if try matches({ p throws(Failure) in try p.expression() }), kind == .rightParenthesis {
                throw raise("cannot use double starred expression here", at: stars)
            }
        }
    }

    /// What cannot be the element of a comprehension.
    mutating func diagnoseComprehension() throws(Failure) {
        let start = at
        defer { at = start }
        let isParenthesized = kind == .leftParenthesis
        try advance()
        if kind == .star {
            let value = try attempt { p throws(Failure) in try p.starredExpression() }
            if let value, try looksLike({ p throws(Failure) in try p.comprehensionClauses() }) {
                throw raise("iterable unpacking cannot be used in comprehension", at: value)
            }
            at = start + 1
        }
        if isParenthesized { return }
        let element = try attempt { p throws(Failure) in try p.starNamedExpression() }
        guard let element, kind == .comma else { return }
        let message = "did you forget parentheses around the comprehension target?"
        let comma = at
        try advance()
        var last: Expression?
        while let next = try attempt({ p throws(Failure) in try p.starNamedExpression() }) {
            last = next
            guard try accept(.comma) else { break }
        }
        if let last, try looksLike({ p throws(Failure) in try p.comprehensionClauses() }) {
            throw raise(message, from: element.span, to: last.span)
        }
        at = comma + 1
        if try looksLike({ p throws(Failure) in try p.comprehensionClauses() }) {
            throw raise(message, from: element.span, to: tokens[comma].span)
        }
    }

    // MARK: Dictionaries

    /// Keys without values.
    mutating func diagnoseDictionary() throws(Failure) {
        let start = at
        defer { at = start }
        try advance()
        let first = at
        while try matches({ p throws(Failure) in try p.dictionaryItem() }), kind == .comma {
            try advance()
        }
        if at > first, tokens[at - 1].kind == .comma { try diagnosePair(mayLackColon: true) }
        at = first
        try diagnosePair(mayLackColon: false)
    }

    private mutating func diagnosePair(mayLackColon: Bool) throws(Failure) {
        guard let key = try attempt({ p throws(Failure) in try p.expression() }) else { return }
        guard kind == .colon else {
            if mayLackColon {
                throw raise(
                    "':' expected after dictionary key",
                    at: Span(
                        line: key.span.line, column: key.span.endColumn - 1,
                        endLine: key.span.endLine, endColumn: -1))
            }
            return
        }
        let colon = at
        try advance()
        if kind == .star {
            let star = tokens[at].span
            try advance()
            if try matches({ p throws(Failure) in try p.bitwiseOr() }) {
                throw raise(
                    "cannot use a starred expression in a dictionary value", startingFrom: star)
            }
            return
        }
        if kind == .rightBrace || kind == .comma {
            throw raise("expression expected after dictionary key and ':'", at: colon)
        }
    }

    mutating func diagnoseDictionaryComprehension() throws(Failure) {
        let start = at
        defer { at = start }
        try advance()
        let stars = at
        guard try accept(.doubleStar),
            try matches({ p throws(Failure) in try p.bitwiseOr() }),
            try matches({ p throws(Failure) in try p.comprehensionClauses() }),
            kind == .rightBrace
        else { return }
        throw raise("dict unpacking cannot be used in dict comprehension", at: stars)
    }
}

extension Expression {
    /// What messages call it.
    var description: String {
        switch kind {
        case .boolOp, .binOp, .unaryOp: "expression"
        case .namedExpr: "named expression"
        case .lambda: "lambda"
        case .ifExp: "conditional expression"
        case .dict: "dict literal"
        case .set: "set display"
        case .listComp: "list comprehension"
        case .setComp: "set comprehension"
        case .dictComp: "dict comprehension"
        case .generatorExp: "generator expression"
        case .await: "await expression"
        case .yield, .yieldFrom: "yield expression"
        case .compare: "comparison"
        case .call: "function call"
        case .formattedValue, .joinedStr: "f-string expression"
        case .constant(let value, _): value.description
        case .attribute: "attribute"
        case .subscript: "subscript"
        case .starred: "starred"
        case .name: "name"
        case .list: "list"
        case .tuple: "tuple"
        case .slice: "slice"
        }
    }
}

extension Constant {
    fileprivate var description: String {
        switch self {
        case .none: "None"
        case .true: "True"
        case .false: "False"
        case .ellipsis: "ellipsis"
        default: "literal"
        }
    }
}
