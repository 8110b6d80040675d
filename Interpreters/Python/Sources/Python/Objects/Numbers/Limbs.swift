/// Arithmetic on natural numbers in memory: limbs of 64 bits, least significant first.
///
/// The functions know nothing of signs or objects. A number may have leading zero limbs where it is
/// not said otherwise. Results may overlap operands only where they start at the same limb.
typealias Limb = UInt64
typealias LimbSource = UnsafePointer<UInt64>
typealias LimbBuffer = UnsafeMutablePointer<UInt64>

enum Limbs {
    /// The count without leading zeros.
    @inline(__always) static func normalized(_ a: LimbSource, _ n: Int) -> Int {
        var n = n
        while n > 0 && a[n &- 1] == 0 { n &-= 1 }
        return n
    }
    /// -1, 0 or 1; neither has leading zeros.
    static func compare(_ a: LimbSource, _ n: Int, _ b: LimbSource, _ m: Int) -> Int {
        n == m ? compare(a, b, n) : n < m ? -1 : 1
    }
    static func compare(_ a: LimbSource, _ b: LimbSource, _ n: Int) -> Int {
        var i = n
        while i > 0 {
            i &-= 1
            if a[i] != b[i] { return a[i] < b[i] ? -1 : 1 }
        }
        return 0
    }
    /// Bits without leading zeros; `a` has no leading zero limbs.
    static func bitCount(_ a: LimbSource, _ n: Int) -> Int {
        n == 0 ? 0 : n &* 64 &- a[n &- 1].leadingZeroBitCount
    }

    // MARK: addition

    /// r[0 ..< n] = a + b, both of n limbs; the carry.
    @discardableResult
    static func add(_ r: LimbBuffer, _ a: LimbSource, _ b: LimbSource, _ n: Int) -> Limb {
        var carry: Limb = 0
        var i = 0
        while i < n {
            let (s, c) = a[i].addingReportingOverflow(b[i])
            let (t, d) = s.addingReportingOverflow(carry)
            r[i] = t
            carry = (c ? 1 : 0) &+ (d ? 1 : 0)
            i &+= 1
        }
        return carry
    }
    /// r[0 ..< n] = a + w; the carry.
    @discardableResult
    static func add(_ r: LimbBuffer, _ a: LimbSource, _ n: Int, limb w: Limb) -> Limb {
        var carry = w
        var i = 0
        while i < n && carry != 0 {
            let (s, c) = a[i].addingReportingOverflow(carry)
            r[i] = s
            carry = c ? 1 : 0
            i &+= 1
        }
        if UnsafeRawPointer(r) != UnsafeRawPointer(a) && i < n { copy(r + i, a + i, n &- i) }
        return carry
    }
    /// r[0 ..< n] = a + b where b has m <= n limbs; the carry.
    @discardableResult
    static func add(
        _ r: LimbBuffer, _ a: LimbSource, _ n: Int, _ b: LimbSource, _ m: Int
    ) -> Limb {
        let carry = add(r, a, b, m)
        return add(r + m, a + m, n &- m, limb: carry)
    }
    /// r[0 ..< n] = a - b, both of n limbs; the borrow.
    @discardableResult
    static func subtract(_ r: LimbBuffer, _ a: LimbSource, _ b: LimbSource, _ n: Int) -> Limb {
        var borrow: Limb = 0
        var i = 0
        while i < n {
            let (s, c) = a[i].subtractingReportingOverflow(b[i])
            let (t, d) = s.subtractingReportingOverflow(borrow)
            r[i] = t
            borrow = (c ? 1 : 0) &+ (d ? 1 : 0)
            i &+= 1
        }
        return borrow
    }
    /// r[0 ..< n] = a - w; the borrow.
    @discardableResult
    static func subtract(_ r: LimbBuffer, _ a: LimbSource, _ n: Int, limb w: Limb) -> Limb {
        var borrow = w
        var i = 0
        while i < n && borrow != 0 {
            let (s, c) = a[i].subtractingReportingOverflow(borrow)
            r[i] = s
            borrow = c ? 1 : 0
            i &+= 1
        }
        if UnsafeRawPointer(r) != UnsafeRawPointer(a) && i < n { copy(r + i, a + i, n &- i) }
        return borrow
    }
    /// r[0 ..< n] = a - b where b has m <= n limbs; the borrow.
    @discardableResult
    static func subtract(
        _ r: LimbBuffer, _ a: LimbSource, _ n: Int, _ b: LimbSource, _ m: Int
    ) -> Limb {
        let borrow = subtract(r, a, b, m)
        return subtract(r + m, a + m, n &- m, limb: borrow)
    }

    // MARK: shifts

    /// r[0 ..< n] = a << bits, for 0 < bits < 64; the bits shifted out. `r` may begin above `a`.
    @discardableResult
    static func shiftLeft(_ r: LimbBuffer, _ a: LimbSource, _ n: Int, _ bits: Int) -> Limb {
        let (up, down) = (Limb(bits), Limb(64 &- bits))
        var high = a[n &- 1]
        let out = high &>> down
        var i = n &- 1
        while i > 0 {
            let low = a[i &- 1]
            r[i] = high &<< up | low &>> down
            high = low
            i &-= 1
        }
        r[0] = high &<< up
        return out
    }
    /// r[0 ..< n] = a >> bits, for 0 < bits < 64. `r` may begin below `a`.
    static func shiftRight(_ r: LimbBuffer, _ a: LimbSource, _ n: Int, _ bits: Int) {
        let (down, up) = (Limb(bits), Limb(64 &- bits))
        var low = a[0]
        var i = 0
        while i < n &- 1 {
            let high = a[i &+ 1]
            r[i] = low &>> down | high &<< up
            low = high
            i &+= 1
        }
        r[n &- 1] = low &>> down
    }

    // MARK: products with one limb

    /// r[0 ..< n] = a * w + carry; the limb above.
    @discardableResult
    static func multiply(
        _ r: LimbBuffer, _ a: LimbSource, _ n: Int, _ w: Limb, carry: Limb = 0
    ) -> Limb {
        var carry = carry
        var i = 0
        while i < n {
            let wide = UInt128(a[i]) &* UInt128(w) &+ UInt128(carry)
            r[i] = Limb(truncatingIfNeeded: wide)
            carry = Limb(truncatingIfNeeded: wide &>> 64)
            i &+= 1
        }
        return carry
    }
    /// r[0 ..< n] += a * w; the limb above.
    @discardableResult
    static func addProduct(_ r: LimbBuffer, _ a: LimbSource, _ n: Int, _ w: Limb) -> Limb {
        var carry: Limb = 0
        var i = 0
        while i < n {
            let wide = UInt128(a[i]) &* UInt128(w) &+ UInt128(r[i]) &+ UInt128(carry)
            r[i] = Limb(truncatingIfNeeded: wide)
            carry = Limb(truncatingIfNeeded: wide &>> 64)
            i &+= 1
        }
        return carry
    }

    // MARK: memory

    @inline(__always) static func copy(_ r: LimbBuffer, _ a: LimbSource, _ n: Int) {
        if n > 0 { r.update(from: a, count: n) }
    }
    @inline(__always) static func clear(_ r: LimbBuffer, _ n: Int) {
        if n > 0 { r.update(repeating: 0, count: n) }
    }
}
