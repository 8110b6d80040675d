import InterpreterKit

/// What an attribute found on a class turns into: methods, the results of properties and of other
/// descriptors.
extension VM {
    /// `value`, found on the type of `object`, as an attribute of `object`.
    func bind(_ value: Value, _ object: Value) throws(Unwind) -> Value {
        if !value.isReference { return value }
        let found = value.reference
        switch found.kind {
        case Kind.function.kind: return Value(q.new(Kind.method, value, object))
        case Kind.native.kind:
            switch self[found, NativeFunction.entry].native(NativeEntry.self).pointee.kind {
            case .method: return Value(q.new(Kind.method, value, object))
            case .classMethod:
                return Value(q.new(Kind.method, value, Value(type(of: object))))
            case .framing where self[found, NativeFunction.owner].isType:
                return Value(q.new(Kind.method, value, object))
            default: return value
            }
        case Kind.member.kind: return try load(member: found, object)
        case Kind.property.kind: return try load(property: found, object)
        case Kind.staticMethod.kind: return self[found, Wrapper.function]
        case Kind.classMethod.kind:
            return try bindClass(self[found, Wrapper.function], type(of: object))
        case Kind.instance.kind:
            let get = lookup(map(found).pointee.type, name(.get))
            if get == .unbound { return value }
            return try callSpecial(get, value, object, Value(type(of: object)))
        case Kind.super.kind:
            return try bind(super: found, object)
        default: return value
        }
    }
    /// `value`, found on `type` or an ancestor, as an attribute of the class itself.
    func bind(_ value: Value, toClass type: Reference) throws(Unwind) -> Value {
        if !value.isReference { return value }
        let found = value.reference
        switch found.kind {
        case Kind.native.kind:
            let kind = self[found, NativeFunction.entry].native(NativeEntry.self).pointee.kind
            return kind == .classMethod ? Value(q.new(Kind.method, value, Value(type))) : value
        case Kind.staticMethod.kind: return self[found, Wrapper.function]
        case Kind.classMethod.kind: return try bindClass(self[found, Wrapper.function], type)
        case Kind.instance.kind:
            let get = lookup(map(found).pointee.type, name(.get))
            if get == .unbound { return value }
            return try callSpecial(get, value, .none, Value(type))
        default: return value
        }
    }
    /// The function of a class method, bound to the class.
    func bindClass(_ function: Value, _ type: Reference) throws(Unwind) -> Value {
        if function.isA(Kind.function) { return Value(q.new(Kind.method, function, Value(type))) }
        if function.isReference {
            switch function.reference.kind {
            case Kind.property.kind, Kind.classMethod.kind:
                return try bind(function, Value(type))
            case Kind.instance.kind:
                let get = lookup(typeOf: function, name(.get))
                if get != .unbound {
                    return try callSpecial(get, function, Value(type), Value(self.type(.type)))
                }
            default: break
            }
        }
        return Value(q.new(Kind.method, function, Value(type)))
    }

    /// Sets, or with unbound deletes, an attribute through the data descriptor found on the class.
    func store(
        through found: Value, _ object: Value, _ name: Value, _ value: Value
    ) throws(Unwind) {
        let descriptor = found.reference
        switch descriptor.kind {
        case Kind.property.kind: try store(property: descriptor, object, value)
        case Kind.member.kind: try store(member: descriptor, object, value)
        default:
            let method = lookup(typeOf: found, self.name(value == .unbound ? .delete : .set))
            if method == .unbound {
                throw raise(.attributeError, value == .unbound ? "__delete__" : "__set__")
            }
            if value == .unbound {
                _ = try callSpecial(method, found, object)
            } else {
                _ = try callSpecial(method, found, object, value)
            }
        }
    }

    // MARK: members

    private func load(member: Reference, _ object: Value) throws(Unwind) -> Value {
        let getter = self[member, Member.getter]
        if getter.isInt {
            guard object.isInstance,
                isSubtype(type(of: object), self[member, Member.type].reference)
            else { throw wrongReceiver(member, object) }
            let value = slot(object.reference, getter.int)
            if value == .unbound { throw noAttribute(object, self[member, Member.name]) }
            return value
        }
        return try callNative(accessor: getter, member, object)
    }
    private func store(
        member: Reference, _ object: Value, _ value: Value
    ) throws(Unwind) {
        let getter = self[member, Member.getter]
        if getter.isInt {
            guard object.isInstance,
                isSubtype(type(of: object), self[member, Member.type].reference)
            else { throw wrongReceiver(member, object) }
            if value == .unbound && slot(object.reference, getter.int) == .unbound {
                throw raise(.attributeError, text(self[member, Member.name]))
            }
            storeSlot(object.reference, getter.int, value)
            return
        }
        let setter = self[member, Member.setter]
        let accessor = value == .unbound ? self[member, Member.deleter] : setter
        if setter == .none {
            throw raise(
                .attributeError,
                isPlainField(member)
                    ? "readonly attribute"
                    : "attribute '\(text(self[member, Member.name]))' of "
                        + "'\(self.name(ofType: self[member, Member.type].reference))'"
                        + " objects is not writable")
        }
        if accessor == .none { throw raise(.typeError, "cannot delete attribute") }
        _ = try callNative(accessor: accessor, member, object, value)
    }
    /// CPython tells plain fields of a structure from computed attributes.
    func isPlainField(_ member: Reference) -> Bool {
        switch self[member, Member.type] {
        case Value(type(.slice)), Value(type(.range)), Value(type(.property)), Value(type(.method)),
            Value(type(.function)), Value(type(.type)), Value(type(.code)),
            Value(type(.staticMethod)),
            Value(type(.classMethod)), Value(type(.superType)),
            Value(type(.baseExceptionGroup)), Value(type(.complex)):
            self[member, Member.name] != name(.dict)
        default: false
        }
    }
    /// Calls the function behind a computed attribute.
    private func callNative(
        accessor: Value, _ member: Reference, _ object: Value, _ value: Value = .unbound
    ) throws(Unwind) -> Value {
        let owner = self[member, Member.type].reference
        if !isSubtype(type(of: object), owner) { throw wrongReceiver(member, object) }
        let entry = self[accessor.reference, NativeFunction.entry].native(NativeEntry.self)
        var pair = (object, value)
        return try withUnsafeMutablePointer(to: &pair) { (p) throws(Unwind) -> Value in
            let base = UnsafeMutableRawPointer(p).assumingMemoryBound(to: Value.self)
            return try entry.pointee.body(self, CallArguments(base, value == .unbound ? 1 : 2))
        }
    }
    private func wrongReceiver(_ member: Reference, _ object: Value) -> Unwind {
        raise(
            .typeError,
            "descriptor '\(text(self[member, Member.name]))' for "
                + "'\(self.name(ofType: self[member, Member.type].reference))' objects "
                + "doesn't apply to a '\(typeName(object))' object")
    }
}
