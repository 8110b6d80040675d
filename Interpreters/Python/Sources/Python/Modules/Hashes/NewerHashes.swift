/// The permutation below SHA-3 and SHAKE.
enum Keccak {
    static func mix(
        _ block: UnsafePointer<UInt8>, _ size: Int, into state: UnsafeMutablePointer<UInt64>
    ) {
        for i in 0..<size / 8 { state[i] ^= UInt64.little(block, i) }
        permute(state)
    }

    static func permute(_ a: UnsafeMutablePointer<UInt64>) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 30) { memory in
            let b = memory.baseAddress.unsafelyUnwrapped
            let c = b + 25
            for constant in constants {
                for x in 0..<5 {
                    (c + x).initialize(
                        to: a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20])
                }
                for x in 0..<5 {
                    let d = c[(x + 4) % 5] ^ c[(x + 1) % 5].rotated(left: 1)
                    for y in 0..<5 { a[x + 5 * y] ^= d }
                }
                for (i, (target, turn)) in moves.enumerated() {
                    let value = a[i]
                    (b + target).initialize(to: turn == 0 ? value : value.rotated(left: turn))
                }
                for y in stride(from: 0, to: 25, by: 5) {
                    for x in 0..<5 {
                        a[y + x] = b[y + x] ^ ~b[y + (x + 1) % 5] & b[y + (x + 2) % 5]
                    }
                }
                a[0] ^= constant
            }
        }
    }
    /// Where each word goes, and by how much it is turned.
    private static let moves: [(target: Int, turn: UInt64)] = {
        var result = [(target: Int, turn: UInt64)](repeating: (0, 0), count: 25)
        var (x, y) = (1, 0)
        for t in 0..<24 {
            let next = (y, (2 * x + 3 * y) % 5)
            result[x + 5 * y] = (next.0 + 5 * next.1, UInt64((t + 1) * (t + 2) / 2 % 64))
            (x, y) = next
        }
        return result
    }()
    /// The constants of the 24 rounds, by a shift register.
    private static let constants: [UInt64] = {
        var register: UInt8 = 1
        return (0..<24).map { _ in
            var constant: UInt64 = 0
            for j in 0..<7 {
                if register & 1 != 0 { constant |= 1 << (1 << UInt64(j) - 1) }
                register = register << 1 ^ (register >> 7) * 0x71
            }
            return constant
        }
    }()
}

/// The hash functions BLAKE2b (words of 64 bits) and BLAKE2s (of 32).
enum BLAKE2 {
    static func mix<W: FixedWidthInteger & UnsignedInteger>(
        _ type: W.Type, _ block: UnsafePointer<UInt8>, into state: UnsafeMutablePointer<UInt64>,
        count: UInt64, isLast: Bool
    ) {
        let isLong = W.bitWidth == 64
        let turns: (W, W, W, W) = isLong ? (32, 24, 16, 63) : (16, 12, 8, 7)
        withUnsafeTemporaryAllocation(of: W.self, capacity: 32) { memory in
            let v = memory.baseAddress.unsafelyUnwrapped
            let m = v + 16
            for i in 0..<16 { (m + i).initialize(to: W.little(block, i)) }
            let roots = SHA2.squareRoots
            for i in 0..<8 {
                (v + i).initialize(to: W(truncatingIfNeeded: state[i]))
                (v + 8 + i).initialize(
                    to: W(truncatingIfNeeded: isLong ? roots[i] : roots[i] >> 32))
            }
            v[12] ^= W(truncatingIfNeeded: count)
            if !isLong { v[13] ^= W(truncatingIfNeeded: count >> 32) }
            if isLast { v[14] = ~v[14] }
            @inline(__always) func quarter(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: W, _ y: W) {
                v[a] = v[a] &+ v[b] &+ x
                v[d] = (v[d] ^ v[a]).rotated(right: turns.0)
                v[c] = v[c] &+ v[d]
                v[b] = (v[b] ^ v[c]).rotated(right: turns.1)
                v[a] = v[a] &+ v[b] &+ y
                v[d] = (v[d] ^ v[a]).rotated(right: turns.2)
                v[c] = v[c] &+ v[d]
                v[b] = (v[b] ^ v[c]).rotated(right: turns.3)
            }
            for round in 0..<(isLong ? 12 : 10) {
                let order = orders[round % 10]
                for i in 0..<8 {
                    let shift = i / 4
                    let (x, y) = (m[Int(order[2 * i])], m[Int(order[2 * i + 1])])
                    quarter(
                        i % 4, 4 + (i + shift) % 4, 8 + (i + 2 * shift) % 4,
                        12 + (i + 3 * shift) % 4, x, y)
                }
            }
            for i in 0..<8 { state[i] = UInt64(W(truncatingIfNeeded: state[i]) ^ v[i] ^ v[i + 8]) }
        }
    }
    /// The order in which each round takes the words of the block.
    private static let orders: [[UInt8]] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ]
}
