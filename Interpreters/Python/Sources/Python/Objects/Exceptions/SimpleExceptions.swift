import InterpreterKit

/// Exceptions with one or two fields: StopIteration, SystemExit, KeyError, ImportError,
/// AttributeError, NameError.
extension VM {
    func installSimpleExceptions() {
        build(.stopIteration) { type in
            installInitializer(type) { (vm, exception, arguments) in
                vm.fillStopIteration(exception, arguments)
            }
            type.field("value", StopIterationFields.value)
        }
        build(.systemExit) { type in
            installInitializer(type) { (vm, exception, arguments) in
                vm.fillSystemExit(exception, arguments)
            }
            type.field("code", SystemExitFields.code)
        }
        build(.keyError) { type in
            type.method("__str__", "(self, /)") { (vm, a) throws(Unwind) in
                let arguments = vm[a[0].reference, Exception.arguments]
                if arguments.isTuple, vm.q.tupleCount(arguments.reference) == 1 {
                    return try vm.repr(vm.q.tupleElement(arguments.reference, 0))
                }
                return try vm.standardText(a[0].reference)
            }
        }
        build(.importError) { type in
            installInitializer(
                type,
                fields: [("name", ImportErrorFields.name), ("path", ImportErrorFields.path)]
            ) { (vm, exception, arguments) in vm.fillImportError(exception, arguments) }
            type.field("msg", ImportErrorFields.message)
            type.field("name", ImportErrorFields.name)
            type.field("path", ImportErrorFields.path)
            type.method("__str__", "(self, /)") { (vm, a) throws(Unwind) in
                let message = vm[a[0].reference, ImportErrorFields.message]
                return message.isString ? message : try vm.standardText(a[0].reference)
            }
        }
        build(.attributeError) { type in
            installInitializer(
                type,
                fields: [
                    ("name", AttributeErrorFields.name), ("obj", AttributeErrorFields.object),
                ]
            ) { (_, _, _) in }
            type.field("name", AttributeErrorFields.name)
            type.field("obj", AttributeErrorFields.object)
        }
        build(.nameError) { type in
            installInitializer(type, fields: [("name", NameErrorFields.name)]) { (_, _, _) in }
            type.field("name", NameErrorFields.name)
        }
    }

    /// An `__init__` that takes any arguments, and keywords for some fields; `fill` sets the others.
    private func installInitializer(
        _ type: TypeBuilder, fields: [(StaticString, Field<Value>)] = [],
        _ fill: @escaping (VM, Reference, Reference) -> Void
    ) {
        let typeName = "\(type.name)"
        type.method("__init__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
            let exception = a[0].reference
            let arguments = try vm.tuple(a.base + 1, a.count - 1)
            vm[exception, Exception.arguments] = arguments
            for (_, field) in fields { vm[exception, field] = .none }
            if a.keywords.isDict {
                try vm.setFields(exception, a.keywords.reference, fields, typeName)
            }
            fill(vm, exception, arguments.reference)
            return .none
        }
    }
    private func setFields(
        _ exception: Reference, _ keywords: Reference, _ fields: [(StaticString, Field<Value>)],
        _ typeName: String
    ) throws(Unwind) {
        if fields.isEmpty {
            throw raise(
                .typeError,
                "\(self.typeName(Value(exception)))() takes no keyword arguments")
        }
        for i in 0..<fill(keywords) {
            guard let (key, value) = entry(keywords, i) else { continue }
            let name = text(key)
            guard let field = fields.first(where: { $0.0.description == name })?.1 else {
                throw raise(
                    .typeError, "'\(name)' is an invalid keyword argument for \(typeName)()")
            }
            self[exception, field] = value
        }
    }

    func fillStopIteration(_ exception: Reference, _ arguments: Reference) {
        self[exception, StopIterationFields.value] =
            q.tupleCount(arguments) > 0 ? q.tupleElement(arguments, 0) : .none
    }
    func fillSystemExit(_ exception: Reference, _ arguments: Reference) {
        let count = q.tupleCount(arguments)
        self[exception, SystemExitFields.code] =
            count == 0 ? .none : count == 1 ? q.tupleElement(arguments, 0) : Value(arguments)
    }
    func fillImportError(_ exception: Reference, _ arguments: Reference) {
        self[exception, ImportErrorFields.message] =
            q.tupleCount(arguments) == 1 ? q.tupleElement(arguments, 0) : .none
    }
}
