import InterpreterKit

/// What all exceptions have in common.
extension VM {
    func installExceptions() {
        installBaseException()
        installSimpleExceptions()
        installOSError()
        installSyntaxError()
        installUnicodeErrors()
        installExceptionGroups()
    }

    private func installBaseException() {
        build(.baseException) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.newException(class: a[0], try vm.tuple(a.base + 1, a.count - 1))
            }
            type.method("__init__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                if a.keywords != .unbound {
                    throw vm.raise(
                        .typeError, "\(vm.typeName(a[0]))() takes no keyword arguments")
                }
                vm[a[0].reference, Exception.arguments] = try vm.tuple(a.base + 1, a.count - 1)
                return .none
            }
            type.method("__str__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.standardText(a[0].reference)
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.standardRepr(exception: a[0])
            }
            type.method("with_traceback", "(self, tb, /)") { (vm, a) throws(Unwind) in
                try vm.setTraceback(a[0].reference, a[1])
                return a[0]
            }
            type.method("add_note", "(self, note, /)") { (vm, a) throws(Unwind) in
                try vm.addNote(a[0], a[1])
                return .none
            }
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                let instance = a[0].reference
                let arguments = vm[instance, Exception.arguments]
                let attributes = try vm.copyAttributes(instance)
                let type = Value(vm.type(of: a[0]))
                return vm.count(ofDict: attributes) == 0
                    ? try vm.tuple(type, arguments)
                    : try vm.tuple(type, arguments, Value(attributes))
            }
            type.method("__setstate__", "(self, state, /)") { (vm, a) throws(Unwind) in
                if a[1] == .none { return .none }
                guard let state = vm.asDict(a[1]) else {
                    throw vm.raise(.typeError, "state is not a dictionary")
                }
                var i = 0
                while i < vm.fill(state) {
                    if let (key, value) = vm.entry(state, i) {
                        try vm.setAttribute(a[0], try vm.attributeName(key), value)
                    }
                    i += 1
                }
                return .none
            }
            addAttributesDict(type)
            type.attribute("__weakref__", get: { (_, _) throws(Unwind) in .none })
            installExceptionAttributes(type)
        }
    }

    private func installExceptionAttributes(_ type: TypeBuilder) {
        func undeletable(_ name: StaticString) -> Native {
            { (vm, _) throws(Unwind) in throw vm.raise(.typeError, "\(name) may not be deleted") }
        }
        type.attribute(
            "args", get: { (vm, a) throws(Unwind) in vm[a[0].reference, Exception.arguments] },
            set: { (vm, a) throws(Unwind) in
                vm[a[0].reference, Exception.arguments] = try vm.tuple(ofIterable: a[1])
                return .none
            }, delete: undeletable("args"))
        type.attribute(
            "__traceback__",
            get: { (vm, a) throws(Unwind) in vm[a[0].reference, Exception.traceback] },
            set: { (vm, a) throws(Unwind) in
                try vm.setTraceback(a[0].reference, a[1])
                return .none
            }, delete: undeletable("__traceback__"))
        type.attribute(
            "__context__",
            get: { (vm, a) throws(Unwind) in vm[a[0].reference, Exception.context] },
            set: { (vm, a) throws(Unwind) in
                try vm.requireException(a[1], "context")
                vm[a[0].reference, Exception.context] = a[1]
                return .none
            }, delete: undeletable("__context__"))
        type.attribute(
            "__cause__",
            get: { (vm, a) throws(Unwind) in vm[a[0].reference, Exception.cause] },
            set: { (vm, a) throws(Unwind) in
                try vm.requireException(a[1], "cause")
                vm[a[0].reference, Exception.cause] = a[1]
                vm[a[0].reference, Exception.suppressesContext] = .true
                return .none
            }, delete: undeletable("__cause__"))
        type.attribute(
            "__suppress_context__",
            get: { (vm, a) throws(Unwind) in
                Value(vm[a[0].reference, Exception.suppressesContext] == .true)
            },
            set: { (vm, a) throws(Unwind) in
                guard a[1].isBool else {
                    throw vm.raise(.typeError, "attribute value type must be bool")
                }
                vm[a[0].reference, Exception.suppressesContext] = a[1]
                return .none
            },
            delete: { (vm, _) throws(Unwind) in
                throw vm.raise(.typeError, "can't delete numeric/char attribute")
            })
    }
    private func requireException(_ value: Value, _ what: String) throws(Unwind) {
        if value == .none || isInstance(value, .baseException) { return }
        throw raise(
            .typeError, "exception \(what) must be None or derive from BaseException")
    }
    private func setTraceback(_ exception: Reference, _ value: Value) throws(Unwind) {
        guard value == .none || value.isA(Kind.traceback) else {
            throw raise(.typeError, "__traceback__ must be a traceback or None")
        }
        self[exception, Exception.traceback] = value
    }
    private func addNote(_ exception: Value, _ note: Value) throws(Unwind) {
        guard asString(note) != nil else {
            throw raise(.typeError, "note must be a str, not '\(typeName(note))'")
        }
        let known = try findAttribute(exception, .notes)
        if known == .unbound {
            let list = try newList()
            try append(list, note)
            return try setAttribute(exception, name(.notes), Value(list))
        }
        guard let list = known.isList ? known : payload(known, .list) else {
            throw raise(.typeError, "Cannot add note: __notes__ is not a list")
        }
        try append(list.reference, note)
    }

    // MARK: construction

    /// What `__new__` of an exception class makes: only its arguments are set.
    func newException(class type: Value, _ arguments: Value) throws(Unwind) -> Value {
        guard type.isType else {
            throw raise(
                .typeError,
                "BaseException.__new__(X): X is not a type object (\(typeName(type)))")
        }
        guard isSubtype(type.reference, self.type(.baseException)) else {
            let name = name(ofType: type.reference)
            throw raise(
                .typeError,
                "BaseException.__new__(\(name)): \(name) is not a subtype of BaseException")
        }
        if self[type.reference, TypeObject.registry] != .none { try refuseAbstract(type.reference) }
        let instance = try newInstance(type.reference)
        self[instance, Exception.arguments] = arguments
        return Value(instance)
    }

    // MARK: text

    /// `str`: nothing, the argument, or all arguments.
    func standardText(_ exception: Reference) throws(Unwind) -> Value {
        let arguments = self[exception, Exception.arguments]
        guard arguments.isTuple else { return shared.pointee.emptyString }
        switch q.tupleCount(arguments.reference) {
        case 0: return shared.pointee.emptyString
        case 1: return try str(q.tupleElement(arguments.reference, 0))
        default: return try repr(arguments)
        }
    }
    private func standardRepr(exception: Value) throws(Unwind) -> Value {
        let arguments = self[exception.reference, Exception.arguments]
        var text = StringBuilder()
        text.append(string: self[type(of: exception), TypeObject.name])
        let isSingle = arguments.isTuple && q.tupleCount(arguments.reference) == 1
        if isSingle { text.append("(") }
        try show(isSingle ? q.tupleElement(arguments.reference, 0) : arguments, into: &text)
        if isSingle { text.append(")") }
        return try text.string(self)
    }
}
