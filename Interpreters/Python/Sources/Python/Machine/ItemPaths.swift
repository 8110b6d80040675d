import InterpreterKit

/// What the loop does itself at `object[key]` and `in`.
extension Python {
    /// Item of a list or tuple at an index that is in range, or of a dict under a simple key; unbound when
    /// it takes a call.
    @inline(__always)
    static func item<B>(_ q: borrowing Quantum<B>, _ object: Value, _ key: Value) -> Value {
        guard object.isReference else { return .unbound }
        let r = object.reference
        let kind = r.kind
        // Said to be likely, so that it is a comparison and no jump through a table.
        if _fastPath(kind == Kind.list.kind) {
            guard key.isInt else { return .unbound }
            let (count, items) = q[r, List.count, List.items]
            let i = key.int < 0 ? key.int &+ count : key.int
            guard _fastPath(UInt(bitPattern: i) < UInt(bitPattern: count)) else { return .unbound }
            return q[items.reference, i]
        }
        if kind == Shape.tuple.kind {
            guard key.isInt else { return .unbound }
            let count = q.tupleCount(r)
            let i = key.int < 0 ? key.int &+ count : key.int
            guard _fastPath(UInt(bitPattern: i) < UInt(bitPattern: count)) else { return .unbound }
            return q.tupleElement(r, i)
        }
        if kind == Kind.dict.kind { return value(q, r, key) }
        guard kind == Kind.instance.kind, let dict = content(q, r) else { return .unbound }
        return value(q, dict, key)
    }
    /// The dict whose items are those of an instance of a class derived from `dict`.
    @inline(__always)
    private static func content<B>(
        _ q: borrowing Quantum<B>, _ instance: Reference
    ) -> Reference? {
        let map = q[instance, Instance.map].native(Map.self)
        guard map.pointee.payload == .dict else { return nil }
        let type = map.pointee.type
        guard
            q[type, TypeObject.info].native(TypeInfo.self).pointee.dictVersion
                == q[type, TypeObject.version]
        else { return nil }
        let content = q[instance, Instance.slot(0)]
        return content.isDict ? content.reference : nil
    }
    @inline(never)
    private static func value<B>(
        _ q: borrowing Quantum<B>, _ dict: Reference, _ key: Value
    ) -> Value {
        let n = entry(q, dict, key)
        if n < 0 { return .unbound }
        let (entries, state) = q[dict, Dict.entries, Dict.state]
        let (known, value) = q.pair(entries.reference, 2 &* n)
        remember(q.thread, entry: n, key, known)
        return state & 1 == 0 ? value : q[value.reference, Field<Value>(0)]
    }
    /// Notes the entry in which a dict has a key, as `known`: ``replace`` looks there first, whatever has happened to
    /// the dict meanwhile.
    @inline(__always)
    static func remember(_ t: ThreadHandle, entry n: Int, _ key: Value, _ known: Value) {
        let words = t.pointee.stackBase + ThreadWord.entry
        words[0] = Value(n).bits
        words[1] = key.bits
        words[2] = known.bits
    }

    /// Sets an item that a list or a dict has; false when it takes a call.
    @inline(__always)
    static func setItem<B>(
        _ q: borrowing Quantum<B>, _ object: Value, _ key: Value, _ value: Value
    ) -> Bool {
        guard object.isReference else { return false }
        let r = object.reference
        if r.kind == Kind.list.kind {
            guard key.isInt else { return false }
            let (count, items) = q[r, List.count, List.items]
            let i = key.int < 0 ? key.int &+ count : key.int
            guard _fastPath(UInt(bitPattern: i) < UInt(bitPattern: count)) else { return false }
            q[items.reference, i] = value
            return true
        }
        if r.kind == Kind.dict.kind { return replace(q, r, key, value) }
        guard r.kind == Kind.instance.kind, let dict = content(q, r) else { return false }
        return replace(q, dict, key, value)
    }
    @inline(never)
    private static func replace<B>(
        _ q: borrowing Quantum<B>, _ dict: Reference, _ key: Value, _ value: Value
    ) -> Bool {
        let (state, table) = q[dict, Dict.state, Dict.entries]
        if state & 1 != 0 || table == .none { return false }
        let entries = table.reference
        // Mostly the item that was got last gets a new value: d[k] += 1.
        let words = q.thread.pointee.stackBase + ThreadWord.entry
        let last = Value(bits: words[0]).int
        if words[1] == key.bits, 2 &* last &+ 1 < q.capacity(ofArray: entries),
            q[entries, 2 &* last].bits == words[2]
        {
            q[entries, 2 &* last &+ 1] = value
            return true
        }
        return assignElsewhere(q, dict, key, value)
    }
    @inline(never)
    private static func assignElsewhere<B>(
        _ q: borrowing Quantum<B>, _ dict: Reference, _ key: Value, _ value: Value
    ) -> Bool {
        assign(q, dict, key, value)
    }

