import InterpreterKit

/// `type.__new__`: how a class comes into being.
extension VM {
    /// A new class.
    ///
    /// - Parameter metaclass: the class that was called; a more derived one of a base wins.
    /// - Parameter namespace: what the body has defined; copied.
    /// - Parameter keywords: of the class statement, a dict or none.
    func newClass(
        _ name: Value, _ bases: Value, _ namespace: Reference, keywords: Value,
        metaclass: Reference
    ) throws(Unwind) -> Value {
        let bases = q.tupleCount(bases.reference) == 0 ? try tuple(Value(type(.object))) : bases
        for i in 0..<q.tupleCount(bases.reference) {
            let base = q.tupleElement(bases.reference, i)
            if !base.isType, try findAttribute(base, self.name(.mroEntries)) != .unbound {
                throw raise(
                    .typeError,
                    "type() doesn't support MRO entry resolution; use types.new_class()")
            }
        }
        let winner = try winningMetaclass(metaclass, bases)
        if winner != metaclass {
            let maker = lookup(winner, self.name(.new))
            if maker != find(self[type(.type), TypeObject.namespace], name: self.name(.new)) {
                let arguments = try checked(
                    q.newTuple(count: 4) {
                        $0[0] = Value(winner)
                        $0[1] = name
                        $0[2] = bases
                        $0[3] = Value(namespace)
                    })
                return try call(
                    try bind(maker, toClass: winner), arguments: Value(arguments),
                    keywords: keywords)
            }
        }
        let best = try bestBase(bases)
        if StringView(asString(name) ?? name).contains(0) {
            throw raise(.valueError, "type name must not contain null characters")
        }
        try requireScalars(asString(name) ?? name)
        let own = newDict()
        for i in 0..<fill(namespace) {
            guard let entry = entry(namespace, i) else { continue }
            try set(own, entry.key.isString ? intern(entry.key) : entry.key, entry.value)
        }
        let qualifiedName = try takeQualifiedName(own, name)
        let cell = try takeClassCell(own)
        var plan = try planSlots(own, best, bases, name)
        let type = try allocateClass(
            intern(asString(name) ?? name), qualifiedName, bases, own, best, winner, &plan)
        try adjust(own, type)
        self[type, TypeObject.mro] = try resolutionOrder(type, types(bases))
        touch(type)
        for base in types(bases) { try addSubclass(type, to: base) }
        if cell != .none { self[cell.reference, Cell.content] = Value(type) }
        try callSetName(type)
        try callInitSubclass(type, keywords)
        return Value(type)
    }

    /// Names of types can be encoded.
    func requireScalars(_ name: Value) throws(Unwind) {
        let view = StringView(name)
        if view.width == 0 { return }
        for i in 0..<view.count where view[i] >= 0xD800 && view[i] <= 0xDFFF {
            let list = try newList()
            for part in [
                intern("utf-8"), name, Value(i), Value(i + 1),
                intern("surrogates not allowed"),
            ] { try append(list, part) }
            throw raise(.unicodeEncodeError, arguments: try tuple(ofList: list))
        }
    }

    // MARK: the type object

    private func allocateClass(
        _ name: Value, _ qualifiedName: Value, _ bases: Value, _ namespace: Reference,
        _ best: Reference, _ metaclass: Reference, _ plan: inout SlotPlan
    ) throws(Unwind) -> Reference {
        let base = self.info(best)
        let info = UnsafeMutablePointer<TypeInfo>.allocate(capacity: 1)
        let type = q.new(Kind.type) { slots in
            for i in 0..<Kind.type.slots { slots[i] = .none }
            slots[TypeObject.name.index] = name
            slots[TypeObject.qualifiedName.index] = qualifiedName
            slots[TypeObject.bases.index] = bases
            slots[TypeObject.mro.index] = shared.pointee.emptyTuple
            slots[TypeObject.namespace.index] = Value(namespace)
            slots[TypeObject.version.index] = Value(0)
            slots[TypeObject.metatype.index] = Value(metaclass)
            slots[TypeObject.info.index] = Value(native: info)
        }
        // Maps and caches lead to it from native memory.
        machine.heap.keep(Value(type))
        let reserved = base.pointee.reserved + plan.count
        info.initialize(
            to: TypeInfo(
                rootMap: Maps.root(
                    type, reserved: reserved, payload: base.pointee.payload, isDict: false,
                    isFixed: !plan.hasDict),
                expected: max(reserved, base.pointee.expected + plan.count),
                payload: base.pointee.payload,
                reserved: reserved, builtin: -1, hasDict: plan.hasDict, isBase: true,
                isGuest: true, hasWeak: plan.hasWeak, slots: base.pointee.slots + plan.count))
        self[type, TypeObject.solidBase] =
            plan.count > 0 ? Value(type) : self[best, TypeObject.solidBase]
        try addMembers(type, namespace, best, plan)
        return type
    }

