import InterpreterKit

/// `list[int]` and the like: a class with type arguments.
enum GenericAlias {
    static var origin: ImmutableField<Value> { ImmutableField(0) }
    /// A tuple.
    static var arguments: ImmutableField<Value> { ImmutableField(1) }
    /// A tuple of type variables; None until somebody asked. True marks an unpacked alias.
    static var parameters: Field<Value> { Field(2) }
    /// The type of the alias: `types.GenericAlias` or a class derived from it.
    static var type: ImmutableField<Value> { ImmutableField(3) }
}

extension VM {
    func newGenericAlias(
        _ origin: Value, _ arguments: Value, type: Value? = nil
    ) throws(Unwind) -> Value {
        let arguments = arguments.isTuple ? arguments : try tuple(arguments)
        return newGenericAlias(origin, arguments, type, parameters: .none)
    }
    private func newGenericAlias(
        _ origin: Value, _ arguments: Value, _ type: Value?, parameters: Value
    ) -> Value {
        let type = type ?? Value(self.type(.genericAlias))
        return Value(
            q.new(Kind.genericAlias) { slots in
                slots[0] = origin
                slots[1] = arguments
                slots[2] = parameters
                slots[3] = type
            })
    }

    /// Attributes of the origin, but for a few that the alias has itself.
    func attribute(
        ofAlias alias: Reference, _ type: Reference, _ name: Value
    ) throws(Unwind) -> Value {
        if isSpecial(name) {
            for own in VM.aliasNames where name == intern(own) {
                let found = lookup(type, name)
                return found == .unbound ? .unbound : try bind(found, Value(alias))
            }
        } else {
            return try findAttribute(self[alias, GenericAlias.origin], name)
        }
        return try findAttribute(self[alias, GenericAlias.origin], name)
    }
    private static let aliasNames: [StaticString] = [
        "__class__", "__origin__", "__args__", "__parameters__", "__unpacked__",
        "__typing_unpacked_tuple_args__", "__mro_entries__", "__reduce_ex__", "__reduce__",
        "__copy__", "__deepcopy__", "__getitem__", "__eq__", "__hash__", "__repr__", "__call__",
        "__instancecheck__", "__subclasscheck__", "__or__", "__ror__", "__iter__", "__dir__",
    ]

