/// Makes a program of a tree.
struct RegexCompiler {
    private var code: [UInt32] = []
    private var data: [UInt32] = []
    /// Places in the code that hold an address in the data.
    private var dataPlaces: [Int] = []
    private let groupCount: Int
    private var registerCount: Int

    /// What comes after a part of the expression.
    private enum Follow {
        case unknown
        /// The end of the whole expression.
        case end
        /// Something that is not empty and begins with one of these.
        case characters(RegexFirst)
    }

    private init(groupCount: Int) {
        self.groupCount = groupCount
        registerCount = 2 * groupCount + 1
    }

    static func compile(_ node: RegexNode, groupCount: Int) throws(RegexFailure) -> [UInt32] {
        var compiler = RegexCompiler(groupCount: groupCount)
        try compiler.emit(node, .end)
        compiler.put(.success)
        let (scan, scanData) = scan(node)
        let dataStart = UInt32(RegexProgram.codeStart + compiler.code.count)
        for place in compiler.dataPlaces { compiler.code[place] += dataStart }
        let least = UInt32(min(node.width.min, Int(UInt32.max)))
        let scanStart = dataStart + UInt32(compiler.data.count)
        return [
            UInt32(compiler.registerCount), UInt32(groupCount), scan.rawValue, scanStart, least,
        ] + compiler.code + compiler.data + scanData
    }

    /// How to find places where a match may begin.
    private static func scan(_ node: RegexNode) -> (RegexScan, [UInt32]) {
        if isAnchored(node) { return (.anchored, []) }
        let literal = node.literalStart.characters.prefix(32)
        if let first = literal.first, let last = literal.last {
            return (.literal, [first, last, UInt32(literal.count - 1)])
        }
        if node.first.canBeEmpty { return (.everywhere, []) }
        var top = node
        while true {
            if case .group(_, let inner) = top {
                top = inner
            } else if case .sequence(let inner) = top, inner.count == 1 {
                top = inner[0]
            } else {
                break
            }
        }
        var alternatives = [top]
        if case .alternatives(let nodes) = top { alternatives = nodes }
        let places = alternatives.map { $0.places.sets }
        let depth = min(4, places.map(\.count).min() ?? 0)
        if depth == 0 {
            let first = node.first.set
            if first.isEverything { return (.everywhere, []) }
            return (.filter, table([[first]], depth: 1))
        }
        if depth == 1 && node.first.set.isEverything { return (.everywhere, []) }
        return (.filter, table(places, depth: depth))
    }
    private static func table(_ places: [[RegexFirst]], depth: Int) -> [UInt32] {
        var table = [UInt32](repeating: 0, count: 258)
        table[0] = UInt32(depth)
        for (i, sets) in places.enumerated() {
            for k in 0..<depth {
                let bit: UInt32 = 1 << UInt32(k * 8 + i % 8)
                for c in 0..<256 where sets[k].contains(c) { table[1 + c] |= bit }
                if sets[k].high { table[257] |= bit }
            }
        }
        return table
    }
    private static func isAnchored(_ node: RegexNode) -> Bool {
        switch node {
        case .assertion(.start): true
        case .group(_, let inner), .atomic(let inner): isAnchored(inner)
        case .sequence(let nodes): nodes.first.map(isAnchored) ?? false
        case .alternatives(let nodes): nodes.allSatisfy(isAnchored)
        default: false
        }
    }

    // MARK: words

    private var here: UInt32 { UInt32(RegexProgram.codeStart + code.count) }
    private mutating func put(_ opcode: RegexOpcode, _ operands: UInt32...) {
        code.append(UInt32(opcode.rawValue))
        code += operands
    }
    /// A word that gets its value later.
    private mutating func patch(_ place: Int) { code[place] = here }
    private mutating func putData(_ words: [UInt32]) {
        dataPlaces.append(code.count)
        code.append(UInt32(data.count))
        data += words
    }
    private mutating func putFirst(_ first: RegexFirst) {
        putData([first.high ? 1 : 0] + first.bitmap)
    }
    private mutating func newRegisters(_ n: Int) -> UInt32 {
        defer { registerCount += n }
        return UInt32(registerCount)
    }

    // MARK: nodes

