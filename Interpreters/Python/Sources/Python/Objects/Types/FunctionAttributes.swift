import InterpreterKit

/// Guest functions as objects: what they are made of can be read and mostly replaced.
extension VM {
    func installFunction() {
        build(.function) { type in
            type.new("(cls, code, globals, name=None, argdefs=None, closure=None)") {
                (vm, a) throws(Unwind) in try vm.newFunction(a)
            }
            type.method("__get__", "(self, instance, owner=None, /)") { (vm, a) throws(Unwind) in
                a[1] == .none ? a[0] : Value(vm.q.new(Kind.method, a[0], a[1]))
            }
            type.method("__call__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.call(
                    a[0], arguments: try vm.tuple(a.base + 1, a.count - 1),
                    keywords: a.keywords == .unbound ? .none : a.keywords)
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.repr(a[0])
            }
            installFunctionNames(type)
            installFunctionDefaults(type)
            type.attribute(
                "__code__",
                get: { (vm, a) throws(Unwind) in
                    try vm.codeObject(vm[a[0].reference, Function.code].code)
                },
                set: { (vm, a) throws(Unwind) in
                    try vm.replaceCode(a[0].reference, a[1])
                    return .none
                }, delete: refusal("__code__ must be set to a code object"))
            type.attribute(
                "__closure__",
                get: { (vm, a) throws(Unwind) in vm[a[0].reference, Function.closure] })
            type.attribute(
                "__globals__",
                get: { (vm, a) throws(Unwind) in Value(vm[a[0].reference, Function.globals]) })
            type.attribute(
                "__builtins__",
                get: { (vm, _) throws(Unwind) in Value(vm.shared.pointee.builtins) })
            addAttributesDict(type)
        }
    }
    /// A deleter or setter that only says what is wanted.
    private func refusal(_ message: String) -> Native {
        { (vm, _) throws(Unwind) in throw vm.raise(.typeError, message) }
    }

    private func installFunctionNames(_ type: TypeBuilder) {
        let names: [(StaticString, Field<Value>)] = [
            ("__name__", Function.name), ("__qualname__", Function.qualifiedName),
        ]
        for (name, field) in names {
            let message = "\(name) must be set to a string object"
            type.attribute(
                name, get: { (vm, a) throws(Unwind) in vm[a[0].reference, field] },
                set: { (vm, a) throws(Unwind) in
                    if vm.asString(a[1]) == nil { throw vm.raise(.typeError, message) }
                    vm[a[0].reference, field] = a[1]
                    return .none
                }, delete: refusal(message))
        }
        type.attribute(
            "__module__", get: { (vm, a) throws(Unwind) in vm[a[0].reference, Function.module] },
            set: { (vm, a) throws(Unwind) in
                vm[a[0].reference, Function.module] = a[1]
                return .none
            },
            delete: { (vm, a) throws(Unwind) in
                vm[a[0].reference, Function.module] = .none
                return .none
            })
        type.attribute(
            "__doc__", get: { (vm, a) throws(Unwind) in try vm.doc(ofFunction: a[0].reference) },
            set: { (vm, a) throws(Unwind) in
                vm[a[0].reference, Function.doc] = a[1]
                return .none
            },
            delete: { (vm, a) throws(Unwind) in
                vm[a[0].reference, Function.doc] = .none
                return .none
            })
    }
    private func doc(ofFunction function: Reference) throws(Unwind) -> Value {
        let own = self[function, Function.doc]
        if own != .unbound { return own }
        let doc = try docstring(self[function, Function.code].code)
        self[function, Function.doc] = doc
        return doc
    }

    private func installFunctionDefaults(_ type: TypeBuilder) {
        type.attribute(
            "__defaults__",
            get: { (vm, a) throws(Unwind) in vm[a[0].reference, Function.defaults] },
            set: { (vm, a) throws(Unwind) in
                if a[1] != .none && !a[1].isTuple {
                    throw vm.raise(.typeError, "__defaults__ must be set to a tuple object")
                }
                vm[a[0].reference, Function.defaults] = a[1]
                return .none
            },
            delete: { (vm, a) throws(Unwind) in
                vm[a[0].reference, Function.defaults] = .none
                return .none
            })
        type.attribute(
            "__kwdefaults__",
            get: { (vm, a) throws(Unwind) in vm[a[0].reference, Function.keywordDefaults] },
            set: { (vm, a) throws(Unwind) in
                if a[1] != .none && !a[1].isDict {
                    throw vm.raise(.typeError, "__kwdefaults__ must be set to a dict object")
                }
                vm[a[0].reference, Function.keywordDefaults] = a[1]
                return .none
            },
            delete: { (vm, a) throws(Unwind) in
                vm[a[0].reference, Function.keywordDefaults] = .none
                return .none
            })
        type.attribute(
            "__annotations__",
            get: { (vm, a) throws(Unwind) in
                let known = vm[a[0].reference, Function.annotations]
                if known != .none { return known }
                let made = Value(vm.newDict())
                vm[a[0].reference, Function.annotations] = made
                return made
            },
            set: { (vm, a) throws(Unwind) in
                if a[1] != .none && vm.asDict(a[1]) == nil {
                    throw vm.raise(.typeError, "__annotations__ must be set to a dict object")
                }
                vm[a[0].reference, Function.annotations] = a[1]
                return .none
            },
            delete: { (vm, a) throws(Unwind) in
                vm[a[0].reference, Function.annotations] = .none
                return .none
            })
    }

    /// `types.FunctionType(…)`
    private func newFunction(_ a: CallArguments) throws(Unwind) -> Value {
        guard a[1].isA(Kind.code) else {
            throw raise(
                .typeError, "function() argument 'code' must be code, not \(typeName(a[1]))")
        }
        guard a[2].isDict else {
            throw raise(
                .typeError, "function() argument 'globals' must be dict, not \(typeName(a[2]))")
        }
        let code = self[a[1].reference, CodeObject.code].code
        let free = code.pointee.description.takeUnretainedValue().freeRegisters.count
        let closure = a.value(5, or: .none)
        if closure != .none && !closure.isTuple {
            throw raise(.typeError, "arg 5 (closure) must be tuple")
        }
        let name = text(code.pointee.description.takeUnretainedValue().nameValue)
        if closure == .none && free > 0 {
            throw raise(.typeError, "arg 5 (closure) must be tuple")
        }
        let cells = closure == .none ? 0 : q.tupleCount(closure.reference)
        if cells != free {
            throw raise(
                .valueError, "\(name) requires closure of length \(free), not \(cells)")
        }
        for i in 0..<cells {
            let cell = q.tupleElement(closure.reference, i)
            if !cell.isA(Kind.cell) {
                throw raise(
                    .typeError, "arg 5 (closure) expected cell, found \(typeName(cell))")
            }
        }
        let function = try newFunction(
            code, globals: a[2].reference, closure: closure, defaults: a.value(4, or: .none))
        let given = a.value(3, or: .none)
        if given != .none {
            guard asString(given) != nil else {
                throw raise(.typeError, "arg 3 (name) must be None or string")
            }
            self[function.reference, Function.name] = given
        }
        return function
    }
    private func replaceCode(_ function: Reference, _ value: Value) throws(Unwind) {
        guard value.isA(Kind.code) else {
            throw raise(.typeError, "__code__ must be set to a code object")
        }
        let code = self[value.reference, CodeObject.code].code
        let wanted = code.pointee.description.takeUnretainedValue().freeRegisters.count
        let closure = self[function, Function.closure]
        let cells = closure == .none ? 0 : q.tupleCount(closure.reference)
        if wanted != cells {
            throw raise(
                .valueError,
                "\(text(self[function, Function.name]))() requires a code object with "
                    + "\(cells) free vars, not \(wanted)")
        }
        self[function, Function.code] = Value(native: code)
    }
}
