/// Operands: atoms with what follows them, displays and comprehensions.
extension Parser {
    /// An atom with attributes, calls and subscripts.
    mutating func primary() throws(Failure) -> Expression {
        try remember(.primary) { p throws(Failure) in
            let start = p.at
            var value = try p.atom()
            while true {
                if p.diagnoses && (p.kind == .leftBracket || p.kind == .leftBrace) {
                    // Where a call's generator expression could start.
                    try p.diagnoseComprehension()
                }
                guard p.kind == .dot || p.kind == .leftParenthesis || p.kind == .leftBracket,
                    let next = try p.attempt({ p throws(Failure) in try p.trailer(value, start) })
                else { return value }
                try p.grow()
                value = next
            }
        }
    }

    private mutating func trailer(_ value: Expression, _ start: Int) throws(Failure) -> Expression {
        switch kind {
        case .dot:
            try advance()
            let name = try self.name()
            return Expression(
                .attribute(value: value, attr: name, context: .load), span(from: start))
        case .leftParenthesis: return try call(value, start)
        default:
            try advance()
            let slice = try slices()
            try expect(.rightBracket)
            return Expression(
                .subscript(value: value, slice: slice, context: .load), span(from: start))
        }
    }

    private mutating func slices() throws(Failure) -> Expression {
        let start = at
        let first = try kind == .star ? starredExpression() : slice()
        if kind == .comma {
            return try tuple(after: first, start) { p throws(Failure) in
                try p.kind == .star ? p.starredExpression() : p.slice()
            }
        }
        if first.isStarred {
            return Expression(.tuple(elts: [first], context: .load), first.span)
        }
        return first
    }

    /// `lower:upper:step` or an expression.
    private mutating func slice() throws(Failure) -> Expression {
        let start = at
        var lower: Expression?
        if kind != .colon {
            var isAssignment = false
            if kind == .name { isAssignment = try following() == .colonEqual }
            let value = try namedExpression()
            if kind != .colon || isAssignment { return value }
            lower = value
        }
        try expect(.colon)
        let upper = try bound()
        var step: Expression?
        if try accept(.colon) { step = try bound() }
        return Expression(.slice(lower: lower, upper: upper, step: step), span(from: start))
    }

    private mutating func bound() throws(Failure) -> Expression? {
        if kind == .colon || kind == .rightBracket || kind == .comma { return nil }
        return try attempt { p throws(Failure) in try p.expression() }
    }

    // MARK: Atoms

    mutating func atom() throws(Failure) -> Expression {
        let place = tokens[at].span
        let value: Constant
        switch kind {
        case .name:
            let id = string(at)
            try advance()
            return Expression(.name(id: id, context: .load), place)
        case .number: return try number()
        case .string: return try strings()
        case .leftParenthesis: return try parenthesized()
        case .leftBracket: return try bracketed()
        case .leftBrace: return try braced()
        case .none: value = .none
        case .true: value = .true
        case .false: value = .false
        case .ellipsis: value = .ellipsis
        default: throw .mismatch
        }
        try advance()
        return Expression(.constant(value: value, unicodePrefix: false), place)
    }

    mutating func number() throws(Failure) -> Expression {
        let token = tokens[at]
        switch NumberLiteral.value(text.bytes[Int(token.start)..<Int(token.end)]) {
        case .value(let value):
            try advance()
            return Expression(.constant(value: value, unicodePrefix: false), token.span)
        case .tooLong(let digits):
            throw raise(
                "Exceeds the limit (\(NumberLiteral.longest) digits) for integer string "
                    + "conversion: value has \(digits) digits; use sys.set_int_max_str_digits() "
                    + "to increase the limit - Consider hexadecimal for huge integer literals to "
                    + "avoid decimal conversion limits.",
                at: Span(
                    line: token.line, column: -1, endLine: token.endLine, endColumn: -1))
        }
    }

    /// A group, a tuple or a generator expression.
    private mutating func parenthesized() throws(Failure) -> Expression {
        let start = at
        let result = try attempt { p throws(Failure) in
            try p.advance()
            return try p.inParentheses(start)
        }
        if let result { return result }
        if diagnoses {
            try diagnoseGroup()
            try diagnoseComprehension()
        }
        throw .mismatch
    }

    private mutating func inParentheses(_ start: Int) throws(Failure) -> Expression {
        if try accept(.rightParenthesis) {
            return Expression(.tuple(elts: [], context: .load), span(from: start))
        }
        if kind == .yield {
            let value = try yieldExpression()
            try expect(.rightParenthesis)
            return value
        }
        let first = try starNamedExpression()
        switch kind {
        case .comma:
            let tuple = try tuple(after: first, start) { p throws(Failure) in
                try p.starNamedExpression()
            }
            try expect(.rightParenthesis)
            tuple.span = span(from: start)
            return tuple
        case .for, .async:
            if first.isStarred { throw .mismatch }
            let generators = try comprehensionClauses()
            try expect(.rightParenthesis)
            return Expression(
                .generatorExp(elt: first, generators: generators), span(from: start))
        default:
            if first.isStarred { throw .mismatch }
            try expect(.rightParenthesis)
            return first
        }
    }

