import InterpreterKit

/// Which attributes an object has: `dir`, `vars`, `__dict__`.
extension VM {
    /// The names of a class's attributes, its ancestors' included, as keys of `names`.
    func addNames(ofClass value: Value, to names: Reference) throws(Unwind) {
        guard value.isType else { return }
        for type in types(self[value.reference, TypeObject.mro]).reversed() {
            try addKeys(of: self[type, TypeObject.namespace], to: names)
        }
    }
    /// The names of an object's own attributes.
    func addOwnNames(of object: Value, to names: Reference) throws(Unwind) {
        let dict = try findAttribute(object, .dict)
        if let dict = asDict(dict) { try addKeys(of: dict, to: names) }
    }
    private func addKeys(of dict: Reference, to names: Reference) throws(Unwind) {
        var i = 0
        while i < fill(dict) {
            if let entry = entry(dict, i) { try set(names, entry.key, .none) }
            i += 1
        }
    }
    /// A list of the keys of a dict.
    func keys(of dict: Reference) throws(Unwind) -> Reference {
        let list = try newList()
        for i in 0..<fill(dict) {
            if let entry = entry(dict, i) { try append(list, entry.key) }
        }
        return list
    }

    /// `dir(object)`
    func directory(_ object: Value) throws(Unwind) -> Value {
        let method = lookup(typeOf: object, intern("__dir__"))
        if method == .unbound {
            throw raise(.typeError, "object does not provide __dir__")
        }
        let names = try list(ofIterable: try callSpecial(method, object))
        _ = try callMethod(Value(names), intern("sort"))
        return Value(names)
    }

    /// `__dict__` of an instance, a function or a module.
    func attributesDict(_ object: Value) throws(Unwind) -> Value {
        if object.isInstance {
            let instance = object.reference
            let map = map(instance)
            if map.pointee.isFixed { throw noAttribute(object, name(.dict)) }
            if map.pointee.isDict { return slot(instance, map.pointee.reserved) }
            return Value(try moveToDict(instance))
        }
        if object.isReference, let dict = try attributes(ofBuiltin: object.reference) {
            return Value(dict)
        }
        throw noAttribute(object, name(.dict))
    }
    func setAttributesDict(_ object: Value, _ value: Value) throws(Unwind) {
        guard asDict(value) != nil else {
            throw raise(
                .typeError,
                "__dict__ must be set to a dictionary, not a '\(typeName(value))'")
        }
        guard object.isReference else { return }
        switch object.reference.kind {
        case Kind.instance.kind: try replaceAttributes(object.reference, value)
        case Kind.function.kind: self[object.reference, Function.attributes] = value
        case Kind.staticMethod.kind, Kind.classMethod.kind:
            self[object.reference, Wrapper.attributes] = value
        default: break
        }
    }
    /// Adds `__dict__` to a built-in type whose instances have attributes.
    func addAttributesDict(_ type: TypeBuilder) {
        type.attribute(
            "__dict__", get: { (vm, a) throws(Unwind) in try vm.attributesDict(a[0]) },
            set: { (vm, a) throws(Unwind) in
                try vm.setAttributesDict(a[0], a[1])
                return .none
            },
            delete: { (vm, a) throws(Unwind) in
                if !a[0].isInstance { throw vm.raise(.typeError, "cannot delete __dict__") }
                try vm.setAttributesDict(a[0], Value(vm.newDict()))
                return .none
            })
    }

    // MARK: collecting

    /// `list(value)`, as a new list.
    func list(ofIterable value: Value) throws(Unwind) -> Reference {
        let list = try newList()
        try iterate(value) { (item) throws(Unwind) in
            try append(list, item)
            return true
        }
        return list
    }
    /// `tuple(value)`
    func tuple(ofIterable value: Value) throws(Unwind) -> Value {
        if value.isTuple { return value }
        if value.isList { return try tuple(ofList: value.reference) }
        return try tuple(ofList: try list(ofIterable: value))
    }
}
