import InterpreterKit

/// Calling a class: `__new__`, then `__init__`.
extension VM {
    /// `type(*arguments, **keywords)`; a tuple, and a dict or none.
    func instantiate(
        _ type: Reference, arguments: Value, keywords: Value
    ) throws(Unwind) -> Value {
        let (base, count, names) = try spread(Value(type), arguments, keywords)
        defer { close(base) }
        return try instantiate(covered: type, base, count, names)
    }

    /// Calls the class at `base[0]` with `count` arguments from `base[1]`, of which the last are keyword
    /// ones when `names` is a tuple.
    func instantiate(
        _ type: Reference, _ base: Frame, _ count: Int, _ names: Value
    ) throws(Unwind) -> Value {
        let metatype = self[type, TypeObject.metatype].reference
        if metatype != self.type(.type) {
            let method = lookup(metatype, name(.call))
            if method.isA(Kind.function) {
                return try call(method, first: Value(type), base, count, names)
            }
            if !method.isA(Kind.native) {
                let bound = try bind(method, Value(type))
                return try call(bound, first: .unbound, base, count, names)
            }
        }
        return try instantiateStandard(type, base, count, names)
    }
    /// What `type.__call__` does.
    func instantiateStandard(
        _ type: Reference, _ base: Frame, _ count: Int, _ names: Value
    ) throws(Unwind) -> Value {
        if type == self.type(.type) && names == .none && count == 1 {
            return Value(self.type(of: base[1]))
        }
        if type == self.type(.type) && count != 3 && names == .none {
            throw raise(.typeError, "type() takes 1 or 3 arguments")
        }
        let traits = traits(type)
        let object: Value
        if traits & Traits.standardNew != 0 {
            if count > 0 && traits & Traits.standardInit != 0 { throw takesNoArguments(type) }
            object = try newStandardObject(type)
        } else if traits & Traits.exceptionNew != 0 {
            let keywords = names == .none ? 0 : q.tupleCount(names.reference)
            object = try newException(
                class: Value(type), try tuple(base + 1, count - keywords))
            if traits & Traits.exceptionInit != 0 && keywords == 0 { return object }
        } else if type == self.type(.superType) && names == .none && (count == 0 || count == 2) {
            return count == 0 ? try newSuper() : try newSuper(base[1], base[2])
        } else {
            let maker = lookup(type, name(.new))
            if maker == .unbound || maker == .none {
                throw raise(
                    .typeError, "cannot create '\(self.name(ofType: type))' instances")
            }
            object = try call(
                try bind(maker, toClass: type), first: Value(type), base, count, names)
            if !isSubtype(self.type(of: object), type) { return object }
        }
        let actual = self.type(of: object)
        if self.traits(actual) & Traits.standardInit != 0 { return object }
        let initializer = lookup(actual, name(.`init`))
        if initializer == .unbound { return object }
        let result: Value
        if initializer.isA(Kind.function) || initializer.isA(Kind.native) {
            result = try call(initializer, first: object, base, count, names)
        } else {
            result = try call(try bind(initializer, object), first: .unbound, base, count, names)
        }
        if result != .none {
            throw raise(
                .typeError, "__init__() should return None, not '\(typeName(result))'")
        }
        return object
    }
    func takesNoArguments(_ type: Reference) -> Unwind {
        raise(.typeError, "\(name(ofType: type))() takes no arguments")
    }

    /// Calls `function` with the prepared arguments of another call, behind `first` unless it is unbound.
    private func call(
        _ function: Value, first: Value, _ base: Frame, _ count: Int, _ names: Value
    ) throws(Unwind) -> Value {
        if firstFree + (count + 64) > q.stackLimit + 2048 { throw tooDeep() }
        let copy = open(count + 1)
        defer { close(copy) }
        copy[0] = function
        let shift = first == .unbound ? 1 : 2
        if first != .unbound { copy[1] = first }
        for i in 0..<count { copy[i + shift] = base[i + 1] }
        return try call(prepared: copy, count + shift - 1, names: names)
    }

    /// What `object.__new__` makes of a class.
    func newStandardObject(_ type: Reference) throws(Unwind) -> Value {
        if self[type, TypeObject.registry] != .none { try refuseAbstract(type) }
        let info = self.info(type)
        switch info.pointee.payload {
        case .none, .exception: return Value(try newInstance(type))
        case .native where info.pointee.isGuest || info.pointee.reserved == 0:
            return Value(try newInstance(type))
        default:
            let solid = self[type, TypeObject.solidBase].reference
            throw raise(
                .typeError,
                "object.__new__(\(name(ofType: type))) is not safe, use "
                    + "\(name(ofType: solid)).__new__()")
        }
    }
    /// An object of `type`, which derives from a built-in type: `content` itself, or an instance that
    /// holds it.
    func newObject(_ type: Reference, content: Value) throws(Unwind) -> Value {
        if info(type).pointee.builtin >= 0 { return content }
        if self[type, TypeObject.registry] != .none { try refuseAbstract(type) }
        let instance = try newInstance(type)
        self[instance, Instance.slot(0)] = content
        return Value(instance)
    }

