/// `match` statements. `match`, `case` and `_` are names everywhere else.
extension Parser {
    /// Nil when the name is an ordinary one.
    mutating func matchStatement() throws(Failure) -> Statement? {
        let start = at
        return try attempt { p throws(Failure) in
            try p.advance()
            let subject = try p.subject()
            if p.diagnoses && p.kind == .newline { throw p.raise("expected ':'") }
            try p.expect(.colon)
            try p.requireIndent("'match' statement", start)
            try p.expect(.newline)
            try p.expect(.indent)
            var cases: [MatchCase] = []
            repeat { cases.append(try p.matchCase()) } while p.isName(p.at, "case")
            try p.expect(.dedent)
            return p.statement(.match(subject: subject, cases: cases), start)
        }
    }

    private mutating func subject() throws(Failure) -> Expression {
        let start = at
        let first = try starNamedExpression()
        if kind == .comma {
            return try tuple(after: first, start) { p throws(Failure) in try p.starNamedExpression()
            }
        }
        if first.isStarred { throw .mismatch }
        return first
    }

    private mutating func matchCase() throws(Failure) -> MatchCase {
        let start = at
        guard isName(at, "case") else { throw .mismatch }
        try advance()
        let pattern = try patterns()
        var condition: Expression?
        if kind == .if {
            condition = try attempt { p throws(Failure) in
                try p.advance()
                return try p.namedExpression()
            }
        }
        let body = try suite(of: "'case' statement", start)
        return MatchCase(pattern: pattern, guard: condition, body: body)
    }

    private func pattern(_ kind: Pattern.Kind, _ start: Int) -> Pattern {
        Pattern(kind, span(from: start))
    }

    /// One pattern, or several between commas.
    private mutating func patterns() throws(Failure) -> Pattern {
        let start = at
        let first = try maybeStarPattern()
        if kind == .comma {
            let patterns = try sequence(after: first)
            return pattern(.matchSequence(patterns: patterns), start)
        }
        if case .matchStar = first.kind { throw .mismatch }
        return first
    }

    private mutating func sequence(after first: Pattern) throws(Failure) -> [Pattern] {
        var patterns = [first]
        while try accept(.comma) {
            guard let next = try attempt({ p throws(Failure) in try p.maybeStarPattern() }) else {
                break
            }
            patterns.append(next)
        }
        return patterns
    }

    private mutating func maybeStarPattern() throws(Failure) -> Pattern {
        let start = at
        guard try accept(.star) else { return try pattern() }
        if isName(at, "_") {
            try advance()
            return pattern(.matchStar(name: nil), start)
        }
        let name = try captureTarget()
        return pattern(.matchStar(name: name), start)
    }

    /// A name that is not the start of something longer.
    private mutating func captureTarget() throws(Failure) -> String {
        if isName(at, "_") { throw .mismatch }
        let name = try self.name()
        if kind == .dot || kind == .leftParenthesis || kind == .equal { throw .mismatch }
        return name
    }

    private mutating func pattern() throws(Failure) -> Pattern {
        let start = at
        let first = try orPattern()
        guard kind == .as else { return first }
        let mark = at
        let name = try attempt { p throws(Failure) in
            try p.advance()
            return try p.captureTarget()
        }
        if let name { return pattern(.matchAs(pattern: first, name: name), start) }
        try diagnosePatternTarget()
        at = mark
        return first
    }

    private mutating func orPattern() throws(Failure) -> Pattern {
        let start = at
        var patterns = [try closedPattern()]
        while kind == .pipe {
            let next = try attempt { p throws(Failure) in
                try p.advance()
                return try p.closedPattern()
            }
            guard let next else { break }
            patterns.append(next)
        }
        return patterns.count == 1 ? patterns[0] : pattern(.matchOr(patterns: patterns), start)
    }

    private mutating func closedPattern() throws(Failure) -> Pattern {
        let start = at
        switch kind {
        case .number, .minus, .string:
            let value = try literal()
            return pattern(.matchValue(value: value), start)
        case .none, .true, .false:
            let value: Constant = kind == .none ? .none : kind == .true ? .true : .false
            try advance()
            return pattern(.matchSingleton(value: value), start)
        case .name: return try namePattern()
        case .leftParenthesis: return try groupOrSequence()
        case .leftBracket:
            try advance()
            var patterns: [Pattern] = []
            if kind != .rightBracket {
                let first = try maybeStarPattern()
                patterns = try sequence(after: first)
            }
            try expect(.rightBracket)
            return pattern(.matchSequence(patterns: patterns), start)
        case .leftBrace: return try mappingPattern()
        default: throw .mismatch
        }
    }

