/// Reads declarations: definitions of types, and functions with what they promise.
///
/// ```text
/// text        = { definition ";" } [ function [ ";" ] ]
/// definition  = "typedef" specifiers declarator { "," declarator } | specifiers
/// function    = { attribute } specifiers declarator "(" parameters ")" { attribute }
/// parameters  = "void" | nothing | parameter { "," parameter } [ "," "..." ]
/// parameter   = { direction | callback } specifiers declarator
/// ```
/// Attributes are in AttributeParser.swift, types in TypeParser.swift. `const` before a pointer type
/// is C's qualifier, not the effect: what the author may not have meant as a promise is not taken
/// for one.
struct DeclarationParser {
    /// C guarantees this many parameters.
    static let maximumParameters = 127

    typealias Token = DeclarationLexer.Token
    var lexer: DeclarationLexer
    var token = Token(kind: .end, text: "", range: 0..<0)
    /// Where the token before the current one ends.
    var lastEnd = 0
    var scope: TypeScope
    /// Where the type read last stands.
    var place = 0..<0
    var depth = 0
    /// The next name followed by `(` is the declared function.
    var declaresFunction = false
    /// What an unknown word may have been meant to be, beside names of types.
    var expected = Array(DeclarationParser.basic)

    init(_ text: String, _ scope: TypeScope) {
        lexer = DeclarationLexer(text)
        self.scope = scope
    }

    /// Definitions of types and at most one function, which comes last.
    mutating func text() throws(DeclarationError) -> Declaration? {
        try advance()
        while true {
            if token.kind == .end { return nil }
            if try !definition() { break }
            if token.is(";") {
                try advance()
            } else if token.kind != .end {
                throw unexpected("';' after the definition")
            }
        }
        return try function()
    }

    // MARK: definitions

    /// Reads a definition; false when a function stands here.
    private mutating func definition() throws(DeclarationError) -> Bool {
        if token.is(word: "typedef") {
            try advance()
            let base = try specifiers()
            while true {
                let (name, type) = try declarator(base)
                guard let name else { throw unexpected("the new name of the type") }
                scope.typedefs[name.text] = type.named(name.text)
                if !token.is(",") { return true }
                try advance()
            }
        }
        guard token.kind == .word, DeclarationParser.tagWords.contains(token.text) else {
            return false
        }
        var ahead = self
        _ = try ahead.specifiers()
        guard ahead.token.is(";") || ahead.token.kind == .end else { return false }
        self = ahead
        return true
    }

    // MARK: functions

    private mutating func function() throws(DeclarationError) -> Declaration {
        var attributes = try prefixAttributes()
        let types = expected
        if attributes.effect == nil { expected += DeclarationParser.effectWords }
        while token.is(word: "extern") { try advance() }
        let base = try specifiers()
        let resultPlace = place
        expected = types
        if token.is("("), try isParenthesisedPointer() {
            throw lexer.error(
                "this declares a pointer to a function, not a function", token.range)
        }
        declaresFunction = true
        var (name, result) = try declarator(base)
        declaresFunction = false
        // Of a value it means nothing, and would read as the effect.
        if result.pointee == nil { result.isConst = false }
        guard let name else { throw unexpected("the name of the function") }
        guard token.is("(") else { throw unexpected("'(' after the name '\(name.text)'") }
        try advance()
        let (parameters, isVariadic) = try parameterList(inPointer: false)
        try suffixAttributes(&attributes, parameters)
        if token.is(";") { try advance() }
        if token.kind != .end {
            throw lexer.error("unexpected '\(token.text)' after the declaration", token.range)
        }
        guard var type = result.crossing else {
            throw lexer.error(
                "'\(result.words)' is incomplete; define it, or return a pointer", resultPlace)
        }
        if attributes.isText {
            guard type == .constPointer || type == .pointer || type == .string else {
                throw lexer.error("only a pointer leads to text", resultPlace)
            }
            type = .string
        }
        let declaration = Declaration(
            attributes: attributes, name: name.text, result: type,
            resultSpelling: result.spelled(), declarator: result.spelled(name.text),
            parameters: parameters, isVariadic: isVariadic)
        try check(declaration)
        return declaration
    }

