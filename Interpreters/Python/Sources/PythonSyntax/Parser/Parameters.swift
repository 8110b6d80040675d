/// Parameters of functions and lambdas.
enum ParameterStyle {
    /// Of `def`: with annotations, up to `)`.
    case parenthesized
    /// Of `lambda`: up to `:`.
    case bare

    var end: TokenKind { self == .bare ? .colon : .rightParenthesis }
}

extension Parser {
    /// All parameters, up to and without the token that ends them.
    mutating func parameters(_ style: ParameterStyle) throws(Failure) -> Arguments {
        if kind == style.end { return Arguments() }
        if diagnoses { try diagnoseParameters(style) }
        var list = ParameterList(style: style)
        while try parameter(&list), kind != style.end {
            guard try accept(.comma), kind != style.end else { break }
        }
        if list.needsNames { throw .mismatch }
        return list.arguments
    }

    /// One parameter, or one of the marks `/` and `*`. False after `**kwargs`, the last one.
    private mutating func parameter(_ list: inout ParameterList) throws(Failure) -> Bool {
        switch kind {
        case .slash:
            if list.isPastSlash || list.isPastStar || list.positional.isEmpty { throw .mismatch }
            try advance()
            list.isPastSlash = true
            list.posonlyargs = list.positional
            list.positional = []
        case .star:
            if list.isPastStar { throw .mismatch }
            if diagnoses { try diagnoseStarParameter(list.style) }
            try advance()
            list.isPastStar = true
            if kind == .comma {
                list.needsNames = true
            } else {
                list.vararg = try argument(list.style, isStarred: true)
            }
        case .doubleStar:
            if list.needsNames { throw .mismatch }
            if diagnoses { try diagnoseKeywordsParameter(list.style) }
            try advance()
            list.kwarg = try argument(list.style)
            _ = try accept(.comma)
            return false
        default:
            let argument = try argument(list.style)
            let value = kind == .equal ? try defaultValue(list.style) : nil
            list.needsNames = false
            if list.isPastStar {
                list.kwonlyargs.append(argument)
                list.kwDefaults.append(value)
            } else {
                if value == nil && !list.defaults.isEmpty { throw .mismatch }
                list.positional.append(argument)
                if let value { list.defaults.append(value) }
            }
        }
        return true
    }

    mutating func defaultValue(_ style: ParameterStyle) throws(Failure) -> Expression {
        let equal = at
        try expect(.equal)
        if diagnoses, kind == .comma || kind == .rightParenthesis {
            throw raise("expected default value expression", at: equal)
        }
        return try expression()
    }

    mutating func argument(_ style: ParameterStyle, isStarred: Bool = false) throws(Failure)
        -> Argument
    {
        let start = at
        let name = try self.name()
        var annotation: Expression?
        if style == .parenthesized, try accept(.colon) {
            annotation = try isStarred ? starExpression() : expression()
        }
        return Argument(arg: name, annotation: annotation, span: span(from: start))
    }
}

/// Parameters read so far.
private struct ParameterList {
    let style: ParameterStyle
    var posonlyargs: [Argument] = []
    var positional: [Argument] = []
    var defaults: [Expression] = []
    var vararg: Argument?
    var kwonlyargs: [Argument] = []
    var kwDefaults: [Expression?] = []
    var kwarg: Argument?
    var isPastSlash = false
    var isPastStar = false
    /// After a bare `*`.
    var needsNames = false

    init(style: ParameterStyle) { self.style = style }

    var arguments: Arguments {
        Arguments(
            posonlyargs: posonlyargs, args: positional, vararg: vararg, kwonlyargs: kwonlyargs,
            kwDefaults: kwDefaults, kwarg: kwarg, defaults: defaults)
    }
}
