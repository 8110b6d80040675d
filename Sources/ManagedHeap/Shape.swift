import CHost

/// Layout of one kind of object: a number, a name for reports, and where its values are.
///
/// A language numbers its shapes from `Shape.firstLanguageKind` and lists them in
/// `Language.shapes`. Declare them as computed properties, so that their numbers are constants in
/// the compiled interpreter:
///
/// ```swift
/// enum Box {
///     static var shape: Shape { Shape(kind: 16, name: "box", slots: 1) }
///     static var content: Field<Value> { Field(0) }
/// }
/// ```
@frozen public struct Shape: Sendable {
    /// How the words after the header are used.
    @frozen public enum Layout: UInt8, Sendable {
        /// `slots` values. One conflict unit.
        case values
        /// A count, then that many values. One conflict unit; the count never changes.
        case tuple
        /// A byte count, then raw bytes; written only at birth.
        case bytes
        /// As `bytes`, or a share in the bytes of another object: then the count is negative, and word
        /// -count refers to that object.
        case sharedBytes
        /// A capacity, then cards of up to 64 values, each a conflict unit of its own.
        case array
        /// The same, of values that are no references.
        case numbers
        /// A card of an array. Not an object of its own.
        case card
        /// `slots` values, then a capacity and, unless that is 0, one card: see ``OwnArray``.
        case ownArray
        /// A reference that the collector does not follow.
        case weak
    }
    public let kind: Int
    public let slots: Int
    public let layout: Layout
    public let name: StaticString
    /// Bit i is set when slot i holds an address of the language's own in place of a value: two runs of a
    /// program differ there.
    public let nativeSlots: UInt64
    /// Objects of this shape, and what they refer to, live for ever once a collection has found them alive.
    /// Their slots are written only at birth.
    public let isPermanent: Bool

    @inlinable @inline(__always)
    public init(
        kind: Int, name: StaticString, slots: Int = 0, layout: Layout = .values,
        nativeSlots: UInt64 = 0, isPermanent: Bool = false
    ) {
        self.nativeSlots = nativeSlots
        self.isPermanent = isPermanent
        self.kind = kind
        self.name = name
        self.slots = slots
        self.layout = layout
    }

    @inlinable @inline(__always) public static var firstLanguageKind: Int { 16 }
    /// Kinds fit into the low bits of a header.
    @inlinable @inline(__always) public static var kindCount: Int { 1 << Int(Header.kindBits) }

    @inlinable @inline(__always) public static var boxedDouble: Shape {
        Shape(kind: 1, name: "float", slots: 1, layout: .bytes)
    }
    @inlinable @inline(__always) public static var array: Shape {
        Shape(kind: 7, name: "array", layout: .array)
    }
    @inlinable @inline(__always) public static var weak: Shape {
        Shape(kind: 8, name: "weak reference", slots: 1, layout: .weak)
    }
    @inlinable @inline(__always) public static var bytes: Shape {
        Shape(kind: 9, name: "bytes", layout: .bytes)
    }
    @inlinable @inline(__always) public static var tuple: Shape {
        Shape(kind: 10, name: "tuple", layout: .tuple)
    }
    /// An array that never holds a reference: the collector does not look at it.
    @inlinable @inline(__always) public static var numbers: Shape {
        Shape(kind: 11, name: "array of numbers", layout: .numbers)
    }
    /// See `Quantum.newTable`.
    @inlinable @inline(__always) public static var table: Shape {
        Shape(kind: 13, name: "table", slots: 2)
    }
    @inlinable @inline(__always) public static var tableEntry: Shape {
        Shape(kind: 14, name: "table entry", slots: 4)
    }
    /// See `Quantum.newCounter`.
    @inlinable @inline(__always) public static var counter: Shape {
        Shape(kind: 15, name: "counter", layout: .array)
    }
    /// The card of `1 << log2` values, `log2` in 2...6.
    @inlinable @inline(__always) static func card(log2: Int) -> Shape {
        Shape(kind: log2, name: "array card", slots: 1 &<< log2, layout: .card)
    }
    /// The card of an ``OwnArray`` for up to three values.
    @inlinable @inline(__always) static var cardOfThree: Shape {
        Shape(kind: 12, name: "array card", slots: 3, layout: .card)
    }
    static var framework: [Shape] {
        [
            .boxedDouble, .array, .weak, .bytes, .tuple, .numbers, .cardOfThree, .table,
            .tableEntry, .counter,
        ] + (2...6).map { card(log2: $0) }
    }
}

/// What a slot can hold through a typed ``Field``.
public protocol SlotContent {
    init(slot: Value)
    var slot: Value { get }
}
extension Value: SlotContent {
    @inlinable @inline(__always) public init(slot: Value) { self = slot }
    @inlinable @inline(__always) public var slot: Value { self }
}
extension Int: SlotContent {
    @inlinable @inline(__always) public init(slot: Value) { self = slot.int }
    @inlinable @inline(__always) public var slot: Value { Value(self) }
}
extension Reference: SlotContent {
    @inlinable @inline(__always) public init(slot: Value) { self = slot.reference }
    @inlinable @inline(__always) public var slot: Value { Value(self) }
}

/// A mutable slot, declared once; reads and writes go through `quantum[object, field]`.
@frozen public struct Field<Content: SlotContent>: Sendable {
    public let index: Int
    @inlinable @inline(__always) public init(_ index: Int) { self.index = index }
}

/// A slot written once, when the object is made. Reading it costs one load and can never conflict.
@frozen public struct ImmutableField<Content: SlotContent>: Sendable {
    public let index: Int
    @inlinable @inline(__always) public init(_ index: Int) { self.index = index }
}

/// A word that is no part of what an object means to the guest: a hash once computed, a guess that saves work.
///
/// Reads and writes are one load and one store, in no quantum: a write is seen at once, stays when the quantum is
/// rolled back, and may be lost. So every value that anybody may ever write has to be right for whoever reads it.
/// It holds bits, not references, and its slot is among the ``Shape/nativeSlots`` of a shape with values.
@frozen public struct LossyField: Sendable {
    public let index: Int
    @inlinable @inline(__always) public init(_ index: Int) { self.index = index }
}
extension Reference {
    @inlinable @inline(__always) public subscript(field: LossyField) -> UInt64 {
        get { host_load_relaxed(address + (field.index &+ 1)) }
        nonmutating set { host_store_relaxed(address + (field.index &+ 1), newValue) }
    }
}

/// Shape facts that barriers and the collector look up by kind.
@frozen @usableFromInline struct ShapeInfo {
    @usableFromInline var slots: UInt32
    @usableFromInline var layout: Shape.Layout
    /// Values in the conflict unit that begins with its header; negative: as many as its first word says.
    @usableFromInline var unitSlots: Int32
    @usableFromInline var nativeSlots: UInt64
    @usableFromInline var isPermanent: Bool

    init(slots: UInt32, layout: Shape.Layout, nativeSlots: UInt64, isPermanent: Bool) {
        self.slots = slots
        self.layout = layout
        self.nativeSlots = nativeSlots
        self.isPermanent = isPermanent
        unitSlots =
            switch layout {
            case .values, .card, .ownArray: Int32(slots)
            case .tuple: -1
            case .bytes, .sharedBytes, .array, .numbers, .weak: 0
            }
    }
}
