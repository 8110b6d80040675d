import InterpreterKit

/// `range` objects. Their three numbers are of any size.
extension VM {
    /// `step` is not zero.
    func newRange(_ start: Value, _ stop: Value, _ step: Value) -> Value {
        Value(q.new(Kind.range, start, stop, step))
    }
    /// How many numbers there are between inline ints.
    @inline(__always)
    static func rangeCount(_ start: Int, _ stop: Int, _ step: Int) -> Int {
        if step > 0 { return start < stop ? (stop &- start &- 1) / step &+ 1 : 0 }
        return stop < start ? (start &- stop &- 1) / (0 &- step) &+ 1 : 0
    }
    /// The three numbers if they are all inline.
    @inline(__always)
    private func words(_ range: Reference) -> (start: Int, stop: Int, step: Int)? {
        let (start, stop, step) = (
            self[range, RangeObject.start], self[range, RangeObject.stop],
            self[range, RangeObject.step]
        )
        if Value.bothInt(start, stop) && step.isInt { return (start.int, stop.int, step.int) }
        return nil
    }
    /// How many numbers it has: an int of any size.
    func count(ofRange range: Reference) throws(Unwind) -> Value {
        if let (start, stop, step) = words(range) {
            return try int(VM.rangeCount(start, stop, step))
        }
        var (low, high, step) = (
            self[range, RangeObject.start], self[range, RangeObject.stop],
            self[range, RangeObject.step]
        )
        if isNegative(int: step) {
            (low, high) = (high, low)
            step = try unary(.negative, step)
        }
        if !(try holds(.less, low, high)) { return Value(0) }
        let span = try binary(.subtract, try binary(.subtract, high, low), Value(1))
        return try binary(.add, try binary(.floorDivide, span, step), Value(1))
    }
    /// Number `i`, which it has.
    private func number(ofRange range: Reference, _ i: Value) throws(Unwind) -> Value {
        if let (start, _, step) = words(range), i.isInt { return Value(start &+ i.int &* step) }
        return try binary(
            .add, self[range, RangeObject.start],
            try binary(.multiply, i, self[range, RangeObject.step]))
    }

    // MARK: iteration

    func newRangeIterator(_ range: Reference) -> Value {
        if let (start, stop, step) = words(range) {
            return newIterator(
                .rangeIterator, Value(start), extra: Value(step),
                more: Value(VM.rangeCount(start, stop, step)))
        }
        return newIterator(.rangeIterator, Value(range))
    }
    @inline(__always) func nextNumber(_ iterator: Reference) throws(Unwind) -> Value {
        let start = self[iterator, Iterator.source]
        if start.isInt {
            let i = self[iterator, Iterator.position]
            if i >= self[iterator, Iterator.more].int { return .unbound }
            self[iterator, Iterator.position] = i &+ 1
            return Value(start.int &+ i &* self[iterator, Iterator.extra].int)
        }
        return try nextBigNumber(iterator, start.reference)
    }
    @inline(never)
    private func nextBigNumber(
        _ iterator: Reference, _ range: Reference
    ) throws(Unwind) -> Value {
        let i = Value(self[iterator, Iterator.position])
        if try holds(.greaterEqual, i, try count(ofRange: range)) { return .unbound }
        self[iterator, Iterator.position] = i.int &+ 1
        return try number(ofRange: range, i)
    }
    /// How many numbers are left to the iterator of a range that has a big one.
    func bigRemaining(_ iterator: Reference) throws(Unwind) -> Int? {
        guard iteratorType(iterator) == .rangeIterator else { return nil }
        let count = try count(ofRange: self[iterator, Iterator.source].reference)
        return try size(
            try binary(.subtract, count, Value(self[iterator, Iterator.position])))
    }
    /// The range that an iterator goes through.
    func range(ofIterator iterator: Reference) throws(Unwind) -> Value {
        let start = self[iterator, Iterator.source]
        if !start.isInt { return start }
        let step = self[iterator, Iterator.extra]
        let span = try binary(.multiply, self[iterator, Iterator.more], step)
        return newRange(start, try binary(.add, start, span), step)
    }
    private func reversed(_ range: Reference) throws(Unwind) -> Value {
        let count = try count(ofRange: range)
        let step = self[range, RangeObject.step]
        let last = try number(ofRange: range, try binary(.subtract, count, Value(1)))
        return newRange(
            last, try binary(.subtract, self[range, RangeObject.start], step),
            try unary(.negative, step))
    }

    // MARK: items