    /// Sets the value of a small integer or a string; false when it takes a call.
    @inline(__always)
    static func assign<B>(
        _ q: borrowing Quantum<B>, _ dict: Reference, _ key: Value, _ value: Value
    ) -> Bool {
        let place = place(q, dict, key)
        let (entries, state, index) = q[dict, Dict.entries, Dict.state, Dict.index]
        if place.entry >= 0 {
            q[entries.reference, 2 &* place.entry &+ 1] = value
            return true
        }
        guard place.entry == -1, entries != .none else { return false }
        let n = state &>> 1
        guard 2 &* n &+ 2 <= q.capacity(ofArray: entries.reference) else { return false }
        q[index.reference, place.free] = Value(place.fragment &<< 32 | n)
        q[entries.reference, 2 &* n] = key
        q[entries.reference, 2 &* n &+ 1] = value
        q[dict, Dict.state] = state &+ 2
        q[dict, Dict.count] = q[dict, Dict.count] &+ 1
        return true
    }
    /// `setEntry`
    @inline(never)
    static func setEntry<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ i: Operands
    ) throws(Unwind) {
        let (dict, key, value) = (fp[i.a].reference, fp[i.b], fp[i.c])
        if q[dict, Dict.state] & 1 != 0 || !assign(q, dict, key, value) {
            try VM(q.thread, shared, fp, pc).set(dict, key, value)
        }
    }

    /// The entry of a dict for a small integer or a string; -1 if it has none, -2 if it takes a call to
    /// know.
    @inline(__always)
    static func entry<B>(
        _ q: borrowing Quantum<B>, _ dict: Reference, _ key: Value
    ) -> Int {
        place(q, dict, key).entry
    }
    /// The same; and the part of the key's hash that the index has, and where in the index it belongs if the
    /// dict does not have it.
    @inline(__always)
    private static func place<B>(
        _ q: borrowing Quantum<B>, _ dict: Reference, _ key: Value
    ) -> (entry: Int, fragment: Int, free: Int) {
        let hash: Int
        let isInt = key.isInt
        if isInt {
            hash = NumberHash.int(key.int)
        } else if key.isString {
            hash = StringView(key).hash
        } else {
            return (-2, 0, 0)
        }
        let (table, content) = q[dict, Dict.index, Dict.entries]
        if table == .none { return (-1, 0, 0) }
        let (index, entries) = (table.reference, content.reference)
        let mask = q.capacity(ofArray: index) &- 1
        let fragment = Dict.fragment(hash)
        var i = fragment & mask
        while true {
            let slot = q[index, i]
            if slot == .none { return (-1, fragment, i) }
            if Dict.fragment(ofSlot: slot) == fragment {
                let n = Dict.entry(slot)
                let known = q[entries, 2 &* n]
                if known == key { return (n, fragment, i) }
                if isInt {
                    if !known.isInt && known != .unbound { return (-2, 0, 0) }
                } else if known.isString {
                    if StringView.equal(StringView(known), StringView(key)) {
                        return (n, fragment, i)
                    }
                } else if known != .unbound {
                    return (-2, 0, 0)
                }
            }
            i = (i &+ 1) & mask
        }
    }
}
