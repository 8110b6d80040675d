import InterpreterKit

/// What a compiled expression consists of: words, read by ``RegexRun``.
///
/// | words | hold |
/// | --- | --- |
/// | 0 | number of registers |
/// | 1 | number of groups, group 0 included |
/// | 2, 3 | how to search, see ``RegexScan``, and where its data are |
/// | 4 | least width of a match |
/// | 5… | instructions, then sets, first sets and tables |
///
/// Registers 2n and 2n + 1 are start and end of group n, -1 while it has not matched; the next one is the
/// last group that was closed; then come the registers of loops.
enum RegexProgram {
    static let codeStart = 5
}

/// Where a match can begin.
enum RegexScan: UInt32 {
    /// Anywhere.
    case everywhere
    /// Only where the search begins.
    case anchored
    /// Data: first and last character of a literal beginning, distance between them.
    case literal
    /// Data: number of characters looked at, 256 words by character and one for all characters from 256
    /// on. Byte k of a word has a bit for each alternative that allows the character at place k.
    case filter
}

/// Operands are words behind the opcode. Addresses count from the start of the program.
enum RegexOpcode: UInt8 {
    case fail
    case success
    case one  // character
    case two  // character, character
    case any
    case anyAll
    case set  // set
    case literal  // count, characters…
    case assert  // RegexAssertion
    /// Goes on; on failure at `next`. With a first set: directly at `next` when the character is not in it.
    case branch  // next, first set or 0
    /// Goes on if the character is in the first set, else at `next`: never both.
    case choose  // next, first set
    case jump  // target
    case groupStart  // group
    case groupEnd  // group
    case backreference  // group, RegexCase
    /// One character again and again. `follow` is the only character that can come after it, or .max.
    case repeatOne  // RegexLoopMode, min, max, follow, atom: opcode, operand, operand
    case loopStart  // register (and the next one)
    case loop  // register, RegexLoopMode, min, max, exit; the body follows and jumps back here
    case look  // isBehind, isNegative, width, register, end
    case lookEnd  // isNegative, register
    case atomicStart  // register
    case atomicEnd  // register
    case ifGroup  // group, else

    /// Words of a `repeatOne`.
    static let repeatOneSize = 8
}

/// The characters that something can begin with.
struct RegexFirst {
    var bitmap = [UInt32](repeating: 0, count: 8)
    /// Any from 256 on.
    var high = false

    static var everything: RegexFirst {
        RegexFirst(bitmap: [UInt32](repeating: .max, count: 8), high: true)
    }
    init(bitmap: [UInt32] = [UInt32](repeating: 0, count: 8), high: Bool = false) {
        self.bitmap = bitmap
        self.high = high
    }
    init(_ atom: RegexAtom) {
        switch atom {
        case .one(let c): insert(c)
        case .two(let a, let b):
            insert(a)
            insert(b)
        case .any:
            self = .everything
            bitmap[0] &= ~(1 << 10)
        case .anyAll: self = .everything
        case .set(let set):
            bitmap = set.bitmap
            high = set.mayHoldHigh
        }
    }
    private mutating func insert(_ c: UInt32) {
        if c < 256 { bitmap[Int(c >> 5)] |= 1 << (c & 31) } else { high = true }
    }
    mutating func formUnion(_ other: RegexFirst) {
        for i in 0..<8 { bitmap[i] |= other.bitmap[i] }
        high = high || other.high
    }
    func isDisjoint(with other: RegexFirst) -> Bool {
        for i in 0..<8 where bitmap[i] & other.bitmap[i] != 0 { return false }
        return !(high && other.high)
    }
    func contains(_ c: Int) -> Bool { bitmap[c >> 5] >> UInt32(c & 31) & 1 != 0 }
    var isEverything: Bool { high && bitmap.allSatisfy { $0 == .max } }
}

extension RegexNode {
    /// What it can begin with, and whether it may match nothing.
    var first: (set: RegexFirst, canBeEmpty: Bool) {
        switch self {
        case .empty, .assertion, .look: return (RegexFirst(), true)
        case .fail: return (RegexFirst(), false)
        case .atom(let atom): return (RegexFirst(atom), false)
        case .sequence(let nodes): return RegexNode.first(of: nodes[...])
        case .alternatives(let nodes):
            var result = (set: RegexFirst(), canBeEmpty: false)
            for node in nodes {
                let (set, canBeEmpty) = node.first
                result.set.formUnion(set)
                result.canBeEmpty = result.canBeEmpty || canBeEmpty
            }
            return result
        case .group(_, let node), .atomic(let node): return node.first
        case .loop(let node, let least, let most, _):
            if most == 0 { return (RegexFirst(), true) }
            let (set, canBeEmpty) = node.first
            return (set, canBeEmpty || least == 0)
        case .backreference: return (.everything, true)
        case .condition(_, let yes, let no):
            var (set, canBeEmpty) = yes.first
            let other = no.first
            set.formUnion(other.set)
            canBeEmpty = canBeEmpty || other.canBeEmpty
            return (set, canBeEmpty)
        }
    }
    static func first(of nodes: ArraySlice<RegexNode>) -> (set: RegexFirst, canBeEmpty: Bool) {
        var result = RegexFirst()
        for node in nodes {
            let (set, canBeEmpty) = node.first
            result.formUnion(set)
            if !canBeEmpty { return (result, false) }
        }
        return (result, true)
    }

    /// What its first characters can be, place by place, as far as that is known; 4 places at most.
    var places: (sets: [RegexFirst], isWhole: Bool) {
        switch self {
        case .empty, .assertion, .look: return ([], true)
        case .atom(let atom): return ([RegexFirst(atom)], true)
        case .group(_, let node), .atomic(let node): return node.places
        case .sequence(let nodes):
            var sets: [RegexFirst] = []
            for node in nodes {
                let (more, isWhole) = node.places
                sets += more
                if !isWhole || sets.count >= 4 {
                    return (Array(sets.prefix(4)), isWhole && sets.count <= 4)
                }
            }
            return (sets, true)
        case .alternatives(let nodes):
            var sets: [RegexFirst]?
            var isWhole = true
            for node in nodes {
                let (more, whole) = node.places
                guard var known = sets else {
                    (sets, isWhole) = (more, whole)
                    continue
                }
                if more.count != known.count { isWhole = false }
                known = Array(known.prefix(more.count))
                for i in known.indices { known[i].formUnion(more[i]) }
                sets = known
                isWhole = isWhole && whole
            }
            return (sets ?? [], isWhole)
        case .loop(let node, let least, let most, _):
            if least == 0 { return ([], false) }
            var sets: [RegexFirst] = []
            for _ in 0..<min(least, 4) {
                let (more, isWhole) = node.places
                sets += more
                if !isWhole { return (Array(sets.prefix(4)), false) }
            }
            return (Array(sets.prefix(4)), least == most && sets.count <= 4 && least <= 4)
        case .fail, .backreference, .condition: return ([], false)
        }
    }
    /// The characters that it must begin with.
    var literalStart: (characters: [UInt32], isWhole: Bool) {
        switch self {
        case .empty: return ([], true)
        case .atom(.one(let c)): return ([c], true)
        case .group(_, let node): return node.literalStart
        case .sequence(let nodes):
            var found: [UInt32] = []
            for node in nodes {
                let (more, isWhole) = node.literalStart
                found += more
                if !isWhole { return (found, false) }
            }
            return (found, true)
        default: return ([], false)
        }
    }
}
