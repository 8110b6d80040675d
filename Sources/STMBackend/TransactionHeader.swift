import CHost
import ManagedHeap

/// Header words as transactions use them.
///
/// ```
/// unlocked   0 [ stamp:42 ] [ incarnation:9 ] [ shape:12 ]
/// locked     1 0 [ thread:8 ] [ record address / 32 : 42 ] [ shape:12 ]
/// owned      1 1 [ era:30 ] [ transaction:20 ] [ shape:12 ]
/// ```
/// The incarnation is counted up by every rollback and reset by every commit. Whether a snapshot may read an
/// object in place is one unsigned comparison: other words are larger than any snapshot word. Whether a unit is the
/// thread's own is a comparison of one half. For owned units see ``Ownership``.
///
/// S3  A header word never repeats for different contents: stamps are unique per commit,
///     incarnations per rollback.
enum TransactionHeader {
    @inline(__always) static var stampShift: UInt64 { 21 }
    @inline(__always) static var belowStamp: UInt64 { (1 << stampShift) - 1 }
    @inline(__always) static var incarnationShift: UInt64 { Header.kindBits }
    @inline(__always) static var incarnationMask: UInt64 { 0x1FF << incarnationShift }
    @inline(__always) static var lastIncarnation: UInt64 { 511 }
    @inline(__always) static var lockBit: UInt64 { 1 << 63 }
    @inline(__always) static var ownedBit: UInt64 { 1 << 62 }
    @inline(__always) static var lastEra: UInt64 { (1 << 30) - 1 }
    @inline(__always) static var lastTransaction: UInt64 { (1 << 20) - 1 }

    /// The largest header word that snapshot `stamp` may read in place.
    @inline(__always) static func snapshotWord(_ stamp: UInt64) -> UInt64 {
        stamp &<< stampShift | belowStamp
    }
    @inline(__always) static func stamp(of header: UInt64) -> UInt64 { header &>> stampShift }
    @inline(__always) static func incarnation(of header: UInt64) -> UInt64 {
        (header & incarnationMask) &>> incarnationShift
    }
    @inline(__always) static func stamped(_ stamp: UInt64, kindOf header: UInt64) -> UInt64 {
        stamp &<< stampShift | header & Header.kindMask
    }
    /// Written, or born, in this transaction of this era.
    @inline(__always) static func owned(_ era: UInt64, _ transaction: UInt64) -> UInt64 {
        lockBit | ownedBit | era &<< 32 | transaction &<< Header.kindBits
    }
    @inline(__always) static func era(ofOwned header: UInt64) -> UInt64 {
        UInt64(quanta_tag(header)) & lastEra
    }
    @inline(__always) static func lockTag(thread: UInt64) -> UInt64 { 512 | thread }
    @inline(__always) static func owner(of locked: UInt64) -> UInt64 { (locked &>> 54) & 0xFF }
    @inline(__always) static func locked(_ record: Record, tag: UInt64, kindOf header: UInt64)
        -> UInt64
    {
        tag &<< 54 | (UInt64(UInt(bitPattern: record.base)) &>> 5) &<< Header.kindBits
            | header & Header.kindMask
    }
    @inline(__always) static func record(of locked: UInt64) -> Record {
        let address = UInt((locked &>> Header.kindBits) & ((1 << 42) - 1)) &<< 5
        return Record(base: UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped)
    }
    @inline(__always) static func isLocked(_ header: UInt64) -> Bool { header & lockBit != 0 }
    @inline(__always) static func isOwned(_ header: UInt64) -> Bool {
        header >= lockBit | ownedBit
    }
}

/// The words of a conflict unit, header first.
@usableFromInline typealias Unit = UnsafeMutablePointer<UInt64>

/// What a unit held before a transaction locked it: unit, header, entry, slot count, slots.
///
/// S2  A record never changes once the lock that leads to it is published.
struct Record {
    let base: UnsafeMutablePointer<UInt64>

