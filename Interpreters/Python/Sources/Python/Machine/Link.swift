import InterpreterKit

/// The three words below a frame's first register.
///
/// | word | holds |
/// | --- | --- |
/// | -3 | where the caller goes on |
/// | -2 | distance to the caller's frame, what to do at the return, register of the result, frames below |
/// | -1 | the ``Code``, or the address of ``Link/native`` for a frame of a built-in function |
///
/// The frame of a call with an inserted argument has a fourth word, -4, for the link's own use.
@frozen @usableFromInline struct Link {
    @usableFromInline let word: Int

    @inlinable @inline(__always) init(_ fp: Frame) { word = fp[below: 2].int }
    @inlinable @inline(__always)
    init(distance: Int, _ continuation: Continuation, to register: Int, depth: Int) {
        word =
            distance | Int(continuation.rawValue) &<< 20 | register &<< 26 | depth &<< 42
    }
    /// The link of a plain call, with its fields where the value has them; `depth` is that of the caller.
    @inlinable @inline(__always)
    static func value(distance: Int, to register: Int, below depth: Int) -> Value {
        Value(
            bits: UInt64(truncatingIfNeeded: distance) &<< 2
                | UInt64(truncatingIfNeeded: register) &<< 28
                | UInt64(truncatingIfNeeded: depth &+ 1) &<< 44)
    }
    @inlinable @inline(__always) var distance: Int { word & 0xFFFFF }
    @inlinable @inline(__always) var continuation: Continuation {
        unsafeBitCast(UInt8(truncatingIfNeeded: (word &>> 20) & 0x3F), to: Continuation.self)
    }
    /// The caller's register for the result.
    @inlinable @inline(__always) var register: Int { (word &>> 26) & 0xFFFF }
    @inlinable @inline(__always) var depth: Int { word &>> 42 }
    /// Does returning `value` from the frame at `fp` only put it into the register? If so, `value` becomes
    /// what goes there.
    @inline(__always) func takes(_ value: inout Value, of fp: Frame) -> Bool {
        let continuation = continuation
        if _fastPath(continuation == .result) { return true }
        if continuation == .initializer && value == .none {
            value = fp[below: 4]
            return true
        }
        return continuation == .operation && value != .notImplemented
    }
    /// Depths beyond do not fit.
    static let deepest = 200_000
    @inlinable @inline(__always) var value: Value { Value(word) }

    /// Words of the frame at `fp`. A frame of a built-in function has its size in r[0].
    @inlinable @inline(__always) static func size(_ fp: Frame) -> Int {
        let code = fp[below: 1]
        if code.bits <= 16 { return code.bits == 0 ? 0 : fp[0].int }
        return Int(code.code.pointee.registers)
    }
    /// In place of a ``Code``: the frame belongs to a built-in function.
    @inlinable static var native: Value { Value(bits: 16) }
}

extension UnsafeMutablePointer<Value> {
    /// Word -`n`, of a frame's link.
    ///
    /// Not `self[-n]`: the optimiser of Swift 6.3 takes a later store to `self[0]` for one that covers
    /// it, and drops the store to the link.
    @inlinable @inline(__always) subscript(below n: Int) -> Value {
        get {
            (UnsafeMutableRawPointer(self) - 8 &* n).assumingMemoryBound(to: Value.self).pointee
        }
        nonmutating set {
            (UnsafeMutableRawPointer(self) - 8 &* n).assumingMemoryBound(to: Value.self).pointee =
                newValue
        }
    }
}

/// What happens with the value that a frame returns.
@usableFromInline enum Continuation: UInt8 {
    /// To the register in the link.
    case result
    /// To whoever started this run of the interpreter loop.
    case exit
    /// Nowhere: the call was `__init__`, its object is in word -4 of the frame.
    case initializer
    /// Nowhere: `__setattr__` and the like.
    case discard
    /// The same for `forIterate`; StopIteration ends the loop.
    case iterate
    /// To the register as a bool: of `in` or `not in`.
    case truth
    /// The method of an operator: NotImplemented asks the other operand.
    case operation
    /// The body of a class: word -4 is the tuple of what to make.
    case classBody
    /// As `iterate`, for `send`: the sub-iterator's end gives its value and jumps.
    case send
    /// `next()` and the like: a generator that ends raises StopIteration.
    case ask
    /// As `iterate`, for a generator behind an `enumerate`: with an item, the caller goes on behind the
    /// `unpack` of the pair, whose first register gets the number.
    case numbered
}
