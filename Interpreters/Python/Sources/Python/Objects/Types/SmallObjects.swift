import InterpreterKit

/// Cells, descriptors of attributes, modules and `types.SimpleNamespace`.
extension VM {
    func installSmallObjects() {
        installCell()
        installMembers()
        installModule()
        installSimpleNamespace()
        installSingletons()
    }

    /// The types of None, Ellipsis and NotImplemented: calling them gives the one there is.
    private func installSingletons() {
        for (builtin, value) in [
            (.noneType, .none), (.ellipsisType, .ellipsis), (.notImplementedType, .notImplemented),
        ] as [(BuiltinType, Value)] {
            build(builtin) { type in
                let name = builtin == .ellipsisType ? "ellipsis" : "\(type.name)"
                type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                    if a.count > 1 || a.keywords != .unbound {
                        throw vm.raise(.typeError, "\(name) takes no arguments")
                    }
                    return value
                }
                type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                    try vm.repr(a[0])
                }
                if builtin != .ellipsisType {
                    type.method("__bool__", "(self, /)") { (vm, a) throws(Unwind) in
                        Value(try vm.isTrue(a[0]))
                    }
                }
                if builtin != .noneType {
                    type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                        try vm.repr(a[0])
                    }
                }
            }
        }
    }

    private func installCell() {
        build(.cell) { type in
            type.new("(cls, contents=None, /)") { (vm, a) throws(Unwind) in
                Value(vm.q.new(Kind.cell, a.value(1, or: .unbound)))
            }
            type.attribute(
                "cell_contents",
                get: { (vm, a) throws(Unwind) in
                    let content = vm[a[0].reference, Cell.content]
                    if content == .unbound { throw vm.raise(.valueError, "Cell is empty") }
                    return content
                },
                set: { (vm, a) throws(Unwind) in
                    vm[a[0].reference, Cell.content] = a[1]
                    return .none
                },
                delete: { (vm, a) throws(Unwind) in
                    vm[a[0].reference, Cell.content] = .unbound
                    return .none
                })
            for (name, comparison) in [
                ("__eq__", Comparison.equal), ("__ne__", .notEqual), ("__lt__", .less),
                ("__le__", .lessEqual), ("__gt__", .greater), ("__ge__", .greaterEqual),
            ] as [(StaticString, Comparison)] {
                type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                    guard a[1].isA(Kind.cell) else { return .notImplemented }
                    let x = vm[a[0].reference, Cell.content]
                    let y = vm[a[1].reference, Cell.content]
                    if x == .unbound || y == .unbound {
                        return Value(
                            comparison.holds((x == .unbound ? 0 : 1) - (y == .unbound ? 0 : 1)))
                    }
                    return try vm.compare(comparison, x, y)
                }
            }
            type.constant("__hash__", .none)
        }
    }

    private func installMembers() {
        for builtin in [BuiltinType.memberDescriptor, .getSetDescriptor] {
            build(builtin) { type in
                type.attribute(
                    "__name__", get: { (vm, a) throws(Unwind) in vm[a[0].reference, Member.name] })
                type.attribute(
                    "__objclass__",
                    get: { (vm, a) throws(Unwind) in vm[a[0].reference, Member.type] })
                type.attribute(
                    "__qualname__",
                    get: { (vm, a) throws(Unwind) in
                        let owner = vm[a[0].reference, Member.type].reference
                        let name = vm.text(vm[a[0].reference, Member.name])
                        let outer = vm.text(vm[owner, TypeObject.qualifiedName])
                        return try vm.string("\(outer).\(name)")
                    })
                type.attribute("__doc__", get: { (_, _) throws(Unwind) in .none })
                type.method("__get__", "(self, instance, owner=None, /)") {
                    (vm, a) throws(Unwind) in a[1] == .none ? a[0] : try vm.bind(a[0], a[1])
                }
                type.method("__set__", "(self, instance, value, /)") { (vm, a) throws(Unwind) in
                    try vm.store(through: a[0], a[1], vm[a[0].reference, Member.name], a[2])
                    return .none
                }
                type.method("__delete__", "(self, instance, /)") { (vm, a) throws(Unwind) in
                    try vm.store(through: a[0], a[1], vm[a[0].reference, Member.name], .unbound)
                    return .none
                }
                type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                    try vm.repr(a[0])
                }
            }
        }
    }

    private func installModule() {
        build(.module) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                let namespace = vm.newNamespace()
                // Global variables are reached from native memory.
                vm.machine.heap.keep(Value(namespace))
                let own = a[0] == Value(vm.type(.module)) ? Value.none : a[0]
                return Value(vm.q.new(Kind.module, Value(namespace), own))
            }
            type.method("__init__", "(self, name, doc=None)") { (vm, a) throws(Unwind) in
                guard vm.asString(a[1]) != nil else {
                    throw vm.raise(
                        .typeError,
                        "module.__init__() argument 1 must be str, not \(vm.typeName(a[1]))")
                }
                let namespace = vm[a[0].reference, ModuleObject.namespace]
                try vm.set(namespace, name: vm.name(.name), a[1])
                try vm.set(namespace, name: vm.name(.doc), a.value(2, or: .none))
                for name in [Name.package, .loader, .spec] {
                    try vm.set(namespace, name: vm.name(name), .none)
                }
                return .none
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in try vm.repr(a[0]) }
            type.method("__getattribute__", "(self, name, /)") { (vm, a) throws(Unwind) in
                try vm.standardGetAttribute(a[0], a[1])
            }
            type.method("__dir__", "(self, /)") { (vm, a) throws(Unwind) in
                guard let namespace = vm.asDict(try vm.getAttribute(a[0], .dict)) else {
                    throw vm.raise(.typeError, "<module>.__dict__ is not a dictionary")
                }
                let own = vm.find(namespace, name: vm.intern("__dir__"))
                return own == .unbound ? Value(try vm.keys(of: namespace)) : try vm.call(own)
            }
            type.attribute(
                "__dict__",
                get: { (vm, a) throws(Unwind) in
                    Value(vm[a[0].reference, ModuleObject.namespace])
                })
            type.attribute(
                "__annotations__",
                get: { (vm, a) throws(Unwind) in
                    let namespace = vm[a[0].reference, ModuleObject.namespace]
                    let name = vm.name(.annotations)
                    let known = vm.find(namespace, name: name)
                    if known != .unbound { return known }
                    let made = Value(vm.newDict())
                    try vm.set(namespace, name: name, made)
                    return made
                },
                set: { (vm, a) throws(Unwind) in
                    try vm.set(
                        vm[a[0].reference, ModuleObject.namespace], name: vm.name(.annotations),
                        a[1])
                    return .none
                },
                delete: { (vm, a) throws(Unwind) in
                    let namespace = vm[a[0].reference, ModuleObject.namespace]
                    if try vm.remove(namespace, vm.name(.annotations)) == .unbound {
                        throw vm.raise(.attributeError, "__annotations__")
                    }
                    return .none
                })
        }
    }

    private func installSimpleNamespace() {
        build(.simpleNamespace) { type in
            addAttributesDict(type)
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                Value(try vm.newInstance(a[0].reference))
            }
            type.method("__init__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                if a.count > 1 {
                    throw vm.raise(.typeError, "no positional arguments expected")
                }
                guard a.keywords.isDict else { return .none }
                let keywords = a.keywords.reference
                for i in 0..<vm.fill(keywords) {
                    guard let (key, value) = vm.entry(keywords, i) else { continue }
                    _ = try vm.storeOwnAttribute(a[0].reference, vm.intern(key), value)
                }
                return .none
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.repr(namespace: a[0])
            }
            type.method("__eq__", "(self, value, /)") { (vm, a) throws(Unwind) in
                guard vm.isInstance(a[1], .simpleNamespace) else { return .notImplemented }
                return Value(
                    try vm.equal(
                        Value(try vm.copyAttributes(a[0].reference)),
                        Value(try vm.copyAttributes(a[1].reference))))
            }
            type.constant("__hash__", .none)
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.tuple(
                    Value(vm.type(of: a[0])), vm.shared.pointee.emptyTuple,
                    Value(try vm.copyAttributes(a[0].reference)))
            }
        }
    }
    private func repr(namespace value: Value) throws(Unwind) -> Value {
        let type = type(of: value)
        let name = type == self.type(.simpleNamespace) ? "namespace" : name(ofType: type)
        var text = StringBuilder()
        text.append("\(name)(")
        let isNew = try whileShowing(value.reference) { () throws(Unwind) in
            let attributes = try copyAttributes(value.reference)
            var isFirst = true
            for i in 0..<fill(attributes) {
                guard let (key, content) = entry(attributes, i), let key = asString(key) else {
                    continue
                }
                if !isFirst { text.append(", ") }
                isFirst = false
                text.append(string: key)
                text.append("=")
                try show(content, into: &text)
            }
        }
        if !isNew { text.append("...") }
        text.append(")")
        return try text.string(self)
    }
}
