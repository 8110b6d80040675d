/// Where the slots of an array are.
///
/// An array is `header, capacity, card...`; a card is a header of its own and up to 64 values.
/// A backend versions cards, not arrays: two quanta that touch different cards of one array do not
/// conflict, and a write saves 64 old values however long the array is. Arrays of up to 64 values
/// have one card of the next power of two.
@frozen public struct ArrayLayout {
    public let cards: Int
    public let slotsPerCard: Int

    @inlinable @inline(__always) public init(capacity: Int) {
        if capacity <= 64 {
            cards = 1
            slotsPerCard = 1 &<< ArrayLayout.log2(capacity)
        } else {
            cards = (capacity &+ 63) &>> 6
            slotsPerCard = 64
        }
    }
    @inlinable public static func log2(_ capacity: Int) -> Int {
        capacity <= 4 ? 2 : Int.bitWidth &- (capacity &- 1).leadingZeroBitCount
    }
    /// Words of the whole array, its header included.
    @inlinable public var words: Int { 2 &+ cards &* (slotsPerCard &+ 1) }
    /// Shape bits of a card's header.
    @inlinable public var cardKind: Int { ArrayLayout.log2(slotsPerCard) }
    /// Capacity as rounded up to whole cards.
    @inlinable public var capacity: Int { cards &* slotsPerCard }

    @inlinable @inline(__always) public func wordOfCard(_ card: Int) -> Int {
        2 &+ card &* (slotsPerCard &+ 1)
    }
    /// Word of the header of the card that holds slot `i`: the same for every capacity.
    @inlinable @inline(__always) public static func cardWord(ofSlot i: Int) -> Int {
        2 &+ (i &>> 6) &* 65
    }
}

/// An array that lies in the object it belongs to, right behind the values of the object.
///
/// From the last of the object's values on, its words read as an array: where an array has its header is
/// that value, the capacity and one card follow. The value refers to this array or to another one, or
/// to none. No other object may refer to it: for the collector it is no object, it lives as long as the
/// one that it is in, and so does what its slots hold.
@frozen public enum OwnArray {
    /// A larger array is an object of its own.
    @inlinable public static var mostSlots: Int { 32 }
    /// Slots of an array with room for `capacity` values: three, with which an object of two values fills a
    /// cache line, or a power of two.
    @inlinable @inline(__always) public static func slots(capacity: Int) -> Int {
        if capacity <= 3 { return capacity == 0 ? 0 : 3 }
        return 1 &<< ArrayLayout.log2(capacity)
    }
    /// Shape bits of the header of its card.
    @inlinable @inline(__always) public static func cardKind(slots: Int) -> Int {
        slots == 3 ? Shape.cardOfThree.kind : ArrayLayout.log2(slots)
    }

    /// The array in an object of a shape with so many values.
    @inlinable @inline(__always) public static func array(in object: Reference, _ slots: Int)
        -> Reference
    {
        Reference(object.address + slots)
    }
    /// Words of an object with so many values, and with so many slots in its array.
    @inlinable @inline(__always) public static func words(_ slots: Int, capacity: Int) -> Int {
        capacity == 0 ? slots &+ 2 : slots &+ 3 &+ capacity
    }
    /// The word of the object where the slots of its array begin.
    @inlinable @inline(__always) public static func firstWord(_ slots: Int) -> Int { slots &+ 3 }
}
