import InterpreterKit

/// `a op b` for any two values.
extension VM {
    @inline(never)
    func binary(
        _ operation: Operation, _ a: Value, _ b: Value, inPlace: Bool = false
    ) throws(Unwind) -> Value {
        let result = try arithmetic(operation, a, b)
        if result != .notImplemented { return result }
        if let result = try sequenceOperation(operation, a, b, inPlace) { return result }
        return try dispatch(operation, a, b, inPlace)
    }

    /// What is most often done with strings, lists and tuples, without a look at their methods.
    private func sequenceOperation(
        _ operation: Operation, _ a: Value, _ b: Value, _ inPlace: Bool
    ) throws(Unwind) -> Value? {
        guard a.isReference else { return nil }
        let object = a.reference
        switch (operation, object.kind) {
        case (.add, Kind.string.kind) where b.isString: return try concatenate(a, b)
        case (.add, Shape.tuple.kind) where b.isTuple:
            return try concatenate(tuple: object, b.reference)
        case (.add, Kind.list.kind) where b.isList:
            if inPlace {
                try extend(object, b)
                return a
            }
            let more = self[b.reference, List.count]
            let result = try newList(capacity: self[object, List.count] &+ more)
            try extend(result, a)
            try extend(result, b)
            return Value(result)
        case (.multiply, Kind.string.kind) where b.isInt: return try repeated(a, b.int)
        case (.multiply, Kind.list.kind) where b.isInt && !inPlace:
            return Value(try repeated(object, max(0, b.int)))
        case (.modulo, Kind.string.kind) where !b.isInstance:
            return try percentFormat(StringView(object), b)
        default: return nil
        }
    }

    /// On the methods of the operands. Methods of sequences (`list.__add__`) are asked last: they raise
    /// errors where others return NotImplemented.
    private func dispatch(
        _ operation: Operation, _ a: Value, _ b: Value, _ inPlace: Bool
    ) throws(Unwind) -> Value {
        let (typeA, typeB) = (type(of: a), type(of: b))
        var left = lookup(typeA, name(operation.name))
        var right = typeA == typeB ? .unbound : lookup(typeB, name(operation.reflectedName))
        var sequenceLeft = Value.unbound
        var sequenceRight = Value.unbound
        if operation == .add || operation == .multiply {
            if isSequenceMethod(left) { swap(&left, &sequenceLeft) }
            if isSequenceMethod(right) { swap(&right, &sequenceRight) }
        }
        if inPlace {
            let method = lookup(typeA, name(operation.inPlaceName))
            if method != .unbound {
                if (operation == .add || operation == .multiply) && isSequenceMethod(method) {
                    sequenceLeft = method
                } else {
                    let result = try callSpecial(method, a, b)
                    if result != .notImplemented { return result }
                }
            }
        }
        if right != .unbound && isSubtype(typeB, typeA)
            && right != lookup(typeA, name(operation.reflectedName))
        {
            let result = try callSpecial(right, b, a)
            if result != .notImplemented { return result }
            right = .unbound
        }
        if left != .unbound {
            let result = try callSpecial(left, a, b)
            if result != .notImplemented { return result }
        }
        if right != .unbound {
            let result = try callSpecial(right, b, a)
            if result != .notImplemented { return result }
        }
        if operation == .add && sequenceLeft != .unbound {
            return try callSpecial(sequenceLeft, a, b)
        }
        if operation == .multiply && (sequenceLeft != .unbound || sequenceRight != .unbound) {
            let isLeft = sequenceLeft != .unbound
            let count = isLeft ? b : a
            if !isInteger(count) && lookup(typeOf: count, name(.index)) == .unbound {
                throw raise(
                    .typeError, "can't multiply sequence by non-int of type '\(typeName(count))'")
            }
            return isLeft
                ? try callSpecial(sequenceLeft, a, b) : try callSpecial(sequenceRight, b, a)
        }
        throw unsupported(operation, a, b, inPlace)
    }

    /// Is it `__add__` or `__mul__` of a built-in sequence? Such a type adds but does not subtract.
    private func isSequenceMethod(_ method: Value) -> Bool {
        guard method.isA(Kind.native) else { return false }
        let owner = self[method.reference, NativeFunction.owner]
        return owner.isType && lookup(owner.reference, name(.sub)) == .unbound
            && lookup(owner.reference, name(.len)) != .unbound
    }

    private func unsupported(
        _ operation: Operation, _ a: Value, _ b: Value, _ inPlace: Bool
    ) -> Unwind {
        let symbol = inPlace ? operation.inPlaceSymbol : "\(operation.symbol)"
        var message =
            "unsupported operand type(s) for \(symbol): '\(typeName(a))' and '\(typeName(b))'"
        if operation == .shiftRight && !inPlace && a.isA(Kind.native)
            && text(self[a.reference, NativeFunction.name]) == "print"
        {
            message += ". Did you mean \"print(<message>, file=<output_stream>)\"?"
        }
        return raise(.typeError, message)
    }

    /// `-a`, `+a`, `~a` for any value.
    @inline(never)
    func unary(_ operation: UnaryOperation, _ a: Value) throws(Unwind) -> Value {
        if let result = try arithmetic(operation, a) { return result }
        let method = lookup(typeOf: a, name(operation.name))
        if method == .unbound {
            throw raise(
                .typeError, "bad operand type for unary \(operation.symbol): '\(typeName(a))'")
        }
        return try callSpecial(method, a)
    }

    func divmod(_ a: Value, _ b: Value) throws(Unwind) -> Value { try binary(.divmod, a, b) }

    /// `pow(a, b, modulus)`; the modulus is None when there is none.
    func power(_ a: Value, _ b: Value, modulus: Value) throws(Unwind) -> Value {
        if modulus == .none { return try binary(.power, a, b) }
        if let x = plainInteger(a), let y = plainInteger(b), let z = plainInteger(modulus) {
            return try power(ofInt: x, y, modulus: z)
        }
        // Of classes, only the left operand's method is asked.
        let method = lookup(typeOf: a, name(.pow))
        if method != .unbound {
            let result = try callSpecial(method, a, b, modulus)
            if result != .notImplemented { return result }
        }
        if b.isFloat || modulus.isFloat {
            throw raise(
                .typeError, "pow() 3rd argument not allowed unless all arguments are integers")
        }
        throw raise(
            .typeError,
            "unsupported operand type(s) for ** or pow(): '\(typeName(a))', '\(typeName(b))', '\(typeName(modulus))'"
        )
    }
}
