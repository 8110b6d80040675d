/// Reads Python's syntax of regular expressions.
struct RegexParser {
    let text: [UInt32]
    let isBytes: Bool
    /// Of the whole expression.
    private(set) var flags: RegexFlags
    /// Groups so far, group 0 included.
    private(set) var groupCount = 1
    /// In the order of appearance.
    private(set) var groupNames: [(name: String, number: Int)] = []
    var position = 0
    private var openGroups: Set<Int> = []
    private var closedGroups: Set<Int> = []
    private var lookBehindGroups: Int?
    /// Groups that conditions refer to, and where.
    private var conditions: [(group: Int, position: Int)] = []

    init(_ text: [UInt32], isBytes: Bool, flags: RegexFlags) {
        self.text = text
        self.isBytes = isBytes
        self.flags = flags
    }

    static let most = Int(UInt32.max)

    mutating func parse() throws(RegexFailure) -> RegexNode {
        if !isBytes && flags.contains(.locale) {
            throw .value("cannot use LOCALE flag with a str pattern")
        }
        if isBytes && flags.contains(.unicode) {
            throw .value("cannot use UNICODE flag with a bytes pattern")
        }
        let node = try alternatives(flags, depth: 0)
        try settleFlags()
        if next != nil { throw error("unbalanced parenthesis") }
        for (group, position) in conditions where group >= groupCount {
            throw .syntax("invalid group reference \(group)", position)
        }
        return node
    }
    private mutating func settleFlags() throws(RegexFailure) {
        if !isBytes {
            if !flags.contains(.ascii) {
                flags.insert(.unicode)
            } else if flags.contains(.unicode) {
                throw .value("ASCII and UNICODE flags are incompatible")
            }
        } else if flags.isSuperset(of: [.locale, .ascii]) {
            throw .value("ASCII and LOCALE flags are incompatible")
        }
    }

    // MARK: characters

    var next: UInt32? { position < text.count ? text[position] : nil }
    @inline(__always) func next(is c: Unicode.Scalar) -> Bool { next == c.value }
    mutating func take() -> UInt32? {
        guard let c = next else { return nil }
        position += 1
        return c
    }
    mutating func take(_ c: Unicode.Scalar) -> Bool {
        if next != c.value { return false }
        position += 1
        return true
    }
    /// Characters that pass, `most` at most.
    mutating func take(most: Int, _ test: (UInt32) -> Bool) -> [UInt32] {
        var found: [UInt32] = []
        while found.count < most, let c = next, test(c) {
            found.append(c)
            position += 1
        }
        return found
    }
    func error(_ message: String, back: Int = 0) -> RegexFailure {
        .syntax(message, position - back)
    }
    func string(_ c: [UInt32]) -> String {
        var text = ""
        for c in c { text.unicodeScalars.append(Unicode.Scalar(c) ?? "\u{FFFD}") }
        return text
    }
    static func isDigit(_ c: UInt32) -> Bool { c &- 0x30 < 10 }
    static func isOctal(_ c: UInt32) -> Bool { c &- 0x30 < 8 }
    static func number(_ digits: [UInt32]) -> Int {
        var result = 0
        for c in digits { result = min(result * 10 + Int(c - 0x30), most) }
        return result
    }

    // MARK: structure

