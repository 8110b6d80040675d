import InterpreterKit

/// The `match` statement's tests.
extension VM {
    @inline(never) @usableFromInline func isSequencePattern(_ value: Value) throws(Unwind) -> Bool {
        if value.isList || value.isTuple || value.isA(Kind.range) || value.isA(Kind.memoryView) {
            return true
        }
        if payload(value, .list) != nil || payload(value, .tuple) != nil { return true }
        return try isRegistered(value, "Sequence")
    }
    @inline(never) @usableFromInline func isMappingPattern(_ value: Value) throws(Unwind) -> Bool {
        if value.isDict || value.isA(Kind.mappingProxy) || payload(value, .dict) != nil {
            return true
        }
        return try isRegistered(value, "Mapping")
    }
    /// Is the value an instance of an abstract class of `collections.abc`, if that has been imported?
    private func isRegistered(_ value: Value, _ name: StaticString) throws(Unwind) -> Bool {
        guard value.isInstance else { return false }
        let module = find(shared.pointee.modules, name: intern("collections.abc"))
        if module == .unbound { return false }
        let type = try findAttribute(module, intern(name))
        if type == .unbound { return false }
        return try isTrue(
            try call(find(shared.pointee.builtins, name: intern("isinstance")), value, type))
    }

    @inline(never) @usableFromInline
    func matchKeys(_ subject: Value, _ keys: Value) throws(Unwind) -> Value {
        let list = try newList()
        let seen = newDict()
        for i in 0..<q.tupleCount(keys.reference) {
            let key = q.tupleElement(keys.reference, i)
            if try get(seen, key) != .unbound {
                throw raise(
                    .valueError,
                    "mapping pattern checks duplicate key (\(text(try repr(key))))")
            }
            try set(seen, key, .none)
            var value = Value.unbound
            if subject.isDict {
                value = try get(subject.reference, key)
            } else {
                // A default that cannot be in the mapping.
                let marker = Value(q.new(Kind.cell, .none))
                value = try callMethod(subject, intern("get"), key, marker)
                if value == marker { value = .unbound }
            }
            if value == .unbound { return .none }
            try append(list, value)
        }
        return try tuple(ofList: list)
    }

    /// The attributes that a class pattern looks at, or None when the subject does not match.
    @inline(never) @usableFromInline func matchClass() throws(Unwind) -> Value {
        let i = instruction
        let (subject, type, keywords) = (fp[i.b], fp[i.b + 1], fp[i.b + 2])
        let positional = i.c
        guard type.isType else {
            throw raise(.typeError, "called match pattern must be a class")
        }
        let isinstance = find(shared.pointee.builtins, name: intern("isinstance"))
        if !(try isTrue(try call(isinstance, subject, type))) { return .none }
        let list = try newList()
        let seen = newDict()
        if positional > 0 {
            var names = try findAttribute(type, name(.matchArgs))
            var isSelf = false
            if names == .unbound {
                names = shared.pointee.emptyTuple
                isSelf = matchesItself(type.reference)
            }
            guard names.isTuple else {
                throw raise(
                    .typeError,
                    "\(name(ofType: type.reference)).__match_args__ must be a tuple (got \(typeName(names)))"
                )
            }
            let allowed = isSelf ? 1 : q.tupleCount(names.reference)
            if positional > allowed {
                throw raise(
                    .typeError,
                    "\(name(ofType: type.reference))() accepts \(allowed) positional sub-pattern\(allowed == 1 ? "" : "s") (\(positional) given)"
                )
            }
            if isSelf {
                try append(list, subject)
            } else {
                for k in 0..<positional {
                    let attribute = q.tupleElement(names.reference, k)
                    guard asString(attribute) != nil else {
                        throw raise(
                            .typeError,
                            "__match_args__ elements must be strings (got \(typeName(attribute)))")
                    }
                    if !(try take(attribute, subject, type, seen, list)) { return .none }
                }
            }
        }
        for k in 0..<q.tupleCount(keywords.reference) {
            let attribute = q.tupleElement(keywords.reference, k)
            if !(try take(attribute, subject, type, seen, list)) { return .none }
        }
        return try tuple(ofList: list)
    }
    private func take(
        _ attribute: Value, _ subject: Value, _ type: Value, _ seen: Reference, _ list: Reference
    ) throws(Unwind) -> Bool {
        if try get(seen, attribute) != .unbound {
            throw raise(
                .typeError,
                "\(name(ofType: type.reference))() got multiple sub-patterns for attribute '\(text(attribute))'"
            )
        }
        try set(seen, attribute, .none)
        let value = try findAttribute(subject, intern(attribute))
        if value == .unbound { return false }
        try append(list, value)
        return true
    }
    /// Types whose one positional sub-pattern is the subject itself.
    private func matchesItself(_ type: Reference) -> Bool {
        let types: [BuiltinType] = [
            .bool, .bytearray, .bytes, .dict, .float, .frozenset, .int, .list, .set, .str, .tuple,
        ]
        return types.contains { isSubtype(type, self.type($0)) }
    }
}
