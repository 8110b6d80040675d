import InterpreterKit

/// What a class answers about itself: `__name__`, `__bases__`, `__mro__` and so on.
extension VM {
    func installTypeAttributes(_ type: TypeBuilder) {
        type.attribute(
            "__name__", get: { (vm, a) throws(Unwind) in vm[a[0].reference, TypeObject.name] },
            set: { (vm, a) throws(Unwind) in
                try vm.rename(a[0].reference, TypeObject.name, "__name__", a[1])
            },
            delete: { (vm, a) throws(Unwind) in throw vm.undeletable(a[0], "__name__") })
        type.attribute(
            "__qualname__",
            get: { (vm, a) throws(Unwind) in vm[a[0].reference, TypeObject.qualifiedName] },
            set: { (vm, a) throws(Unwind) in
                try vm.rename(a[0].reference, TypeObject.qualifiedName, "__qualname__", a[1])
            },
            delete: { (vm, a) throws(Unwind) in throw vm.undeletable(a[0], "__qualname__") })
        type.attribute(
            "__module__",
            get: { (vm, a) throws(Unwind) in
                let module = vm.find(
                    vm[a[0].reference, TypeObject.namespace], name: vm.name(.module))
                // In the namespace of `type` stands this very attribute.
                return module == .unbound || module.isA(Kind.member)
                    ? vm.intern("builtins") : module
            },
            set: { (vm, a) throws(Unwind) in try vm.setOwn(a[0].reference, .module, a[1]) },
            delete: { (vm, a) throws(Unwind) in throw vm.undeletable(a[0], "__module__") })
        type.attribute(
            "__doc__",
            get: { (vm, a) throws(Unwind) in
                let own = vm.find(vm[a[0].reference, TypeObject.namespace], name: vm.name(.doc))
                if own == .unbound || own.isA(Kind.member) && a[0] == Value(vm.type(.type)) {
                    return .none
                }
                return try vm.bind(own, toClass: a[0].reference)
            },
            set: { (vm, a) throws(Unwind) in try vm.setOwn(a[0].reference, .doc, a[1]) },
            delete: { (vm, a) throws(Unwind) in throw vm.undeletable(a[0], "__doc__") })
        type.attribute(
            "__dict__",
            get: { (vm, a) throws(Unwind) in
                let namespace = Value(vm[a[0].reference, TypeObject.namespace])
                return Value(vm.q.new(Kind.mappingProxy, namespace))
            })
        type.attribute(
            "__bases__", get: { (vm, a) throws(Unwind) in vm[a[0].reference, TypeObject.bases] },
            set: { (vm, a) throws(Unwind) in
                try vm.setBases(a[0].reference, a[1])
                return .none
            },
            delete: { (vm, a) throws(Unwind) in throw vm.undeletable(a[0], "__bases__") })
        type.attribute("__base__", get: { (vm, a) throws(Unwind) in vm.base(of: a[0].reference) })
        type.attribute(
            "__mro__",
            get: { (vm, a) throws(Unwind) in
                // While the order is being found there is none.
                let order = vm[a[0].reference, TypeObject.mro]
                return order == vm.shared.pointee.emptyTuple ? .none : order
            })
        type.attribute(
            "__abstractmethods__",
            get: { (vm, a) throws(Unwind) in
                let name = vm.name(.abstractmethods)
                let own = vm.find(vm[a[0].reference, TypeObject.namespace], name: name)
                if own == .unbound || a[0] == Value(vm.type(.type)) {
                    throw vm.noAttribute(a[0], name)
                }
                return own
            },
            set: { (vm, a) throws(Unwind) in
                let isAbstract = try vm.isTrue(a[1])
                _ = try vm.setOwn(a[0].reference, .abstractmethods, a[1])
                vm[a[0].reference, TypeObject.registry] = isAbstract ? a[1] : .none
                return .none
            },
            delete: { (vm, a) throws(Unwind) in
                let type = a[0].reference
                let name = vm.name(.abstractmethods)
                if try vm.remove(vm[type, TypeObject.namespace], name) == .unbound {
                    throw vm.noAttribute(a[0], name)
                }
                vm[type, TypeObject.registry] = .none
                vm.touch(type)
                return .none
            })
        type.attribute(
            "__annotations__",
            get: { (vm, a) throws(Unwind) in try vm.annotations(ofClass: a[0]) },
            set: { (vm, a) throws(Unwind) in
                try vm.setOwn(a[0].reference, .annotations, a[1])
            },
            delete: { (vm, a) throws(Unwind) in
                try vm.requireGuest(a[0].reference, "__annotations__")
                let namespace = vm[a[0].reference, TypeObject.namespace]
                if try vm.remove(namespace, vm.name(.annotations)) == .unbound {
                    throw vm.raise(.attributeError, "__annotations__")
                }
                vm.touch(a[0].reference)
                return .none
            })
        type.attribute("__text_signature__", get: { (_, _) throws(Unwind) in .none })
        type.attribute(
            "__basicsize__",
            get: { (vm, a) throws(Unwind) in
                let info = vm.info(a[0].reference)
                return Value(16 + 8 * info.pointee.reserved + (info.pointee.hasDict ? 8 : 0))
            })
        type.attribute("__itemsize__", get: { (_, _) throws(Unwind) in Value(0) })
        type.attribute(
            "__dictoffset__",
            get: { (vm, a) throws(Unwind) in
                Value(vm.info(a[0].reference).pointee.hasDict ? 16 : 0)
            })
        type.attribute(
            "__weakrefoffset__",
            get: { (vm, a) throws(Unwind) in
                let info = vm.info(a[0].reference)
                return Value(info.pointee.isGuest && info.pointee.hasWeak ? 24 : 0)
            })
        type.attribute(
            "__flags__",
            get: { (vm, a) throws(Unwind) in Value(vm.flags(ofType: a[0].reference)) })
    }

