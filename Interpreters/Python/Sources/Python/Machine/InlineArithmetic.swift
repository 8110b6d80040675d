import InterpreterKit

/// What the loop does itself for small integers and inline doubles; everything else is a call.
extension Value {
    @inlinable @inline(__always) static func bothInlineDoubles(_ a: Value, _ b: Value) -> Bool {
        a.isInlineDouble && b.isInlineDouble
    }
    /// Is it an integer that a double has exactly?
    @inlinable @inline(__always) var isExactDouble: Bool {
        isInt && int.magnitude <= 1 &<< 53
    }
}

/// Arithmetic on two small integers, nil when the result is no small integer.
@usableFromInline enum SmallInt {
    @inlinable @inline(__always) static func add(_ a: Value, _ b: Value) -> Value? {
        let (sum, overflow) = Int64(bitPattern: a.bits).addingReportingOverflow(
            Int64(bitPattern: b.bits))
        return overflow ? nil : Value(bits: UInt64(bitPattern: sum))
    }
    @inlinable @inline(__always) static func subtract(_ a: Value, _ b: Value) -> Value? {
        let (difference, overflow) = Int64(bitPattern: a.bits).subtractingReportingOverflow(
            Int64(bitPattern: b.bits))
        return overflow ? nil : Value(bits: UInt64(bitPattern: difference))
    }
    @inlinable @inline(__always) static func multiply(_ a: Value, _ b: Value) -> Value? {
        let (product, overflow) = Int64(bitPattern: a.bits).multipliedReportingOverflow(
            by: Int64(b.int))
        return overflow ? nil : Value(bits: UInt64(bitPattern: product))
    }
    @inlinable @inline(__always) static func floorDivide(_ a: Value, _ b: Value) -> Value? {
        let (x, y) = (a.int, b.int)
        if y == 0 || y == -1 { return nil }
        let quotient = x / y
        return Value((x ^ y) < 0 && quotient &* y != x ? quotient &- 1 : quotient)
    }
    @inlinable @inline(__always) static func modulo(_ a: Value, _ b: Value) -> Value? {
        let (x, y) = (a.int, b.int)
        if y == 0 || y == -1 { return nil }
        let rest = x % y
        return Value(rest != 0 && (rest ^ y) < 0 ? rest &+ y : rest)
    }
    @inlinable @inline(__always) static func shiftLeft(_ a: Value, _ b: Value) -> Value? {
        let n = b.int
        if n < 0 || n > 60 { return nil }
        let x = Int64(bitPattern: a.bits)
        let shifted = x &<< Int64(n)
        return shifted &>> Int64(n) == x ? Value(bits: UInt64(bitPattern: shifted)) : nil
    }
    @inlinable @inline(__always) static func shiftRight(_ a: Value, _ b: Value) -> Value? {
        let n = b.int
        return n < 0 ? nil : Value(a.int &>> min(n, 63))
    }
}

/// The six comparisons on what needs no call.
@usableFromInline protocol InlineComparison {
    static var comparison: Comparison { get }
    static func ints(_ a: Int64, _ b: Int64) -> Bool
    static func doubles(_ a: Double, _ b: Double) -> Bool
}
@usableFromInline enum Less: InlineComparison {
    @inlinable static var comparison: Comparison { .less }
    @inlinable @inline(__always) static func ints(_ a: Int64, _ b: Int64) -> Bool { a < b }
    @inlinable @inline(__always) static func doubles(_ a: Double, _ b: Double) -> Bool { a < b }
}
@usableFromInline enum LessEqual: InlineComparison {
    @inlinable static var comparison: Comparison { .lessEqual }
    @inlinable @inline(__always) static func ints(_ a: Int64, _ b: Int64) -> Bool { a <= b }
    @inlinable @inline(__always) static func doubles(_ a: Double, _ b: Double) -> Bool { a <= b }
}
@usableFromInline enum Equal: InlineComparison {
    @inlinable static var comparison: Comparison { .equal }
    @inlinable @inline(__always) static func ints(_ a: Int64, _ b: Int64) -> Bool { a == b }
    @inlinable @inline(__always) static func doubles(_ a: Double, _ b: Double) -> Bool { a == b }
}
@usableFromInline enum NotEqual: InlineComparison {
    @inlinable static var comparison: Comparison { .notEqual }
    @inlinable @inline(__always) static func ints(_ a: Int64, _ b: Int64) -> Bool { a != b }
    @inlinable @inline(__always) static func doubles(_ a: Double, _ b: Double) -> Bool { a != b }
}
@usableFromInline enum Greater: InlineComparison {
    @inlinable static var comparison: Comparison { .greater }
    @inlinable @inline(__always) static func ints(_ a: Int64, _ b: Int64) -> Bool { a > b }
    @inlinable @inline(__always) static func doubles(_ a: Double, _ b: Double) -> Bool { a > b }
}
@usableFromInline enum GreaterEqual: InlineComparison {
    @inlinable static var comparison: Comparison { .greaterEqual }
    @inlinable @inline(__always) static func ints(_ a: Int64, _ b: Int64) -> Bool { a >= b }
    @inlinable @inline(__always) static func doubles(_ a: Double, _ b: Double) -> Bool { a >= b }
}
