import CHost
import ManagedHeap

/// What a transaction that cannot move on sees instead of newer states: copies of old versions found in
/// the commit log, and of those the ones that it writes to while doomed.
///
/// O1  An address maps to its first version after the snapshot in the log (the older content), or to
///     a private copy made from that.
/// O2  What the table holds needs no record any more: others may reuse those of all entries up to `indexedTo`.
struct OldVersions {
    private var table: [UInt64: UnsafeMutablePointer<UInt64>] = [:]
    private var copies: [(base: UnsafeMutablePointer<UInt64>, slots: Int)] = []
    /// Addresses that map to private copies.
    private var written: Set<UInt64> = []
    /// How far into the log the table reaches.
    private var indexedTo: Entry?

    var isEmpty: Bool { indexedTo == nil && table.isEmpty && copies.isEmpty }

    /// Words like those of the unit, word 1 the first slot.
    func find(_ unit: Unit) -> UnsafeMutablePointer<UInt64>? {
        table.isEmpty ? nil : table[UInt64(UInt(bitPattern: unit))]
    }

    /// Reads on in the log from `start` (the newest entry of the snapshot) to its end, and returns that. Of a unit only
    /// the first record after the snapshot holds what the snapshot may read; the others cost a comparison.
    mutating func index(from start: Entry, snapshot: UInt64) -> Entry {
        var entry = indexedTo ?? start
        let snapshot = TransactionHeader.snapshotWord(snapshot)
        while let next = entry.successor() {
            entry = next
            entry.forEachRecord { record in
                if record.oldHeader <= snapshot, find(record.unit) == nil {
                    add(record.unit, slots: record.slotCount) { record.words[$0] }
                }
            }
        }
        indexedTo = entry
        return entry
    }

    func privateCopy(_ unit: Unit) -> UnsafeMutablePointer<UInt64>? {
        written.contains(UInt64(UInt(bitPattern: unit))) ? find(unit) : nil
    }
    mutating func addPrivateCopy(of unit: Unit, slots: Int, from read: (Int) -> UInt64)
        -> UnsafeMutablePointer<UInt64>
    {
        written.insert(UInt64(UInt(bitPattern: unit)))
        return add(unit, slots: slots, from: read)
    }
    @discardableResult
    private mutating func add(_ unit: Unit, slots: Int, from read: (Int) -> UInt64)
        -> UnsafeMutablePointer<UInt64>
    {
        let copy = UnsafeMutablePointer<UInt64>.allocate(capacity: slots + 1)
        copy[0] = 0
        for i in 0..<slots { copy[i + 1] = read(i + 1) }
        table[UInt64(UInt(bitPattern: unit))] = copy
        copies.append((copy, slots))
        return copy
    }

    mutating func clear() {
        for copy in copies { copy.base.deallocate() }
        self = OldVersions()
    }

    func visitRoots(_ tracer: inout Tracer) {
        for (base, slots) in copies { tracer.values(from: base + 1, to: base + 1 + slots) }
        // An address must not become another object's.
        for address in table.keys { tracer.word(UInt(address)) }
    }
}
