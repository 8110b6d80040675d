import Glibc
import InterpreterKit

// Stretches of code points in raw memory, `1 << width` bytes each: what str objects, builders and
// patterns have in common.

extension StringView {
    /// The smallest width that holds `c`.
    @inline(__always) static func width(of c: UInt32) -> Int { c < 0x100 ? 0 : c < 0x10000 ? 1 : 2 }
    /// Where code point `i` lies.
    @inline(__always) func address(_ i: Int) -> UnsafeMutableRawPointer { data + i &<< width }
}

@inline(__always)
func loadCodePoint(_ data: UnsafeMutableRawPointer, _ width: Int, _ i: Int) -> UInt32 {
    switch width {
    case 0: UInt32(data.assumingMemoryBound(to: UInt8.self)[i])
    case 1: UInt32(data.assumingMemoryBound(to: UInt16.self)[i])
    default: data.assumingMemoryBound(to: UInt32.self)[i]
    }
}
@inline(__always)
func storeCodePoint(_ data: UnsafeMutableRawPointer, _ width: Int, _ i: Int, _ c: UInt32) {
    switch width {
    case 0: data.assumingMemoryBound(to: UInt8.self)[i] = UInt8(truncatingIfNeeded: c)
    case 1: data.assumingMemoryBound(to: UInt16.self)[i] = UInt16(truncatingIfNeeded: c)
    default: data.assumingMemoryBound(to: UInt32.self)[i] = c
    }
}

private func convert<A: FixedWidthInteger, B: FixedWidthInteger>(
    _ from: UnsafeMutableRawPointer, _: A.Type, _ to: UnsafeMutableRawPointer, _: B.Type, _ n: Int
) {
    let source = from.assumingMemoryBound(to: A.self)
    let target = to.assumingMemoryBound(to: B.self)
    for i in 0..<n { target[i] = B(truncatingIfNeeded: source[i]) }
}

/// `memcpy` without the call for the short pieces that most strings are; `n` is not 0.
@inline(__always)
func copyBytes(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ n: Int) {
    @inline(__always) func both<T: FixedWidthInteger>(_: T.Type) {
        let last = n &- MemoryLayout<T>.size
        let (a, b) = (
            from.loadUnaligned(as: T.self), from.loadUnaligned(fromByteOffset: last, as: T.self)
        )
        to.storeBytes(of: a, as: T.self)
        to.storeBytes(of: b, toByteOffset: last, as: T.self)
    }
    if n > 16 {
        memcpy(to, from, n)
    } else if n >= 8 {
        both(UInt64.self)
    } else if n >= 4 {
        both(UInt32.self)
    } else if n >= 2 {
        both(UInt16.self)
    } else {
        both(UInt8.self)
    }
}

/// Copies `n` code points that fit the target's width.
func copyCodePoints(
    _ from: UnsafeMutableRawPointer, _ fromWidth: Int, _ to: UnsafeMutableRawPointer,
    _ toWidth: Int,
    _ n: Int
) {
    if n <= 0 { return }
    if fromWidth == toWidth { return copyBytes(from, to, n &<< toWidth) }
    switch (fromWidth, toWidth) {
    case (0, 1): convert(from, UInt8.self, to, UInt16.self, n)
    case (0, _): convert(from, UInt8.self, to, UInt32.self, n)
    case (1, 0): convert(from, UInt16.self, to, UInt8.self, n)
    case (1, _): convert(from, UInt16.self, to, UInt32.self, n)
    case (_, 0): convert(from, UInt32.self, to, UInt8.self, n)
    default: convert(from, UInt32.self, to, UInt16.self, n)
    }
}

/// Code points `start ..< start + n` become `c`.
func fillCodePoints(
    _ data: UnsafeMutableRawPointer, _ width: Int, _ start: Int, _ c: UInt32, _ n: Int
) {
    if n <= 0 { return }
    switch width {
    case 0: memset(data + start, Int32(c), n)
    case 1:
        (data.assumingMemoryBound(to: UInt16.self) + start)
            .update(repeating: UInt16(truncatingIfNeeded: c), count: n)
    default: (data.assumingMemoryBound(to: UInt32.self) + start).update(repeating: c, count: n)
    }
}

/// All of `n` code points, or-ed: tells which width they need and whether they are ASCII.
func orOfCodePoints(_ data: UnsafeMutableRawPointer, _ width: Int, _ n: Int) -> UInt32 {
    switch width {
    case 0:
        var all: UInt8 = 0
        let p = data.assumingMemoryBound(to: UInt8.self)
        for i in 0..<n { all |= p[i] }
        return UInt32(all)
    case 1:
        var all: UInt16 = 0
        let p = data.assumingMemoryBound(to: UInt16.self)
        for i in 0..<n { all |= p[i] }
        return UInt32(all)
    default:
        var all: UInt32 = 0
        let p = data.assumingMemoryBound(to: UInt32.self)
        for i in 0..<n { all |= p[i] }
        return all
    }
}