    private mutating func groupOrSequence() throws(Failure) -> Pattern {
        let start = at
        try advance()
        if try accept(.rightParenthesis) { return pattern(.matchSequence(patterns: []), start) }
        let first = try maybeStarPattern()
        if kind == .comma {
            let patterns = try sequence(after: first)
            try expect(.rightParenthesis)
            return pattern(.matchSequence(patterns: patterns), start)
        }
        if case .matchStar = first.kind { throw .mismatch }
        try expect(.rightParenthesis)
        return first
    }

    // MARK: Values

    /// A number with an optional sign, a complex number, or strings.
    private mutating func literal() throws(Failure) -> Expression {
        if kind == .string { return try strings() }
        let start = at
        let left = try signedNumber()
        let op: BinaryOperator = kind == .plus ? .add : .sub
        guard kind == .plus || kind == .minus else { return left }
        try requireReal(left)
        try advance()
        if kind != .number { throw .mismatch }
        let right = try number()
        guard case .constant(.imaginary, _) = right.kind else {
            throw raise("imaginary number required in complex literal", at: right)
        }
        return Expression(.binOp(left: left, op: op, right: right), span(from: start))
    }

    private mutating func requireReal(_ left: Expression) throws(Failure) {
        var number = left
        if case .unaryOp(_, let operand) = left.kind { number = operand }
        if case .constant(.imaginary, _) = number.kind {
            throw raise("real number required in complex literal", at: number)
        }
    }

    private mutating func signedNumber() throws(Failure) -> Expression {
        let start = at
        let isNegative = try accept(.minus)
        if kind != .number { throw .mismatch }
        let value = try number()
        if !isNegative { return value }
        return Expression(.unaryOp(op: .uSub, operand: value), span(from: start))
    }

    /// A capture, the wildcard, a dotted name or a class with arguments.
    private mutating func namePattern() throws(Failure) -> Pattern {
        let start = at
        if isName(at, "_") {
            try advance()
            return pattern(.matchAs(pattern: nil, name: nil), start)
        }
        let value = try dottedValue()
        if kind == .leftParenthesis { return try classPattern(value, start) }
        if kind == .equal { throw .mismatch }
        if case .name(let id, _) = value.kind {
            if kind == .dot { throw .mismatch }
            return pattern(.matchAs(pattern: nil, name: id), start)
        }
        return pattern(.matchValue(value: value), start)
    }

    private mutating func dottedValue() throws(Failure) -> Expression {
        let start = at
        let first = try name()
        var value = Expression(.name(id: first, context: .load), span(from: start))
        while kind == .dot, try following() == .name {
            try advance()
            let attribute = try name()
            value = Expression(
                .attribute(value: value, attr: attribute, context: .load), span(from: start))
        }
        return value
    }

    private mutating func classPattern(_ cls: Expression, _ start: Int) throws(Failure)
        -> Pattern
    {
        try advance()
        var patterns: [Pattern] = []
        var names: [String] = []
        var values: [Pattern] = []
        while kind != .rightParenthesis {
            if kind == .name, try following() == .equal {
                names.append(try name())
                try advance()
                values.append(try pattern())
            } else if names.isEmpty {
                patterns.append(try pattern())
            } else {
                try diagnoseClassPattern()
                throw .mismatch
            }
            guard try accept(.comma) else { break }
        }
        try expect(.rightParenthesis)
        return pattern(
            .matchClass(cls: cls, patterns: patterns, kwdAttrs: names, kwdPatterns: values), start)
    }

    /// What is left of the positional patterns of a class.
    mutating func positionalPatterns() throws(Failure) -> [Pattern] {
        var patterns = [try pattern()]
        while kind == .comma {
            let next = try attempt { p throws(Failure) in
                try p.advance()
                return try p.pattern()
            }
            guard let next else { break }
            patterns.append(next)
        }
        return patterns
    }

    private mutating func mappingPattern() throws(Failure) -> Pattern {
        let start = at
        try advance()
        var keys: [Expression] = []
        var patterns: [Pattern] = []
        var rest: String?
        while kind != .rightBrace {
            if try accept(.doubleStar) {
                rest = try captureTarget()
                _ = try accept(.comma)
                break
            }
            keys.append(try mappingKey())
            try expect(.colon)
            patterns.append(try pattern())
            guard try accept(.comma) else { break }
        }
        try expect(.rightBrace)
        return pattern(.matchMapping(keys: keys, patterns: patterns, rest: rest), start)
    }

    private mutating func mappingKey() throws(Failure) -> Expression {
        let place = tokens[at].span
        let value: Constant
        switch kind {
        case .none: value = .none
        case .true: value = .true
        case .false: value = .false
        case .name:
            let value = try dottedValue()
            guard case .attribute = value.kind else { throw .mismatch }
            return value
        default: return try literal()
        }
        try advance()
        return Expression(.constant(value: value, unicodePrefix: false), place)
    }
}
