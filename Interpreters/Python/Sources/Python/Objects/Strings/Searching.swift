import Glibc
import InterpreterKit

/// What is looked for in text, laid out as the text is.
///
struct Needle: ~Copyable {
    private let data: UnsafeMutableRawPointer
    private let isOwned: Bool
    let count: Int
    private let width: Int
    /// Needs wider code points than the text has: occurs nowhere.
    let isImpossible: Bool

    init(_ view: StringView, in text: StringView) {
        count = view.count
        width = text.width
        isImpossible = view.width > text.width || text.isASCII && !view.isASCII
        if view.width == text.width || isImpossible {
            data = view.data
            isOwned = false
        } else {
            data = .allocate(byteCount: max(1, view.count &<< text.width), alignment: 8)
            copyCodePoints(view.data, view.width, data, text.width, view.count)
            isOwned = true
        }
    }
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        data =
            bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) }
            ?? UnsafeMutableRawPointer(bitPattern: 8).unsafelyUnwrapped
        isOwned = false
        count = bytes.count
        width = 0
        isImpossible = false
    }
    deinit { if isOwned { data.deallocate() } }

    /// The first occurrence in code points `start ..< end` of `text`, or -1.
    func first(_ text: UnsafeMutableRawPointer, _ start: Int, _ end: Int) -> Int {
        if isImpossible || end &- start < count { return -1 }
        if count == 0 { return start }
        switch width {
        case 0:
            if count == 1 {
                let found = memchr(text + start, Int32(data.load(as: UInt8.self)), end &- start)
                return found.map { UnsafeRawPointer($0) - UnsafeRawPointer(text) } ?? -1
            }
            return search(text.assumingMemoryBound(to: UInt8.self), start, end)
        case 1: return search(text.assumingMemoryBound(to: UInt16.self), start, end)
        default: return search(text.assumingMemoryBound(to: UInt32.self), start, end)
        }
    }
    /// Looks at 8 bytes of text at a time for places whose first and last code points fit; a text that has
    /// too many of those is searched in a way that is never worse than linear.
    @inline(__always)
    private func search<T: FixedWidthInteger & UnsignedInteger>(
        _ text: UnsafePointer<T>, _ start: Int, _ end: Int
    ) -> Int {
        let needle = UnsafePointer(data.assumingMemoryBound(to: T.self))
        let size = MemoryLayout<T>.size
        let ones = UInt64.max / UInt64(truncatingIfNeeded: T.max)
        let highs = ones &<< UInt64(size &* 8 &- 1)
        let first = UInt64(truncatingIfNeeded: needle[0]) &* ones
        let last = UInt64(truncatingIfNeeded: needle[count &- 1]) &* ones
        let lanes = 8 / size
        let final = end &- count  // the last place where it can be
        var effort = 0
        var i = start
        while i &+ lanes &- 1 <= final {
            let x = UnsafeRawPointer(text + i).loadUnaligned(as: UInt64.self) ^ first
            let y =
                UnsafeRawPointer(text + (i &+ count &- 1)).loadUnaligned(as: UInt64.self) ^ last
            let both = x | y
            var hits = (both &- ones) & ~both & highs
            while hits != 0 {
                let place = i &+ hits.trailingZeroBitCount / (size &* 8)
                if memcmp(text + place, needle, count &* size) == 0 { return place }
                hits &= hits &- 1
                effort &+= 16
            }
            i &+= lanes
            if effort > 4 &* (i &- start) &+ 4096 && count > 8 {
                return searchLinearly(text, needle, i, end)
            }
        }
        while i <= final {
            if text[i] == needle[0] && memcmp(text + i, needle, count &* size) == 0 { return i }
            i &+= 1
        }
        return -1
    }
    /// The search of Knuth, Morris and Pratt.
    @inline(never)
    private func searchLinearly<T: FixedWidthInteger>(
        _ text: UnsafePointer<T>, _ needle: UnsafePointer<T>, _ start: Int, _ end: Int
    ) -> Int {
        let borders = UnsafeMutablePointer<Int>.allocate(capacity: count &+ 1)
        defer { borders.deallocate() }
        borders[0] = -1
        var k = -1
        for i in 0..<count {
            while k >= 0 && needle[i] != needle[k] { k = borders[k] }
            k &+= 1
            borders[i &+ 1] = k
        }
        k = 0
        for i in start..<end {
            while k >= 0 && text[i] != needle[k] { k = borders[k] }
            k &+= 1
            if k == count { return i &+ 1 &- count }
        }
        return -1
    }
    /// The last occurrence, or -1.
    func last(_ text: UnsafeMutableRawPointer, _ start: Int, _ end: Int) -> Int {
        if isImpossible || end &- start < count { return -1 }
        if count == 0 { return end }
        let c = loadCodePoint(data, width, 0)
        let size = count &<< width
        var i = end &- count
        while i >= start {
            if loadCodePoint(text, width, i) == c && memcmp(text + i &<< width, data, size) == 0 {
                return i
            }
            i &-= 1
        }
        return -1
    }
    /// Occurrences that do not overlap, `most` at most.
    func occurrences(
        _ text: UnsafeMutableRawPointer, _ start: Int, _ end: Int, most: Int = .max
    ) -> Int {
        if isImpossible || end < start || most <= 0 { return 0 }
        if count == 0 { return min(end &- start, most &- 1) &+ 1 }
        var n = 0
        if count == 1 && most == .max {
            let c = loadCodePoint(data, width, 0)
            switch width {
            case 0:
                let p = text.assumingMemoryBound(to: UInt8.self)
                let b = UInt8(truncatingIfNeeded: c)
                for i in start..<end { n &+= p[i] == b ? 1 : 0 }
            case 1:
                let p = text.assumingMemoryBound(to: UInt16.self)
                let b = UInt16(truncatingIfNeeded: c)
                for i in start..<end { n &+= p[i] == b ? 1 : 0 }
            default:
                let p = text.assumingMemoryBound(to: UInt32.self)
                for i in start..<end { n &+= p[i] == c ? 1 : 0 }
            }
            return n
        }
        var i = first(text, start, end)
        while i >= 0 {
            n &+= 1
            if n == most { break }
            i = first(text, i &+ count, end)
        }
        return n
    }
    /// Is it at `i`?
    func matches(_ text: UnsafeMutableRawPointer, at i: Int) -> Bool {
        !isImpossible && memcmp(text + i &<< width, data, count &<< width) == 0
    }
}

