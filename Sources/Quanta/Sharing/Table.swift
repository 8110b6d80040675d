import CHost
import ManagedHeap

/// A hash table in which two quanta conflict where they mean the same key.
///
/// A trie: nodes are arrays of 16 slots, one conflict unit each, chosen by four bits of the mixed hash; a slot
/// holds nothing, an entry or the next node. An entry is a unit of its own, so that writing the value of a key
/// disturbs only readers of that key. A new key, and a removed one, writes the node it is in, which some ten keys
/// share; nodes that are full of nodes are never written again. The count is a counter: see `newCounter`.
///
/// What makes two keys equal is the language's business: it gives the hash, and compares the keys of that hash.
/// Source: hash array mapped tries (Bagwell, "Ideal Hash Trees", 2001), with slots in place of bitmaps because
/// nodes are written in place.
///
/// ```swift
/// let table = q.newTable()
/// q.insert(key, Value(1), hash: 7, into: table)
/// var entry = q.firstEntry(of: table, hash: 7)
/// while let e = entry, q[e, TableEntry.key] != key { entry = q.entry(after: e) }
/// ```
/// K1  Entries of one hash are a chain in one slot, the newest first; two hashes never share a chain. Mixing is
///     one to one, so that two hashes differ in the bits of some level.
/// K2  A node, once in a slot, stays there until the table is cleared.
@usableFromInline enum Table {
    @inlinable static var root: ImmutableField<Reference> { ImmutableField(0) }
    @inlinable static var count: ImmutableField<Reference> { ImmutableField(1) }

    @inlinable static var slots: Int { 16 }
    /// The part of a hash that counts: it fits into an inline integer.
    @inlinable static func kept(_ hash: Int) -> Int { hash & (1 &<< 61 &- 1) }
    /// Which slot of the node of a level, from the root at 0, leads to a hash.
    @inlinable static func slot(_ hash: Int, _ level: Int) -> Int {
        Int(truncatingIfNeeded: mixed(hash) &>> UInt64(4 &* level)) & (slots - 1)
    }
    /// The last step of MurmurHash3 (Appleby): each bit of the result depends on all of the hash.
    @inlinable static func mixed(_ hash: Int) -> UInt64 {
        var bits = UInt64(bitPattern: Int64(hash))
        bits = (bits ^ (bits &>> 33)) &* 0xFF51_AFD7_ED55_8CCD
        bits = (bits ^ (bits &>> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return bits ^ (bits &>> 33)
    }
}

/// A key and its value in a table.
public enum TableEntry {
    @inlinable public static var key: ImmutableField<Value> { ImmutableField(0) }
    @inlinable static var hash: ImmutableField<Int> { ImmutableField(1) }
    @inlinable public static var value: Field<Value> { Field(2) }
    /// Another entry of the same hash, or None.
    @inlinable static var next: Field<Value> { Field(3) }
}

extension Quantum {
    /// A new table without keys: some 300 bytes, and 50 for each key beside the nodes.
    @inlinable public func newTable() -> Reference {
        new(.table, Value(newNode()), Value(newCounter()))
    }
    @inlinable func newNode() -> Reference {
        newArray(capacity: Table.slots).unsafelyUnwrapped
    }

    /// The newest entry whose key has this hash, as far as its low 61 bits say. Cost: a read per level, of which
    /// there are about log16 of the count.
    @inlinable public func firstEntry(of table: Reference, hash: Int) -> Reference? {
        let hash = Table.kept(hash)
        let place = place(of: hash, in: table)
        let found = self[place.node, place.slot]
        guard found.isReference, self[found.reference, TableEntry.hash] == hash else { return nil }
        return found.reference
    }
    /// The next older entry of the same hash.
    @inlinable public func entry(after entry: Reference) -> Reference? {
        let next = self[entry, TableEntry.next]
        return next.isReference ? next.reference : nil
    }

    /// A new entry, for a key that has none.
    @inlinable @discardableResult
    public func insert(
        _ key: Value, _ value: Value, hash: Int, into table: Reference
    ) -> Reference {
        let hash = Table.kept(hash)
        var (node, slot, level) = place(of: hash, in: table)
        let found = self[node, slot]
        var next = Value.none
        if found.isReference {
            let other = self[found.reference, TableEntry.hash]
            if other == hash {
                next = found
            } else {
                // Nodes down to the level where the two part.
                while slot == Table.slot(other, level) {
                    let inner = newNode()
                    self[node, slot] = Value(inner)
                    level += 1
                    (node, slot) = (inner, Table.slot(hash, level))
                }
                self[node, Table.slot(other, level)] = found
            }
        }
        let entry = new(.tableEntry, key, Value(hash), value, next)
        self[node, slot] = Value(entry)
        _ = add(1, to: self[table, Table.count])
        return entry
    }

    /// Takes out an entry that is in the table.
    @inlinable public func remove(_ entry: Reference, from table: Reference) {
        let place = place(of: self[entry, TableEntry.hash], in: table)
        let next = self[entry, TableEntry.next]
        let first = self[place.node, place.slot]
        if first == Value(entry) {
            self[place.node, place.slot] = next
        } else {
            var before = first.reference
            while self[before, TableEntry.next] != Value(entry) {
                before = self[before, TableEntry.next].reference
            }
            self[before, TableEntry.next] = next
        }
        _ = add(-1, to: self[table, Table.count])
    }
    @inlinable public func removeAll(from table: Reference) {
        _ = add(-count(of: table), to: self[table, Table.count])
        for i in 0..<Table.slots { self[self[table, Table.root], i] = .none }
    }

    /// How many keys there are. Conflicts with every new and every removed key.
    @inlinable public func count(of table: Reference) -> Int {
        sum(of: self[table, Table.count]).unsafelyUnwrapped
    }

    /// Every entry, in an order that only the hashes and the history decide. `body` must not change the table;
    /// setting values is no such change.
    @inlinable public func forEachEntry<E: Error>(
        of table: Reference, _ body: (Reference) throws(E) -> Void
    ) throws(E) {
        try forEachEntry(under: self[table, Table.root], body)
    }
    @inlinable func forEachEntry<E: Error>(
        under node: Reference, _ body: (Reference) throws(E) -> Void
    ) throws(E) {
        for i in 0..<Table.slots {
            let found = self[node, i]
            guard found.isReference else { continue }
            if found.reference.kind == Shape.array.kind {
                try forEachEntry(under: found.reference, body)
                continue
            }
            var entry: Reference? = found.reference
            while let e = entry {
                try body(e)
                entry = self.entry(after: e)
            }
        }
    }

    /// The lowest node on the way to a hash, and the slot in it.
    @inlinable func place(
        of hash: Int, in table: Reference
    ) -> (node: Reference, slot: Int, level: Int) {
        var (node, level) = (self[table, Table.root], 0)
        while true {
            let slot = Table.slot(hash, level)
            let found = self[node, slot]
            guard found.isReference, found.reference.kind == Shape.array.kind else {
                return (node, slot, level)
            }
            (node, level) = (found.reference, level + 1)
        }
    }
}
