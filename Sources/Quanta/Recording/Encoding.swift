/// Appends numbers and texts to bytes: numbers in groups of seven bits, lowest first.
struct Encoder {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
    mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }
    mutating func add(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }
    mutating func add(text: String) { add(block: Array(text.utf8)) }
    mutating func add(block: some Collection<UInt8>) {
        add(UInt64(block.count))
        bytes.append(contentsOf: block)
    }
    mutating func truncate(to count: Int) { bytes.removeLast(bytes.count - count) }
    mutating func removeAll() { bytes.removeAll(keepingCapacity: bytes.count < 1 << 16) }
}

/// Reads what ``Encoder`` has written; nil at the end and for what it has not.
struct Decoder {
    private let bytes: [UInt8]
    private(set) var position: Int
    private let end: Int

    init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }
    var isAtEnd: Bool { position == end }

    mutating func byte() -> UInt8? {
        guard position < end else { return nil }
        defer { position += 1 }
        return bytes[position]
    }
    mutating func number() -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = byte() {
            if shift > 63 || shift == 63 && byte > 1 { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }
    mutating func int() -> Int? { number().map { Int(Int64(bitPattern: $0)) } }
    /// The place of a number of bytes.
    mutating func block(_ count: UInt64?) -> Range<Int>? {
        guard let count, count <= UInt64(end - position) else { return nil }
        defer { position += Int(count) }
        return position..<position + Int(count)
    }
    mutating func block() -> Range<Int>? { block(number()) }
    mutating func text() -> String? {
        block().map { String(decoding: bytes[$0], as: UTF8.self) }
    }
    func slice(_ range: Range<Int>) -> ArraySlice<UInt8> { bytes[range] }
    func part(_ range: Range<Int>) -> Decoder { Decoder(bytes, range) }
}
