import InterpreterKit

/// Calls of the functions of ``Framing`` by an instruction.
extension VM {
    func enter(
        framing entry: UnsafeMutablePointer<NativeEntry>, _ base: Frame, _ count: Int,
        _ names: Value, _ continuation: Continuation, _ register: Int
    ) throws(Unwind) -> Position {
        if continuation == .result && names == .none {
            switch entry.pointee.framing {
            case .next where count == 1 && base[1].isA(Kind.generator):
                if self[base[1].reference, Generator.type] == Int(BuiltinType.generator.rawValue) {
                    return try resume(base[1].reference, .none, .ask, to: register)
                }
            case .generatorNext where count == 1 && base[1].isA(Kind.generator):
                return try resume(base[1].reference, .none, .ask, to: register)
            case .send where count == 2 && base[1].isA(Kind.generator):
                return try resume(base[1].reference, base[2], .ask, to: register)
            case .buildClass:
                break
            case .main:
                return try enterMain(base, register)
            case .statement:
                return try enterStatement(base, register)
            case let framing where framing.consumer != nil:
                if let consumer = framing.consumer,
                    let position = try enter(
                        consumer: consumer, base, count, continuation, register)
                {
                    return position
                }
            case .exec where count >= 1, .eval where count >= 1:
                if let position = try enterCode(entry.pointee.framing, base, count, register) {
                    return position
                }
            default: break
            }
        }
        if entry.pointee.framing == .buildClass && continuation == .result {
            return try enterClassBody(base, count, names, register)
        }
        let result = try callNative(base[0].reference, entry, base, count, names)
        return try finish(continuation, result, register)
    }

    // MARK: classes

    /// `__build_class__(body, name, *bases, metaclass=None, **keywords)`: the body gets a frame.
    private func enterClassBody(
        _ base: Frame, _ count: Int, _ names: Value, _ register: Int
    ) throws(Unwind) -> Position {
        let body = base[1]
        let extra: Value
        do {
            // The arguments may lie where the next frame would be.
            let inner = nativeFrame(above: base + (count + 1))
            defer { q.leave(to: fp) }
            extra = try inner.prepareClass(base, count, names)
        }
        let callee = open(0)
        defer { close(callee) }
        callee[0] = body
        callee[below: 4] = extra
        return try enter(function: body.reference, callee, 0, .none, .classBody, register)
    }
    /// The tuple that `finishClass` wants: namespace, name, bases, metaclass, keywords, original bases.
    func prepareClass(_ base: Frame, _ count: Int, _ names: Value) throws(Unwind) -> Value {
        let keywords = names == .none ? 0 : q.tupleCount(names.reference)
        let positional = count - keywords
        if positional < 2 {
            throw raise(.typeError, "__build_class__: not enough arguments")
        }
        guard base[1].isA(Kind.function) else {
            throw raise(.typeError, "__build_class__: func must be a function")
        }
        let name = base[2]
        let given = try tuple(base + 3, positional - 2)
        let bases = try resolveBases(given)
        let dict = newDict()
        var metaclass = Value.unbound
        for k in 0..<keywords {
            let key = q.tupleElement(names.reference, k)
            let value = base[1 + positional + k]
            if StringView.equal(StringView(key), StringView(self.name(.metaclass))) {
                metaclass = value
            } else {
                try set(dict, key, value)
            }
        }
        metaclass = try self.metaclass(metaclass, bases)
        let prepare = try findAttribute(metaclass, self.name(.prepare))
        var namespace = Value.unbound
        if prepare != .unbound {
            namespace = try call(prepare, arguments: try tuple(name, bases), keywords: Value(dict))
        } else {
            namespace = Value(newDict())
        }
        if !namespace.isDict && lookup(typeOf: namespace, self.name(.getitem)) == .unbound {
            throw raise(
                .typeError,
                "\(metaclass.isType ? self.name(ofType: metaclass.reference) : "<metaclass>").__prepare__() must return a mapping, not \(typeName(namespace))"
            )
        }
        let original = bases == given ? Value.none : given
        return Value(
            try checked(
                q.newTuple(count: 6) {
                    $0[0] = namespace
                    $0[1] = name
                    $0[2] = bases
                    $0[3] = metaclass
                    $0[4] = Value(dict)
                    $0[5] = original
                }))
    }
    /// The class, once its body has run; `cell` is its `__class__` cell or None.
    func finishClass(_ cell: Value, _ extra: Value) throws(Unwind) -> Value {
        let parts = extra.reference
        let namespace = q.tupleElement(parts, 0)
        let original = q.tupleElement(parts, 5)
        if original != .none {
            try setItem(namespace, intern("__orig_bases__"), original)
        }
        let arguments = try tuple(q.tupleElement(parts, 1), q.tupleElement(parts, 2), namespace)
        let type = try call(
            q.tupleElement(parts, 3), arguments: arguments, keywords: q.tupleElement(parts, 4))
        if cell.isA(Kind.cell), type.isType {
            let content = self[cell.reference, Cell.content]
            if content == .unbound {
                throw raise(
                    .runtimeError,
                    "__class__ not set defining '\(text(q.tupleElement(parts, 1)))' as \(text(try repr(type))). Was __classcell__ propagated to type.__new__?"
                )
            }
            if content != type {
                throw raise(
                    .typeError,
                    "__class__ set to \(text(try repr(content))) defining '\(text(q.tupleElement(parts, 1)))' as \(text(try repr(type)))"
                )
            }
        }
        return type
    }
    func buildClassFunction() -> Value { find(shared.pointee.builtins, name: name(.buildClass)) }

    func installFraming() {
        build(function: "__build_class__", "(func, name, /, *bases)", .buildClass) {
            (vm, a) throws(Unwind) in
            // Called by a built-in function: nested.
            let arguments = try vm.tuple(a.base, a.count)
            let (base, count, names) = try vm.spread(.none, arguments, a.keywords)
            defer { vm.close(base) }
            let inner = vm.nativeFrame(above: base + (count + 1))
            defer { Quantum<Dispatched>(vm.thread).leave(to: vm.fp) }
            let extra = try inner.prepareClass(base, count, names)
            let callee = inner.open(0)
            defer { inner.close(callee) }
            callee[0] = base[1]
            callee[below: 4] = extra
            let position = try inner.enter(
                function: base[1].reference, callee, 0, .none, .exit, 0)
            return try inner.finishClass(try inner.run(position), extra)
        }
    }
    func build(
        function name: StaticString, _ signature: StaticString, _ framing: Framing,
        _ body: @escaping Native
    ) {
        let native = newNative(name, signature, .framing, owner: nil, body)
        self[native.reference, NativeFunction.entry].native(NativeEntry.self).pointee.framing =
            framing
        define(shared.pointee.builtins, intern(name), native)
    }
}

extension VM {
    /// The metaclass of a class statement.
    func metaclass(_ given: Value, _ bases: Value) throws(Unwind) -> Value {
        var metaclass = given
        if given == .unbound {
            let first =
                q.tupleCount(bases.reference) > 0 ? q.tupleElement(bases.reference, 0) : .none
            metaclass = first == .none ? Value(type(.type)) : Value(type(of: first))
        }
        guard metaclass.isType, isSubtype(metaclass.reference, type(.type)) else {
            return metaclass
        }
        return Value(try winningMetaclass(metaclass.reference, bases))
    }

    /// `exec` and `eval` of code: a frame, unless a built-in function must do it.
    func enterCode(
        _ framing: Framing, _ base: Frame, _ count: Int, _ register: Int
    ) throws(Unwind) -> Position? { nil }
}
