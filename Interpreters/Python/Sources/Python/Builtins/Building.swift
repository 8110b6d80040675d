import InterpreterKit

/// Puts built-in functions into a type.
///
/// ```swift
/// extension VM {
///     func installRange() {
///         build(.range) { type in
///             type.method("count", "(self, value, /)") { (vm, a) throws(Unwind) in … }
///         }
///     }
/// }
/// ```
struct TypeBuilder {
    let vm: VM
    let type: Reference
    let name: StaticString

    /// A method; `self` is argument 0 and always an instance of the type.
    func method(
        _ name: StaticString, _ signature: StaticString, intrinsic: Intrinsic = .none,
        _ body: @escaping Native
    ) {
        let native = vm.newNative(name, signature, .method, owner: self, body)
        vm.entry(ofNative: native.reference).pointee.intrinsic = intrinsic
        add(name, native)
    }
    /// Argument 0 is the class.
    func classMethod(
        _ name: StaticString, _ signature: StaticString, _ body: @escaping Native
    ) {
        add(name, vm.newNative(name, signature, .classMethod, owner: self, body))
    }
    func staticMethod(
        _ name: StaticString, _ signature: StaticString, _ body: @escaping Native
    ) {
        let native = vm.newNative(name, signature, .staticMethod, owner: self, body)
        add(name, Value(vm.q.new(Kind.staticMethod, native, .none)))
    }
    /// `__new__`: argument 0 is the class that is called, this type or one derived from it.
    func new(_ signature: StaticString, _ body: @escaping Native) {
        let (type, name) = (type, name)
        let native = vm.newNative("__new__", signature, .staticMethod, owner: self) {
            (vm, a) throws(Unwind) in
            if a[0] != Value(type) { try vm.check(class: a[0], isFrom: type, name) }
            return try body(vm, a)
        }
        vm.entry(ofNative: native.reference).pointee.make = NativeBody(body)
        add("__new__", Value(vm.q.new(Kind.staticMethod, native, .none)))
    }
    /// A computed attribute. Argument 0 is the object, argument 1 of `set` the value.
    func attribute(
        _ name: StaticString, get: @escaping Native, set: Native? = nil, delete: Native? = nil
    ) {
        let getter = vm.newNative(name, "(self, /)", .method, owner: self, get)
        let setter =
            set.map { vm.newNative(name, "(self, value, /)", .method, owner: self, $0) } ?? .none
        let deleter =
            delete.map { vm.newNative(name, "(self, /)", .method, owner: self, $0) } ?? .none
        let text = vm.intern(name)
        let member = vm.q.new(Kind.member) { slots in
            slots[0] = text
            slots[1] = Value(type)
            slots[2] = getter
            slots[3] = setter
            slots[4] = deleter
        }
        add(name, Value(member))
    }
    func constant(_ name: StaticString, _ value: Value) { add(name, value) }

    private func add(_ name: StaticString, _ value: Value) {
        vm.define(vm[type, TypeObject.namespace], vm.intern(name), value)
    }
}

/// A computed attribute of a built-in type, or a slot of a class with `__slots__`.
enum Member {
    static var name: ImmutableField<Value> { ImmutableField(0) }
    static var type: ImmutableField<Value> { ImmutableField(1) }
    /// A native function, or the number of the slot as an integer.
    static var getter: ImmutableField<Value> { ImmutableField(2) }
    /// A native function, or None.
    static var setter: ImmutableField<Value> { ImmutableField(3) }
    /// A native function, or None.
    static var deleter: ImmutableField<Value> { ImmutableField(4) }
}

/// Puts functions, constants and types into a built-in module when it is imported.
struct ModuleBuilder {
    let vm: VM
    let module: Reference
    let name: String

    func function(
        _ name: StaticString, _ signature: StaticString, _ body: @escaping Native
    ) {
        constant(name, vm.newNative(name, signature, .function, owner: nil, body, Value(module)))
    }
    func constant(_ name: StaticString, _ value: Value) {
        vm.define(vm[module, ModuleObject.namespace], vm.intern(name), value)
    }
    /// A type that has all its methods now.
    func add(_ name: StaticString, _ type: Reference) {
        vm.touch(type)
        constant(name, Value(type))
    }
    /// A type whose instances have `reserved` slots of their own (``Instance/slot(_:)`` from 0).
    @discardableResult
    func type(
        _ name: StaticString, base: BuiltinType = .object, reserved: Int = 0,
        hasDict: Bool = false, _ body: (TypeBuilder) -> Void = { _ in }
    ) -> Reference {
        let type = vm.newBuiltinType(
            name, base: vm.type(base), module: self.name, reserved: reserved, hasDict: hasDict)
        let builder = TypeBuilder(vm: vm, type: type, name: name)
        if hasDict { vm.addAttributesDict(builder) }
        body(builder)
        add(name, type)
        return type
    }
}

