import InterpreterKit

extension UInt64 {
    /// Encoded integers compare like what they encode.
    @inlinable @inline(__always) var signed: Int64 { Int64(bitPattern: self) }
}

/// Numbers: 32-bit integers that wrap around, and floats. Mixed operands become floats.
extension Site {
    // MARK: comparing

    @inlinable @inline(__always)
    func holds<B>(
        _ q: borrowing Quantum<B>, _ relation: Builtin, _ a: Value, _ b: Value
    ) throws(Abort) -> Bool {
        if _fastPath(Value.bothInt(a, b)) {
            return Site.holds(relation, a.bits.signed, b.bits.signed)
        }
        return try floatsHold(q, relation, a, b)
    }
    @inlinable @inline(__always)
    func fails<B>(
        _ q: borrowing Quantum<B>, _ relation: Builtin, _ a: Value, _ b: Value
    ) throws(Abort) -> Bool {
        _slowPath(try !holds(q, relation, a, b))
    }
    @inlinable @inline(__always)
    static func holds<N: Comparable>(_ relation: Builtin, _ a: N, _ b: N) -> Bool {
        switch relation {
        case .less: a < b
        case .lessOrEqual: a <= b
        case .equal: a == b
        case .notEqual: a != b
        case .greater: a > b
        default: a >= b
        }
    }
    @inlinable @inline(never)
    func floatsHold<B>(
        _ q: borrowing Quantum<B>, _ relation: Builtin, _ a: Value, _ b: Value
    ) throws(Abort) -> Bool {
        Site.holds(relation, try number(q, a), try number(q, b))
    }

    // MARK: calculating

    @inlinable @inline(__always)
    func calculate<B>(
        _ q: borrowing Quantum<B>, _ operation: Builtin, _ a: Value, _ b: Value
    ) throws(Abort) -> Value {
        if _fastPath(Value.bothInt(a, b)) {
            switch operation {
            case .add: return Value(wrapping: a.int &+ b.int)
            case .subtract: return Value(wrapping: a.int &- b.int)
            case .multiply: return Value(wrapping: a.int &* b.int)
            case .xor: return Value(bits: a.bits ^ b.bits)
            case .divide where _fastPath(b.bits != 0):
                return Value(a.int.quotient(b.int))
            case .remainder where _fastPath(b.bits != 0):
                return Value(a.int.remainder(b.int))
            case .shiftLeft where _fastPath(b.bits.signed >= 0):
                return Value(wrapping: a.int &<< (b.int & 31))
            case .shiftRight where _fastPath(b.bits.signed >= 0):
                return Value(a.int &>> (b.int & 31))
            default: break
            }
        }
        return try calculateSlowly(q, operation, a, b)
    }

    /// Floats, and what cannot be calculated.
    @inlinable @inline(never)
    func calculateSlowly<B>(
        _ q: borrowing Quantum<B>, _ operation: Builtin, _ a: Value, _ b: Value
    ) throws(Abort) -> Value {
        if Value.bothInt(a, b) {
            let isShift = operation == .shiftLeft || operation == .shiftRight
            try fail(q, isShift ? "shift by a negative count" : "division by zero")
        }
        switch operation {
        case .add: return q.value(try number(q, a) + number(q, b))
        case .subtract: return q.value(try number(q, a) - number(q, b))
        case .multiply: return q.value(try number(q, a) * number(q, b))
        case .divide: return q.value(try number(q, a) / number(q, b))
        case .remainder:
            let (x, y) = (try number(q, a), try number(q, b))
            return q.value(x.truncatingRemainder(dividingBy: y))
        default:
            _ = try int(q, a)
            _ = try int(q, b)
            return .none
        }
    }

    /// The value of an int or a float, as a float.
    @inlinable @inline(__always)
    func number<B>(_ q: borrowing Quantum<B>, _ value: Value) throws(Abort) -> Double {
        if value.isInt { return Double(value.int) }
        if let double = value.asDouble { return double }
        try failType(q, "DuInt_AsInt", wants: "int", value)
    }
    @inlinable @inline(__always)
    func int<B>(_ q: borrowing Quantum<B>, _ value: Value) throws(Abort) -> Int {
        if value.isInt { return value.int }
        try failType(q, "DuInt_AsInt", wants: "int", value)
    }
}

extension Int {
    /// Quotients of 32-bit numbers, truncated; the processor divides those faster. The smallest
    /// number divided by -1 is itself.
    @inlinable @inline(__always) func quotient(_ divisor: Int) -> Int {
        let (a, b) = (Int32(truncatingIfNeeded: self), Int32(truncatingIfNeeded: divisor))
        return Int(a.dividedReportingOverflow(by: b).partialValue)
    }
    @inlinable @inline(__always) func remainder(_ divisor: Int) -> Int {
        let (a, b) = (Int32(truncatingIfNeeded: self), Int32(truncatingIfNeeded: divisor))
        return Int(a.remainderReportingOverflow(dividingBy: b).partialValue)
    }
}

/// What `if`, `while` and `not` make of a value.
@inlinable @inline(__always)
func isTrue<B>(_ q: borrowing Quantum<B>, _ value: Value) -> Bool {
    value.isInt ? value.bits != 0 : isTrueSlowly(q, value)
}
@inlinable @inline(never)
func isTrueSlowly<B>(_ q: borrowing Quantum<B>, _ value: Value) -> Bool {
    if value == .none { return false }
    if value.isA(Kind.list) { return q[value.reference, List.length] > 0 }
    if value.isA(Kind.string) { return q.tupleCount(value.reference) > 0 }
    if let double = value.asDouble { return double != 0 }
    return true
}
