import InterpreterKit

/// The module `operator`.
extension VM {
    static func makeOperator(_ module: ModuleBuilder) throws(Unwind) {
        addArithmetic(module)
        addComparisons(module)
        addItemFunctions(module)
        addItemGetter(module)
        addAttributeGetter(module)
        addMethodCaller(module)
        // All functions but those under the names of special methods.
        let vm = module.vm
        let namespace = vm[module.module, ModuleObject.namespace]
        let names = try vm.newList()
        for i in 0..<vm.fill(namespace) {
            guard let (name, _) = vm.entry(namespace, i) else { continue }
            if !vm.text(name).hasPrefix("_") { try vm.append(names, name) }
        }
        try vm.sort(names, key: .none, reverse: false)
        module.constant("__all__", Value(names))
    }

    /// A function, also under the name of its special method.
    private static func both(
        _ module: ModuleBuilder, _ name: StaticString, _ special: StaticString,
        _ signature: StaticString, _ body: @escaping Native
    ) {
        module.function(name, signature, body)
        let function = module.vm.find(
            module.vm[module.module, ModuleObject.namespace], name: module.vm.intern(name))
        module.constant(special, function)
    }

    private static func addArithmetic(_ module: ModuleBuilder) {
        let binary: [(StaticString, StaticString, StaticString, StaticString, Operation)] = [
            ("add", "__add__", "iadd", "__iadd__", .add),
            ("sub", "__sub__", "isub", "__isub__", .subtract),
            ("mul", "__mul__", "imul", "__imul__", .multiply),
            ("matmul", "__matmul__", "imatmul", "__imatmul__", .matrixMultiply),
            ("truediv", "__truediv__", "itruediv", "__itruediv__", .trueDivide),
            ("floordiv", "__floordiv__", "ifloordiv", "__ifloordiv__", .floorDivide),
            ("mod", "__mod__", "imod", "__imod__", .modulo),
            ("pow", "__pow__", "ipow", "__ipow__", .power),
            ("lshift", "__lshift__", "ilshift", "__ilshift__", .shiftLeft),
            ("rshift", "__rshift__", "irshift", "__irshift__", .shiftRight),
            ("and_", "__and__", "iand", "__iand__", .and),
            ("or_", "__or__", "ior", "__ior__", .or),
            ("xor", "__xor__", "ixor", "__ixor__", .xor),
        ]
        for (name, special, inPlace, inPlaceSpecial, operation) in binary {
            both(module, name, special, "(a, b, /)") { (vm, a) throws(Unwind) in
                try vm.binary(operation, a[0], a[1])
            }
            both(module, inPlace, inPlaceSpecial, "(a, b, /)") { (vm, a) throws(Unwind) in
                try vm.binary(operation, a[0], a[1], inPlace: true)
            }
        }
        let unary: [(StaticString, StaticString, UnaryOperation)] = [
            ("neg", "__neg__", .negative), ("pos", "__pos__", .positive),
            ("invert", "__invert__", .invert), ("inv", "__inv__", .invert),
        ]
        for (name, special, operation) in unary {
            both(module, name, special, "(a, /)") { (vm, a) throws(Unwind) in
                try vm.unary(operation, a[0])
            }
        }
        both(module, "abs", "__abs__", "(a, /)") { (vm, a) throws(Unwind) in
            try vm.call(vm.builtin("abs"), a[0])
        }
        both(module, "index", "__index__", "(a, /)") { (vm, a) throws(Unwind) in
            try vm.integer(a[0])
        }
        both(module, "not_", "__not__", "(a, /)") { (vm, a) throws(Unwind) in
            Value(try !vm.isTrue(a[0]))
        }
        module.function("truth", "(a, /)") { (vm, a) throws(Unwind) in
            Value(try vm.isTrue(a[0]))
        }
    }

    private static func addComparisons(_ module: ModuleBuilder) {
        let names: [(StaticString, Comparison)] = [
            ("lt", .less), ("le", .lessEqual), ("eq", .equal), ("ne", .notEqual),
            ("gt", .greater), ("ge", .greaterEqual),
        ]
        for (name, comparison) in names {
            both(
                module, name, module.vm.methodName(comparison), "(a, b, /)"
            ) { (vm, a) throws(Unwind) in
                try vm.compare(comparison, a[0], a[1])
            }
        }
        module.function("is_", "(a, b, /)") { (vm, a) throws(Unwind) in Value(a[0] == a[1]) }
        module.function("is_not", "(a, b, /)") { (vm, a) throws(Unwind) in Value(a[0] != a[1]) }
    }