    /// A list or a list comprehension.
    private mutating func bracketed() throws(Failure) -> Expression {
        let start = at
        let result = try attempt { p throws(Failure) in
            try p.advance()
            if try p.accept(.rightBracket) {
                return Expression(.list(elts: [], context: .load), p.span(from: start))
            }
            let first = try p.starNamedExpression()
            if p.startsComprehension(after: first) {
                let generators = try p.comprehensionClauses()
                try p.expect(.rightBracket)
                return Expression(
                    .listComp(elt: first, generators: generators), p.span(from: start))
            }
            let elements = try p.elements(after: first)
            try p.expect(.rightBracket)
            return Expression(.list(elts: elements, context: .load), p.span(from: start))
        }
        if let result { return result }
        if diagnoses { try diagnoseComprehension() }
        throw .mismatch
    }

    private func startsComprehension(after first: Expression) -> Bool {
        if first.isStarred { return false }
        return kind == .for || kind == .async
    }

    private mutating func elements(after first: Expression) throws(Failure) -> [Expression] {
        var elements = [first]
        while try accept(.comma) {
            let next = try attempt { p throws(Failure) in try p.starNamedExpression() }
            guard let next else { break }
            elements.append(next)
        }
        return elements
    }

    // MARK: Braces

    /// A dictionary, a set, or a comprehension of either.
    private mutating func braced() throws(Failure) -> Expression {
        let start = at
        let result = try attempt { p throws(Failure) in
            try p.advance()
            return try p.inBraces(start)
        }
        if let result { return result }
        if rereads { try diagnoseDictionary() }
        if diagnoses {
            try diagnoseDictionaryComprehension()
            try diagnoseComprehension()
        }
        throw .mismatch
    }

    private mutating func inBraces(_ start: Int) throws(Failure) -> Expression {
        if kind == .rightBrace || kind == .doubleStar { return try dictionary(start, nil) }
        var isAssignment = false
        if kind == .name { isAssignment = try following() == .colonEqual }
        let first = try starNamedExpression()
        if kind == .colon {
            if first.isStarred || isAssignment { throw .mismatch }
            return try dictionary(start, first)
        }
        if startsComprehension(after: first) {
            let generators = try comprehensionClauses()
            try expect(.rightBrace)
            return Expression(.setComp(elt: first, generators: generators), span(from: start))
        }
        let elements = try elements(after: first)
        try expect(.rightBrace)
        return Expression(.set(elts: elements), span(from: start))
    }

    /// `key` is the first one, already read.
    private mutating func dictionary(_ start: Int, _ key: Expression?) throws(Failure)
        -> Expression
    {
        var keys: [Expression?] = []
        var values: [Expression] = []
        if let key {
            try expect(.colon)
            let value = try expression()
            if kind == .for || kind == .async {
                let generators = try comprehensionClauses()
                try expect(.rightBrace)
                return Expression(
                    .dictComp(key: key, value: value, generators: generators), span(from: start))
            }
            keys.append(key)
            values.append(value)
            if kind != .rightBrace { try expect(.comma) }
        }
        while kind != .rightBrace {
            let (key, value) = try dictionaryItem()
            keys.append(key)
            values.append(value)
            guard try accept(.comma) else { break }
        }
        try expect(.rightBrace)
        return Expression(.dict(keys: keys, values: values), span(from: start))
    }

    mutating func dictionaryItem() throws(Failure) -> (Expression?, Expression) {
        if try accept(.doubleStar) { return (nil, try bitwiseOr()) }
        let key = try expression()
        try expect(.colon)
        return (key, try expression())
    }

    // MARK: Comprehensions

    /// `for target in iter if test ...`, at least one.
    mutating func comprehensionClauses() throws(Failure) -> [Comprehension] {
        var clauses = [try comprehensionClause()]
        while kind == .for || kind == .async {
            let next = try attempt { p throws(Failure) in try p.comprehensionClause() }
            guard let next else { break }
            clauses.append(next)
        }
        return clauses
    }

    private mutating func comprehensionClause() throws(Failure) -> Comprehension {
        let start = at
        let isAsync = try accept(.async)
        let target = try attempt { p throws(Failure) in
            try p.expect(.for)
            let target = try p.starTargets()
            try p.expect(.in)
            return target
        }
        guard let target else {
            at = start
            if isAsync { try advance() }
            if kind == .for { try diagnoseForTarget() }
            throw .mismatch
        }
        let iter = try disjunction()
        var ifs: [Expression] = []
        while kind == .if {
            let test = try attempt { p throws(Failure) in
                try p.advance()
                return try p.disjunction()
            }
            guard let test else { break }
            ifs.append(test)
        }
        return Comprehension(target: target, iter: iter, ifs: ifs, isAsync: isAsync)
    }
}
