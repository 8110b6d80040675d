import InterpreterKit

/// What `__slots__` of a class says about its instances.
struct SlotPlan {
    /// Slots that the class adds.
    var count = 0
    var hasDict = true
    var hasWeak = true
    /// A list of the names in the order of the slots, with private ones mangled; none without.
    var names = Value.none
    var addsDict = false
    var addsWeak = false
}

extension VM {
    func planSlots(
        _ namespace: Reference, _ best: Reference, _ bases: Value, _ name: Value
    ) throws(Unwind) -> SlotPlan {
        let payload = info(best).pointee.payload
        let (baseHasDict, baseHasWeak) = attributesAllowed(by: best)
        let isVariable =
            payload == .int || payload == .tuple || payload == .bytes
        var plan = SlotPlan()
        let slots = find(namespace, name: self.name(.slots))
        if slots == .unbound {
            plan.hasWeak = baseHasWeak || !isVariable
            plan.addsDict = !baseHasDict
            plan.addsWeak = plan.hasWeak && !baseHasWeak
            return plan
        }
        plan.hasDict = baseHasDict
        plan.hasWeak = baseHasWeak
        let wanted =
            asString(slots) != nil ? try tuple(slots) : try tuple(ofIterable: slots)
        let count = q.tupleCount(wanted.reference)
        if count > 0 && (isVariable || payload == .type) {
            throw raise(
                .typeError,
                "nonempty __slots__ not supported for subtype of '\(self.name(ofType: best))'")
        }
        let names = try newList()
        for i in 0..<count {
            let item = q.tupleElement(wanted.reference, i)
            guard let string = asString(item) else {
                throw raise(.typeError, "__slots__ items must be strings, not '\(typeName(item))'")
            }
            if !(try isTrue(try callMethod(string, intern("isidentifier")))) {
                throw raise(.typeError, "__slots__ must be identifiers")
            }
            let slot = intern(string)
            if slot == self.name(.dict) {
                if baseHasDict || plan.addsDict {
                    throw raise(.typeError, "__dict__ slot disallowed: we already got one")
                }
                plan.addsDict = true
            } else if slot == self.name(.weakref) {
                if baseHasWeak || plan.addsWeak || isVariable {
                    throw raise(.typeError, "__weakref__ slot disallowed: we already got one")
                }
                plan.addsWeak = true
            } else {
                let mangled = mangle(slot, className: text(name))
                if find(namespace, name: mangled) != .unbound && slot != self.name(.qualname)
                    && slot != self.name(.classcell)
                {
                    throw raise(
                        .valueError,
                        "\(text(try repr(slot))) in __slots__ conflicts with class variable")
                }
                try append(names, mangled)
            }
        }
        plan.hasDict = baseHasDict || plan.addsDict
        plan.hasWeak = baseHasWeak || plan.addsWeak
        // Another base may have what the best one has not.
        for other in types(bases) where other != best {
            let (dict, weak) = attributesAllowed(by: other)
            if dict && !plan.hasDict { (plan.hasDict, plan.addsDict) = (true, true) }
            if weak && !plan.hasWeak { (plan.hasWeak, plan.addsWeak) = (true, true) }
        }
        plan.count = self[names, List.count]
        plan.names = Value(names)
        return plan
    }
    /// Do instances have a `__dict__`, and weak references?
    private func attributesAllowed(by type: Reference) -> (dict: Bool, weak: Bool) {
        let info = self.info(type)
        if info.pointee.isGuest { return (info.pointee.hasDict, info.pointee.hasWeak) }
        switch info.pointee.payload {
        case .type, .module: return (true, true)
        case .set, .frozenSet: return (info.pointee.hasDict, true)
        case .native: return (info.pointee.hasDict, info.pointee.hasWeak)
        default: return (info.pointee.hasDict, false)
        }
    }

    /// A private name `__x` as the class `className` means it.
    func mangle(_ name: Value, className: String) -> Value {
        let text = text(name)
        let stripped = className.drop { $0 == "_" }
        if !text.hasPrefix("__") || text.hasSuffix("__") || text.contains(".") || stripped.isEmpty {
            return name
        }
        return intern("_\(stripped)\(text)")
    }

    /// The members and the computed attributes that the plan asks for.
    func addMembers(
        _ type: Reference, _ namespace: Reference, _ best: Reference, _ plan: SlotPlan
    ) throws(Unwind) {
        if plan.names.isList {
            let first = info(best).pointee.reserved
            for i in 0..<plan.count {
                let name = item(ofList: plan.names.reference, i)
                let member = q.new(Kind.member) { slots in
                    slots[0] = name
                    slots[1] = Value(type)
                    slots[2] = Value(first + i)
                    slots[3] = .none
                    slots[4] = .none
                }
                try set(namespace, name: name, Value(member))
            }
        }
        if plan.addsDict { try copyMember(.dict, type, namespace) }
        if plan.addsWeak { try copyMember(.weakref, type, namespace) }
    }
    /// The computed attribute of exceptions of this name, as one of `type`.
    private func copyMember(
        _ name: Name, _ type: Reference, _ namespace: Reference
    ) throws(Unwind) {
        let model = find(
            self[self.type(.baseException), TypeObject.namespace], name: self.name(name))
        let known = find(namespace, name: self.name(name))
        guard model.isA(Kind.member), known == .unbound else { return }
        let member = q.new(Kind.member) { slots in
            slots[0] = self.name(name)
            slots[1] = Value(type)
            slots[2] = self[model.reference, Member.getter]
            slots[3] = self[model.reference, Member.setter]
            slots[4] = self[model.reference, Member.deleter]
        }
        try set(namespace, name: self.name(name), Value(member))
    }
}
