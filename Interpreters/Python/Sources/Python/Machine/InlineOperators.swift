import InterpreterKit

/// An arithmetic operator as the loop does it itself: on small integers and inline doubles. Nil means
/// that it takes a call.
protocol InlineOperator {
    static var operation: Operation { get }
    static func ints(_ a: Value, _ b: Value) -> Value?
    static func doubles(_ a: Double, _ b: Double) -> Double?
    /// Is there anything in `doubles`?
    static var hasDoubles: Bool { get }
}
extension InlineOperator {
    @inline(__always) static var hasDoubles: Bool { false }
    @inline(__always) static func doubles(_ a: Double, _ b: Double) -> Double? { nil }
}
enum Addition: InlineOperator {
    @inline(__always) static var hasDoubles: Bool { true }
    static var operation: Operation { .add }
    @inline(__always) static func ints(_ a: Value, _ b: Value) -> Value? { SmallInt.add(a, b) }
    @inline(__always) static func doubles(_ a: Double, _ b: Double) -> Double? { a + b }
}
enum Subtraction: InlineOperator {
    @inline(__always) static var hasDoubles: Bool { true }
    static var operation: Operation { .subtract }
    @inline(__always) static func ints(_ a: Value, _ b: Value) -> Value? {
        SmallInt.subtract(a, b)
    }
    @inline(__always) static func doubles(_ a: Double, _ b: Double) -> Double? { a - b }
}
enum Multiplication: InlineOperator {
    @inline(__always) static var hasDoubles: Bool { true }
    static var operation: Operation { .multiply }
    @inline(__always) static func ints(_ a: Value, _ b: Value) -> Value? {
        SmallInt.multiply(a, b)
    }
    @inline(__always) static func doubles(_ a: Double, _ b: Double) -> Double? { a * b }
}
enum TrueDivision: InlineOperator {
    @inline(__always) static var hasDoubles: Bool { true }
    static var operation: Operation { .trueDivide }
    /// The quotient of two doubles is the correctly rounded one if they are the exact operands.
    @inline(__always) static func ints(_ a: Value, _ b: Value) -> Value? {
        guard a.isExactDouble, b.isExactDouble, b.int != 0 else { return nil }
        return Value(inline: Double(a.int) / Double(b.int))
    }
    @inline(__always) static func doubles(_ a: Double, _ b: Double) -> Double? {
        b == 0 ? nil : a / b
    }
}
enum FloorDivision: InlineOperator {
    static var operation: Operation { .floorDivide }
    @inline(__always) static func ints(_ a: Value, _ b: Value) -> Value? {
        SmallInt.floorDivide(a, b)
    }
}
enum Modulus: InlineOperator {
    static var operation: Operation { .modulo }
    @inline(__always) static func ints(_ a: Value, _ b: Value) -> Value? { SmallInt.modulo(a, b) }
}
enum LeftShift: InlineOperator {
    static var operation: Operation { .shiftLeft }
    @inline(__always) static func ints(_ a: Value, _ b: Value) -> Value? {
        SmallInt.shiftLeft(a, b)
    }
}
enum RightShift: InlineOperator {
    static var operation: Operation { .shiftRight }
    @inline(__always) static func ints(_ a: Value, _ b: Value) -> Value? {
        SmallInt.shiftRight(a, b)
    }
}
enum Conjunction: InlineOperator {
    static var operation: Operation { .and }
    @inline(__always) static func ints(_ a: Value, _ b: Value) -> Value? {
        Value(bits: a.bits & b.bits)
    }
}
enum Disjunction: InlineOperator {
    static var operation: Operation { .or }
    @inline(__always) static func ints(_ a: Value, _ b: Value) -> Value? {
        Value(bits: a.bits | b.bits)
    }
}
enum ExclusiveOr: InlineOperator {
    static var operation: Operation { .xor }
    @inline(__always) static func ints(_ a: Value, _ b: Value) -> Value? {
        Value(bits: a.bits ^ b.bits)
    }
}

extension Python {
    /// `r[a] = r[b] op r[c]`
    @inline(__always)
    static func operate<O: InlineOperator, B>(
        _: O.Type, _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ i: Operands
    ) throws(Unwind) -> (Frame, ProgramCounter) {
        let (x, y) = (fp[i.b], fp[i.registerC])
        if Value.bothInt(x, y) {
            if let result = O.ints(x, y) {
                fp[i.a] = result
                return (fp, pc)
            }
        } else if O.hasDoubles, let (a, b) = doubles(x, y), let double = O.doubles(a, b) {
            if i.isChained { return (fp, chain(q, fp, pc + 1, double, i.a) - 1) }
            if let result = Value(inline: double) {
                fp[i.a] = result
                return (fp, pc)
            }
        }
        return try VM(q.thread, shared, fp, pc + 1).operate(O.operation).pair
    }
    /// `r[a] = r[b] op c`
    @inline(__always)
    static func operateConstant<O: InlineOperator, B>(
        _: O.Type, _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ i: Operands
    ) throws(Unwind) -> (Frame, ProgramCounter) {
        let x = fp[i.b]
        if x.isInt {
            if let result = O.ints(x, Value(i.smallC)) {
                fp[i.a] = result
                return (fp, pc)
            }
        } else if O.hasDoubles, x.isInlineDouble,
            let double = O.doubles(x.inlineDouble, Double(i.smallC))
        {
            if i.isChained { return (fp, chain(q, fp, pc + 1, double, i.a) - 1) }
            if let result = Value(inline: double) {
                fp[i.a] = result
                return (fp, pc)
            }
        }
        return try VM(q.thread, shared, fp, pc + 1).operateConstant(O.operation).pair
    }
    /// Two numbers as doubles, of which one is an inline one and the other may be a small integer; nil for
    /// others.
    @inline(__always)
    private static func doubles(_ x: Value, _ y: Value) -> (Double, Double)? {
        let a: Double
        let b: Double
        if x.isInlineDouble {
            a = x.inlineDouble
        } else if x.isInt {
            a = Double(x.int)
        } else {
            return nil
        }
        if y.isInlineDouble {
            b = y.inlineDouble
        } else if y.isInt {
            b = Double(y.int)
        } else {
            return nil
        }
        return (a, b)
    }

    /// Jumps unless the comparison of r[a] and `b` holds.
    @inline(__always)
    static func unless<C: InlineComparison, B>(
        _: C.Type, _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ i: Operands, _ b: Value
    ) throws(Unwind) -> ProgramCounter {
        try holds(C.self, q.thread, shared, fp, pc, fp[i.a], b) ? pc : pc + i.c
    }
    /// Jumps if it holds; backwards with a break.
    @inline(__always)
    static func when<C: InlineComparison, B>(
        _: C.Type, _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ i: Operands, _ b: Value
    ) throws(Unwind) -> ProgramCounter {
        if try !holds(C.self, q.thread, shared, fp, pc, fp[i.a], b) { return pc }
        if i.c < 0 { try qbreak(q, shared, fp, pc + 1 + i.c) }
        return pc + i.c
    }
}
