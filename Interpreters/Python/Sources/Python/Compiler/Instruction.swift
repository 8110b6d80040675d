import InterpreterKit
import Synchronization

/// One instruction: 8 bits of opcode, operands `a` and `b` of 16 bits, `c` of 24 bits.
///
/// In the table of ``Opcode``, r[x] is a register of the frame and c is a register, a signed constant,
/// an index or a jump distance relative to the next instruction. "+ word" instructions are followed
/// by one 64-bit word, which is an inline cache (0 when the code is made) or a further operand.
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
    /// `b` as a small signed constant.
    @inlinable @inline(__always) var signedB: Int { Int(Int16(truncatingIfNeeded: bits &>> 24)) }
    @inlinable @inline(__always) var c: Int { Int(Int64(bitPattern: bits) &>> 40) }
    /// The low 16 bits of `c` as a register.
    @inlinable @inline(__always) var registerC: Int { Int((bits &>> 40) & 0xFFFF) }
    /// The low 16 bits of `c` as a signed constant.
    @inlinable @inline(__always) var smallC: Int { Int(Int16(truncatingIfNeeded: bits &>> 40)) }
    /// Of arithmetic: the statement was `x op= y`.
    @inlinable @inline(__always) var isInPlace: Bool { bits & 1 &<< 56 != 0 }
    /// Of arithmetic: the result is an operand of the next instruction, and of no other.
    @inlinable @inline(__always) var isChained: Bool { bits & 1 &<< 57 != 0 }
    /// An exception that it raises has been raised before.
    var isReraise: Bool {
        switch opcode {
        case .reraise, .endAsyncFor: true
        case .raise: a == Instruction.noRegister
        default: false
        }
    }
    mutating func markChained() { bits |= 1 << 57 }
    /// Of slices.
    var sliceForm: SliceForm { SliceForm(rawValue: UInt8(truncatingIfNeeded: bits >> 56)) }

    /// Operand value for "no register".
    @inlinable @inline(__always) static var noRegister: Int { 0xFFFF }
    static let registers = 0..<0xFF00
    static let smallConstants = -0x8000...0x7FFF
    static let constants = -0x80_0000...0x7F_FFFF
}

/// The operands of the instruction that the loop carries out, read where it stands: each is one load.
@frozen @usableFromInline struct Operands {
    @usableFromInline let bytes: UnsafeRawPointer

    @inlinable @inline(__always) init(at pc: ProgramCounter) { bytes = UnsafeRawPointer(pc) }

    @inlinable @inline(__always) var opcode: Opcode {
        unsafeBitCast(bytes.load(as: UInt8.self), to: Opcode.self)
    }
    @inlinable @inline(__always) var a: Int {
        Int(bytes.loadUnaligned(fromByteOffset: 1, as: UInt16.self))
    }
    @inlinable @inline(__always) var b: Int {
        Int(bytes.loadUnaligned(fromByteOffset: 3, as: UInt16.self))
    }
    @inlinable @inline(__always) var signedB: Int {
        Int(bytes.loadUnaligned(fromByteOffset: 3, as: Int16.self))
    }
    @inlinable @inline(__always) var c: Int {
        Int(bytes.loadUnaligned(fromByteOffset: 4, as: Int32.self) &>> 8)
    }
    @inlinable @inline(__always) var registerC: Int {
        Int(bytes.loadUnaligned(fromByteOffset: 5, as: UInt16.self))
    }
    @inlinable @inline(__always) var smallC: Int {
        Int(bytes.loadUnaligned(fromByteOffset: 5, as: Int16.self))
    }
    @inlinable @inline(__always) var isChained: Bool {
        bytes.load(fromByteOffset: 7, as: UInt8.self) & 2 != 0
    }
    @inlinable @inline(__always) var sliceForm: SliceForm {
        SliceForm(rawValue: bytes.load(fromByteOffset: 7, as: UInt8.self))
    }
    /// What follows the instruction.
    @inlinable @inline(__always) var word: UInt64 {
        bytes.load(fromByteOffset: 8, as: UInt64.self)
    }
    /// The same where it is a cache, which other threads fill.
    @inlinable @inline(__always) var cache: UInt64 {
        ProgramCounter(mutating: bytes.assumingMemoryBound(to: Instruction.self)).cache(at: 1)
    }
}

extension ProgramCounter {
    /// A word of the code that is a cache, and what it leads to (N1).
    @inlinable @inline(__always) func cache(at i: Int = 0) -> UInt64 {
        UnsafeMutableRawPointer(self + i).assumingMemoryBound(to: Atomic<UInt64>.self)
            .pointee.load(ordering: .acquiring)
    }
    /// Publishes what the word leads to, to whoever reads it.
    func remember(_ word: UInt64) {
        UnsafeMutableRawPointer(self).assumingMemoryBound(to: Atomic<UInt64>.self)
            .pointee.store(word, ordering: .releasing)
    }
}

