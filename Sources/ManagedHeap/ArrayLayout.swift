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
    @inlinable static func log2(_ capacity: Int) -> Int {
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
