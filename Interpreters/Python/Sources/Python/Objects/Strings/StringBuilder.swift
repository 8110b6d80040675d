import Glibc
import InterpreterKit

/// Text under construction: code points in native memory of their own, as narrow as they allow.
///
/// ```swift
/// var text = StringBuilder()
/// text.append("[")
/// try vm.show(item, into: &text)
/// return try text.string(vm)
/// ```
/// Memory that the system refuses shows when the text is taken out, as MemoryError.
struct StringBuilder: ~Copyable {
    private var data: UnsafeMutableRawPointer?
    private(set) var count = 0
    /// Code points that fit at the present width.
    private var capacity = 0
    private(set) var width = 0
    /// All code points, or-ed.
    private var all: UInt32 = 0
    private(set) var failed = false

    private static let byteLimit = 1 << 32

    init(capacity: Int = 56) {
        data = malloc(max(capacity, 8))
        if data != nil { self.capacity = max(capacity, 8) }
    }
    deinit { free(data) }

    var isEmpty: Bool { count == 0 }
    var isASCII: Bool { all < 128 }
    subscript(i: Int) -> UInt32 { loadCodePoint(data.unsafelyUnwrapped, width, i) }

    // MARK: appending

    @inline(__always) mutating func append(_ c: UInt32) {
        if count == capacity || StringView.width(of: c) > width {
            if !makeRoom(1, width: StringView.width(of: c)) { return }
        }
        storeCodePoint(data.unsafelyUnwrapped, width, count, c)
        all |= c
        count &+= 1
    }
    mutating func append(_ c: Unicode.Scalar) { append(c.value) }
    mutating func append(_ c: UInt32, times n: Int) {
        if n <= 0 || !makeRoom(n, width: StringView.width(of: c)) { return }
        fillCodePoints(data.unsafelyUnwrapped, width, count, c, n)
        all |= c
        count &+= n
    }
    /// A string literal; ASCII only.
    mutating func append(_ text: StaticString) {
        append(
            ascii: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            if utf8.allSatisfy({ $0 < 128 }) {
                append(ascii: utf8)
            } else {
                var decoder = UTF8Cursor(utf8)
                while let c = decoder.next() { append(c) }
            }
        }
    }
    /// Bytes that are code points below 256.
    mutating func append(latin1 bytes: UnsafeBufferPointer<UInt8>) {
        var seen: UInt8 = 0
        for b in bytes { seen |= b }
        append(ascii: bytes)
        all |= UInt32(seen)
    }
    mutating func append(ascii bytes: UnsafeBufferPointer<UInt8>) {
        let n = bytes.count
        if n == 0 || !makeRoom(n, width: 0) { return }
        copyCodePoints(
            UnsafeMutableRawPointer(mutating: bytes.baseAddress.unsafelyUnwrapped), 0,
            data.unsafelyUnwrapped + count << width, width, n)
        count &+= n
    }
    /// A `str` object.
    mutating func append(string: Value) { append(StringView(string)) }
    mutating func append(_ view: StringView) {
        let n = view.count
        let width = view.width
        if n == 0 || !makeRoom(n, width: width) { return }
        copyCodePoints(
            view.data, width, data.unsafelyUnwrapped + count << self.width, self.width, n)
        all |= view.isASCII ? 0x7F : width == 0 ? 0xFF : width == 1 ? 0xFFFF : 0x10FFFF
        count &+= n
    }
    /// The code points `range` of a string, which must have them.
    mutating func append(_ view: StringView, _ range: Swift.Range<Int>) {
        let n = range.count
        if n == 0 { return }
        if n == view.count { return append(view) }
        let start = view.data + range.lowerBound << view.width
        let seen = view.isASCII ? 0x7F : orOfCodePoints(start, view.width, n)
        if !makeRoom(n, width: StringView.width(of: seen)) { return }
        copyCodePoints(
            start, view.width, data.unsafelyUnwrapped + count << width, width, n)
        all |= seen
        count &+= n
    }
    mutating func append(decimal n: Int) {
        if n < 0 { append(0x2D) }
        var rest = n.magnitude
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { p in
            var i = 24
            repeat {
                i &-= 1
                p[i] = UInt8(truncatingIfNeeded: 48 &+ rest % 10)
                rest /= 10
            } while rest != 0
            append(
                ascii: UnsafeBufferPointer(
                    rebasing: p.bindMemory(to: UInt8.self)[i..<24]))
        }
    }
    /// Lower-case hexadecimal digits, at least `digits` of them.
    mutating func append(hex n: UInt, digits: Int = 1) {
        var shift = max(digits, (67 &- n.leadingZeroBitCount) / 4) &* 4
        while shift > 0 {
            shift &-= 4
            append(UInt32(hexDigit(Int(n &>> UInt(shift)) & 15)))
        }
    }
    /// What another builder holds.
    mutating func append(_ other: borrowing StringBuilder) {
        if other.failed { failed = true }
        let n = other.count
        if n == 0 || !makeRoom(n, width: other.width) { return }
        copyCodePoints(
            other.data.unsafelyUnwrapped, other.width, data.unsafelyUnwrapped + count << width,
            width, n)
        all |= other.all
        count &+= n
    }
    /// Forgets the content.
    mutating func removeAll() {
        count = 0
        all = 0
    }

