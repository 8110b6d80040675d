import InterpreterKit

/// The methods of generators, coroutines and asynchronous generators.
extension VM {
    func installGenerators() {
        for type in [BuiltinType.generator, .coroutine] {
            build(type) { type in
                framing(type, "send", "(self, value, /)", .send) { (vm, a) throws(Unwind) in
                    try vm.ask(a[0].reference, a[1])
                }
                type.method("throw", "(self, type, value=None, traceback=None, /)") {
                    (vm, a) throws(Unwind) in
                    try vm.raiseIn(a[0].reference, a)
                }
                type.method("close", "(self, /)") { (vm, a) throws(Unwind) in
                    try vm.close(a[0].reference)
                    return .none
                }
                addGeneratorAttributes(type)
            }
        }
        build(.generator) { type in
            framing(type, "__next__", "(self, /)", .generatorNext) { (vm, a) throws(Unwind) in
                try vm.ask(a[0].reference, .none)
            }
            type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in a[0] }
        }
        build(.coroutine) { type in
            type.method("__await__", "(self, /)") { (vm, a) throws(Unwind) in
                vm.newIterator(.coroutineWrapper, a[0])
            }
        }
        build(.coroutineWrapper) { type in
            type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in a[0] }
            type.method("__next__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.ask(vm.wrapped(a[0]), .none)
            }
            type.method("send", "(self, value, /)") { (vm, a) throws(Unwind) in
                try vm.ask(vm.wrapped(a[0]), a[1])
            }
            type.method("throw", "(self, type, value=None, traceback=None, /)") {
                (vm, a) throws(Unwind) in
                try vm.raiseIn(vm.wrapped(a[0]), a)
            }
            type.method("close", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.close(vm.wrapped(a[0]))
                return .none
            }
        }
        installAsyncGenerators()
        function("aiter", "(async_iterable, /)") { (vm, a) throws(Unwind) in
            let method = vm.lookup(typeOf: a[0], vm.name(.aiter))
            if method == .unbound {
                throw vm.raise(
                    .typeError, "'\(vm.typeName(a[0]))' object is not an async iterable")
            }
            return try vm.callSpecial(method, a[0])
        }
        function("anext", "(async_iterator, default=None, /)") { (vm, a) throws(Unwind) in
            let method = vm.lookup(typeOf: a[0], vm.name(.anext))
            if method == .unbound {
                throw vm.raise(
                    .typeError, "'\(vm.typeName(a[0]))' object is not an async iterator")
            }
            let step = try vm.callSpecial(method, a[0])
            if !a.has(1) { return step }
            return try vm.callMethod(
                try vm.importModule("_awaiting"), vm.intern("step_or_default"), step, a[1])
        }
    }
    func framing(
        _ type: TypeBuilder, _ name: StaticString, _ signature: StaticString, _ framing: Framing,
        _ body: @escaping Native
    ) {
        let native = newNative(name, signature, .framing, owner: type, body)
        self[native.reference, NativeFunction.entry].native(NativeEntry.self).pointee.framing =
            framing
        type.constant(name, native)
    }
    private func wrapped(_ wrapper: Value) -> Reference {
        self[wrapper.reference, Iterator.source].reference
    }

    func addGeneratorAttributes(_ type: TypeBuilder) {
        type.attribute(
            "__name__", get: { (vm, a) throws(Unwind) in vm[a[0].reference, Generator.name] },
            set: { (vm, a) throws(Unwind) in
                guard vm.asString(a[1]) != nil else {
                    throw vm.raise(.typeError, "__name__ must be set to a string object")
                }
                vm[a[0].reference, Generator.name] = a[1]
                return .none
            })
        type.attribute(
            "__qualname__",
            get: { (vm, a) throws(Unwind) in vm[a[0].reference, Generator.qualifiedName] },
            set: { (vm, a) throws(Unwind) in
                guard vm.asString(a[1]) != nil else {
                    throw vm.raise(.typeError, "__qualname__ must be set to a string object")
                }
                vm[a[0].reference, Generator.qualifiedName] = a[1]
                return .none
            })
        if type.type == self.type(.asyncGenerator) { addClassItem(type) }
        let prefix =
            type.type == self.type(.coroutine)
            ? "cr" : type.type == self.type(.asyncGenerator) ? "ag" : "gi"
        func add(_ name: String, _ body: @escaping Native) {
            // Names with a prefix are made once per type.
            let text = intern("\(prefix)_\(name)")
            let getter = newNative("generator attribute", "(self, /)", .method, owner: type, body)
            let member = q.new(Kind.member) { slots in
                slots[0] = text
                slots[1] = Value(type.type)
                slots[2] = getter
                slots[3] = .none
                slots[4] = .none
            }
            define(self[type.type, TypeObject.namespace], text, Value(member))
        }
        add("running") { (vm, a) throws(Unwind) in
            Value(
                vm[a[0].reference, Generator.state] == GeneratorState.running.rawValue)
        }
        if prefix != "ag" {
            add("suspended") { (vm, a) throws(Unwind) in
                Value(vm[a[0].reference, Generator.state] == GeneratorState.suspended.rawValue)
            }
        }
        add("code") { (vm, a) throws(Unwind) in
            try vm.codeObject(vm[a[0].reference, Generator.code].code)
        }
        add("frame") { (vm, a) throws(Unwind) in
            let generator = a[0].reference
            if vm[generator, Generator.state] == GeneratorState.finished.rawValue { return .none }
            let code = vm[generator, Generator.code].code
            let at = vm[generator, Generator.instruction].native(Instruction.self)
            let function = vm[vm[generator, Generator.registers], Generator.register(0)]
            let globals =
                function.isA(Kind.function)
                ? Value(vm[function.reference, Function.globals]) : Value.none
            return vm.newFrameObject(code, at - code.pointee.entry - 1, globals, owner: a[0])
        }
        add(prefix == "gi" ? "yieldfrom" : "await") { (vm, a) throws(Unwind) in
            let generator = a[0].reference
            guard vm[generator, Generator.state] == GeneratorState.suspended.rawValue else {
                return .none
            }
            let at = vm[generator, Generator.instruction].native(Instruction.self) - 1
            guard at.pointee.opcode == .yieldDelegating else { return .none }
            return vm[vm[generator, Generator.registers], Generator.register(at.pointee.c)]
        }
    }

    /// The next value of a generator, or StopIteration.
    func ask(_ generator: Reference, _ value: Value) throws(Unwind) -> Value {
        if self[generator, Generator.state] == GeneratorState.finished.rawValue {
            try refuseReuse(generator)
            throw raise(.stopIteration)
        }
        var stopped = Value.none
        let item = try next(generator, sending: value, stopped: &stopped)
        if item != .unbound { return item }
        throw raise(newStop(stopped))
    }
    /// `throw(type, value, traceback)` or `throw(exception)`.
    func raiseIn(_ generator: Reference, _ a: CallArguments) throws(Unwind) -> Value {
        let exception = try thrownException(a)
        var stopped = Value.none
        let item = try throwInto(generator, exception, stopped: &stopped)
        if item != .unbound { return item }
        throw raise(newStop(stopped))
    }
    /// The exception that the arguments of a `throw` method mean, from argument 1 on.
    func thrownException(_ a: CallArguments) throws(Unwind) -> Value {
        var exception = a[1]
        if exception.isType, isSubtype(exception.reference, type(.baseException)) {
            let value = a.value(2, or: .none)
            if isInstance(value, .baseException) && isSubtype(type(of: value), exception.reference)
            {
                exception = value
            } else if value == .none {
                exception = try call(exception)
            } else if value.isTuple {
                exception = try call(exception, arguments: value)
            } else {
                exception = try call(exception, value)
            }
        } else if !(exception.isInstance && isInstance(exception, .baseException)) {
            throw raise(
                .typeError,
                "exceptions must be classes or instances deriving from BaseException, not \(typeName(exception))"
            )
        } else if a.has(2) && a[2] != .none {
            throw raise(.typeError, "instance exception may not have a separate value")
        }
        if a.has(3) && a[3] != .none {
            guard a[3].isA(Kind.traceback) else {
                throw raise(.typeError, "throw() third argument must be a traceback object")
            }
            self[exception.reference, Exception.traceback] = a[3]
        }
        return exception
    }
}
