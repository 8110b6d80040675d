/// Quotients: by one limb, by the schoolbook method for short divisors, and by halves for long ones, where
/// most of the work is products.
extension Limbs {
    private static let halvesFrom = 50

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

    /// q[0 ... n - m] = a / b, r[0 ..< m] = a % b. b has m > 1 limbs and no leading zeros, n >= m.
    static func divide(
        _ q: LimbBuffer, _ r: LimbBuffer, _ a: LimbSource, _ n: Int, _ b: LimbSource, _ m: Int
    ) {
        let shift = b[m &- 1].leadingZeroBitCount
        let memory = LimbBuffer.allocate(capacity: n &+ 1 &+ 2 &* m)
        defer { memory.deallocate() }
        let rest = memory
        let divisor = memory + (n &+ 1)
        if shift == 0 {
            copy(rest, a, n)
            rest[n] = 0
            copy(divisor, b, m)
        } else {
            rest[n] = shiftLeft(rest, a, n, shift)
            shiftLeft(divisor, b, m, shift)
        }
        // The quotient from the top, at most m limbs at a time.
        let scratch = divisor + m
        var at = n &+ 1 &- m
        while at > 0 {
            let k = at % m == 0 ? m : at % m
            at &-= k
            // The first piece starts below the divisor because of the limb in front.
            _ = divideBlock(q + at, rest + at, divisor, m, k, scratch)
        }
        if shift == 0 { copy(r, rest, m) } else { shiftRight(r, rest, m, shift) }
    }

    /// q[0 ..< k] = a[0 ..< m + k] / d and a[0 ..< m] = the rest, for k <= m and d normalised with the
    /// top bit set. The quotient's limb number k, 0 or 1, is returned. Needs m limbs of scratch.
    private static func divideBlock(
        _ q: LimbBuffer, _ a: LimbBuffer, _ d: LimbSource, _ m: Int, _ k: Int,
        _ scratch: LimbBuffer
    ) -> Limb {
        if k < halvesFrom { return divideSimply(q, a, d, m, k) }
        if k == m {
            let low = k / 2
            let high = divideBlock(q + low, a + low, d, m, k &- low, scratch)
            _ = divideBlock(q, a, d, m, low, scratch)
            return high
        }
        // By the top k limbs of the divisor, then what the others change.
        let tail = m &- k
        var top = divideBlock(q, a + tail, d + tail, k, k, scratch)
        multiply(scratch, q, k, d, tail)
        var missing = subtract(a, a, scratch, m)
        if top != 0 { missing &+= subtract(a + k, a + k, d, tail) }
        while missing != 0 {
            top &-= subtract(q, q, k, limb: 1)
            missing &-= add(a, a, d, m)
        }
        return top
    }

    /// The same, limb by limb.
    private static func divideSimply(
        _ q: LimbBuffer, _ a: LimbBuffer, _ d: LimbSource, _ m: Int, _ k: Int
    ) -> Limb {
        var top: Limb = 0
        if compare(a + k, d, m) >= 0 {
            subtract(a + k, a + k, d, m)
            top = 1
        }
        let (d1, d0) = (d[m &- 1], m > 1 ? d[m &- 2] : 0)
        let divisor = Divisor(d1)
        var i = k &- 1
        while i >= 0 {
            let u2 = a[i &+ m]
            let u1 = a[i &+ m &- 1]
            var estimate: Limb
            if u2 >= d1 {
                estimate = .max
            } else {
                var rest: Limb
                (estimate, rest) = divisor.divide(u2, u1)
                if m > 1 {
                    // At most two too large after this.
                    let u0 = a[i &+ m &- 2]
                    var (high, low) = estimate.multipliedFullWidth(by: d0)
                    while high > rest || high == rest && low > u0 {
                        estimate &-= 1
                        let (sum, overflow) = rest.addingReportingOverflow(d1)
                        if overflow { break }
                        rest = sum
                        if low < d0 { high &-= 1 }
                        low = low &- d0
                    }
                }
            }
            let borrow = subtractProduct(a + i, d, m, estimate)
            if borrow > u2 {
                // Once, seldom twice when the first limbs were equal.
                var missing = borrow &- u2
                while missing != 0 {
                    estimate &-= 1
                    missing &-= add(a + i, a + i, d, m)
                }
            }
            a[i &+ m] = 0
            q[i] = estimate
            i &-= 1
        }
        return top
    }
}
