/// The names that mean something without a definition, in the order of their symbol numbers.
@usableFromInline enum Builtin: String, CaseIterable {
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
    @usableFromInline var number: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
    @usableFromInline init(number: Int) {
        self = unsafeBitCast(UInt8(truncatingIfNeeded: number), to: Builtin.self)
    }
    static let count = allCases.count

    var isSpecial: Bool { number <= Builtin.runTransactions.number }
    @usableFromInline var isComparison: Bool {
        (Builtin.less.number...Builtin.greaterOrEqual.number).contains(number)
    }
    @usableFromInline var isArithmetic: Bool {
        (Builtin.add.number...Builtin.shiftRight.number).contains(number)
    }
    /// Evaluating it does nothing that another thread, the user or a later evaluation could see.
    var isQuiet: Bool {
        switch self {
        case .setq, .defun, .while, .assert, .transaction, .runTransactions, .append, .set, .pop,
            .print, .sleepms, .foreign:
            false
        default: true
        }
    }
}
