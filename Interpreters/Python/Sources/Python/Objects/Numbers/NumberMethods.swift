import InterpreterKit

/// The special methods that number types have in common: operators and comparisons.
enum NumberMethods {
    static var binary: [(Operation, StaticString, StaticString)] {
        [
            (.add, "__add__", "__radd__"), (.subtract, "__sub__", "__rsub__"),
            (.multiply, "__mul__", "__rmul__"), (.trueDivide, "__truediv__", "__rtruediv__"),
        ]
    }
    static var division: [(Operation, StaticString, StaticString)] {
        [
            (.floorDivide, "__floordiv__", "__rfloordiv__"), (.modulo, "__mod__", "__rmod__"),
            (.divmod, "__divmod__", "__rdivmod__"),
        ]
    }
    static var bits: [(Operation, StaticString, StaticString)] {
        [
            (.shiftLeft, "__lshift__", "__rlshift__"), (.shiftRight, "__rshift__", "__rrshift__"),
        ]
    }
    static var logic: [(Operation, StaticString, StaticString)] {
        [
            (.and, "__and__", "__rand__"), (.or, "__or__", "__ror__"),
            (.xor, "__xor__", "__rxor__"),
        ]
    }
    static var comparisons: [(Comparison, StaticString)] {
        [
            (.less, "__lt__"), (.lessEqual, "__le__"), (.equal, "__eq__"), (.notEqual, "__ne__"),
            (.greater, "__gt__"), (.greaterEqual, "__ge__"),
        ]
    }
}

extension TypeBuilder {
    /// Both directions of binary operators, by a function on the operands in their order.
    func operators(
        _ list: [(Operation, StaticString, StaticString)],
        _ body: @escaping (VM, Operation, Value, Value) throws(Unwind) -> Value
    ) {
        for (operation, name, reflected) in list {
            method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                try body(vm, operation, a[0], a[1])
            }
            method(reflected, "(self, value, /)") { (vm, a) throws(Unwind) in
                try body(vm, operation, a[1], a[0])
            }
        }
    }
    /// `__pow__` and `__rpow__`; the modulus is None when there is none.
    func power(_ body: @escaping (VM, Value, Value, Value) throws(Unwind) -> Value) {
        method("__pow__", "(self, value, mod=None, /)") { (vm, a) throws(Unwind) in
            try body(vm, a[0], a[1], a.value(2, or: .none))
        }
        method("__rpow__", "(self, value, mod=None, /)") { (vm, a) throws(Unwind) in
            try body(vm, a[1], a[0], a.value(2, or: .none))
        }
    }
}

extension VM {
    /// The numbers of built-in types that values are, for methods that are called with any argument.
    func integerOperands(_ a: Value, _ b: Value) -> (Value, Value)? {
        guard let x = asInt(a), let y = asInt(b) else { return nil }
        return (x, y)
    }
    /// One is a float, the other a float or an int.
    func floatOperands(_ a: Value, _ b: Value) throws(Unwind) -> (Double, Double)? {
        guard let x = try floatOperand(a), let y = try floatOperand(b) else { return nil }
        return (x, y)
    }
    private func floatOperand(_ a: Value) throws(Unwind) -> Double? {
        if let x = floatContent(a) { return x }
        guard let int = asInt(a) else { return nil }
        return try double(ofInt: int)
    }
}
