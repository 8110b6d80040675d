/// The hash functions of `hashlib`, and the sizes in which they differ.
enum HashFunction: UInt8, CaseIterable {
    case md5, sha1, sha224, sha256, sha384, sha512
    case sha3_224, sha3_256, sha3_384, sha3_512, shake_128, shake_256
    case blake2b, blake2s

    init?(name: String) {
        guard let function = HashFunction.allCases.first(where: { "\($0)" == name }) else {
            return nil
        }
        self = function
    }

    /// Bytes of a digest; of BLAKE2 the largest, of SHAKE none in particular.
    var digestSize: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha224, .sha3_224: 28
        case .sha256, .sha3_256, .blake2s: 32
        case .sha384, .sha3_384: 48
        case .sha512, .sha3_512, .blake2b: 64
        case .shake_128, .shake_256: 0
        }
    }
    /// Bytes that are mixed in at a time.
    var blockSize: Int {
        switch self {
        case .md5, .sha1, .sha224, .sha256, .blake2s: 64
        case .sha384, .sha512, .blake2b: 128
        case .sha3_224: 144
        case .sha3_256, .shake_256: 136
        case .sha3_384: 104
        case .sha3_512: 72
        case .shake_128: 168
        }
    }
    /// What is mixed before the first block.
    var start: [UInt64] {
        switch self {
        case .md5: [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
        case .sha1: [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        case .sha224: SHA2.squareRoots[8..<16].map { $0 & 0xFFFF_FFFF }
        case .sha256, .blake2s: SHA2.squareRoots[..<8].map { $0 >> 32 }
        case .sha384: Array(SHA2.squareRoots[8..<16])
        case .sha512, .blake2b: Array(SHA2.squareRoots[..<8])
        default: [UInt64](repeating: 0, count: 25)
        }
    }
    fileprivate var isKeccak: Bool { rawValue >= HashFunction.sha3_224.rawValue && !isBlake }
    fileprivate var isBlake: Bool { self == .blake2b || self == .blake2s }

    /// Mixes a block into the words. `count` is how many bytes there have been with it, for BLAKE2, which
    /// is also told that a block is the last one.
    fileprivate func mix(
        _ block: UnsafePointer<UInt8>, into words: UnsafeMutablePointer<UInt64>, count: UInt64,
        isLast: Bool = false
    ) {
        switch self {
        case .md5: MD5.mix(block, into: words)
        case .sha1: SHA1.mix(block, into: words)
        case .sha224, .sha256: SHA2.mix256(block, into: words)
        case .sha384, .sha512: SHA2.mix512(block, into: words)
        case .blake2b: BLAKE2.mix(UInt64.self, block, into: words, count: count, isLast: isLast)
        case .blake2s: BLAKE2.mix(UInt32.self, block, into: words, count: count, isLast: isLast)
        default: Keccak.mix(block, blockSize, into: words)
        }
    }
}

/// A hash function at work: what has been mixed, and the bytes that wait for a block to be full.
struct HashState {
    let function: HashFunction
    private(set) var words: [UInt64]
    private var count: UInt64 = 0
    private var waiting: [UInt8] = []

    init(_ function: HashFunction) {
        self.function = function
        words = function.start
    }
    /// BLAKE2 begins with its parameters, as words of the length of the function's.
    init(_ function: HashFunction, parameters: [UInt64], key: [UInt8]) {
        self.init(function)
        for (i, parameter) in parameters.enumerated() { words[i] ^= parameter }
        if !key.isEmpty {
            let padding = [UInt8](repeating: 0, count: function.blockSize - key.count)
            (key + padding).withUnsafeBufferPointer { update($0) }
        }
    }

    mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
        let size = function.blockSize
        var rest = UnsafeBufferPointer(rebasing: bytes[...])
        // A full block waits until there is more: it may be the last one.
        if !waiting.isEmpty {
            let taken = min(size - waiting.count, rest.count)
            waiting += rest.prefix(taken)
            rest = UnsafeBufferPointer(rebasing: rest.dropFirst(taken))
            if rest.isEmpty { return }
            count += UInt64(size)
            let block = waiting
            words.withUnsafeMutableBufferPointer {
                function.mix(block, into: $0.baseAddress!, count: count)
            }
            waiting.removeAll(keepingCapacity: true)
        }
        guard var p = rest.baseAddress else { return }
        var left = rest.count
        words.withUnsafeMutableBufferPointer {
            let words = $0.baseAddress!
            while left > size {
                count += UInt64(size)
                function.mix(p, into: words, count: count)
                p += size
                left -= size
            }
        }
        waiting += UnsafeBufferPointer(start: p, count: left)
    }

    /// The digest of what there has been so far.
    func digest(_ size: Int) -> [UInt8] {
        var state = self
        return state.finish(size)
    }
    private mutating func finish(_ size: Int) -> [UInt8] {
        let block = function.blockSize
        let total = count + UInt64(waiting.count)
        if function.isBlake {
            waiting += [UInt8](repeating: 0, count: block - waiting.count)
            mixWaiting(count: total, isLast: true)
            return output(size)
        }
        if waiting.count == block { mixWaiting(count: total) }
        if function.isKeccak {
            let isShake = function == .shake_128 || function == .shake_256
            waiting.append(isShake ? 0x1F : 0x06)
            waiting += [UInt8](repeating: 0, count: block - waiting.count)
            waiting[block - 1] |= 0x80
            mixWaiting(count: total)
            return squeeze(size)
        }
        waiting.append(0x80)
        let lengthSize = block / 8
        if waiting.count > block - lengthSize {
            waiting += [UInt8](repeating: 0, count: block - waiting.count)
            mixWaiting(count: total)
        }
        waiting += [UInt8](repeating: 0, count: block - 8 - waiting.count)
        let bits = total &* 8
        for i in 0..<8 {
            let shift = UInt64(function == .md5 ? 8 * i : 56 - 8 * i)
            waiting.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
        mixWaiting(count: total)
        return output(size)
    }
    private mutating func mixWaiting(count: UInt64, isLast: Bool = false) {
        let block = waiting
        words.withUnsafeMutableBufferPointer {
            function.mix(block, into: $0.baseAddress!, count: count, isLast: isLast)
        }
        waiting.removeAll(keepingCapacity: true)
    }
    private func output(_ size: Int) -> [UInt8] {
        let isLittle = function == .md5 || function.isBlake
        let wordSize = function.blockSize / 16
        return (0..<size).map { i in
            let byte = isLittle ? i % wordSize : wordSize - 1 - i % wordSize
            return UInt8(truncatingIfNeeded: words[i / wordSize] >> UInt64(8 * byte))
        }
    }
    private mutating func squeeze(_ size: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(size)
        while true {
            for i in 0..<function.blockSize {
                if result.count == size { return result }
                result.append(UInt8(truncatingIfNeeded: words[i / 8] >> UInt64(8 * (i % 8))))
            }
            words.withUnsafeMutableBufferPointer { Keccak.permute($0.baseAddress!) }
        }
    }

    // MARK: as bytes

    /// All of it, for objects that hold bytes.
    var bytes: [UInt8] {
        var result = [function.rawValue]
        for word in [count] + words {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                result.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return result + waiting
    }
    /// Nil for bytes that are no state.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let first = bytes.first, let function = HashFunction(rawValue: first) else {
            return nil
        }
        let size = function.start.count
        let head = 1 + 8 * (1 + size)
        guard bytes.count >= head, bytes.count <= head + function.blockSize else { return nil }
        func word(_ i: Int) -> UInt64 {
            bytes[(1 + 8 * i)..<(9 + 8 * i)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        self.function = function
        count = word(0)
        words = (1...size).map(word)
        waiting = Array(bytes[head...])
    }

    /// The digest of a message.
    static func digest(_ function: HashFunction, _ message: [UInt8]) -> [UInt8] {
        var state = HashState(function)
        message.withUnsafeBufferPointer { state.update($0) }
        return state.digest(function.digestSize)
    }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    @inline(__always) func rotated(right n: Self) -> Self {
        self &>> n | self &<< (Self(Self.bitWidth) &- n)
    }
    @inline(__always) func rotated(left n: Self) -> Self {
        self &<< n | self &>> (Self(Self.bitWidth) &- n)
    }
    /// Word number `i` of a block.
    @inline(__always)
    static func little(_ block: UnsafePointer<UInt8>, _ i: Int) -> Self {
        let raw = UnsafeRawPointer(block)
        return Self(
            littleEndian: raw.loadUnaligned(fromByteOffset: i &* (bitWidth / 8), as: Self.self))
    }
    @inline(__always)
    static func big(_ block: UnsafePointer<UInt8>, _ i: Int) -> Self {
        little(block, i).byteSwapped
    }
}