extension VM {
    /// The first argument of a `__new__` must be a class derived from the type it belongs to.
    fileprivate func check(
        class value: Value, isFrom type: Reference, _ name: StaticString
    ) throws(Unwind) {
        guard value.isType else {
            throw raise(
                .typeError, "\(name).__new__(X): X is not a type object (\(typeName(value)))")
        }
        if isSubtype(value.reference, type) { return }
        let given = self.name(ofType: value.reference)
        throw raise(
            .typeError, "\(name).__new__(\(given)): \(given) is not a subtype of \(name)")
    }

    /// Adds to a built-in type.
    func build(_ type: BuiltinType, _ body: (TypeBuilder) -> Void) {
        body(TypeBuilder(vm: self, type: self.type(type), name: type.facts.name))
        // While the interpreter starts, all types are touched at the end.
        if shared.pointee.objectNew != .none { touch(self.type(type)) }
    }
    /// Adds to the module `builtins`.
    func function(_ name: StaticString, _ signature: StaticString, _ body: @escaping Native) {
        let native = newNative(name, signature, .function, owner: nil, body)
        define(shared.pointee.builtins, intern(name), native)
    }

    /// Sets a name while the interpreter starts or a module is made; a namespace too large for the
    /// heap shows at the next break.
    func define(_ namespace: Reference, _ name: Value, _ value: Value) {
        do throws(Unwind) { try set(namespace, name: name, value) } catch {}
    }

    func entry(ofNative native: Reference) -> UnsafeMutablePointer<NativeEntry> {
        self[native, NativeFunction.entry].native(NativeEntry.self)
    }
    func newNative(
        _ name: StaticString, _ signature: StaticString, _ kind: NativeKind,
        owner: TypeBuilder?, _ body: @escaping Native, _ ownerValue: Value? = nil
    ) -> Value {
        let entry = UnsafeMutablePointer<NativeEntry>.allocate(capacity: 1)
        entry.initialize(
            to: NativeEntry(
                body: NativeBody(body), name: name, signature: signature, owner: owner?.name,
                kind: kind))
        return Value(
            q.new(
                Kind.native, Value(native: entry),
                ownerValue ?? owner.map { Value($0.type) } ?? .none, intern(name)))
    }

    /// A type made in Swift.
    func newBuiltinType(
        _ name: StaticString, base: Reference?, module: String, reserved: Int,
        builtin: BuiltinType? = nil, payload: Payload? = nil, hasDict: Bool = false
    ) -> Reference {
        let info = UnsafeMutablePointer<TypeInfo>.allocate(capacity: 1)
        let namespace = newDict()
        let text = intern(name)
        let type = q.new(Kind.type) { slots in
            for i in 0..<Kind.type.slots { slots[i] = .none }
            slots[TypeObject.name.index] = text
            slots[TypeObject.qualifiedName.index] = text
            slots[TypeObject.namespace.index] = Value(namespace)
            slots[TypeObject.version.index] = Value(0)
            slots[TypeObject.info.index] = Value(native: info)
        }
        machine.heap.keep(Value(type))
        let inherited = base.map { self.info($0) }
        let reserved = max(reserved, inherited?.pointee.reserved ?? 0)
        let payload = payload ?? inherited?.pointee.payload ?? .none
        let hasDict = hasDict || inherited?.pointee.hasDict == true
        info.initialize(
            to: TypeInfo(
                rootMap: Maps.root(
                    type, reserved: reserved, payload: payload, isDict: false, isFixed: !hasDict),
                expected: reserved, payload: payload, reserved: reserved,
                builtin: builtin.map { Int($0.rawValue) } ?? -1, hasDict: hasDict, isBase: true))
        self[type, TypeObject.metatype] =
            builtin == .object ? .none : Value(self.type(.type))
        let hasOwnLayout =
            inherited.map { $0.pointee.reserved != reserved || $0.pointee.payload != payload }
            ?? true
        self[type, TypeObject.solidBase] =
            hasOwnLayout ? Value(type) : self[base.unsafelyUnwrapped, TypeObject.solidBase]
        do throws(Unwind) {
            if let base {
                self[type, TypeObject.bases] = try tuple(Value(base))
                let inherited = self[base, TypeObject.mro].reference
                let n = q.tupleCount(inherited)
                self[type, TypeObject.mro] = Value(
                    try checked(
                        q.newTuple(count: n + 1) {
                            $0[0] = Value(type)
                            for i in 0..<n { $0[i + 1] = q.tupleElement(inherited, i) }
                        }))
                if self[base, TypeObject.subclasses] == .none {
                    self[base, TypeObject.subclasses] = Value(try newList())
                }
                try append(self[base, TypeObject.subclasses].reference, Value(type))
            } else {
                self[type, TypeObject.bases] = shared.pointee.emptyTuple
                self[type, TypeObject.mro] = try tuple(Value(type))
            }
            if module != "builtins" {
                try set(namespace, name: self.name(.module), intern(module))
            }
        } catch {}
        touch(type)
        return type
    }
}
