import InterpreterKit

/// Reading, setting and deleting attributes of any object, with everything a class may change about
/// it. Names are interned strings.
extension VM {
    /// `object.name`.
    func getAttribute(_ object: Value, _ name: Value) throws(Unwind) -> Value {
        let value: Value
        do throws(Unwind) { value = try attribute(object, name) } catch {
            if error == .raise { completeAttributeError(object, name) }
            throw error
        }
        if value != .unbound { return value }
        throw noAttribute(object, name)
    }
    func getAttribute(_ object: Value, _ name: Name) throws(Unwind) -> Value {
        try getAttribute(object, self.name(name))
    }
    /// The same; unbound in place of an AttributeError.
    func findAttribute(_ object: Value, _ name: Value) throws(Unwind) -> Value {
        do throws(Unwind) { return try attribute(object, name) } catch {
            if error == .raise && isInstance(pending, .attributeError) {
                pending = .none
                return .unbound
            }
            throw error
        }
    }
    func findAttribute(_ object: Value, _ name: Name) throws(Unwind) -> Value {
        try findAttribute(object, self.name(name))
    }
    /// `object.name = value`.
    func setAttribute(_ object: Value, _ name: Value, _ value: Value) throws(Unwind) {
        let type = type(of: object)
        if traits(type) & Traits.setattr == 0 {
            return try changeAttribute(object, type, name, value)
        }
        _ = try callSpecial(lookup(type, self.name(.setattr)), object, name, value)
    }
    /// `del object.name`.
    func deleteAttribute(_ object: Value, _ name: Value) throws(Unwind) {
        let type = type(of: object)
        if traits(type) & Traits.delattr == 0 {
            return try changeAttribute(object, type, name, .unbound)
        }
        _ = try callSpecial(lookup(type, self.name(.delattr)), object, name)
    }

    /// The attribute; unbound when there is none by the standard rules.
    @inline(__always)
    private func attribute(_ object: Value, _ name: Value) throws(Unwind) -> Value {
        let type = type(of: object)
        let traits = traits(type)
        if traits & (Traits.getattribute | Traits.getattr) == 0 {
            return try standardAttribute(object, type, name)
        }
        return try customAttribute(object, type, traits, name)
    }
    /// Of a class with `__getattribute__` or `__getattr__`.
    private func customAttribute(
        _ object: Value, _ type: Reference, _ traits: Int, _ name: Value
    ) throws(Unwind) -> Value {
        do throws(Unwind) {
            let value =
                traits & Traits.getattribute == 0
                ? try standardAttribute(object, type, name)
                : try callSpecial(lookup(type, self.name(.getattribute)), object, name)
            if value != .unbound || traits & Traits.getattr == 0 { return value }
        } catch {
            if error != .raise || traits & Traits.getattr == 0
                || !isInstance(pending, .attributeError)
            {
                throw error
            }
            pending = .none
        }
        return try callSpecial(lookup(type, self.name(.getattr)), object, name)
    }

    /// What `__getattribute__` of the built-in type finds; unbound for nothing.
    func standardAttribute(
        _ object: Value, _ type: Reference, _ name: Value
    ) throws(Unwind) -> Value {
        if object.isInstance {
            let found = lookup(type, name)
            if found != .unbound && isDataDescriptor(found) && isReadable(found) {
                return try bind(found, object)
            }
            let own = ownAttribute(object.reference, name)
            if own != .unbound { return own }
            return found == .unbound ? .unbound : try bind(found, object)
        }
        if object.isReference {
            switch object.reference.kind {
            case Kind.type.kind: return try attribute(ofType: object.reference, type, name)
            case Kind.super.kind:
                return try attribute(ofSuper: object.reference, name, of: object)
            case Kind.genericAlias.kind:
                return try attribute(ofAlias: object.reference, type, name)
            default: break
            }
        }
        let found = lookup(type, name)
        if found != .unbound && isDataDescriptor(found) { return try bind(found, object) }
        if object.isReference {
            let own = try ownAttribute(ofBuiltin: object.reference, name)
            if own != .unbound { return own }
        }
        if found != .unbound { return try bind(found, object) }
        if object.isA(Kind.module) { return try lateAttribute(ofModule: object.reference, name) }
        if object.isA(Kind.method) {
            let function = self[object.reference, Method.function]
            return function.isA(Kind.native) ? .unbound : try getAttribute(function, name)
        }
        return .unbound
    }

    /// A descriptor that can only be set leaves reading to the instance.
    private func isReadable(_ descriptor: Value) -> Bool {
        !descriptor.isInstance || lookup(typeOf: descriptor, name(.get)) != .unbound
    }

    /// What a metaclass, the class and its ancestors say.
    private func attribute(
        ofType type: Reference, _ metatype: Reference, _ name: Value
    ) throws(Unwind) -> Value {
        let above = lookup(metatype, name)
        if above != .unbound && isDataDescriptor(above) && isReadable(above) {
            return try bind(above, Value(type))
        }
        let found = lookup(type, name)
        if found != .unbound { return try bind(found, toClass: type) }
        return above == .unbound ? .unbound : try bind(above, Value(type))
    }

    /// An attribute that an object of a built-in type has for itself.
    private func ownAttribute(
        ofBuiltin object: Reference, _ name: Value
    ) throws(Unwind) -> Value {
        switch object.kind {
        case Kind.module.kind: return find(self[object, ModuleObject.namespace], name: name)
        case Kind.function.kind:
            let attributes = self[object, Function.attributes]
            return attributes.isDict ? find(attributes.reference, name: name) : .unbound
        case Kind.staticMethod.kind, Kind.classMethod.kind:
            let attributes = self[object, Wrapper.attributes]
            if attributes.isDict {
                let own = find(attributes.reference, name: name)
                if own != .unbound { return own }
            }
            return try copiedAttribute(ofWrapper: object, name)
        default: return .unbound
        }
    }
    /// A module's own `__getattr__`.
    private func lateAttribute(
        ofModule module: Reference, _ name: Value
    ) throws(Unwind) -> Value {
        let function = find(self[module, ModuleObject.namespace], name: self.name(.getattr))
        return function == .unbound ? .unbound : try call(function, name)
    }

