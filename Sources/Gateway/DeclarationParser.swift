/// Reads one declaration.
///
/// ```text
/// declaration = { effect | "brief" } type name "(" parameters ")" [ ";" ]
/// effect      = "const" | "pure" [ "+" "errno" ] | "reads" | "local" | "atomic"
///             | "serialized" quoted | "arbitrary"
/// parameters  = "void" | nothing | parameter { "," parameter } [ "," "..." ]
/// parameter   = type [ name ] { "[" [ number ] "]" }
/// ```
/// `const` before a pointer type is C's qualifier, not the effect: what the author may not have
/// meant as a promise is not taken for one.
struct DeclarationParser {
    /// C guarantees this many parameters.
    static let maximumParameters = 127

    private typealias Token = DeclarationLexer.Token
    private var lexer: DeclarationLexer
    private var token = Token(kind: .end, text: "", range: 0..<0)
    /// What an unknown word may have been meant to be.
    private var expected = Array(CType.named.keys) + DeclarationParser.basic

    init(_ text: String) { lexer = DeclarationLexer(text) }

    mutating func declaration() throws(DeclarationError) -> Declaration {
        try advance()
        let (effect, isBrief) = try effects()
        let types = expected
        if effect == nil { expected += DeclarationParser.effectWords }
        while token.is(word: "extern") { try advance() }
        let result = try type()
        expected = types
        if try isFunctionPointer() { throw functionPointer(from: token) }
        guard token.kind == .word else { throw unexpected("the name of the function") }
        let name = token
        try refuseKeyword(name)
        try advance()
        guard token.is("(") else { throw unexpected("'(' after the name '\(name.text)'") }
        try advance()
        let (parameters, isVariadic) = try parameterList()
        if token.is(";") { try advance() }
        switch token.text {
        case "undo", "defer", "out", "inout", "free":
            throw lexer.error("'\(token.text)' is not supported yet", token.range)
        case _ where token.kind != .end:
            throw lexer.error("unexpected '\(token.text)' after the declaration", token.range)
        default: break
        }
        return Declaration(
            effect: effect, isBrief: isBrief, name: name.text, result: result.type,
            resultSpelling: result.spelling, parameters: parameters, isVariadic: isVariadic)
    }

    // MARK: effects

    private mutating func effects() throws(DeclarationError) -> (Effect?, isBrief: Bool) {
        var effect: Effect?
        var isBrief = false
        while token.kind == .word {
            let start = token
            let found: Effect
            switch token.text {
            case "brief":
                isBrief = true
                try advance()
                continue
            case "const":
                if try qualifiesPointer() { return (effect, isBrief) }
                found = .const
            case "pure": found = .pure
            case "reads": found = .reads
            case "local": found = .local
            case "atomic": found = .atomic
            case "arbitrary": found = .arbitrary
            case "serialized": found = .serialized(domain: "")
            case "undo", "defer":
                throw lexer.error("the effect '\(token.text)' is not supported yet", token.range)
            default: return (effect, isBrief)
            }
            if effect != nil {
                throw lexer.error(
                    "a function has one effect; '\(start.text)' is a second one", start.range)
            }
            try advance()
            effect = try finish(found, start)
        }
        return (effect, isBrief)
    }

    /// What may follow an effect word.
    private mutating func finish(_ effect: Effect, _ word: Token) throws(DeclarationError) -> Effect
    {
        if case .serialized = effect {
            guard token.kind == .quoted, !token.text.isEmpty else {
                throw unexpected("a lock domain in quotes, as in: serialized \"name\"")
            }
            let domain = token.text
            try advance()
            return .serialized(domain: domain)
        }
        guard token.is("+") else { return effect }
        try advance()
        guard token.is(word: "errno"), effect == .pure else {
            throw lexer.error(
                "only 'pure+errno' has a '+'", word.range.lowerBound..<token.range.upperBound)
        }
        try advance()
        return .pureErrno
    }

    /// At `const`: does it belong to a pointer type, as in `const char *name(void)`?
    private func qualifiesPointer() throws(DeclarationError) -> Bool {
        var ahead = self
        try ahead.advance()
        if ahead.token.is(word: "const") { return false }
        while ahead.token.kind == .word { try ahead.advance() }
        return ahead.token.is("*")
    }