    // MARK: room

    /// Room for `n` more code points of at least this width; false when there is no memory.
    @inline(__always) private mutating func makeRoom(_ n: Int, width wanted: Int) -> Bool {
        if n <= capacity &- count && wanted <= width { return !failed }
        return grow(n, width: wanted)
    }
    @inline(never) private mutating func grow(_ n: Int, width wanted: Int) -> Bool {
        let newWidth = max(width, wanted)
        let needed = count.addingReportingOverflow(n)
        if failed || needed.overflow || needed.partialValue > StringBuilder.byteLimit >> newWidth {
            failed = true
            return false
        }
        var room = capacity
        if needed.partialValue > room {
            room = max(needed.partialValue, room * 2)
        }
        if newWidth == width {
            guard let larger = realloc(data, room << width) else {
                failed = true
                return false
            }
            data = larger
        } else {
            guard let larger = malloc(room << newWidth) else {
                failed = true
                return false
            }
            if count > 0 {
                copyCodePoints(data.unsafelyUnwrapped, width, larger, newWidth, count)
            }
            free(data)
            data = larger
            width = newWidth
        }
        capacity = room
        return true
    }

    // MARK: results

    /// The text as a `str`.
    borrowing func string(_ vm: VM) throws(Unwind) -> Value {
        if failed { throw vm.outOfMemory() }
        if count == 0 { return vm.shared.pointee.emptyString }
        let source = data.unsafelyUnwrapped
        if count == 1 && all < 256 {
            return vm.shared.pointee.characters[Int(loadCodePoint(source, width, 0))]
        }
        let target = StringView.width(of: all)
        let (n, from) = (count, width)
        return try vm.newString(count: n, width: target, isASCII: all < 128) {
            copyCodePoints(source, from, $0, target, n)
        }
    }
    /// The text as `bytes`; all code points must be below 256.
    borrowing func bytes(_ vm: VM) throws(Unwind) -> Value {
        if failed { throw vm.outOfMemory() }
        let n = count
        guard n > 0, width == 0, let source = data else { return vm.shared.pointee.emptyBytes }
        return try vm.newBytes(count: n) { memcpy($0, source, n) }
    }
    /// The text itself, while `body` runs; its width is ``width``.
    borrowing func withData<R>(_ body: (UnsafeMutableRawPointer, Int) -> R) -> R {
        body(data ?? UnsafeMutableRawPointer(bitPattern: 8).unsafelyUnwrapped, count)
    }
}

/// Decodes UTF-8 that is known to be good, with surrogates as if they were characters.
struct UTF8Cursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var i = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func next() -> UInt32? {
        if i >= bytes.count { return nil }
        let b = UInt32(bytes[i])
        let n = b < 0x80 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4
        var c = n == 1 ? b : b & (0x7F &>> UInt32(n))
        var k = 1
        while k < n && i + k < bytes.count {
            c = c &<< 6 | UInt32(bytes[i + k] & 0x3F)
            k += 1
        }
        i += n
        return min(c, 0x10FFFF)
    }
}

@inline(__always) func hexDigit(_ n: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: n < 10 ? 48 &+ n : 87 &+ n)
}