    @inline(__always) var unit: Unit {
        Unit(bitPattern: UInt(base[0])).unsafelyUnwrapped
    }
    @inline(__always) var oldHeader: UInt64 { base[1] }
    @inline(__always) var entry: Entry {
        Entry(base: UnsafeMutablePointer(bitPattern: UInt(base[2])).unsafelyUnwrapped)
    }
    @inline(__always) var slotCount: Int { Int(truncatingIfNeeded: base[3]) }
    /// Like a unit: word 1 is the first slot.
    @inline(__always) var words: UnsafeMutablePointer<UInt64> { base + 3 }
    /// For tests: nobody may look at it any more.
    func spoil() {
        for i in 1...max(1, slotCount) { words[i] = 0xDEAD_DEAD_DEAD_D000 }
    }
    /// Words that a record of `slots` slots takes: records are 32-byte aligned.
    @inline(__always) static func size(_ slots: Int) -> Int { (slots &+ 7) & ~3 }
}

/// A transaction in the commit log: its status, its successor, its records.
struct Entry: Equatable {
    let base: UnsafeMutablePointer<UInt64>
    static let size = 8

    static var active: UInt64 { ~0 }
    /// In place of a successor: an inevitable transaction will be the next one.
    static var inevitable: UInt64 { 1 }

    /// `active`, or the stamp of the commit.
    @inline(__always) var status: UnsafeMutablePointer<UInt64> { base }
    /// 0, `inevitable`, or the next entry.
    @inline(__always) var next: UnsafeMutablePointer<UInt64> { base + 1 }
    /// Records follow the entry.
    @inline(__always) var firstRecord: UnsafeMutablePointer<UInt64> { base + Entry.size }
    /// Where they end; written when the transaction does.
    @inline(__always) var endRecord: UnsafeMutablePointer<UInt64> {
        get { UnsafeMutablePointer(bitPattern: UInt(base[3])).unsafelyUnwrapped }
        nonmutating set { base[3] = UInt64(UInt(bitPattern: newValue)) }
    }
    @inline(__always) var hasRecords: Bool { endRecord != firstRecord }
    /// The clock when its owner let go of it.
    @inline(__always) var retired: UInt64 {
        get { base[4] }
        nonmutating set { base[4] = newValue }
    }
    /// Number of the arena chunk that it starts in.
    @inline(__always) var chunk: Int {
        get { Int(base[5]) }
        nonmutating set { base[5] = UInt64(newValue) }
    }
    /// The stamp it will have or has; written before the commit point publishes the entry.
    @inline(__always) var stamp: UInt64 {
        get { base[6] }
        nonmutating set { base[6] = newValue }
    }
    @inline(__always) var word: UInt64 { UInt64(UInt(bitPattern: base)) }

    @inline(__always) init(base: UnsafeMutablePointer<UInt64>) { self.base = base }
    @inline(__always) init(word: UInt64) {
        base = UnsafeMutablePointer(bitPattern: UInt(word)).unsafelyUnwrapped
    }

    /// The successor, once there is one. Helps it: whoever walks past an entry has seen it committed
    /// (S4).
    @inline(__always) func successor() -> Entry? {
        let next = host_load_acquire(self.next)  // pairs with the commit point's release
        if next <= Entry.inevitable { return nil }
        let entry = Entry(word: next)
        if !Seam.omits(.helping), host_load_acquire(entry.status) == Entry.active {
            // Publishes the stamp to readers that find the unit still locked.
            host_store_release(entry.status, entry.stamp)
        }
        return entry
    }

    /// Every record, oldest first. 0 in place of a unit links to the next chunk of the arena.
    @inline(__always) func forEachRecord(_ body: (Record) -> Void) {
        var p = firstRecord
        let end = endRecord
        while p != end {
            if p[0] == 0 {
                p = UnsafeMutablePointer(bitPattern: UInt(p[1])).unsafelyUnwrapped
                continue
            }
            let record = Record(base: p)
            body(record)
            p += Record.size(record.slotCount)
        }
    }
}
