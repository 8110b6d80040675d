import Glibc

/// The hash function MD5.
enum MD5 {
    private static let sines = (1...64).map { UInt32(abs(sin(Double($0))) * 4_294_967_296) }
    private static let turns: [[UInt32]] = [
        [7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21],
    ]

    static func mix(_ block: UnsafePointer<UInt8>, into state: UnsafeMutablePointer<UInt64>) {
        func word(_ i: Int) -> UInt32 { UInt32(truncatingIfNeeded: state[i]) }
        var (a, b, c, d) = (word(0), word(1), word(2), word(3))
        for i in 0..<64 {
            let f: UInt32
            let k: Int
            switch i / 16 {
            case 0: (f, k) = (b & c | ~b & d, i)
            case 1: (f, k) = (d & b | ~d & c, 5 * i + 1)
            case 2: (f, k) = (b ^ c ^ d, 3 * i + 5)
            default: (f, k) = (c ^ (b | ~d), 7 * i)
            }
            let sum = a &+ f &+ sines[i] &+ UInt32.little(block, k % 16)
            (a, d, c, b) = (d, c, b, b &+ sum.rotated(left: turns[i / 16][i % 4]))
        }
        for (i, value) in [a, b, c, d].enumerated() { state[i] = UInt64(word(i) &+ value) }
    }
}

/// The hash function SHA-1.
enum SHA1 {
    static func mix(_ block: UnsafePointer<UInt8>, into state: UnsafeMutablePointer<UInt64>) {
        func word(_ i: Int) -> UInt32 { UInt32(truncatingIfNeeded: state[i]) }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { memory in
            let w = memory.baseAddress.unsafelyUnwrapped
            for i in 0..<16 { (w + i).initialize(to: UInt32.big(block, i)) }
            for i in 16..<80 {
                (w + i).initialize(
                    to: (w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]).rotated(left: 1))
            }
            var (a, b, c, d, e) = (word(0), word(1), word(2), word(3), word(4))
            for i in 0..<80 {
                let f: UInt32
                let k: UInt32
                switch i / 20 {
                case 0: (f, k) = (b & c | ~b & d, 0x5A82_7999)
                case 1: (f, k) = (b ^ c ^ d, 0x6ED9_EBA1)
                case 2: (f, k) = (b & c | b & d | c & d, 0x8F1B_BCDC)
                default: (f, k) = (b ^ c ^ d, 0xCA62_C1D6)
                }
                let sum = a.rotated(left: 5) &+ f &+ e &+ k &+ w[i]
                (e, d, c, b, a) = (d, c, b.rotated(left: 30), a, sum)
            }
            for (i, value) in [a, b, c, d, e].enumerated() { state[i] = UInt64(word(i) &+ value) }
        }
    }
}
