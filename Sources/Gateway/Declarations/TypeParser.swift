/// Types: specifiers and declarators.
///
/// ```text
/// specifiers = { "const" | "volatile" | word | ("struct" | "union" | "enum") [ tag ] [ body ] }
/// declarator = { "*" { qualifier } } ( [ name ] | "(" declarator ")" )
///              { "[" [ number ] "]" | "(" parameters ")" }
/// ```
extension DeclarationParser {
    static let basic: Set<String> = [
        "void", "char", "short", "int", "long", "signed", "unsigned", "float", "double",
        "_Complex", "__int128",
    ]
    static let qualifiers: Set<String> = [
        "const", "volatile", "restrict", "__restrict", "__restrict__",
    ]
    static let tagWords: Set<String> = ["struct", "union", "enum"]

    func isKnown(_ word: Token) -> Bool {
        DeclarationParser.basic.contains(word.text) || Scalar.named[word.text] != nil
            || scope.typedefs[word.text] != nil
    }

    // MARK: specifiers

    mutating func specifiers() throws(DeclarationError) -> TypeExpression {
        var words: [Token] = []
        var isConst = false
        var tagged: (type: TypeExpression, range: Range<Int>)?
        scan: while token.kind == .word {
            switch token.text {
            case "const": isConst = true
            case _ where DeclarationParser.qualifiers.contains(token.text): break
            case _ where DeclarationParser.tagWords.contains(token.text):
                guard words.isEmpty, tagged == nil else { break scan }
                let start = token.range.lowerBound
                let type = try tagSpecifier()
                tagged = (type, start..<lastEnd)
                continue
            case _ where tagged != nil: break scan
            case _ where DeclarationParser.basic.contains(token.text): words.append(token)
            default:
                // A typedef, unless the type is complete: then it is the declared name.
                if !words.isEmpty { break scan }
                words.append(token)
            }
            try advance()
        }
        if var tagged {
            tagged.type.isConst = isConst
            place = tagged.range
            return tagged.type
        }
        guard let first = words.first, let last = words.last else { throw unexpected("a type") }
        let range = first.range.lowerBound..<last.range.upperBound
        place = range
        let plain = words.map(\.text).joined(separator: " ")
        if words.count == 1, token.is("("), !isKnown(first), try !isParenthesisedPointer() {
            throw lexer.error("the type of the result of '\(plain)' is missing", range)
        }
        if words.count == 1, let type = scope.typedefs[plain] {
            if case .plain(let value) = type.form {
                return TypeExpression(
                    form: .plain(value), isConst: isConst || type.isConst, words: plain)
            }
            var copy = type
            copy.isConst = isConst || type.isConst
            if case .incomplete = type.form { copy.words = plain }
            return copy
        }
        // Any one name will do for something that is only pointed to.
        if words.count == 1, token.is("*"), !isKnown(first) {
            return TypeExpression(form: .incomplete, isConst: isConst, words: plain)
        }
        let value = try value(words, plain, range)
        return TypeExpression(form: .plain(value), isConst: isConst, words: plain)
    }

    /// The type that the words of a type without a tag name.
    private func value(
        _ words: [Token], _ plain: String, _ range: Range<Int>
    ) throws(DeclarationError) -> CType {
        if words.count == 1, let type = Scalar.named[plain] { return type }
        if let unknown = words.first(where: { !isKnown($0) }) {
            if let usage = DeclarationParser.attributesWithValues[unknown.text] {
                throw lexer.error(
                    "'\(unknown.text)' needs a value, as in: \(usage)", unknown.range)
            }
            let suggestion = Spelling.suggestion(unknown.text, among: expected + scope.names)
            throw lexer.error("unknown type '\(unknown.text)'\(suggestion)", unknown.range)
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
        case (["long": 1, "double": 1], 0): return .longDouble
        case (["float": 1, "_Complex": 1], 0): return .complexFloat
        case (["double": 1, "_Complex": 1], 0), (["_Complex": 1], 0): return .complexDouble
        case (["long": 1, "double": 1, "_Complex": 1], 0): return .complexLongDouble
        case (["char": 1], 0): return .char
        case (["char": 1], 1): return isUnsigned ? .uint8 : .int8
        case (["short": 1], 0...1), (["short": 1, "int": 1], 0...1):
            return isUnsigned ? .uint16 : .int16
        case (["int": 1], 0...1), ([:], 1): return isUnsigned ? .uint32 : .int32
        case (["long": 1], 0...1), (["long": 1, "int": 1], 0...1),
            (["long": 2], 0...1), (["long": 2, "int": 1], 0...1):
            return isUnsigned ? .uint64 : .int64
        case (["__int128": 1], 0...1):
            throw lexer.error("the type '\(plain)' does not cross the gateway", range)
        default: throw lexer.error("'\(plain)' is not a type of C", range)
        }
    }

    // MARK: structs, unions, enums

