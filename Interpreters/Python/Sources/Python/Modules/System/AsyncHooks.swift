import InterpreterKit

/// What an event loop is told about asynchronous generators, of each thread.
extension ModuleBuilder {
    func addAsyncHooks() {
        let names: [StaticString] = ["firstiter", "finalizer"]
        let type = StructType(vm, "asyncgen_hooks", in: "sys", names, makes: false)
        function("get_asyncgen_hooks", "()") { (vm, a) throws(Unwind) in
            let hooks = try vm.newList(capacity: 2)
            for name in names {
                let hook = vm.find(vm.asyncHooks, name: vm.intern(name))
                try vm.append(hooks, hook == .unbound ? .none : hook)
            }
            return try type.make(vm, hooks)
        }
        function("set_asyncgen_hooks", "(firstiter=<unchanged>, finalizer=<unchanged>)") {
            (vm, a) throws(Unwind) in
            for (i, name) in names.enumerated() where a.has(i) {
                if a[i] != .none, !vm.isCallable(a[i]) {
                    throw vm.raise(
                        .typeError,
                        "callable \(name) expected, got \(vm.typeName(a[i]))")
                }
                try vm.set(vm.asyncHooks, name: vm.intern(name), a[i])
            }
            return .none
        }
    }
}

extension VM {
    fileprivate var asyncHooks: Reference {
        Value(bits: thread.pointee.stackBase[ThreadWord.asyncHooks]).reference
    }
    /// Tells the loop of a generator that is about to begin.
    func announce(asyncGenerator generator: Value) throws(Unwind) {
        guard
            self[generator.reference, Generator.state] == GeneratorState.created.rawValue,
            count(ofDict: asyncHooks) > 0
        else { return }
        let hook = find(asyncHooks, name: intern("firstiter"))
        if hook != .unbound && hook != .none { _ = try call(hook, generator) }
    }
}
