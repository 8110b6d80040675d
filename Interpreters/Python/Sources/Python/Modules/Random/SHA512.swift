/// The hash function SHA-512, with which texts become seeds.
enum SHA512 {
    /// The 64 bytes of the hash.
    static func digest(_ message: [UInt8]) -> [UInt8] {
        var state: [UInt64] = [
            0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B,
            0xA54F_F53A_5F1D_36F1, 0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F,
            0x1F83_D9AB_FB41_BD6B, 0x5BE0_CD19_137E_2179,
        ]
        var padded = message
        padded.append(0x80)
        while padded.count % 128 != 112 { padded.append(0) }
        padded += [UInt8](repeating: 0, count: 8)
        let bits = UInt64(message.count) * 8
        for i in 0..<8 { padded.append(UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * i))) }
        for block in stride(from: 0, to: padded.count, by: 128) {
            mix(padded[block..<block + 128], into: &state)
        }
        return state.flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
    }
    @inline(__always) private static func rotated(_ x: UInt64, _ n: UInt64) -> UInt64 {
        x &>> n | x &<< (64 &- n)
    }
    private static func mix(_ block: ArraySlice<UInt8>, into state: inout [UInt64]) {
        var w: [UInt64] = []
        w.reserveCapacity(80)
        for i in 0..<16 {
            let start = block.startIndex + 8 * i
            w.append(block[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) })
        }
        for i in 16..<80 {
            let (x, y) = (w[i - 15], w[i - 2])
            let s = rotated(x, 1) ^ rotated(x, 8) ^ x >> 7
            let t = rotated(y, 19) ^ rotated(y, 61) ^ y >> 6
            w.append(w[i - 16] &+ s &+ w[i - 7] &+ t)
        }
        var v = state
        for i in 0..<80 {
            let (a, e) = (v[0], v[4])
            let s1 = rotated(e, 14) ^ rotated(e, 18) ^ rotated(e, 41)
            let choice = e & v[5] ^ ~e & v[6]
            let t1 = v[7] &+ s1 &+ choice &+ constants[i] &+ w[i]
            let s0 = rotated(a, 28) ^ rotated(a, 34) ^ rotated(a, 39)
            let majority = a & v[1] ^ a & v[2] ^ v[1] & v[2]
            v = [t1 &+ s0 &+ majority, a, v[1], v[2], v[3] &+ t1, e, v[5], v[6]]
        }
        for i in 0..<8 { state[i] = state[i] &+ v[i] }
    }
    /// The first 64 bits of the fractions of the cube roots of the first 80 primes.
    private static let constants: [UInt64] = {
        var result: [UInt64] = []
        var candidate: UInt64 = 2
        while result.count < 80 {
            if (2..<candidate).allSatisfy({ candidate % $0 != 0 }) {
                result.append(cubeRootFraction(candidate))
            }
            candidate += 1
        }
        return result
    }()
    /// Bit by bit: the largest r with r**3 <= n * 2**192, modulo 2**64.
    private static func cubeRootFraction(_ n: UInt64) -> UInt64 {
        var root: [Limb] = [0, 0]
        let target: [Limb] = [0, 0, 0, n]
        for bit in (0..<67).reversed() {
            var next = root
            next[bit / 64] |= 1 << UInt64(bit % 64)
            var square = [Limb](repeating: 0, count: 4)
            var cube = [Limb](repeating: 0, count: 6)
            Limbs.multiply(&square, next, 2, next, 2)
            Limbs.multiply(&cube, square, 4, next, 2)
            let size = Limbs.normalized(cube, 6)
            if size < 4 || size == 4 && Limbs.compare(cube, target, 4) <= 0 { root = next }
        }
        return root[0]
    }
}
