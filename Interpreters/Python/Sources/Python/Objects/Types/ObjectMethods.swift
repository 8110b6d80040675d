import InterpreterKit

/// The methods that every object has.
extension VM {
    func installObject() {
        build(.object) { type in
            type.constant("__doc__", intern(VM.objectDocumentation))
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                guard a[0].isType else {
                    throw vm.raise(
                        .typeError,
                        "object.__new__(X): X is not a type object (\(vm.typeName(a[0])))")
                }
                let type = a[0].reference
                if a.count > 1 || a.keywords != .unbound { try vm.checkExcess(ofNew: type) }
                return try vm.newStandardObject(type)
            }
            type.method("__init__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                if a.count > 1 || a.keywords != .unbound {
                    try vm.checkExcess(ofInit: vm.type(of: a[0]))
                }
                return .none
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.defaultRepr(a[0])
            }
            type.method("__str__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.repr(a[0])
            }
            type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
                Value(vm.identityHash(a[0]))
            }
            installObjectComparisons(type)
            installObjectAttributes(type)
            type.method("__format__", "(self, format_spec, /)") { (vm, a) throws(Unwind) in
                guard let spec = vm.asString(a[1]) else {
                    throw vm.raise(
                        .typeError,
                        "__format__() argument must be str, not \(vm.typeName(a[1]))")
                }
                if StringView(spec).count > 0 {
                    throw vm.raise(
                        .typeError,
                        "unsupported format string passed to \(vm.typeName(a[0])).__format__")
                }
                return try vm.str(a[0])
            }
            type.method("__sizeof__", "(self, /)") { (vm, a) throws(Unwind) in
                guard a[0].isInstance else { return Value(16) }
                return Value(16 + 8 * Instance.capacity(a[0].reference))
            }
            type.classMethod("__init_subclass__", "(cls, /, *args, **kwargs)") {
                (vm, a) throws(Unwind) in
                let name = a[0].isType ? vm.name(ofType: a[0].reference) : "object"
                if a.keywords != .unbound {
                    throw vm.raise(
                        .typeError, "\(name).__init_subclass__() takes no keyword arguments")
                }
                if a.count > 1 {
                    throw vm.raise(
                        .typeError,
                        "\(name).__init_subclass__() takes no arguments (\(a.count - 1) given)")
                }
                return .none
            }
            type.classMethod("__subclasshook__", "(cls, /, *args)") { (_, _) throws(Unwind) in
                .notImplemented
            }
            installReduction(type)
        }
    }
    private static let objectDocumentation: StaticString = """
        The base class of the class hierarchy.

        When called, it accepts no arguments and returns a new featureless
        instance that has no instance attributes and cannot be given any.

        """

    private func installObjectComparisons(_ type: TypeBuilder) {
        type.method("__eq__", "(self, value, /)") { (_, a) throws(Unwind) in
            a[0] == a[1] ? .true : .notImplemented
        }
        type.method("__ne__", "(self, value, /)") { (vm, a) throws(Unwind) in
            let equal = vm.lookup(typeOf: a[0], vm.name(.eq))
            if equal == .unbound { return .notImplemented }
            let result = try vm.callSpecial(equal, a[0], a[1])
            return result == .notImplemented ? result : Value(!(try vm.isTrue(result)))
        }
        let names: [StaticString] = ["__lt__", "__le__", "__gt__", "__ge__"]
        for name in names {
            type.method(name, "(self, value, /)") { (_, _) throws(Unwind) in .notImplemented }
        }
    }

    private func installObjectAttributes(_ type: TypeBuilder) {
        type.method("__getattribute__", "(self, name, /)") { (vm, a) throws(Unwind) in
            try vm.standardGetAttribute(a[0], a[1])
        }
        type.method("__setattr__", "(self, name, value, /)") { (vm, a) throws(Unwind) in
            try vm.refuseBypass(a[0], "__setattr__")
            try vm.changeAttribute(a[0], vm.type(of: a[0]), try vm.attributeName(a[1]), a[2])
            return .none
        }
        type.method("__delattr__", "(self, name, /)") { (vm, a) throws(Unwind) in
            try vm.refuseBypass(a[0], "__delattr__")
            try vm.changeAttribute(
                a[0], vm.type(of: a[0]), try vm.attributeName(a[1]), .unbound)
            return .none
        }
        type.attribute(
            "__class__", get: { (vm, a) throws(Unwind) in Value(vm.type(of: a[0])) },
            set: { (vm, a) throws(Unwind) in
                try vm.setClass(a[0], a[1])
                return .none
            },
            delete: { (vm, _) throws(Unwind) in
                throw vm.raise(.typeError, "can't delete __class__ attribute")
            })
        type.method("__dir__", "(self, /)") { (vm, a) throws(Unwind) in
            let names = vm.newDict()
            try vm.addOwnNames(of: a[0], to: names)
            try vm.addNames(ofClass: try vm.getAttribute(a[0], .class), to: names)
            return Value(try vm.keys(of: names))
        }
    }

    // MARK: arguments of construction

    private func checkExcess(ofNew type: Reference) throws(Unwind) {
        let traits = traits(type)
        if traits & Traits.standardNew == 0 {
            throw raise(
                .typeError,
                "object.__new__() takes exactly one argument (the type to instantiate)")
        }
        if traits & Traits.standardInit != 0 { throw takesNoArguments(type) }
    }
    private func checkExcess(ofInit type: Reference) throws(Unwind) {
        let traits = traits(type)
        if traits & Traits.standardInit == 0 {
            throw raise(
                .typeError,
                "object.__init__() takes exactly one argument (the instance to initialize)")
        }
        if traits & Traits.standardNew != 0 {
            throw raise(
                .typeError,
                "\(name(ofType: type)).__init__() takes exactly one argument "
                    + "(the instance to initialize)")
        }
    }
    /// `object.__setattr__` must not go around the rules of types.
    private func refuseBypass(_ object: Value, _ method: StaticString) throws(Unwind) {
        guard object.isType else { return }
        throw raise(.typeError, "can't apply this \(method) to \(typeName(object)) object")
    }

    // MARK: names

    /// A name given to `getattr` and the like, interned.
    func attributeName(_ value: Value) throws(Unwind) -> Value {
        if value.isString { return intern(value) }
        guard let string = asString(value) else {
            throw raise(
                .typeError, "attribute name must be string, not '\(typeName(value))'")
        }
        return intern(string)
    }
    /// `__getattribute__` of a built-in type.
    func standardGetAttribute(_ object: Value, _ name: Value) throws(Unwind) -> Value {
        let name = try attributeName(name)
        let value = try standardAttribute(object, type(of: object), name)
        if value == .unbound { throw noAttribute(object, name) }
        return value
    }

    // MARK: __class__

    private func setClass(_ object: Value, _ value: Value) throws(Unwind) {
        guard value.isType else {
            throw raise(
                .typeError,
                "__class__ must be set to a class, not '\(typeName(value))' object")
        }
        let (old, new) = (type(of: object), value.reference)
        if object.isA(Kind.module), isSubtype(new, type(.module)) {
            self[object.reference, ModuleObject.type] = new == type(.module) ? .none : value
            return
        }
        let (oldInfo, newInfo) = (info(old), info(new))
        guard newInfo.pointee.isGuest && oldInfo.pointee.isGuest else {
            throw raise(
                .typeError,
                "__class__ assignment only supported for mutable types or ModuleType subclasses")
        }
        guard sameLayout(old, new) else {
            throw raise(
                .typeError,
                "__class__ assignment: '\(name(ofType: new))' object layout differs from "
                    + "'\(name(ofType: old))'")
        }
        if object.isType {
            self[object.reference, TypeObject.metatype] = value
            touch(object.reference)
            return
        }
        guard object.isInstance else { return }
        let instance = object.reference
        let map = map(instance)
        if map.pointee.isDict {
            self[instance, Instance.map] = Value(native: Maps.dict(newInfo.pointee.rootMap))
            return
        }
        var next = newInfo.pointee.rootMap
        for i in 0..<map.pointee.count - map.pointee.reserved {
            let name = Value(bits: map.pointee.names[i])
            guard let with = Maps.adding(name, to: next) else {
                _ = try moveToDict(instance)
                self[instance, Instance.map] = Value(native: Maps.dict(newInfo.pointee.rootMap))
                return
            }
            next = with
        }
        self[instance, Instance.map] = Value(native: next)
    }
    /// Instances of one class can become instances of the other: the same built-in base and the same
    /// `__slots__`.
    private func sameLayout(_ a: Reference, _ b: Reference) -> Bool {
        let (x, y) = (info(a), info(b))
        if x.pointee.payload != y.pointee.payload || x.pointee.reserved != y.pointee.reserved
            || x.pointee.hasDict != y.pointee.hasDict
            || x.pointee.hasWeak != y.pointee.hasWeak
        {
            return false
        }
        let (s, t) = (self[a, TypeObject.solidBase], self[b, TypeObject.solidBase])
        return s == t
            || slotNames(s.reference) == slotNames(t.reference)
                && self[base(of: s.reference).reference, TypeObject.solidBase]
                    == self[base(of: t.reference).reference, TypeObject.solidBase]
    }
    /// Addresses of the names of the slots that a class itself has, in order; [0] for a built-in type.
    private func slotNames(_ type: Reference) -> [UInt64] {
        guard info(type).pointee.isGuest else {
            return [0, UInt64(UInt(bitPattern: type.address))]
        }
        let namespace = self[type, TypeObject.namespace]
        var names: [(Int, UInt64)] = []
        for i in 0..<fill(namespace) {
            guard let (key, value) = entry(namespace, i), value.isA(Kind.member) else { continue }
            let getter = self[value.reference, Member.getter]
            if getter.isInt { names.append((getter.int, key.bits)) }
        }
        return names.sorted { $0.0 < $1.0 }.map { $0.1 }
    }
}