    // MARK: special names of the namespace

    private func takeQualifiedName(
        _ namespace: Reference, _ name: Value
    ) throws(Unwind) -> Value {
        let value = try remove(namespace, self.name(.qualname))
        if value == .unbound { return asString(name) ?? name }
        guard asString(value) != nil else {
            throw raise(
                .typeError, "type __qualname__ must be a str, not \(typeName(value))")
        }
        return value
    }
    private func takeClassCell(_ namespace: Reference) throws(Unwind) -> Value {
        let cell = try remove(namespace, name(.classcell))
        if cell == .unbound { return .none }
        if cell.isA(Kind.cell) { return cell }
        throw raise(
            .typeError,
            "__classcell__ must be a nonlocal cell, not \(text(try repr(Value(type(of: cell)))))")
    }
    /// What a class has without having said so.
    private func adjust(_ namespace: Reference, _ type: Reference) throws(Unwind) {
        if find(namespace, name: name(.module)) == .unbound {
            let module = callerModuleName()
            if module != .unbound { try set(namespace, name: name(.module), module) }
        }
        if find(namespace, name: name(.doc)) == .unbound {
            try set(namespace, name: name(.doc), .none)
        }
        let maker = find(namespace, name: name(.new))
        if maker.isA(Kind.function) {
            try set(namespace, name: name(.new), Value(q.new(Kind.staticMethod, maker, .none)))
        }
        for special in [Name.initSubclass, .classGetitem] {
            let method = find(namespace, name: name(special))
            if method.isA(Kind.function) {
                try set(
                    namespace, name: name(special), Value(q.new(Kind.classMethod, method, .none)))
            }
        }
        if find(namespace, name: name(.eq)) != .unbound
            && find(namespace, name: name(.hash)) == .unbound
        {
            try set(namespace, name: name(.hash), .none)
        }
    }
    /// `__name__` of the module whose code is running; unbound when it has none.
    func callerModuleName() -> Value {
        guard let globals = callerGlobals() else { return .unbound }
        return find(globals, name: name(.name))
    }

    // MARK: hooks

    private func callSetName(_ type: Reference) throws(Unwind) {
        let namespace = self[type, TypeObject.namespace]
        let names = try newList()
        for i in 0..<fill(namespace) {
            guard let (key, value) = entry(namespace, i), value.isReference else { continue }
            if value.isA(Kind.property) {
                self[value.reference, Property.name] = key
                continue
            }
            if value.isA(Kind.function) || value.isA(Kind.string) { continue }
            if lookup(typeOf: value, name(.setName)) == .unbound { continue }
            try append(names, key)
            try append(names, value)
        }
        var i = 0
        while i + 1 < self[names, List.count] {
            let (key, value) = (item(ofList: names, i), item(ofList: names, i + 1))
            i += 2
            do throws(Unwind) {
                let method = lookup(typeOf: value, name(.setName))
                if method != .unbound { _ = try callSpecial(method, value, Value(type), key) }
            } catch {
                if error != .raise { throw error }
                let cause = pending
                let raised = raise(
                    .runtimeError,
                    "Error calling __set_name__ on '\(typeName(value))' instance "
                        + "\(text(try repr(key))) in '\(name(ofType: type))'")
                if pending.isInstance {
                    self[pending.reference, Exception.cause] = cause
                    self[pending.reference, Exception.context] = cause
                    self[pending.reference, Exception.suppressesContext] = .true
                }
                throw raised
            }
        }
    }
    /// `super(type, type).__init_subclass__(**keywords)`
    private func callInitSubclass(_ type: Reference, _ keywords: Value) throws(Unwind) {
        let mro = self[type, TypeObject.mro].reference
        for i in 1..<max(1, q.tupleCount(mro)) {
            let ancestor = q.tupleElement(mro, i)
            guard ancestor.isType else { continue }
            let method = find(
                self[ancestor.reference, TypeObject.namespace], name: name(.initSubclass))
            if method == .unbound { continue }
            let hasKeywords = keywords.isDict && count(ofDict: keywords.reference) > 0
            if !hasKeywords && ancestor == Value(self.type(.object)) { return }
            _ = try call(
                try bind(method, toClass: type), arguments: shared.pointee.emptyTuple,
                keywords: hasKeywords ? keywords : .none)
            return
        }
    }
}
