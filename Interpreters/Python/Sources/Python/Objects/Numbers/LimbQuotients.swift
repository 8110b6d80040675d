import CGMP

/// Quotients: by one limb here, by more by GMP.
extension Limbs {
    /// A divisor of one limb with the top bit set, and its inverse (2**128 - 1) / d - 2**64: two products
    /// do for one division by hardware.
    struct Divisor {
        let limb: Limb
        let inverse: Limb

        init(_ d: Limb) {
            limb = d
            inverse = d.dividingFullWidth((~d, Limb.max)).quotient
        }
        /// (high, low) / d for high < d.
        @inline(__always)
        func divide(_ high: Limb, _ low: Limb) -> (quotient: Limb, remainder: Limb) {
            let wide = UInt128(inverse) &* UInt128(high) &+ (UInt128(high) &<< 64 | UInt128(low))
            var q = Limb(truncatingIfNeeded: wide &>> 64) &+ 1
            var r = low &- q &* limb
            if r > Limb(truncatingIfNeeded: wide) {
                q &-= 1
                r = r &+ limb
            }
            if _slowPath(r >= limb) {
                q &+= 1
                r &-= limb
            }
            return (q, r)
        }
    }

    /// q[0 ..< n] = a / d; the remainder. `q` may be `a`.
    static func divide(_ q: LimbBuffer, _ a: LimbSource, _ n: Int, limb d: Limb) -> Limb {
        let shift = d.leadingZeroBitCount
        let divisor = Divisor(d &<< Limb(shift))
        if n == 0 { return 0 }
        var i = n &- 1
        if shift == 0 {
            var rest: Limb = 0
            while i >= 0 {
                (q[i], rest) = divisor.divide(rest, a[i])
                i &-= 1
            }
            return rest
        }
        let (up, down) = (Limb(shift), Limb(64 &- shift))
        var limb = a[i]
        var rest = limb &>> down
        while i >= 0 {
            let next = i > 0 ? a[i &- 1] : 0
            (q[i], rest) = divisor.divide(rest, limb &<< up | next &>> down)
            limb = next
            i &-= 1
        }
        return rest &>> up
    }

    /// q[0 ... n - m] = a / b, r[0 ..< m] = a % b. b has m > 1 limbs and no leading zeros, n >= m. Nothing
    /// overlaps.
    @inline(__always)
    static func divide(
        _ q: LimbBuffer, _ r: LimbBuffer, _ a: LimbSource, _ n: Int, _ b: LimbSource, _ m: Int
    ) {
        gmp_divide(q, r, a, n, b, m)
    }
}
