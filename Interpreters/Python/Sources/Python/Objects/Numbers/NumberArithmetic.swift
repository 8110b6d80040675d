import InterpreterKit

/// Operators on numbers of the built-in types, instances of derived classes excepted.
extension VM {
    /// NotImplemented when one of them is no such number, or they have no such operator.
    @inline(__always)
    func arithmetic(_ operation: Operation, _ a: Value, _ b: Value) throws(Unwind) -> Value {
        if a.isInlineDouble && b.isInlineDouble {
            return try floatOperation(operation, a.inlineDouble, b.inlineDouble)
        }
        return try mixedArithmetic(operation, a, b)
    }
    private func mixedArithmetic(
        _ operation: Operation, _ a: Value, _ b: Value
    ) throws(Unwind) -> Value {
        if let x = plainInteger(a) {
            if let y = plainInteger(b) {
                if a.isBool && b.isBool { return try boolOperation(operation, a, b, x, y) }
                return try integerOperation(operation, x, y)
            }
            if let y = b.asDouble { return try floatOperation(operation, try double(ofInt: x), y) }
            if b.isA(Kind.complex), let y = complexContent(b) {
                return try complexOperation(operation, (try double(ofInt: x), 0), y)
            }
        } else if let x = a.asDouble {
            if let y = b.asDouble { return try floatOperation(operation, x, y) }
            if let y = plainInteger(b) {
                return try floatOperation(operation, x, try double(ofInt: y))
            }
            if b.isA(Kind.complex), let y = complexContent(b) {
                return try complexOperation(operation, (x, 0), y)
            }
        } else if a.isA(Kind.complex), let x = complexContent(a), !b.isInstance,
            let y = try asComplex(b)
        {
            return try complexOperation(operation, x, y)
        }
        return .notImplemented
    }
    /// The logic of two bools is a bool, all else is that of ints.
    func boolOperation(
        _ operation: Operation, _ a: Value, _ b: Value, _ x: Value, _ y: Value
    ) throws(Unwind) -> Value {
        switch operation {
        case .and: return Value(a == .true && b == .true)
        case .or: return Value(a == .true || b == .true)
        case .xor: return Value(a != b)
        default: return try integerOperation(operation, x, y)
        }
    }

    /// An operator of one operand; nil when it is no number of a built-in type, or has no such operator.
    func arithmetic(_ operation: UnaryOperation, _ a: Value) throws(Unwind) -> Value? {
        if let x = plainInteger(a) {
            switch operation {
            case .negative: return try negate(int: x)
            case .positive: return x
            case .invert: return try invert(int: x)
            }
        }
        if let x = a.asDouble {
            switch operation {
            case .negative: return value(-x)
            case .positive: return a
            case .invert: return nil
            }
        }
        return nil
    }
}
