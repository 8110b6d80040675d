/// Modules, blocks and statements of one line.
extension Parser {
    mutating func module(_ mode: ParseMode) throws(Failure) -> Module {
        switch mode {
        case .file:
            let body = kind == .endMarker ? [] : try statements()
            try expect(.endMarker)
            return Module(.module(body: body))
        case .single:
            return Module(.interactive(body: try interactive()))
        case .eval:
            let body = try expressions()
            while try accept(.newline) {}
            try expect(.endMarker)
            return Module(.expression(body: body))
        }
    }

    private mutating func interactive() throws(Failure) -> [Statement] {
        var body: [Statement] = []
        if let compound = try compoundStatement() {
            try expect(.newline)
            body.append(compound)
        } else {
            try simpleStatements(&body, consumesNewline: false)
        }
        return try onlyStatement(body)
    }

    /// One statement is all that may stand at the prompt; comments may follow.
    private mutating func onlyStatement(_ body: [Statement]) throws(Failure) -> [Statement] {
        var i = Int(tokens[at].end)
        while i < text.count {
            switch text.bytes[i] {
            case 0x20, 0x09, 0x0A, 0x0C: i += 1
            case UInt8(ascii: "#"): i = text.lineEnd(after: i)
            case UInt8(ascii: "\\") where i + 1 < text.count && text.bytes[i + 1] == 0x0A: i += 2
            default:
                throw raise(
                    "multiple statements found while compiling a single statement",
                    at: tokens[at].span)
            }
        }
        return body
    }

    /// Up to the end of the block or of the text.
    mutating func statements() throws(Failure) -> [Statement] {
        var body: [Statement] = []
        repeat {
            if let compound = try compoundStatement() {
                body.append(compound)
            } else {
                try simpleStatements(&body, consumesNewline: true)
            }
        } while kind != .dedent && kind != .endMarker
        return body
    }

    /// What follows the colon of a compound statement.
    mutating func block() throws(Failure) -> [Statement] {
        var body: [Statement] = []
        if kind != .newline {
            try simpleStatements(&body, consumesNewline: true)
            return body
        }
        try advance()
        if kind != .indent {
            if diagnoses { throw raise("expected an indented block", kind: .indentationError) }
            throw .mismatch
        }
        try advance()
        body = try statements()
        try expect(.dedent)
        return body
    }

    /// Statements between semicolons.
    private mutating func simpleStatements(_ body: inout [Statement], consumesNewline: Bool)
        throws(Failure)
    {
        repeat {
            body.append(try simpleStatement())
        } while try accept(.semicolon) && kind != .newline
        if kind != .newline { throw .mismatch }
        if consumesNewline { try advance() }
    }

    private mutating func simpleStatement() throws(Failure) -> Statement {
        let start = at
        switch kind {
        case .return:
            try advance()
            let value =
                try endsStatement
                ? nil
                : attempt { p throws(Failure) in
                    try p.starExpressions()
                }
            return statement(.return(value: value), start)
        case .import: return try importStatement()
        case .from: return try importFromStatement()
        case .raise: return try raiseStatement()
        case .pass: return try keyword(.pass)
        case .break: return try keyword(.break)
        case .continue: return try keyword(.continue)
        case .del: return try deleteStatement()
        case .assert:
            try advance()
            let test = try expression()
            var message: Expression?
            if kind == .comma {
                message = try attempt { p throws(Failure) in
                    try p.advance()
                    return try p.expression()
                }
            }
            return statement(.assert(test: test, msg: message), start)
        case .global:
            try advance()
            let names = try self.names()
            return statement(.global(names: names), start)
        case .nonlocal:
            try advance()
            let names = try self.names()
            return statement(.nonlocal(names: names), start)
        default: return try assignmentOrExpression()
        }
    }

    private mutating func keyword(_ kind: Statement.Kind) throws(Failure) -> Statement {
        let start = at
        try advance()
        return statement(kind, start)
    }
    func statement(_ kind: Statement.Kind, _ start: Int) -> Statement {
        Statement(kind, span(from: start))
    }
    private var endsStatement: Bool { kind == .newline || kind == .semicolon }

