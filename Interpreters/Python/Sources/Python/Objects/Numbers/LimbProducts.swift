import CGMP

/// Products: short ones here, where a call would cost as much as the work, long ones by GMP.
extension Limbs {
    private static let longFrom = 5

    /// r[0 ..< n + m] = a * b; `r` overlaps neither. n and m are at least 1.
    static func multiply(
        _ r: LimbBuffer, _ a: LimbSource, _ n: Int, _ b: LimbSource, _ m: Int
    ) {
        if n < m { return multiply(r, b, m, a, n) }
        if m < longFrom { return multiplySimply(r, a, n, b, m) }
        if a == b && n == m { return gmp_square(r, a, n) }
        gmp_multiply(r, a, n, b, m)
    }
    /// r[0 ..< 2n] = a * a.
    static func square(_ r: LimbBuffer, _ a: LimbSource, _ n: Int) {
        if n < longFrom { return multiplySimply(r, a, n, a, n) }
        gmp_square(r, a, n)
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
}
