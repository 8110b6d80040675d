/// Calls and their arguments.
struct CallArguments {
    var args: [Expression] = []
    var keywords: [Keyword] = []
}

extension Parser {
    /// `function(...)`; the next token is the parenthesis.
    mutating func call(_ function: Expression, _ first: Int) throws(Failure) -> Expression {
        let start = at
        if let generator = try loneGenerator(start) {
            return Expression(
                .call(func: function, args: [generator], keywords: []), span(from: first))
        }
        try advance()
        let arguments = try self.arguments()
        try expect(.rightParenthesis)
        return Expression(
            .call(func: function, args: arguments.args, keywords: arguments.keywords),
            span(from: first))
    }

    /// A generator expression whose parentheses are those of the call. The first pass looks for one
    /// only when the arguments say so.
    private mutating func loneGenerator(_ start: Int) throws(Failure) -> Expression? {
        if !diagnoses { return nil }
        let generator = try attempt { p throws(Failure) in
            try p.advance()
            let element = try p.positionalArgument()
            let generators = try p.comprehensionClauses()
            try p.expect(.rightParenthesis)
            return Expression(
                .generatorExp(elt: element, generators: generators), p.span(from: start))
        }
        if let generator { return generator }
        try diagnoseComprehension()
        return nil
    }

    private mutating func positionalArgument() throws(Failure) -> Expression {
        if let assignment = try assignmentExpression() { return assignment }
        let value = try expression()
        if kind == .colonEqual { throw .mismatch }
        return value
    }

    /// Everything between the parentheses.
    ///
    /// - Parameter ofCall: a generator expression may stand alone.
    mutating func arguments(ofCall: Bool = true) throws(Failure) -> CallArguments {
        if kind == .rightParenthesis { return CallArguments() }
        if !diagnoses { return try plainArguments(ofCall: ofCall) }
        let result = try attempt { p throws(Failure) in
            let result = try p.argumentList()
            _ = try p.accept(.comma)
            if p.kind != .rightParenthesis { throw .mismatch }
            return result
        }
        if let result { return result }
        try diagnoseArguments()
        throw .mismatch
    }

    private mutating func plainArguments(ofCall: Bool) throws(Failure) -> CallArguments {
        let start = at
        var result = try argumentList()
        if ofCall && (kind == .for || kind == .async), result.args.count == 1,
            result.keywords.isEmpty
        {
            let element = result.args[0]
            if element.isStarred { throw .mismatch }
            let generators = try comprehensionClauses()
            if kind != .rightParenthesis { throw .mismatch }
            let span = Span(tokens[start - 1].span, to: tokens[at].span)
            result.args[0] = Expression(
                .generatorExp(elt: element, generators: generators), span)
            return result
        }
        _ = try accept(.comma)
        return result
    }

    /// Arguments as far as they follow the rules of order: plain ones and `*x`; `k=v` and `*x`; and
    /// after the first `**x` only `k=v` and `**x`. A last comma is left.
    mutating func argumentList() throws(Failure) -> CallArguments {
        var result = CallArguments()
        var order = ArgumentOrder.positional
        var comma: Int?
        while true {
            guard try argument(&result, &order) else {
                guard let comma else { throw .mismatch }
                at = comma
                return result
            }
            if kind != .comma { return result }
            comma = at
            try advance()
        }
    }

    private enum ArgumentOrder { case positional, keywords, unpacking }

    /// One argument; false when none matches here.
    private mutating func argument(_ result: inout CallArguments, _ order: inout ArgumentOrder)
        throws(Failure) -> Bool
    {
        let start = at
        switch kind {
        case .star where order != .unpacking:
            let value = try attempt { p throws(Failure) in try p.starredExpression() }
            guard let value else { return false }
            result.args.append(value)
            return true
        case .doubleStar:
            let value = try attempt { p throws(Failure) in
                try p.advance()
                return try p.expression()
            }
            guard let value else { return false }
            order = .unpacking
            result.keywords.append(Keyword(arg: nil, value: value, span: span(from: start)))
            return true
        case .name where try following() == .equal:
            if diagnoses { try diagnoseKeyword() }
            let keyword = try attempt { p throws(Failure) in
                let name = try p.name()
                try p.advance()
                return Keyword(arg: name, value: try p.expression(), span: p.span(from: start))
            }
            guard let keyword else { return false }
            if order == .positional { order = .keywords }
            result.keywords.append(keyword)
            return true
        default: break
        }
        if order == .positional {
            let value = try attempt { p throws(Failure) in
                let value = try p.positionalArgument()
                if p.kind == .equal { throw .mismatch }
                return value
            }
            if let value {
                result.args.append(value)
                return true
            }
        }
        if diagnoses { try diagnoseKeyword() }
        return false
    }

    /// `*` and any expression.
    mutating func starredExpression() throws(Failure) -> Expression {
        let start = at
        try expect(.star)
        let value = try expression()
        return Expression(.starred(value: value, context: .load), span(from: start))
    }
}
