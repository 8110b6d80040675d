import InterpreterKit

/// `_transaction.table` and `_transaction.stmcounter`: objects that threads share without conflicts that the program
/// does not mean.
extension ModuleBuilder {
    /// What `stmdict` and `stmset` are made of, in the module `transaction`.
    func tables() {
        type("table", reserved: 1) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                let made = try vm.newInstance(a[0].reference)
                vm[made, SharedObject.content] = Value(vm.q.newTable())
                return Value(made)
            }
            type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in
                Value(vm.q.count(of: try vm.shared(a[0])))
            }
            type.method("__contains__", "(self, key, /)") { (vm, a) throws(Unwind) in
                Value(try vm.entry(try vm.shared(a[0]), a[1]) != nil)
            }
            type.method("__getitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
                guard let entry = try vm.entry(try vm.shared(a[0]), a[1]) else {
                    throw try vm.keyError(a[1])
                }
                return vm.q[entry, TableEntry.value]
            }
            type.method("get", "(self, key, default=None, /)") { (vm, a) throws(Unwind) in
                let entry = try vm.entry(try vm.shared(a[0]), a[1])
                return entry.map { vm.q[$0, TableEntry.value] } ?? a.value(2, or: .none)
            }
            type.method("__setitem__", "(self, key, value, /)") { (vm, a) throws(Unwind) in
                let (entry, isNew) = try vm.entry(try vm.shared(a[0]), a[1], else: a[2])
                if !isNew { vm.q[entry, TableEntry.value] = a[2] }
                return .none
            }
            type.method("setdefault", "(self, key, default=None, /)") { (vm, a) throws(Unwind) in
                let (entry, _) = try vm.entry(
                    try vm.shared(a[0]), a[1], else: a.value(2, or: .none))
                return vm.q[entry, TableEntry.value]
            }
            type.method("__delitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
                let table = try vm.shared(a[0])
                guard let entry = try vm.entry(table, a[1]) else { throw try vm.keyError(a[1]) }
                vm.q.remove(entry, from: table)
                return .none
            }
            type.method("pop", "(self, key, default=None, /)") { (vm, a) throws(Unwind) in
                let table = try vm.shared(a[0])
                guard let entry = try vm.entry(table, a[1]) else {
                    if a.has(2) { return a[2] }
                    throw try vm.keyError(a[1])
                }
                let value = vm.q[entry, TableEntry.value]
                vm.q.remove(entry, from: table)
                return value
            }
            type.method("clear", "(self, /)") { (vm, a) throws(Unwind) in
                vm.q.removeAll(from: try vm.shared(a[0]))
                return .none
            }
            type.method("_keys", "(self, /)") { (vm, a) throws(Unwind) in
                let keys = try vm.newList()
                try vm.q.forEachEntry(of: try vm.shared(a[0])) { (entry) throws(Unwind) in
                    try vm.append(keys, vm.q[entry, TableEntry.key])
                }
                return Value(keys)
            }
        }
    }

    func counters() {
        let module = vm.intern("transaction")
        type("stmcounter", reserved: 1) { type in
            type.constant("__module__", module)
            type.new("(cls, value=0, /)") { (vm, a) throws(Unwind) in
                let made = try vm.newInstance(a[0].reference)
                vm[made, SharedObject.content] = Value(vm.q.newCounter())
                if a.has(1) { try vm.add(a[1], to: try vm.shared(Value(made))) }
                return Value(made)
            }
            type.method("add", "(self, n=1, /)") { (vm, a) throws(Unwind) in
                try vm.add(a.has(1) ? a[1] : Value(1), to: try vm.shared(a[0]))
                return .none
            }
            type.attribute("value") { (vm, a) throws(Unwind) in try vm.sum(a[0]) }
            type.method("__int__", "(self, /)") { (vm, a) throws(Unwind) in try vm.sum(a[0]) }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.string("stmcounter(\(vm.text(try vm.repr(try vm.sum(a[0])))))")
            }
        }
    }
}

private enum SharedObject {
    /// The framework's table or counter.
    static var content: Field<Value> { Instance.slot(0) }
}

extension VM {
    fileprivate func shared(_ value: Value) throws(Unwind) -> Reference {
        let content = self[try object(value, slots: 1), SharedObject.content]
        // `object.__new__` makes an instance of a derived class without it.
        if content.isReference { return content.reference }
        throw raise(.valueError, "uninitialized \(typeName(value)) object")
    }

    /// The entry of a key of a table.
    fileprivate func entry(_ table: Reference, _ key: Value) throws(Unwind) -> Reference? {
        let hash = try hash(key)
        return try entry(from: q.firstEntry(of: table, hash: hash), key)
    }
    private func entry(from first: Reference?, _ key: Value) throws(Unwind) -> Reference? {
        var entry = first
        while let e = entry {
            let other = q[e, TableEntry.key]
            if other == key { return e }
            if try equal(other, key) { return e }
            entry = q.entry(after: e)
        }
        return nil
    }
    /// The entry of a key of a table, which is made with `value` if there is none.
    fileprivate func entry(
        _ table: Reference, _ key: Value, else value: Value
    ) throws(Unwind) -> (Reference, isNew: Bool) {
        let hash = try hash(key)
        while true {
            let first = q.firstEntry(of: table, hash: hash)
            if let known = try entry(from: first, key) { return (known, false) }
            // A comparison in Python may have put the key in.
            if q.firstEntry(of: table, hash: hash) == first { break }
        }
        return (q.insert(key, value, hash: hash, into: table), true)
    }

    fileprivate func add(_ value: Value, to counter: Reference) throws(Unwind) {
        let n = try integer(value)
        if n.isInt && q.add(n.int, to: counter) { return }
        throw raise(.overflowError, "a part of the counter would leave 62 bits")
    }
    fileprivate func sum(_ value: Value) throws(Unwind) -> Value {
        guard let sum = q.sum(of: try shared(value)) else {
            throw raise(.overflowError, "the sum of the counter does not fit into 64 bits")
        }
        return try int(sum)
    }
}