    func installGenericAlias() {
        build(.genericAlias) { type in
            type.new("(cls, origin, args, /)") { (vm, a) throws(Unwind) in
                try vm.newGenericAlias(a[1], a[2], type: a[0])
            }
            type.attribute(
                "__origin__",
                get: { (vm, a) throws(Unwind) in vm[a[0].reference, GenericAlias.origin] })
            type.attribute(
                "__args__",
                get: { (vm, a) throws(Unwind) in vm[a[0].reference, GenericAlias.arguments] })
            type.attribute(
                "__parameters__",
                get: { (vm, a) throws(Unwind) in try vm.parameters(a[0].reference) })
            type.attribute(
                "__unpacked__",
                get: { (vm, a) throws(Unwind) in
                    Value(vm[a[0].reference, GenericAlias.parameters] == .true)
                })
            type.attribute(
                "__typing_unpacked_tuple_args__",
                get: { (vm, a) throws(Unwind) in
                    let alias = a[0].reference
                    let isTuple =
                        vm[alias, GenericAlias.origin] == Value(vm.type(.tuple))
                    return vm[alias, GenericAlias.parameters] == .true && isTuple
                        ? vm[alias, GenericAlias.arguments] : .none
                })
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.repr(alias: a[0].reference)
            }
            type.method("__call__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                let made = try vm.call(
                    vm[a[0].reference, GenericAlias.origin],
                    arguments: try vm.tuple(a.base + 1, a.count - 1),
                    keywords: a.keywords == .unbound ? .none : a.keywords)
                do throws(Unwind) {
                    try vm.setAttribute(made, vm.name(.origClass), a[0])
                } catch {
                    if !vm.catches(.attributeError, error) && !vm.catches(.typeError, error) {
                        throw error
                    }
                }
                return made
            }
            type.method("__eq__", "(self, value, /)") { (vm, a) throws(Unwind) in
                guard a[1].isA(Kind.genericAlias) else { return .notImplemented }
                let (x, y) = (a[0].reference, a[1].reference)
                if try !vm.equal(vm[x, GenericAlias.origin], vm[y, GenericAlias.origin]) {
                    return .false
                }
                return Value(
                    try vm.equal(vm[x, GenericAlias.arguments], vm[y, GenericAlias.arguments]))
            }
            type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
                let alias = a[0].reference
                return Value(
                    (try vm.hash(vm[alias, GenericAlias.origin]))
                        ^ (try vm.hash(vm[alias, GenericAlias.arguments])))
            }
            type.method("__mro_entries__", "(self, bases, /)") { (vm, a) throws(Unwind) in
                try vm.tuple(vm[a[0].reference, GenericAlias.origin])
            }
            for name in ["__instancecheck__", "__subclasscheck__"] as [StaticString] {
                let function = name.description == "__instancecheck__" ? "isinstance" : "issubclass"
                type.method(name, "(self, value, /)") { (vm, _) throws(Unwind) in
                    throw vm.raise(
                        .typeError, "\(function)() argument 2 cannot be a parameterized generic")
                }
            }
            type.method("__or__", "(self, value, /)") { (vm, a) throws(Unwind) in
                try vm.union(a[0], a[1])
            }
            type.method("__ror__", "(self, value, /)") { (vm, a) throws(Unwind) in
                try vm.union(a[1], a[0])
            }
            type.method("__getitem__", "(self, item, /)") { (vm, a) throws(Unwind) in
                try vm.substitute(a[0].reference, a[1])
            }
            type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
                let alias = a[0].reference
                let starred = vm.newGenericAlias(
                    vm[alias, GenericAlias.origin], vm[alias, GenericAlias.arguments],
                    vm[alias, GenericAlias.type], parameters: .true)
                return try vm.iterator(of: try vm.tuple(starred))
            }
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                let alias = a[0].reference
                return try vm.tuple(
                    vm[alias, GenericAlias.type],
                    try vm.tuple(
                        vm[alias, GenericAlias.origin], vm[alias, GenericAlias.arguments]))
            }
        }
    }

    // MARK: text

    private func repr(alias: Reference) throws(Unwind) -> Value {
        var text = StringBuilder()
        if self[alias, GenericAlias.parameters] == .true { text.append("*") }
        try append(typeArgument: self[alias, GenericAlias.origin], to: &text)
        text.append("[")
        let arguments = self[alias, GenericAlias.arguments].reference
        let count = q.tupleCount(arguments)
        if count == 0 { text.append("()") }
        for i in 0..<count {
            if i > 0 { text.append(", ") }
            try append(typeArgument: q.tupleElement(arguments, i), to: &text)
        }
        text.append("]")
        return try text.string(self)
    }
    /// A type as it stands in an annotation.
    func append(typeArgument value: Value, to text: inout StringBuilder) throws(Unwind) {
        if value == .ellipsis { return text.append("...") }
        if value.isList {
            text.append("[")
            var i = 0
            while i < self[value.reference, List.count] {
                if i > 0 { text.append(", ") }
                try append(typeArgument: item(ofList: value.reference, i), to: &text)
                i += 1
            }
            text.append("]")
            return
        }
        if value.isA(Kind.genericAlias) { return try show(value, into: &text) }
        if !value.isType, try findAttribute(value, intern("__origin__")) != .unbound,
            try findAttribute(value, intern("__args__")) != .unbound
        {
            return try show(value, into: &text)
        }
        let name = try findAttribute(value, self.name(.qualname))
        let module = try findAttribute(value, self.name(.module))
        guard name != .unbound, module != .unbound, module != .none else {
            return try show(value, into: &text)
        }
        if value == Value(type(.noneType)) { return text.append("None") }
        if self.text(module) != "builtins" {
            if let module = asString(module) { text.append(string: module) }
            text.append(".")
        }
        if let name = asString(name) { text.append(string: name) }
    }

    // MARK: type variables

    private func parameters(_ alias: Reference) throws(Unwind) -> Value {
        let known = self[alias, GenericAlias.parameters]
        if known.isTuple { return known }
        let found = try parameters(of: self[alias, GenericAlias.arguments])
        if known == .none { self[alias, GenericAlias.parameters] = found }
        return found
    }
    /// The type variables in a tuple of type arguments, each once.
    func parameters(of arguments: Value) throws(Unwind) -> Value {
        let list = try newList()
        func add(_ value: Value) throws(Unwind) {
            var i = 0
            while i < self[list, List.count] {
                if item(ofList: list, i) == value { return }
                i += 1
            }
            try append(list, value)
        }
        for i in 0..<q.tupleCount(arguments.reference) {
            let argument = q.tupleElement(arguments.reference, i)
            if argument.isType { continue }
            if lookup(typeOf: argument, intern("__typing_subst__")) != .unbound {
                try add(argument)
                continue
            }
            let inner = try findAttribute(argument, intern("__parameters__"))
            guard inner.isTuple else { continue }
            for k in 0..<q.tupleCount(inner.reference) {
                try add(q.tupleElement(inner.reference, k))
            }
        }
        return try tuple(ofList: list)
    }
    /// The alias with its type variables replaced.
    private func substitute(_ alias: Reference, _ item: Value) throws(Unwind) -> Value {
        let parameters = try parameters(alias)
        let wanted = q.tupleCount(parameters.reference)
        if wanted == 0 {
            throw raise(
                .typeError, "\(text(try repr(Value(alias)))) is not a generic class")
        }
        let given = item.isTuple ? item : try tuple(item)
        let count = q.tupleCount(given.reference)
        if count != wanted {
            throw raise(
                .typeError,
                "Too \(count > wanted ? "many" : "few") arguments for "
                    + "\(text(try repr(Value(alias)))); actual \(count), expected \(wanted)")
        }
        let arguments = try newList()
        let old = self[alias, GenericAlias.arguments].reference
        for i in 0..<q.tupleCount(old) {
            try append(
                arguments,
                try replaced(q.tupleElement(old, i), parameters.reference, given.reference))
        }
        return try newGenericAlias(
            self[alias, GenericAlias.origin], try tuple(ofList: arguments))
    }
    private func replaced(
        _ argument: Value, _ parameters: Reference, _ given: Reference
    ) throws(Unwind) -> Value {
        func value(of parameter: Value) -> Value? {
            for i in 0..<q.tupleCount(parameters) where q.tupleElement(parameters, i) == parameter {
                return q.tupleElement(given, i)
            }
            return nil
        }
        if argument.isType { return argument }
        let substitution = lookup(typeOf: argument, intern("__typing_subst__"))
        if substitution != .unbound, let value = value(of: argument) {
            return try callSpecial(substitution, argument, value)
        }
        let inner = try findAttribute(argument, intern("__parameters__"))
        guard inner.isTuple, q.tupleCount(inner.reference) > 0 else { return argument }
        let items = try newList()
        for i in 0..<q.tupleCount(inner.reference) {
            let parameter = q.tupleElement(inner.reference, i)
            try append(items, value(of: parameter) ?? parameter)
        }
        return try getItem(argument, try tuple(ofList: items))
    }
}
