import PythonSyntax

/// Constant expressions are computed when they are compiled, unless they fail or their value is
/// large: the limits are CPython's.
extension Expression {
    var folded: Constant? {
        switch kind {
        case .constant(let value, _): Constant(value)
        case .name("__debug__", .load): .true
        case .tuple(let elements, .load): Compiler.folded(elements).map { .tuple($0) }
        case .unaryOp(let op, let operand): operand.folded.flatMap { Folding.apply(op, $0) }
        case .binOp(let left, let op, let right):
            // The right one first: it is a leaf in long chains.
            if let right = right.folded, let left = left.folded {
                Folding.apply(op, left, right)
            } else {
                nil
            }
        case .subscript(let object, let index, .load):
            if case .int(let index) = index.folded, let object = object.folded {
                Folding.item(object, index)
            } else {
                nil
            }
        default: nil
        }
    }
}

extension Compiler {
    /// The values if all are constant.
    static func folded(_ elements: [Expression]) -> [Constant]? {
        var constants: [Constant] = []
        for element in elements {
            guard let constant = element.folded else { return nil }
            constants.append(constant)
        }
        return constants
    }
}

private enum Folding {
    static let longestText = 4096
    static let longestTuple = 256
    /// Integers that are literals too.
    static let integers = -(1 << 61) + 1..<1 << 61

    static func apply(_ op: UnaryOperator, _ value: Constant) -> Constant? {
        switch (op, value) {
        case (.not, _): Constant(!value.truth)
        case (.uSub, .int(let value)): .int(-value)
        case (.uSub, .float(let value)): .float(-value)
        case (.uSub, .true): .int(-1)
        case (.uSub, .false): .int(0)
        case (.uAdd, .int), (.uAdd, .float), (.uAdd, .bigInt): value
        case (.invert, .int(let value)): .int(~value)
        default: nil
        }
    }

    static func apply(_ op: BinaryOperator, _ left: Constant, _ right: Constant) -> Constant? {
        switch (left, right) {
        case (.int(let a), .int(let b)):
            op == .div ? quotient(a, b) : integer(op, a, b).map { .int($0) }
        case (.float(let a), .float(let b)): float(op, a, b)
        case (.float(let a), .int(let b)): exact(b).flatMap { float(op, a, $0) }
        case (.int(let a), .float(let b)): exact(a).flatMap { float(op, $0, b) }
        case (.text(let a), .text(let b)) where op == .add: text(a.bytes, b.bytes)
        case (.bytes(let a), .bytes(let b)) where op == .add: .bytes(a + b)
        case (.tuple(let a), .tuple(let b)) where op == .add: .tuple(a + b)
        case (.text(let a), .int(let n)), (.int(let n), .text(let a)):
            op == .mult
                && !a.bytes.contains(0xED)
                ? repeated(a.bytes, n, longestText).map { .text(Text(bytes: $0)) } : nil
        case (.bytes(let a), .int(let n)), (.int(let n), .bytes(let a)):
            op == .mult ? repeated(a, n, longestText).map { .bytes($0) } : nil
        case (.tuple(let a), .int(let n)), (.int(let n), .tuple(let a)):
            op == .mult ? repeated(a, n, longestTuple).map { .tuple($0) } : nil
        default: nil
        }
    }

    private static func integer(_ op: BinaryOperator, _ a: Int, _ b: Int) -> Int? {
        let result: (partialValue: Int, overflow: Bool)
        switch op {
        case .add: result = a.addingReportingOverflow(b)
        case .sub: result = a.subtractingReportingOverflow(b)
        case .mult: result = a.multipliedReportingOverflow(by: b)
        case .floorDiv, .mod:
            if b == 0 { return nil }
            let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
            let isBelow = remainder != 0 && (remainder < 0) != (b < 0)
            result = (
                op == .mod ? (isBelow ? remainder + b : remainder) : quotient - (isBelow ? 1 : 0),
                false
            )
        case .pow:
            return power(a, b)
        case .lShift:
            if b < 0 || b > 61 { return nil }
            result = a.multipliedReportingOverflow(by: 1 << b)
        case .rShift:
            if b < 0 { return nil }
            result = (a >> min(b, 63), false)
        case .bitOr: result = (a | b, false)
        case .bitXor: result = (a ^ b, false)
        case .bitAnd: result = (a & b, false)
        case .div, .matMult: return nil
        }
        return result.overflow || !integers.contains(result.partialValue)
            ? nil : result.partialValue
    }

    private static func power(_ base: Int, _ exponent: Int) -> Int? {
        if exponent < 0 { return nil }
        if base == 0 || base == 1 || exponent == 0 { return exponent == 0 ? 1 : base }
        if base == -1 { return exponent % 2 == 0 ? 1 : -1 }
        var result = 1
        for _ in 0..<min(exponent, 64) {
            let (product, overflow) = result.multipliedReportingOverflow(by: base)
            if overflow || !integers.contains(product) { return nil }
            result = product
        }
        return result
    }

    static func item(_ object: Constant, _ index: Int) -> Constant? {
        func item<Items: RandomAccessCollection>(of items: Items) -> Items.Element?
        where Items.Index == Int {
            let i = index < 0 ? index + items.count : index
            return items.indices.contains(i) ? items[i] : nil
        }
        switch object {
        case .tuple(let items): return item(of: items)
        case .bytes(let bytes): return item(of: bytes).map { .int(Int($0)) }
        case .text(let text) where text.bytes.allSatisfy { $0 < 0x80 }:
            return item(of: text.bytes).map { .text(Text(bytes: [$0])) }
        default: return nil
        }
    }

    /// The integer as a double, if it is one.
    private static func exact(_ value: Int) -> Double? {
        abs(value) <= 1 << 53 ? Double(value) : nil
    }
    private static func quotient(_ a: Int, _ b: Int) -> Constant? {
        guard let a = exact(a), let b = exact(b), b != 0 else { return nil }
        return .float(a / b)
    }
    private static func float(_ op: BinaryOperator, _ a: Double, _ b: Double) -> Constant? {
        switch op {
        case .add: .float(a + b)
        case .sub: .float(a - b)
        case .mult: .float(a * b)
        case .div: b == 0 ? nil : .float(a / b)
        default: nil
        }
    }

    /// Two strings in one. Surrogates are left alone: two of them side by side could look like one
    /// character.
    private static func text(_ a: [UInt8], _ b: [UInt8]) -> Constant? {
        a.contains(0xED) || b.contains(0xED) ? nil : .text(Text(bytes: a + b))
    }
    private static func repeated<Element>(
        _ items: [Element], _ count: Int, _ longest: Int
    ) -> [Element]? {
        if count <= 0 || items.isEmpty { return [] }
        if count > longest || items.count > longest / count { return nil }
        return (0..<count).flatMap { _ in items }
    }
}
