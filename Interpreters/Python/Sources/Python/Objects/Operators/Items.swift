import InterpreterKit

/// `object[key]` and `item in container` for any two values.
extension VM {
    func getItem(_ object: Value, _ key: Value) throws(Unwind) -> Value {
        if object.isReference {
            let reference = object.reference
            switch reference.kind {
            case Kind.list.kind: return try getItem(ofList: reference, key)
            case Shape.tuple.kind: return try getItem(ofTuple: reference, key)
            case Kind.string.kind: return try item(ofString: StringView(reference), key)
            case Kind.bytes.kind: return try item(ofBytes: object, key)
            case Kind.dict.kind:
                let value = try get(reference, key)
                if value == .unbound { throw raise(.keyError, arguments: try tuple(key)) }
                return value
            default: break
            }
        }
        let method = lookup(typeOf: object, name(.getitem))
        if method != .unbound { return try callSpecial(method, object, key) }
        if object.isType { return try classItem(object, key) }
        throw raise(.typeError, "'\(typeName(object))' object is not subscriptable")
    }
    /// `int[key]`: of a type whose metatype has no `__getitem__`.
    private func classItem(_ type: Value, _ key: Value) throws(Unwind) -> Value {
        if type == Value(self.type(.type)) { return try newGenericAlias(type, key) }
        let method = try findAttribute(type, name(.classGetitem))
        if method == .unbound || method == .none {
            throw raise(
                .typeError, "type '\(name(ofType: type.reference))' is not subscriptable")
        }
        return try call(method, key)
    }

    func setItem(_ object: Value, _ key: Value, _ value: Value) throws(Unwind) {
        if object.isReference {
            let reference = object.reference
            switch reference.kind {
            case Kind.list.kind: return try setItem(ofList: reference, key, value)
            case Kind.dict.kind: return try set(reference, key, value)
            default: break
            }
        }
        let method = lookup(typeOf: object, name(.setitem))
        if let dict = payload(object, .dict), dict.isDict,
            method == lookup(type(.dict), name(.setitem))
        {
            return try set(dict.reference, key, value)
        }
        if method == .unbound {
            throw raise(
                .typeError, "'\(typeName(object))' object does not support item assignment")
        }
        _ = try callSpecial(method, object, key, value)
    }

    func deleteItem(_ object: Value, _ key: Value) throws(Unwind) {
        if object.isDict {
            if try remove(object.reference, key) == .unbound {
                throw raise(.keyError, arguments: try tuple(key))
            }
            return
        }
        let method = lookup(typeOf: object, name(.delitem))
        if method == .unbound {
            throw noDeletion(object, key)
        }
        _ = try callSpecial(method, object, key)
    }
    /// What is or might be a sequence says it in other words.
    private func noDeletion(_ object: Value, _ key: Value) -> Unwind {
        let type = type(of: object)
        let isIndex = isInteger(key) || lookup(typeOf: key, name(.index)) != .unbound
        let mayBeSequence =
            info(type).pointee.isGuest || lookup(type, name(.len)) != .unbound
            || lookup(type, name(.contains)) != .unbound
        let verb = isIndex && mayBeSequence ? "doesn't" : "does not"
        return raise(.typeError, "'\(typeName(object))' object \(verb) support item deletion")
    }

    /// `item in container`
    func contains(_ container: Value, _ item: Value) throws(Unwind) -> Bool {
        if container.isReference {
            let reference = container.reference
            switch reference.kind {
            case Kind.list.kind, Shape.tuple.kind:
                return try position(of: item, in: container) >= 0
            case Kind.string.kind: return try contains(string: StringView(reference), item)
            case Kind.set.kind, Kind.frozenSet.kind:
                return try place(reference, item, hash: try lookupHash(item)) >= 0
            case Kind.dict.kind: return try get(reference, item) != .unbound
            default: break
            }
        }
        let type = type(of: container)
        let method = lookup(type, name(.contains))
        if method == .none {
            throw raise(.typeError, "'\(typeName(container))' object is not a container")
        }
        if method != .unbound { return try isTrue(try callSpecial(method, container, item)) }
        let iterator: Value
        do throws(Unwind) {
            iterator = try self.iterator(of: container)
        } catch {
            guard catches(.typeError, error) else { throw error }
            throw raise(.typeError, "argument of type '\(typeName(container))' is not iterable")
        }
        var found = false
        try iterate(iterator) { (element) throws(Unwind) in
            found = try equal(element, item)
            return !found
        }
        return found
    }
}
