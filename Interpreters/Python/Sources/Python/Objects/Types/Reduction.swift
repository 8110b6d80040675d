import InterpreterKit

/// `__reduce_ex__` and what belongs to it: how objects tell `copy` and `pickle` what they consist of.
extension VM {
    func installReduction(_ type: TypeBuilder) {
        type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.reduceOld(a[0], 0)
        }
        type.method("__reduce_ex__", "(self, protocol, /)") { (vm, a) throws(Unwind) in
            let version = try vm.index(a[1])
            let own = try vm.getAttribute(Value(vm.type(of: a[0])), .reduce)
            if !(own.isA(Kind.native) && vm.isFromObject(own)) {
                return try vm.call(try vm.getAttribute(a[0], .reduce))
            }
            return version < 2 ? try vm.reduceOld(a[0], version) : try vm.reduce(a[0])
        }
        type.method("__getstate__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.standardState(a[0])
        }
    }

    private func copyreg(_ name: StaticString) throws(Unwind) -> Value {
        let importer = find(shared.pointee.builtins, name: self.name(.import_))
        let module = try call(importer, intern("copyreg"))
        return try getAttribute(module, intern(name))
    }
    private func reduceOld(_ object: Value, _ version: Int) throws(Unwind) -> Value {
        try call(try copyreg("_reduce_ex"), object, Value(version))
    }

    /// Protocol 2 and later: `copyreg.__newobj__`, arguments, state, items of lists and dicts.
    private func reduce(_ object: Value) throws(Unwind) -> Value {
        let type = type(of: object)
        if lookup(type, name(.new)) == .unbound {
            throw raise(.typeError, "cannot pickle '\(name(ofType: type))' object")
        }
        let (arguments, keywords) = try constructorArguments(object)
        let hasKeywords = keywords.isDict && count(ofDict: keywords.reference) > 0
        let hasArguments = arguments.isTuple
        let function = try copyreg(hasKeywords ? "__newobj_ex__" : "__newobj__")
        let given: Value
        if hasKeywords {
            given = try tuple(
                Value(type), hasArguments ? arguments : shared.pointee.emptyTuple, keywords)
        } else {
            let n = hasArguments ? q.tupleCount(arguments.reference) : 0
            given = Value(
                try checked(
                    q.newTuple(count: n + 1) {
                        $0[0] = Value(type)
                        for i in 0..<n { $0[i + 1] = q.tupleElement(arguments.reference, i) }
                    }))
        }
        let isContainer = isInstance(object, .list) || isInstance(object, .dict)
        let state = try self.state(object, isRequired: !(hasArguments || isContainer))
        let items =
            isInstance(object, .list) ? try iterator(of: object) : Value.none
        let pairs =
            isInstance(object, .dict)
            ? try iterator(of: try callMethod(object, name(.items))) : Value.none
        return Value(
            try checked(
                q.newTuple(count: 5) {
                    $0[0] = function
                    $0[1] = given
                    $0[2] = state
                    $0[3] = items
                    $0[4] = pairs
                }))
    }
    /// What `__getnewargs_ex__` or `__getnewargs__` gives; none without.
    private func constructorArguments(
        _ object: Value
    ) throws(Unwind) -> (arguments: Value, keywords: Value) {
        let extended = lookup(typeOf: object, intern("__getnewargs_ex__"))
        if extended != .unbound {
            let result = try callSpecial(extended, object)
            guard result.isTuple else {
                throw raise(
                    .typeError,
                    "__getnewargs_ex__ should return a tuple, not '\(typeName(result))'")
            }
            guard q.tupleCount(result.reference) == 2 else {
                throw raise(
                    .valueError,
                    "__getnewargs_ex__ should return a tuple of length 2, "
                        + "not \(q.tupleCount(result.reference))")
            }
            let (arguments, keywords) = (
                q.tupleElement(result.reference, 0), q.tupleElement(result.reference, 1)
            )
            guard arguments.isTuple else {
                throw raise(
                    .typeError,
                    "first item of the tuple returned by __getnewargs_ex__ must be a tuple, "
                        + "not '\(typeName(arguments))'")
            }
            guard keywords.isDict else {
                throw raise(
                    .typeError,
                    "second item of the tuple returned by __getnewargs_ex__ must be a dict, "
                        + "not '\(typeName(keywords))'")
            }
            return (arguments, keywords)
        }
        let method = lookup(typeOf: object, name(.getnewargs))
        if method == .unbound { return (.none, .none) }
        let result = try callSpecial(method, object)
        guard result.isTuple else {
            throw raise(
                .typeError, "__getnewargs__ should return a tuple, not '\(typeName(result))'")
        }
        return (result, .none)
    }
    private func state(_ object: Value, isRequired: Bool) throws(Unwind) -> Value {
        let method = lookup(typeOf: object, name(.getstate))
        if method != .unbound && !isFromObject(method) { return try callSpecial(method, object) }
        if isRequired && object.isA(Kind.memoryView) {
            throw raise(.typeError, "cannot pickle memoryview objects")
        }
        if isRequired && !isPlainlyCopied(object) {
            throw raise(.typeError, "cannot pickle '\(typeName(object))' object")
        }
        return try standardState(object)
    }
    /// Objects whose only content is attributes and slots.
    private func isPlainlyCopied(_ object: Value) -> Bool {
        guard object.isInstance else { return object.isConstant }
        let info = info(type(of: object))
        let payload = info.pointee.payload
        return info.pointee.reserved == info.pointee.slots || payload != .none && payload != .native
    }

    /// `object.__getstate__`: a copy of the attributes, with the slots when there are any.
    private func standardState(_ object: Value) throws(Unwind) -> Value {
        guard object.isInstance else { return .none }
        let instance = object.reference
        var state = Value.none
        let map = map(instance)
        if map.pointee.isFixed == false {
            let copy = try copyAttributes(instance)
            if count(ofDict: copy) > 0 || info(map.pointee.type).pointee.slots == 0 {
                state = Value(copy)
            }
            if count(ofDict: copy) == 0 { state = .none }
        }
        if info(map.pointee.type).pointee.slots == 0 { return state }
        let slots = newDict()
        for type in types(self[map.pointee.type, TypeObject.mro]).reversed() {
            let namespace = self[type, TypeObject.namespace]
            for i in 0..<fill(namespace) {
                guard let (key, value) = entry(namespace, i), value.isA(Kind.member) else {
                    continue
                }
                let getter = self[value.reference, Member.getter]
                guard getter.isInt else { continue }
                let content = slot(instance, getter.int)
                if content != .unbound { try set(slots, key, content) }
            }
        }
        return count(ofDict: slots) == 0 ? state : try tuple(state, Value(slots))
    }
}
