import InterpreterKit

/// The table of a `set` or `frozenset`.
///
/// E1  `table` is an array of pairs: key, hash. Place n is in slots 2n and 2n + 1; the number of places
///     is a power of two, 8 at least. The first table of 8 places is part of the set; when it is not in
///     use, all its slots are unbound.
/// E2  An unused place has an unbound hash. One whose key was removed has an unbound key and the hash
///     -1, which nothing else has.
/// E3  A key is looked for at its hash, in the 9 places after that, then at places that a
///     pseudo-random sequence of the hash gives. `filled` places are not unused; `count` hold a key.
///     A new key takes the last place on its way from which a key was removed, else the unused one.
/// E4  Iteration goes by place. Which order that is, for keys with known hashes, is what programs
///     expect who print sets of small integers; so probing, growth and copying are the traditional ones.
@usableFromInline enum SetTable {
    @inlinable static var count: Field<Int> { Field(0) }
    @inlinable static var filled: Field<Int> { Field(1) }
    /// Of a set: where `pop` goes on looking. Of a frozenset: its hash, or None while unknown.
    @inlinable static var extra: Field<Value> { Field(2) }
    @inlinable static var table: Field<Reference> { Field(3) }
    /// The table that is part of a set.
    @inlinable @inline(__always) static func own(of set: Reference) -> Reference {
        OwnArray.array(in: set, Kind.set.slots)
    }

    /// The hash of a place whose key was removed.
    @inlinable @inline(__always) static var removed: Value { Value(-1) }
    @inlinable @inline(__always) static var linearProbes: Int { 9 }
    /// Slots of the first table.
    @inlinable @inline(__always) static var least: Int { 16 }
    /// Does a table of this capacity, with so many places filled, need to grow?
    @inlinable @inline(__always) static func isFull(_ filled: Int, _ capacity: Int) -> Bool {
        filled &* 5 >= (capacity &>> 1 &- 1) &* 3
    }
    /// A hash as a place remembers it.
    @inlinable @inline(__always) static func hash(_ hash: Int) -> Value {
        let value = Value(hash)
        return value == removed ? Value(-2) : value
    }
}

extension VM {
    func newSet() -> Reference { newSet(Kind.set) }
    func newSet(_ shape: Shape) -> Reference {
        q.new(
            shape, Value(0), Value(0), .none, capacity: SetTable.least, filling: .unbound)
    }
    @inline(__always) private func mask(_ set: Reference) -> Int { places(set) &- 1 }
    /// Places to look at when iterating.
    @inline(__always) func places(_ set: Reference) -> Int {
        q.capacity(ofArray: self[set, SetTable.table]) &>> 1
    }
    /// The key in place `i`, or unbound.
    @inline(__always) func key(_ set: Reference, _ i: Int) -> Value {
        self[self[set, SetTable.table], 2 &* i]
    }
    @inline(__always) func keyHash(_ set: Reference, _ i: Int) -> Int {
        self[self[set, SetTable.table], 2 &* i &+ 1].int
    }

    /// The place of a key, or -1. May run guest code: comparisons.
    func place(_ set: Reference, _ key: Value, hash: Int) throws(Unwind) -> Int {
        var free = 0
        return try place(set, key, hash: hash, &free)
    }
    /// The same; when there is none, `free` is the place where the key belongs.
    @inline(__always)
    private func place(
        _ set: Reference, _ key: Value, hash: Int, _ free: inout Int
    ) throws(Unwind) -> Int {
        let wanted = SetTable.hash(hash)
        restart: while true {
            free = -1
            let table = self[set, SetTable.table]
            let mask = q.capacity(ofArray: table) &>> 1 &- 1
            var perturb = UInt(bitPattern: wanted.int)
            var i = wanted.int & mask
            while true {
                let first = i
                let last = i &+ SetTable.linearProbes <= mask ? i &+ SetTable.linearProbes : i
                while i <= last {
                    let known = self[table, 2 &* i &+ 1]
                    if known == wanted {
                        let candidate = self[table, 2 &* i]
                        if candidate == key { return i }
                        if candidate != .unbound {
                            let isSame = try same(candidate, key)
                            // The comparison may have changed the set.
                            if self[set, SetTable.table] != table
                                || self[table, 2 &* i] != candidate
                            {
                                continue restart
                            }
                            if isSame { return i }
                        }
                    } else if known == .unbound {
                        if free < 0 { free = i }
                        return -1
                    } else if known == SetTable.removed {
                        free = i
                    }
                    i &+= 1
                }
                perturb &>>= 5
                i = Int(bitPattern: UInt(bitPattern: first &* 5 &+ 1) &+ perturb) & mask
            }
        }
    }

