/// What a regular expression means, as a tree.
indirect enum RegexNode {
    case empty
    /// Never matches.
    case fail
    case atom(RegexAtom)
    case sequence([RegexNode])
    case alternatives([RegexNode])
    /// A capturing group.
    case group(Int, RegexNode)
    case loop(RegexNode, min: Int, max: Int, RegexLoopMode)
    case assertion(RegexAssertion)
    case look(RegexNode, isBehind: Bool, isNegative: Bool)
    case atomic(RegexNode)
    case backreference(Int, RegexCase)
    case condition(Int, RegexNode, RegexNode)

    /// `max` of loops without end.
    static let unlimited = Int(UInt32.max)

    /// How many characters a match has at least and at most.
    var width: (min: Int, max: Int) {
        switch self {
        case .empty, .fail, .assertion, .look: return (0, 0)
        case .atom: return (1, 1)
        case .sequence(let nodes):
            var (low, high) = (0, 0)
            for node in nodes {
                let (l, h) = node.width
                low = min(low + l, RegexNode.unlimited)
                high = min(high + h, RegexNode.unlimited)
            }
            return (low, high)
        case .alternatives(let nodes):
            var (low, high) = (RegexNode.unlimited, 0)
            for node in nodes {
                let (l, h) = node.width
                low = min(low, l)
                high = max(high, h)
            }
            return (low, high)
        case .group(_, let node), .atomic(let node): return node.width
        case .loop(let node, let least, let most, _):
            let (l, h) = node.width
            return (RegexNode.product(l, least), RegexNode.product(h, most))
        case .backreference: return (0, RegexNode.unlimited)
        case .condition(_, let yes, let no):
            let (a, b) = (yes.width, no.width)
            return (min(a.min, b.min), max(a.max, b.max))
        }
    }
    private static func product(_ a: Int, _ b: Int) -> Int {
        let (result, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? unlimited : min(result, unlimited)
    }
}

/// What matches exactly one character.
enum RegexAtom {
    case one(UInt32)
    case two(UInt32, UInt32)
    /// Anything but a newline.
    case any
    case anyAll
    case set(RegexSet)
}
enum RegexLoopMode: UInt32 { case greedy, lazy, possessive }
/// How characters are compared.
enum RegexCase: UInt32 { case exact, ignoreASCII, ignore }
enum RegexAssertion: UInt32 {
    case start, lineStart, end, lineEnd, textEnd
    case boundary, notBoundary, boundaryASCII, notBoundaryASCII
}

/// The numbers that `re` gives its flags.
struct RegexFlags: OptionSet {
    let rawValue: Int
    static let template = RegexFlags(rawValue: 1)
    static let ignoreCase = RegexFlags(rawValue: 2)
    static let locale = RegexFlags(rawValue: 4)
    static let multiline = RegexFlags(rawValue: 8)
    static let dotAll = RegexFlags(rawValue: 16)
    static let unicode = RegexFlags(rawValue: 32)
    static let verbose = RegexFlags(rawValue: 64)
    static let debug = RegexFlags(rawValue: 128)
    static let ascii = RegexFlags(rawValue: 256)

    static let kinds: RegexFlags = [.ascii, .unicode, .locale]
    static let global: RegexFlags = [.debug]

    init(rawValue: Int) { self.rawValue = rawValue }
    /// The flag of an inline letter.
    init?(letter: UInt32) {
        switch Unicode.Scalar(letter) {
        case "i": self = .ignoreCase
        case "L": self = .locale
        case "m": self = .multiline
        case "s": self = .dotAll
        case "x": self = .verbose
        case "a": self = .ascii
        case "u": self = .unicode
        default: return nil
        }
    }
}

/// Why a pattern could not be compiled.
enum RegexFailure: Error {
    /// `re.error`, with the place in the pattern if there is one.
    case syntax(String, Int?)
    case value(String)
    case overflow(String)
    case tooDeep
}
