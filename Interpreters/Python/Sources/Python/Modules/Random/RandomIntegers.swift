import InterpreterKit

extension ModuleBuilder {
    func addIntegers(_ type: TypeBuilder) {
        type.method("randrange", "(self, start, stop=None, step=1)") { (vm, a) throws(Unwind) in
            try vm.randomInRange(
                a[0], a[1], a.value(2, or: .none), a.value(3, or: .unbound))
        }
        type.method("randint", "(self, a, b)") { (vm, a) throws(Unwind) in
            let end = try vm.binary(.add, a[2], Value(1))
            return try vm.randomInRange(a[0], a[1], end, .unbound)
        }
        type.method("_randbelow", "(self, n)") { (vm, a) throws(Unwind) in
            let n = try vm.integer(a[1])
            if vm.sign(ofInt: n) <= 0 { return Value(0) }
            return try RandomSource(vm, a[0]).below(n)
        }
    }
}

extension VM {
    /// Ints, and floats that are whole.
    private func wholeNumber(_ value: Value, _ what: StaticString) throws(Unwind) -> Value {
        if value.isInt { return value }
        if asInt(value) != nil || lookup(typeOf: value, name(.index)) != .unbound {
            return try integer(value)
        }
        let int = try newInt(value)
        if try equal(int, value) { return int }
        throw raise(.valueError, "non-integer \(what) for randrange()")
    }

    fileprivate func randomInRange(
        _ object: Value, _ start: Value, _ stop: Value, _ step: Value
    ) throws(Unwind) -> Value {
        let first = try wholeNumber(start, "arg 1")
        let source = try RandomSource(self, object)
        if stop == .none {
            if step != .unbound { throw raise(.typeError, "Missing a non-None stop argument") }
            if sign(ofInt: first) > 0 { return try source.below(first) }
            throw raise(.valueError, "empty range for randrange()")
        }
        let end = try wholeNumber(stop, "stop")
        let width = try subtract(ints: end, first)
        let stride = step == .unbound ? Value(1) : try wholeNumber(step, "step")
        if stride == Value(1) {
            if sign(ofInt: width) > 0 {
                return try binary(.add, first, try source.below(width))
            }
            throw raise(
                .valueError,
                "empty range for randrange() (\(text(try repr(first))), \(text(try repr(end))), \(text(try repr(width))))"
            )
        }
        if stride == Value(0) { throw raise(.valueError, "zero step for randrange()") }
        let one = Value(isNegative(int: stride) ? 1 : -1)
        let above = try add(ints: try add(ints: width, stride), one)
        let count = try divide(ints: above, stride).quotient
        if sign(ofInt: count) <= 0 { throw raise(.valueError, "empty range for randrange()") }
        return try binary(
            .add, first, try binary(.multiply, stride, try source.below(count)))
    }
}