    private static func addItemFunctions(_ module: ModuleBuilder) {
        both(module, "contains", "__contains__", "(a, b, /)") { (vm, a) throws(Unwind) in
            Value(try vm.contains(a[0], a[1]))
        }
        both(module, "getitem", "__getitem__", "(a, b, /)") { (vm, a) throws(Unwind) in
            try vm.getItem(a[0], a[1])
        }
        both(module, "setitem", "__setitem__", "(a, b, c, /)") { (vm, a) throws(Unwind) in
            try vm.setItem(a[0], a[1], a[2])
            return .none
        }
        both(module, "delitem", "__delitem__", "(a, b, /)") { (vm, a) throws(Unwind) in
            try vm.deleteItem(a[0], a[1])
            return .none
        }
        for (name, special, inPlace) in [
            ("concat", "__concat__", false), ("iconcat", "__iconcat__", true),
        ] as [(StaticString, StaticString, Bool)] {
            both(module, name, special, "(a, b, /)") { (vm, a) throws(Unwind) in
                for i in [0, 1] where vm.lookup(typeOf: a[i], vm.name(.getitem)) == .unbound {
                    throw vm.raise(
                        .typeError, "'\(vm.typeName(a[i]))' object can't be concatenated")
                }
                return try vm.binary(.add, a[0], a[1], inPlace: inPlace)
            }
        }
        module.function("countOf", "(a, b, /)") { (vm, a) throws(Unwind) in
            Value(try vm.occurrences(of: a[1], in: a[0]))
        }
        module.function("indexOf", "(a, b, /)") { (vm, a) throws(Unwind) in
            let i = try vm.position(of: a[1], in: a[0])
            if i < 0 { throw vm.raise(.valueError, "sequence.index(x): x not in sequence") }
            return Value(i)
        }
        module.function("length_hint", "(obj, default=0, /)") { (vm, a) throws(Unwind) in
            if a.has(1) && !vm.isInteger(a[1]) {
                throw vm.raise(
                    .typeError,
                    "'\(vm.typeName(a[1]))' object cannot be interpreted as an integer")
            }
            return Value(try vm.lengthHint(a[0], or: a.has(1) ? try vm.index(a[1]) : 0))
        }
        module.function("call", "(obj, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
            let arguments = try vm.tuple(a.base + 1, max(0, a.count - 1))
            return try vm.call(
                a[0], arguments: arguments, keywords: a.keywords == .unbound ? .none : a.keywords)
        }
    }

    /// The receiver of a method of a type with its own slots.
    @inline(__always)
    func object(_ value: Value, slots: Int) throws(Unwind) -> Reference {
        if value.isInstance && map(value.reference).pointee.reserved >= slots {
            return value.reference
        }
        throw raise(
            .typeError, "descriptor requires another object, received a '\(typeName(value))'")
    }

    // MARK: itemgetter

