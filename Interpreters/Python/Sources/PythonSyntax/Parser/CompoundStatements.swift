/// Statements with blocks.
extension Parser {
    /// A compound statement, if one starts here.
    mutating func compoundStatement() throws(Failure) -> Statement? {
        let start = at
        switch kind {
        case .def: return try functionDefinition(decorators: [])
        case .class: return try classDefinition(decorators: [])
        case .at: return try decorated()
        case .if: return try ifStatement()
        case .for: return try forStatement(start)
        case .while: return try whileStatement()
        case .with: return try withStatement(start)
        case .try: return try tryStatement()
        case .async:
            switch try following() {
            case .def: return try functionDefinition(decorators: [])
            case .for:
                try advance()
                return try forStatement(start)
            case .with:
                try advance()
                return try withStatement(start)
            default: throw .mismatch
            }
        case .name where isName(at, "match"): return try matchStatement()
        default: return nil
        }
    }

    // MARK: Colons and blocks

    /// `: block` of the statement or clause whose first token is `start`. In the second pass a
    /// missing colon at the end of the line is raised, and a missing block.
    mutating func suite(of owner: String, _ start: Int) throws(Failure) -> [Statement] {
        if kind == .newline && diagnoses { throw raise("expected ':'") }
        try expect(.colon)
        return try indentedBlock(of: owner, start)
    }

    /// As ``suite(of:_:)`` where nothing but a colon can come.
    mutating func forcedSuite(of owner: String, _ start: Int) throws(Failure) -> [Statement] {
        try force(.colon)
        return try indentedBlock(of: owner, start)
    }

    private mutating func indentedBlock(of owner: String, _ start: Int) throws(Failure)
        -> [Statement]
    {
        try requireIndent(owner, start)
        return try block()
    }

    mutating func requireIndent(_ owner: String, _ start: Int) throws(Failure) {
        if diagnoses && kind == .newline, try following() != .indent {
            throw raise(
                "expected an indented block after \(owner) on line \(tokens[start].line)",
                kind: .indentationError)
        }
    }

    // MARK: if, while, for

    private mutating func ifStatement() throws(Failure) -> Statement {
        var clauses: [(start: Int, test: Expression, body: [Statement])] = []
        repeat {
            let start = at
            let owner = kind == .if ? "'if' statement" : "'elif' statement"
            try advance()
            let test = try namedExpression()
            clauses.append((start, test, try suite(of: owner, start)))
            if clauses.count > Parser.tallest { throw raise(.tooDeep) }
        } while kind == .elif
        var orelse = try elseBlock()
        for clause in clauses.reversed() {
            let node = statement(
                .if(test: clause.test, body: clause.body, orelse: orelse), clause.start)
            orelse = [node]
        }
        return orelse[0]
    }

    private mutating func elseBlock() throws(Failure) -> [Statement] {
        let start = at
        guard try accept(.else) else { return [] }
        return try forcedSuite(of: "'else' statement", start)
    }

    private mutating func whileStatement() throws(Failure) -> Statement {
        let start = at
        try advance()
        let test = try namedExpression()
        let body = try suite(of: "'while' statement", start)
        let orelse = try elseBlock()
        return statement(.while(test: test, body: body, orelse: orelse), start)
    }

    private mutating func forStatement(_ start: Int) throws(Failure) -> Statement {
        let keyword = at
        try advance()
        let target = try attempt { p throws(Failure) in
            let target = try p.starTargets()
            try p.expect(.in)
            return target
        }
        guard let target else {
            at = keyword
            try diagnoseForTarget()
            throw .mismatch
        }
        let iter = try starExpressions()
        let body = try suite(of: "'for' statement", keyword)
        let orelse = try elseBlock()
        return statement(
            start == keyword
                ? .for(target: target, iter: iter, body: body, orelse: orelse)
                : .asyncFor(target: target, iter: iter, body: body, orelse: orelse), start)
    }

    // MARK: with