    private mutating func emit(_ node: RegexNode, _ follow: Follow) throws(RegexFailure) {
        switch node {
        case .empty: break
        case .fail: put(.fail)
        case .atom(let atom): emit(atom)
        case .sequence(let nodes): try emit(nodes, follow)
        case .alternatives(let nodes): try emitAlternatives(nodes, follow)
        case .group(let group, let body):
            put(.groupStart, UInt32(group))
            try emit(body, follow)
            put(.groupEnd, UInt32(group))
        case .loop(let body, let least, let most, let mode):
            try emitLoop(body, least, most, mode, follow)
        case .assertion(let assertion): put(.assert, assertion.rawValue)
        case .look(let body, let isBehind, let isNegative):
            try emitLook(body, isBehind, isNegative)
        case .atomic(let body):
            let register = newRegisters(1)
            put(.atomicStart, register)
            try emit(body, .unknown)
            put(.atomicEnd, register)
        case .backreference(let group, let comparison):
            put(.backreference, UInt32(group), comparison.rawValue)
        case .condition(let group, let yes, let no):
            put(.ifGroup, UInt32(group), 0)
            let otherwise = code.count - 1
            try emit(yes, follow)
            if case .empty = no {
                patch(otherwise)
                return
            }
            put(.jump, 0)
            let end = code.count - 1
            patch(otherwise)
            try emit(no, follow)
            patch(end)
        }
    }
    private mutating func emit(_ atom: RegexAtom) {
        switch atom {
        case .one(let c): put(.one, c)
        case .two(let a, let b): put(.two, a, b)
        case .any: put(.any)
        case .anyAll: put(.anyAll)
        case .set(let set):
            put(.set)
            putData(words(set))
        }
    }
    private func words(_ set: RegexSet) -> [UInt32] {
        var words = [set.traits.rawValue] + set.bitmap + [UInt32(set.ranges.count)]
        for range in set.ranges { words += [range.lowerBound, range.upperBound] }
        return words
    }

    private mutating func emit(_ nodes: [RegexNode], _ follow: Follow) throws(RegexFailure) {
        var i = 0
        while i < nodes.count {
            var characters: [UInt32] = []
            var k = i
            while k < nodes.count, case .atom(.one(let c)) = nodes[k] {
                characters.append(c)
                k += 1
            }
            if characters.count > 1 {
                put(.literal, UInt32(characters.count))
                code += characters
                i = k
                continue
            }
            try emit(nodes[i], self.follow(nodes[(i + 1)...], follow))
            i += 1
        }
    }
    /// What comes after something that `rest` and then `outer` come after.
    private func follow(_ rest: ArraySlice<RegexNode>, _ outer: Follow) -> Follow {
        if rest.isEmpty { return outer }
        var (first, canBeEmpty) = RegexNode.first(of: rest)
        if !canBeEmpty { return .characters(first) }
        if case .characters(let more) = outer {
            first.formUnion(more)
            return .characters(first)
        }
        return .unknown
    }

    private mutating func emitAlternatives(
        _ nodes: [RegexNode], _ follow: Follow
    ) throws(RegexFailure) {
        var ends: [Int] = []
        let firsts = nodes.map(\.first)
        for (i, node) in nodes.enumerated() {
            if i == nodes.count - 1 {
                try emit(node, follow)
                break
            }
            let (first, canBeEmpty) = firsts[i]
            let isExclusive =
                !canBeEmpty
                && firsts[(i + 1)...].allSatisfy {
                    !$0.canBeEmpty && $0.set.isDisjoint(with: first)
                }
            let next = putBranch(first, canBeEmpty, isExclusive: isExclusive)
            try emit(node, follow)
            put(.jump, 0)
            ends.append(code.count - 1)
            patch(next)
        }
        for end in ends { patch(end) }
    }
    /// A branch whose first way begins with `first`; the place of the other way's address.
    private mutating func putBranch(
        _ first: RegexFirst, _ canBeEmpty: Bool, isExclusive: Bool
    ) -> Int {
        put(isExclusive ? .choose : .branch, 0)
        let next = code.count - 1
        if canBeEmpty || first.isEverything && !isExclusive {
            code.append(0)
        } else {
            putFirst(first)
        }
        return next
    }

    // MARK: loops

