import InterpreterKit

/// The methods of `type`.
extension VM {
    func installType() {
        build(.type) { type in
            installTypeAttributes(type)
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.newClass(a)
            }
            type.method("__init__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                if a.count != 2 && a.count != 4 {
                    throw vm.raise(.typeError, "type.__init__() takes 1 or 3 arguments")
                }
                return .none
            }
            type.method("__call__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                let arguments = try vm.tuple(a.base + 1, a.count - 1)
                let (base, count, names) = try vm.spread(a[0], arguments, a.keywords)
                defer { vm.close(base) }
                let inner = vm.nativeFrame(above: base + (count + 1))
                defer { Quantum<Dispatched>(vm.thread).leave(to: vm.fp) }
                return try inner.instantiateStandard(a[0].reference, base, count, names)
            }
            type.classMethod("__prepare__", "(cls, /, *args, **kwargs)") {
                (vm, _) throws(Unwind) in Value(vm.newDict())
            }
            type.method("mro", "(self, /)") { (vm, a) throws(Unwind) in
                let type = a[0].reference
                let order = try vm.linearize(type, vm.types(vm[type, TypeObject.bases]))
                let list = try vm.newList(capacity: order.count)
                for ancestor in order { try vm.append(list, Value(ancestor)) }
                return Value(list)
            }
            type.method("__subclasses__", "(self, /)") { (vm, a) throws(Unwind) in
                let list = try vm.newList()
                let known = vm[a[0].reference, TypeObject.subclasses]
                if known.isList {
                    for i in 0..<vm[known.reference, List.count] {
                        try vm.append(list, vm.item(ofList: known.reference, i))
                    }
                }
                return Value(list)
            }
            type.method("__instancecheck__", "(self, instance, /)") { (vm, a) throws(Unwind) in
                Value(try vm.isPlainInstance(a[1], vm.type(of: a[1]), of: a[0]))
            }
            type.method("__subclasscheck__", "(self, subclass, /)") { (vm, a) throws(Unwind) in
                Value(try vm.isPlainSubclass(a[1], of: a[0]))
            }
            type.method("__or__", "(self, value, /)") { (vm, a) throws(Unwind) in
                try vm.union(a[0], a[1])
            }
            type.method("__ror__", "(self, value, /)") { (vm, a) throws(Unwind) in
                try vm.union(a[1], a[0])
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                var text = StringBuilder()
                vm.appendRepr(type: a[0].reference, to: &text)
                return try text.string(vm)
            }
            type.method("__dir__", "(self, /)") { (vm, a) throws(Unwind) in
                let names = vm.newDict()
                try vm.addNames(ofClass: a[0], to: names)
                return Value(try vm.keys(of: names))
            }
            type.method("__getattribute__", "(self, name, /)") { (vm, a) throws(Unwind) in
                try vm.standardGetAttribute(a[0], a[1])
            }
            type.method("__setattr__", "(self, name, value, /)") { (vm, a) throws(Unwind) in
                let name = try vm.attributeName(a[1])
                try vm.changeAttribute(a[0], vm.type(of: a[0]), name, a[2])
                return .none
            }
            type.method("__delattr__", "(self, name, /)") { (vm, a) throws(Unwind) in
                let name = try vm.attributeName(a[1])
                try vm.changeAttribute(a[0], vm.type(of: a[0]), name, .unbound)
                return .none
            }
            type.method("__sizeof__", "(self, /)") { (_, _) throws(Unwind) in Value(1064) }
        }
    }

    /// `type.__new__` with the arguments of a call.
    private func newClass(_ a: CallArguments) throws(Unwind) -> Value {
        guard a[0].isType else {
            throw raise(
                .typeError, "type.__new__(X): X is not a type object (\(typeName(a[0])))")
        }
        let metaclass = a[0].reference
        if !isSubtype(metaclass, type(.type)) {
            let name = name(ofType: metaclass)
            throw raise(.typeError, "type.__new__(\(name)): \(name) is not a subtype of type")
        }
        if a.count == 2 && metaclass == type(.type) && a.keywords == .unbound {
            return Value(type(of: a[1]))
        }
        if a.count != 4 {
            throw raise(
                .typeError, "type.__new__() takes exactly 3 arguments (\(a.count - 1) given)")
        }
        guard asString(a[1]) != nil else { throw wrongArgument(1, "str", a[1]) }
        guard a[2].isTuple || payload(a[2], .tuple) != nil else {
            throw wrongArgument(2, "tuple", a[2])
        }
        guard let namespace = asDict(a[3]) else { throw wrongArgument(3, "dict", a[3]) }
        return try newClass(
            a[1], payload(a[2], .tuple) ?? a[2], namespace,
            keywords: a.keywords == .unbound ? .none : a.keywords, metaclass: metaclass)
    }
    private func wrongArgument(_ number: Int, _ expected: String, _ value: Value) -> Unwind {
        raise(
            .typeError,
            "type.__new__() argument \(number) must be \(expected), not \(typeName(value))")
    }
}
