/// What is said about a function and its parameters beside their types.
///
/// ```text
/// attribute = "const" | "pure" [ "+" "errno" ] | "reads" | "local" | "atomic"
///           | "serialized" quoted | "arbitrary" | "undo" ":" undoing | "defer"
///           | "brief" | "errno" | "text" | "optional" | "interruptible" | "deadline" number
///           | "free" ":" name | "on" ":" ( "main" | "same" | "any" ) | "version" quoted
/// undoing   = name "(" [ operand { "," operand } ] ")"      operand = "$result" | name | number
/// direction = ( "out" | "inout" ) [ "(" length [ "," length ] ")" ]
/// callback  = "kept" | "adopt" | "queue" | "reject"
/// length    = sums and products of numbers, parameters, "*" parameter, "$result"
/// ```
struct FunctionAttributes {
    var effect: Effect?
    var isBrief = false
    var capturesErrno = false
    var isText = false
    var isOptional = false
    var isInterruptible = false
    var deadline: Int?
    var freesResultWith: String?
    var affinity = ThreadAffinity.any
    var version: String?
    /// Operands of `undo:`, until the parameters are known.
    var undoing: (function: String, operands: [DeclarationLexer.Token])?
}

struct ParameterWords {
    var direction = Declaration.Direction.in
    var length: LengthText?
    var callback: CallbackRules?
}

/// A length as written: names of parameters are looked up when all are known.
struct LengthText {
    indirect enum Node {
        case number(Int)
        case name(DeclarationLexer.Token, isPointee: Bool)
        case result
        case operation(Length.Operation, Node, Node)
    }
    let capacity: Node
    let used: Node?
}

extension DeclarationParser {
    static let effectWords = [
        "const", "pure", "reads", "local", "atomic", "serialized", "arbitrary", "undo", "defer",
        "brief",
    ]

    /// With examples.
    static let attributesWithValues = [
        "deadline": "deadline 50", "version": "version \"GLIBC_2.2.5\"", "free": "free: free",
        "on": "on: main", "undo": "undo: free($result)",
    ]

    mutating func prefixAttributes() throws(DeclarationError) -> FunctionAttributes {
        var attributes = FunctionAttributes()
        while try attribute(&attributes) {}
        return attributes
    }

    mutating func suffixAttributes(
        _ attributes: inout FunctionAttributes, _ parameters: [Declaration.Parameter]
    ) throws(DeclarationError) {
        while try attribute(&attributes) {}
        guard let (function, operands) = attributes.undoing else { return }
        var resolved: [Undo.Operand] = []
        for operand in operands {
            switch operand.kind {
            case .punctuation: resolved.append(.result)
            case .number:
                guard let number = Int(operand.text) else {
                    throw lexer.error("'\(operand.text)' is not a number", operand.range)
                }
                resolved.append(.number(number))
            default:
                guard let i = parameters.firstIndex(where: { $0.name == operand.text }) else {
                    throw lexer.error("no parameter is called '\(operand.text)'", operand.range)
                }
                guard let type = parameters[i].type.scalar, !type.isFloating else {
                    throw lexer.error(
                        "'\(operand.text)' is neither an integer nor a pointer", operand.range)
                }
                resolved.append(.parameter(i))
            }
        }
        attributes.effect = .undo(Undo(function: function, operands: resolved))
    }

    /// Reads one attribute of a function; false when there is none.
    private mutating func attribute(
        _ attributes: inout FunctionAttributes
    ) throws(DeclarationError) -> Bool {
        guard token.kind == .word else { return false }
        let start = token
        let found: Effect
        switch token.text {
        case "brief": attributes.isBrief = true
        case "optional": attributes.isOptional = true
        case "interruptible": attributes.isInterruptible = true
        case "errno": attributes.capturesErrno = true
        case "text": attributes.isText = true
        case let word where DeclarationParser.attributesWithValues[word] != nil:
            return try attributeWithValue(&attributes)
        case "const":
            if try qualifiesPointer() { return false }
            found = .const
            return try effect(found, start, &attributes)
        case "pure": return try effect(.pure, start, &attributes)
        case "reads": return try effect(.reads, start, &attributes)
        case "local": return try effect(.local, start, &attributes)
        case "atomic": return try effect(.atomic, start, &attributes)
        case "arbitrary": return try effect(.arbitrary, start, &attributes)
        case "serialized": return try effect(.serialized(domain: ""), start, &attributes)
        case "defer": return try effect(.deferred, start, &attributes)
        default: return false
        }
        try advance()
        return true
    }