    private mutating func tagSpecifier() throws(DeclarationError) -> TypeExpression {
        let keyword = token.text
        let start = token.range.lowerBound
        try advance()
        var tag: String?
        if token.kind == .word {
            tag = token.text
            try advance()
        } else if !token.is("{") {
            throw unexpected("a tag")
        }
        let name = "\(keyword) \(tag ?? "")"
        let known = scope.tags[name]
        if token.is("{") {
            if known != nil {
                throw lexer.error("'\(name)' is defined twice", start..<token.range.lowerBound)
            }
            let kind = CAggregate.Kind(rawValue: keyword)
            let (type, body) =
                kind == nil ? try enumBody() : try aggregateBody(kind.unsafelyUnwrapped, tag, start)
            if tag != nil { scope.tags[name] = type }
            return TypeExpression(
                form: .plain(type), words: tag == nil ? "\(keyword) \(body)" : name)
        }
        if keyword == "enum" {
            return TypeExpression(form: .plain(known ?? .int32), words: name)
        }
        return TypeExpression(form: known.map { .plain($0) } ?? .incomplete, words: name)
    }

    private mutating func enumBody() throws(DeclarationError) -> (CType, text: String) {
        try advance()
        var next = 0
        var values: [Int] = []
        var texts: [String] = []
        while !token.is("}") {
            guard token.kind == .word else { throw unexpected("the name of a constant") }
            let name = token
            if scope.constants[name.text] != nil {
                throw lexer.error("the constant '\(name.text)' is defined twice", name.range)
            }
            try advance()
            if token.is("=") {
                try advance()
                next = try constant()
            }
            scope.constants[name.text] = next
            values.append(next)
            texts.append("\(name.text) = \(next)")
            next += 1
            if token.is(",") {
                try advance()
            } else if !token.is("}") {
                throw unexpected("',' or '}'")
            }
        }
        if values.isEmpty { throw lexer.error("an enum has at least one constant", token.range) }
        try advance()
        let low = values.min() ?? 0
        let high = values.max() ?? 0
        let type: CType =
            low < 0
            ? (low < -0x8000_0000 || high > 0x7FFF_FFFF ? .int64 : .int32)
            : (high > 0xFFFF_FFFF ? .uint64 : .uint32)
        return (type, "{ \(texts.joined(separator: ", ")) }")
    }

    /// A sum of products of numbers and constants, with `<<` and `|`.
    mutating func constant() throws(DeclarationError) -> Int {
        let start = token.range.lowerBound
        var value = try constantAtom()
        while true {
            let operation: (Int, Int) -> Int?
            if token.is("|") {
                operation = { $0 | $1 }
            } else if token.is("+") {
                operation = { $0.addingReportingOverflow($1).overflow ? nil : $0 + $1 }
            } else if token.is("-") {
                operation = { $0.subtractingReportingOverflow($1).overflow ? nil : $0 - $1 }
            } else if token.is("*") {
                operation = { $0.multipliedReportingOverflow(by: $1).overflow ? nil : $0 * $1 }
            } else if token.is("<") {
                try advance()
                guard token.is("<") else { throw unexpected("'<<'") }
                operation = { (0..<62).contains($1) ? $0 << $1 : nil }
            } else {
                return value
            }
            try advance()
            let right = try constantAtom()
            guard let result = operation(value, right) else {
                throw lexer.error("this constant is too large", start..<lastEnd)
            }
            value = result
        }
    }
    private mutating func constantAtom() throws(DeclarationError) -> Int {
        if token.is("-") {
            try advance()
            let (value, overflow) = (try constantAtom()).multipliedReportingOverflow(by: -1)
            if overflow { throw lexer.error("this constant is too large", token.range) }
            return value
        }
        if token.is("(") {
            try advance()
            let value = try constant()
            guard token.is(")") else { throw unexpected("')'") }
            try advance()
            return value
        }
        let found = token
        if found.kind == .word, let value = scope.constants[found.text] {
            try advance()
            return value
        }
        guard found.kind == .number else { throw unexpected("a number") }
        var digits = found.text.lowercased()[...]
        let isHexadecimal = digits.hasPrefix("0x")
        while let last = digits.last, last == "u" || last == "l" { digits.removeLast() }
        let radix = isHexadecimal ? 16 : digits.hasPrefix("0") && digits.count > 1 ? 8 : 10
        let body = isHexadecimal ? digits.dropFirst(2) : digits
        guard let value = Int(body, radix: radix) else {
            throw lexer.error("'\(found.text)' is not an integer that fits", found.range)
        }
        try advance()
        return value
    }

