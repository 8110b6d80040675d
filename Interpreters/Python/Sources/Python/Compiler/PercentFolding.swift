import PythonSyntax

/// `"..." % (a, b)` as an f-string: what CPython does when the text only asks for `%s`, `%r` and
/// `%a`, and the tuple is written out with as many values.
struct PercentFolding {
    private static let longestNumber = 3

    private let text: [UInt8]
    private var position = 0

    /// The parts of the f-string, or nil when the operator has to do it.
    static func parts(
        _ left: Expression, _ op: BinaryOperator, _ right: Expression
    ) -> [Expression]? {
        guard op == .mod, case .constant(.str(let text), _) = left.kind,
            case .tuple(let values, .load) = right.kind, !values.contains(where: \.isStarred),
            right.folded == nil
        else { return nil }
        var format = PercentFolding(text: text.bytes)
        return format.parts(values[...], at: left.span)
    }

    private init(text: [UInt8]) { self.text = text }

    private mutating func next() -> UInt8? {
        guard position < text.count else { return nil }
        position += 1
        return text[position - 1]
    }

    private mutating func parts(
        _ values: ArraySlice<Expression>, at span: Span
    ) -> [Expression]? {
        var values = values
        var parts: [Expression] = []
        var literal: [UInt8] = []
        while let byte = next() {
            if byte != UInt8(ascii: "%") {
                literal.append(byte)
            } else if position < text.count && text[position] == UInt8(ascii: "%") {
                literal.append(byte)
                position += 1
            } else {
                guard let value = values.popFirst(), let part = part(value) else { return nil }
                parts += Expression.literal(literal, at: span)
                parts.append(part)
                literal = []
            }
        }
        return values.isEmpty ? parts + Expression.literal(literal, at: span) : nil
    }

    /// What follows a `%`, with the value for it.
    private mutating func part(_ value: Expression) -> Expression? {
        guard var byte = next() else { return nil }
        var isLeft = false
        while "-+ #0".utf8.contains(byte) {
            if byte == UInt8(ascii: "-") { isLeft = true }
            guard let following = next() else { return nil }
            byte = following
        }
        guard let width = number(&byte) else { return nil }
        var specification = width.isEmpty || width == "0" || isLeft ? width : ">" + width
        if byte == UInt8(ascii: ".") {
            guard let following = next() else { return nil }
            byte = following
            guard let precision = number(&byte) else { return nil }
            specification += "." + (precision.isEmpty ? "0" : precision)
        }
        let conversion: Expression.Conversion
        switch byte {
        case UInt8(ascii: "s"): conversion = .str
        case UInt8(ascii: "r"): conversion = .repr
        case UInt8(ascii: "a"): conversion = .ascii
        default: return nil
        }
        let spec = Expression.literal(Array(specification.utf8), at: value.span).first
        return Expression(
            .formattedValue(value: value, conversion: conversion, formatSpec: spec), value.span)
    }

    /// The digits from `byte` on, maybe none, without leading zeros; nil when there are too many.
    private mutating func number(_ byte: inout UInt8) -> String? {
        var digits = 0
        var value = 0
        while byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") {
            digits += 1
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            guard digits < PercentFolding.longestNumber, let following = next() else { return nil }
            byte = following
        }
        return digits == 0 ? "" : String(value)
    }
}

extension Expression {
    /// A string literal; none for the empty string.
    fileprivate static func literal(_ bytes: [UInt8], at span: Span) -> [Expression] {
        if bytes.isEmpty { return [] }
        let value = PythonSyntax.Constant.str(Text(bytes: bytes))
        return [Expression(.constant(value: value, unicodePrefix: false), span)]
    }
}