    /// Slot 0: a tuple of the keys.
    private static func addItemGetter(_ module: ModuleBuilder) {
        module.type("itemgetter", reserved: 1) { type in
            type.new("(cls, /, *items)") { (vm, a) throws(Unwind) in
                if a.count < 2 {
                    throw vm.raise(.typeError, "itemgetter expected 1 argument, got 0")
                }
                let getter = try vm.newInstance(a[0].reference)
                vm[getter, Instance.slot(0)] = try vm.tuple(a.base + 1, a.count - 1)
                return Value(getter)
            }
            type.method("__call__", "(self, obj, /)") { (vm, a) throws(Unwind) in
                let getter = try vm.object(a[0], slots: 1)
                let keys = vm[getter, Instance.slot(0)].reference
                let count = vm.q.tupleCount(keys)
                if count == 1 { return try vm.getItem(a[1], vm.q.tupleElement(keys, 0)) }
                let items = try vm.newList(capacity: count)
                for i in 0..<count {
                    try vm.append(items, try vm.getItem(a[1], vm.q.tupleElement(keys, i)))
                }
                return try vm.tuple(ofList: items)
            }
            addArguments(type, "operator.itemgetter")
        }
    }
    /// `__repr__` and `__reduce__` from the arguments in slot 0.
    private static func addArguments(_ type: TypeBuilder, _ name: String) {
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let arguments = vm[try vm.object(a[0], slots: 1), Instance.slot(0)]
            var text = vm.text(try vm.repr(arguments))
            if text.hasSuffix(",)") { text = text.dropLast(2) + ")" }
            return try vm.string(name + text)
        }
        type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
            let arguments = vm[try vm.object(a[0], slots: 1), Instance.slot(0)]
            return try vm.tuple(Value(vm.type(of: a[0])), arguments)
        }
    }

    // MARK: attrgetter

    /// Slot 0: a tuple of the names as given; slot 1: a tuple of tuples of their interned parts.
    private static func addAttributeGetter(_ module: ModuleBuilder) {
        module.type("attrgetter", reserved: 2) { type in
            type.new("(cls, /, *attrs)") { (vm, a) throws(Unwind) in
                if a.count < 2 {
                    throw vm.raise(.typeError, "attrgetter expected 1 argument, got 0")
                }
                let getter = try vm.newInstance(a[0].reference)
                vm[getter, Instance.slot(0)] = try vm.tuple(a.base + 1, a.count - 1)
                let paths = try vm.newList()
                for i in 1..<a.count {
                    guard let name = vm.asString(a[i]) else {
                        throw vm.raise(.typeError, "attribute name must be a string")
                    }
                    let path = try vm.newList()
                    for part in vm.text(name).split(
                        separator: ".", omittingEmptySubsequences: false)
                    {
                        try vm.append(path, vm.intern(String(part)))
                    }
                    try vm.append(paths, try vm.tuple(ofList: path))
                }
                vm[getter, Instance.slot(1)] = try vm.tuple(ofList: paths)
                return Value(getter)
            }
            type.method("__call__", "(self, obj, /)") { (vm, a) throws(Unwind) in
                let getter = try vm.object(a[0], slots: 2)
                let paths = vm[getter, Instance.slot(1)].reference
                let count = vm.q.tupleCount(paths)
                if count == 1 {
                    return try vm.attribute(a[1], vm.q.tupleElement(paths, 0).reference)
                }
                let values = try vm.newList(capacity: count)
                for i in 0..<count {
                    try vm.append(
                        values, try vm.attribute(a[1], vm.q.tupleElement(paths, i).reference))
                }
                return try vm.tuple(ofList: values)
            }
            addArguments(type, "operator.attrgetter")
        }
    }
    private func attribute(_ object: Value, _ path: Reference) throws(Unwind) -> Value {
        var object = object
        for i in 0..<q.tupleCount(path) {
            object = try getAttribute(object, q.tupleElement(path, i))
        }
        return object
    }

    // MARK: methodcaller

    /// Slots: the name, a tuple of arguments, a dict of keywords or None.
    private static func addMethodCaller(_ module: ModuleBuilder) {
        module.type("methodcaller", reserved: 3) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                if a.count < 2 {
                    throw vm.raise(
                        .typeError, "methodcaller needs at least one argument, the method name")
                }
                guard let name = vm.asString(a[1]) else {
                    throw vm.raise(.typeError, "method name must be a string")
                }
                let caller = try vm.newInstance(a[0].reference)
                vm[caller, Instance.slot(0)] = vm.intern(name)
                vm[caller, Instance.slot(1)] = try vm.tuple(a.base + 2, a.count - 2)
                vm[caller, Instance.slot(2)] = a.keywords == .unbound ? .none : a.keywords
                return Value(caller)
            }
            type.method("__call__", "(self, obj, /)") { (vm, a) throws(Unwind) in
                let caller = try vm.object(a[0], slots: 3)
                let method = try vm.getAttribute(a[1], vm[caller, Instance.slot(0)])
                return try vm.call(
                    method, arguments: vm[caller, Instance.slot(1)],
                    keywords: vm[caller, Instance.slot(2)])
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                let caller = try vm.object(a[0], slots: 3)
                var text = vm.text(try vm.repr(vm[caller, Instance.slot(0)]))
                let arguments = vm[caller, Instance.slot(1)].reference
                for i in 0..<vm.q.tupleCount(arguments) {
                    text += ", " + vm.text(try vm.repr(vm.q.tupleElement(arguments, i)))
                }
                if let keywords = vm.asDict(vm[caller, Instance.slot(2)]) {
                    for i in 0..<vm.fill(keywords) {
                        guard let (key, value) = vm.entry(keywords, i) else { continue }
                        text += ", \(vm.text(key))=" + vm.text(try vm.repr(value))
                    }
                }
                return try vm.string("operator.methodcaller(\(text))")
            }
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                let caller = try vm.object(a[0], slots: 3)
                let all = try vm.concatenate(
                    tuple: try vm.tuple(vm[caller, Instance.slot(0)]).reference,
                    vm[caller, Instance.slot(1)].reference)
                let type = Value(vm.type(of: a[0]))
                let keywords = vm[caller, Instance.slot(2)]
                if keywords == .none { return try vm.tuple(type, all) }
                let functools = try vm.importModule("functools")
                let partial = try vm.call(
                    try vm.getAttribute(functools, vm.intern("partial")),
                    arguments: try vm.tuple(type, vm[caller, Instance.slot(0)]),
                    keywords: keywords)
                return try vm.tuple(partial, vm[caller, Instance.slot(1)])
            }
        }
    }
}
