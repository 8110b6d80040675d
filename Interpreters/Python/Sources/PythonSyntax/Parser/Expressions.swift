/// Expressions down to the operands of operators.
extension Parser {
    // MARK: Lists of expressions

    /// With a comma a tuple; stars allowed.
    mutating func starExpressions() throws(Failure) -> Expression {
        let start = at
        let first = try starExpression()
        if kind != .comma { return first }
        return try tuple(after: first, start) { p throws(Failure) in try p.starExpression() }
    }

    /// With a comma a tuple.
    mutating func expressions() throws(Failure) -> Expression {
        let start = at
        let first = try expression()
        if kind != .comma { return first }
        return try tuple(after: first, start) { p throws(Failure) in try p.expression() }
    }

    /// The elements after the first one; the next token is a comma.
    mutating func tuple(
        after first: Expression, _ start: Int,
        _ element: (inout Parser) throws(Failure) -> Expression
    ) throws(Failure) -> Expression {
        var elements = [first]
        while try accept(.comma) {
            guard let next = try attempt(element) else { break }
            elements.append(next)
        }
        return Expression(.tuple(elts: elements, context: .load), span(from: start))
    }

    mutating func starExpression() throws(Failure) -> Expression {
        if kind != .star { return try expression() }
        return try remember(.starExpression) { p throws(Failure) in try p.starredOperand() }
    }

    /// `*` and an operand.
    private mutating func starredOperand() throws(Failure) -> Expression {
        let start = at
        try expect(.star)
        let value = try bitwiseOr()
        return Expression(.starred(value: value, context: .load), span(from: start))
    }

    mutating func starNamedExpression() throws(Failure) -> Expression {
        kind == .star ? try starredOperand() : try namedExpression()
    }

    mutating func yieldExpression() throws(Failure) -> Expression {
        let start = at
        try expect(.yield)
        if kind == .from {
            let value = try attempt { p throws(Failure) in
                try p.advance()
                return try p.expression()
            }
            if let value { return Expression(.yieldFrom(value: value), span(from: start)) }
        }
        let value = try attempt { p throws(Failure) in try p.starExpressions() }
        return Expression(.yield(value: value), span(from: start))
    }

    // MARK: One expression

    /// `name := value` or an expression that no `:=` follows.
    mutating func namedExpression() throws(Failure) -> Expression {
        if let assignment = try assignmentExpression() { return assignment }
        if diagnoses { try diagnoseNamedExpression() }
        let value = try expression()
        if kind == .colonEqual { throw .mismatch }
        return value
    }

    /// `name := value`, or nil.
    mutating func assignmentExpression() throws(Failure) -> Expression? {
        guard kind == .name, try following() == .colonEqual else { return nil }
        let start = at
        let target = try nameExpression(.store)
        try advance()
        let value = try expression()
        return Expression(.namedExpr(target: target, value: value), span(from: start))
    }

    private mutating func nameExpression(_ context: ExpressionContext) throws(Failure)
        -> Expression
    {
        let token = try expect(.name)
        return Expression(.name(id: string(token), context: context), tokens[token].span)
    }

    mutating func expression() throws(Failure) -> Expression {
        try remember(.expression) { p throws(Failure) in
            try p.nested { p throws(Failure) in
                if p.diagnoses { try p.diagnoseExpression() }
                return try p.conditional()
            }
        }
    }

    /// `body if test else orelse`, a disjunction or a lambda. No hints at mistakes.
    mutating func conditional() throws(Failure) -> Expression {
        if kind == .lambda { return try lambda() }
        let start = at
        let body = try disjunction()
        if kind != .if { return body }
        let rest = try attempt { p throws(Failure) in
            try p.advance()
            let test = try p.disjunction()
            try p.expect(.else)
            return (test, try p.expression())
        }
        guard let (test, orelse) = rest else { return body }
        return Expression(.ifExp(test: test, body: body, orelse: orelse), span(from: start))
    }

    private mutating func lambda() throws(Failure) -> Expression {
        let start = at
        try advance()
        let parameters = try self.parameters(.bare)
        try expect(.colon)
        let body = try expression()
        return Expression(.lambda(args: parameters, body: body), span(from: start))
    }

    // MARK: Logic

    mutating func disjunction() throws(Failure) -> Expression {
        try remember(.disjunction) { p throws(Failure) in
            let start = p.at
            let first = try p.conjunction()
            if p.kind != .or { return first }
            return try p.logical(.or, .or, first, start) { p throws(Failure) in try p.conjunction()
            }
        }
    }

    private mutating func conjunction() throws(Failure) -> Expression {
        let start = at
        let first = try inversion()
        if kind != .and { return first }
        return try logical(.and, .and, first, start) { p throws(Failure) in try p.inversion() }
    }

