/// Tells two outputs apart: their lengths and a hash of their bytes.
struct OutputDigest: Hashable, Sendable {
    private(set) var count = 0
    /// FNV-1a.
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            count += 1
        }
    }
}
