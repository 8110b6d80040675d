import Glibc
import InterpreterKit

/// The content of a `bytes` object.
///
/// Words: header, byte count (8 more than the content), hash (0 while unknown), then the bytes. Like
/// strings, bytes never change after birth except for the hash.
@frozen @usableFromInline struct BytesView {
    @usableFromInline let object: Reference

    @inline(__always) init(_ object: Reference) { self.object = object }
    @inline(__always) init(_ value: Value) { object = value.reference }

    @inline(__always) var count: Int { Value(bits: object.address[1]).int &- 8 }
    @inline(__always) var data: UnsafeMutablePointer<UInt8> {
        UnsafeMutableRawPointer(object.address + 3).assumingMemoryBound(to: UInt8.self)
    }
    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: data, count: count) }
    @inline(__always) subscript(i: Int) -> UInt8 { data[i] }

    /// Fits 61 bits and is never 0.
    var hash: Int {
        let known = object[StringView.hash]
        if known != 0 { return Int(bitPattern: UInt(known)) }
        let h = hashOfBytes(data, count)
        object[StringView.hash] = UInt64(h)
        return h
    }
    static func equal(_ a: BytesView, _ b: BytesView) -> Bool {
        a.object == b.object || a.count == b.count && memcmp(a.data, b.data, a.count) == 0
    }
}

/// Of `bytes`, and of what compares equal to `bytes`.
func hashOfBytes(_ data: UnsafePointer<UInt8>, _ count: Int) -> Int {
    var h: UInt64 = 0xCBF2_9CE4_8422_2325
    for i in 0..<count {
        h = (h ^ UInt64(data[i])) &* 0x9E37_79B9_7F4A_7C15
        h ^= h &>> 29
    }
    h = (h ^ (h &>> 32)) & 0x0FFF_FFFF_FFFF_FFFF
    return h == 0 ? 1 : Int(h)
}

extension Value {
    @inline(__always) var isBytes: Bool { isA(Kind.bytes) }
    @inline(__always) var isByteArray: Bool { isA(Kind.byteArray) }
    @inline(__always) var isMemoryView: Bool { isA(Kind.memoryView) }
}

extension VM {
    /// A new `bytes` object; `fill` writes all of its content.
    func newBytes(
        count: Int, fill: (UnsafeMutablePointer<UInt8>) -> Void
    ) throws(Unwind) -> Value {
        if count > 1 << 40 { throw outOfMemory() }
        let object = q.newBytes(Kind.bytes, count: 8 + count) { memory in
            memory.storeBytes(of: 0, as: UInt64.self)
            fill((memory + 8).assumingMemoryBound(to: UInt8.self))
        }
        return Value(try checked(object))
    }
    func bytes(_ content: UnsafeBufferPointer<UInt8>) throws(Unwind) -> Value {
        guard let base = content.baseAddress, content.count > 0 else {
            return shared.pointee.emptyBytes
        }
        return try newBytes(count: content.count) { $0.update(from: base, count: content.count) }
    }
    func bytes(_ content: [UInt8]) throws(Unwind) -> Value {
        try content.withUnsafeBufferPointer { (p) throws(Unwind) in try bytes(p) }
    }
    /// The `bytes` itself, or the content of an instance of a subclass; nil for the rest.
    func asBytes(_ value: Value) -> Value? { value.isBytes ? value : payload(value, .bytes) }
    /// The `bytearray` itself, or the content of an instance of a subclass; nil for the rest.
    func asByteArray(_ value: Value) -> Value? {
        value.isByteArray ? value : payload(value, .byteArray)
    }
}