    private func rename(
        _ type: Reference, _ field: Field<Value>, _ attribute: StaticString, _ value: Value
    ) throws(Unwind) -> Value {
        try requireGuest(type, attribute)
        guard let string = asString(value) else {
            throw raise(
                .typeError,
                "can only assign string to \(name(ofType: type)).\(attribute), "
                    + "not '\(typeName(value))'")
        }
        if StringView(string).contains(0) {
            throw raise(.valueError, "type name must not contain null characters")
        }
        try requireScalars(string)
        self[type, field] = value
        return .none
    }
    private func setOwn(
        _ type: Reference, _ name: Name, _ value: Value
    ) throws(Unwind) -> Value {
        try requireGuest(type, "\(text(self.name(name)))")
        try set(self[type, TypeObject.namespace], name: self.name(name), value)
        touch(type)
        return .none
    }
    private func requireGuest(_ type: Reference, _ attribute: StaticString) throws(Unwind) {
        try requireGuest(type, "\(attribute)")
    }
    private func requireGuest(_ type: Reference, _ attribute: String) throws(Unwind) {
        if info(type).pointee.isGuest { return }
        throw raise(
            .typeError,
            "cannot set '\(attribute)' attribute of immutable type '\(name(ofType: type))'")
    }
    private func undeletable(_ type: Value, _ attribute: StaticString) -> Unwind {
        raise(
            .typeError,
            "cannot delete '\(attribute)' attribute of immutable type "
                + "'\(name(ofType: type.reference))'")
    }
    /// The class's own annotations, made when it has none.
    private func annotations(ofClass type: Value) throws(Unwind) -> Value {
        guard info(type.reference).pointee.isGuest else {
            throw noAttribute(type, name(.annotations))
        }
        let namespace = self[type.reference, TypeObject.namespace]
        let own = find(namespace, name: name(.annotations))
        if own != .unbound { return try bind(own, toClass: type.reference) }
        let annotations = Value(newDict())
        try set(namespace, name: name(.annotations), annotations)
        touch(type.reference)
        return annotations
    }
    /// `Py_TPFLAGS` as programs ask for them: heap type, base type, abstract, and the built-in bases.
    private func flags(ofType type: Reference) -> Int {
        let info = self.info(type)
        var flags = 1 << 12
        if info.pointee.isGuest { flags |= 1 << 9 } else { flags |= 1 << 8 }
        if info.pointee.isBase { flags |= 1 << 10 }
        if self[type, TypeObject.registry] != .none { flags |= 1 << 20 }
        let bases: [(BuiltinType, Int)] = [
            (.int, 24), (.list, 25), (.tuple, 26), (.bytes, 27), (.str, 28), (.dict, 29),
            (.baseException, 30), (.type, 31),
        ]
        for (base, bit) in bases where isSubtype(type, self.type(base)) { flags |= 1 << bit }
        return flags
    }

