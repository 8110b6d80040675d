/// Tells two sequences of bytes apart: how many there are, and a hash of them (FNV-1a).
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    public private(set) var count: UInt64 = 0
    public private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    public init() {}
    public init(count: UInt64, hash: UInt64) {
        self.count = count
        self.hash = hash
    }

    public mutating func add(_ byte: UInt8) {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        count += 1
    }
    public mutating func add(_ bytes: some Sequence<UInt8>) { for byte in bytes { add(byte) } }
    public mutating func add(_ word: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            add(UInt8(truncatingIfNeeded: word >> shift))
        }
    }

    public var description: String { "\(count)-\(String(hash, radix: 16))" }
}