    private mutating func emitLoop(
        _ body: RegexNode, _ least: Int, _ most: Int, _ mode: RegexLoopMode, _ follow: Follow
    ) throws(RegexFailure) {
        if most == 0 { return }
        var inner = body
        while case .sequence(let nodes) = inner, nodes.count == 1 { inner = nodes[0] }
        if least == 1 && most == 1 { return try emit(inner, follow) }
        if case .atom(let atom) = inner {
            return emitRepeat(atom, least, most, mode, follow)
        }
        if mode == .possessive {
            let register = newRegisters(1)
            put(.atomicStart, register)
            try emitLoop(inner, least, most, .greedy, .unknown)
            put(.atomicEnd, register)
            return
        }
        let (first, canBeEmpty) = inner.first
        let isExclusive: Bool
        if case .characters(let next) = follow, !canBeEmpty, next.isDisjoint(with: first) {
            isExclusive = true
        } else {
            isExclusive = false
        }
        // What comes after the body: the body again, or what comes after the loop.
        var bodyFollow = Follow.unknown
        if case .characters(var next) = follow, !canBeEmpty {
            next.formUnion(first)
            bodyFollow = .characters(next)
        }
        if least == 0 && most == 1 {
            if mode == .greedy {
                let exit = putBranch(first, canBeEmpty, isExclusive: isExclusive)
                try emit(inner, follow)
                patch(exit)
            } else {
                put(.branch, here + 5, 0)
                put(.jump, 0)
                let exit = code.count - 1
                try emit(inner, follow)
                patch(exit)
            }
            return
        }
        if inner.width.min > 0 && least <= 1 && most == RegexNode.unlimited {
            return try emitPlainLoop(
                inner, least, mode, first, canBeEmpty, isExclusive, bodyFollow)
        }
        let register = newRegisters(2)
        put(.loopStart, register)
        let start = here
        put(
            .loop, register, mode.rawValue, UInt32(least), UInt32(min(most, Int(UInt32.max))), 0)
        let exit = code.count - 1
        try emit(inner, .unknown)
        put(.jump, start)
        patch(exit)
    }
    /// `*` and `+` of what is never empty: no counting.
    private mutating func emitPlainLoop(
        _ body: RegexNode, _ least: Int, _ mode: RegexLoopMode, _ first: RegexFirst,
        _ canBeEmpty: Bool, _ isExclusive: Bool, _ follow: Follow
    ) throws(RegexFailure) {
        var toTest = -1
        if least == 0 && mode == .greedy {
            let start = here
            let exit = putBranch(first, canBeEmpty, isExclusive: isExclusive)
            try emit(body, follow)
            put(.jump, start)
            patch(exit)
            return
        }
        if least == 0 {
            put(.jump, 0)
            toTest = code.count - 1
        }
        let start = here
        try emit(body, follow)
        if toTest >= 0 { patch(toTest) }
        if mode == .greedy {
            let exit = putBranch(first, canBeEmpty, isExclusive: isExclusive)
            put(.jump, start)
            patch(exit)
        } else {
            put(.branch, start, 0)
        }
    }
    private mutating func emitRepeat(
        _ atom: RegexAtom, _ least: Int, _ most: Int, _ mode: RegexLoopMode, _ follow: Follow
    ) {
        var mode = mode
        var only = UInt32.max
        if least == most { mode = .possessive }
        switch follow {
        case .unknown: break
        // Fewer would do no better where more do not.
        case .end: if mode == .greedy { mode = .possessive }
        case .characters(let next):
            if mode == .greedy && next.isDisjoint(with: RegexFirst(atom)) { mode = .possessive }
            if !next.high {
                let members = (0..<256).filter { next.contains($0) }
                if members.count == 1 { only = UInt32(members[0]) }
            }
        }
        put(
            .repeatOne, mode.rawValue, UInt32(min(least, Int(UInt32.max))),
            UInt32(min(most, Int(UInt32.max))), only)
        switch atom {
        case .one(let c): code += [UInt32(RegexOpcode.one.rawValue), c, 0]
        case .two(let a, let b): code += [UInt32(RegexOpcode.two.rawValue), a, b]
        case .any: code += [UInt32(RegexOpcode.any.rawValue), 0, 0]
        case .anyAll: code += [UInt32(RegexOpcode.anyAll.rawValue), 0, 0]
        case .set(let set):
            code.append(UInt32(RegexOpcode.set.rawValue))
            putData(words(set))
            code.append(0)
        }
    }
    private mutating func emitLook(
        _ body: RegexNode, _ isBehind: Bool, _ isNegative: Bool
    ) throws(RegexFailure) {
        let (low, high) = body.width
        if isBehind && low != high {
            throw .syntax("look-behind requires fixed-width pattern", nil)
        }
        let register = newRegisters(1)
        put(
            .look, isBehind ? 1 : 0, isNegative ? 1 : 0, isBehind ? UInt32(low) : 0, register, 0)
        let end = code.count - 1
        try emit(body, .unknown)
        put(.lookEnd, isNegative ? 1 : 0, register)
        patch(end)
    }
}