/// Where a frame goes on.
@usableFromInline typealias ProgramCounter = UnsafeMutablePointer<Instruction>

/// What the machine can do.
///
/// A frame's registers: r[0] the function, then parameters, other locals, temporaries. A variable
/// that closures share lives in a cell, and its register holds the cell. A *window* at b is where a
/// call is prepared: r[b ..< b + 3] link the frames, r[b + 3] is what is called, arguments follow.
@usableFromInline enum Opcode: UInt8, CaseIterable {
    // MARK: values and variables
    case move  // r[a] = r[b]
    case loadInt  // r[a] = c
    case loadConstant  // r[a] = constants[c]
    case unbind  // r[a ..< a + c] = unbound
    case checkBound  // raises UnboundLocalError for name c unless r[a] is bound
    case makeCell  // r[a] = new cell of r[a]
    case copyFree  // r[a ..< a + c] = the cells of this function's closure
    // r[a] = content of cell r[b]; name c for the error. NameError when b is free,
    // UnboundLocalError else
    case loadCell
    case storeCell  // content of cell r[a] = r[b]
    case deleteCell  // content of cell r[a] = unbound; name c for the error
    case loadGlobal  // r[a] = global or builtin of name c + word
    case storeGlobal  // global of name c = r[a] + word
    case deleteGlobal  // global of name c
    case loadName  // r[a] = name c in namespace r[b], else global, else builtin
    // r[a] = name c in namespace r[b], else content of the cell in register (word) + word
    case loadNameOrCell
    case storeName  // name c in namespace r[b] = r[a]
    case deleteName  // name c in namespace r[b]
    case loadBuildClass  // r[a] = __build_class__
    case loadAssertionError  // r[a] = AssertionError

    // MARK: operators. Arithmetic: r[a] = r[b] op r[low 16 bits of c]; flag 1: in place
    case add, subtract, multiply, trueDivide, floorDivide, modulo, power, matrixMultiply
    case shiftLeft, shiftRight, and, or, xor
    // the same with the constant in the low 16 bits of c
    case addInt, subtractInt, multiplyInt, floorDivideInt, moduloInt, andInt, shiftLeftInt,
        shiftRightInt
    case negative, positive, invert, not  // r[a] = op r[b]
    case less, lessEqual, equal, notEqual, greater, greaterEqual  // r[a] = r[b] ? r[c]
    case `is`, isNot, contains, notContains  // r[a] = r[b] ? r[c]; contains: r[b] in r[c]

    // MARK: jumps by c
    case jump
    case loop  // backwards, with a break
    // the same to the forIterate behind it, of which it has the other operands
    case loopIterate
    case jumpIf, jumpUnless  // r[a]
    case jumpIfNone, jumpIfNotNone  // r[a]
    // unless r[a] ? r[b]
    case unlessLess, unlessLessEqual, unlessEqual, unlessNotEqual, unlessGreater, unlessGreaterEqual
    // if r[a] ? r[b]; with a break when backwards
    case ifLess, ifLessEqual, ifEqual, ifNotEqual, ifGreater, ifGreaterEqual
    case unlessLessInt, unlessLessEqualInt, unlessEqualInt, unlessNotEqualInt, unlessGreaterInt,
        unlessGreaterEqualInt  // unless r[a] ? b
    // if r[a] ? b
    case ifLessInt, ifLessEqualInt, ifEqualInt, ifNotEqualInt, ifGreaterInt, ifGreaterEqualInt

    // MARK: attributes and items
    case loadAttribute  // r[a] = r[b].name c + word
    case storeAttribute  // r[a].name c = r[b] + word
    case deleteAttribute  // r[a].name c
    // of r[b].name c: r[a] = function and r[a + 1] = r[b], or r[a] = unbound and r[a + 1] = what is
    // called + word
    case loadMethod
    case loadSpecial  // as loadMethod, looked up on the type of r[b]; c: a SpecialName
    case getItem  // r[a] = r[b][r[c]]
    case getItemInt  // r[a] = r[b][c]
    // r[a] = r[b][r[c] : r[c + 1] : r[c + 2]]; flags: SliceForm
    case getSlice
    case setItem  // r[a][r[b]] = r[c]
    case setSlice  // r[a][r[b] : r[b + 1] : r[b + 2]] = r[c]; flags likewise
    case deleteItem  // r[a][r[b]]