    /// What no single part can see.
    private func check(_ declaration: Declaration) throws(DeclarationError) {
        let takesCallback = declaration.parameters.contains { $0.type.holdsCallback }
        if takesCallback, [.const, .pure, .pureErrno, .deferred].contains(declaration.effect) {
            throw lexer.error(
                "a function that calls back cannot be '\(declaration.effect.word)'", 0..<lastEnd)
        }
        if declaration.effect == .deferred {
            if declaration.result != .void || declaration.parameters.contains(where: \.isReturned) {
                throw lexer.error(
                    "a deferred call gives no result: its type must be 'void'", 0..<lastEnd)
            }
        }
        if case .undo = declaration.effect, declaration.result.scalar == nil {
            throw lexer.error("only a number or a pointer can be undone", 0..<lastEnd)
        }
    }

    // MARK: parameters

    mutating func parameterList(
        inPointer: Bool
    ) throws(DeclarationError) -> ([Declaration.Parameter], isVariadic: Bool) {
        var parameters: [Declaration.Parameter] = []
        var lengths: [(parameter: Int, expression: LengthText)] = []
        if token.is(")") {
            try advance()
            return ([], false)
        }
        while true {
            if token.kind == .ellipsis {
                if parameters.isEmpty {
                    throw lexer.error("'...' needs a parameter before it", token.range)
                }
                try advance()
                guard token.is(")") else { throw unexpected("')' after '...'") }
                try advance()
                try resolve(&parameters, lengths)
                return (parameters, true)
            }
            let start = token
            let wasFunction = declaresFunction
            declaresFunction = false
            let parsed = try parameter(inPointer: inPointer)
            declaresFunction = wasFunction
            if let (parameter, length) = parsed {
                parameters.append(parameter)
                if let length { lengths.append((parameters.count - 1, length)) }
                if parameters.count > DeclarationParser.maximumParameters {
                    throw lexer.error(
                        "more than \(DeclarationParser.maximumParameters) parameters", start.range)
                }
            } else if !parameters.isEmpty || !token.is(")") {
                throw lexer.error("a parameter cannot be 'void'", start.range)
            }
            if token.is(")") {
                try advance()
                try resolve(&parameters, lengths)
                return (parameters, false)
            }
            guard token.is(",") else { throw unexpected("',' or ')' after a parameter") }
            try advance()
        }
    }

    /// Nil for `void`.
    private mutating func parameter(
        inPointer: Bool
    ) throws(DeclarationError) -> (Declaration.Parameter, LengthText?)? {
        let start = token
        let words = inPointer ? ParameterWords() : try parameterWords()
        let base = try specifiers()
        let basePlace = place
        let (name, declared) = try declarator(base)
        let type = declared.adjusted
        if type.isVoid {
            if name != nil { throw lexer.error("a parameter cannot be 'void'", start.range) }
            return nil
        }
        guard let crossing = type.crossing else {
            throw lexer.error(
                "'\(type.words)' is incomplete; define it, or pass a pointer", basePlace)
        }
        var element: CType?
        if words.direction != .in {
            guard let pointee = type.pointee, !pointee.isConst, crossing == .pointer else {
                throw lexer.error(
                    "'\(words.direction.rawValue)' needs a pointer to what is written",
                    start.range.lowerBound..<lastEnd)
            }
            element = pointee.isVoid ? .uint8 : pointee.member
            guard element != nil else {
                throw lexer.error("'\(pointee.words)' is incomplete", basePlace)
            }
            if pointee.isVoid && words.length == nil {
                throw lexer.error(
                    "how many bytes? Write \(words.direction.rawValue)(length)",
                    start.range)
            }
        }
        if words.callback != nil, !crossing.holdsCallback {
            throw lexer.error(
                "this says how a function is called back, and there is none", start.range)
        }
        let parameter = Declaration.Parameter(
            type: crossing, spelling: type.spelled(), name: name?.text,
            declarator: type.spelled(name?.text ?? ""), direction: words.direction,
            element: element, callback: words.callback ?? CallbackRules())
        return (parameter, words.length)
    }

    // MARK: tokens

    mutating func advance() throws(DeclarationError) {
        lastEnd = token.range.upperBound
        token = try lexer.next()
    }

    func refuseKeyword(_ name: Token) throws(DeclarationError) {
        if isKnown(name) || name.text == "const" || DeclarationParser.tagWords.contains(name.text) {
            throw lexer.error("'\(name.text)' is a type; a name is needed here", name.range)
        }
    }

    func unexpected(_ wanted: String) -> DeclarationError {
        token.kind == .end
            ? lexer.error("the declaration ends where it needs \(wanted)", token.range)
            : lexer.error(
                "found '\(token.text)' where the declaration needs \(wanted)", token.range)
    }
}
