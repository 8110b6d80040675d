import InterpreterKit

/// `slice` objects and what they select.
///
/// A slice is taken in two steps: ``VM/bounds(ofSlice:)`` may run guest code (`__index__`), then
/// ``SliceBounds/selection(of:)`` fits the bounds to the length the sequence has by then.
struct SliceBounds {
    var start: Int
    var stop: Int
    var step: Int

    /// The first index, and how many there are.
    @inline(__always) func selection(of count: Int) -> (start: Int, count: Int) {
        let (start, stop) = fitted(to: count)
        if step > 0 {
            return (start, start < stop ? (stop &- start &- 1) / step &+ 1 : 0)
        }
        return (start, stop < start ? (start &- stop &- 1) / (0 &- step) &+ 1 : 0)
    }
    func fitted(to count: Int) -> (start: Int, stop: Int) {
        (fit(start, count), fit(stop, count))
    }
    @inline(__always) private func fit(_ i: Int, _ count: Int) -> Int {
        let low = step < 0 ? -1 : 0
        if i < 0 {
            let j = i &+ count
            return i < -count || j < 0 ? low : j
        }
        return i >= count ? (step < 0 ? count &- 1 : count) : i
    }
}

extension VM {
    func newSlice(_ start: Value, _ stop: Value, _ step: Value) -> Value {
        Value(q.new(Kind.slice, start, stop, step))
    }

    /// The bounds as machine words; what is too large becomes the largest.
    @inline(__always)
    func bounds(ofSlice slice: Reference) throws(Unwind) -> SliceBounds {
        let (start, stop, step) = (
            self[slice, Slice.start], self[slice, Slice.stop], self[slice, Slice.step]
        )
        if step == .none || step.isInt && step.int != 0,
            start == .none || start.isInt, stop == .none || stop.isInt
        {
            let step = step == .none ? 1 : step.int
            return SliceBounds(
                start: start.isInt ? start.int : step < 0 ? Int.max : 0,
                stop: stop.isInt ? stop.int : step < 0 ? Int.min : Int.max, step: step)
        }
        return try boundsSlowly(ofSlice: slice)
    }
    @inline(never)
    private func boundsSlowly(ofSlice slice: Reference) throws(Unwind) -> SliceBounds {
        let stepValue = self[slice, Slice.step]
        var step = 1
        if stepValue != .none {
            step = try sliceIndex(stepValue)
            if step == 0 { throw raise(.valueError, "slice step cannot be zero") }
            step = max(step, -Int.max)
        }
        let startValue = self[slice, Slice.start]
        let start =
            startValue == .none ? (step < 0 ? Int.max : 0) : try sliceIndex(startValue)
        let stopValue = self[slice, Slice.stop]
        let stop =
            stopValue == .none ? (step < 0 ? Int.min : Int.max) : try sliceIndex(stopValue)
        return SliceBounds(start: start, stop: stop, step: step)
    }
    @inline(__always) private func sliceIndex(_ value: Value) throws(Unwind) -> Int {
        if value.isInt { return value.int }
        try checkSliceIndex(value)
        return try clampedIndex(value)
    }
    private func checkSliceIndex(_ value: Value) throws(Unwind) {
        if isInteger(value) || lookup(typeOf: value, name(.index)) != .unbound { return }
        throw raise(
            .typeError, "slice indices must be integers or None or have an __index__ method")
    }

    /// The bounds for a sequence of `count` items, which may be a big int, as `slice.indices` gives them.
    func indices(
        ofSlice slice: Reference, _ count: Value
    ) throws(Unwind) -> (start: Value, stop: Value, step: Value) {
        var step = self[slice, Slice.step]
        if step == .none {
            step = Value(1)
        } else {
            try checkSliceIndex(step)
            step = try integer(step)
            if step == Value(0) { throw raise(.valueError, "slice step cannot be zero") }
        }
        let isDown = isNegative(int: step)
        let low = isDown ? Value(-1) : Value(0)
        let high = isDown ? try binary(.subtract, count, Value(1)) : count
        let start = try fit(
            self[slice, Slice.start], count, low, high, standard: isDown ? high : low)
        let stop = try fit(
            self[slice, Slice.stop], count, low, high, standard: isDown ? low : high)
        return (start, stop, step)
    }
    private func fit(
        _ value: Value, _ count: Value, _ low: Value, _ high: Value, standard: Value
    ) throws(Unwind) -> Value {
        if value == .none { return standard }
        try checkSliceIndex(value)
        var i = try integer(value)
        if isNegative(int: i) {
            i = try binary(.add, i, count)
            return try holds(.less, i, low) ? low : i
        }
        return try holds(.greater, i, high) ? high : i
    }

    func installSlice() {
        build(.slice) { type in
            type.new("(cls, start, stop=None, step=None, /)") { (vm, a) throws(Unwind) in
                if !a.has(2) { return vm.newSlice(.none, a[1], .none) }
                return vm.newSlice(a[1], a[2], a.value(3, or: .none))
            }
            type.attribute(
                "start", get: { (vm, a) throws(Unwind) in vm[try vm.slice(a[0]), Slice.start] })
            type.attribute(
                "stop", get: { (vm, a) throws(Unwind) in vm[try vm.slice(a[0]), Slice.stop] })
            type.attribute(
                "step", get: { (vm, a) throws(Unwind) in vm[try vm.slice(a[0]), Slice.step] })
            type.method("indices", "(self, length, /)") { (vm, a) throws(Unwind) in
                let slice = try vm.slice(a[0])
                let count = try vm.integer(a[1])
                if vm.isNegative(int: count) {
                    throw vm.raise(.valueError, "length should not be negative")
                }
                let (start, stop, step) = try vm.indices(ofSlice: slice, count)
                return try vm.tuple(start, stop, step)
            }
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.tuple(Value(vm.type(.slice)), try vm.parts(ofSlice: try vm.slice(a[0])))
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in try vm.repr(a[0]) }
            for comparison in Comparison.allCases {
                type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                    guard a[1].isA(Kind.slice) else { return .notImplemented }
                    let (x, y) = (
                        try vm.parts(ofSlice: try vm.slice(a[0])),
                        try vm.parts(ofSlice: a[1].reference)
                    )
                    return try vm.compareSequences(comparison, x, y)
                }
            }
            type.constant("__hash__", .none)
        }
    }
    private func slice(_ value: Value) throws(Unwind) -> Reference {
        if value.isA(Kind.slice) { return value.reference }
        throw wrongReceiver(value, "slice")
    }
    private func parts(ofSlice slice: Reference) throws(Unwind) -> Value {
        try tuple(self[slice, Slice.start], self[slice, Slice.stop], self[slice, Slice.step])
    }
    /// A built-in method was called with something that is not an instance of its type.
    func wrongReceiver(_ value: Value, _ type: StaticString) -> Unwind {
        raise(
            .typeError,
            "descriptor requires a '\(type)' object but received a '\(typeName(value))'")
    }
    /// `__lt__` and the like, as registered.
    func methodName(_ comparison: Comparison) -> StaticString {
        switch comparison {
        case .less: "__lt__"
        case .lessEqual: "__le__"
        case .equal: "__eq__"
        case .notEqual: "__ne__"
        case .greater: "__gt__"
        case .greaterEqual: "__ge__"
        }
    }
}
