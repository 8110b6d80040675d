/// Functions, classes and their decorators.
extension Parser {
    mutating func decorated() throws(Failure) -> Statement {
        var decorators: [Expression] = []
        while try accept(.at) {
            decorators.append(try namedExpression())
            try expect(.newline)
        }
        switch kind {
        case .def: return try functionDefinition(decorators: decorators)
        case .async where try following() == .def:
            return try functionDefinition(decorators: decorators)
        case .class: return try classDefinition(decorators: decorators)
        default: throw .mismatch
        }
    }

    mutating func functionDefinition(decorators: [Expression]) throws(Failure) -> Statement {
        let start = at
        let isAsync = try accept(.async)
        let keyword = at
        try expect(.def)
        let name = try self.name()
        try force(.leftParenthesis)
        let parameters = try self.parameters(.parenthesized)
        try expect(.rightParenthesis)
        var returns: Expression?
        if kind == .arrow {
            returns = try attempt { p throws(Failure) in
                try p.advance()
                return try p.expression()
            }
        }
        let body = try forcedSuite(of: "function definition", keyword)
        let function = FunctionDef(
            name: name, args: parameters, body: body, decoratorList: decorators, returns: returns)
        return statement(isAsync ? .asyncFunctionDef(function) : .functionDef(function), start)
    }

    mutating func classDefinition(decorators: [Expression]) throws(Failure) -> Statement {
        let start = at
        try advance()
        let name = try self.name()
        var arguments = CallArguments()
        if kind == .leftParenthesis {
            let inside = try attempt { p throws(Failure) in
                try p.advance()
                let arguments = try p.arguments(ofCall: false)
                try p.expect(.rightParenthesis)
                return arguments
            }
            arguments = inside ?? arguments
        }
        let body = try suite(of: "class definition", start)
        return statement(
            .classDef(
                ClassDef(
                    name: name, bases: arguments.args, keywords: arguments.keywords, body: body,
                    decoratorList: decorators)), start)
    }
}