    /// Adds an element.
    func add(_ set: Reference, _ key: Value) throws(Unwind) {
        switch Python.add(q, set, key) {
        case .done: break
        case .full: try grow(set: set)
        case .unknown: try add(set, key, hash: try hash(key))
        }
    }
    func add(_ set: Reference, _ key: Value, hash: Int) throws(Unwind) {
        var free = 0
        if try place(set, key, hash: hash, &free) >= 0 { return }
        let table = self[set, SetTable.table]
        let isUnused = self[table, 2 &* free &+ 1] == .unbound
        self[table, 2 &* free] = key
        self[table, 2 &* free &+ 1] = SetTable.hash(hash)
        let count = self[set, SetTable.count] &+ 1
        self[set, SetTable.count] = count
        if !isUnused { return }
        let filled = self[set, SetTable.filled] &+ 1
        self[set, SetTable.filled] = filled
        if SetTable.isFull(filled, q.capacity(ofArray: table)) { try grow(set: set) }
    }
    /// A larger table for a set that is full.
    func grow(set: Reference) throws(Unwind) {
        if !Python.grow(q, set) { throw outOfMemory() }
    }
    /// A table for more than `wanted` keys, without the removed ones.
    private func resize(_ set: Reference, _ wanted: Int) throws(Unwind) {
        if !Python.resize(q, set, wanted) { throw outOfMemory() }
    }

    func contains(set: Reference, _ key: Value) throws(Unwind) -> Bool {
        try place(set, key, hash: try hash(key)) >= 0
    }
    /// Takes the key out of place `i`.
    func remove(set: Reference, place i: Int) {
        let table = self[set, SetTable.table]
        self[table, 2 &* i] = .unbound
        self[table, 2 &* i &+ 1] = SetTable.removed
        self[set, SetTable.count] = self[set, SetTable.count] &- 1
    }
    /// True if the key was there.
    func discard(_ set: Reference, _ key: Value, hash: Int) throws(Unwind) -> Bool {
        let i = try place(set, key, hash: hash)
        if i < 0 { return false }
        remove(set: set, place: i)
        return true
    }
    func clear(set: Reference) {
        let own = SetTable.own(of: set)
        if self[set, SetTable.table] == own {
            for i in 0..<SetTable.least { self[own, i] = .unbound }
        } else {
            self[set, SetTable.table] = own
        }
        self[set, SetTable.count] = 0
        self[set, SetTable.filled] = 0
        if set.kind == Kind.set.kind { self[set, SetTable.extra] = .none }
    }
    /// Takes out any key; unbound when there is none.
    func pop(set: Reference) -> Value {
        if self[set, SetTable.count] == 0 { return .unbound }
        let mask = mask(set)
        let finger = self[set, SetTable.extra]
        var i = (finger.isInt ? finger.int : 0) & mask
        while key(set, i) == .unbound { i = i == mask ? 0 : i &+ 1 }
        let result = key(set, i)
        remove(set: set, place: i)
        self[set, SetTable.extra] = Value(i &+ 1)
        return result
    }

