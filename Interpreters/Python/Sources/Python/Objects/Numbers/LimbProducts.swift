/// Products: schoolbook for short numbers, Karatsuba's method for long ones.
extension Limbs {
    private static let karatsubaFrom = 32
    private static let squareFrom = 48

    /// r[0 ..< n + m] = a * b; `r` overlaps neither. n and m are at least 1.
    static func multiply(
        _ r: LimbBuffer, _ a: LimbSource, _ n: Int, _ b: LimbSource, _ m: Int
    ) {
        if n < m { return multiply(r, b, m, a, n) }
        if m < karatsubaFrom { return multiplySimply(r, a, n, b, m) }
        if a == b && n == m { return square(r, a, n) }
        let scratch = LimbBuffer.allocate(capacity: 6 &* m &+ 256)
        defer { scratch.deallocate() }
        if n == m { return multiplyBalanced(r, a, b, n, scratch) }
        // Pieces of `a` as long as `b`.
        multiplyBalanced(r, a, b, m, scratch)
        let product = LimbBuffer.allocate(capacity: 2 &* m)
        defer { product.deallocate() }
        var at = m
        while at < n {
            let k = min(m, n &- at)
            if k == m {
                multiplyBalanced(product, a + at, b, m, scratch)
            } else {
                multiply(product, b, m, a + at, k)
            }
            // The low m limbs meet what is there; the others are new.
            let carry = add(r + at, r + at, product, m)
            add(r + (at &+ m), product + m, k, limb: carry)
            at &+= k
        }
    }

    private static func multiplySimply(
        _ r: LimbBuffer, _ a: LimbSource, _ n: Int, _ b: LimbSource, _ m: Int
    ) {
        r[n] = multiply(r, a, n, b[0])
        var j = 1
        while j < m {
            r[n &+ j] = addProduct(r + j, a, n, b[j])
            j &+= 1
        }
    }

    /// r[0 ..< 2n] = a * b, both of n limbs. Needs 4n + 128 limbs of scratch.
    private static func multiplyBalanced(
        _ r: LimbBuffer, _ a: LimbSource, _ b: LimbSource, _ n: Int, _ scratch: LimbBuffer
    ) {
        if n < karatsubaFrom { return multiplySimply(r, a, n, b, n) }
        let low = (n &+ 1) / 2
        let high = n &- low
        // (a1 - a0)(b1 - b0), its factors in the room of the result.
        let signA = difference(r, a, a + low, low, high)
        let signB = difference(r + low, b, b + low, low, high)
        multiplyBalanced(scratch, r, r + low, low, scratch + 2 &* low)
        multiplyBalanced(r, a, b, low, scratch + 2 &* low)
        multiplyBalanced(r + 2 &* low, a + low, b + low, high, scratch + 2 &* low)
        combine(r, low, high, scratch, subtracts: signA == signB)
    }

    /// r[0 ..< 2n] = a * a.
    static func square(_ r: LimbBuffer, _ a: LimbSource, _ n: Int) {
        if n < squareFrom { return squareSimply(r, a, n) }
        let scratch = LimbBuffer.allocate(capacity: 6 &* n &+ 256)
        defer { scratch.deallocate() }
        squareBalanced(r, a, n, scratch)
    }
    private static func squareBalanced(
        _ r: LimbBuffer, _ a: LimbSource, _ n: Int, _ scratch: LimbBuffer
    ) {
        if n < squareFrom { return squareSimply(r, a, n) }
        let low = (n &+ 1) / 2
        let high = n &- low
        _ = difference(r, a, a + low, low, high)
        squareBalanced(scratch, r, low, scratch + 2 &* low)
        squareBalanced(r, a, low, scratch + 2 &* low)
        squareBalanced(r + 2 &* low, a + low, high, scratch + 2 &* low)
        combine(r, low, high, scratch, subtracts: true)
    }
    private static func squareSimply(_ r: LimbBuffer, _ a: LimbSource, _ n: Int) {
        // The products of different limbs, twice, and then the squares.
        if n > 1 {
            r[n] = multiply(r + 1, a + 1, n &- 1, a[0])
            var i = 1
            while i < n &- 1 {
                r[n &+ i] = addProduct(r + (2 &* i &+ 1), a + (i &+ 1), n &- 1 &- i, a[i])
                i &+= 1
            }
            r[2 &* n &- 1] = shiftLeft(r + 1, r + 1, 2 &* n &- 2, 1)
        } else {
            r[1] = 0
        }
        r[0] = 0
        var carry: Limb = 0
        var i = 0
        while i < n {
            let (high, low) = a[i].multipliedFullWidth(by: a[i])
            let first = UInt128(r[2 &* i]) &+ UInt128(low) &+ UInt128(carry)
            r[2 &* i] = Limb(truncatingIfNeeded: first)
            let second = UInt128(r[2 &* i &+ 1]) &+ UInt128(high) &+ (first &>> 64)
            r[2 &* i &+ 1] = Limb(truncatingIfNeeded: second)
            carry = Limb(truncatingIfNeeded: second &>> 64)
            i &+= 1
        }
    }

    /// r[0 ..< low] = |a0 - a1|, where a1 is shorter or of the same length; true if it is negative.
    private static func difference(
        _ r: LimbBuffer, _ a0: LimbSource, _ a1: LimbSource, _ low: Int, _ high: Int
    ) -> Bool {
        if normalized(a0 + high, low &- high) == 0 && compare(a0, a1, high) < 0 {
            subtract(r, a1, a0, high)
            clear(r + high, low &- high)
            return true
        }
        subtract(r, a0, low, a1, high)
        return false
    }

    /// `r` has a0 b0 and a1 b1, `product` has |a1 - a0| |b1 - b0| and room for as much behind it. Adds the
    /// middle part a0 b1 + a1 b0 at `low`.
    private static func combine(
        _ r: LimbBuffer, _ low: Int, _ high: Int, _ product: LimbBuffer, subtracts: Bool
    ) {
        let n = low &+ high
        let middle = product + 2 &* low
        var carry = add(middle, r, 2 &* low, r + 2 &* low, 2 &* high)
        if subtracts {
            carry &-= subtract(middle, middle, product, 2 &* low)
        } else {
            carry &+= add(middle, middle, product, 2 &* low)
        }
        carry &+= add(r + low, r + low, middle, 2 &* low)
        // What is above the middle part.
        add(r + 3 &* low, r + 3 &* low, 2 &* n &- 3 &* low, limb: carry)
    }
}
