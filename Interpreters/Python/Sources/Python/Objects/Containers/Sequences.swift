import InterpreterKit

/// What lists, tuples and other sequences have in common.
extension VM {
    /// Equality of two items: identical ones are equal without being asked.
    @inline(__always) func same(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
        if a == b { return true }
        if Value.bothInt(a, b) { return false }
        return try sameSlowly(a, b)
    }
    @inline(never) private func sameSlowly(_ a: Value, _ b: Value) throws(Unwind) -> Bool {
        if a.isReference && b.isReference {
            let kind = a.reference.kind
            if kind == b.reference.kind {
                switch kind {
                case Kind.string.kind: return StringView.equal(StringView(a), StringView(b))
                case Kind.list.kind, Shape.tuple.kind:
                    return try compareSequences(.equal, a, b) == .true
                default: break
                }
            }
        }
        return try equal(a, b)
    }

    /// Number of items of a list or tuple.
    @inline(__always) func itemCount(_ sequence: Value) -> Int {
        sequence.isTuple
            ? q.tupleCount(sequence.reference) : self[sequence.reference, List.count]
    }
    /// Item `i` of a list or tuple, which must have one.
    @inline(__always) func item(_ sequence: Value, _ i: Int) -> Value {
        sequence.isTuple
            ? q.tupleElement(sequence.reference, i) : item(ofList: sequence.reference, i)
    }

    /// Compares two lists or two tuples, item by item. Comparisons of items may change the lists.
    func compareSequences(
        _ comparison: Comparison, _ a: Value, _ b: Value
    ) throws(Unwind) -> Value {
        let isEquality = comparison == .equal || comparison == .notEqual
        if isEquality && itemCount(a) != itemCount(b) { return Value(comparison == .notEqual) }
        try descend()
        defer { leaveNative() }
        var i = 0
        while true {
            let (m, n) = (itemCount(a), itemCount(b))
            if i >= m || i >= n {
                return Value(comparison.holds(m < n ? -1 : m == n ? 0 : 1))
            }
            let (x, y) = (item(a, i), item(b, i))
            if !(try same(x, y)) {
                // The first difference decides.
                if isEquality { return Value(comparison == .notEqual) }
                return try compare(comparison, x, y)
            }
            i &+= 1
        }
    }

    /// The index of the first item equal to `value` when going through any iterable, or -1.
    func position(of value: Value, in iterable: Value) throws(Unwind) -> Int {
        var i = 0
        var found = false
        try iterate(iterable) { (item) throws(Unwind) in
            if try same(item, value) {
                found = true
                return false
            }
            i &+= 1
            return true
        }
        return found ? i : -1
    }
    /// How many items are equal to `value`.
    func occurrences(of value: Value, in iterable: Value) throws(Unwind) -> Int {
        var n = 0
        try iterate(iterable) { (item) throws(Unwind) in
            if try same(item, value) { n &+= 1 }
            return true
        }
        return n
    }
    /// `start` and `stop` of `index`: None-less, negative ones count from the end.
    func searchBounds(
        _ start: Value, _ stop: Value, _ count: Int
    ) throws(Unwind) -> (start: Int, stop: Int) {
        func bound(_ value: Value, _ standard: Int) throws(Unwind) -> Int {
            if value == .unbound { return standard }
            if !value.isInt && !isInteger(value)
                && lookup(typeOf: value, name(.index)) == .unbound
            {
                throw raise(
                    .typeError, "slice indices must be integers or have an __index__ method")
            }
            let i = try clampedIndex(value)
            return i < 0 ? max(0, i < -count ? 0 : i &+ count) : i
        }
        return (try bound(start, 0), try bound(stop, .max))
    }

    /// The factor of a repetition; negative ones count as zero.
    func repetitions(_ value: Value) throws(Unwind) -> Int {
        max(0, try index(value))
    }

    /// An index of a list or tuple: counts from the end when negative, not checked.
    @inline(__always)
    func sequenceIndex(
        _ key: Value, _ noun: StaticString
    ) throws(Unwind) -> Int {
        if key.isInt { return key.int }
        if !isInteger(key) && lookup(typeOf: key, name(.index)) == .unbound {
            throw raise(
                .typeError, "\(noun) indices must be integers or slices, not \(typeName(key))")
        }
        return try index(key, overflow: .indexError)
    }
}
