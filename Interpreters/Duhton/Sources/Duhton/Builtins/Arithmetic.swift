import InterpreterKit

extension UInt64 {
    /// Encoded integers compare like what they encode.
    @inline(__always) var signed: Int64 { Int64(bitPattern: self) }
}
extension Value {
    @inline(__always) fileprivate var low: Int32 { Int32(truncatingIfNeeded: int) }
}

/// Numbers: 32-bit integers that wrap around, and floats. Mixed operands become floats.
extension Site {
    // MARK: comparing

    @inline(__always)
    func holds(_ relation: Builtin, _ a: Value, _ b: Value) throws(Abort) -> Bool {
        if _fastPath(Value.bothInt(a, b)) {
            return Site.holds(relation, a.bits.signed, b.bits.signed)
        }
        return try floatsHold(relation, a, b)
    }
    @inline(__always)
    private static func holds<N: Comparable>(_ relation: Builtin, _ a: N, _ b: N) -> Bool {
        switch relation {
        case .less: a < b
        case .lessOrEqual: a <= b
        case .equal: a == b
        case .notEqual: a != b
        case .greater: a > b
        default: a >= b
        }
    }
    @inline(never)
    func floatsHold(_ relation: Builtin, _ a: Value, _ b: Value) throws(Abort) -> Bool {
        Site.holds(relation, try number(a), try number(b))
    }

    /// Jumps unless r[a] and `b` are so.
    @inline(__always) func skip(
        _ i: Instruction, _ pc: inout ProgramCounter,
        unless relation: Builtin, _ b: Value
    ) throws(Abort) {
        if _slowPath(try !holds(relation, fp[i.a], b)) { pc += i.c }
    }
    /// Jumps, with a break, if r[a] and `b` are so.
    @inline(__always) func loop(
        _ i: Instruction, _ pc: inout ProgramCounter,
        if relation: Builtin, _ b: Value
    ) throws(Abort) {
        if try holds(relation, fp[i.a], b) { try loop(i, &pc) }
    }

    // MARK: calculating

    @inline(__always)
    func calculate(_ operation: Builtin, _ a: Value, _ b: Value) throws(Abort) -> Value {
        if _fastPath(Value.bothInt(a, b)) {
            switch operation {
            case .add: return Value(wrapping: a.int &+ b.int)
            case .subtract: return Value(wrapping: a.int &- b.int)
            case .multiply: return Value(wrapping: a.int &* b.int)
            case .xor: return Value(bits: a.bits ^ b.bits)
            // The processor divides 32 bits faster. The smallest number divided by -1 is itself.
            case .divide where _fastPath(b.bits != 0):
                return Value(Int(a.low.dividedReportingOverflow(by: b.low).partialValue))
            case .remainder where _fastPath(b.bits != 0):
                return Value(Int(a.low.remainderReportingOverflow(dividingBy: b.low).partialValue))
            case .shiftLeft where _fastPath(b.bits.signed >= 0):
                return Value(wrapping: a.int &<< (b.int & 31))
            case .shiftRight where _fastPath(b.bits.signed >= 0):
                return Value(a.int &>> (b.int & 31))
            default: break
            }
        }
        return try calculateSlowly(operation, a, b)
    }

    /// Floats, and what cannot be calculated.
    @inline(never)
    func calculateSlowly(_ operation: Builtin, _ a: Value, _ b: Value) throws(Abort) -> Value {
        if Value.bothInt(a, b) {
            let isShift = operation == .shiftLeft || operation == .shiftRight
            try fail(isShift ? "shift by a negative count" : "division by zero")
        }
        if operation >= .xor {
            // Not all are integers: says which is not.
            _ = try int(a)
            _ = try int(b)
        }
        let (x, y) = (try number(a), try number(b))
        switch operation {
        case .add: return q.value(x + y)
        case .subtract: return q.value(x - y)
        case .multiply: return q.value(x * y)
        case .divide: return q.value(x / y)
        default: return q.value(x.truncatingRemainder(dividingBy: y))
        }
    }

    /// Any number of operands, from the left.
    @inline(never)
    func fold(_ operation: Builtin, _ operands: Frame, _ count: Int) throws(Abort) -> Value {
        if count == 0 { return Value(operation == .multiply ? 1 : 0) }
        // A single operand must be a number all the same.
        if count == 1 { _ = try calculate(operation, operands[0], Value(1)) }
        var result = operands[0]
        for i in 1..<count { result = try calculate(operation, result, operands[i]) }
        return result
    }

    /// The value of an int or a float, as a float.
    func number(_ value: Value) throws(Abort) -> Double {
        if value.isInt { return Double(value.int) }
        if let double = value.asDouble { return double }
        try failType("DuInt_AsInt", wants: .int, value)
    }
    func int(_ value: Value) throws(Abort) -> Int {
        if value.isInt { return value.int }
        try failType("DuInt_AsInt", wants: .int, value)
    }

    // MARK: truth

    /// What `if`, `while` and `not` make of a value.
    @inline(__always) func isTrue(_ value: Value) -> Bool {
        value.isInt ? value.bits != 0 : isTrueSlowly(value)
    }
    @inline(never) func isTrueSlowly(_ value: Value) -> Bool {
        switch value.type {
        case .none: false
        case .list: q[value.reference, List.length] > 0
        case .string: q.tupleCount(value.reference) > 0
        case .float: value.asDouble != 0
        default: true
        }
    }
}
