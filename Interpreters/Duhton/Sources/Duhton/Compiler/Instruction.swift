import InterpreterKit

/// One instruction: 8 bits of opcode, operands `a` and `b` of 16 bits, `c` of 24 bits.
///
/// In the table of ``Opcode``, r[x] is a register of the frame; jumps are relative to the next
/// instruction.
@frozen @usableFromInline struct Instruction {
    @usableFromInline var bits: UInt64

    @inlinable init(bits: UInt64) { self.bits = bits }
    init(_ opcode: Opcode, a: Int = 0, b: Int = 0, c: Int = 0) {
        bits =
            UInt64(unsafeBitCast(opcode, to: UInt8.self)) | UInt64(a & 0xFFFF) << 8
            | UInt64(b & 0xFFFF) << 24 | UInt64(c & 0xFF_FFFF) << 40
    }

    @inlinable @inline(__always) var opcode: Opcode {
        unsafeBitCast(UInt8(truncatingIfNeeded: bits), to: Opcode.self)
    }
    @inlinable @inline(__always) var a: Int { Int((bits &>> 8) & 0xFFFF) }
    @inlinable @inline(__always) var b: Int { Int((bits &>> 24) & 0xFFFF) }
    /// `b` as a small signed integer.
    @inlinable @inline(__always) var constant: Value {
        Value(Int(Int16(truncatingIfNeeded: bits &>> 24)))
    }
    @inlinable @inline(__always) var c: Int { Int(Int64(bitPattern: bits) &>> 40) }

    /// Operand value for "no register".
    @inlinable @inline(__always) static var noRegister: Int { 0xFFFF }
    static let registers = 0..<0xFFF0
    static let smallConstants = -0x8000...0x7FFF
    static let constants = -0x80_0000...0x7F_FFFF
}

/// Where a frame goes on.
@usableFromInline typealias ProgramCounter = UnsafePointer<Instruction>

@usableFromInline enum Opcode: UInt8 {
    // MARK: values and variables
    case move  // r[a] = r[b]
    case loadInt  // r[a] = c
    case loadLiteral  // r[a] = literals[c]
    case getLocal  // r[a] = r[b], or global c when r[b] is unbound
    case getGlobal  // r[a] = value of global c
    case setGlobal  // value of global c = r[a]
    case defineGlobal  // function of global c = functions[a + b << 16]
    case defineLocal  // r[a] = functions[c]
    case unbind  // r[a ..< a + c] = unbound
    case isDefined  // r[a] = whether r[b] (if any) or global c has a value

    // MARK: calls. A call's window: r[b ..< b + 3] link the frames, the arguments follow.
    case lookupOnly  // window a is for functions[c], the only definition of its name
    case lookup  // window a is for the function of global c
    case lookupLocal  // window a is for c as a name of this frame: two words of operands follow
    case surplus  // fails if the function of window a has no more than c parameters
    case call  // r[a] = function of window b, with c arguments
    case `return`  // r[a] to the caller
    case jumpIfFunction  // a jump in the next word, if r[a], r[b] or global c defines a function

    // MARK: control
    case jump
    case loop  // jump back, with a break
    case jumpIf  // if r[a] is true; with a break
    case jumpUnless

    // MARK: comparisons: to a value, and fused with a jump by c
    case less, lessOrEqual, equal, notEqual, greater, greaterOrEqual  // r[a] = r[b] ? r[c]
    case unlessLess, unlessLessOrEqual, unlessEqual, unlessNotEqual, unlessGreater,
        unlessGreaterOrEqual  // jump unless r[a] ? r[b]
    case unlessLessInt, unlessLessOrEqualInt, unlessEqualInt, unlessNotEqualInt, unlessGreaterInt,
        unlessGreaterOrEqualInt  // jump unless r[a] ? b
    case ifLess, ifLessOrEqual, ifEqual, ifNotEqual, ifGreater, ifGreaterOrEqual  // with a break
    case ifLessInt, ifLessOrEqualInt, ifEqualInt, ifNotEqualInt, ifGreaterInt,
        ifGreaterOrEqualInt  // with a break

    // MARK: arithmetic: r[a] = r[b] ? r[c], or ? c
    case add, subtract, multiply, divide, remainder, xor, shiftLeft, shiftRight
    case addInt, multiplyInt, divideInt, remainderInt

    // MARK: data
    case not  // r[a] = r[b] is false
    case cons  // r[a] = pair of r[b] and r[c]
    case car, cdr, isPair, type, len  // r[a] = … r[b]
    case list  // r[a] = list of r[b ..< b + c]
    case container  // r[a] = box of r[b]
    case append  // r[b] to list r[a]
    case getItem  // r[a] = item r[c] of list r[b]
    case getContent  // r[a] = content of container r[b]
    case setItem  // item r[b] of list r[a] = r[c]
    case setContent  // content of container r[a] = r[b]
    case builtin  // r[a] = builtin (c & 255) of the c >> 8 registers from b
    case assert  // fails, showing literals[c], if r[a] is zero

    // MARK: foreign functions
    case foreign  // r[0] = the C function in the next word, with c arguments from r[0]
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
    case install  // makes the objects of newly compiled code
    case display  // prints r[a] as an interactive result
    case fail  // with messages[c]
    case stop
}
