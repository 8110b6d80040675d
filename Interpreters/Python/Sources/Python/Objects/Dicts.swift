import InterpreterKit

/// A dict: entries in the order of insertion, and an index over them.
///
/// D1  `entries` is an array of pairs: key, value. Entry n is in slots 2n and 2n + 1. A deleted entry
///     has an unbound key. `fill` entries have been appended, `count` of them are not deleted.
/// D2  `index` is an array of numbers, of a power of two slots, at most two thirds used: none for empty, else an
///     integer `hash fragment << 32 | entry`. Probing is linear. Deleted entries keep their index.
/// D3  In a module's namespace every value is a ``Kind/global`` that holds the real value, unbound for
///     a name that has none; `count` says nothing then.
/// D4  Iteration goes by entry number; a dict that grew is told by `count`.
/// D5  The value of a deleted entry is None or, if the entry is the first (the last), the number of
///     deleted entries at the beginning (the end), as far as anybody has counted them.
@usableFromInline enum Dict {
    @inlinable static var entries: Field<Value> { Field(0) }
    @inlinable static var index: Field<Value> { Field(1) }
    @inlinable static var count: Field<Int> { Field(2) }
    /// Entries appended, times two; the low bit says that D3 holds.
    @inlinable static var state: Field<Int> { Field(3) }

    /// 29 bits of a hash, as stored in the index. Neighbouring hashes stay together in eights, so that
    /// running integers touch few cache lines; all else is spread.
    @inlinable @inline(__always) static func fragment(_ hash: Int) -> Int {
        let spread = UInt(bitPattern: hash &>> 3) &* 0x9E37_79B9_7F4A_7C15
        return Int(bitPattern: spread &>> 38) &<< 3 | hash & 7
    }
    @inlinable @inline(__always) static func entry(_ slot: Value) -> Int { slot.int & 0xFFFF_FFFF }
    @inlinable @inline(__always) static func fragment(ofSlot slot: Value) -> Int {
        slot.int &>> 32
    }
}

extension VM {
    func newDict() -> Reference { q.new(Kind.dict, .none, .none, Value(0), Value(0)) }
    /// A namespace of a module (D3).
    func newNamespace() -> Reference { q.new(Kind.dict, .none, .none, Value(0), Value(1)) }

    @inlinable @inline(__always) func isNamespace(_ dict: Reference) -> Bool {
        self[dict, Dict.state] & 1 != 0
    }
    /// Entries to look at when iterating.
    @inlinable @inline(__always) func fill(_ dict: Reference) -> Int {
        self[dict, Dict.state] &>> 1
    }
    /// Number of keys that have a value.
    func count(ofDict dict: Reference) -> Int {
        if !isNamespace(dict) { return self[dict, Dict.count] }
        var n = 0
        for i in 0..<fill(dict) where entry(dict, i) != nil { n += 1 }
        return n
    }
    /// Key and value of entry `i`; nil when it is deleted or has no value.
    @inlinable func entry(_ dict: Reference, _ i: Int) -> (key: Value, value: Value)? {
        let entries = self[dict, Dict.entries].reference
        let key = self[entries, 2 &* i]
        if key == .unbound { return nil }
        var value = self[entries, 2 &* i &+ 1]
        if isNamespace(dict) {
            value = self[value.reference, Field<Value>(0)]
            if value == .unbound { return nil }
        }
        return (key, value)
    }

