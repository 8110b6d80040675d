import InterpreterKit

/// `_thread._local`: an object with attributes of its own in each thread.
///
/// A thread's attributes are in a table of that thread, so that threads do not conflict. Its entries are
/// pairs of a weak reference to the object and the dict.
extension VM {
    private enum Slot {
        /// What the class was called with: a tuple, and a dict or none.
        static var arguments: Field<Value> { Instance.slot(0) }
        static var keywords: Field<Value> { Instance.slot(1) }
        static let reserved = 2
    }

    func addThreadLocal(to module: ModuleBuilder) {
        let type = module.type("_local", in: "_thread", reserved: Slot.reserved)
        type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
            let cls = a[0].reference
            let hasArguments = a.count > 1 || a.keywords != .unbound
            if hasArguments, vm.traits(cls) & Traits.standardInit != 0 {
                throw vm.raise(.typeError, "Initialization arguments are not supported")
            }
            let local = try vm.newInstance(cls)
            let arguments =
                a.count > 1
                ? try vm.tuple(a.base + 1, a.count - 1) : vm.shared.pointee.emptyTuple
            vm[local, Slot.arguments] = arguments
            vm[local, Slot.keywords] = a.keywords == .unbound ? .none : a.keywords
            // The class's `__init__` is about to be called for this thread.
            _ = try vm.makeLocalDict(local)
            return Value(local)
        }
        type.method("__getattribute__", "(self, name, /)") { (vm, a) throws(Unwind) in
            try vm.localAttribute(a[0].reference, try vm.attributeName(a[1]))
        }
        type.method("__setattr__", "(self, name, value, /)") { (vm, a) throws(Unwind) in
            try vm.setLocalAttribute(a[0].reference, try vm.attributeName(a[1]), a[2])
            return .none
        }
        type.method("__delattr__", "(self, name, /)") { (vm, a) throws(Unwind) in
            try vm.setLocalAttribute(a[0].reference, try vm.attributeName(a[1]), .unbound)
            return .none
        }
        type.method("__dir__", "(self, /)") { (vm, a) throws(Unwind) in
            let names = vm.newDict()
            try vm.addNames(ofClass: Value(vm.type(of: a[0])), to: names)
            let own = try vm.localDict(a[0].reference)
            for i in 0..<vm.fill(own) {
                if let entry = vm.entry(own, i) { try vm.set(names, entry.key, .none) }
            }
            return Value(try vm.keys(of: names))
        }
        touch(type.type)
    }
    // MARK: attributes

    private func localAttribute(_ local: Reference, _ name: Value) throws(Unwind) -> Value {
        let own = try localDict(local)
        if name == self.name(.dict) { return Value(own) }
        let found = lookup(type(of: Value(local)), name)
        if found != .unbound && isDataDescriptor(found) { return try bind(found, Value(local)) }
        let value = find(own, name: name)
        if value != .unbound { return value }
        if found != .unbound { return try bind(found, Value(local)) }
        throw noAttribute(Value(local), name)
    }
    /// Sets an attribute, or deletes it.
    private func setLocalAttribute(
        _ local: Reference, _ name: Value, _ value: Value
    ) throws(Unwind) {
        let own = try localDict(local)
        if name == self.name(.dict) {
            throw raise(
                .attributeError,
                "'\(typeName(Value(local)))' object attribute '__dict__' is read-only")
        }
        let found = lookup(type(of: Value(local)), name)
        if found != .unbound && isDataDescriptor(found) {
            return try store(through: found, Value(local), name, value)
        }
        if value != .unbound { return try set(own, name: name, value) }
        if try remove(own, name) == .unbound { throw noAttribute(Value(local), name) }
    }

    // MARK: the thread's table

    /// The attributes of `local` in this thread; its `__init__` runs when there are none yet.
    private func localDict(_ local: Reference) throws(Unwind) -> Reference {
        let known = try get(locals, VM.key(ofLocal: local))
        if known.isTuple {
            let target = q.target(ofWeak: item(ofTuple: known.reference, 0).reference)
            if target == local { return item(ofTuple: known.reference, 1).reference }
        }
        let dict = try makeLocalDict(local)
        let type = type(of: Value(local))
        if traits(type) & Traits.standardInit == 0 {
            let initializer = try bind(lookup(type, name(.`init`)), Value(local))
            do throws(Unwind) {
                _ = try call(
                    initializer, arguments: self[local, Slot.arguments],
                    keywords: self[local, Slot.keywords])
            } catch {
                if error == .raise {
                    let exception = pending
                    _ = try remove(locals, VM.key(ofLocal: local))
                    pending = exception
                }
                throw error
            }
        }
        return dict
    }
    private func makeLocalDict(_ local: Reference) throws(Unwind) -> Reference {
        try sweepLocals()
        let dict = newDict()
        let weak = q.newWeak(local)
        try set(locals, VM.key(ofLocal: local), try tuple(Value(weak), Value(dict)))
        return dict
    }
    /// From time to time, forgets attributes of objects that are gone.
    private func sweepLocals() throws(Unwind) {
        let table = locals
        let count = count(ofDict: table)
        if count < 64 || count & (count - 1) != 0 { return }
        for n in 0..<fill(table) {
            guard let (_, value) = entry(table, n) else { continue }
            if q.target(ofWeak: item(ofTuple: value.reference, 0).reference) == nil {
                _ = remove(table, entry: n)
            }
        }
    }
    private var locals: Reference {
        Value(bits: thread.pointee.stackBase[ThreadWord.locals]).reference
    }
    private static func key(ofLocal local: Reference) -> Value {
        Value(Int(bitPattern: local.address))
    }
}

extension VM {
    /// What a guest thread begins with. Made in its first quantum, so that it is there exactly once.
    static func beginThread(_ t: ThreadHandle) {
        let q = Quantum<Dispatched>(t)
        for word in [ThreadWord.locals, ThreadWord.files, ThreadWord.asyncHooks] {
            let dict = q.new(Kind.dict, .none, .none, Value(0), Value(0))
            t.pointee.stackBase[word] = Value(dict).bits
        }
    }
}