    private mutating func effect(
        _ effect: Effect, _ word: Token, _ attributes: inout FunctionAttributes
    ) throws(DeclarationError) -> Bool {
        if attributes.effect != nil || attributes.undoing != nil {
            throw lexer.error(
                "a function has one effect; '\(word.text)' is a second one", word.range)
        }
        try advance()
        attributes.effect = try finish(effect, word)
        return true
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

    private mutating func attributeWithValue(
        _ attributes: inout FunctionAttributes
    ) throws(DeclarationError) -> Bool {
        let word = token
        var ahead = self
        try ahead.advance()
        switch word.text {
        case "deadline":
            guard ahead.token.kind == .number else { return false }
            self = ahead
            guard let limit = Int(token.text), limit > 0, limit < 1 << 31 else {
                throw lexer.error("a deadline is a number of milliseconds", token.range)
            }
            attributes.deadline = limit
        case "version":
            guard ahead.token.kind == .quoted else { return false }
            self = ahead
            attributes.version = token.text
        default:
            guard ahead.token.is(":") else { return false }
            self = ahead
            try advance()
            guard token.kind == .word else { throw unexpected("a name after '\(word.text):'") }
            if word.text == "undo" {
                if attributes.effect != nil || attributes.undoing != nil {
                    throw lexer.error(
                        "a function has one effect; 'undo' is a second one", word.range)
                }
                attributes.undoing = try undoing()
                return true
            }
            if word.text == "free" {
                attributes.freesResultWith = token.text
            } else {
                guard let affinity = ThreadAffinity(rawValue: token.text) else {
                    throw unexpected("'main', 'same' or 'any'")
                }
                attributes.affinity = affinity
            }
        }
        try advance()
        return true
    }

    private mutating func undoing() throws(DeclarationError) -> (String, [Token]) {
        let function = token.text
        try advance()
        guard token.is("(") else { throw unexpected("'(' after '\(function)'") }
        try advance()
        var operands: [Token] = []
        while !token.is(")") {
            if token.is("$") {
                operands.append(token)
                try advance()
                guard token.is(word: "result") else { throw unexpected("'$result'") }
            } else if token.kind == .word || token.kind == .number {
                operands.append(token)
            } else {
                throw unexpected("'$result', a parameter or a number")
            }
            try advance()
            if token.is(",") {
                try advance()
            } else if !token.is(")") {
                throw unexpected("',' or ')'")
            }
        }
        if operands.count > 6 {
            throw lexer.error("at most 6 operands undo a call", operands[6].range)
        }
        try advance()
        return (function, operands)
    }

    /// At `const`: does it belong to a pointer type, as in `const char *name(void)`?
    private func qualifiesPointer() throws(DeclarationError) -> Bool {
        var ahead = self
        try ahead.advance()
        if ahead.token.is(word: "const") { return false }
        while ahead.token.kind == .word { try ahead.advance() }
        return ahead.token.is("*")
    }

    // MARK: parameters

    mutating func parameterWords() throws(DeclarationError) -> ParameterWords {
        var words = ParameterWords()
        while token.kind == .word {
            switch token.text {
            case "out", "inout":
                guard words.direction == .in else { throw unexpected("a type") }
                words.direction = token.text == "out" ? .out : .inout
                try advance()
                if token.is("(") {
                    try advance()
                    let capacity = try length()
                    var used: LengthText.Node?
                    if token.is(",") {
                        try advance()
                        used = try length()
                    }
                    guard token.is(")") else { throw unexpected("')'") }
                    try advance()
                    words.length = LengthText(capacity: capacity, used: used)
                }
                continue
            case "kept":
                words.callback = words.callback ?? CallbackRules(); words.callback?.isKept = true
            case "adopt", "queue", "reject":
                words.callback = words.callback ?? CallbackRules()
                words.callback?.onForeignThread =
                    CallbackRules.ForeignThread(rawValue: token.text).unsafelyUnwrapped
            default: return words
            }
            try advance()
        }
        return words
    }

    private mutating func length() throws(DeclarationError) -> LengthText.Node {
        try enterNesting()
        defer { depth -= 1 }
        var node = try lengthTerm()
        while token.is("+") || token.is("-") {
            let operation: Length.Operation = token.is("+") ? .sum : .difference
            try advance()
            node = .operation(operation, node, try lengthTerm())
        }
        return node
    }
    private mutating func lengthTerm() throws(DeclarationError) -> LengthText.Node {
        var node = try lengthAtom()
        while token.is("*") || token.is("/") {
            let operation: Length.Operation = token.is("*") ? .product : .quotient
            try advance()
            node = .operation(operation, node, try lengthAtom())
        }
        return node
    }
    private mutating func lengthAtom() throws(DeclarationError) -> LengthText.Node {
        if token.is("(") {
            try advance()
            let node = try length()
            guard token.is(")") else { throw unexpected("')'") }
            try advance()
            return node
        }
        if token.is("$") {
            try advance()
            guard token.is(word: "result") else { throw unexpected("'$result'") }
            try advance()
            return .result
        }
        let isPointee = token.is("*")
        if isPointee { try advance() }
        if !isPointee, token.kind == .number || scope.constants[token.text] != nil {
            let number = token
            guard let value = Int(number.text) ?? scope.constants[number.text] else {
                throw lexer.error("'\(number.text)' is not a length", number.range)
            }
            try advance()
            return .number(value)
        }
        guard token.kind == .word else { throw unexpected("a length") }
        let name = token
        try advance()
        return .name(name, isPointee: isPointee)
    }

    /// Names in lengths become numbers of parameters.
    mutating func resolve(
        _ parameters: inout [Declaration.Parameter],
        _ lengths: [(parameter: Int, expression: LengthText)]
    ) throws(DeclarationError) {
        for (i, text) in lengths {
            parameters[i].capacity = try resolve(text.capacity, parameters)
            parameters[i].used = try text.used.map { node throws(DeclarationError) in
                try resolve(node, parameters)
            }
        }
    }
    private func resolve(
        _ node: LengthText.Node, _ parameters: [Declaration.Parameter]
    ) throws(DeclarationError) -> Length {
        switch node {
        case .number(let n): return .number(n)
        case .result: return .result
        case .operation(let operation, let left, let right):
            return .operation(
                operation, try resolve(left, parameters), try resolve(right, parameters))
        case .name(let name, let isPointee):
            guard let i = parameters.firstIndex(where: { $0.name == name.text }) else {
                throw lexer.error("no parameter is called '\(name.text)'", name.range)
            }
            let type = isPointee ? parameters[i].element : parameters[i].type
            guard let type, type.isInteger, !isPointee || parameters[i].isReturned else {
                throw lexer.error(
                    isPointee
                        ? "'\(name.text)' is not an 'out' or 'inout' pointer to an integer"
                        : "'\(name.text)' is not an integer", name.range)
            }
            return isPointee ? .pointee(i) : .parameter(i)
        }
    }
}