    // MARK: displays: r[a] = … of r[b ..< b + c]
    case buildTuple, buildList, buildSet, buildString
    case buildDict  // c pairs
    case buildSlice  // of r[b ..< b + 3]
    case append  // r[b] to list r[a]
    case addToSet  // r[b] to set r[a]
    case setEntry  // dict r[a][r[b]] = r[c]
    case extend  // list r[a] by iterable r[b]
    case updateSet  // set r[a] by iterable r[b]
    case updateDict  // dict r[a] by mapping r[b]
    case mergeKeywords  // dict r[a] by mapping r[b]; a key twice is an error of the call of r[c]
    case listToTuple  // r[a] = tuple of list r[b]
    // r[a] = format(r[b]); c: 0 none, 1 !s, 2 !r, 3 !a, + 4 * register of the spec (0 none)
    case formatValue
    case unpack  // r[b] into exactly r[a ..< a + c]
    // r[b] into r[a...]: low 12 bits of c before the starred one, the next 12 bits after it
    case unpackStarred

    // MARK: iteration
    case getIterator  // r[a] = iter(r[b])
    case forIterate  // r[a] = next(r[b]), or jump by c at the end
    // r[a] = r[b] itself when a generator or, in a coroutine, a coroutine; else iter(r[b])
    case getYieldFromIterator
    // r[a] = what awaiting r[b] iterates; c: 0 await, 1 from __aenter__, 2 from __aexit__
    case getAwaitable
    case getAsyncIterator  // r[a] = type(r[b]).__aiter__(r[b])
    case getAsyncNext  // r[a] = awaitable of type(r[b]).__anext__(r[b])
    // exception r[a]: jump by c when it is StopAsyncIteration, else raise it again
    case endAsyncFor

    // MARK: calls
    case call  // r[a] = r[b + 3](r[b + 4 ..< b + 4 + c])
    case callMethod  // as left by loadMethod in r[b + 3], r[b + 4]; c arguments from r[b + 5]
    // as call with c arguments in all; word: constant of the tuple of the last ones' names + word
    case callKeyword
    case callMethodKeyword  // as callMethod with c arguments in all, + word likewise
    case callSpread  // r[a] = r[b + 3](*r[b + 4], **r[b + 5]); r[b + 5] may be unbound
    case `return`  // r[a]
    // r[a] = function of code constant c; word: 1 defaults tuple, 2 keyword defaults dict, 4
    // annotations dict, 8 closure tuple, those present from r[b] on + word
    case makeFunction

    // MARK: generators
    // the first instruction of a generator, coroutine or async generator: hands the caller an
    // object that holds this frame
    case generator
    case yield  // r[b] to the consumer; r[a] = what it sends
    // the same within `yield from` and `await`: c is the register of the sub-iterator
    case yieldDelegating
    // r[a] to sub-iterator r[b]: r[a] = what it yields; or r[a] = what it returns, and jump by c
    case send
    case asyncYield  // r[b] to the consumer of an async generator; r[a] = what it sends

    // MARK: exceptions
    case raise  // r[a] (noRegister: the one being handled) from r[b] (noRegister: no from)
    case reraise  // r[a] as it is
    case matchException  // r[a] = whether exception r[b] matches r[c] in an except clause
    // except*: r[a] = part of r[b] that matches r[c], r[a + 1] = the rest; None for nothing
    case matchGroup
    // r[a] = what remains to be raised: list r[b] of raised ones, original r[c]; None for nothing
    case reraiseGroup
    case exceptionTriple  // r[a ..< a + 3] = type, value, traceback of r[b]

    // MARK: pattern matching
    case matchSequence, matchMapping  // r[a] = whether r[b] is one
    case length  // r[a] = len(r[b])
    // r[a] = tuple of the values of mapping r[b] for the keys of tuple r[c], or None
    case matchKeys
    // r[a] = tuple of attributes or None: subject r[b], class r[b + 1], keyword names tuple r[b +
    // 2]; c positional
    case matchClass

    // MARK: modules
    // r[a] = module of name c; r[b] = level, r[b + 1] = names to be imported from it, or None
    case importName
    case importFrom  // r[a] = name c of module r[b]
    // all public names of module r[b] into the namespace r[a] (noRegister: globals)
    case importStar

    // MARK: the rest
    case loadNamespace  // r[a] = the namespace that module or class code runs in
    case setupAnnotations  // __annotations__ in namespace r[a] (noRegister: globals)
    case printExpression  // r[a] as an interactive result
    case stop  // the guest thread's code ends with r[a]
    case nop
}

/// Operand of ``Opcode/loadSpecial``: the method, and what an object without it is told.
@usableFromInline enum SpecialName: Int {
    case enter, exit, asyncEnter, asyncExit
}

/// Which parts of a slice are written down. The others are None, and their registers hold anything.
@frozen @usableFromInline struct SliceForm: OptionSet {
    @usableFromInline let rawValue: UInt8
    @inlinable @inline(__always) init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable static var lower: SliceForm { SliceForm(rawValue: 1) }
    @inlinable static var upper: SliceForm { SliceForm(rawValue: 2) }
    @inlinable static var step: SliceForm { SliceForm(rawValue: 4) }
    /// Both bounds, and no step.
    @inlinable static var bounds: SliceForm { SliceForm(rawValue: 3) }
}
