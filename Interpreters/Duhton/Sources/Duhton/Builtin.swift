/// The names that mean something without a definition, in the order of their symbol numbers.
enum Builtin: String, CaseIterable {
    // Special forms: they decide what is evaluated.
    case progn, setq, defun, `if`, `while`, quote
    case and = "&&"
    case or = "||"
    case isDefined = "defined?"
    case assert, transaction
    case runTransactions = "run-transactions"

    // The others evaluate all their arguments, from left to right.
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case xor = "^"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case less = "<"
    case lessOrEqual = "<="
    case equal = "=="
    case notEqual = "!="
    case greater = ">"
    case greaterOrEqual = ">="
    case not, type, cons, car, cdr
    case isPair = "pair?"
    case list, append, get, set, pop, len, container, print, time, sleepms, foreign

    /// Its number, as a symbol and in instructions.
    var number: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
    init(number: Int) {
        self = unsafeBitCast(UInt8(truncatingIfNeeded: number), to: Builtin.self)
    }
    static let count = allCases.count

    var isSpecial: Bool { self <= .runTransactions }
    var isArithmetic: Bool { self >= .add && self <= .shiftRight }
    var isComparison: Bool { self >= .less && self <= .greaterOrEqual }
    /// It answers 1 or 0, and is compiled to jumps.
    var isTest: Bool { self == .and || self == .or || self == .not || isComparison }

    /// What is wrong with `count` arguments, if anything is. The rest of what `get` and `set` demand
    /// depends on the type of the first one.
    func complaint(_ count: Int) -> String? {
        let wanted: ClosedRange<Int>
        let words: String
        switch self {
        case .time, .runTransactions: (wanted, words) = (0...0, "no argument")
        case .quote, .isDefined, .assert, .not, .type, .car, .cdr, .isPair, .len, .sleepms:
            (wanted, words) = (1...1, "one argument")
        case .cons, .append, .foreign: (wanted, words) = (2...2, "two arguments")
        case .container: (wanted, words) = (0...1, "at most one argument")
        case .pop where count > 0: (wanted, words) = (1...2, "at most two arguments")
        case .while, .transaction, .get, .set, .pop:
            (wanted, words) = (1...Int.max, "at least one argument")
        case .if, .defun: (wanted, words) = (2...Int.max, "at least two arguments")
        case .shiftLeft where count == 0, .shiftRight where count == 0:
            return "_DuCons_NEXT: not a well-formed cons list"
        case _ where isComparison:
            return count == 2 ? nil : "comparison: expected two arguments"
        default: return nil
        }
        return wanted.contains(count) ? nil : "\(rawValue): expected \(words)"
    }
}

extension Builtin: Comparable {
    static func < (a: Builtin, b: Builtin) -> Bool { a.number < b.number }
}