    private mutating func names() throws(Failure) -> [String] {
        var names = [try name()]
        while kind == .comma, try following() == .name {
            try advance()
            names.append(try name())
        }
        return names
    }

    private mutating func raiseStatement() throws(Failure) -> Statement {
        let start = at
        try advance()
        let exception =
            try endsStatement
            ? nil
            : attempt { p throws(Failure) in
                try p.expression()
            }
        var cause: Expression?
        if exception != nil && kind == .from {
            cause = try attempt { p throws(Failure) in
                try p.advance()
                return try p.expression()
            }
        }
        return statement(.raise(exc: exception, cause: cause), start)
    }

    private mutating func deleteStatement() throws(Failure) -> Statement {
        let start = at
        try advance()
        let targets = try attempt { p throws(Failure) in
            let targets = try p.deleteTargets()
            if !p.endsStatement { throw .mismatch }
            return targets
        }
        if let targets { return statement(.delete(targets: targets), start) }
        if diagnoses {
            let wrong = try starExpressions()
            throw try raiseInvalidTarget(.delete, wrong) ?? .mismatch
        }
        throw .mismatch
    }

    // MARK: Assignments

    /// An expression, which turns out to be a target when `=`, `:` or `+=` follows.
    private mutating func assignmentOrExpression() throws(Failure) -> Statement {
        let start = at
        if let assignment = try attempt({ p throws(Failure) in try p.assignment() }) {
            return assignment
        }
        if diagnoses {
            try diagnoseAssignment()
            at = start
        }
        let value = kind == .yield ? try yieldExpression() : try starExpressions()
        return statement(.expr(value: value), start)
    }

    private mutating func assignment() throws(Failure) -> Statement {
        let start = at
        // In the first pass this is all the work for an expression statement, too.
        var value = kind == .yield ? try yieldExpression() : try starExpressions()
        switch kind {
        case .equal:
            var targets: [Expression] = []
            repeat {
                guard value.isTarget else { throw .mismatch }
                value.setContext(.store)
                targets.append(value)
                try advance()
                value = try assignedValue()
            } while kind == .equal
            return statement(.assign(targets: targets, value: value), start)
        case .colon: return try annotated(value, start)
        default:
            guard let op = BinaryOperator(augmented: kind) else {
                if diagnoses { throw .mismatch }
                return statement(.expr(value: value), start)
            }
            guard value.isSingleTarget else { throw .mismatch }
            value.setContext(.store)
            try advance()
            let operand = try assignedValue()
            return statement(.augAssign(target: value, op: op, value: operand), start)
        }
    }

    private mutating func assignedValue() throws(Failure) -> Expression {
        kind == .yield ? try yieldExpression() : try starExpressions()
    }

    private mutating func annotated(_ target: Expression, _ start: Int) throws(Failure)
        -> Statement
    {
        guard target.isSingleTarget else { throw .mismatch }
        var isSimple = false
        if case .name = target.kind { isSimple = tokens[start].kind == .name }
        target.setContext(.store)
        try advance()
        let annotation = try expression()
        var value: Expression?
        if kind == .equal {
            value = try attempt { p throws(Failure) in
                try p.advance()
                return try p.assignedValue()
            }
        }
        return statement(
            .annAssign(target: target, annotation: annotation, value: value, simple: isSimple),
            start)
    }
}

extension BinaryOperator {
    /// The operator of `+=` and its like.
    init?(augmented kind: TokenKind) {
        switch kind {
        case .plusEqual: self = .add
        case .minusEqual: self = .sub
        case .starEqual: self = .mult
        case .atEqual: self = .matMult
        case .slashEqual: self = .div
        case .percentEqual: self = .mod
        case .ampersandEqual: self = .bitAnd
        case .pipeEqual: self = .bitOr
        case .circumflexEqual: self = .bitXor
        case .leftShiftEqual: self = .lShift
        case .rightShiftEqual: self = .rShift
        case .doubleStarEqual: self = .pow
        case .doubleSlashEqual: self = .floorDiv
        default: return nil
        }
    }
}
