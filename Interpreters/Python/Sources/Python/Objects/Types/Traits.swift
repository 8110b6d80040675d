import InterpreterKit

/// What a type's special methods say about attributes and instances, kept beside its version so that
/// the common case needs no look-up. Bits.
enum Traits {
    /// `__getattribute__` is not one of a built-in type.
    static var getattribute: Int { 1 }
    /// There is a `__getattr__`.
    static var getattr: Int { 2 }
    /// `__setattr__` and `__delattr__` are not those of a built-in type.
    static var setattr: Int { 4 }
    static var delattr: Int { 8 }
    /// `__new__` and `__init__` are those of `object`.
    static var standardNew: Int { 16 }
    static var standardInit: Int { 32 }
    /// `__new__` and `__init__` are those of `BaseException`.
    static var exceptionNew: Int { 64 }
    static var exceptionInit: Int { 128 }
}

extension VM {
    @inline(__always) func traits(_ type: Reference) -> Int {
        let known = self[type, TypeObject.traits]
        return known.isInt ? known.int : findTraits(type)
    }

    /// Looks, for ``touch(_:)``.
    func findTraits(_ type: Reference) -> Int {
        var traits = 0
        let isSuper = info(type).pointee.payload == .super && info(type).pointee.isGuest
        if isSuper || !isBuiltin(search(type, name(.getattribute))) {
            traits |= Traits.getattribute
        }
        if search(type, name(.getattr)) != .unbound { traits |= Traits.getattr }
        if !isBuiltin(search(type, name(.setattr))) { traits |= Traits.setattr }
        if !isBuiltin(search(type, name(.delattr))) { traits |= Traits.delattr }
        switch owner(of: search(type, name(.new))) {
        case .object?: traits |= Traits.standardNew
        case .baseException?: traits |= Traits.exceptionNew
        default: break
        }
        switch owner(of: search(type, name(.`init`))) {
        case .object?: traits |= Traits.standardInit
        case .baseException?: traits |= Traits.exceptionInit
        default: break
        }
        return traits
    }
    /// A method of a built-in type; while the interpreter starts, none at all counts as one.
    private func isBuiltin(_ method: Value) -> Bool {
        guard method.isA(Kind.native) else { return method == .unbound }
        let owner = self[method.reference, NativeFunction.owner]
        return owner.isType && info(owner.reference).pointee.builtin >= 0
    }
    /// The built-in type that a method belongs to; nil for other methods.
    private func owner(of method: Value) -> BuiltinType? {
        var method = method
        if method.isA(Kind.staticMethod) { method = self[method.reference, Wrapper.function] }
        guard method.isA(Kind.native) else { return nil }
        let owner = self[method.reference, NativeFunction.owner]
        return owner.isType
            ? BuiltinType(
                rawValue: UInt16(truncatingIfNeeded: info(owner.reference).pointee.builtin))
            : nil
    }
}
