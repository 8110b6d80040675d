import InterpreterKit

/// `collections.defaultdict` and `collections.OrderedDict`: dicts with a little more.
extension VM {
    // MARK: defaultdict

    /// Slot 0 is the dict, slot 1 the factory.
    private static var factory: Field<Value> { Instance.slot(1) }

    static func addDefaultDict(_ module: ModuleBuilder) {
        let vm = module.vm
        module.type("defaultdict", base: .dict, reserved: 2) { type in
            type.constant("__module__", vm.intern("collections"))
            type.method(
                "__init__", "(self, default_factory=None, /, *args, **kwargs)"
            ) { (vm, a) throws(Unwind) in
                let object = try vm.object(a[0], slots: 2)
                let factory = a.value(1, or: .none)
                if factory != .none && !vm.isCallable(factory) {
                    throw vm.raise(.typeError, "first argument must be callable or None")
                }
                vm[object, VM.factory] = factory
                if a.count > 3 {
                    throw vm.raise(
                        .typeError, "dict expected at most 1 argument, got \(a.count - 2)")
                }
                let dict = try vm.dict(self: a[0])
                if a.count == 3 { try vm.merge(dict, a[2]) }
                if a.keywords != .unbound { try vm.merge(dict, a.keywords) }
                return .none
            }
            type.method("__missing__", "(self, key, /)", intrinsic: .makeMissing) {
                (vm, a) throws(Unwind) in
                let object = try vm.object(a[0], slots: 2)
                let factory = vm[object, VM.factory]
                if factory == .none { throw try vm.keyError(a[1]) }
                let value = try vm.made(by: factory)
                try vm.setItem(a[0], a[1], value)
                return value
            }
            type.attribute(
                "default_factory",
                get: { (vm, a) throws(Unwind) in
                    vm[try vm.object(a[0], slots: 2), VM.factory]
                },
                set: { (vm, a) throws(Unwind) in
                    vm[try vm.object(a[0], slots: 2), VM.factory] = a.value(1, or: .none)
                    return .none
                })
            for name: StaticString in ["copy", "__copy__"] {
                type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
                    let factory = vm[try vm.object(a[0], slots: 2), VM.factory]
                    return try vm.call(Value(vm.type(of: a[0])), factory, a[0])
                }
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                let object = try vm.object(a[0], slots: 2)
                let factory = vm[object, VM.factory]
                var text = "..."
                _ = try vm.whileShowing(object) { () throws(Unwind) in
                    text = vm.text(try vm.repr(factory))
                }
                let content = vm.text(try vm.repr(Value(try vm.dict(self: a[0]))))
                return try vm.string("\(vm.name(ofType: vm.type(of: a[0])))(\(text), \(content))")
            }
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                let factory = vm[try vm.object(a[0], slots: 2), VM.factory]
                let items = vm.newView(.dictItems, try vm.dict(self: a[0]))
                let parts = try vm.newList()
                try vm.append(parts, Value(vm.type(of: a[0])))
                try vm.append(
                    parts, factory == .none ? vm.shared.pointee.emptyTuple : try vm.tuple(factory))
                try vm.append(parts, .none)
                try vm.append(parts, .none)
                try vm.append(parts, try vm.iterator(of: items))
                return try vm.tuple(ofList: parts)
            }
            for (name, isReflected) in [("__or__", false), ("__ror__", true)]
                as [(StaticString, Bool)]
            {
                type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                    guard vm.asDict(a[1]) != nil else { return .notImplemented }
                    let factory = vm[try vm.object(a[0], slots: 2), VM.factory]
                    let (left, right) = isReflected ? (a[1], a[0]) : (a[0], a[1])
                    let result = try vm.call(Value(vm.type(of: a[0])), factory, left)
                    try vm.merge(try vm.dict(self: result), right)
                    return result
                }
            }
            vm.addClassItem(type)
        }
    }

    /// What `__missing__` of a `defaultdict` does if its items are set as those of `dict`, its content.
    func makeMissing(
        _ object: Reference, _ dict: Reference, _ key: Value
    ) throws(Unwind) -> Value {
        let factory = self[object, VM.factory]
        if factory == .none { throw try keyError(key) }
        let value = try made(by: factory)
        if isNamespace(dict) || !Python.assign(q, dict, key, value) {
            try set(dict, key, value)
        }
        // A new key comes last.
        Python.remember(q.thread, entry: fill(dict) &- 1, key, key)
        return value
    }
    /// `factory()`
    private func made(by factory: Value) throws(Unwind) -> Value {
        switch factory {
        case Value(type(.int)): return Value(0)
        case Value(type(.list)): return Value(try newList())
        case Value(type(.dict)): return Value(newDict())
        case Value(type(.set)): return Value(newSet())
        default: return try call(factory)
        }
    }

    // MARK: OrderedDict

    static func addOrderedDict(_ module: ModuleBuilder) {
        let vm = module.vm
        module.type("OrderedDict", base: .dict, reserved: 1, hasDict: true) { type in
            type.constant("__module__", vm.intern("collections"))
            type.constant("__hash__", .none)
            for name: StaticString in ["__init__", "update"] {
                type.method(name, "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                    if a.count > 2 {
                        throw vm.raise(
                            .typeError, "expected at most 1 arguments, got \(a.count - 1)")
                    }
                    if a.count == 2 { try vm.fill(a[0], from: a[1]) }
                    if a.keywords != .unbound { try vm.fill(a[0], from: a.keywords) }
                    return .none
                }
            }
            vm.addOrder(type)
            vm.addOrderedCopies(type)
        }
    }
    /// `update`, which asks `__setitem__` of a subclass that has its own.
    private func fill(_ object: Value, from source: Value) throws(Unwind) {
        let setter = lookup(typeOf: object, name(.setitem))
        if setter == lookup(type(.dict), name(.setitem)) {
            return try merge(try dict(self: object), source)
        }
        let entries = newDict()
        try merge(entries, source)
        for i in 0..<fill(entries) {
            if let (key, value) = entry(entries, i) {
                _ = try callSpecial(setter, object, key, value)
            }
        }
    }

    private func addOrder(_ type: TypeBuilder) {
        type.method("move_to_end", "(self, key, last=True)") { (vm, a) throws(Unwind) in
            let dict = try vm.dict(self: a[0])
            let hash = try vm.hash(a[1])
            let n = try vm.find(dict, a[1], hash: hash)
            if n < 0 { throw try vm.keyError(a[1]) }
            let toEnd = a.has(2) ? try vm.isTrue(a[2]) : true
            if n == (toEnd ? vm.lastEntry(dict) : vm.firstEntry(dict)) { return .none }
            guard let (key, _) = vm.entry(dict, n) else { return .none }
            if toEnd {
                let value = vm.remove(dict, entry: n)
                try vm.append(dict, key, value, hash: hash)
                return .none
            }
            // To the front: all others go behind it.
            let others = try vm.copy(ofDict: dict)
            let value = vm.remove(dict, entry: n)
            vm.clear(dict)
            try vm.append(dict, key, value, hash: hash)
            for i in 0..<vm.fill(others) {
                guard let (other, value) = vm.entry(others, i), other != key else { continue }
                try vm.set(dict, other, value)
            }
            return .none
        }
        type.method("popitem", "(self, last=True)") { (vm, a) throws(Unwind) in
            let dict = try vm.dict(self: a[0])
            let last = a.has(1) ? try vm.isTrue(a[1]) : true
            let n = last ? vm.lastEntry(dict) : vm.firstEntry(dict)
            guard n >= 0, let (key, value) = vm.entry(dict, n) else {
                throw vm.raise(.keyError, "dictionary is empty")
            }
            let pair = try vm.tuple(key, value)
            _ = vm.remove(dict, entry: n)
            return pair
        }
        type.method("pop", "(self, key, default=<unrepresentable>)") { (vm, a) throws(Unwind) in
            let value = try vm.remove(try vm.dict(self: a[0]), a[1])
            if value != .unbound { return value }
            if a.has(2) { return a[2] }
            let missing = vm.lookup(typeOf: a[0], vm.name(.missing))
            if missing != .unbound { return try vm.callSpecial(missing, a[0], a[1]) }
            throw try vm.keyError(a[1])
        }
        type.method("setdefault", "(self, key, default=None)") { (vm, a) throws(Unwind) in
            let dict = try vm.dict(self: a[0])
            let known = try vm.get(dict, a[1])
            if known != .unbound { return known }
            let value = a.value(2, or: .none)
            try vm.setItem(a[0], a[1], value)
            return value
        }
        for comparison in [Comparison.equal, .notEqual] {
            type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                guard let other = vm.asDict(a[1]) else { return .notImplemented }
                let dict = try vm.dict(self: a[0])
                var isSame = try vm.same(dict: dict, other)
                if isSame && vm.isOrderedDict(a[1]) {
                    isSame = try vm.haveSameOrder(dict, other)
                }
                return Value(isSame == (comparison == .equal))
            }
        }
    }
    /// Is it an instance of OrderedDict? The only dict type with a `move_to_end` of its own.
    private func isOrderedDict(_ value: Value) -> Bool {
        let method = lookup(typeOf: value, intern("move_to_end"))
        guard method.isA(Kind.native) else { return false }
        return self[method.reference, NativeFunction.owner] != Value(type(.dict))
    }
    private func haveSameOrder(_ a: Reference, _ b: Reference) throws(Unwind) -> Bool {
        var (i, j) = (0, 0)
        while i < fill(a) {
            guard let (x, _) = entry(a, i) else {
                i &+= 1
                continue
            }
            while j < fill(b), entry(b, j) == nil { j &+= 1 }
            guard j < fill(b), let (y, _) = entry(b, j) else { return false }
            if try !same(x, y) { return false }
            i &+= 1
            j &+= 1
        }
        return true
    }

    private func addOrderedCopies(_ type: TypeBuilder) {
        for name: StaticString in ["copy", "__copy__"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
                try vm.call(Value(vm.type(of: a[0])), a[0])
            }
        }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let name = vm.name(ofType: vm.type(of: a[0]))
            let dict = try vm.dict(self: a[0])
            if vm.count(ofDict: dict) == 0 { return try vm.string("\(name)()") }
            var text = ""
            let isNew = try vm.whileShowing(dict) { () throws(Unwind) in
                let items = try vm.newList(of: try vm.callMethod(a[0], vm.name(.items)))
                text = vm.text(try vm.repr(Value(items)))
            }
            return try vm.string(isNew ? "\(name)(\(text))" : "...")
        }
        type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
            let attributes = try vm.findAttribute(a[0], vm.name(.dict))
            var state = attributes
            if let dict = vm.asDict(attributes), vm.count(ofDict: dict) == 0 { state = .none }
            let parts = try vm.newList()
            try vm.append(parts, Value(vm.type(of: a[0])))
            try vm.append(parts, vm.shared.pointee.emptyTuple)
            try vm.append(parts, state == .unbound ? .none : state)
            try vm.append(parts, .none)
            try vm.append(
                parts, try vm.iterator(of: try vm.callMethod(a[0], vm.name(.items))))
            return try vm.tuple(ofList: parts)
        }
        for (name, isReflected) in [("__or__", false), ("__ror__", true)]
            as [(StaticString, Bool)]
        {
            type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                guard vm.asDict(a[1]) != nil else { return .notImplemented }
                let (left, right) = isReflected ? (a[1], a[0]) : (a[0], a[1])
                let result = try vm.call(Value(vm.type(of: a[0])), left)
                try vm.fill(result, from: right)
                return result
            }
        }
        type.method("__ior__", "(self, value, /)") { (vm, a) throws(Unwind) in
            try vm.fill(a[0], from: a[1])
            return a[0]
        }
    }
}
