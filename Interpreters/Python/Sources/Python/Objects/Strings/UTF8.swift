import InterpreterKit

/// UTF-8 both ways, for text without errors in it: measured first, then written once. What has errors is
/// left to ``Encoder`` and ``Decoder``.
extension VM {
    /// The UTF-8 of a string, or nil when it has surrogates.
    func encodeUTF8(_ view: StringView) throws(Unwind) -> Value? {
        let n = view.count
        if view.isASCII {
            return try bytes(UnsafeBufferPointer(start: view.bytes, count: n))
        }
        var size = n
        switch view.width {
        case 0:
            let p = view.bytes
            for i in 0..<n { size &+= Int(p[i] &>> 7) }
        default:
            for i in 0..<n {
                let c = view[i]
                if c >= 0xD800 && c <= 0xDFFF { return nil }
                size &+= (c >= 0x80 ? 1 : 0) &+ (c >= 0x800 ? 1 : 0) &+ (c >= 0x10000 ? 1 : 0)
            }
        }
        return try newBytes(count: size) {
            var p = $0
            for i in 0..<n {
                let c = view[i]
                if c < 0x80 {
                    p[0] = UInt8(truncatingIfNeeded: c)
                    p += 1
                } else if c < 0x800 {
                    p[0] = UInt8(truncatingIfNeeded: 0xC0 | c &>> 6)
                    p[1] = UInt8(truncatingIfNeeded: 0x80 | c & 0x3F)
                    p += 2
                } else if c < 0x10000 {
                    p[0] = UInt8(truncatingIfNeeded: 0xE0 | c &>> 12)
                    p[1] = UInt8(truncatingIfNeeded: 0x80 | c &>> 6 & 0x3F)
                    p[2] = UInt8(truncatingIfNeeded: 0x80 | c & 0x3F)
                    p += 3
                } else {
                    p[0] = UInt8(truncatingIfNeeded: 0xF0 | c &>> 18)
                    p[1] = UInt8(truncatingIfNeeded: 0x80 | c &>> 12 & 0x3F)
                    p[2] = UInt8(truncatingIfNeeded: 0x80 | c &>> 6 & 0x3F)
                    p[3] = UInt8(truncatingIfNeeded: 0x80 | c & 0x3F)
                    p += 4
                }
            }
        }
    }

    /// The string that UTF-8 stands for, or nil when there is anything wrong with it.
    func decodeUTF8(_ bytes: UnsafeBufferPointer<UInt8>) throws(Unwind) -> Value? {
        let n = bytes.count
        guard n > 0, let p = bytes.baseAddress else { return shared.pointee.emptyString }
        var seen: UInt8 = 0
        for i in 0..<n { seen |= p[i] }
        if seen < 0x80 {
            return n == 1 ? shared.pointee.characters[Int(p[0])] : try ascii(bytes)
        }
        var count = 0
        var all: UInt32 = 0
        var i = 0
        while i < n {
            let (c, size) = VM.scalar(p + i, n &- i)
            if size == 0 { return nil }
            all |= c
            count &+= 1
            i &+= size
        }
        if count == 1 { return try character(all) }
        let width = StringView.width(of: all)
        return try newString(count: count, width: width, isASCII: false) {
            var i = 0
            for k in 0..<count {
                let (c, size) = VM.scalar(p + i, n &- i)
                storeCodePoint($0, width, k, c)
                i &+= size
            }
        }
    }
    /// The character at the start of `n` bytes, and its size; 0 when it is none.
    @inline(__always)
    private static func scalar(_ p: UnsafePointer<UInt8>, _ n: Int) -> (c: UInt32, size: Int) {
        let b = UInt32(p[0])
        if b < 0x80 { return (b, 1) }
        if b < 0xC2 || b > 0xF4 { return (0, 0) }
        let size = b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4
        if size > n { return (0, 0) }
        var c = b & (0x7F &>> UInt32(size))
        for k in 1..<size {
            let next = UInt32(p[k])
            if next & 0xC0 != 0x80 { return (0, 0) }
            c = c &<< 6 | next & 0x3F
        }
        let isGood =
            size == 2 || size == 3 && c >= 0x800 && (c < 0xD800 || c > 0xDFFF)
            || size == 4 && c >= 0x10000 && c <= 0x10FFFF
        return isGood ? (c, size) : (0, 0)
    }

    /// Is it one of the usual names of UTF-8?
    func isUTF8(_ name: StringView) -> Bool {
        let n = name.count
        guard name.isASCII, n == 5 || n == 4 else { return false }
        let p = name.bytes
        return p[0] | 0x20 == 0x75 && p[1] | 0x20 == 0x74 && p[2] | 0x20 == 0x66
            && (n == 4 ? p[3] == 0x38 : (p[3] == 0x2D || p[3] == 0x5F) && p[4] == 0x38)
    }
}
