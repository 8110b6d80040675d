import InterpreterKit

/// `property`: an attribute computed by functions.
extension VM {
    /// The value of a property of `object`.
    func load(property: Reference, _ object: Value) throws(Unwind) -> Value {
        let getter = self[property, Property.getter]
        if getter != .none { return try call(getter, object) }
        throw raise(.attributeError, "\(describe(property: property, of: object)) has no getter")
    }
    /// Sets it, or deletes with unbound.
    func store(property: Reference, _ object: Value, _ value: Value) throws(Unwind) {
        let function = self[property, value == .unbound ? Property.deleter : Property.setter]
        if function == .none {
            throw raise(
                .attributeError,
                "\(describe(property: property, of: object)) has no "
                    + (value == .unbound ? "deleter" : "setter"))
        }
        _ = value == .unbound ? try call(function, object) : try call(function, object, value)
    }
    /// `property 'x' of 'A' object`
    private func describe(property: Reference, of object: Value) -> String {
        let name = asString(self[property, Property.name]).map { "property '\(text($0))'" }
        let owner = text(self[type(of: object), TypeObject.qualifiedName])
        return "\(name ?? "property") of '\(owner)' object"
    }

    /// The property itself, or the one in an instance of a derived class.
    private func property(_ value: Value) -> Reference {
        (payload(value, .property) ?? value).reference
    }
    private func newProperty() -> Value {
        Value(
            q.new(Kind.property) { slots in for i in 0..<Kind.property.slots { slots[i] = .none } })
    }

    func installProperty() {
        build(.property) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.newObject(a[0].reference, content: vm.newProperty())
            }
            type.method("__init__", "(self, fget=None, fset=None, fdel=None, doc=None)") {
                (vm, a) throws(Unwind) in
                try vm.initialize(property: a)
                return .none
            }
            type.method("__get__", "(self, instance, owner=None, /)") { (vm, a) throws(Unwind) in
                a[1] == .none ? a[0] : try vm.load(property: vm.property(a[0]), a[1])
            }
            type.method("__set__", "(self, instance, value, /)") { (vm, a) throws(Unwind) in
                try vm.store(property: vm.property(a[0]), a[1], a[2])
                return .none
            }
            type.method("__delete__", "(self, instance, /)") { (vm, a) throws(Unwind) in
                try vm.store(property: vm.property(a[0]), a[1], .unbound)
                return .none
            }
            type.method("__set_name__", "(self, owner, name, /)") { (vm, a) throws(Unwind) in
                vm[vm.property(a[0]), Property.name] = a[2]
                return .none
            }
            type.method("getter", "(self, fget, /)") { (vm, a) throws(Unwind) in
                try vm.copy(property: a[0], getter: a[1])
            }
            type.method("setter", "(self, fset, /)") { (vm, a) throws(Unwind) in
                try vm.copy(property: a[0], setter: a[1])
            }
            type.method("deleter", "(self, fdel, /)") { (vm, a) throws(Unwind) in
                try vm.copy(property: a[0], deleter: a[1])
            }
            installPropertyAttributes(type)
        }
    }
    private func installPropertyAttributes(_ type: TypeBuilder) {
        type.attribute(
            "fget", get: { (vm, a) throws(Unwind) in vm[vm.property(a[0]), Property.getter] })
        type.attribute(
            "fset", get: { (vm, a) throws(Unwind) in vm[vm.property(a[0]), Property.setter] })
        type.attribute(
            "fdel", get: { (vm, a) throws(Unwind) in vm[vm.property(a[0]), Property.deleter] })
        type.attribute(
            "__doc__", get: { (vm, a) throws(Unwind) in vm[vm.property(a[0]), Property.doc] },
            set: { (vm, a) throws(Unwind) in
                vm[vm.property(a[0]), Property.doc] = a[1]
                return .none
            },
            delete: { (vm, a) throws(Unwind) in
                vm[vm.property(a[0]), Property.doc] = .none
                return .none
            })
        type.attribute(
            "__isabstractmethod__",
            get: { (vm, a) throws(Unwind) in
                let property = vm.property(a[0])
                for field in [Property.getter, Property.setter, Property.deleter] {
                    if try vm.isAbstractMethod(vm[property, field]) { return .true }
                }
                return .false
            })
    }
    /// Has it a true `__isabstractmethod__`?
    func isAbstractMethod(_ function: Value) throws(Unwind) -> Bool {
        if function == .none { return false }
        let mark = try findAttribute(function, intern("__isabstractmethod__"))
        return mark == .unbound ? false : try isTrue(mark)
    }

    private func initialize(property a: CallArguments) throws(Unwind) {
        let target = property(a[0])
        self[target, Property.getter] = a.value(1, or: .none)
        self[target, Property.setter] = a.value(2, or: .none)
        self[target, Property.deleter] = a.value(3, or: .none)
        self[target, Property.name] = .none
        var doc = a.value(4, or: .none)
        if doc == .none, a.has(1), a[1] != .none {
            let own = try findAttribute(a[1], name(.doc))
            if own != .unbound { doc = own }
        }
        self[target, Property.doc] = doc
        // The class of a derived property has a `__doc__` of its own, which hides this one.
        if a[0].isInstance, doc != .none { try setAttribute(a[0], name(.doc), doc) }
    }
    /// The same property with one function replaced.
    private func copy(
        property value: Value, getter: Value = .none, setter: Value = .none,
        deleter: Value = .none
    ) throws(Unwind) -> Value {
        let old = property(value)
        let oldGetter = self[old, Property.getter]
        var doc = self[old, Property.doc]
        if doc != .none && oldGetter != .none,
            try equal(try findAttribute(oldGetter, name(.doc)), doc)
        {
            // It came from the getter, and so will the new one.
            doc = .none
        }
        let arguments = try checked(
            q.newTuple(count: 4) {
                $0[0] = getter == .none ? oldGetter : getter
                $0[1] = setter == .none ? self[old, Property.setter] : setter
                $0[2] = deleter == .none ? self[old, Property.deleter] : deleter
                $0[3] = doc
            })
        let made = try call(Value(type(of: value)), arguments: Value(arguments))
        if made.isA(Kind.property) || payload(made, .property) != nil {
            self[property(made), Property.name] = self[old, Property.name]
        }
        return made
    }
}
