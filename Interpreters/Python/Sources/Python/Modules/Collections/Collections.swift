import InterpreterKit

/// The module `_collections`: what `collections` has in Swift.
extension VM {
    static func makeCollections(_ module: ModuleBuilder) throws(Unwind) {
        addDeque(module)
        addDefaultDict(module)
        addOrderedDict(module)
        addFieldGetter(module)
        module.function("_count_elements", "(mapping, iterable, /)") { (vm, a) throws(Unwind) in
            try vm.countElements(a[0], a[1])
            return .none
        }
    }

    /// Adds 1 to the count of each item.
    private func countElements(_ mapping: Value, _ iterable: Value) throws(Unwind) {
        let dictType = type(.dict)
        let type = type(of: mapping)
        let isPlain =
            lookup(type, name(.setitem)) == lookup(dictType, name(.setitem))
            && lookup(type, intern("get")) == lookup(dictType, intern("get"))
        if isPlain, let dict = asDict(mapping) {
            return try iterate(iterable) { (item) throws(Unwind) in
                let hash = try hash(item)
                let n = try find(dict, item, hash: hash)
                let known = n < 0 ? Value(0) : value(dict, entry: n)
                let count =
                    known.isInt ? try int(known.int &+ 1) : try binary(.add, known, Value(1))
                if known.isInt {
                    try set(dict, item, count, hash: hash, entry: n)
                } else {
                    try set(dict, item, count)
                }
                return true
            }
        }
        let get = try getAttribute(mapping, intern("get"))
        try iterate(iterable) { (item) throws(Unwind) in
            let known = try call(get, item, Value(0))
            try setItem(mapping, item, try binary(.add, known, Value(1)))
            return true
        }
    }

    /// The descriptor of a field of a named tuple. Slots: the index, the docstring.
    private static func addFieldGetter(_ module: ModuleBuilder) {
        module.type("_tuplegetter", reserved: 2) { type in
            type.constant("__module__", module.vm.intern("collections"))
            type.new("(cls, index, doc, /)") { (vm, a) throws(Unwind) in
                let getter = try vm.newInstance(a[0].reference)
                vm[getter, Instance.slot(0)] = Value(try vm.index(a[1]))
                vm[getter, Instance.slot(1)] = a[2]
                return Value(getter)
            }
            type.method("__get__", "(self, instance, owner=None, /)") { (vm, a) throws(Unwind) in
                let getter = try vm.object(a[0], slots: 2)
                if a[1] == .none { return a[0] }
                let index = vm[getter, Instance.slot(0)]
                guard let tuple = vm.asTuple(a[1]) else {
                    throw vm.raise(
                        .typeError,
                        "descriptor for index '\(index.int)' for tuple subclasses doesn't apply to '\(vm.typeName(a[1]))' object"
                    )
                }
                if index.int < 0 || index.int >= vm.q.tupleCount(tuple.reference) {
                    throw vm.raise(.indexError, "tuple index out of range")
                }
                return vm.q.tupleElement(tuple.reference, index.int)
            }
            type.method("__set__", "(self, instance, value, /)") { (vm, a) throws(Unwind) in
                throw vm.raise(.attributeError, "can't set attribute")
            }
            type.method("__delete__", "(self, instance, /)") { (vm, a) throws(Unwind) in
                throw vm.raise(.attributeError, "can't delete attribute")
            }
            type.attribute(
                "__doc__",
                get: { (vm, a) throws(Unwind) in
                    vm[try vm.object(a[0], slots: 2), Instance.slot(1)]
                },
                set: { (vm, a) throws(Unwind) in
                    vm[try vm.object(a[0], slots: 2), Instance.slot(1)] = a.value(1, or: .none)
                    return .none
                })
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                let getter = try vm.object(a[0], slots: 2)
                return try vm.tuple(
                    Value(vm.type(of: a[0])),
                    try vm.tuple(vm[getter, Instance.slot(0)], vm[getter, Instance.slot(1)]))
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                let getter = try vm.object(a[0], slots: 2)
                let index = vm[getter, Instance.integerSlot(0)]
                let doc = vm.text(try vm.repr(vm[getter, Instance.slot(1)]))
                return try vm.string("_tuplegetter(\(index), \(doc))")
            }
        }
    }
}
