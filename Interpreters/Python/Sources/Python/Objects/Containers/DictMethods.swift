import InterpreterKit

/// `dict` as the guest sees it.
extension VM {
    @inline(__always) func dict(self value: Value) throws(Unwind) -> Reference {
        if value.isDict { return value.reference }
        if let content = payload(value, .dict), content.isDict { return content.reference }
        throw wrongReceiver(value, "dict")
    }
    func keyError(_ key: Value) throws(Unwind) -> Unwind {
        raise(.keyError, arguments: try tuple(key))
    }

    func installDict() {
        build(.dict) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.made(a[0], .dict, Value(vm.newDict()))
            }
            type.method("__init__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.update(dict: try vm.dict(self: a[0]), a, "dict")
                return .none
            }
            type.classMethod(
                "fromkeys", "(cls, iterable, value=None, /)"
            ) { (vm, a) throws(Unwind) in
                try vm.dict(fromKeys: a[1], a.value(2, or: .none), a[0])
            }
            addDictQueries(type)
            addDictChanges(type)
            addDictOperators(type)
            type.constant("__hash__", .none)
            addClassItem(type)
        }
    }

    private func dict(
        fromKeys iterable: Value, _ value: Value, _ cls: Value
    ) throws(Unwind) -> Value {
        if cls == Value(type(.dict)) {
            let dict = newDict()
            try iterate(iterable) { (key) throws(Unwind) in
                try set(dict, key, value)
                return true
            }
            return Value(dict)
        }
        let dict = try call(cls)
        try iterate(iterable) { (key) throws(Unwind) in
            try setItem(dict, key, value)
            return true
        }
        return dict
    }

    private func addDictQueries(_ type: TypeBuilder) {
        type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm.count(ofDict: try vm.dict(self: a[0])))
        }
        type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.newDictIterator(.dictKeyIterator, try vm.dict(self: a[0]))
        }
        type.method("__reversed__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.newDictIterator(.dictReverseKeyIterator, try vm.dict(self: a[0]))
        }
        type.method("__contains__", "(self, key, /)") { (vm, a) throws(Unwind) in
            Value(try vm.get(try vm.dict(self: a[0]), a[1]) != .unbound)
        }
        type.method("__getitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            let value = try vm.get(try vm.dict(self: a[0]), a[1])
            if value != .unbound { return value }
            if a[0].isInstance {
                let missing = vm.lookup(typeOf: a[0], vm.name(.missing))
                if missing != .unbound { return try vm.callSpecial(missing, a[0], a[1]) }
            }
            throw try vm.keyError(a[1])
        }
        type.method("get", "(self, key, default=None, /)") { (vm, a) throws(Unwind) in
            let value = try vm.get(try vm.dict(self: a[0]), a[1])
            return value != .unbound ? value : a.value(2, or: .none)
        }
        type.method("keys", "(self, /)") { (vm, a) throws(Unwind) in
            vm.newView(.dictKeys, try vm.dict(self: a[0]))
        }
        type.method("values", "(self, /)") { (vm, a) throws(Unwind) in
            vm.newView(.dictValues, try vm.dict(self: a[0]))
        }
        type.method("items", "(self, /)") { (vm, a) throws(Unwind) in
            vm.newView(.dictItems, try vm.dict(self: a[0]))
        }
        type.method("copy", "(self, /)") { (vm, a) throws(Unwind) in
            Value(try vm.copy(ofDict: try vm.dict(self: a[0])))
        }
        type.method("__sizeof__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(64 + 24 * vm.fill(try vm.dict(self: a[0])))
        }
    }

    private func addDictChanges(_ type: TypeBuilder) {
        type.method("__setitem__", "(self, key, value, /)") { (vm, a) throws(Unwind) in
            try vm.set(try vm.dict(self: a[0]), a[1], a[2])
            return .none
        }
        type.method("__delitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            if try vm.remove(try vm.dict(self: a[0]), a[1]) == .unbound {
                throw try vm.keyError(a[1])
            }
            return .none
        }
        type.method("setdefault", "(self, key, default=None, /)") { (vm, a) throws(Unwind) in
            let dict = try vm.dict(self: a[0])
            let hash = try vm.hash(a[1])
            let n = try vm.find(dict, a[1], hash: hash)
            if n >= 0 {
                let value = vm.value(dict, entry: n)
                if value != .unbound { return value }
            }
            let value = a.value(2, or: .none)
            try vm.set(dict, a[1], value, hash: hash, entry: n)
            return value
        }
        type.method("pop", "(self, key, default=<unrepresentable>, /)") { (vm, a) throws(Unwind) in
            let dict = try vm.dict(self: a[0])
            // Nobody asks for the hash of a key that cannot be there.
            let value = vm.count(ofDict: dict) > 0 ? try vm.remove(dict, a[1]) : .unbound
            if value != .unbound { return value }
            if a.has(2) { return a[2] }
            throw try vm.keyError(a[1])
        }
        type.method("popitem", "(self, /)") { (vm, a) throws(Unwind) in
            let dict = try vm.dict(self: a[0])
            var n = vm.lastEntry(dict)
            while n >= 0 {
                if let (key, value) = vm.entry(dict, n) {
                    let pair = try vm.tuple(key, value)
                    _ = vm.remove(dict, entry: n)
                    return pair
                }
                n -= 1
            }
            throw vm.raise(.keyError, "popitem(): dictionary is empty")
        }
        type.method("clear", "(self, /)") { (vm, a) throws(Unwind) in
            vm.clear(try vm.dict(self: a[0]))
            return .none
        }
        type.method("update", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
            try vm.update(dict: try vm.dict(self: a[0]), a, "update")
            return .none
        }
    }

    private func addDictOperators(_ type: TypeBuilder) {
        type.method("__or__", "(self, value, /)") { (vm, a) throws(Unwind) in
            guard let x = vm.asDict(a[0]), vm.asDict(a[1]) != nil else { return .notImplemented }
            let result = try vm.copy(ofDict: x)
            try vm.merge(result, a[1])
            return Value(result)
        }
        type.method("__ror__", "(self, value, /)") { (vm, a) throws(Unwind) in
            guard vm.asDict(a[0]) != nil, let y = vm.asDict(a[1]) else { return .notImplemented }
            let result = try vm.copy(ofDict: y)
            try vm.merge(result, a[0])
            return Value(result)
        }
        type.method("__ior__", "(self, value, /)") { (vm, a) throws(Unwind) in
            try vm.merge(try vm.dict(self: a[0]), a[1])
            return a[0]
        }
        for comparison in Comparison.allCases {
            type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                let dict = try vm.dict(self: a[0])
                guard comparison == .equal || comparison == .notEqual, let other = vm.asDict(a[1])
                else { return .notImplemented }
                return Value(try vm.same(dict: dict, other) == (comparison == .equal))
            }
        }
    }

    /// The same keys with equal values. Comparisons may change the dicts.
    func same(dict a: Reference, _ b: Reference) throws(Unwind) -> Bool {
        if a == b { return true }
        if count(ofDict: a) != count(ofDict: b) { return false }
        try descend()
        defer { leaveNative() }
        var i = 0
        while i < fill(a) {
            if let (key, value) = entry(a, i) {
                let other = try get(b, key)
                let isSame = other == .unbound ? false : try same(value, other)
                if !isSame { return false }
            }
            i &+= 1
        }
        return true
    }

    // MARK: updating

    /// `update(*args, **kwargs)`
    private func update(
        dict: Reference, _ a: CallArguments, _ function: StaticString
    ) throws(Unwind) {
        if a.count > 2 {
            throw raise(.typeError, "\(function) expected at most 1 argument, got \(a.count - 1)")
        }
        if a.count == 2 { try merge(dict, a[1]) }
        if a.keywords != .unbound { try merge(dict, a.keywords) }
    }
    /// Entries of a mapping, as in `{**mapping}`.
    func update(dict: Reference, _ mapping: Value) throws(Unwind) {
        if asDict(mapping) == nil {
            let keys = try findAttribute(mapping, name(.keys))
            if keys == .unbound {
                throw raise(.typeError, "'\(typeName(mapping))' object is not a mapping")
            }
        }
        try merge(dict, mapping)
    }
    /// Entries of a mapping, or of an iterable of pairs.
    func merge(_ dict: Reference, _ source: Value) throws(Unwind) {
        if let other = asDict(source), source.isDict || iteratesAsDict(source) {
            return try mergeEntries(dict, other)
        }
        let keys = try findAttribute(source, name(.keys))
        if keys == .unbound { return try mergePairs(dict, source) }
        let names = try call(keys)
        try iterate(names) { (key) throws(Unwind) in
            try set(dict, key, try getItem(source, key))
            return true
        }
    }
    /// Has a subclass of dict left iteration alone?
    private func iteratesAsDict(_ value: Value) -> Bool {
        lookup(typeOf: value, name(.iter)) == lookup(type(.dict), name(.iter))
    }
    private func mergeEntries(_ dict: Reference, _ other: Reference) throws(Unwind) {
        if dict == other { return }
        let n = count(ofDict: other)
        if n == 0 { return }
        if self[dict, Dict.state] == 0 {
            // An empty one takes over a copy.
            let copy = try copy(ofDict: other)
            self[dict, Dict.entries] = self[copy, Dict.entries]
            self[dict, Dict.index] = self[copy, Dict.index]
            self[dict, Dict.count] = self[copy, Dict.count]
            self[dict, Dict.state] = self[copy, Dict.state]
            return
        }
        var i = 0
        while i < fill(other) {
            if let (key, value) = entry(other, i) {
                try set(dict, key, value)
                if count(ofDict: other) != n {
                    throw raise(.runtimeError, "dict mutated during update")
                }
            }
            i &+= 1
        }
    }
    private func mergePairs(_ dict: Reference, _ source: Value) throws(Unwind) {
        var n = 0
        try iterate(source) { (item) throws(Unwind) in
            var pair = item
            if !item.isTuple && !item.isList {
                do throws(Unwind) { pair = try listed(item) } catch {
                    if catches(.typeError, error) {
                        throw raise(
                            .typeError,
                            "cannot convert dictionary update sequence element #\(n) to a sequence")
                    }
                    throw error
                }
            }
            let count = itemCount(pair)
            if count != 2 {
                throw raise(
                    .valueError,
                    "dictionary update sequence element #\(n) has length \(count); 2 is required")
            }
            try set(dict, self.item(pair, 0), self.item(pair, 1))
            n &+= 1
            return true
        }
    }
}
