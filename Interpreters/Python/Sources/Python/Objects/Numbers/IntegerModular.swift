import CGMP
import InterpreterKit

/// Powers and inverses by a modulus, and greatest common divisors.
extension VM {
    /// `pow(a, b, c)`
    func power(ofInt a: Value, _ b: Value, modulus c: Value) throws(Unwind) -> Value {
        if c == Value(0) { throw raise(.valueError, "pow() 3rd argument cannot be 0") }
        let modulus = try magnitude(ofInt: c)
        if modulus == Value(1) { return Value(0) }
        var base = a
        var exponent = b
        if isNegative(int: b) {
            base = try inverse(ofInt: a, modulus)
            exponent = try negate(int: b)
        }
        base = try divide(ints: base, modulus).remainder
        let result: Value
        if modulus.isInt {
            result = try power(small: UInt64(base.int), exponent, UInt64(modulus.int))
        } else {
            result = try power(big: base, exponent, modulus)
        }
        // With the sign of the modulus.
        return isNegative(int: c) && result != Value(0) ? try add(ints: result, c) : result
    }
    private func power(
        small base: UInt64, _ exponent: Value, _ modulus: UInt64
    ) throws(Unwind) -> Value {
        let isNarrow = modulus < 1 << 32
        @inline(__always) func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
            if isNarrow { return a &* b % modulus }
            return modulus.dividingFullWidth(a.multipliedFullWidth(by: b)).remainder
        }
        return try withOperand(exponent) { (e) throws(Unwind) in
            var result: UInt64 = 1
            var bit = e.bitCount - 1
            while bit >= 0 {
                result = product(result, result)
                if e.limbs[bit / 64] &>> UInt64(bit % 64) & 1 == 1 {
                    result = product(result, base)
                }
                bit -= 1
            }
            return Value(Int(result))
        }
    }
    /// By windows of five bits: 16 odd powers of the base are made first.
    private func power(
        big base: Value, _ exponent: Value, _ modulus: Value
    ) throws(Unwind) -> Value {
        if base == Value(0) { return Value(exponent == Value(0) ? 1 : 0) }
        let m = BigInt(modulus.reference)
        let n = m.count
        let divisor = Limbs.Modulus(m.limbs, n)
        return try withOperands(base, exponent) { (x, e) throws(Unwind) in
            return try withLimbs(18 * n) { (memory) throws(Unwind) in
                let (odd, result) = (memory, memory + 16 * n)
                let square = memory + 17 * n
                Limbs.copy(odd, x.limbs, x.count)
                Limbs.clear(odd + x.count, n - x.count)
                let isLong = e.bitCount > 32
                if isLong {
                    divisor.multiply(square, odd, odd)
                    for i in 1..<16 { divisor.multiply(odd + i * n, odd + (i - 1) * n, square) }
                }
                Limbs.clear(result, n)
                result[0] = 1
                var isOne = true
                func bit(_ i: Int) -> UInt64 { e.limbs[i / 64] &>> UInt64(i % 64) & 1 }
                var i = e.bitCount - 1
                while i >= 0 {
                    if bit(i) == 0 {
                        if !isOne { divisor.multiply(result, result, result) }
                        i -= 1
                        continue
                    }
                    // A window that begins and ends with a one.
                    var low = isLong ? max(i - 4, 0) : i
                    while bit(low) == 0 { low += 1 }
                    var window = 0
                    var k = i
                    while k >= low {
                        if !isOne { divisor.multiply(result, result, result) }
                        window = window << 1 | Int(bit(k))
                        k -= 1
                    }
                    if isOne {
                        Limbs.copy(result, odd + (window >> 1) * n, n)
                        isOne = false
                    } else {
                        divisor.multiply(result, result, odd + (window >> 1) * n)
                    }
                    i = low - 1
                }
                return try int(limbs: result, n, isNegative: false)
            }
        }
    }
    /// The x in 0 ..< modulus with a * x % modulus == 1.
    private func inverse(ofInt a: Value, _ modulus: Value) throws(Unwind) -> Value {
        var (r, s) = (modulus, try divide(ints: a, modulus).remainder)
        var (x, y) = (Value(0), Value(1))
        while s != Value(0) {
            let (quotient, remainder) = try divide(ints: r, s)
            (r, s) = (s, remainder)
            (x, y) = (y, try subtract(ints: x, try multiply(ints: quotient, y)))
        }
        if r != Value(1) {
            throw raise(.valueError, "base is not invertible for the given modulus")
        }
        return try divide(ints: x, modulus).remainder
    }

    /// The greatest common divisor, not negative.
    func greatestCommonDivisor(_ a: Value, _ b: Value) throws(Unwind) -> Value {
        if Value.bothInt(a, b) {
            return try int(
                Limbs.greatestCommonDivisor(UInt64(a.int.magnitude), UInt64(b.int.magnitude)))
        }
        return try withOperands(a, b) { (x, y) throws(Unwind) in
            let n = max(x.count, y.count)
            return try withLimbs(3 * n + 3) { (memory) throws(Unwind) in
                let count = Limbs.greatestCommonDivisor(memory, x, y)
                return try int(limbs: memory, count, isNegative: false)
            }
        }
    }
}

