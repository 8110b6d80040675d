import InterpreterKit

/// The binary operators, in the order of their opcodes from ``Opcode/add``, and `divmod`.
@usableFromInline enum Operation: UInt8, CaseIterable {
    case add, subtract, multiply, trueDivide, floorDivide, modulo, power, matrixMultiply
    case shiftLeft, shiftRight, and, or, xor
    case divmod

    /// As in messages.
    var symbol: StaticString {
        switch self {
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .trueDivide: "/"
        case .floorDivide: "//"
        case .modulo: "%"
        case .power: "** or pow()"
        case .matrixMultiply: "@"
        case .shiftLeft: "<<"
        case .shiftRight: ">>"
        case .and: "&"
        case .or: "|"
        case .xor: "^"
        case .divmod: "divmod()"
        }
    }
    var inPlaceSymbol: String { self == .power ? "**=" : "\(symbol)=" }

    /// `__add__`
    var name: Name {
        switch self {
        case .add: .add
        case .subtract: .sub
        case .multiply: .mul
        case .trueDivide: .truediv
        case .floorDivide: .floordiv
        case .modulo: .mod
        case .power: .pow
        case .matrixMultiply: .matmul
        case .shiftLeft: .lshift
        case .shiftRight: .rshift
        case .and: .and
        case .or: .or
        case .xor: .xor
        case .divmod: .divmod
        }
    }
    /// `__radd__`
    var reflectedName: Name {
        switch self {
        case .add: .radd
        case .subtract: .rsub
        case .multiply: .rmul
        case .trueDivide: .rtruediv
        case .floorDivide: .rfloordiv
        case .modulo: .rmod
        case .power: .rpow
        case .matrixMultiply: .rmatmul
        case .shiftLeft: .rlshift
        case .shiftRight: .rrshift
        case .and: .rand
        case .or: .ror
        case .xor: .rxor
        case .divmod: .rdivmod
        }
    }
    /// `__iadd__`
    var inPlaceName: Name {
        switch self {
        case .add: .iadd
        case .subtract: .isub
        case .multiply: .imul
        case .trueDivide: .itruediv
        case .floorDivide: .ifloordiv
        case .modulo: .imod
        case .power: .ipow
        case .matrixMultiply: .imatmul
        case .shiftLeft: .ilshift
        case .shiftRight: .irshift
        case .and: .iand
        case .or: .ior
        case .xor: .ixor
        case .divmod: .divmod
        }
    }
}

/// The operators of one operand.
@usableFromInline enum UnaryOperation: UInt8, CaseIterable {
    case negative, positive, invert

    var symbol: StaticString {
        switch self {
        case .negative: "-"
        case .positive: "+"
        case .invert: "~"
        }
    }
    var name: Name {
        switch self {
        case .negative: .neg
        case .positive: .pos
        case .invert: .invert
        }
    }
}

/// The comparisons that have methods, in the order of their opcodes from ``Opcode/less``.
@usableFromInline enum Comparison: UInt8, CaseIterable {
    case less, lessEqual, equal, notEqual, greater, greaterEqual

    var symbol: StaticString {
        switch self {
        case .less: "<"
        case .lessEqual: "<="
        case .equal: "=="
        case .notEqual: "!="
        case .greater: ">"
        case .greaterEqual: ">="
        }
    }
    var name: Name {
        switch self {
        case .less: .lt
        case .lessEqual: .le
        case .equal: .eq
        case .notEqual: .ne
        case .greater: .gt
        case .greaterEqual: .ge
        }
    }
    /// The same question with the operands exchanged.
    @usableFromInline var reflected: Comparison {
        switch self {
        case .less: .greater
        case .lessEqual: .greaterEqual
        case .greater: .less
        case .greaterEqual: .lessEqual
        case .equal, .notEqual: self
        }
    }
    /// The answer for two things of which it is known how they are ordered: -1, 0, 1.
    @inlinable @inline(__always) func holds(_ order: Int) -> Bool {
        switch self {
        case .less: order < 0
        case .lessEqual: order <= 0
        case .equal: order == 0
        case .notEqual: order != 0
        case .greater: order > 0
        case .greaterEqual: order >= 0
        }
    }
    /// The answer for two doubles; NaN is not equal to, less or greater than anything.
    @inlinable @inline(__always) func holds(_ a: Double, _ b: Double) -> Bool {
        switch self {
        case .less: a < b
        case .lessEqual: a <= b
        case .equal: a == b
        case .notEqual: a != b
        case .greater: a > b
        case .greaterEqual: a >= b
        }
    }
}