    /// Number of the entry of a key, or -1. May run guest code: hashes and comparisons.
    func find(_ dict: Reference, _ key: Value, hash: Int) throws(Unwind) -> Int {
        restart: while true {
            let table = self[dict, Dict.index]
            if table == .none { return -1 }
            let index = table.reference
            let mask = q.capacity(ofArray: index) &- 1
            let fragment = Dict.fragment(hash)
            var i = fragment & mask
            while true {
                let slot = self[index, i]
                if slot == .none { return -1 }
                if Dict.fragment(ofSlot: slot) == fragment {
                    let entries = self[dict, Dict.entries].reference
                    let n = Dict.entry(slot)
                    let known = self[entries, 2 &* n]
                    if known == key { return n }
                    if known != .unbound {
                        let same = try equalKeys(known, key)
                        // The comparison may have changed the dict.
                        if self[dict, Dict.index] != table
                            || self[dict, Dict.entries] != Value(entries)
                        {
                            continue restart
                        }
                        if same && self[entries, 2 &* n] == known { return n }
                    }
                }
                i = (i &+ 1) & mask
            }
        }
    }
    /// The same for a name: no guest code runs, and a key that is no string is another one.
    func find(_ dict: Reference, string key: Value, hash: Int) -> Int {
        let table = self[dict, Dict.index]
        if table == .none { return -1 }
        let index = table.reference
        let mask = q.capacity(ofArray: index) &- 1
        let fragment = Dict.fragment(hash)
        var i = fragment & mask
        while true {
            let slot = self[index, i]
            if slot == .none { return -1 }
            if Dict.fragment(ofSlot: slot) == fragment {
                let n = Dict.entry(slot)
                let known = self[self[dict, Dict.entries].reference, 2 &* n]
                if known == key { return n }
                if known.isString {
                    if StringView.equal(StringView(known), StringView(key)) { return n }
                } else if known.isInstance, let text = asString(known),
                    StringView.equal(StringView(text), StringView(key))
                {
                    return n
                }
            }
            i = (i &+ 1) & mask
        }
    }
    /// Equality as keys of dicts and elements of sets see it.
    @inline(__always) func equalKeys(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
        if a == b { return true }
        if Value.bothInt(a, b) { return false }
        if a.isString && b.isString { return StringView.equal(StringView(a), StringView(b)) }
        return try equal(a, b)
    }

    /// The value of entry `n`, through the global of a namespace; unbound when it has none.
    @inlinable @inline(__always) func value(_ dict: Reference, entry n: Int) -> Value {
        let value = self[self[dict, Dict.entries].reference, 2 &* n &+ 1]
        return isNamespace(dict) ? self[value.reference, Field<Value>(0)] : value
    }

    /// The value of a key, or unbound.
    func get(_ dict: Reference, _ key: Value) throws(Unwind) -> Value {
        let n = try find(dict, key, hash: try hash(key))
        return n < 0 ? .unbound : value(dict, entry: n)
    }
    /// The value of a name, or unbound.
    func find(_ dict: Reference, name: Value) -> Value {
        let n = find(dict, string: name, hash: StringView(name).hash)
        return n < 0 ? .unbound : value(dict, entry: n)
    }

    func set(_ dict: Reference, _ key: Value, _ value: Value) throws(Unwind) {
        let hash = try hash(key)
        try set(dict, key, value, hash: hash, entry: try find(dict, key, hash: hash))
    }
    /// Sets the value of a string key.
    func set(_ dict: Reference, name: Value, _ value: Value) throws(Unwind) {
        let hash = StringView(name).hash
        try set(dict, name, value, hash: hash, entry: find(dict, string: name, hash: hash))
    }
    func set(
        _ dict: Reference, _ key: Value, _ value: Value, hash: Int, entry n: Int
    ) throws(Unwind) {
        if isNamespace(dict) {
            self[try global(dict, key, hash: hash, entry: n), Field<Value>(0)] = value
        } else if n >= 0 {
            self[self[dict, Dict.entries].reference, 2 &* n &+ 1] = value
        } else {
            try append(dict, key, value, hash: hash)
        }
    }
    /// The ``Kind/global`` of a name in a namespace, made when there is none.
    func global(_ dict: Reference, name: Value) throws(Unwind) -> Reference {
        let hash = StringView(name).hash
        return try global(
            dict, name, hash: hash, entry: find(dict, string: name, hash: hash))
    }
    private func global(
        _ dict: Reference, _ key: Value, hash: Int, entry n: Int
    ) throws(Unwind) -> Reference {
        if n >= 0 { return self[self[dict, Dict.entries].reference, 2 &* n &+ 1].reference }
        let global = q.new(Kind.global, .unbound)
        noteNewGlobal()
        try append(dict, key, Value(global), hash: hash)
        return global
    }

