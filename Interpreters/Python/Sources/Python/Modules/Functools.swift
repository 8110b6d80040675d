import InterpreterKit

/// The module `_functools`: what `functools` has in Swift.
extension VM {
    static func makeFunctools(_ module: ModuleBuilder) throws(Unwind) {
        addPartial(module)
        addKeyWrapper(module)
        addLRUCache(module)
        module.function("reduce", "(function, iterable, initial=<unrepresentable>, /)") {
            (vm, a) throws(Unwind) in
            let iterator: Value
            do throws(Unwind) {
                iterator = try vm.iterator(of: a[1])
            } catch {
                guard vm.catches(.typeError, error) else { throw error }
                throw vm.raise(.typeError, "reduce() arg 2 must support iteration")
            }
            var result = a.has(2) ? a[2] : try vm.next(iterator)
            if result == .unbound {
                throw vm.raise(
                    .typeError, "reduce() of empty iterable with no initial value")
            }
            while true {
                let item = try vm.next(iterator)
                if item == .unbound { return result }
                result = try vm.call(a[0], result, item)
            }
        }
    }

    // MARK: partial

    /// Slots: function, tuple of arguments, dict of keywords.
    private static func addPartial(_ module: ModuleBuilder) {
        module.type("partial", reserved: 3, hasDict: true) { type in
            type.constant("__module__", module.vm.intern("functools"))
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                if a.count < 2 {
                    throw vm.raise(
                        .typeError, "type 'partial' takes at least one argument")
                }
                if !vm.isCallable(a[1]) {
                    throw vm.raise(.typeError, "the first argument must be callable")
                }
                var function = a[1]
                var arguments = try vm.tuple(a.base + 2, a.count - 2)
                let keywords = vm.newDict()
                if function.isInstance && vm.type(of: function) == a[0].reference {
                    // A partial of a partial is one.
                    let inner = function.reference
                    function = vm[inner, Instance.slot(0)]
                    arguments = try vm.concatenate(
                        tuple: vm[inner, Instance.slot(1)].reference, arguments.reference)
                    try vm.merge(keywords, vm[inner, Instance.slot(2)])
                }
                if a.keywords != .unbound { try vm.merge(keywords, a.keywords) }
                let partial = try vm.newInstance(a[0].reference)
                vm[partial, Instance.slot(0)] = function
                vm[partial, Instance.slot(1)] = arguments
                vm[partial, Instance.slot(2)] = Value(keywords)
                return Value(partial)
            }
            type.method("__call__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                let partial = try vm.object(a[0], slots: 3)
                var arguments = vm[partial, Instance.slot(1)]
                if a.count > 1 {
                    let more = try vm.tuple(a.base + 1, a.count - 1)
                    arguments = try vm.concatenate(tuple: arguments.reference, more.reference)
                }
                var keywords = vm[partial, Instance.slot(2)]
                if a.keywords != .unbound {
                    let all = try vm.copy(ofDict: keywords.reference)
                    try vm.merge(all, a.keywords)
                    keywords = Value(all)
                }
                return try vm.call(
                    vm[partial, Instance.slot(0)], arguments: arguments, keywords: keywords)
            }
            for (name, slot) in [("func", 0), ("args", 1), ("keywords", 2)]
                as [(StaticString, Int)]
            {
                type.attribute(
                    name,
                    get: { (vm, a) throws(Unwind) in
                        vm[try vm.object(a[0], slots: 3), Instance.slot(slot)]
                    })
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                let partial = try vm.object(a[0], slots: 3)
                let cls = vm.type(of: a[0])
                let module = vm.text(try vm.getAttribute(Value(cls), vm.name(.module)))
                let isOurs = module == "functools"
                let name = (isOurs ? "functools." : "") + vm.name(ofType: cls)
                var text = "..."
                let isNew = try vm.whileShowing(partial) { () throws(Unwind) in
                    text = vm.text(try vm.repr(vm[partial, Instance.slot(0)]))
                    let arguments = vm[partial, Instance.slot(1)]
                    for i in 0..<vm.q.tupleCount(arguments.reference) {
                        let item = vm.q.tupleElement(arguments.reference, i)
                        text += ", " + vm.text(try vm.repr(item))
                    }
                    let keywords = vm[partial, Instance.slot(2)]
                    for i in 0..<vm.fill(keywords.reference) {
                        guard let (key, value) = vm.entry(keywords.reference, i) else { continue }
                        text += ", \(vm.text(key))=" + vm.text(try vm.repr(value))
                    }
                }
                return try vm.string(isNew ? "\(name)(\(text))" : "...")
            }
            addPartialState(type)
            module.vm.addClassItem(type)
        }
    }
    private static func addPartialState(_ type: TypeBuilder) {
        type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
            let partial = try vm.object(a[0], slots: 3)
            let attributes = try vm.findAttribute(a[0], vm.name(.dict))
            let state = try vm.newList()
            try vm.append(state, vm[partial, Instance.slot(0)])
            try vm.append(state, vm[partial, Instance.slot(1)])
            try vm.append(state, vm[partial, Instance.slot(2)])
            try vm.append(state, attributes == .unbound ? .none : attributes)
            return try vm.tuple(
                Value(vm.type(of: a[0])), try vm.tuple(vm[partial, Instance.slot(0)]),
                try vm.tuple(ofList: state))
        }
        type.method("__setstate__", "(self, state, /)") { (vm, a) throws(Unwind) in
            let partial = try vm.object(a[0], slots: 3)
            guard let state = vm.asTuple(a[1]), vm.q.tupleCount(state.reference) == 4,
                vm.isCallable(vm.q.tupleElement(state.reference, 0)),
                let arguments = vm.asTuple(vm.q.tupleElement(state.reference, 1))
            else { throw vm.raise(.typeError, "invalid partial state") }
            let keywords = vm.q.tupleElement(state.reference, 2)
            let attributes = vm.q.tupleElement(state.reference, 3)
            if keywords != .none && vm.asDict(keywords) == nil {
                throw vm.raise(.typeError, "invalid partial state")
            }
            let copy = vm.newDict()
            if keywords != .none { try vm.merge(copy, keywords) }
            vm[partial, Instance.slot(0)] = vm.q.tupleElement(state.reference, 0)
            vm[partial, Instance.slot(1)] = arguments
            vm[partial, Instance.slot(2)] = Value(copy)
            if attributes != .none { try vm.setAttribute(a[0], vm.name(.dict), attributes) }
            return .none
        }
    }

    // MARK: cmp_to_key

    /// Slots: the comparison, the object.
    private static func addKeyWrapper(_ module: ModuleBuilder) {
        let type = module.type("KeyWrapper", reserved: 2) { type in
            type.constant("__module__", module.vm.intern("functools"))
            type.constant("__hash__", .none)
            type.method("__call__", "(self, obj)") { (vm, a) throws(Unwind) in
                let known = try vm.object(a[0], slots: 2)
                let wrapper = try vm.newInstance(vm.type(of: a[0]))
                vm[wrapper, Instance.slot(0)] = vm[known, Instance.slot(0)]
                vm[wrapper, Instance.slot(1)] = a[1]
                return Value(wrapper)
            }
            type.attribute(
                "obj",
                get: { (vm, a) throws(Unwind) in
                    vm[try vm.object(a[0], slots: 2), Instance.slot(1)]
                })
            for comparison in Comparison.allCases {
                type.method(module.vm.methodName(comparison), "(self, value, /)") {
                    (vm, a) throws(Unwind) in
                    let x = try vm.object(a[0], slots: 2)
                    guard a[1].isInstance, vm.type(of: a[0]) == vm.type(of: a[1]) else {
                        throw vm.raise(.typeError, "other argument must be K instance")
                    }
                    let order = try vm.call(
                        vm[x, Instance.slot(0)], vm[x, Instance.slot(1)],
                        vm[a[1].reference, Instance.slot(1)])
                    return try vm.compare(comparison, order, Value(0))
                }
            }
        }
        module.function("cmp_to_key", "(mycmp)") { (vm, a) throws(Unwind) in
            let wrapper = try vm.newInstance(type)
            vm[wrapper, Instance.slot(0)] = a[0]
            return Value(wrapper)
        }
    }
}
