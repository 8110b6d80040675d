import Glibc
import InterpreterKit
import Synchronization

/// The content of a `str` object: code points of 1, 2 or 4 bytes each, the smallest that fits all.
///
/// Words: header, byte count, hash (0 while unknown), then `length << 8 | flags`, then the code points, or
/// their address if they lie in a ``GrowingText``.
/// Strings never change after birth, except for the hash and the interned flag.
@frozen @usableFromInline struct StringView {
    @usableFromInline let object: Reference

    @inlinable @inline(__always) init(_ object: Reference) { self.object = object }
    @inlinable @inline(__always) init(_ value: Value) { object = value.reference }

    /// The hash, 0 until somebody has asked; of byte strings too.
    @inlinable static var hash: LossyField { LossyField(1) }
    /// Length and flags. The word is lossy for the interned flag, which is set after birth.
    @inlinable static var state: LossyField { LossyField(2) }

    /// Code points.
    @inlinable @inline(__always) var count: Int { Int(object[StringView.state] &>> 8) }
    /// Log2 of the bytes per code point: 0, 1 or 2.
    @inlinable @inline(__always) var width: Int { Int(object[StringView.state] & 3) }
    @inlinable @inline(__always) var isASCII: Bool { object[StringView.state] & 4 != 0 }
    @inlinable @inline(__always) var isInterned: Bool { object[StringView.state] & 8 != 0 }
    /// Do the code points lie in a ``GrowingText``?
    @inlinable @inline(__always) var isShare: Bool { object[StringView.state] & 16 != 0 }
    @inlinable @inline(__always) var data: UnsafeMutableRawPointer {
        let own = UnsafeMutableRawPointer(object.address + 4)
        return _fastPath(!isShare) ? own : own.load(as: UnsafeMutableRawPointer.self)
    }
    @inlinable @inline(__always) var bytes: UnsafeMutablePointer<UInt8> {
        data.assumingMemoryBound(to: UInt8.self)
    }
    @inlinable @inline(__always) var byteCount: Int { count &<< width }
    @inlinable @inline(__always) subscript(i: Int) -> UInt32 {
        switch width {
        case 0: UInt32(data.assumingMemoryBound(to: UInt8.self)[i])
        case 1: UInt32(data.assumingMemoryBound(to: UInt16.self)[i])
        default: data.assumingMemoryBound(to: UInt32.self)[i]
        }
    }
    @inlinable var hash: Int {
        let known = object[StringView.hash]
        return known != 0 ? Int(bitPattern: UInt(known)) : computeHash()
    }
    /// Length, width and ASCII flag, read at once.
    @inline(__always) var facts: (count: Int, width: Int, isASCII: Bool) {
        let word = object[StringView.state]
        return (Int(word &>> 8), Int(word & 3), word & 4 != 0)
    }
    /// The word of length and flags.
    @inlinable @inline(__always) static func facts(ofASCII count: Int) -> UInt64 {
        UInt64(count) &<< 8 | 4
    }
    /// Fits 61 bits and is never 0.
    @inline(never) @usableFromInline func computeHash() -> Int {
        var h = StringView.firstHash
        let (facts, data, isShare) = (facts, data, isShare)
        let n = facts.count &<< facts.width
        var i = 0
        while i &+ 8 <= n {
            h = StringView.mixed(h, data.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            i &+= 8
        }
        if i < n {
            let end: UInt64 = 1 &<< UInt64(8 &* (n &- i))
            var rest: UInt64 = 0
            if isShare {
                for k in i..<n {
                    let byte = data.load(fromByteOffset: k, as: UInt8.self)
                    rest |= UInt64(byte) &<< UInt64(8 &* (k &- i))
                }
            } else {
                // The string's last word ends with zero bytes.
                rest = data.load(fromByteOffset: i, as: UInt64.self)
            }
            h = StringView.mixed(h, rest | end)
        }
        h = StringView.finished(h)
        object[StringView.hash] = h
        return Int(h)
    }
    /// The hash that a string of these bytes has.
    static func hash(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let data = UnsafeRawBufferPointer(bytes)
        var h = firstHash
        var i = 0
        while i &+ 8 <= data.count {
            h = mixed(h, data.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            i &+= 8
        }
        if i < data.count {
            var rest: UInt64 = 1
            for k in stride(from: data.count &- 1, through: i, by: -1) {
                rest = rest &<< 8 | UInt64(data[k])
            }
            h = mixed(h, rest)
        }
        return Int(finished(h))
    }
    private static var firstHash: UInt64 { 0xCBF2_9CE4_8422_2325 }
    @inline(__always) private static func finished(_ h: UInt64) -> UInt64 {
        let h = (h ^ (h &>> 32)) & 0x0FFF_FFFF_FFFF_FFFF
        return h == 0 ? 1 : h
    }
    @inline(__always) private static func mixed(_ h: UInt64, _ word: UInt64) -> UInt64 {
        let product = (h ^ word) &* 0x9E37_79B9_7F4A_7C15
        return product ^ (product &>> 29)
    }
    /// The same code points.
    @inlinable static func equal(_ a: StringView, _ b: StringView) -> Bool {
        if a.object == b.object { return true }
        if a.count != b.count || a.width != b.width { return false }
        let (h, k) = (a.object[StringView.hash], b.object[StringView.hash])
        if h != 0 && k != 0 && h != k { return false }
        return bytesEqual(a.data, b.data, a.byteCount)
    }
    @inline(never) @usableFromInline
    static func bytesEqual(
        _ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ n: Int
    ) -> Bool {
        if n > 16 || n < 4 { return memcmp(a, b, n) == 0 }
        // Two pieces, which may overlap.
        @inline(__always) func both<T: FixedWidthInteger>(_: T.Type) -> Bool {
            let last = n &- MemoryLayout<T>.size
            return a.loadUnaligned(as: T.self) == b.loadUnaligned(as: T.self)
                && a.loadUnaligned(fromByteOffset: last, as: T.self)
                    == b.loadUnaligned(fromByteOffset: last, as: T.self)
        }
        return n >= 8 ? both(UInt64.self) : both(UInt32.self)
    }
}

extension VM {
    /// A new string of `count` code points of `1 << width` bytes; `fill` writes them all. `width` must be
    /// the smallest that fits.
    func newString(
        count: Int, width: Int, isASCII: Bool, fill: (UnsafeMutableRawPointer) -> Void
    ) throws(Unwind) -> Value {
        if count > 1 << 40 { throw outOfMemory() }
        let string = q.newBytes(Kind.string, count: 16 + count << width) { bytes in
            let words = bytes.assumingMemoryBound(to: UInt64.self)
            words[0] = 0
            words[1] = UInt64(count) << 8 | UInt64(width) | (isASCII ? 4 : 0)
            fill(bytes + 16)
        }
        return Value(try checked(string))
    }
    /// A new string of ASCII bytes.
    func ascii(_ bytes: UnsafeBufferPointer<UInt8>) throws(Unwind) -> Value {
        try newString(count: bytes.count, width: 0, isASCII: true) {
            if bytes.count > 0 { copyBytes(bytes.baseAddress!, $0, bytes.count) }
        }
    }
    /// A new string of these code points (surrogates allowed).
    func string(codePoints: UnsafeBufferPointer<UInt32>) throws(Unwind) -> Value {
        var all: UInt32 = 0
        for c in codePoints { all |= c }
        let n = codePoints.count
        if n == 1 && all < 256 { return shared.pointee.characters[Int(all)] }
        if all < 256 {
            return try newString(count: n, width: 0, isASCII: all < 128) {
                let p = $0.assumingMemoryBound(to: UInt8.self)
                for i in 0..<n { p[i] = UInt8(truncatingIfNeeded: codePoints[i]) }
            }
        }
        if all < 0x10000 {
            return try newString(count: n, width: 1, isASCII: false) {
                let p = $0.assumingMemoryBound(to: UInt16.self)
                for i in 0..<n { p[i] = UInt16(truncatingIfNeeded: codePoints[i]) }
            }
        }
        return try newString(count: n, width: 2, isASCII: false) {
            $0.copyMemory(from: codePoints.baseAddress!, byteCount: n * 4)
        }
    }
    func string(codePoints: [UInt32]) throws(Unwind) -> Value {
        try codePoints.withUnsafeBufferPointer { (p) throws(Unwind) in
            try string(codePoints: p)
        }
    }
    /// A string of UTF-8, in which surrogates may be encoded as if they were characters.
    func string(utf8 bytes: UnsafeBufferPointer<UInt8>) throws(Unwind) -> Value {
        var all: UInt8 = 0
        for b in bytes { all |= b }
        if all < 128 {
            if bytes.count == 1 { return shared.pointee.characters[Int(bytes[0])] }
            return try ascii(bytes)
        }
        var points: [UInt32] = []
        points.reserveCapacity(bytes.count)
        var i = 0
        while i < bytes.count {
            let b = UInt32(bytes[i])
            let n = b < 0x80 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4
            var c = n == 1 ? b : b & (0x7F >> UInt32(n))
            for k in 1..<max(n, 1) where i + k < bytes.count {
                c = c << 6 | UInt32(bytes[i + k] & 0x3F)
            }
            points.append(c)
            i += n
        }
        return try string(codePoints: points)
    }
    func string(utf8 bytes: [UInt8]) throws(Unwind) -> Value {
        try bytes.withUnsafeBufferPointer { (p) throws(Unwind) in try string(utf8: p) }
    }
    func string(_ text: String) throws(Unwind) -> Value {
        try string(utf8: Array(text.utf8))
    }
    func string(_ text: StaticString) throws(Unwind) -> Value {
        try string(
            utf8: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// UTF-8 of a string; surrogates as if they were characters.
    func utf8(_ string: Value) -> [UInt8] {
        let view = StringView(string)
        if view.isASCII {
            return Array(UnsafeBufferPointer(start: view.bytes, count: view.count))
        }
        var out: [UInt8] = []
        out.reserveCapacity(view.count * 2)
        for i in 0..<view.count {
            let c = view[i]
            if c < 0x80 {
                out.append(UInt8(c))
            } else if c < 0x800 {
                out.append(UInt8(0xC0 | c >> 6))
                out.append(UInt8(0x80 | c & 0x3F))
            } else if c < 0x10000 {
                out.append(UInt8(0xE0 | c >> 12))
                out.append(UInt8(0x80 | c >> 6 & 0x3F))
                out.append(UInt8(0x80 | c & 0x3F))
            } else {
                out.append(UInt8(0xF0 | c >> 18))
                out.append(UInt8(0x80 | c >> 12 & 0x3F))
                out.append(UInt8(0x80 | c >> 6 & 0x3F))
                out.append(UInt8(0x80 | c & 0x3F))
            }
        }
        return out
    }
    /// A string as Swift text, for messages; anything else as nothing.
    func text(_ string: Value) -> String {
        guard let string = asString(string) else { return "" }
        return String(decoding: utf8(string), as: UTF8.self)
    }
    /// The string itself, or the content of an instance of a subclass of `str`; nil for the rest.
    @inlinable func asString(_ value: Value) -> Value? {
        value.isString ? value : payload(value, .string)
    }
    /// The content that an instance of a subclass of a built-in type has.
    @inlinable func payload(_ value: Value, _ payload: Payload) -> Value? {
        guard value.isInstance else { return nil }
        let map = map(value.reference)
        return map.pointee.payload == payload ? self[value.reference, Instance.slot(0)] : nil
    }

    /// The one string with this content that names, attributes and keys of namespaces use.
    func intern(_ string: Value) -> Value { Names.intern(string, self) }
    func intern(_ text: String) -> Value {
        var text = text
        return text.withUTF8 { intern(utf8: $0) }
    }
    func intern(_ text: StaticString) -> Value {
        intern(
            utf8: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
    private func intern(utf8 bytes: UnsafeBufferPointer<UInt8>) -> Value {
        if let known = python.names.known(bytes) { return known }
        // A name that does not fit below the heap limit has nowhere to be reported.
        do throws(Unwind) { return intern(try string(utf8: bytes)) } catch { return .none }
    }
    /// Is an interned name of the form `__x__`?
    func isSpecial(_ name: Value) -> Bool {
        let view = StringView(name)
        let n = view.count
        return n > 4 && view[0] == 0x5F && view[1] == 0x5F && view[n - 1] == 0x5F
            && view[n - 2] == 0x5F
    }
    /// Is a method of this name of a built-in type there for an operator or a built-in function?
    /// Signatures do not describe these, and their type is another one.
    func isWrapper(_ name: Value) -> Bool {
        isSpecial(name) && !VM.specialMethods.contains(text(name))
    }
    /// Names of special methods that are plain methods otherwise.
    private static let specialMethods: Set<String> = [
        "__bytes__", "__ceil__", "__complex__", "__copy__", "__deepcopy__", "__dir__", "__enter__",
        "__exit__", "__floor__", "__format__", "__getnewargs__", "__getstate__",
        "__instancecheck__", "__length_hint__", "__missing__", "__reduce__", "__reduce_ex__",
        "__reversed__", "__round__", "__setstate__", "__sizeof__", "__subclasscheck__",
        "__subclasses__", "__trunc__",
    ]
}

/// Interned strings: one object per content, kept alive for ever.
final class Names: Sendable {
    private struct Table {
        var slots = [UInt64](repeating: 0, count: 8192)
        var count = 0
    }
    private let table = Mutex(Table())

    static func intern(_ string: Value, _ vm: borrowing VM) -> Value {
        if StringView(string).isInterned { return string }
        let python = vm.python
        return python.names.intern(string, python)
    }
    /// The string of these bytes, which are ASCII, if it is interned.
    func known(_ bytes: UnsafeBufferPointer<UInt8>) -> Value? {
        guard let start = bytes.baseAddress else { return nil }
        let hash = StringView.hash(of: bytes)
        let found = table.withLock { table in
            var i = hash & (table.slots.count - 1)
            while table.slots[i] != 0 {
                let known = StringView(Value(bits: table.slots[i]))
                if known.hash == hash && known.isASCII && known.count == bytes.count
                    && memcmp(known.data, start, bytes.count) == 0
                {
                    return table.slots[i]
                }
                i = (i + 1) & (table.slots.count - 1)
            }
            return 0
        }
        return found == 0 ? nil : Value(bits: found)
    }
    private func intern(_ string: Value, _ python: Python) -> Value {
        let view = StringView(string)
        let hash = view.hash
        return Value(
            bits: table.withLock { table in
                if table.count * 2 > table.slots.count {
                    let old = table.slots
                    table.slots = [UInt64](repeating: 0, count: old.count * 2)
                    for bits in old where bits != 0 {
                        let hash = StringView(Value(bits: bits)).hash
                        var i = hash & (table.slots.count - 1)
                        while table.slots[i] != 0 { i = (i + 1) & (table.slots.count - 1) }
                        table.slots[i] = bits
                    }
                }
                var i = hash & (table.slots.count - 1)
                while table.slots[i] != 0 {
                    let known = StringView(Value(bits: table.slots[i]))
                    if StringView.equal(known, view) { return table.slots[i] }
                    i = (i + 1) & (table.slots.count - 1)
                }
                table.slots[i] = string.bits
                table.count += 1
                python.machine.heap.keep(string)
                view.object[StringView.state] |= 8
                return string.bits
            })
    }
}