    /// Adds a key that the dict does not have.
    func append(_ dict: Reference, _ key: Value, _ value: Value, hash: Int) throws(Unwind) {
        try append(dict, key, value, fragment: Dict.fragment(hash))
    }
    @inline(__always)
    private func append(
        _ dict: Reference, _ key: Value, _ value: Value, fragment: Int
    ) throws(Unwind) {
        var state = self[dict, Dict.state]
        var n = state &>> 1
        let entries = self[dict, Dict.entries]
        if entries == .none || 2 &* n &+ 2 > q.capacity(ofArray: entries.reference) {
            let live = isNamespace(dict) ? n : self[dict, Dict.count]
            try rebuild(dict, from: dict, room: max(4, live &* 2))
            state = self[dict, Dict.state]
            n = state &>> 1
        }
        index(self[dict, Dict.index].reference, fragment, n)
        let array = self[dict, Dict.entries].reference
        self[array, 2 &* n] = key
        self[array, 2 &* n &+ 1] = value
        self[dict, Dict.state] = state &+ 2
        self[dict, Dict.count] = self[dict, Dict.count] &+ 1
    }
    @inline(__always) private func index(_ index: Reference, _ fragment: Int, _ n: Int) {
        let mask = q.capacity(ofArray: index) &- 1
        var i = fragment & mask
        while self[index, i] != .none { i = (i &+ 1) & mask }
        self[index, i] = Value(fragment &<< 32 | n)
    }

    /// Gives `dict` the entries of `source`, without deleted ones, and room for `room` in all. Unless it is
    /// the same dict, what `dict` had is lost, and a namespace becomes a plain dict.
    private func rebuild(_ dict: Reference, from source: Reference, room: Int) throws(Unwind) {
        let used = fill(source)
        let isOpened = dict != source && isNamespace(source)
        let entries = try checked(q.newArray(capacity: room &* 2, filling: .unbound))
        // At most two thirds used.
        var slots = 8
        while slots &* 2 < (q.capacity(ofArray: entries) &>> 1) &* 3 { slots &*= 2 }
        let index = try checked(q.newArray(.numbers, capacity: slots))
        var n = 0
        if used > 0 {
            let old = self[source, Dict.entries].reference
            // Where entries go, unless all stay what they are.
            var places: Reference?
            if isOpened || !isNamespace(source) && self[source, Dict.count] != used {
                places = try checked(q.newArray(capacity: used, filling: Value(-1)))
            }
            if let places {
                for k in 0..<used {
                    let key = self[old, 2 &* k]
                    if key == .unbound { continue }
                    var value = self[old, 2 &* k &+ 1]
                    if isOpened {
                        value = self[value.reference, Field<Value>(0)]
                        if value == .unbound { continue }
                    }
                    self[places, k] = Value(n)
                    self[entries, 2 &* n] = key
                    self[entries, 2 &* n &+ 1] = value
                    n &+= 1
                }
            } else {
                q.move(old, 0, to: entries, 0, count: 2 &* used)
                n = used
            }
            // The fragments of hashes are in the old index.
            let oldIndex = self[source, Dict.index].reference
            for k in 0..<q.capacity(ofArray: oldIndex) {
                let slot = self[oldIndex, k]
                if slot == .none { continue }
                var place = Dict.entry(slot)
                if let places { place = self[places, place].int }
                if place >= 0 { self.index(index, Dict.fragment(ofSlot: slot), place) }
            }
        }
        self[dict, Dict.entries] = Value(entries)
        self[dict, Dict.index] = Value(index)
        self[dict, Dict.state] = n &<< 1 | (dict == source ? self[dict, Dict.state] & 1 : 0)
        if dict != source { self[dict, Dict.count] = n }
    }
    /// A plain dict with the same keys and values.
    func copy(ofDict source: Reference) throws(Unwind) -> Reference {
        let dict = newDict()
        let live = count(ofDict: source)
        if live > 0, live == fill(source), !isNamespace(source) {
            let (entries, index) = (
                self[source, Dict.entries].reference, self[source, Dict.index].reference
            )
            if q.capacity(ofArray: entries) <= 4 &* live &+ 8 {
                self[dict, Dict.entries] = Value(try copy(ofArray: entries, .array))
                self[dict, Dict.index] = Value(try copy(ofArray: index, .numbers))
                self[dict, Dict.count] = live
                self[dict, Dict.state] = live &<< 1
                return dict
            }
        }
        if live > 0 { try rebuild(dict, from: source, room: live &+ live / 2 &+ 1) }
        return dict
    }
    private func copy(ofArray array: Reference, _ shape: Shape) throws(Unwind) -> Reference {
        let capacity = q.capacity(ofArray: array)
        let result = try checked(q.newArray(shape, capacity: capacity))
        q.move(array, 0, to: result, 0, count: capacity)
        return result
    }
    /// Room for `count` keys in an empty dict.
    func reserve(dict: Reference, _ count: Int) throws(Unwind) {
        if self[dict, Dict.entries] == .none && count > 4 && !isNamespace(dict) {
            try rebuild(dict, from: dict, room: count)
        }
    }

