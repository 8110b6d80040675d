import InterpreterKit

/// The attributes that an instance has for itself: in slots as its map says, or in a dict.
extension VM {
    /// Attribute number `n` of the map, wherever it lies.
    @inline(__always) func slot(_ instance: Reference, _ n: Int) -> Value {
        let inside = Instance.capacity(instance)
        if n < inside { return self[instance, Instance.slot(n)] }
        return self[self[instance, Instance.overflow].reference, n &- inside]
    }
    /// Sets attribute number `n`, which the map has.
    @inline(__always) func storeSlot(_ instance: Reference, _ n: Int, _ value: Value) {
        let inside = Instance.capacity(instance)
        if n < inside {
            self[instance, Instance.slot(n)] = value
        } else {
            self[self[instance, Instance.overflow].reference, n &- inside] = value
        }
    }

    /// The attribute of this name; unbound when there is none.
    @inline(__always) func ownAttribute(_ instance: Reference, _ name: Value) -> Value {
        let map = map(instance)
        if map.pointee.isDict {
            guard let dict = attributeDict(instance, map) else { return .unbound }
            return find(dict, name: name)
        }
        let n = map.pointee.slot(of: name)
        return n < 0 ? .unbound : slot(instance, n)
    }
    /// The dict of an instance with a dict map.
    func attributeDict(_ instance: Reference, _ map: MapPointer) -> Reference? {
        asDict(slot(instance, map.pointee.reserved))
    }

    /// Sets an attribute that no descriptor of the class looks after; false when the instance can have
    /// none of this name.
    func storeOwnAttribute(
        _ instance: Reference, _ name: Value, _ value: Value
    ) throws(Unwind) -> Bool {
        let map = map(instance)
        if map.pointee.isDict {
            guard let dict = attributeDict(instance, map) else { return false }
            try set(dict, name: name, value)
            return true
        }
        let n = map.pointee.slot(of: name)
        if n >= 0 {
            storeSlot(instance, n, value)
            return true
        }
        if map.pointee.isFixed { return false }
        try addAttribute(instance, name, value)
        return true
    }

    /// Gives an instance one attribute more; its map must not have the name and not be fixed.
    func addAttribute(_ instance: Reference, _ name: Value, _ value: Value) throws(Unwind) {
        let map = map(instance)
        guard let next = Maps.adding(name, to: map) else {
            return try set(try moveToDict(instance), name: name, value)
        }
        let n = map.pointee.count
        try makeRoom(instance, n)
        storeSlot(instance, n, value)
        self[instance, Instance.map] = Value(native: next)
        let info = info(map.pointee.type)
        if n >= info.pointee.expected && n < Instance.mostExpected {
            info.pointee.expected = n + 1
        }
    }
    /// Makes sure that slot `n` exists, the first n of which are in use.
    private func makeRoom(_ instance: Reference, _ n: Int) throws(Unwind) {
        let outside = n - Instance.capacity(instance)
        if outside < 0 { return }
        let old = self[instance, Instance.overflow]
        let room = old == .none ? 0 : q.capacity(ofArray: old.reference)
        if outside < room { return }
        let larger = try checked(q.newArray(capacity: max(4, room * 2)))
        for i in 0..<min(outside, room) { self[larger, i] = self[old.reference, i] }
        self[instance, Instance.overflow] = Value(larger)
    }

    /// Deletes an attribute; false when there is none of this name.
    func removeOwnAttribute(_ instance: Reference, _ name: Value) throws(Unwind) -> Bool {
        let map = map(instance)
        if map.pointee.isDict {
            guard let dict = attributeDict(instance, map) else { return false }
            let n = find(dict, string: name, hash: StringView(name).hash)
            if n < 0 { return false }
            _ = remove(dict, entry: n)
            return true
        }
        let n = map.pointee.slot(of: name)
        if n < 0 { return false }
        // The map of the other names, in their order; what lies behind moves down.
        var next = map
        while next.pointee.count > n { next = next.pointee.parent.unsafelyUnwrapped }
        for i in n + 1..<max(map.pointee.count, n + 1) {
            let moved = Value(bits: map.pointee.names[i - map.pointee.reserved])
            guard let with = Maps.adding(moved, to: next) else {
                let dict = try moveToDict(instance)
                _ = remove(dict, entry: find(dict, string: name, hash: StringView(name).hash))
                return true
            }
            next = with
        }
        for i in n + 1..<max(map.pointee.count, n + 1) {
            storeSlot(instance, i - 1, slot(instance, i))
        }
        storeSlot(instance, map.pointee.count - 1, .none)
        self[instance, Instance.map] = Value(native: next)
        return true
    }

    // MARK: dicts

    /// The instance's attributes as the dict in which they are from now on.
    func moveToDict(_ instance: Reference) throws(Unwind) -> Reference {
        let map = map(instance)
        if map.pointee.isDict, let dict = attributeDict(instance, map) { return dict }
        let dict = newDict()
        for i in map.pointee.reserved..<map.pointee.count {
            let name = Value(bits: map.pointee.names[i - map.pointee.reserved])
            try set(dict, name: name, slot(instance, i))
        }
        try replaceAttributes(instance, Value(dict))
        return dict
    }
    /// Makes `dict` the attributes of an instance.
    func replaceAttributes(_ instance: Reference, _ dict: Value) throws(Unwind) {
        let map = map(instance)
        let reserved = map.pointee.reserved
        try makeRoom(instance, reserved)
        if !map.pointee.isDict {
            for i in reserved..<map.pointee.count { storeSlot(instance, i, .none) }
            self[instance, Instance.map] = Value(native: Maps.dict(map))
        }
        storeSlot(instance, reserved, dict)
    }
    /// The names of an instance's own attributes, for `dir` and copies.
    func appendOwnNames(_ instance: Reference, to list: Reference) throws(Unwind) {
        let map = map(instance)
        if map.pointee.isDict, let dict = attributeDict(instance, map) {
            for i in 0..<fill(dict) {
                if let entry = entry(dict, i) { try append(list, entry.key) }
            }
            return
        }
        for i in 0..<map.pointee.count - map.pointee.reserved {
            try append(list, Value(bits: map.pointee.names[i]))
        }
    }
    /// A new dict with the instance's own attributes, which stay where they are.
    func copyAttributes(_ instance: Reference) throws(Unwind) -> Reference {
        let copy = newDict()
        let map = map(instance)
        if map.pointee.isDict, let dict = attributeDict(instance, map) {
            for i in 0..<fill(dict) {
                if let entry = entry(dict, i) { try set(copy, entry.key, entry.value) }
            }
            return copy
        }
        for i in map.pointee.reserved..<map.pointee.count {
            let name = Value(bits: map.pointee.names[i - map.pointee.reserved])
            try set(copy, name: name, slot(instance, i))
        }
        return copy
    }
}

extension Instance {
    /// Room for more attributes than these is not made at birth.
    static let mostExpected = 40
}