    private mutating func withStatement(_ start: Int) throws(Failure) -> Statement {
        let keyword = at
        try advance()
        try diagnoseWithBlock(keyword)
        var items: [WithItem]?
        if kind == .leftParenthesis {
            items = try attempt { p throws(Failure) in
                try p.advance()
                let items = try p.withItems(isParenthesized: true)
                try p.expect(.rightParenthesis)
                try p.expect(.colon)
                return items
            }
        }
        if items == nil {
            items = try attempt { p throws(Failure) in
                let items = try p.withItems(isParenthesized: false)
                try p.expect(.colon)
                return items
            }
        }
        guard let items else {
            try diagnoseWithColon()
            throw .mismatch
        }
        let body = try block()
        return statement(
            start == keyword
                ? .with(items: items, body: body) : .asyncWith(items: items, body: body), start)
    }

    private mutating func withItems(isParenthesized: Bool) throws(Failure) -> [WithItem] {
        var items = [try withItem()]
        while kind == .comma {
            let comma = at
            try advance()
            guard let item = try attempt({ p throws(Failure) in try p.withItem() }) else {
                if !isParenthesized { at = comma }
                break
            }
            items.append(item)
        }
        return items
    }

    private mutating func withItem() throws(Failure) -> WithItem {
        let context = try expression()
        if kind == .as {
            let target = try attempt { p throws(Failure) in
                try p.advance()
                let target = try p.starTarget()
                guard p.endsWithItem else { throw .mismatch }
                return target
            }
            if let target { return WithItem(contextExpr: context, optionalVars: target) }
            try diagnoseWithTarget()
        }
        return WithItem(contextExpr: context, optionalVars: nil)
    }
    var endsWithItem: Bool { kind == .comma || kind == .rightParenthesis || kind == .colon }

    // MARK: try

    private mutating func tryStatement() throws(Failure) -> Statement {
        let start = at
        try advance()
        let body = try forcedSuite(of: "'try' statement", start)
        var handlers: [ExceptHandler] = []
        var isStar = false
        while kind == .except {
            let keyword = at
            let hasStar = try following() == .star
            if handlers.isEmpty { isStar = hasStar }
            if hasStar != isStar {
                try diagnoseMixedHandlers(keyword, hasStar: hasStar)
                throw .mismatch
            }
            handlers.append(try handler(hasStar: hasStar))
        }
        if handlers.isEmpty && kind != .finally {
            if diagnoses { throw raise("expected 'except' or 'finally' block") }
            throw .mismatch
        }
        let orelse = handlers.isEmpty ? [] : try elseBlock()
        var finalbody: [Statement] = []
        let finally = at
        if try accept(.finally) {
            finalbody = try forcedSuite(of: "'finally' statement", finally)
        }
        return statement(
            isStar
                ? .tryStar(body: body, handlers: handlers, orelse: orelse, finalbody: finalbody)
                : .try(body: body, handlers: handlers, orelse: orelse, finalbody: finalbody),
            start)
    }

    private mutating func handler(hasStar: Bool) throws(Failure) -> ExceptHandler {
        let start = at
        let owner = hasStar ? "'except*' statement" : "'except' statement"
        let header = try attempt { p throws(Failure) in try p.handlerHeader(hasStar: hasStar) }
        guard let (type, name) = header else {
            try diagnoseHandler()
            throw .mismatch
        }
        let body = try indentedBlock(of: owner, start)
        return ExceptHandler(type: type, name: name, body: body, span: span(from: start))
    }

    private mutating func handlerHeader(hasStar: Bool) throws(Failure)
        -> (type: Expression?, name: String?)
    {
        try expect(.except)
        if hasStar {
            try advance()
        } else if try accept(.colon) {
            return (nil, nil)
        }
        let type = try expression()
        var name: String?
        if kind == .as, try following() == .name {
            try advance()
            name = try self.name()
        }
        try expect(.colon)
        return (type, name)
    }
}
