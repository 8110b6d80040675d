import InterpreterKit

/// The content of a ``Kind/bigInt`` object: a number outside the range of inline integers.
struct BigInt {
    let object: Reference

    @inline(__always) init(_ object: Reference) { self.object = object }
    @inline(__always) var isNegative: Bool { object.address[2] != 0 }
    @inline(__always) var count: Int { (Value(bits: object.address[1]).int &- 8) &>> 3 }
    @inline(__always) var limbs: LimbSource { UnsafePointer(object.address + 3) }
}

/// Sign and magnitude of an int, small or big, while an operation lasts. It points into objects, so
/// nothing is allocated before the operation is done with it.
struct Operand {
    let limbs: LimbSource
    let count: Int
    let isNegative: Bool

    var bitCount: Int { Limbs.bitCount(limbs, count) }
}

extension VM {
    // MARK: making ints

    /// An int of any machine word.
    @inline(__always) func int(_ word: Int) throws(Unwind) -> Value {
        if let value = Value(exactly: word) { return value }
        return try int(magnitude: UInt64(word.magnitude), isNegative: word < 0)
    }
    func int(_ word: UInt64) throws(Unwind) -> Value {
        try int(magnitude: word, isNegative: false)
    }
    func int(magnitude: UInt64, isNegative: Bool) throws(Unwind) -> Value {
        var limb = magnitude
        return try int(limbs: &limb, 1, isNegative: isNegative)
    }
    /// An int of these limbs, which may have leading zeros.
    func int(limbs: LimbSource, _ count: Int, isNegative: Bool) throws(Unwind) -> Value {
        let n = Limbs.normalized(limbs, count)
        if n <= 1 {
            let limb = n == 0 ? 0 : limbs[0]
            if limb < 1 << 61 { return Value(isNegative ? -Int(limb) : Int(limb)) }
            if limb == 1 << 61 && isNegative { return Value(-1 << 61) }
        }
        return try bigInt(n, isNegative: isNegative) { Limbs.copy($0, limbs, n) }
    }
    /// A ``BigInt`` of which it is known that it needs all of its `count` limbs; `fill` writes them.
    @inline(__always)
    func bigInt(
        _ count: Int, isNegative: Bool, fill: (LimbBuffer) -> Void
    ) throws(Unwind) -> Value {
        let object = q.newBytes(Kind.bigInt, count: 8 &+ 8 &* count) { memory in
            let words = memory.assumingMemoryBound(to: UInt64.self)
            words[0] = isNegative ? 1 : 0
            fill(words + 1)
        }
        return Value(try checked(object))
    }
    func int(limbs: [Limb], isNegative: Bool = false) throws(Unwind) -> Value {
        if limbs.isEmpty { return Value(0) }
        return try limbs.withUnsafeBufferPointer { (p) throws(Unwind) in
            try int(limbs: p.baseAddress.unsafelyUnwrapped, p.count, isNegative: isNegative)
        }
    }

    // MARK: reading ints

    /// The int as a machine word, or nil when it does not fit.
    func word(ofInt value: Value) -> Int? {
        if value.isInt { return value.int }
        let big = BigInt(value.reference)
        guard big.count == 1 else { return nil }
        let limb = big.limbs[0]
        if limb < 1 << 63 { return big.isNegative ? -Int(limb) : Int(limb) }
        return limb == 1 << 63 && big.isNegative ? .min : nil
    }
    @inline(__always) func isNegative(int value: Value) -> Bool {
        value.isInt ? value.int < 0 : BigInt(value.reference).isNegative
    }
    /// -1, 0 or 1.
    func sign(ofInt value: Value) -> Int {
        value.isInt ? value.int.signum() : BigInt(value.reference).isNegative ? -1 : 1
    }
    func bitCount(ofInt value: Value) -> Int {
        if value.isInt { return Int.bitWidth - Int(value.int.magnitude.leadingZeroBitCount) }
        let big = BigInt(value.reference)
        return Limbs.bitCount(big.limbs, big.count)
    }