    // MARK: types

    private struct ParsedType {
        var type: CType
        var spelling: String
        /// The outermost level is `const`: what an array of this type points to.
        var isConst: Bool

        func pointee() -> CType {
            !isConst ? .pointer : spelling == "char" ? .string : .constPointer
        }
    }

    private mutating func type() throws(DeclarationError) -> ParsedType {
        var words: [Token] = []
        var isConst = false
        var tag: Token?
        scan: while token.kind == .word {
            switch token.text {
            case "const": isConst = true
            case "volatile", "restrict", "__restrict": break
            case "struct", "union", "enum":
                guard words.isEmpty, tag == nil else { break scan }
                tag = token
                try advance()
                guard token.kind == .word else { throw unexpected("a tag") }
                words.append(token)
            case _ where tag == nil && DeclarationParser.basic.contains(token.text):
                words.append(token)
            default:
                // A typedef, unless the type is complete: then it is the declared name.
                if !words.isEmpty { break scan }
                words.append(token)
            }
            try advance()
        }
        guard let first = words.first, let last = words.last else { throw unexpected("a type") }
        let range = (tag ?? first).range.lowerBound..<last.range.upperBound
        let plain = ((tag.map { [$0.text] } ?? []) + words.map(\.text)).joined(separator: " ")
        if token.is("*") { return try pointer(to: words, tag, plain, isConst, range) }
        switch tag?.text {
        case nil: break
        case "enum": throw lexer.error("write 'int' instead of an enum", range)
        case let kind?:
            throw lexer.error("a \(kind) by value is not supported yet; pass a pointer", range)
        }
        if words.count == 1, token.is("("), !isKnown(first), try !isFunctionPointer() {
            throw lexer.error("the type of the result of '\(plain)' is missing", range)
        }
        return ParsedType(
            type: try value(words, plain, range), spelling: plain, isConst: isConst)
    }

    private mutating func pointer(
        to words: [Token], _ tag: Token?, _ plain: String, _ isConst: Bool, _ range: Range<Int>
    ) throws(DeclarationError) -> ParsedType {
        // Any one name will do for something that is only pointed to.
        if words.count > 1 || DeclarationParser.basic.contains(plain) {
            _ = try value(words, plain, range)
        }
        var pointer = ParsedType(type: .void, spelling: plain, isConst: isConst)
        var spelling = "\(isConst ? "const " : "")\(plain) "
        while token.is("*") {
            let pointee = pointer.pointee()
            if pointer.type != .void && pointer.isConst { spelling += "const " }
            spelling += "*"
            pointer = ParsedType(type: pointee, spelling: spelling, isConst: false)
            try advance()
            while token.kind == .word,
                ["const", "volatile", "restrict", "__restrict"].contains(token.text)
            {
                if token.text == "const" { pointer.isConst = true }
                try advance()
            }
        }
        return pointer
    }

    private func isFunctionPointer() throws(DeclarationError) -> Bool {
        guard token.is("(") else { return false }
        var ahead = self
        try ahead.advance()
        return ahead.token.is("*")
    }

    private static let basic: Set<String> = [
        "void", "char", "short", "int", "long", "signed", "unsigned", "float", "double",
        "_Complex", "__int128",
    ]
    private func isKnown(_ word: Token) -> Bool {
        DeclarationParser.basic.contains(word.text) || CType.named[word.text] != nil
    }