extension Limbs {
    /// A modulus of several limbs, and room for products before they are reduced.
    final class Modulus {
        private let limbs: LimbSource
        private let count: Int
        private let product: LimbBuffer
        private let quotient: LimbBuffer

        init(_ limbs: LimbSource, _ count: Int) {
            self.limbs = limbs
            self.count = count
            product = .allocate(capacity: 2 * count)
            quotient = .allocate(capacity: 2 * count + 1)
        }
        deinit {
            product.deallocate()
            quotient.deallocate()
        }
        /// r = a * b % modulus, all of ``count`` limbs; `r` may be one of the others.
        func multiply(_ r: LimbBuffer, _ a: LimbSource, _ b: LimbSource) {
            if a == b {
                square(product, a, count)
            } else {
                Limbs.multiply(product, a, count, b, count)
            }
            let n = normalized(product, 2 * count)
            if n < count {
                copy(r, product, n)
                clear(r + n, count - n)
            } else if count == 1 {
                r[0] = divide(quotient, product, n, limb: limbs[0])
            } else {
                divide(quotient, r, product, n, limbs, count)
            }
        }
    }

    static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var (x, y) = (a, b)
        if x == 0 || y == 0 { return x | y }
        let shift = UInt64((x | y).trailingZeroBitCount)
        x &>>= UInt64(x.trailingZeroBitCount)
        repeat {
            y &>>= UInt64(y.trailingZeroBitCount)
            if x > y { swap(&x, &y) }
            y &-= x
        } while y != 0
        return x &<< shift
    }

    /// The result is in memory[0...]; needs 3 * max(n, m) + 3 limbs.
    static func greatestCommonDivisor(_ memory: LimbBuffer, _ x: Operand, _ y: Operand) -> Int {
        if x.count == 0 || y.count == 0 {
            let other = x.count == 0 ? y : x
            copy(memory, other.limbs, other.count)
            return other.count
        }
        let room = max(x.count, y.count) + 1
        var (a, b) = (memory + room, memory + 2 * room)
        // GMP wants odd numbers, the larger one first.
        let zeros = min(copyOdd(a, x), copyOdd(b, y))
        var (n, m) = (normalized(a, x.count), normalized(b, y.count))
        if compare(a, n, b, m) < 0 {
            swap(&a, &b)
            swap(&n, &m)
        }
        let count = gmp_gcd(memory, a, n, b, m)
        if zeros == 0 { return count }
        // What was divided by fits in again: the divisor is no longer than the shorter operand.
        let (limbs, bits) = (zeros / 64, zeros % 64)
        memory[count + limbs] = 0
        for i in (0..<count).reversed() { memory[i + limbs] = memory[i] }
        clear(memory, limbs)
        if bits > 0 {
            memory[count + limbs] = shiftLeft(memory + limbs, memory + limbs, count, bits)
        }
        return normalized(memory, count + limbs + 1)
    }
    /// r = x without its trailing zero bits; their number. x is not 0.
    private static func copyOdd(_ r: LimbBuffer, _ x: Operand) -> Int {
        var limbs = 0
        while x.limbs[limbs] == 0 { limbs &+= 1 }
        let bits = x.limbs[limbs].trailingZeroBitCount
        let n = x.count &- limbs
        if bits == 0 {
            copy(r, x.limbs + limbs, n)
        } else {
            shiftRight(r, x.limbs + limbs, n, bits)
        }
        clear(r + n, limbs)
        return limbs &* 64 &+ bits
    }
}
