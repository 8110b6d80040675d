import InterpreterKit

/// Bound methods, built-in functions and the descriptors of built-in types as objects.
extension VM {
    func installMethods() {
        build(.method) { type in
            type.new("(cls, function, instance, /)") { (vm, a) throws(Unwind) in
                if vm.lookup(typeOf: a[1], vm.name(.call)) == .unbound && !vm.isCallable(a[1]) {
                    throw vm.raise(.typeError, "first argument must be callable")
                }
                if a[2] == .none {
                    throw vm.raise(.typeError, "instance must not be None")
                }
                return Value(vm.q.new(Kind.method, a[1], a[2]))
            }
            installBoundAttributes(type)
            type.method("__get__", "(self, instance, owner=None, /)") { (_, a) throws(Unwind) in
                a[0]
            }
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                let method = a[0].reference
                let getter = vm.find(vm.shared.pointee.builtins, name: vm.intern("getattr"))
                let name = try vm.getAttribute(vm[method, Method.function], .name)
                return try vm.tuple(getter, try vm.tuple(vm[method, Method.object], name))
            }
        }
        for builtin in [BuiltinType.builtinFunction, .methodWrapper] {
            build(builtin) { type in
                installBoundAttributes(type)
                installNativeNames(type)
                type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                    try vm.reduce(native: a[0])
                }
            }
        }
        for builtin in [
            BuiltinType.methodDescriptor, .wrapperDescriptor, .classMethodDescriptor,
        ] {
            build(builtin) { type in
                installNativeNames(type)
                type.attribute(
                    "__objclass__",
                    get: { (vm, a) throws(Unwind) in
                        vm[a[0].reference, NativeFunction.owner]
                    })
                type.method("__get__", "(self, instance, owner=None, /)") {
                    (vm, a) throws(Unwind) in
                    if a[1] == .none && a[2].isType {
                        return try vm.bind(a[0], toClass: a[2].reference)
                    }
                    return a[1] == .none ? a[0] : try vm.bind(a[0], a[1])
                }
                type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                    let getter = vm.find(vm.shared.pointee.builtins, name: vm.intern("getattr"))
                    return try vm.tuple(
                        getter,
                        try vm.tuple(
                            vm[a[0].reference, NativeFunction.owner],
                            vm[a[0].reference, NativeFunction.name]))
                }
                installCall(type)
            }
        }
    }

    /// `__self__`, `__func__`, calling, comparing.
    private func installBoundAttributes(_ type: TypeBuilder) {
        type.attribute(
            "__self__",
            get: { (vm, a) throws(Unwind) in
                if a[0].isA(Kind.method) { return vm[a[0].reference, Method.object] }
                let owner = vm[a[0].reference, NativeFunction.owner]
                if owner != .none { return owner }
                return vm.find(vm.shared.pointee.modules, name: vm.intern("builtins"))
            })
        if type.type == self.type(.method) {
            type.attribute(
                "__func__",
                get: { (vm, a) throws(Unwind) in vm[a[0].reference, Method.function] })
            type.attribute(
                "__doc__",
                get: { (vm, a) throws(Unwind) in
                    let doc = try vm.findAttribute(vm[a[0].reference, Method.function], .doc)
                    return doc == .unbound ? .none : doc
                })
        }
        installCall(type)
        type.method("__eq__", "(self, value, /)") { (vm, a) throws(Unwind) in
            if a[0] == a[1] { return .true }
            guard a[0].isA(Kind.method) && a[1].isA(Kind.method) else { return .notImplemented }
            let (x, y) = (a[0].reference, a[1].reference)
            if vm[x, Method.object] != vm[y, Method.object] { return .false }
            return Value(try vm.equal(vm[x, Method.function], vm[y, Method.function]))
        }
        type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
            guard a[0].isA(Kind.method) else { return Value(vm.identityHash(a[0])) }
            let method = a[0].reference
            return Value(
                vm.identityHash(vm[method, Method.object])
                    ^ (try vm.hash(vm[method, Method.function])))
        }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in try vm.repr(a[0]) }
    }
    private func installCall(_ type: TypeBuilder) {
        type.method("__call__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
            try vm.call(
                a[0], arguments: try vm.tuple(a.base + 1, a.count - 1),
                keywords: a.keywords == .unbound ? .none : a.keywords)
        }
    }

    /// The built-in function itself, or the one of a bound method.
    private func native(_ value: Value) -> Reference {
        value.isA(Kind.method) ? self[value.reference, Method.function].reference : value.reference
    }
    private func installNativeNames(_ type: TypeBuilder) {
        type.attribute(
            "__name__",
            get: { (vm, a) throws(Unwind) in vm[vm.native(a[0]), NativeFunction.name] })
        type.attribute(
            "__qualname__",
            get: { (vm, a) throws(Unwind) in
                let native = vm.native(a[0])
                let name = vm[native, NativeFunction.name]
                let owner = vm[native, NativeFunction.owner]
                if !owner.isType { return name }
                if a[0].isA(Kind.method), vm.type(of: a[0]) == vm.type(.builtinFunction) {
                    // A bound method is one of its object's type.
                    let object = vm[a[0].reference, Method.object]
                    let type = object.isType ? object.reference : vm.type(of: object)
                    return try vm.string(
                        "\(vm.text(vm[type, TypeObject.qualifiedName])).\(vm.text(name))")
                }
                return try vm.string("\(vm.name(ofType: owner.reference)).\(vm.text(name))")
            })
        type.attribute(
            "__module__",
            get: { (vm, a) throws(Unwind) in
                let owner = vm[vm.native(a[0]), NativeFunction.owner]
                if owner == .none { return vm.intern("builtins") }
                if !owner.isA(Kind.module) { return .none }
                let name = vm.find(
                    vm[owner.reference, ModuleObject.namespace], name: vm.name(.name))
                return name == .unbound ? .none : name
            })
        type.attribute("__doc__", get: { (_, _) throws(Unwind) in .none })
        type.attribute(
            "__text_signature__",
            get: { (vm, a) throws(Unwind) in
                let entry = vm[vm.native(a[0]), NativeFunction.entry].native(NativeEntry.self)
                let text = "\(entry.pointee.signature)"
                let first = text.dropFirst().prefix { $0 != "," && $0 != ")" }
                let isMethod = vm[vm.native(a[0]), NativeFunction.owner].isType
                return try vm.string(
                    isMethod && !first.isEmpty && first != "/"
                        ? "($\(text.dropFirst())" : text)
            })
    }
    private func reduce(native value: Value) throws(Unwind) -> Value {
        guard value.isA(Kind.method) else { return self[value.reference, NativeFunction.name] }
        let getter = find(shared.pointee.builtins, name: intern("getattr"))
        return try tuple(
            getter,
            try tuple(
                self[value.reference, Method.object], self[native(value), NativeFunction.name]))
    }

    /// `callable(value)`
    func isCallable(_ value: Value) -> Bool {
        guard value.isReference else { return false }
        switch value.reference.kind {
        case Kind.function.kind, Kind.native.kind, Kind.method.kind, Kind.type.kind,
            Kind.staticMethod.kind:
            return true
        default: return lookup(typeOf: value, name(.call)) != .unbound
        }
    }
}