    /// The type that the words of a type without `*` name.
    private func value(
        _ words: [Token], _ plain: String, _ range: Range<Int>
    ) throws(DeclarationError) -> CType {
        if words.count == 1, let type = CType.named[plain] { return type }
        if let unknown = words.first(where: { !isKnown($0) }) {
            throw lexer.error(
                "unknown type '\(unknown.text)'\(Spelling.suggestion(unknown.text, among: expected))",
                unknown.range)
        }
        var count: [String: Int] = [:]
        for word in words { count[word.text, default: 0] += 1 }
        let unsigned = count.removeValue(forKey: "unsigned") ?? 0
        let signed = count.removeValue(forKey: "signed") ?? 0
        let isUnsigned = unsigned == 1
        switch (count, unsigned + signed) {
        case (["void": 1], 0): return .void
        case (["float": 1], 0): return .float
        case (["double": 1], 0): return .double
        case (["char": 1], 0): return .char
        case (["char": 1], 1): return isUnsigned ? .uint8 : .int8
        case (["short": 1], 0...1), (["short": 1, "int": 1], 0...1):
            return isUnsigned ? .uint16 : .int16
        case (["int": 1], 0...1), ([:], 1): return isUnsigned ? .uint32 : .int32
        case (["long": 1], 0...1), (["long": 1, "int": 1], 0...1),
            (["long": 2], 0...1), (["long": 2, "int": 1], 0...1):
            return isUnsigned ? .uint64 : .int64
        case (["long": 1, "double": 1], 0), (["__int128": 1], 0...1),
            _ where count["_Complex"] == 1:
            throw lexer.error("the type '\(plain)' is not supported yet", range)
        default: throw lexer.error("'\(plain)' is not a type of C", range)
        }
    }
    private static let effectWords = [
        "const", "pure", "reads", "local", "atomic", "serialized", "arbitrary", "brief",
    ]

    // MARK: parameters

    private mutating func parameterList() throws(DeclarationError) -> (
        [Declaration.Parameter], isVariadic: Bool
    ) {
        var parameters: [Declaration.Parameter] = []
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
                return (parameters, true)
            }
            let start = token
            let parameter = try parameter()
            if let parameter {
                parameters.append(parameter)
                if parameters.count > DeclarationParser.maximumParameters {
                    throw lexer.error(
                        "more than \(DeclarationParser.maximumParameters) parameters", start.range)
                }
            } else if !parameters.isEmpty || !token.is(")") {
                throw lexer.error("a parameter cannot be 'void'", start.range)
            }
            if token.is(")") {
                try advance()
                return (parameters, false)
            }
            guard token.is(",") else { throw unexpected("',' or ')' after a parameter") }
            try advance()
        }
    }

    /// Nil for `void`.
    private mutating func parameter() throws(DeclarationError) -> Declaration.Parameter? {
        let start = token
        var parsed = try type()
        var name: String?
        if token.kind == .word {
            try refuseKeyword(token)
            name = token.text
            try advance()
        }
        if token.is("(") { throw functionPointer(from: start) }
        if token.is("[") {
            try advance()
            if token.kind == .number || token.kind == .word { try advance() }
            guard token.is("]") else { throw unexpected("']'") }
            let range = start.range.lowerBound..<token.range.upperBound
            try advance()
            if token.is("[") || parsed.type == .void {
                throw lexer.error("write this array as a pointer", range)
            }
            let isPointer = parsed.spelling.hasSuffix("*")
            let const = !parsed.isConst ? "" : "const "
            parsed = ParsedType(
                type: parsed.pointee(),
                spelling: isPointer
                    ? "\(parsed.spelling)\(const)*" : "\(const)\(parsed.spelling) *",
                isConst: false)
        }
        if parsed.type == .void {
            if name != nil { throw lexer.error("a parameter cannot be 'void'", start.range) }
            return nil
        }
        return Declaration.Parameter(type: parsed.type, spelling: parsed.spelling, name: name)
    }

    private func functionPointer(from start: Token) -> DeclarationError {
        lexer.error(
            "function pointers are not supported yet; pass an address as 'void *'",
            start.range.lowerBound..<token.range.upperBound)
    }

    // MARK: tokens

    private mutating func advance() throws(DeclarationError) { token = try lexer.next() }

    private func refuseKeyword(_ name: Token) throws(DeclarationError) {
        if isKnown(name) || ["const", "struct", "union", "enum"].contains(name.text) {
            throw lexer.error("'\(name.text)' is a type; a name is needed here", name.range)
        }
    }

    private func unexpected(_ wanted: String) -> DeclarationError {
        token.kind == .end
            ? lexer.error("the declaration ends where it needs \(wanted)", token.range)
            : lexer.error(
                "found '\(token.text)' where the declaration needs \(wanted)", token.range)
    }
}