    private mutating func aggregateBody(
        _ kind: CAggregate.Kind, _ tag: String?, _ start: Int
    ) throws(DeclarationError) -> (CType, text: String) {
        try enterNesting()
        defer { depth -= 1 }
        try advance()
        var members: [(name: String, type: CType)] = []
        var text = ""
        while !token.is("}") {
            let base = try specifiers()
            let basePlace = place
            while true {
                let (name, type) = try declarator(base)
                guard let name else { throw unexpected("the name of a member") }
                if token.is(":") {
                    throw lexer.error("bit-fields do not cross the gateway", token.range)
                }
                guard let crossing = type.member, crossing != .void else {
                    throw lexer.error(
                        "the type of member '\(name.text)' is incomplete", basePlace)
                }
                if members.contains(where: { $0.name == name.text }) {
                    throw lexer.error("two members are called '\(name.text)'", name.range)
                }
                members.append((name.text, crossing))
                text += type.spelled(name.text) + "; "
                if !token.is(",") { break }
                try advance()
            }
            guard token.is(";") else { throw unexpected("';' after a member") }
            try advance()
        }
        let end = token.range.upperBound
        try advance()
        if members.isEmpty {
            throw lexer.error("a \(kind.rawValue) has at least one member", start..<end)
        }
        guard let aggregate = CAggregate(kind, tag: tag, members: members) else {
            throw lexer.error(
                "more than \(CAggregate.largest) bytes; pass a pointer", start..<end)
        }
        return (.aggregate(aggregate), "{ \(text)}")
    }

    // MARK: declarators

    /// What `base` becomes around a name, and the name.
    mutating func declarator(
        _ base: TypeExpression
    ) throws(DeclarationError) -> (name: Token?, type: TypeExpression) {
        try enterNesting()
        defer { depth -= 1 }
        var type = base
        while token.is("*") {
            type = TypeExpression(form: .pointer(to: type))
            try advance()
            while token.kind == .word, DeclarationParser.qualifiers.contains(token.text) {
                if token.text == "const" { type.isConst = true }
                try advance()
            }
        }
        if token.is("("), try isParenthesisedPointer() {
            // The suffixes behind the parenthesis belong to what is inside it.
            try advance()
            var inner = self
            try skipToClosing()
            type = try suffixes(type)
            let behind = self
            inner.scope = behind.scope
            let (name, result) = try inner.declarator(type)
            guard inner.token.is(")") else { throw inner.unexpected("')'") }
            return (name, result)
        }
        var name: Token?
        if token.kind == .word {
            try refuseKeyword(token)
            name = token
            try advance()
        }
        return (name, try suffixes(type, named: name))
    }

    private mutating func suffixes(
        _ type: TypeExpression, named name: Token? = nil
    ) throws(DeclarationError) -> TypeExpression {
        if token.is("[") {
            var counts: [Int?] = []
            while token.is("[") {
                try advance()
                var count: Int?
                if token.kind == .number
                    || token.kind == .word && scope.constants[token.text] != nil
                {
                    let start = token
                    let value = try constant()
                    if value < 1 || value > CAggregate.largest {
                        throw lexer.error(
                            "an array has 1 to \(CAggregate.largest) elements", start.range)
                    }
                    count = value
                } else if token.kind == .word {
                    try advance()
                }
                guard token.is("]") else { throw unexpected("']'") }
                try advance()
                counts.append(count)
            }
            if type.isVoid { throw lexer.error("an array of 'void'", place) }
            return counts.reversed().reduce(type) {
                TypeExpression(form: .array(of: $0, count: $1))
            }
        }
        // The parameters of the declared function itself are read by their own rules.
        guard token.is("("), name == nil || !declaresFunction else { return type }
        let start = token.range.lowerBound
        try advance()
        let wasFunction = declaresFunction
        declaresFunction = false
        defer { declaresFunction = wasFunction }
        let (parameters, isVariadic) = try parameterList(inPointer: true)
        let list = parameters.map { $0.declarator } + (isVariadic ? ["..."] : [])
        guard let result = type.crossing else {
            throw lexer.error("the result of this function is incomplete", start..<lastEnd)
        }
        let text = list.isEmpty ? "void" : list.joined(separator: ", ")
        if isVariadic {
            throw lexer.error("a function that is passed cannot take '...'", start..<lastEnd)
        }
        let whole = TypeExpression(
            form: .function(
                CSignature(
                    result: result, parameters: parameters.map(\.type),
                    spelling: type.spelled("(*)(\(text))")), result: type, parameters: text))
        return whole
    }

    /// At `(`: is this `(*name)…`?
    func isParenthesisedPointer() throws(DeclarationError) -> Bool {
        guard token.is("(") else { return false }
        var ahead = self
        try ahead.advance()
        return ahead.token.is("*")
    }

    /// Past the `)` that matches the `(` before the current token.
    private mutating func skipToClosing() throws(DeclarationError) {
        var open = 1
        while open > 0 {
            if token.is("(") { open += 1 }
            if token.is(")") { open -= 1 }
            if token.kind == .end { throw unexpected("')'") }
            try advance()
        }
    }
    mutating func enterNesting() throws(DeclarationError) {
        depth += 1
        if depth > 32 { throw lexer.error("nested too deeply", token.range) }
    }
}
