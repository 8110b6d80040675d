import Glibc
import InterpreterKit

/// Strings made of other strings.
extension VM {
    /// Code point `i` as a string.
    @inline(__always) func character(_ view: StringView, _ i: Int) throws(Unwind) -> Value {
        try character(view[i])
    }
    func character(_ c: UInt32) throws(Unwind) -> Value {
        if c < 256 { return shared.pointee.characters[Int(c)] }
        let width = StringView.width(of: c)
        return try newString(count: 1, width: width, isASCII: false) {
            storeCodePoint($0, width, 0, c)
        }
    }
    /// Code points `start ..< end`, which the string has.
    func substring(_ view: StringView, _ start: Int, _ end: Int) throws(Unwind) -> Value {
        let n = end &- start
        if n <= 0 { return shared.pointee.emptyString }
        let facts = view.facts
        if n == facts.count { return Value(view.object) }
        if n == 1 { return try character(view[start]) }
        if facts.isASCII {
            let from = view.data + start
            return try newString(count: n, width: 0, isASCII: true) { copyBytes(from, $0, n) }
        }
        let from = view.address(start)
        return try string(from, view.width, n)
    }
    /// A string of `n` code points in raw memory.
    func string(_ data: UnsafeMutableRawPointer, _ width: Int, _ n: Int) throws(Unwind) -> Value {
        if n <= 0 { return shared.pointee.emptyString }
        let all = orOfCodePoints(data, width, n)
        if n == 1 && all < 256 { return shared.pointee.characters[Int(all)] }
        let target = StringView.width(of: all)
        return try newString(count: n, width: target, isASCII: all < 128) {
            copyCodePoints(data, width, $0, target, n)
        }
    }
    /// `view[slice]`
    func slice(_ view: StringView, _ bounds: SliceBounds) throws(Unwind) -> Value {
        let (start, count) = bounds.selection(of: view.count)
        if bounds.step == 1 { return try substring(view, start, start &+ count) }
        var text = StringBuilder(capacity: count)
        var i = start
        for _ in 0..<count {
            text.append(view[i])
            i &+= bounds.step
        }
        return try text.string(self)
    }

    /// `a + b`
    func concatenate(_ a: Value, _ b: Value) throws(Unwind) -> Value {
        let (x, y) = (StringView(a), StringView(b))
        let (n, m) = (x.count, y.count)
        if n == 0 { return b }
        if m == 0 { return a }
        let width = max(x.width, y.width)
        if _slowPath(n >= GrowingText.least), m < n &>> 2, width == x.width,
            let longer = try GrowingText.append(y, to: x, self)
        {
            return longer
        }
        return try newString(count: n &+ m, width: width, isASCII: x.isASCII && y.isASCII) {
            copyCodePoints(x.data, x.width, $0, width, n)
            copyCodePoints(y.data, y.width, $0 + n &<< width, width, m)
        }
    }
    /// The concatenation of `count` strings from `base`, of f-strings above all.
    func joinStrings(_ base: Frame, _ count: Int) throws(Unwind) -> Value {
        if count == 1 { return base[0] }
        var total = 0
        var width = 0
        var isASCII = true
        for i in 0..<count {
            let facts = StringView(base[i]).facts
            total &+= facts.count
            width = max(width, facts.width)
            isASCII = isASCII && facts.isASCII
        }
        if total == 0 { return shared.pointee.emptyString }
        if total == 1 { return try text(at: base, count) }
        return try newString(count: total, width: width, isASCII: isASCII) {
            var p = $0
            for i in 0..<count {
                let view = StringView(base[i])
                let n = view.count
                if n == 0 { continue }
                if width == 0 {
                    copyBytes(view.data, p, n)
                } else {
                    copyCodePoints(view.data, view.width, p, width, n)
                }
                p += n &<< width
            }
        }
    }
    /// The one string among these that is not empty.
    private func text(at base: Frame, _ count: Int) throws(Unwind) -> Value {
        for i in 0..<count where StringView(base[i]).count > 0 { return base[i] }
        return shared.pointee.emptyString
    }
    /// `a * times`
    func repeated(_ a: Value, _ times: Int) throws(Unwind) -> Value {
        let view = StringView(a)
        let n = view.count
        if times <= 0 || n == 0 { return shared.pointee.emptyString }
        if times == 1 { return a }
        let total = n.multipliedReportingOverflow(by: times)
        if total.overflow || total.partialValue > 1 << 40 { throw outOfMemory() }
        let width = view.width
        return try newString(count: total.partialValue, width: width, isASCII: view.isASCII) {
            if n == 1 { return fillCodePoints($0, width, 0, view[0], times) }
            repeatBytes(view.data, n &<< width, $0, total.partialValue &<< width)
        }
    }

