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
        if n == view.count { return Value(view.object) }
        if n == 1 { return try character(view[start]) }
        let from = view.address(start)
        if view.isASCII {
            return try newString(count: n, width: 0, isASCII: true) {
                $0.copyMemory(from: from, byteCount: n)
            }
        }
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
            let view = StringView(base[i])
            total &+= view.count
            width = max(width, view.width)
            isASCII = isASCII && view.isASCII
        }
        if total == 0 { return shared.pointee.emptyString }
        if total == 1 { return try text(at: base, count) }
        return try newString(count: total, width: width, isASCII: isASCII) {
            var p = $0
            for i in 0..<count {
                let view = StringView(base[i])
                copyCodePoints(view.data, view.width, p, width, view.count)
                p += view.count &<< width
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
        let gap = separator.count
        var total = gap.multipliedReportingOverflow(by: count - 1)
        var width = count > 1 ? separator.width : 0
        var isASCII = count == 1 || separator.isASCII
        // Nothing runs between the two passes that could change a list.
        for i in 0..<count {
            let item =
                array == .none ? q.tupleElement(items.reference, i) : self[array.reference, i]
            guard let string = item.isString ? item : asString(item) else {
                throw raise(
                    .typeError,
                    "sequence item \(i): expected str instance, \(typeName(item)) found")
            }
            let view = StringView(string)
            if count == 1 && item.isString { return item }
            total.partialValue &+= view.count
            width = max(width, view.width)
            isASCII = isASCII && view.isASCII
        }
        if total.overflow { throw outOfMemory() }
        if total.partialValue == 0 { return shared.pointee.emptyString }
        return try newString(count: total.partialValue, width: width, isASCII: isASCII) {
            var p = $0
            for i in 0..<count {
                let item =
                    array == .none ? q.tupleElement(items.reference, i) : self[array.reference, i]
                let view = StringView(item.isString ? item : asString(item) ?? item)
                if i > 0 && gap > 0 {
                    if gap == 1 && width == 0 {
                        p.storeBytes(of: separator.bytes[0], as: UInt8.self)
                    } else {
                        copyCodePoints(separator.data, separator.width, p, width, gap)
                    }
                    p += gap &<< width
                }
                let n = view.count
                if width == 0 {
                    if n > 0 { copyBytes(view.data, p, n) }
                } else {
                    copyCodePoints(view.data, view.width, p, width, n)
                }
                p += n &<< width
            }
        }
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