    private mutating func alternatives(
        _ scope: RegexFlags, depth: Int
    ) throws(RegexFailure) -> RegexNode {
        if depth > 1000 { throw .tooDeep }
        var branches: [RegexNode] = []
        var scope = scope
        repeat {
            branches.append(
                try sequence(&scope, depth: depth, isFirst: depth == 0 && branches.isEmpty))
        } while take("|")
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence(
        _ scope: inout RegexFlags, depth: Int, isFirst: Bool
    ) throws(RegexFailure) -> RegexNode {
        var nodes: [RegexNode] = []
        while let c = next {
            if c == 0x7C || c == 0x29 { break }
            position += 1
            if scope.contains(.verbose) {
                if c == 0x20 || c >= 0x09 && c <= 0x0D { continue }
                if c == 0x23 {
                    while let c = take(), c != 0x0A {}
                    continue
                }
            }
            switch Unicode.Scalar(c) {
            case "\\": nodes.append(try escape(scope))
            case "[": nodes.append(try characterSet(scope))
            case "*": try repeated(&nodes, 0, RegexNode.unlimited, position)
            case "+": try repeated(&nodes, 1, RegexNode.unlimited, position)
            case "?": try repeated(&nodes, 0, 1, position)
            case "{": try counted(&nodes, scope)
            case ".":
                nodes.append(.atom(scope.contains(.dotAll) ? .anyAll : .any))
            case "^":
                nodes.append(.assertion(scope.contains(.multiline) ? .lineStart : .start))
            case "$":
                nodes.append(.assertion(scope.contains(.multiline) ? .lineEnd : .end))
            case "(":
                if let node = try parenthesis(
                    &scope, depth, isFirst: isFirst && nodes.isEmpty)
                {
                    nodes.append(node)
                }
            default: nodes.append(literal(c, scope))
            }
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    func isASCII(_ scope: RegexFlags) -> Bool { isBytes || scope.contains(.ascii) }

    /// One character, in both cases if that is asked for.
    func literal(_ c: UInt32, _ scope: RegexFlags) -> RegexNode {
        if !scope.contains(.ignoreCase) { return .atom(.one(c)) }
        let others =
            isASCII(scope)
            ? (CodePoint.isASCIILetter(c) && c < 128 ? [c ^ 0x20] : [])
            : RegexSet.otherCases(c)
        switch others.count {
        case 0: return .atom(.one(c))
        case 1: return .atom(.two(c, others[0]))
        default:
            var set = RegexSet()
            set.insert(c...c)
            for other in others { set.insert(other...other) }
            return .atom(.set(set))
        }
    }

    // MARK: loops

    private mutating func counted(
        _ nodes: inout [RegexNode], _ scope: RegexFlags
    ) throws(RegexFailure) {
        let here = position
        if next(is: "}") {
            nodes.append(literal(0x7B, scope))
            return
        }
        let low = take(most: .max, RegexParser.isDigit)
        var high = low
        if take(",") { high = take(most: .max, RegexParser.isDigit) }
        if !take("}") {
            nodes.append(literal(0x7B, scope))
            position = here
            return
        }
        let least = low.isEmpty ? 0 : RegexParser.number(low)
        let most = high.isEmpty ? RegexNode.unlimited : RegexParser.number(high)
        if !low.isEmpty && least >= RegexParser.most
            || !high.isEmpty && most >= RegexParser.most
        {
            throw .overflow("the repetition number is too large")
        }
        if most < least {
            throw error("min repeat greater than max repeat", back: position - here)
        }
        try repeated(&nodes, least, most, here)
    }
    private mutating func repeated(
        _ nodes: inout [RegexNode], _ least: Int, _ most: Int, _ here: Int
    ) throws(RegexFailure) {
        guard let item = nodes.last else {
            throw error("nothing to repeat", back: position - here + 1)
        }
        switch item {
        case .assertion: throw error("nothing to repeat", back: position - here + 1)
        case .loop: throw error("multiple repeat", back: position - here + 1)
        default: break
        }
        let mode: RegexLoopMode = take("?") ? .lazy : take("+") ? .possessive : .greedy
        // A group keeps its parentheses, so that `(?:a*)*` is no multiple repeat.
        let body: RegexNode =
            if case .sequence(let inner) = item, inner.count == 1 { inner[0] } else { item }
        nodes[nodes.count - 1] = .loop(body, min: least, max: most, mode)
    }

    // MARK: parentheses

    private mutating func parenthesis(
        _ scope: inout RegexFlags, _ depth: Int, isFirst: Bool
    ) throws(RegexFailure) -> RegexNode? {
        let start = position - 1
        var inner = scope
        var name: String?
        var isCapturing = true
        var isAtomic = false
        if take("?") {
            guard let c = take() else { throw error("unexpected end of pattern") }
            switch Unicode.Scalar(c) {
            case "P":
                if take("<") {
                    name = try groupName(until: ">")
                } else if take("=") {
                    return try namedReference(scope)
                } else {
                    guard let c = take() else { throw error("unexpected end of pattern") }
                    throw error("unknown extension ?P" + string([c]), back: 3)
                }
            case ":": isCapturing = false
            case "#":
                while let c = take() { if c == 0x29 { return nil } }
                throw error("missing ), unterminated comment", back: position - start)
            case "=", "!": return try look(c, false, scope, depth, start)
            case "<":
                guard let c = take() else { throw error("unexpected end of pattern") }
                if c != 0x3D && c != 0x21 {
                    throw error("unknown extension ?<" + string([c]), back: 3)
                }
                return try look(c, true, scope, depth, start)
            case "(": return try condition(scope, depth, start)
            case ">":
                isCapturing = false
                isAtomic = true
            default:
                if RegexFlags(letter: c) == nil && c != 0x2D {
                    throw error("unknown extension ?" + string([c]), back: 2)
                }
                guard let (added, removed) = try inlineFlags(c) else {
                    if !isFirst {
                        throw error(
                            "global flags not at the start of the expression",
                            back: position - start)
                    }
                    scope = scope.union(flags)
                    if flags.contains(.ascii) { scope.remove(.unicode) }
                    return nil
                }
                if !added.isDisjoint(with: .kinds) { inner.subtract(.kinds) }
                inner = inner.union(added).subtracting(removed)
                isCapturing = false
            }
        }
        var group = 0
        if isCapturing { group = try openGroup(name) }
        let body = try alternatives(inner, depth: depth + 1)
        if !take(")") {
            throw error("missing ), unterminated subpattern", back: position - start)
        }
        if isCapturing {
            openGroups.remove(group)
            closedGroups.insert(group)
            return .group(group, body)
        }
        if isAtomic { return .atomic(body) }
        // Wrapped, so that what follows does not see through the parentheses.
        return .sequence([body])
    }

    private mutating func openGroup(_ name: String?) throws(RegexFailure) -> Int {
        let group = groupCount
        groupCount += 1
        if let name {
            if let known = groupNames.first(where: { $0.name == name }) {
                throw error(
                    "redefinition of group name '\(name)' as group \(group); was group \(known.number)",
                    back: name.unicodeScalars.count + 1)
            }
            groupNames.append((name, group))
        }
        openGroups.insert(group)
        return group
    }
    /// The name up to a closing character.
    private mutating func name(
        until terminator: Unicode.Scalar
    ) throws(RegexFailure) -> [UInt32] {
        let start = position
        while let c = take() {
            if c == terminator.value {
                if position - 1 == start {
                    throw error("missing group name", back: 1)
                }
                return Array(text[start..<(position - 1)])
            }
        }
        if position == start { throw error("missing group name") }
        throw error(
            "missing \(terminator), unterminated name", back: position - start)
    }
    private mutating func groupName(
        until terminator: Unicode.Scalar
    ) throws(RegexFailure) -> String {
        let name = try name(until: terminator)
        try check(name)
        return string(name)
    }
    private func check(_ name: [UInt32]) throws(RegexFailure) {
        let isGood =
            CodePoint.startsIdentifier(name[0])
            && name.allSatisfy { CodePoint.continuesIdentifier($0) }
        if !isGood {
            throw error(
                "bad character in group name \(shown(name))", back: name.count + 1)
        }
    }
    /// As `repr` shows it.
    func shown(_ name: [UInt32]) -> String {
        let hasSingle = name.contains(0x27)
        let quote = hasSingle && !name.contains(0x22) ? "\"" : "'"
        return quote + string(name) + quote
    }
    private mutating func namedReference(
        _ scope: RegexFlags
    ) throws(RegexFailure) -> RegexNode {
        let name = try groupName(until: ")")
        let back = name.unicodeScalars.count + 1
        guard let group = groupNames.first(where: { $0.name == name })?.number else {
            throw error("unknown group name '\(name)'", back: back)
        }
        if !closedGroups.contains(group) {
            throw error("cannot refer to an open group", back: back)
        }
        try checkLookBehind(group)
        return reference(group, scope)
    }
    private func checkLookBehind(_ group: Int) throws(RegexFailure) {
        if let limit = lookBehindGroups {
            if openGroups.contains(group) || !closedGroups.contains(group) {
                throw error("cannot refer to an open group")
            }
            if group >= limit {
                throw error(
                    "cannot refer to group defined in the same lookbehind subpattern")
            }
        }
    }
    private func reference(_ group: Int, _ scope: RegexFlags) -> RegexNode {
        .backreference(
            group,
            !scope.contains(.ignoreCase) ? .exact : isASCII(scope) ? .ignoreASCII : .ignore)
    }
    /// `\1` and the like.
    func reference(
        _ group: Int, _ scope: RegexFlags, _ length: Int
    ) throws(RegexFailure) -> RegexNode {
        if group >= groupCount {
            throw error("invalid group reference \(group)", back: length - 1)
        }
        if !closedGroups.contains(group) {
            throw error("cannot refer to an open group", back: length)
        }
        try checkLookBehind(group)
        return reference(group, scope)
    }

    private mutating func look(
        _ kind: UInt32, _ isBehind: Bool, _ scope: RegexFlags, _ depth: Int, _ start: Int
    ) throws(RegexFailure) -> RegexNode {
        let outer = lookBehindGroups
        if isBehind && outer == nil { lookBehindGroups = groupCount }
        let body = try alternatives(scope, depth: depth + 1)
        if isBehind { lookBehindGroups = outer }
        if !take(")") {
            throw error("missing ), unterminated subpattern", back: position - start)
        }
        return .look(body, isBehind: isBehind, isNegative: kind == 0x21)
    }

    private mutating func condition(
        _ scope: RegexFlags, _ depth: Int, _ start: Int
    ) throws(RegexFailure) -> RegexNode {
        let name = try name(until: ")")
        let back = name.count + 1
        var group: Int
        if CodePoint.startsIdentifier(name[0])
            && name.allSatisfy({ CodePoint.continuesIdentifier($0) })
        {
            try check(name)
            let text = string(name)
            guard let known = groupNames.first(where: { $0.name == text })?.number else {
                throw error("unknown group name \(shown(name))", back: back)
            }
            group = known
        } else {
            if !name.allSatisfy(RegexParser.isDigit) {
                throw error("bad character in group name \(shown(name))", back: back)
            }
            group = RegexParser.number(name)
            if group == 0 { throw error("bad group number", back: back) }
            if group >= 1 << 30 {
                throw error("invalid group reference \(group)", back: back)
            }
            if !conditions.contains(where: { $0.group == group }) {
                conditions.append((group, position - name.count - 1))
            }
        }
        try checkLookBehind(group)
        var inner = scope
        let yes = try sequence(&inner, depth: depth + 1, isFirst: false)
        var no = RegexNode.empty
        if take("|") {
            no = try sequence(&inner, depth: depth + 1, isFirst: false)
            if next(is: "|") {
                throw error("conditional backref with more than two branches")
            }
        }
        if !take(")") {
            throw error("missing ), unterminated subpattern", back: position - start)
        }
        return .condition(group, yes, no)
    }

    /// Flags after `(?`, of which `first` is the first character; nil for flags of the whole expression.
    private mutating func inlineFlags(
        _ first: UInt32
    ) throws(RegexFailure) -> (added: RegexFlags, removed: RegexFlags)? {
        var added: RegexFlags = []
        var removed: RegexFlags = []
        var c = first
        while c != 0x2D {
            guard let flag = RegexFlags(letter: c) else { break }
            if !isBytes && flag == .locale {
                throw error("bad inline flags: cannot use 'L' flag with a str pattern")
            }
            if isBytes && flag == .unicode {
                throw error("bad inline flags: cannot use 'u' flag with a bytes pattern")
            }
            added.insert(flag)
            if !flag.isDisjoint(with: .kinds) && added.intersection(.kinds) != flag {
                throw error("bad inline flags: flags 'a', 'u' and 'L' are incompatible")
            }
            guard let following = take() else { throw error("missing -, : or )") }
            c = following
            if c == 0x29 || c == 0x2D || c == 0x3A { break }
            if RegexFlags(letter: c) == nil {
                throw error(
                    CodePoint.isAlpha(c) ? "unknown flag" : "missing -, : or )", back: 1)
            }
        }
        if c == 0x29 {
            flags.formUnion(added)
            return nil
        }
        if c == 0x2D {
            guard let following = take() else { throw error("missing flag") }
            c = following
            if RegexFlags(letter: c) == nil {
                throw error(CodePoint.isAlpha(c) ? "unknown flag" : "missing flag", back: 1)
            }
            while let flag = RegexFlags(letter: c) {
                if !flag.isDisjoint(with: .kinds) {
                    throw error(
                        "bad inline flags: cannot turn off flags 'a', 'u' and 'L'")
                }
                removed.insert(flag)
                guard let following = take() else { throw error("missing :") }
                c = following
                if c == 0x3A { break }
                if RegexFlags(letter: c) == nil {
                    throw error(
                        CodePoint.isAlpha(c) ? "unknown flag" : "missing :", back: 1)
                }
            }
        }
        if !added.isDisjoint(with: removed) {
            throw error("bad inline flags: flag turned on and off", back: 1)
        }
        return (added, removed)
    }
}
