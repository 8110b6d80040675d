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
            let count = q[r, List.count]
            let i = key.int < 0 ? key.int &+ count : key.int
            guard _fastPath(UInt(bitPattern: i) < UInt(bitPattern: count)) else { return .unbound }
            return q[q[r, List.items].reference, i]
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
        let entries = q[dict, Dict.entries].reference
        let words = q.thread.pointee.stackBase + ThreadWord.entry
        words[0] = Value(n).bits
        words[1] = key.bits
        words[2] = q[entries, 2 &* n].bits
        let value = q[entries, 2 &* n &+ 1]
        return q[dict, Dict.state] & 1 == 0 ? value : q[value.reference, Field<Value>(0)]
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
            let count = q[r, List.count]
            let i = key.int < 0 ? key.int &+ count : key.int
            guard _fastPath(UInt(bitPattern: i) < UInt(bitPattern: count)) else { return false }
            q[q[r, List.items].reference, i] = value
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
        if q[dict, Dict.state] & 1 != 0 { return false }
        let table = q[dict, Dict.entries]
        if table == .none { return false }
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
        let n = entry(q, dict, key)
        if n < 0 { return false }
        q[entries, 2 &* n &+ 1] = value
        return true
    }

    /// The entry of a dict for a small integer or a string; -1 if it has none, -2 if it takes a call to
    /// know.
    @inline(__always)
    static func entry<B>(
        _ q: borrowing Quantum<B>, _ dict: Reference, _ key: Value
    ) -> Int {
        let hash: Int
        let isInt = key.isInt
        if isInt {
            hash = NumberHash.int(key.int)
        } else if key.isString {
            hash = StringView(key).hash
        } else {
            return -2
        }
        let table = q[dict, Dict.index]
        if table == .none { return -1 }
        let index = table.reference
        let entries = q[dict, Dict.entries].reference
        let mask = q.capacity(ofArray: index) &- 1
        let fragment = Dict.fragment(hash)
        var i = fragment & mask
        while true {
            let slot = q[index, i]
            if slot == .none { return -1 }
            if Dict.fragment(ofSlot: slot) == fragment {
                let n = Dict.entry(slot)
                let known = q[entries, 2 &* n]
                if known == key { return n }
                if isInt {
                    if !known.isInt && known != .unbound { return -2 }
                } else if known.isString {
                    if StringView.equal(StringView(known), StringView(key)) { return n }
                } else if known != .unbound {
                    return -2
                }
            }
            i = (i &+ 1) & mask
        }
    }
}