    // MARK: __bases__

    private func setBases(_ type: Reference, _ value: Value) throws(Unwind) {
        try requireGuest(type, "__bases__")
        let typeName = name(ofType: type)
        guard value.isTuple else {
            throw raise(
                .typeError,
                "can only assign tuple to \(typeName).__bases__, not \(self.typeName(value))")
        }
        let count = q.tupleCount(value.reference)
        if count == 0 {
            throw raise(
                .typeError, "can only assign non-empty tuple to \(typeName).__bases__, not ()")
        }
        for i in 0..<count {
            let base = q.tupleElement(value.reference, i)
            guard base.isType else {
                throw raise(
                    .typeError,
                    "\(typeName).__bases__ must be tuple of classes, not '\(self.typeName(base))'")
            }
            if isSubtype(base.reference, type) || isDerived(base.reference, from: type) {
                throw raise(.typeError, "a __bases__ item causes an inheritance cycle")
            }
        }
        let best = try bestBase(value)
        let old = self[type, TypeObject.bases]
        let oldBest = try bestBase(old)
        let (new, known) = (info(best), info(oldBest))
        if self[best, TypeObject.solidBase] != self[oldBest, TypeObject.solidBase]
            || new.pointee.hasDict != known.pointee.hasDict && !info(type).pointee.hasDict
        {
            throw raise(
                .typeError,
                "__bases__ assignment: '\(name(ofType: best))' object layout differs from "
                    + "'\(name(ofType: oldBest))'")
        }
        self[type, TypeObject.bases] = value
        do throws(Unwind) {
            try updateOrder(type)
        } catch {
            // The order may come from the program, which may have set other bases meanwhile.
            if error == .raise && self[type, TypeObject.bases] == value {
                let raised = pending
                self[type, TypeObject.bases] = old
                do throws(Unwind) { try updateOrder(type) } catch {}
                pending = raised
            }
            throw error
        }
        if self[type, TypeObject.bases] == value {
            for base in types(old) { removeSubclass(type, from: base) }
            for base in types(value) { try addSubclass(type, to: base) }
        }
        touch(type)
        noteNewOrder(type)
    }
    /// By bases, which are set before the orders that follow from them.
    private func isDerived(_ type: Reference, from other: Reference) -> Bool {
        type == other
            || types(self[type, TypeObject.bases]).contains { isDerived($0, from: other) }
    }
    /// The method resolution orders of a class and all derived from it, anew.
    private func updateOrder(_ type: Reference) throws(Unwind) {
        let order = try resolutionOrder(type, types(self[type, TypeObject.bases]))
        self[type, TypeObject.mro] = order
        let subclasses = self[type, TypeObject.subclasses]
        guard subclasses.isList else { return }
        for i in 0..<self[subclasses.reference, List.count] {
            let subclass = item(ofList: subclasses.reference, i)
            if subclass.isType { try updateOrder(subclass.reference) }
        }
    }
}
