import CForeign
import ManagedHeap

/// What a call or a step of it came to. Two words without structure, so that it travels in registers
/// through every layer.
@usableFromInline struct Outcome {
    @usableFromInline enum State: UInt8 {
        /// `bits` is the result as a guest value.
        case value
        /// `bits` is a double that needs a box, or the address of text to be copied; both need memory.
        case double, text
        /// Like `text`, in memory that the gateway frees.
        case ownedText
        /// The result of a general call is still in its words.
        case words, wordsOwningText
        case failure
        /// Of a thunk: `bits` is the result register; the arguments are not as plain as a thunk wants them.
        case raw, again
        /// Of a thunk: a function that was called back has given up; `bits` is a `Callback.Problem`.
        case givenUp
    }
    @usableFromInline let bits: UInt64
    /// From low to high: 32 bits `errno`, 8 state, 8 problem, 16 argument.
    @usableFromInline let facts: UInt64

    @inline(__always) init(_ state: State, _ bits: UInt64, errno: Int32 = 0) {
        self.bits = bits
        facts = UInt64(UInt32(bitPattern: errno)) | UInt64(state.rawValue) &<< 32
    }
    /// - Parameter argument: from 0; -1 for the result and for the call as a whole.
    static func failure(_ problem: ForeignError.Problem, _ bits: UInt64, argument: Int = -1)
        -> Outcome
    {
        Outcome(
            bits,
            facts: UInt64(State.failure.rawValue) &<< 32 | UInt64(problem.rawValue) &<< 40
                | UInt64(UInt16(bitPattern: Int16(clamping: argument))) &<< 48)
    }
    @inlinable @inline(__always) init(_ bits: UInt64, facts: UInt64) {
        self.bits = bits
        self.facts = facts
    }
    /// Arguments are marshalled.
    @inline(__always) static var ready: Outcome { Outcome(.value, 0) }

    @inlinable var isValue: Bool { UInt8(truncatingIfNeeded: facts &>> 32) == 0 }
    @inlinable var isFailure: Bool { state == .failure }
    @inlinable var state: State {
        State(rawValue: UInt8(truncatingIfNeeded: facts &>> 32)).unsafelyUnwrapped
    }
    @inlinable var errno: Int32 { Int32(truncatingIfNeeded: facts) }
    @inlinable var problem: ForeignError.Problem {
        ForeignError.Problem(rawValue: UInt8(truncatingIfNeeded: facts &>> 40)).unsafelyUnwrapped
    }
    @inlinable var argument: Int? {
        let argument = Int16(truncatingIfNeeded: facts &>> 48)
        return argument < 0 ? nil : Int(argument)
    }
}

extension Scalar {
    /// Writes `value` as C wants it: integers sign- or zero-extended, a float in the low half, pointers
    /// as they are. Returns what is wrong with it, nil in almost all cases.
    @inline(__always) func store(
        _ value: Value, in word: UnsafeMutablePointer<UInt64>, low: Int, high: Int, _ strings: Int
    ) -> ForeignError.Problem? {
        switch self {
        case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .bool:
            guard _fastPath(value.isInt) else { return storeTruth(value, word) }
            let i = value.int
            if _slowPath(i < low || i > high) { return .argumentRange }
            word.pointee = UInt64(bitPattern: Int64(i))
        case .double:
            if _fastPath(value.isInlineDouble) {
                word.pointee = value.inlineDouble.bitPattern
                return nil
            }
            guard let d = number(value) else { return .argumentType }
            word.pointee = d.bitPattern
        case .float:
            guard let d = number(value) else { return .argumentType }
            let f = Float(d)
            // Rounding to nearest is what C does; leaving the range is not rounding.
            if f.isInfinite && d.isFinite { return .argumentRange }
            word.pointee = UInt64(f.bitPattern)
        case .string, .constPointer:
            guard value.isReference && value.reference.kind == strings else {
                return storeAddress(value, word)
            }
            let text = ByteString(value.reference)
            if self == .string && text.containsZeroByte { return .zeroByte }
            word.pointee = text.address
        case .pointer:
            if value.isReference && value.reference.kind == strings { return .immutable }
            return storeAddress(value, word)
        case .void: return .argumentType
        }
        return nil
    }

    /// `true` and `false` stand for 1 and 0 where C wants an integer.
    @inline(never) private func storeTruth(_ value: Value, _ word: UnsafeMutablePointer<UInt64>)
        -> ForeignError.Problem?
    {
        if value != .true && value != .false { return .argumentType }
        word.pointee = value == .true ? 1 : 0
        return nil
    }
    /// Integers are good for floating-point parameters, rounded to nearest as in C.
    @inline(never) private func number(_ value: Value) -> Double? {
        value.isInt ? Double(value.int) : value.asDouble
    }
    @inline(__always) private func storeAddress(
        _ value: Value, _ word: UnsafeMutablePointer<UInt64>
    ) -> ForeignError.Problem? {
        if !value.isAddress && value != .none { return .argumentType }
        word.pointee = value == .none ? 0 : UInt64(UInt(bitPattern: value.address))
        return nil
    }
}

/// A managed byte string, as C sees it: objects never move, and a zero byte follows the content.
struct ByteString {
    private let object: Reference
    init(_ object: Reference) { self.object = object }

    var count: Int { Value(bits: object.address[1]).int }
    var address: UInt64 { UInt64(UInt(bitPattern: object.address + 2)) }
    /// C would take the first one for the end.
    var containsZeroByte: Bool { foreign_has_zero(object.address + 2, count) }
}

extension Scalar {
    /// The result in `bits`, an integer or vector register, as a guest value. Upper bits of small
    /// types are whatever the callee left there.
    @inline(__always) func outcome(_ bits: UInt64, errno: Int32) -> Outcome {
        func value(_ value: Value) -> Outcome {
            Outcome(.value, value.bits, errno: errno)
        }
        func integer(_ i: Int) -> Outcome { value(Value(i)) }
        switch self {
        case .void: return value(.none)
        case .bool: return value(bits & 0xFF != 0 ? .true : .false)
        case .int8: return integer(Int(Int8(truncatingIfNeeded: bits)))
        case .uint8: return integer(Int(UInt8(truncatingIfNeeded: bits)))
        case .int16: return integer(Int(Int16(truncatingIfNeeded: bits)))
        case .uint16: return integer(Int(UInt16(truncatingIfNeeded: bits)))
        case .int32: return integer(Int(Int32(truncatingIfNeeded: bits)))
        case .uint32: return integer(Int(UInt32(truncatingIfNeeded: bits)))
        case .int64:
            if let exact = Value(exactly: Int(Int64(bitPattern: bits))) { return value(exact) }
            return .failure(.resultRange, bits)
        case .uint64:
            if let i = Int(exactly: bits), let exact = Value(exactly: i) { return value(exact) }
            return .failure(.resultRange, bits)
        case .double:
            return double(Double(bitPattern: bits), errno: errno)
        case .float:
            return double(
                Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))), errno: errno)
        case .string:
            return bits == 0 ? value(.none) : Outcome(.text, bits, errno: errno)
        case .constPointer, .pointer:
            if bits == 0 { return value(.none) }
            let address = Value(address: UnsafeMutableRawPointer(bitPattern: UInt(bits)))
            if UInt64(UInt(bitPattern: address.address)) == bits { return value(address) }
            return .failure(.resultRange, bits)
        }
    }

    @inline(__always) private func double(_ d: Double, errno: Int32) -> Outcome {
        if let inline = Value(inline: d) {
            return Outcome(.value, inline.bits, errno: errno)
        }
        return Outcome(.double, d.bitPattern, errno: errno)
    }
}
