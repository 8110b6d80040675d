/// Common mistakes in lists of parameters.
extension Parser {
    /// At the first parameter.
    mutating func diagnoseParameters(_ style: ParameterStyle) throws(Failure) {
        let start = at
        defer { at = start }
        try diagnoseDefaultOrder(style)
        at = start
        try diagnoseParentheses(style)
        at = start
        if kind == .slash, try following() == .comma {
            throw raise("at least one argument must precede /", at: start)
        }
        if try parametersAndSlash(style) {
            while try maybeDefault(style) {}
            if kind == .slash { throw raise("/ may appear only once", at: at) }
        }
        at = start
        _ = try parametersAndSlash(style)
        while try maybeDefault(style) {}
        if try accept(.star) {
            var isMark = try accept(.comma)
            if !isMark { isMark = try noDefault(style) }
            if isMark {
                while try maybeDefault(style) {}
                if kind == .slash { throw raise("/ must be ahead of *", at: at) }
            }
        }
        at = start
        var count = 0
        while try maybeDefault(style) { count += 1 }
        if count > 0, kind == .slash, try following() == .star {
            throw raise("expected comma between / and *", at: at + 1)
        }
    }

    /// A parameter without a default after one with.
    private mutating func diagnoseDefaultOrder(_ style: ParameterStyle) throws(Failure) {
        while try noDefault(style) {}
        let first = at
        if try !slashWithDefault(style) {
            at = first
            while try withDefault(style) {}
        }
        if at == first { return }
        let wrong = at
        if try noDefault(style) {
            // The whole parameter, with its annotation.
            let end = tokens[at - 1].kind == .comma ? at - 2 : at - 1
            throw raise(
                "non-default argument follows default argument",
                at: Span(tokens[wrong].span, to: tokens[end].span))
        }
    }

    /// Python 2's `def f(a, (b, c))`.
    private mutating func diagnoseParentheses(_ style: ParameterStyle) throws(Failure) {
        while try noDefault(style) {}
        let open = at
        guard try accept(.leftParenthesis) else { return }
        var count = 0
        if style == .bare {
            while kind == .name {
                count += 1
                try advance()
                if kind != .comma { break }
                if try following() == .name { try advance() }
            }
        } else {
            while try noDefault(style) { count += 1 }
        }
        if count == 0 { return }
        _ = try accept(.comma)
        if kind == .rightParenthesis {
            throw raise(
                style == .bare
                    ? "Lambda expression parameters cannot be parenthesized"
                    : "Function parameters cannot be parenthesized", from: tokens[open].span,
                to: tokens[at].span)
        }
    }

    /// At a `*`.
    mutating func diagnoseStarParameter(_ style: ParameterStyle) throws(Failure) {
        let start = at
        defer { at = start }
        try advance()
        let isMark = kind == .comma
        let next = try isMark ? following() : kind
        if next == style.end || isMark && next == .doubleStar {
            let message = "named arguments must follow bare *"
            throw style == .bare ? raise(message) : raise(message, at: start)
        }
        if try matches({ p throws(Failure) in try p.argument(style) }), kind == .equal {
            throw raise("var-positional argument cannot have default value", at: at)
        }
        at = start + 1
        guard try isMark ? accept(.comma) : noDefault(style) else { return }
        while try maybeDefault(style) {}
        let star = at
        guard try accept(.star) else { return }
        var isSecond = kind == .comma
        if !isSecond { isSecond = try noDefault(style) }
        if isSecond { throw raise("* argument may appear only once", at: star) }
    }

    /// At a `**`.
    mutating func diagnoseKeywordsParameter(_ style: ParameterStyle) throws(Failure) {
        let start = at
        defer { at = start }
        try advance()
        guard try matches({ p throws(Failure) in try p.argument(style) }) else { return }
        if kind == .equal {
            throw raise("var-keyword argument cannot have default value", at: at)
        }
        guard try accept(.comma) else { return }
        let message = "arguments cannot follow var-keyword argument"
        if kind == .star || kind == .doubleStar || kind == .slash { throw raise(message, at: at) }
        if let next = try attempt({ p throws(Failure) in try p.argument(style) }) {
            throw raise(message, at: next.span)
        }
    }

    // MARK: Single parameters

    /// A parameter of any kind is followed by a comma, which belongs to it, or by the end.
    private mutating func ends(_ style: ParameterStyle) throws(Failure) {
        if try !accept(.comma) && kind != style.end { throw .mismatch }
    }

    private mutating func noDefault(_ style: ParameterStyle) throws(Failure) -> Bool {
        try matches { p throws(Failure) in
            _ = try p.argument(style)
            try p.ends(style)
        }
    }

    private mutating func withDefault(_ style: ParameterStyle) throws(Failure) -> Bool {
        try matches { p throws(Failure) in
            _ = try p.argument(style)
            _ = try p.defaultValue(style)
            try p.ends(style)
        }
    }

    private mutating func maybeDefault(_ style: ParameterStyle) throws(Failure) -> Bool {
        try matches { p throws(Failure) in
            _ = try p.argument(style)
            if p.kind == .equal { _ = try p.defaultValue(style) }
            try p.ends(style)
        }
    }

    /// Parameters up to a slash, at least one with a default.
    private mutating func slashWithDefault(_ style: ParameterStyle) throws(Failure) -> Bool {
        try matches { p throws(Failure) in
            while try p.noDefault(style) {}
            guard try p.withDefault(style) else { throw .mismatch }
            while try p.withDefault(style) {}
            try p.expect(.slash)
            try p.ends(style)
        }
    }

    /// Parameters up to a slash.
    private mutating func parametersAndSlash(_ style: ParameterStyle) throws(Failure) -> Bool {
        let isPlain = try matches { p throws(Failure) in
            guard try p.noDefault(style) else { throw .mismatch }
            while try p.noDefault(style) {}
            try p.expect(.slash)
            try p.ends(style)
        }
        if isPlain { return true }
        return try slashWithDefault(style)
    }
}