    /// The first entry that is not deleted, or -1.
    func firstEntry(_ dict: Reference) -> Int {
        let end = fill(dict)
        if end == 0 { return -1 }
        let entries = self[dict, Dict.entries].reference
        if self[entries, 0] != .unbound { return 0 }
        let known = self[entries, 1]
        var i = known.isInt ? known.int : 1
        while i < end && self[entries, 2 &* i] == .unbound { i &+= 1 }
        self[entries, 1] = Value(i)
        return i < end ? i : -1
    }
    /// The last entry that is not deleted, or -1.
    func lastEntry(_ dict: Reference) -> Int {
        let last = fill(dict) &- 1
        if last < 0 { return -1 }
        let entries = self[dict, Dict.entries].reference
        if self[entries, 2 &* last] != .unbound { return last }
        let known = self[entries, 2 &* last &+ 1]
        var i = last &- (known.isInt ? known.int : 1)
        while i >= 0 && self[entries, 2 &* i] == .unbound { i &-= 1 }
        self[entries, 2 &* last &+ 1] = Value(last &- i)
        return i
    }

    /// Removes entry `n`; the value it had.
    func remove(_ dict: Reference, entry n: Int) -> Value {
        let entries = self[dict, Dict.entries].reference
        let value = self[entries, 2 &* n &+ 1]
        if isNamespace(dict) {
            let old = self[value.reference, Field<Value>(0)]
            self[value.reference, Field<Value>(0)] = .unbound
            return old
        }
        self[entries, 2 &* n] = .unbound
        self[entries, 2 &* n &+ 1] = .none
        self[dict, Dict.count] = self[dict, Dict.count] &- 1
        return value
    }
    /// Removes a key; the value it had, or unbound.
    func remove(_ dict: Reference, _ key: Value) throws(Unwind) -> Value {
        let n = try find(dict, key, hash: try hash(key))
        return n < 0 ? .unbound : remove(dict, entry: n)
    }
    func clear(_ dict: Reference) {
        if isNamespace(dict) {
            for n in 0..<fill(dict) { _ = remove(dict, entry: n) }
            return
        }
        self[dict, Dict.entries] = .none
        self[dict, Dict.index] = .none
        self[dict, Dict.count] = 0
        self[dict, Dict.state] = 0
    }
}
