import CHost
import ManagedHeap

/// What a transaction that cannot move on sees instead of newer states: old versions found in the
/// commit log, and private copies of what it writes while doomed.
///
/// O1  An address maps to its first version after the snapshot in the log (the older content), or to
///     a private copy made from that.
struct OldVersions {
    private var table: [UInt64: UnsafeMutablePointer<UInt64>] = [:]
    private var copies: [(base: UnsafeMutablePointer<UInt64>, slots: Int)] = []
    private var copied: Set<UInt64> = []
    /// How far into the log the table reaches.
    private var indexedTo: Entry?

    var isEmpty: Bool { indexedTo == nil && table.isEmpty && copies.isEmpty }

    /// Words like those of the unit, word 1 the first slot.
    func find(_ unit: Unit) -> UnsafeMutablePointer<UInt64>? {
        table.isEmpty ? nil : table[UInt64(UInt(bitPattern: unit))]
    }

    /// Reads on in the log from `start` (the newest entry of the snapshot) to its end.
    mutating func index(from start: Entry) {
        var entry = indexedTo ?? start
        while let next = entry.successor() {
            entry = next
            entry.forEachRecord { record in
                let key = UInt64(UInt(bitPattern: record.unit))
                if table[key] == nil { table[key] = record.words }
            }
        }
        indexedTo = entry
    }

    func privateCopy(_ unit: Unit) -> UnsafeMutablePointer<UInt64>? {
        copied.contains(UInt64(UInt(bitPattern: unit))) ? find(unit) : nil
    }
    mutating func addCopy(of unit: Unit, slots: Int, from read: (Int) -> UInt64)
        -> UnsafeMutablePointer<UInt64>
    {
        let copy = UnsafeMutablePointer<UInt64>.allocate(capacity: slots + 1)
        copy[0] = 0
        for i in 0..<slots { copy[i + 1] = read(i + 1) }
        let key = UInt64(UInt(bitPattern: unit))
        table[key] = copy
        copied.insert(key)
        copies.append((copy, slots))
        return copy
    }

    mutating func clear() {
        for copy in copies { copy.base.deallocate() }
        self = OldVersions()
    }

    func visitRoots(_ tracer: inout Tracer) {
        for (base, slots) in copies { tracer.values(from: base + 1, to: base + 1 + slots) }
        for address in copied { tracer.word(UInt(address)) }
    }
}
