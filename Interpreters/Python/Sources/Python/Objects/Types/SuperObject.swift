import InterpreterKit

/// `super`: attributes from behind a class in the order of an object's class.
extension VM {
    /// `super()` in the calling function.
    func newSuper() throws(Unwind) -> Value {
        let (type, object) = try enclosingClass()
        return try newSuper(type, object)
    }
    func newSuper(_ type: Value, _ object: Value) throws(Unwind) -> Value {
        let objectType = object == .none ? Value.none : try checkSuper(type, object)
        return Value(q.new(Kind.super, type, object, objectType))
    }
    /// The class whose order counts: the object itself, or its class.
    private func checkSuper(_ type: Value, _ object: Value) throws(Unwind) -> Value {
        guard type.isType else {
            throw raise(
                .typeError, "super() argument 1 must be a type, not \(typeName(type))")
        }
        if object.isType, isSubtype(object.reference, type.reference) { return object }
        let actual = self.type(of: object)
        if isSubtype(actual, type.reference) { return Value(actual) }
        if object.isInstance {
            let claimed = try findAttribute(object, name(.class))
            if claimed.isType, claimed != Value(actual),
                isSubtype(claimed.reference, type.reference)
            {
                return claimed
            }
        }
        throw raise(
            .typeError, "super(type, obj): obj must be an instance or subtype of type")
    }

    /// The class in whose body the calling function was written, and its first argument.
    private func enclosingClass() throws(Unwind) -> (type: Value, object: Value) {
        guard let frame = callerFrame(), frame.code.pointee.positional > 0 else {
            throw raise(.runtimeError, "super(): no arguments")
        }
        let description = frame.code.pointee.description.takeUnretainedValue()
        var object = frame.fp[1]
        if object.isA(Kind.cell), description.cellRegisters.contains(1) {
            object = self[object.reference, Cell.content]
        }
        if object == .unbound { throw raise(.runtimeError, "super(): arg[0] deleted") }
        let register = description.classRegister
        guard register >= 0, frame.fp[register].isA(Kind.cell) else {
            throw raise(.runtimeError, "super(): __class__ cell not found")
        }
        let type = self[frame.fp[register].reference, Cell.content]
        if type == .unbound { throw raise(.runtimeError, "super(): empty __class__ cell") }
        guard type.isType else {
            throw raise(
                .runtimeError, "super(): __class__ is not a type (\(typeName(type)))")
        }
        return (type, object)
    }

    /// An attribute of a super object; unbound when there is none.
    func attribute(
        ofSuper object: Reference, _ name: Value, of owner: Value
    ) throws(Unwind) -> Value {
        let start = self[object, Super.objectType]
        if start.isType && name != self.name(.class) {
            let mro = self[start.reference, TypeObject.mro].reference
            let count = q.tupleCount(mro)
            let type = self[object, Super.type]
            var i = 0
            while i < count && q.tupleElement(mro, i) != type { i += 1 }
            i += 1
            while i < count {
                let ancestor = q.tupleElement(mro, i)
                i += 1
                guard ancestor.isType else { continue }
                let found = find(self[ancestor.reference, TypeObject.namespace], name: name)
                if found == .unbound { continue }
                let bound = self[object, Super.object]
                return bound == start
                    ? try bind(found, toClass: start.reference)
                    : try bind(found, bound, as: start.reference)
            }
        }
        let found = lookup(typeOf: owner, name)
        return found == .unbound ? .unbound : try bind(found, owner)
    }
    /// As ``bind(_:_:)``, but class methods get `type`.
    private func bind(
        _ found: Value, _ object: Value, as type: Reference
    ) throws(Unwind) -> Value {
        if found.isA(Kind.classMethod) {
            return try bindClass(self[found.reference, Wrapper.function], type)
        }
        if found.isA(Kind.native),
            self[found.reference, NativeFunction.entry].native(NativeEntry.self).pointee.kind
                == .classMethod
        {
            return Value(q.new(Kind.method, found, Value(type)))
        }
        return try bind(found, object)
    }
    /// An unbound super object as an attribute of an object.
    func bind(super object: Reference, _ owner: Value) throws(Unwind) -> Value {
        if self[object, Super.object] != .none || owner == .none { return Value(object) }
        return try newSuper(self[object, Super.type], owner)
    }

    private func superObject(_ value: Value) -> Reference {
        (payload(value, .super) ?? value).reference
    }

    func installSuper() {
        build(.superType) { type in
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                let made = Value(vm.q.new(Kind.super, .none, .none, .none))
                return try vm.newObject(a[0].reference, content: made)
            }
            type.method("__init__", "(self, /, *args)") { (vm, a) throws(Unwind) in
                if a.count > 3 {
                    throw vm.raise(
                        .typeError, "super expected at most 2 arguments, got \(a.count - 1)")
                }
                var (type, object) = (a.value(1, or: .unbound), a.value(2, or: .none))
                if type == .unbound { (type, object) = try vm.enclosingClass() }
                guard type.isType else {
                    throw vm.raise(
                        .typeError,
                        "super() argument 1 must be a type, not \(vm.typeName(type))")
                }
                let target = vm.superObject(a[0])
                vm[target, Super.objectType] =
                    object == .none ? .none : try vm.checkSuper(type, object)
                vm[target, Super.type] = type
                vm[target, Super.object] = object
                return .none
            }
            type.method("__get__", "(self, instance, owner=None, /)") { (vm, a) throws(Unwind) in
                if a[0].isA(Kind.super) { return try vm.bind(super: a[0].reference, a[1]) }
                let content = vm.superObject(a[0])
                if vm[content, Super.object] != .none || a[1] == .none { return a[0] }
                return try vm.call(Value(vm.type(of: a[0])), vm[content, Super.type], a[1])
            }
            type.method("__getattribute__", "(self, name, /)") { (vm, a) throws(Unwind) in
                let name = try vm.attributeName(a[1])
                let value = try vm.attribute(ofSuper: vm.superObject(a[0]), name, of: a[0])
                if value == .unbound { throw vm.noAttribute(a[0], name) }
                return value
            }
            type.attribute(
                "__thisclass__",
                get: { (vm, a) throws(Unwind) in vm[vm.superObject(a[0]), Super.type] })
            type.attribute(
                "__self__",
                get: { (vm, a) throws(Unwind) in vm[vm.superObject(a[0]), Super.object] })
            type.attribute(
                "__self_class__",
                get: { (vm, a) throws(Unwind) in vm[vm.superObject(a[0]), Super.objectType] })
        }
    }
}
