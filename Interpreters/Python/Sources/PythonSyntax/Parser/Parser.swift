import InterpreterKit

/// The tree of a program.
///
/// - Parameter impliesDedent: with mode `single`, the end of the text ends all blocks. A prompt says
///   no: the user has not typed the empty line yet.
public func parse(
    _ source: Source, mode: ParseMode, origin: SourceOrigin = .file, impliesDedent: Bool = true
) throws(PythonSyntaxError) -> Module {
    let text = try SourceText(source, origin, addsNewline: mode == .file)
    var lexer = Lexer(text, 0..<text.count, mode: mode, impliesDedent: impliesDedent)
    lexer.run()
    var parser = Parser(text, lexer)
    return try parser.run { parser throws(Failure) in try parser.module(mode) }
}

/// A recursive-descent parser of the whole grammar.
///
/// For programs it needs one pass: the next token or two decide what to parse. When that fails, it
/// parses again from the start, and on the way asks the rules of Diagnosis/ what people usually mean
/// by such a text (``diagnoses``). A rule that recognises a mistake *raises* it; otherwise the error
/// is `invalid syntax` at the furthest token that the grammar alone looked at.
///
/// Rules behave as those of a parsing expression grammar, so that messages come out as CPython's:
///
/// P1  A rule that fails throws `mismatch`; only who has an alternative restores `at`.
/// P2  A rule that could match less than it tried does so: `a + )` matches `a`.
/// P3  `furthest` is the last token that any rule has looked at. A lexical error is raised when a
///     rule first looks at it.
struct Parser {
    /// Levels of expressions inside each other that the parser takes.
    static let deepest = 1000
    /// Levels of a tree, which grows in depth with each operator of a chain `a + b + c`.
    static let tallest = 2900

    let text: SourceText
    let tokens: [Token]
    let lexicalError: LexicalError?
    /// The innermost bracket open at the end of the tokens.
    let openBracket: Lexer.Bracket?
    /// The parser of an expression in an f-string: where its braces are.
    let formatString: FormatStringExpression?

    var at = 0
    private(set) var furthest = 0
    /// In the last pass, except where a rule asks for the plain grammar.
    var diagnoses = false
    /// In all passes but the first.
    var rereads: Bool { memory != nil }
    /// Set when a rule throws `raised`.
    private(set) var raised: PythonSyntaxError?
    /// In all passes but the first: results of ``remember(_:_:)``.
    private var memory: [Int: (expression: Expression?, end: Int)]?
    /// An operator whose right operand does not match, so that no rule tries it again.
    var deadOperator = -1
    /// Of nested expressions.
    var depth = 0
    var stack = NativeStack()
    /// At least the height of the tree of the expression being parsed.
    var height = 0

    init(_ text: SourceText, _ lexer: Lexer, formatString: FormatStringExpression? = nil) {
        self.text = text
        tokens = lexer.tokens
        lexicalError = lexer.error
        openBracket = lexer.brackets.last
        self.formatString = formatString
    }

    // MARK: Passes

    mutating func run<Tree>(_ rule: (inout Parser) throws(Failure) -> Tree)
        throws(PythonSyntaxError) -> Tree
    {
        let depth = self.depth
        if let tree = try? first(rule) { return tree }
        // Of all hints, CPython gives those at dictionaries without its other ones.
        if raised == nil { again(depth, rule) }
        let last = furthest
        if raised == nil {
            diagnoses = true
            again(depth, rule)
        }
        var error = report(last)
        error.isIncomplete = reachedEnd(last)
        throw error
    }

    private mutating func again<Tree>(
        _ depth: Int, _ rule: (inout Parser) throws(Failure) -> Tree
    ) {
        memory = [:]
        at = 0
        self.depth = depth
        height = 0
        deadOperator = -1
        _ = try? rule(&self)
    }

    private mutating func first<Tree>(_ rule: (inout Parser) throws(Failure) -> Tree)
        throws(Failure) -> Tree
    {
        if tokens[0].kind == .error { throw raiseLexicalError() }
        return try rule(&self)
    }

    // MARK: Tokens

    var kind: TokenKind { tokens[at].kind }

    /// Goes on to the next token.
    mutating func advance() throws(Failure) {
        if at + 1 < tokens.count { at += 1 }
        if at > furthest {
            furthest = at
            if tokens[at].kind == .error { throw raiseLexicalError() }
        }
    }