    private func item(ofRange range: Reference, _ key: Value) throws(Unwind) -> Value {
        if key.isA(Kind.slice) {
            let count = try count(ofRange: range)
            let (start, stop, step) = try indices(ofSlice: key.reference, count)
            return newRange(
                try number(ofRange: range, start), try number(ofRange: range, stop),
                try binary(.multiply, step, self[range, RangeObject.step]))
        }
        if !isInteger(key) && lookup(typeOf: key, name(.index)) == .unbound {
            throw raise(
                .typeError, "range indices must be integers or slices, not \(typeName(key))")
        }
        var i = try integer(key)
        let count = try count(ofRange: range)
        if isNegative(int: i) { i = try binary(.add, i, count) }
        let isBeyond = isNegative(int: i) ? true : try holds(.greaterEqual, i, count)
        if isBeyond {
            throw raise(.indexError, "range object index out of range")
        }
        return try number(ofRange: range, i)
    }
    /// The index of an int (of any size), or nil.
    private func index(inRange range: Reference, of value: Value) throws(Unwind) -> Value? {
        if let (start, stop, step) = words(range), value.isInt {
            let n = value.int
            if step > 0 ? n < start || n >= stop : n > start || n <= stop { return nil }
            let (i, rest) = (n &- start).quotientAndRemainder(dividingBy: step)
            return rest == 0 ? Value(i) : nil
        }
        let step = self[range, RangeObject.step]
        let distance = try binary(.subtract, value, self[range, RangeObject.start])
        if try binary(.modulo, distance, step) != Value(0) { return nil }
        let i = try binary(.floorDivide, distance, step)
        if isNegative(int: i) { return nil }
        return try holds(.less, i, try count(ofRange: range)) ? i : nil
    }
    private func same(_ a: Reference, _ b: Reference) throws(Unwind) -> Bool {
        if a == b { return true }
        let count = try count(ofRange: a)
        if !(try equal(count, try self.count(ofRange: b))) { return false }
        if count == Value(0) { return true }
        if !(try equal(self[a, RangeObject.start], self[b, RangeObject.start])) { return false }
        return count == Value(1)
            ? true : try equal(self[a, RangeObject.step], self[b, RangeObject.step])
    }

    // MARK: as the guest sees it

    private func range(_ value: Value) throws(Unwind) -> Reference {
        if value.isA(Kind.range) { return value.reference }
        throw wrongReceiver(value, "range")
    }

    func installRange() {
        build(.range) { type in
            type.new("(cls, start, stop=0, step=1, /)") { (vm, a) throws(Unwind) in
                let first = try vm.integer(a[1])
                if !a.has(2) { return vm.newRange(Value(0), first, Value(1)) }
                let stop = try vm.integer(a[2])
                let step = a.has(3) ? try vm.integer(a[3]) : Value(1)
                if step == Value(0) {
                    throw vm.raise(.valueError, "range() arg 3 must not be zero")
                }
                return vm.newRange(first, stop, step)
            }
            type.attribute(
                "start",
                get: { (vm, a) throws(Unwind) in vm[try vm.range(a[0]), RangeObject.start] })
            type.attribute(
                "stop", get: { (vm, a) throws(Unwind) in vm[try vm.range(a[0]), RangeObject.stop] })
            type.attribute(
                "step", get: { (vm, a) throws(Unwind) in vm[try vm.range(a[0]), RangeObject.step] })
            type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
                vm.newRangeIterator(try vm.range(a[0]))
            }
            type.method("__reversed__", "(self, /)") { (vm, a) throws(Unwind) in
                vm.newRangeIterator(try vm.reversed(try vm.range(a[0])).reference)
            }
            type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in
                let count = try vm.count(ofRange: try vm.range(a[0]))
                if vm.word(ofInt: count) == nil {
                    throw vm.raise(
                        .overflowError, "Python int too large to convert to C ssize_t")
                }
                return count
            }
            type.method("__bool__", "(self, /)") { (vm, a) throws(Unwind) in
                Value(try vm.count(ofRange: try vm.range(a[0])) != Value(0))
            }
            type.method("__getitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
                try vm.item(ofRange: try vm.range(a[0]), a[1])
            }
            type.method("__contains__", "(self, key, /)") { (vm, a) throws(Unwind) in
                let range = try vm.range(a[0])
                if let int = vm.plainInteger(a[1]) {
                    return Value(try vm.index(inRange: range, of: int) != nil)
                }
                return Value(try vm.position(of: a[1], in: a[0]) >= 0)
            }
            type.method("index", "(self, value, /)") { (vm, a) throws(Unwind) in
                let range = try vm.range(a[0])
                if let int = vm.plainInteger(a[1]) {
                    if let i = try vm.index(inRange: range, of: int) { return i }
                    throw vm.raise(
                        .valueError, "\(vm.text(try vm.repr(a[1]))) is not in range")
                }
                let i = try vm.position(of: a[1], in: a[0])
                if i >= 0 { return Value(i) }
                throw vm.raise(.valueError, "sequence.index(x): x not in sequence")
            }
            type.method("count", "(self, value, /)") { (vm, a) throws(Unwind) in
                let range = try vm.range(a[0])
                if let int = vm.plainInteger(a[1]) {
                    return try vm.index(inRange: range, of: int) == nil ? Value(0) : Value(1)
                }
                return Value(try vm.occurrences(of: a[1], in: a[0]))
            }
            for comparison in Comparison.allCases {
                type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                    let range = try vm.range(a[0])
                    guard comparison == .equal || comparison == .notEqual, a[1].isA(Kind.range)
                    else { return .notImplemented }
                    let same = try vm.same(range, a[1].reference)
                    return Value(same == (comparison == .equal))
                }
            }
            type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
                let range = try vm.range(a[0])
                let count = try vm.count(ofRange: range)
                let start = count == Value(0) ? Value.none : vm[range, RangeObject.start]
                let step =
                    count == Value(0) || count == Value(1)
                    ? Value.none : vm[range, RangeObject.step]
                return try vm.int(try vm.hash(try vm.tuple(count, start, step)))
            }
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                let range = try vm.range(a[0])
                return try vm.tuple(
                    Value(vm.type(.range)),
                    try vm.tuple(
                        vm[range, RangeObject.start], vm[range, RangeObject.stop],
                        vm[range, RangeObject.step]))
            }
        }
    }
}
