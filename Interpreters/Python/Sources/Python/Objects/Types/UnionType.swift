import InterpreterKit

/// `int | str`. Reserved slots of the instance: the tuple of types, its type variables.
enum UnionType {
    static var arguments: Field<Value> { Instance.slot(0) }
    static var parameters: Field<Value> { Instance.slot(1) }
}

extension VM {
    /// `a | b` of types; NotImplemented when one is none.
    func union(_ a: Value, _ b: Value) throws(Unwind) -> Value {
        guard isUnionable(a) && isUnionable(b) else { return .notImplemented }
        let members = try newList()
        for side in [0, 1] {
            let value = side == 0 ? a : b
            if isUnion(value) {
                let arguments = self[value.reference, UnionType.arguments].reference
                for i in 0..<q.tupleCount(arguments) {
                    try addMember(q.tupleElement(arguments, i), members)
                }
            } else {
                try addMember(value == .none ? Value(type(.noneType)) : value, members)
            }
        }
        if self[members, List.count] == 1 { return item(ofList: members, 0) }
        let union = try newInstance(type(.unionType))
        self[union, UnionType.arguments] = try tuple(ofList: members)
        return Value(union)
    }
    private func addMember(_ value: Value, _ members: Reference) throws(Unwind) {
        var i = 0
        while i < self[members, List.count] {
            let known = item(ofList: members, i)
            if known == value { return }
            if !known.isType && !value.isType, try equal(known, value) { return }
            i += 1
        }
        try append(members, value)
    }
    private func isUnion(_ value: Value) -> Bool {
        value.isInstance && type(of: value) == type(.unionType)
    }
    private func isUnionable(_ value: Value) -> Bool {
        value == .none || value.isType || value.isA(Kind.genericAlias) || isUnion(value)
    }

    func installUnionType() {
        build(.unionType) { type in
            type.attribute(
                "__args__",
                get: { (vm, a) throws(Unwind) in vm[a[0].reference, UnionType.arguments] })
            type.attribute(
                "__parameters__",
                get: { (vm, a) throws(Unwind) in
                    try vm.parameters(of: vm[a[0].reference, UnionType.arguments])
                })
            type.method("__or__", "(self, value, /)") { (vm, a) throws(Unwind) in
                try vm.union(a[0], a[1])
            }
            type.method("__ror__", "(self, value, /)") { (vm, a) throws(Unwind) in
                try vm.union(a[1], a[0])
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                var text = StringBuilder()
                let arguments = vm[a[0].reference, UnionType.arguments].reference
                for i in 0..<vm.q.tupleCount(arguments) {
                    if i > 0 { text.append(" | ") }
                    try vm.append(typeArgument: vm.q.tupleElement(arguments, i), to: &text)
                }
                return try text.string(vm)
            }
            type.method("__eq__", "(self, value, /)") { (vm, a) throws(Unwind) in
                guard vm.isUnion(a[1]) else { return .notImplemented }
                return Value(try vm.sameMembers(a[0].reference, a[1].reference))
            }
            type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
                var hash = 0x5A17
                let arguments = vm[a[0].reference, UnionType.arguments].reference
                for i in 0..<vm.q.tupleCount(arguments) {
                    hash ^= try vm.hash(vm.q.tupleElement(arguments, i))
                }
                return Value(hash)
            }
            type.method("__instancecheck__", "(self, instance, /)") { (vm, a) throws(Unwind) in
                try vm.check(a[0].reference, "isinstance") { (member) throws(Unwind) in
                    try vm.isInstance(a[1], of: member)
                }
            }
            type.method("__subclasscheck__", "(self, cls, /)") { (vm, a) throws(Unwind) in
                if !a[1].isType {
                    throw vm.raise(.typeError, "issubclass() arg 1 must be a class")
                }
                return try vm.check(a[0].reference, "issubclass") { (member) throws(Unwind) in
                    try vm.isSubclass(a[1], of: member)
                }
            }
        }
    }
    private func sameMembers(_ a: Reference, _ b: Reference) throws(Unwind) -> Bool {
        let (x, y) = (
            self[a, UnionType.arguments].reference, self[b, UnionType.arguments].reference
        )
        if q.tupleCount(x) != q.tupleCount(y) { return false }
        for i in 0..<q.tupleCount(x) {
            var found = false
            for k in 0..<q.tupleCount(y) where !found {
                found = try equal(q.tupleElement(x, i), q.tupleElement(y, k))
            }
            if !found { return false }
        }
        return true
    }
    private func check(
        _ union: Reference, _ function: StaticString, _ test: (Value) throws(Unwind) -> Bool
    ) throws(Unwind) -> Value {
        let arguments = self[union, UnionType.arguments].reference
        for i in 0..<q.tupleCount(arguments) {
            if q.tupleElement(arguments, i).isA(Kind.genericAlias) {
                throw raise(
                    .typeError, "\(function)() argument 2 cannot be a parameterized generic")
            }
            if try test(q.tupleElement(arguments, i)) { return .true }
        }
        return .false
    }
}
