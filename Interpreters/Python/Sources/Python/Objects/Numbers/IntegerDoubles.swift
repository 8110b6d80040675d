import Glibc
import InterpreterKit

/// Between ints and doubles: exact, or rounded once, half to even.
extension VM {
    func double(ofInt a: Value) throws(Unwind) -> Double {
        if a.isInt { return Double(a.int) }
        let big = BigInt(a.reference)
        if let double = Limbs.double(big.limbs, big.count, exponent: 0) {
            return big.isNegative ? -double : double
        }
        throw raise(.overflowError, "int too large to convert to float")
    }
    /// m and e with m * 2**e = a, and 0.5 <= |m| < 1.
    func parts(ofInt a: Value) -> (significand: Double, exponent: Int) {
        if a == Value(0) { return (0, 0) }
        if a.isInt {
            var exponent: CInt = 0
            let significand = frexp(Double(a.int), &exponent)
            return (significand, Int(exponent))
        }
        let big = BigInt(a.reference)
        let bits = Limbs.bitCount(big.limbs, big.count)
        let double = Limbs.double(big.limbs, big.count, exponent: -bits) ?? 0
        let significand = big.isNegative ? -double : double
        return double == 1 ? (significand / 2, bits + 1) : (significand, bits)
    }

    /// The int with the value of `d` without its fraction.
    func int(truncating d: Double) throws(Unwind) -> Value {
        if d.isNaN { throw raise(.valueError, "cannot convert float NaN to integer") }
        if d.isInfinite {
            throw raise(.overflowError, "cannot convert float infinity to integer")
        }
        if d.magnitude < 0x1p62 { return try int(Int(d)) }
        var limb = UInt64(d.significandBitPattern | 1 << 52)
        let shift = Int(d.exponent) - 52
        return try withUnsafePointer(to: &limb) { (p) throws(Unwind) in
            try shifted(Operand(limbs: p, count: 1, isNegative: d < 0), left: shift)
        }
    }

    /// The quotient rounded once.
    func trueDivide(ints a: Value, _ b: Value) throws(Unwind) -> Value {
        if b == Value(0) { throw raise(.zeroDivisionError, "division by zero") }
        if Value.bothInt(a, b) && a.int.magnitude <= 1 << 53 && b.int.magnitude <= 1 << 53 {
            return value(Double(a.int) / Double(b.int))
        }
        if a == Value(0) { return value(isNegative(int: b) ? -0.0 : 0.0) }
        let double = try withOperands(a, b) { (x, y) throws(Unwind) in try quotient(x, y) }
        guard let double else {
            throw raise(.overflowError, "integer division result too large for a float")
        }
        return value(isNegative(int: a) != isNegative(int: b) ? -double : double)
    }
    /// Of the magnitudes, nil when too large: 66 bits of the quotient and whether any follow decide it.
    private func quotient(_ x: Operand, _ y: Operand) throws(Unwind) -> Double? {
        // x / y = (x * 2**up) / y * 2**-up, with a quotient of two limbs or three.
        let up = y.bitCount - x.bitCount + 128
        if up > 1400 { return 0 }
        if up < -1200 { return nil }
        let (upLimbs, upBits) = up >= 0 ? (up / 64, up % 64) : (0, 0)
        let (downLimbs, downBits) = up < 0 ? (-up / 64, -up % 64) : (0, 0)
        let room = x.count + upLimbs + 2
        return try withLimbs(2 * room + y.count + 4) { (memory) throws(Unwind) in
            let numerator = memory
            Limbs.clear(numerator, room)
            var isInexact = false
            if up >= 0 {
                if upBits == 0 {
                    Limbs.copy(numerator + upLimbs, x.limbs, x.count)
                } else {
                    numerator[upLimbs + x.count] =
                        Limbs.shiftLeft(numerator + upLimbs, x.limbs, x.count, upBits)
                }
            } else {
                isInexact = Limbs.normalized(x.limbs, downLimbs) > 0
                if downBits == 0 {
                    Limbs.copy(numerator, x.limbs + downLimbs, x.count - downLimbs)
                } else {
                    isInexact = isInexact || x.limbs[downLimbs] & (1 << UInt64(downBits) - 1) != 0
                    Limbs.shiftRight(
                        numerator, x.limbs + downLimbs, x.count - downLimbs, downBits)
                }
            }
            let n = Limbs.normalized(numerator, room)
            let (q, r) = (memory + room, memory + (2 * room + 2))
            if y.count == 1 {
                r[0] = Limbs.divide(q, numerator, n, limb: y.limbs[0])
            } else {
                Limbs.divide(q, r, numerator, n, y.limbs, y.count)
            }
            if isInexact || Limbs.normalized(r, y.count) > 0 { q[0] |= 1 }
            let m = Limbs.normalized(q, n - y.count + 1)
            return Limbs.double(q, m, exponent: -up)
        }
    }
}

extension Limbs {
    /// a * 2**exponent rounded once, half to even; nil when it is too large for a double.
    static func double(_ a: LimbSource, _ n: Int, exponent: Int) -> Double? {
        if n == 0 { return 0 }
        let bits = bitCount(a, n)
        // The top 64 bits, the lowest of them telling whether anything follows.
        var top: UInt64
        if bits <= 64 {
            top = a[0] &<< UInt64(64 &- bits)
        } else {
            let up = a[n &- 1].leadingZeroBitCount
            top = a[n &- 1] &<< UInt64(up)
            if up > 0 { top |= a[n &- 2] &>> UInt64(64 &- up) }
            let rest = up > 0 ? a[n &- 2] &<< UInt64(up) : a[n &- 2]
            if rest != 0 || normalized(a, n &- 2) > 0 { top |= 1 }
        }
        // top * 2**scale, top in 2**63 ..< 2**64
        let scale = bits &- 64 &+ exponent
        if scale > 960 { return nil }
        // A double keeps 53 bits, fewer below the normal range.
        let kept = min(53, scale + 64 + 1074)
        if kept < 0 { return 0 }
        let dropped = UInt64(64 - kept)
        var significand: UInt64
        if dropped == 64 {
            significand = top > 1 << 63 ? 1 : 0
        } else {
            significand = top &>> dropped
            let tail = top & (1 &<< dropped &- 1)
            let half: UInt64 = 1 &<< (dropped &- 1)
            if tail > half || tail == half && significand & 1 == 1 { significand &+= 1 }
        }
        let result = scalbn(Double(significand), Int32(scale + Int(dropped)))
        return result.isInfinite ? nil : result
    }
}
