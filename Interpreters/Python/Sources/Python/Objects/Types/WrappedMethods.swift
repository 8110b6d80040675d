import InterpreterKit

/// `staticmethod` and `classmethod`.
extension VM {
    func installWrappedMethods() {
        installWrapper(.staticMethod, Kind.staticMethod, .staticMethod)
        installWrapper(.classMethod, Kind.classMethod, .classMethod)
        build(.staticMethod) { type in
            type.method("__get__", "(self, instance, owner=None, /)") { (vm, a) throws(Unwind) in
                vm[vm.wrapper(a[0]), Wrapper.function]
            }
            type.method("__call__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.call(
                    vm[vm.wrapper(a[0]), Wrapper.function],
                    arguments: try vm.tuple(a.base + 1, a.count - 1),
                    keywords: a.keywords == .unbound ? .none : a.keywords)
            }
        }
        build(.classMethod) { type in
            type.method("__get__", "(self, instance, owner=None, /)") { (vm, a) throws(Unwind) in
                var owner = a.value(2, or: .none)
                if owner == .none { owner = Value(vm.type(of: a[1])) }
                let function = vm[vm.wrapper(a[0]), Wrapper.function]
                guard owner.isType else {
                    return Value(vm.q.new(Kind.method, function, owner))
                }
                return try vm.bindClass(function, owner.reference)
            }
        }
    }
    private func installWrapper(_ builtin: BuiltinType, _ shape: Shape, _ payload: Payload) {
        build(builtin) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.newObject(
                    a[0].reference, content: Value(vm.q.new(shape, .none, .none)))
            }
            type.method("__init__", "(self, function, /)") { (vm, a) throws(Unwind) in
                vm[vm.wrapper(a[0]), Wrapper.function] = a[1]
                return .none
            }
            type.attribute(
                "__func__",
                get: { (vm, a) throws(Unwind) in vm[vm.wrapper(a[0]), Wrapper.function] })
            type.attribute(
                "__wrapped__",
                get: { (vm, a) throws(Unwind) in vm[vm.wrapper(a[0]), Wrapper.function] })
            type.attribute(
                "__isabstractmethod__",
                get: { (vm, a) throws(Unwind) in
                    Value(
                        try vm.isAbstractMethod(vm[vm.wrapper(a[0]), Wrapper.function]))
                })
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                let function = vm.text(
                    try vm.repr(vm[vm.wrapper(a[0]), Wrapper.function]))
                return try vm.string("<\(vm.typeName(a[0]))(\(function))>")
            }
            addAttributesDict(type)
        }
    }
    /// The static or class method itself, or the one in an instance of a derived class.
    private func wrapper(_ value: Value) -> Reference {
        if let inner = payload(value, .staticMethod) { return inner.reference }
        return (payload(value, .classMethod) ?? value).reference
    }

    /// What a wrapper has of its function: names, module and documentation.
    func copiedAttribute(ofWrapper wrapper: Reference, _ name: Value) throws(Unwind) -> Value {
        let function = self[wrapper, Wrapper.function]
        for copied in [Name.name, .qualname, .module, .doc, .annotations]
        where name == self.name(copied) { return try findAttribute(function, name) }
        return .unbound
    }
}