    /// Adds the elements of any iterable.
    func update(set: Reference, _ iterable: Value) throws(Unwind) {
        if let other = asSet(iterable) { return try merge(set, other) }
        if iterable.isDict {
            let dict = iterable.reference
            let more = count(ofDict: dict)
            if (self[set, SetTable.filled] &+ more) &* 5 >= mask(set) &* 3 {
                try resize(set, (self[set, SetTable.count] &+ more) &* 2)
            }
            for i in 0..<fill(dict) {
                if i < fill(dict), let (key, _) = entry(dict, i) { try add(set, key) }
            }
            return
        }
        if iterable.isList {
            let list = iterable.reference
            var i = 0
            while i < self[list, List.count] {
                try add(set, item(ofList: list, i))
                i &+= 1
            }
            return
        }
        try iterate(iterable) { (item) throws(Unwind) in
            try add(set, item)
            return true
        }
    }
    func merge(_ set: Reference, _ other: Reference) throws(Unwind) {
        if set == other || self[other, SetTable.count] == 0 { return }
        let (filled, more) = (self[set, SetTable.filled], self[other, SetTable.count])
        if (filled &+ more) &* 5 >= mask(set) &* 3 {
            try resize(set, (self[set, SetTable.count] &+ more) &* 2)
        }
        if filled == 0 {
            let (to, from) = (self[set, SetTable.table], self[other, SetTable.table])
            let isCopy =
                q.capacity(ofArray: to) == q.capacity(ofArray: from)
                && self[other, SetTable.filled] == more
            for i in 0..<(q.capacity(ofArray: from) &>> 1) {
                let key = self[from, 2 &* i]
                if key == .unbound { continue }
                let hash = self[from, 2 &* i &+ 1]
                if isCopy {
                    self[to, 2 &* i] = key
                    self[to, 2 &* i &+ 1] = hash
                } else {
                    Python.insert(q, to, key, hash)
                }
            }
            self[set, SetTable.filled] = more
            self[set, SetTable.count] = more
            return
        }
        var i = 0
        while i < places(other) {
            let key = key(other, i)
            if key != .unbound { try add(set, key, hash: keyHash(other, i)) }
            i &+= 1
        }
    }
    /// Makes removed places unused when they are many.
    func tidy(_ set: Reference) throws(Unwind) {
        let count = self[set, SetTable.count]
        if self[set, SetTable.filled] &- count > mask(set) / 4 { try grow(set: set) }
    }

    /// The set or frozenset itself, or the content of an instance of a subclass; nil for the rest.
    @inline(__always) func asSet(_ value: Value) -> Reference? {
        if value.isA(Kind.set) || value.isA(Kind.frozenSet) { return value.reference }
        guard value.isInstance else { return nil }
        let content = payload(value, .set) ?? payload(value, .frozenSet) ?? .none
        return content.isReference ? content.reference : nil
    }

    // MARK: iteration

    func newSetIterator(_ set: Reference) -> Value {
        newIterator(.setIterator, Value(set), extra: Value(self[set, SetTable.count]))
    }
    func nextElement(_ iterator: Reference) throws(Unwind) -> Value {
        let source = self[iterator, Iterator.source]
        if source == .none { return .unbound }
        let set = source.reference
        if self[set, SetTable.count] != self[iterator, Iterator.extra].int {
            // Stays so.
            self[iterator, Iterator.extra] = Value(-1)
            throw raise(.runtimeError, "Set changed size during iteration")
        }
        var i = self[iterator, Iterator.position]
        let end = places(set)
        while i < end {
            let key = key(set, i)
            i &+= 1
            if key != .unbound {
                self[iterator, Iterator.position] = i
                return key
            }
        }
        self[iterator, Iterator.source] = .none
        return .unbound
    }
    func remainingElements(_ iterator: Reference) -> Int {
        let source = self[iterator, Iterator.source]
        if source == .none { return 0 }
        let set = source.reference
        if self[set, SetTable.count] != self[iterator, Iterator.extra].int { return 0 }
        var n = 0
        for i in self[
            iterator, Iterator.position]..<max(self[iterator, Iterator.position], places(set))
        where key(set, i) != .unbound { n &+= 1 }
        return n
    }

    // MARK: hash

    /// The hash of a frozenset, independent of the order.
    func hash(ofSet set: Reference) -> Int {
        let known = self[set, SetTable.extra]
        if set.kind == Kind.frozenSet.kind && known.isInt { return known.int }
        func shuffle(_ h: UInt64) -> UInt64 { ((h ^ 89_869_747) ^ (h &<< 16)) &* 3_644_798_167 }
        var hash: UInt64 = 0
        for i in 0..<places(set) where key(set, i) != .unbound {
            hash ^= shuffle(UInt64(bitPattern: Int64(keyHash(set, i))))
        }
        let count = UInt64(self[set, SetTable.count])
        hash ^= (count &+ 1) &* 1_927_868_237
        hash ^= (hash &>> 11) ^ (hash &>> 25)
        hash = hash &* 69069 &+ 907_133_923
        let result = hash == .max ? 590_923_713 : Int(Int64(bitPattern: hash))
        if set.kind == Kind.frozenSet.kind, let value = Value(exactly: result) {
            self[set, SetTable.extra] = value
        }
        return result
    }
}
