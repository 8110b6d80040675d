import Glibc
import InterpreterKit

/// The content of any bytes-like object, to be read: of `bytes` in place, of others a copy.
///
/// Lives in native frames only, where the collector sees that the memory is in use.
struct ByteContent {
    let data: UnsafeMutablePointer<UInt8>
    let count: Int

    /// Nothing.
    init() {
        data = UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped
        count = 0
    }
    init(_ bytes: Value) {
        let view = BytesView(bytes)
        data = view.data
        count = view.count
    }
    init(_ content: ByteContent, _ range: Swift.Range<Int>) {
        data = content.data + range.lowerBound
        count = range.count
    }
    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: data, count: count) }
    var raw: UnsafeMutableRawPointer { UnsafeMutableRawPointer(data) }
    @inline(__always) subscript(i: Int) -> UInt8 { data[i] }

    /// A `str` whose code points are the bytes.
    func latin1(_ vm: VM) throws(Unwind) -> Value { try vm.string(raw, 0, count) }
    func bytes(_ vm: VM) throws(Unwind) -> Value { try vm.bytes(buffer) }
    func bytes(_ vm: VM, _ from: Int, _ to: Int) throws(Unwind) -> Value {
        from >= to
            ? vm.shared.pointee.emptyBytes
            : try vm.bytes(UnsafeBufferPointer(start: data + from, count: to - from))
    }
    /// -1, 0 or 1.
    static func order(_ a: ByteContent, _ b: ByteContent) -> Int {
        let c = memcmp(a.data, b.data, min(a.count, b.count))
        if c != 0 { return c < 0 ? -1 : 1 }
        return a.count < b.count ? -1 : a.count == b.count ? 0 : 1
    }
}

extension VM {
    /// The content of a bytes-like object, or nil.
    func byteContent(_ value: Value) throws(Unwind) -> ByteContent? {
        if value.isBytes { return ByteContent(value) }
        if value.isByteArray { return ByteContent(try bytes(ofArray: value.reference)) }
        if value.isMemoryView { return ByteContent(try bytes(ofView: value.reference)) }
        if let bytes = payload(value, .bytes), bytes.isBytes { return ByteContent(bytes) }
        if let array = payload(value, .byteArray), array.isByteArray {
            return ByteContent(try bytes(ofArray: array.reference))
        }
        if let exported = exportedStorage(value) {
            return try byteContent(exported.storage)
        }
        return nil
    }
    /// The content of a bytes-like object, or TypeError.
    func bytesLike(_ value: Value) throws(Unwind) -> ByteContent {
        if let content = try byteContent(value) { return content }
        throw raise(
            .typeError, "a bytes-like object is required, not '\(typeName(value))'")
    }
    /// Is it bytes-like?
    func isBytesLike(_ value: Value) -> Bool {
        asBytes(value) != nil || asByteArray(value) != nil || value.isMemoryView
            || exportedStorage(value) != nil
    }
    /// A value as one byte; the error is about `what`.
    func byte(
        _ value: Value, _ message: String = "byte must be in range(0, 256)"
    ) throws(Unwind) -> UInt8 {
        if value.isInt && value.int >= 0 && value.int < 256 {
            return UInt8(truncatingIfNeeded: value.int)
        }
        let int = try integer(value)
        guard int.isInt && int.int >= 0 && int.int < 256 else {
            throw raise(.valueError, message)
        }
        return UInt8(truncatingIfNeeded: int.int)
    }
}
