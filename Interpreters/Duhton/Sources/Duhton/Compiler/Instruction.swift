import InterpreterKit

/// One instruction: an opcode and operands.
///
/// In the table of ``Opcode``, r[x] is a register of the frame; jumps are relative to the next
/// instruction.
struct Instruction {
    let opcode: Opcode
    private let low: UInt16
    private let middle: UInt16
    private let high: Int32

    init(_ opcode: Opcode, a: Int = 0, b: Int = 0, c: Int = 0) {
        self.opcode = opcode
        low = UInt16(truncatingIfNeeded: a)
        middle = UInt16(truncatingIfNeeded: b)
        high = Int32(truncatingIfNeeded: c)
    }

    @inline(__always) var a: Int { Int(low) }
    @inline(__always) var b: Int { Int(middle) }
    @inline(__always) var c: Int { Int(high) }
    /// `b` as a small integer.
    @inline(__always) var small: Value { Value(Int(Int16(bitPattern: middle))) }

    /// Operand value for "no register".
    @inline(__always) static var noRegister: Int { 0xFFFF }
    static let registers = 0xFFF0
    static let smallConstants = -0x8000...0x7FFF
    /// Instructions of one function.
    static let limit = 0x7F_FFFF
}

/// Where a frame goes on.
typealias ProgramCounter = UnsafePointer<Instruction>

enum Opcode: UInt8 {
    // MARK: values and variables
    case move  // r[a] = r[b]
    case load  // r[a] = literals[c]
    case getLocal  // r[a] = r[b], or global c when r[b] is unbound
    case getGlobal  // r[a] = value of global c
    case setGlobal  // value of global c = r[a]
    case define  // function of global c = r[a]
    case unbind  // r[a ..< a + c] = unbound
    case isDefined  // r[a] = whether r[b] (if any) or global c has a value

    // MARK: calls. A call's window: r[b ..< b + 3] link the frames, the arguments follow.
    case lookup  // r[a + 2] = function of global c
    case lookupLocal  // r[a + 2] = function c, given what it is in the frame, or r[a + 2] if none
    case surplus  // fails if the function of window a has no more than c parameters
    case call  // r[a] = function of window b, with c arguments
    case `return`  // r[a] to the caller

    // MARK: control
    case jump
    case loop  // jump back, with a break
    case jumpIf  // if r[a] is true; with a break
    case jumpUnless

    // MARK: comparisons fused with a jump by c, in the order of ``Builtin``
    case unlessLess, unlessLessOrEqual, unlessEqual, unlessNotEqual, unlessGreater,
        unlessGreaterOrEqual  // jump unless r[a] ? r[b]
    case unlessLessInt, unlessLessOrEqualInt, unlessEqualInt, unlessNotEqualInt, unlessGreaterInt,
        unlessGreaterOrEqualInt  // jump unless r[a] ? b
    case ifLess, ifLessOrEqual, ifEqual, ifNotEqual, ifGreater, ifGreaterOrEqual  // with a break
    case ifLessInt, ifLessOrEqualInt, ifEqualInt, ifNotEqualInt, ifGreaterInt,
        ifGreaterOrEqualInt  // with a break

    // MARK: arithmetic: r[a] = r[b] ? r[c], or ? c, in the order of ``Builtin``
    case add, subtract, multiply, divide, remainder, xor, shiftLeft, shiftRight
    case addInt, multiplyInt, divideInt, remainderInt

    // MARK: data: r[a] = … r[b], r[c]
    case cons, car, cdr, isPair, len, append, getItem, getContent, setContent
    case setItem  // item r[b] of list r[a] = r[c]
    case builtin  // r[a] = builtin (c & 255) of the c >> 8 registers from b
    case assert  // fails, showing literals[c], if r[a] is zero

    // MARK: foreign functions
    case foreign  // r[0] = the C function of this code, with c arguments from r[0]
    case failForeign  // with the text in r[0]
    case spread  // r[0] = list of a tuple
    case endCallback  // back to C

    // MARK: transactions
    case submit  // a job of window a with c arguments
    case runTransactions  // makes c ready for `nextJob`
    case nextJob  // calls the next job in window b, result to r[a]; skips a word when none is left
    case endJob  // the job has returned: back to `nextJob`
    case enlist  // a worker begins

    // MARK: the program
    case fail  // with messages[c]
    case stop

    /// It jumps without a break when something does not hold.
    var isUnless: Bool {
        self == .jumpUnless
            || rawValue >= Opcode.unlessLess.rawValue && rawValue < Opcode.ifLess.rawValue
    }
    /// The opcode `offset` places further on.
    func next(_ offset: Int) -> Opcode {
        unsafeBitCast(rawValue + UInt8(offset), to: Opcode.self)
    }
}

extension Builtin {
    /// The instruction for `count` arguments that does all, if there is one.
    func opcode(_ count: Int) -> Opcode? {
        switch (self, count) {
        case (.cons, _): .cons
        case (.car, _): .car
        case (.cdr, _): .cdr
        case (.isPair, _): .isPair
        case (.len, _): .len
        case (.append, _): .append
        case (.get, 1): .getContent
        case (.get, 2): .getItem
        case (.set, 2): .setContent
        case (.set, 3): .setItem
        default: nil
        }
    }
    /// The instruction with a constant second operand, for constants that have one.
    func opcode(constant: Int) -> (Opcode, Int)? {
        switch self {
        case .add: return (.addInt, constant)
        case .subtract: return (.addInt, -constant)
        case .multiply: return (.multiplyInt, constant)
        case .divide where constant != 0: return (.divideInt, constant)
        case .remainder where constant != 0: return (.remainderInt, constant)
        default: return nil
        }
    }
}