    private mutating func logical(
        _ token: TokenKind, _ op: BoolOperator, _ first: Expression, _ start: Int,
        _ operand: (inout Parser) throws(Failure) -> Expression
    ) throws(Failure) -> Expression {
        var values = [first]
        while kind == token {
            let mark = at
            try advance()
            guard let next = try attempt(operand) else {
                at = mark
                break
            }
            values.append(next)
        }
        if values.count == 1 { return first }
        return Expression(.boolOp(op: op, values: values), span(from: start))
    }

    private mutating func inversion() throws(Failure) -> Expression {
        let start = at
        while kind == .not { try advance() }
        let operators = start..<at
        var value = try comparison()
        for token in operators.reversed() {
            try grow()
            value = Expression(.unaryOp(op: .not, operand: value), span(from: token))
        }
        return value
    }

    private mutating func comparison() throws(Failure) -> Expression {
        let start = at
        let left = try bitwiseOr()
        var ops: [ComparisonOperator] = []
        var comparators: [Expression] = []
        while let op = ComparisonOperator(kind) {
            let next = try attempt { p throws(Failure) in
                let op = try p.comparisonOperator(op)
                return (op, try p.bitwiseOr())
            }
            guard let (op, right) = next else { break }
            ops.append(op)
            comparators.append(right)
        }
        if ops.isEmpty { return left }
        return Expression(
            .compare(left: left, ops: ops, comparators: comparators), span(from: start))
    }

    /// The operator, with its second word.
    private mutating func comparisonOperator(_ first: ComparisonOperator) throws(Failure)
        -> ComparisonOperator
    {
        try advance()
        if first == .is, try accept(.not) { return .isNot }
        if first == .notIn { try expect(.in) }
        return first
    }

    // MARK: Arithmetic

    mutating func bitwiseOr() throws(Failure) -> Expression {
        try remember(.bitwiseOr) { p throws(Failure) in try p.binary(0) }
    }

    /// A chain of binary operators of at least this precedence.
    private mutating func binary(_ precedence: UInt8) throws(Failure) -> Expression {
        let start = at
        var left = try factor()
        while let (op, strength) = BinaryOperator.of(kind), strength >= precedence,
            at != deadOperator
        {
            let mark = at
            let outside = height
            height = 0
            let right: Expression
            do {
                try advance()
                right = try binary(strength + 1)
            } catch {
                if error == .raised { throw error }
                at = mark
                deadOperator = mark
                height = outside
                break
            }
            height = max(height, outside)
            try grow()
            left = Expression(.binOp(left: left, op: op, right: right), span(from: start))
        }
        return left
    }

    /// Signs, then a power.
    private mutating func factor() throws(Failure) -> Expression {
        let start = at
        while kind == .minus || kind == .plus || kind == .tilde { try advance() }
        let operators = start..<at
        var value = try power()
        for token in operators.reversed() {
            try grow()
            let op: UnaryOperator =
                tokens[token].kind == .minus ? .uSub : tokens[token].kind == .plus ? .uAdd : .invert
            value = Expression(.unaryOp(op: op, operand: value), span(from: token))
        }
        return value
    }

    private mutating func power() throws(Failure) -> Expression {
        let start = at
        let base = try awaited()
        if kind != .doubleStar { return base }
        let exponent = try attempt { p throws(Failure) in
            try p.advance()
            return try p.nested { p throws(Failure) in try p.factor() }
        }
        guard let exponent else { return base }
        return Expression(.binOp(left: base, op: .pow, right: exponent), span(from: start))
    }

    private mutating func awaited() throws(Failure) -> Expression {
        let start = at
        guard try accept(.await) else { return try primary() }
        let value = try primary()
        return Expression(.await(value: value), span(from: start))
    }
}

extension ComparisonOperator {
    /// By the first token; `not` is that of `not in`.
    init?(_ kind: TokenKind) {
        switch kind {
        case .doubleEqual: self = .eq
        case .notEqual: self = .notEq
        case .less: self = .lt
        case .lessEqual: self = .ltE
        case .greater: self = .gt
        case .greaterEqual: self = .gtE
        case .in: self = .in
        case .is: self = .is
        case .not: self = .notIn
        default: return nil
        }
    }
}

extension BinaryOperator {
    /// With its precedence.
    static func of(_ kind: TokenKind) -> (BinaryOperator, UInt8)? {
        switch kind {
        case .pipe: (.bitOr, 0)
        case .circumflex: (.bitXor, 1)
        case .ampersand: (.bitAnd, 2)
        case .leftShift: (.lShift, 3)
        case .rightShift: (.rShift, 3)
        case .plus: (.add, 4)
        case .minus: (.sub, 4)
        case .star: (.mult, 5)
        case .slash: (.div, 5)
        case .doubleSlash: (.floorDiv, 5)
        case .percent: (.mod, 5)
        case .at: (.matMult, 5)
        default: nil
        }
    }
}