extension StringView {
    func contains(_ c: UInt32) -> Bool {
        if width == 0 { return c < 256 && memchr(data, Int32(c), count) != nil }
        for i in 0..<count where self[i] == c { return true }
        return false
    }
    /// Does it contain `other`?
    func contains(_ other: StringView) -> Bool {
        Needle(other, in: self).first(data, 0, count) >= 0
    }
}

extension VM {
    /// Optional bounds of a search: as a slice would have them. `start` may be beyond the end.
    func range(
        _ start: Value, _ end: Value, in count: Int
    ) throws(Unwind) -> (start: Int, end: Int) {
        var from = 0
        var to = count
        if start != .unbound && start != .none { from = try searchIndex(start) }
        if end != .unbound && end != .none { to = try searchIndex(end) }
        if to > count {
            to = count
        } else if to < 0 {
            to = max(to < -count ? 0 : to &+ count, 0)
        }
        if from < 0 { from = max(from < -count ? 0 : from &+ count, 0) }
        return (from, to)
    }
    private func searchIndex(_ value: Value) throws(Unwind) -> Int {
        if value.isInt { return value.int }
        if !isInteger(value) && lookup(typeOf: value, name(.index)) == .unbound {
            throw raise(
                .typeError, "slice indices must be integers or None or have an __index__ method")
        }
        return try clampedIndex(value)
    }

    /// `text.replace(old, new, most)`
    func replace(
        _ text: StringView, _ old: StringView, _ new: StringView, most: Int
    ) throws(Unwind) -> Value {
        let needle = Needle(old, in: text)
        let n = text.count
        let found = needle.occurrences(text.data, 0, n, most: most < 0 ? .max : most)
        if found == 0 { return Value(text.object) }
        let grown = found.multipliedReportingOverflow(by: new.count &- old.count)
        if grown.overflow || grown.partialValue > 1 << 40 { throw outOfMemory() }
        let total = n &+ grown.partialValue
        if total == 0 { return shared.pointee.emptyString }
        let width = max(text.width, new.width)
        if old.width == text.width && text.width > 0 || !old.isASCII && !text.isASCII {
            // What is replaced may have been what made the text wide.
            var result = StringBuilder(capacity: total)
            var from = 0
            var i = old.count == 0 ? 0 : needle.first(text.data, 0, n)
            for _ in 0..<found {
                result.append(text, from..<i)
                result.append(new)
                from = i
                if old.count == 0 {
                    i &+= 1
                } else {
                    from = i &+ old.count
                    i = needle.first(text.data, from, n)
                }
            }
            result.append(text, from..<n)
            return try result.string(self)
        }
        let isASCII = text.isASCII && new.isASCII
        let result = try newString(count: total, width: width, isASCII: isASCII) {
            var p = $0
            var from = 0
            if old.count == 0 {
                for i in 0..<found {
                    copyCodePoints(new.data, new.width, p, width, new.count)
                    p += new.count &<< width
                    if i < n {
                        copyCodePoints(text.address(i), text.width, p, width, 1)
                        p += 1 &<< width
                        from = i &+ 1
                    }
                }
            } else if old.count == 1 && new.count == 1 && width == 0 && most < 0 {
                memcpy(p, text.data, n)
                let q = p.assumingMemoryBound(to: UInt8.self)
                let (a, b) = (old.bytes[0], new.bytes[0])
                for i in 0..<n where q[i] == a { q[i] = b }
                return
            } else {
                for _ in 0..<found {
                    let i = needle.first(text.data, from, n)
                    copyCodePoints(text.address(from), text.width, p, width, i &- from)
                    p += (i &- from) &<< width
                    copyCodePoints(new.data, new.width, p, width, new.count)
                    p += new.count &<< width
                    from = i &+ old.count
                }
            }
            copyCodePoints(text.address(from), text.width, p, width, n &- from)
        }
        return result
    }
}