    // MARK: changes

    /// What `__setattr__` of the built-in type does; unbound deletes.
    func changeAttribute(
        _ object: Value, _ type: Reference, _ name: Value, _ value: Value
    ) throws(Unwind) {
        if object.isType {
            return try changeAttribute(ofType: object.reference, type, name, value)
        }
        let found = lookup(type, name)
        if found != .unbound && isDataDescriptor(found) {
            return try store(through: found, object, name, value)
        }
        if object.isInstance {
            let instance = object.reference
            if value != .unbound {
                if try storeOwnAttribute(instance, name, value) { return }
            } else if try removeOwnAttribute(instance, name) {
                return
            }
            throw refusal(object, type, name, found, hasDict: !map(instance).pointee.isFixed)
        }
        guard object.isReference, let dict = try attributes(ofBuiltin: object.reference) else {
            throw refusal(object, type, name, found, hasDict: false)
        }
        if value != .unbound { return try set(dict, name: name, value) }
        let n = find(dict, string: name, hash: StringView(name).hash)
        if n < 0 || remove(dict, entry: n) == .unbound {
            throw refusal(object, type, name, found, hasDict: true)
        }
    }
    private func refusal(
        _ object: Value, _ type: Reference, _ name: Value, _ found: Value, hasDict: Bool
    ) -> Unwind {
        let name = text(name)
        let typeName = self.name(ofType: type)
        return raise(
            .attributeError,
            found == .unbound || hasDict
                ? "'\(typeName)' object has no attribute '\(name)'"
                : "'\(typeName)' object attribute '\(name)' is read-only")
    }
    /// Where attributes of an object of a built-in type go; nil when it can have none.
    func attributes(ofBuiltin object: Reference) throws(Unwind) -> Reference? {
        let field: Field<Value>
        switch object.kind {
        case Kind.module.kind: return self[object, ModuleObject.namespace]
        case Kind.function.kind: field = Function.attributes
        case Kind.staticMethod.kind, Kind.classMethod.kind: field = Wrapper.attributes
        default: return nil
        }
        let known = self[object, field]
        if let dict = asDict(known) { return dict }
        let dict = newDict()
        self[object, field] = Value(dict)
        return dict
    }
    /// The dict itself, or the content of an instance of a subclass of `dict`.
    @inline(__always) func asDict(_ value: Value) -> Reference? {
        value.isDict ? value.reference : payload(value, .dict)?.reference
    }

    private func changeAttribute(
        ofType type: Reference, _ metatype: Reference, _ name: Value, _ value: Value
    ) throws(Unwind) {
        if !info(type).pointee.isGuest {
            throw raise(
                .typeError,
                "cannot set '\(text(name))' attribute of immutable type '\(self.name(ofType: type))'"
            )
        }
        let above = lookup(metatype, name)
        if above != .unbound && isDataDescriptor(above) {
            return try store(through: above, Value(type), name, value)
        }
        let namespace = self[type, TypeObject.namespace]
        let old = find(namespace, name: name)
        if value != .unbound {
            try set(namespace, name: name, value)
        } else {
            let n = find(namespace, string: name, hash: StringView(name).hash)
            if n < 0 {
                throw raise(
                    .attributeError,
                    "type object '\(self.name(ofType: type))' has no attribute '\(text(name))'")
            }
            _ = remove(namespace, entry: n)
        }
        touch(type)
        noteChange(ofType: type, name, old, value)
    }

    // MARK: errors

    /// The AttributeError for a name that `object` does not have.
    func noAttribute(_ object: Value, _ name: Value) -> Unwind {
        let quoted = "'\(text(name))'"
        let message: String
        if object.isType {
            message =
                "type object '\(self.name(ofType: object.reference))' has no attribute \(quoted)"
        } else if object.isA(Kind.genericAlias) {
            // It has all attributes of what it is made of.
            return noAttribute(self[object.reference, GenericAlias.origin], name)
        } else if object.isA(Kind.module) {
            message = moduleMessage(object.reference, quoted)
        } else {
            message = "'\(typeName(object))' object has no attribute \(quoted)"
        }
        let error = raise(.attributeError, message)
        completeAttributeError(object, name)
        return error
    }
    private func moduleMessage(_ module: Reference, _ quoted: String) -> String {
        let namespace = self[module, ModuleObject.namespace]
        let name = find(namespace, name: self.name(.name))
        guard name != .unbound, asString(name) != nil else {
            return "module has no attribute \(quoted)"
        }
        if find(namespace, name: intern("__initializing__")) == .true {
            return "partially initialized module '\(text(name))' has no attribute \(quoted)"
                + " (most likely due to a circular import)"
        }
        return "module '\(text(name))' has no attribute \(quoted)"
    }
    /// Notes where the pending AttributeError comes from, unless it says so itself.
    private func completeAttributeError(_ object: Value, _ name: Value) {
        let exception = pending
        guard exception.isInstance, isInstance(exception, .attributeError) else { return }
        let error = exception.reference
        if self[error, AttributeErrorFields.name] == .none
            && self[error, AttributeErrorFields.object] == .none
        {
            self[error, AttributeErrorFields.name] = name
            self[error, AttributeErrorFields.object] = object
        }
    }
}
