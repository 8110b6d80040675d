/// The hash functions SHA-224 to SHA-512.
enum SHA2 {
    static func mix512(_ block: UnsafePointer<UInt8>, into state: UnsafeMutablePointer<UInt64>) {
        mix(
            UInt64.self, block, into: state, roots: cubeRoots, small: ((1, 8, 7), (19, 61, 6)),
            large: ((28, 34, 39), (14, 18, 41)))
    }
    static func mix256(_ block: UnsafePointer<UInt8>, into state: UnsafeMutablePointer<UInt64>) {
        mix(
            UInt32.self, block, into: state, roots: shortCubeRoots,
            small: ((7, 18, 3), (17, 19, 10)),
            large: ((2, 13, 22), (6, 11, 25)))
    }
    private typealias Turns<W> = ((W, W, W), (W, W, W))

    /// One function in two sizes, which differ in the rotations and in the number of rounds.
    @inline(__always)
    private static func mix<W: FixedWidthInteger & UnsignedInteger>(
        _ type: W.Type, _ block: UnsafePointer<UInt8>, into state: UnsafeMutablePointer<UInt64>,
        roots: [W], small: Turns<W>, large: Turns<W>
    ) {
        withUnsafeTemporaryAllocation(of: W.self, capacity: 80) { memory in
            let w = memory.baseAddress.unsafelyUnwrapped
            for i in 0..<16 { (w + i).initialize(to: W.big(block, i)) }
            let rounds = roots.count
            for i in 16..<rounds {
                let (x, y) = (w[i &- 15], w[i &- 2])
                let s =
                    x.rotated(right: small.0.0) ^ x.rotated(right: small.0.1) ^ x &>> small.0.2
                let t =
                    y.rotated(right: small.1.0) ^ y.rotated(right: small.1.1) ^ y &>> small.1.2
                (w + i).initialize(to: w[i &- 16] &+ s &+ w[i &- 7] &+ t)
            }
            func word(_ i: Int) -> W { W(truncatingIfNeeded: state[i]) }
            var (a, b, c, d) = (word(0), word(1), word(2), word(3))
            var (e, f, g, h) = (word(4), word(5), word(6), word(7))
            roots.withUnsafeBufferPointer { roots in
                for i in 0..<rounds {
                    let s1 =
                        e.rotated(right: large.1.0) ^ e.rotated(right: large.1.1)
                        ^ e.rotated(right: large.1.2)
                    let choice = e & f ^ ~e & g
                    let t1 = h &+ s1 &+ choice &+ roots[i] &+ w[i]
                    let s0 =
                        a.rotated(right: large.0.0) ^ a.rotated(right: large.0.1)
                        ^ a.rotated(right: large.0.2)
                    let majority = a & b ^ a & c ^ b & c
                    (h, g, f, e) = (g, f, e, d &+ t1)
                    (d, c, b, a) = (c, b, a, t1 &+ s0 &+ majority)
                }
            }
            for (i, value) in [a, b, c, d, e, f, g, h].enumerated() {
                state[i] = UInt64(word(i) &+ value)
            }
        }
    }

    // MARK: constants

    /// The first 64 bits of the fractions of the roots of the first primes.
    private static let cubeRoots = primes(80).map { fraction(of: $0, power: 3) }
    private static let shortCubeRoots = cubeRoots.prefix(64).map {
        UInt32(truncatingIfNeeded: $0 >> 32)
    }
    static let squareRoots = primes(16).map { fraction(of: $0, power: 2) }

    private static func primes(_ count: Int) -> [UInt64] {
        var result: [UInt64] = []
        var candidate: UInt64 = 2
        while result.count < count {
            if result.allSatisfy({ candidate % $0 != 0 }) { result.append(candidate) }
            candidate += 1
        }
        return result
    }
    /// Bit by bit: the largest r with r**power <= n * 2**(64 * power), modulo 2**64.
    private static func fraction(of n: UInt64, power: Int) -> UInt64 {
        var root: [Limb] = [0, 0]
        let target = [Limb](repeating: 0, count: power) + [n]
        for bit in (0..<69).reversed() {
            var next = root
            next[bit / 64] |= 1 << UInt64(bit % 64)
            var product = next
            for _ in 1..<power {
                var longer = [Limb](repeating: 0, count: product.count + 2)
                Limbs.multiply(&longer, product, product.count, next, 2)
                product = longer
            }
            let size = Limbs.normalized(product, product.count)
            if Limbs.compare(product, size, target, target.count) <= 0 { root = next }
        }
        return root[0]
    }
}