    /// Calls `body` with the magnitude of an int.
    @inline(__always)
    func withOperand<R>(
        _ a: Value, _ body: (Operand) throws(Unwind) -> R
    ) throws(Unwind) -> R {
        if a.isInt {
            var limb = UInt64(a.int.magnitude)
            return try withUnsafePointer(to: &limb) { (p) throws(Unwind) in
                try body(
                    Operand(limbs: p, count: p.pointee == 0 ? 0 : 1, isNegative: a.int < 0))
            }
        }
        let big = BigInt(a.reference)
        return try body(Operand(limbs: big.limbs, count: big.count, isNegative: big.isNegative))
    }
    @inline(__always)
    func withOperands<R>(
        _ a: Value, _ b: Value, _ body: (Operand, Operand) throws(Unwind) -> R
    ) throws(Unwind) -> R {
        try withOperand(a) { (x) throws(Unwind) in
            try withOperand(b) { (y) throws(Unwind) in try body(x, y) }
        }
    }
    /// Calls `body` with room for `count` limbs, not initialised.
    @inline(__always)
    func withLimbs<R>(
        _ count: Int, _ body: (LimbBuffer) throws(Unwind) -> R
    ) throws(Unwind) -> R {
        if count > 1 << 14 { try checkSize(limbs: count) }
        return try withUnsafeTemporaryAllocation(of: Limb.self, capacity: count &+ 1) {
            (p) throws(Unwind) in try body(p.baseAddress.unsafelyUnwrapped)
        }
    }
    /// A number that could not be kept is not computed.
    func checkSize(limbs: Int) throws(Unwind) {
        if limbs < 0 || limbs > machine.configuration.heap.limit / 16 { throw outOfMemory() }
    }

    // MARK: order

    /// -1, 0 or 1.
    func order(ofInts a: Value, _ b: Value) -> Int {
        if Value.bothInt(a, b) { return a.int < b.int ? -1 : a.int == b.int ? 0 : 1 }
        // A big number is farther from zero than any small one.
        if a.isInt { return BigInt(b.reference).isNegative ? 1 : -1 }
        if b.isInt { return BigInt(a.reference).isNegative ? -1 : 1 }
        let (x, y) = (BigInt(a.reference), BigInt(b.reference))
        if x.isNegative != y.isNegative { return x.isNegative ? -1 : 1 }
        let order = Limbs.compare(x.limbs, x.count, y.limbs, y.count)
        return x.isNegative ? -order : order
    }
    /// Two numbers of any built-in types; nil when one is none, or complex ones are to be ordered.
    func compareNumbers(_ comparison: Comparison, _ a: Value, _ b: Value) -> Bool? {
        if let x = a.asDouble {
            if let y = b.asDouble { return comparison.holds(x, y) }
            if let y = plainInteger(b) { return compare(comparison, x, int: y) }
        } else if let x = plainInteger(a) {
            if let y = plainInteger(b) { return comparison.holds(order(ofInts: x, y)) }
            if let y = b.asDouble { return compare(comparison.reflected, y, int: x) }
        }
        return nil
    }
    /// Exactly, however large the int is.
    func compare(_ comparison: Comparison, _ d: Double, int: Value) -> Bool {
        if d.isNaN { return comparison == .notEqual }
        if int.isInt && int.int.magnitude <= 1 << 53 { return comparison.holds(d, Double(int.int)) }
        return comparison.holds(order(d, int))
    }
    private func order(_ d: Double, _ int: Value) -> Int {
        let sign = sign(ofInt: int)
        let signOfDouble = d > 0 ? 1 : d < 0 ? -1 : 0
        if sign != signOfDouble { return signOfDouble < sign ? -1 : 1 }
        if d.isInfinite { return sign }
        // Same sign, not zero: by the number of bits before the point, then by all of them.
        let bits = bitCount(ofInt: int)
        let exponent = Int(d.exponent) + 1
        if exponent != bits { return exponent < bits ? -sign : sign }
        let magnitude = d.magnitude
        let whole = magnitude.rounded(.down)
        let significand = UInt64(whole.significandBitPattern | 1 << 52)
        let shift = exponent - 53
        let order = compareMagnitude(significand, shift, int)
        if order != 0 { return order * sign }
        return magnitude > whole ? sign : 0
    }
    /// Of significand * 2**shift, and the magnitude of an int of the same number of bits.
    private func compareMagnitude(_ significand: UInt64, _ shift: Int, _ int: Value) -> Int {
        if int.isInt {
            let m = UInt64(int.int.magnitude)
            let d = shift >= 0 ? significand &<< UInt64(shift) : significand &>> UInt64(-shift)
            return d < m ? -1 : d == m ? 0 : 1
        }
        // 62 bits or more, so shift is positive.
        let big = BigInt(int.reference)
        var limb = big.count &- 1
        while limb >= 0 {
            let at = limb &* 64 &- shift
            let part: UInt64 =
                at <= -64 || at >= 64
                ? 0 : at >= 0 ? significand &>> UInt64(at) : significand &<< UInt64(-at)
            if part != big.limbs[limb] { return part < big.limbs[limb] ? -1 : 1 }
            limb &-= 1
        }
        return 0
    }
}
