import CHost

/// One guest value in 64 bits: a small integer, a double, a reference, a constant or a C address.
///
/// The word tags itself, so slots of any object hold any value and the collector needs no maps.
///
/// | low bits | holds | range |
/// | --- | --- | --- |
/// | `00` | integer | 62 bits, signed |
/// | `001` | reference to a managed object (address + 1) | |
/// | `010` `101` `110` | double, exponent re-biased and rotated | magnitudes of about 1e-77 ... 1e77, and below 1e-231 |
/// | `011` | C address, never followed | 61 bits |
/// | `111` | constant, numbered by the language from `Value.firstLanguageConstant` | 61 bits |
///
/// Doubles outside the inline range live in boxes; `Quantum.value(_:)` makes one when needed and
/// ``asDouble`` reads both forms.
///
/// ```swift
/// let seven = Value(7)
/// assert(seven.isInt && seven.int == 7)
/// ```
/// Cost: tests are one or two instructions; integer decode is one shift.
@frozen public struct Value: Equatable, Hashable, Sendable {
    public let bits: UInt64

    @inlinable @inline(__always) public init(bits: UInt64) { self.bits = bits }

    // MARK: integers

    /// The integer `i`; only the low 62 bits survive. `init(exactly:)` checks.
    @inlinable @inline(__always) public init(_ i: Int) {
        bits = UInt64(bitPattern: Int64(i &<< 2))
    }
    /// The integer `i`, or nil when it needs more than 62 bits.
    @inlinable @inline(__always) public init?(exactly i: Int) {
        self.init(i)
        if int != i { return nil }
    }
    @inlinable @inline(__always) public var isInt: Bool { bits & 3 == 0 }
    @inlinable @inline(__always) public var int: Int { Int(Int64(bitPattern: bits) &>> 2) }
    @inlinable @inline(__always) public static func bothInt(_ a: Value, _ b: Value) -> Bool {
        (a.bits | b.bits) & 3 == 0
    }

    // MARK: references

    @inlinable @inline(__always) public init(_ reference: Reference) {
        bits = UInt64(UInt(bitPattern: reference.address)) &+ 1
    }
    @inlinable @inline(__always) public var isReference: Bool { bits & 7 == 1 }
    /// The object; only valid when ``isReference``.
    @inlinable @inline(__always) public var reference: Reference {
        Reference(UnsafeMutablePointer(bitPattern: UInt(bits &- 1)).unsafelyUnwrapped)
    }
    /// True for a reference to an object of `shape`.
    @inlinable @inline(__always) public func isA(_ shape: Shape) -> Bool {
        isReference && reference.kind == shape.kind
    }

    // MARK: doubles

    /// `d` inline, or nil when its magnitude is outside the inline range.
    @inlinable @inline(__always) public init?(inline d: Double) {
        let rebiased = d.bitPattern &+ 0x2000_0000_0000_0000
        bits = (rebiased &<< 4) | (rebiased &>> 60)
        if !isInlineDouble { return nil }
    }
    /// True for a double in the word itself.
    @inlinable @inline(__always) public var isInlineDouble: Bool {
        // The tag is in the low 3 bits; the shift counts with the low 5 bits.
        (UInt32(0x6464_6464) &>> UInt32(truncatingIfNeeded: bits)) & 1 != 0
    }
    /// The double of a word for which ``isInlineDouble`` holds.
    @inlinable @inline(__always) public var inlineDouble: Double {
        Double(bitPattern: ((bits &>> 4) | (bits &<< 60)) &- 0x2000_0000_0000_0000)
    }
    /// The double, inline or boxed; nil for every other value.
    @inlinable @inline(__always) public var asDouble: Double? {
        if isInlineDouble { return inlineDouble }
        return isA(.boxedDouble) ? Double(bitPattern: reference.address[1]) : nil
    }

    // MARK: constants and C addresses

    /// Constant number `n`; numbers below ``firstLanguageConstant`` belong to the framework.
    @inlinable @inline(__always) public init(constant n: Int) {
        bits = UInt64(truncatingIfNeeded: n) &<< 3 | 7
    }
    @inlinable @inline(__always) public var isConstant: Bool { bits & 7 == 7 }
    @inlinable @inline(__always) public var constant: Int { Int(bits &>> 3) }
    @inlinable @inline(__always) public static var firstLanguageConstant: Int { 16 }

    @inlinable @inline(__always) public static var none: Value { Value(constant: 0) }
    @inlinable @inline(__always) public static var `false`: Value { Value(constant: 1) }
    @inlinable @inline(__always) public static var `true`: Value { Value(constant: 2) }
    /// A variable that has no value; never seen by the guest.
    @inlinable @inline(__always) public static var unbound: Value { Value(constant: 3) }

    /// An address of C memory, opaque to the collector.
    @inlinable @inline(__always) public init(address: UnsafeMutableRawPointer?) {
        bits = UInt64(UInt(bitPattern: address)) &<< 3 | 3
    }
    @inlinable @inline(__always) public var isAddress: Bool { bits & 7 == 3 }

    /// A native address, a multiple of four, where the collector expects a value: it looks like an integer. For what
    /// a language keeps in frames and fields and no program sees.
    @inlinable @inline(__always)
    public init<T: ~Copyable>(native pointer: UnsafeMutablePointer<T>) {
        self.init(bits: UInt64(UInt(bitPattern: pointer)))
    }
    @inlinable @inline(__always)
    public func native<T: ~Copyable>(_: T.Type) -> UnsafeMutablePointer<T> {
        UnsafeMutablePointer<T>(bitPattern: UInt(bits)).unsafelyUnwrapped
    }

    @inlinable @inline(__always) public var address: UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: UInt(bits &>> 3))
    }
}

/// A pointer to a managed object. Objects never move; a reference is kept alive by being in a VM
/// stack, a stored property of the guest task, a managed object, or a Swift local.
///
/// References inside Swift arrays, dictionaries or classes are *not* seen by the collector.
@frozen public struct Reference: Equatable, Hashable, Sendable {
    /// The header word; slot `i` is `address[1 + i]`.
    public nonisolated(unsafe) let address: UnsafeMutablePointer<UInt64>

    @inlinable @inline(__always) public init(_ address: UnsafeMutablePointer<UInt64>) {
        self.address = address
    }
    /// Number of the object's shape.
    @inlinable @inline(__always) public var kind: Int {
        Int(truncatingIfNeeded: host_load_relaxed(address) & Header.kindMask)
    }
}

/// What every module knows about header words: the low bits name the shape, for ever; the others
/// belong to the backend.
public enum Header {
    @inlinable @inline(__always) public static var kindBits: UInt64 { 12 }
    @inlinable @inline(__always) public static var kindMask: UInt64 { (1 << kindBits) - 1 }
}