    /// `separator.join(iterable)`
    func join(_ separator: StringView, _ iterable: Value) throws(Unwind) -> Value {
        let items: Value
        if iterable.isList || iterable.isTuple {
            items = iterable
        } else {
            do throws(Unwind) {
                let list = try newList()
                try iterate(iterable) { (item) throws(Unwind) in
                    try append(list, item)
                    return true
                }
                items = Value(list)
            } catch {
                if lookup(typeOf: iterable, name(.iter)) == .unbound,
                    lookup(typeOf: iterable, name(.getitem)) == .unbound
                {
                    throw raise(.typeError, "can only join an iterable")
                }
                throw error
            }
        }
        let count =
            items.isList ? self[items.reference, List.count] : q.tupleCount(items.reference)
        if count == 0 { return shared.pointee.emptyString }
        let array = items.isList ? self[items.reference, List.items] : .none
        return try withUnsafeTemporaryAllocation(of: Value.self, capacity: 64) {
            (some) throws(Unwind) in
            try join(separator, items.reference, array, count, some.baseAddress.unsafelyUnwrapped)
        }
    }
    /// The same for `count` items of a tuple, or those in the array of a list. `some` has room for 64.
    private func join(
        _ separator: StringView, _ items: Reference, _ array: Value, _ count: Int,
        _ some: UnsafeMutablePointer<Value>
    ) throws(Unwind) -> Value {
        let gap = separator.count
        var total = gap.multipliedReportingOverflow(by: count - 1)
        var width = count > 1 ? separator.width : 0
        var isASCII = count == 1 || separator.isASCII
        // Nothing runs between the two passes that could change a list.
        var i = 0
        while i < count {
            let n = copy(items, array, i, count, to: some)
            for k in 0..<n {
                let item = some[k]
                guard let string = item.isString ? item : asString(item) else {
                    throw raise(
                        .typeError,
                        "sequence item \(i + k): expected str instance, \(typeName(item)) found")
                }
                if count == 1 && item.isString { return item }
                let facts = StringView(string).facts
                total.partialValue &+= facts.count
                width = max(width, facts.width)
                isASCII = isASCII && facts.isASCII
            }
            i &+= n
        }
        if total.overflow { throw outOfMemory() }
        if total.partialValue == 0 { return shared.pointee.emptyString }
        return try newString(count: total.partialValue, width: width, isASCII: isASCII) {
            var p = $0
            var i = 0
            while i < count {
                let n = copy(items, array, i, count, to: some)
                p = put(some, n, at: p, width, separator, isFirst: i == 0)
                i &+= n
            }
        }
    }
    /// Copies items from `i` on, a multiple of 64, up to so many; their number.
    private func copy(
        _ items: Reference, _ array: Value, _ i: Int, _ count: Int,
        to some: UnsafeMutablePointer<Value>
    ) -> Int {
        let n = min(count &- i, 64)
        if array == .none {
            for k in 0..<n { some[k] = q.tupleElement(items, i &+ k) }
        } else {
            q.copy(array.reference, i, count: n, to: some)
        }
        return n
    }
    /// Writes strings with the separator before each of them, but not before the first one of all; where they end.
    private func put(
        _ strings: UnsafeMutablePointer<Value>, _ count: Int, at start: UnsafeMutableRawPointer,
        _ width: Int, _ separator: StringView, isFirst: Bool
    ) -> UnsafeMutableRawPointer {
        var p = start
        let (between, betweenWidth, all) = (separator.data, separator.width, separator.count)
        var gap = isFirst ? 0 : all
        for k in 0..<count {
            let item = strings[k]
            let view = StringView(item.isString ? item : asString(item) ?? item)
            let facts = view.facts
            if width > 0 {
                copyCodePoints(between, betweenWidth, p, width, gap)
                copyCodePoints(view.data, facts.width, p + gap &<< width, width, facts.count)
            } else {
                if gap > 0 { copyBytes(between, p, gap) }
                if facts.count > 0 { copyBytes(view.data, p + gap, facts.count) }
            }
            p += (gap &+ facts.count) &<< width
            gap = all
        }
        return p
    }
}

/// Fills `to` with copies of `n` bytes, the last of them possibly cut.
func repeatBytes(_ from: UnsafeRawPointer, _ n: Int, _ to: UnsafeMutableRawPointer, _ total: Int) {
    memcpy(to, from, n)
    var done = n
    while done < total {
        let piece = min(done, total &- done)
        memcpy(to + done, to, piece)
        done &+= piece
    }
}