    /// The kind of the token after the next one.
    mutating func following(_ distance: Int = 1) throws(Failure) -> TokenKind {
        let index = min(at + distance, tokens.count - 1)
        if index > furthest {
            furthest = index
            if tokens[index].kind == .error { throw raiseLexicalError() }
        }
        return tokens[index].kind
    }

    mutating func accept(_ kind: TokenKind) throws(Failure) -> Bool {
        if tokens[at].kind != kind { return false }
        try advance()
        return true
    }

    /// Index of the token, which must be of this kind.
    @discardableResult
    mutating func expect(_ kind: TokenKind) throws(Failure) -> Int {
        if tokens[at].kind != kind { throw .mismatch }
        let index = at
        try advance()
        return index
    }

    /// As ``expect(_:)``, for a token that can be nothing else: its absence is raised at once.
    mutating func force(_ kind: TokenKind) throws(Failure) {
        if tokens[at].kind != kind {
            throw raise("expected '\(kind.text)'", at: tokens[at].span)
        }
        try advance()
    }

    mutating func name() throws(Failure) -> String { string(try expect(.name)) }

    func string(_ token: Int) -> String {
        text.string(Int(tokens[token].start), Int(tokens[token].end))
    }
    func isName(_ token: Int, _ word: StaticString) -> Bool {
        let token = tokens[token]
        guard token.kind == .name && token.end - token.start == word.utf8CodeUnitCount else {
            return false
        }
        return word.withUTF8Buffer {
            text.bytes[Int(token.start)..<Int(token.end)].elementsEqual($0)
        }
    }

    /// From a token to the last one before `at` that has text.
    func span(from start: Int) -> Span {
        var last = at - 1
        while last > start && (tokens[last].column < 0 || tokens[last].kind == .newline) {
            last -= 1
        }
        return Span(tokens[start].span, to: tokens[last].span)
    }

    // MARK: Alternatives

    /// What a rule matches, or nil, with nothing consumed.
    mutating func attempt<Result>(_ rule: (inout Parser) throws(Failure) -> Result)
        throws(Failure) -> Result?
    {
        let start = at
        do {
            return try rule(&self)
        } catch {
            if error == .raised { throw error }
            at = start
            return nil
        }
    }

    /// Whether a rule matches; consumes what it matches.
    mutating func matches<Result>(_ rule: (inout Parser) throws(Failure) -> Result)
        throws(Failure) -> Bool
    {
        try attempt(rule) != nil
    }
    /// Whether a rule matches; consumes nothing.
    mutating func looksLike<Result>(_ rule: (inout Parser) throws(Failure) -> Result)
        throws(Failure) -> Bool
    {
        let start = at
        defer { at = start }
        return try matches(rule)
    }

    /// After the first pass, a rule tried twice at a place does its work once: diagnosis tries rules
    /// again and again, at every level of nesting.
    mutating func remember(
        _ rule: Remembered, _ body: (inout Parser) throws(Failure) -> Expression
    ) throws(Failure) -> Expression {
        if memory == nil { return try body(&self) }
        let key = at << 3 | rule.rawValue
        if let known = memory?[key] {
            guard let expression = known.expression else { throw .mismatch }
            at = known.end
            return expression
        }
        let expression = try attempt(body)
        memory?[key] = (expression, at)
        guard let expression else { throw .mismatch }
        return expression
    }
    /// True the first time that it is asked at a place.
    mutating func isFirst(_ rule: Remembered) -> Bool {
        memory?.updateValue((nil, at), forKey: at << 3 | rule.rawValue) == nil
    }
    enum Remembered: Int {
        case expression, starExpression, disjunction, bitwiseOr, primary, target, wrongNamed
    }

    // MARK: Depth

    /// Around an expression that is part of another one.
    mutating func nested<Result>(_ rule: (inout Parser) throws(Failure) -> Result)
        throws(Failure) -> Result
    {
        depth += 1
        if depth > Parser.deepest || stack.isUsedUp {
            throw raise(PythonSyntaxError(.memoryError, ""))
        }
        let outside = height
        height = 0
        defer {
            depth -= 1
            height = max(outside, height + 1)
        }
        return try rule(&self)
    }

    /// A chain has grown by one node.
    mutating func grow() throws(Failure) {
        height += 1
        if height > Parser.tallest { throw raise(.tooDeep) }
    }

    // MARK: Errors

    mutating func raise(_ error: PythonSyntaxError) -> Failure {
        if raised == nil { raised = error }
        return .raised
    }
}

/// Why a rule threw.
enum Failure: Error {
    /// It does not match.
    case mismatch
    /// The program is wrong and no alternative can help: ``Parser/raised``.
    case raised
}