    /// Raises for a class with abstract methods.
    func refuseAbstract(_ type: Reference) throws(Unwind) {
        let methods = self[type, TypeObject.registry]
        if methods == .none || methods == .unbound { return }
        let names = try newList()
        try iterate(methods) { (name) throws(Unwind) in
            try append(names, name)
            return true
        }
        var texts: [String] = []
        for i in 0..<self[names, List.count] {
            let item = item(ofList: names, i)
            guard asString(item) != nil else {
                throw raise(
                    .typeError,
                    "sequence item \(i): expected str instance, \(typeName(item)) found")
            }
            texts.append(text(item))
        }
        if texts.isEmpty { return }
        texts.sort { Array($0.unicodeScalars).lexicographicallyPrecedes(Array($1.unicodeScalars)) }
        throw raise(
            .typeError,
            "Can't instantiate abstract class \(name(ofType: type)) with abstract method"
                + "\(texts.count > 1 ? "s" : "") \(texts.joined(separator: ", "))")
    }

    // MARK: instance checks

    /// `isinstance(object, kind)`
    func isInstance(_ object: Value, of kind: Value, depth: Int = 0) throws(Unwind) -> Bool {
        let type = type(of: object)
        if kind == Value(type) { return true }
        if kind.isType, self[kind.reference, TypeObject.metatype] == Value(self.type(.type)) {
            return try isPlainInstance(object, type, of: kind)
        }
        if kind.isTuple {
            if depth > shared.pointee.recursionLimit { throw tooDeep(" in __instancecheck__") }
            for i in 0..<q.tupleCount(kind.reference) {
                let item = q.tupleElement(kind.reference, i)
                if try isInstance(object, of: item, depth: depth + 1) { return true }
            }
            return false
        }
        let check = lookup(typeOf: kind, name(.instancecheck))
        if check != .unbound && check != .none {
            return try nested { () throws(Unwind) in
                try isTrue(try callSpecial(check, kind, object))
            }
        }
        return try isPlainInstance(object, type, of: kind)
    }
    /// What `type.__instancecheck__` says.
    func isPlainInstance(
        _ object: Value, _ type: Reference, of kind: Value
    ) throws(Unwind) -> Bool {
        if kind.isType {
            if isSubtype(type, kind.reference) { return true }
            // An object may claim another class.
            if !object.isInstance { return false }
            let found = lookup(type, name(.class))
            if found.isA(Kind.member), traits(type) & (Traits.getattribute | Traits.getattr) == 0 {
                return false
            }
            let claimed = try findAttribute(object, name(.class))
            return claimed.isType && claimed != Value(type)
                && isSubtype(claimed.reference, kind.reference)
        }
        try requireClass(
            kind, "isinstance() arg 2 must be a type, a tuple of types, or a union")
        let claimed = try findAttribute(object, name(.class))
        return claimed == .unbound ? false : try derives(claimed, from: kind)
    }
    /// `issubclass(type, kind)`
    func isSubclass(_ type: Value, of kind: Value, depth: Int = 0) throws(Unwind) -> Bool {
        if kind.isType, self[kind.reference, TypeObject.metatype] == Value(self.type(.type)) {
            return type == kind ? true : try isPlainSubclass(type, of: kind)
        }
        if kind.isTuple {
            if depth > shared.pointee.recursionLimit { throw tooDeep(" in __subclasscheck__") }
            for i in 0..<q.tupleCount(kind.reference) {
                let item = q.tupleElement(kind.reference, i)
                if try isSubclass(type, of: item, depth: depth + 1) { return true }
            }
            return false
        }
        let check = lookup(typeOf: kind, name(.subclasscheck))
        if check != .unbound && check != .none {
            return try nested { () throws(Unwind) in
                try isTrue(try callSpecial(check, kind, type))
            }
        }
        return try isPlainSubclass(type, of: kind)
    }
    func isPlainSubclass(_ type: Value, of kind: Value) throws(Unwind) -> Bool {
        if type.isType && kind.isType { return isSubtype(type.reference, kind.reference) }
        try requireClass(type, "issubclass() arg 1 must be a class")
        try requireClass(
            kind, "issubclass() arg 2 must be a class, a tuple of classes, or a union")
        return try derives(type, from: kind)
    }
    private func requireClass(_ value: Value, _ message: String) throws(Unwind) {
        if value.isType { return }
        if !(try findAttribute(value, name(.bases))).isTuple { throw raise(.typeError, message) }
    }
    /// By `__bases__`, for what is no type.
    private func derives(_ type: Value, from kind: Value) throws(Unwind) -> Bool {
        if type == kind { return true }
        let bases = try findAttribute(type, name(.bases))
        guard bases.isTuple else { return false }
        return try nested { () throws(Unwind) in
            for i in 0..<q.tupleCount(bases.reference) {
                if try derives(q.tupleElement(bases.reference, i), from: kind) { return true }
            }
            return false
        }
    }
    /// Native recursion with a bound.
    @inline(__always)
    private func nested(_ body: () throws(Unwind) -> Bool) throws(Unwind) -> Bool {
        try enterNative()
        defer { leaveNative() }
        return try body()
    }
}
