import InterpreterKit

/// Object types of the language.
@usableFromInline enum Kind {
    /// What a name means in the global frame: a variable and a function.
    @inlinable static var global: Shape {
        Shape(kind: 16, name: "global", slots: 2, nativeSlots: 0b10)
    }
    @inlinable static var cons: Shape { Shape(kind: 17, name: "cons", slots: 2) }
    @inlinable static var list: Shape { Shape(kind: 18, name: "list", slots: 2) }
    @inlinable static var container: Shape { Shape(kind: 19, name: "container", slots: 1) }
    @inlinable static var string: Shape { Shape(kind: 20, name: "string", layout: .bytes) }
    @inlinable static var foreign: Shape {
        Shape(kind: 21, name: "foreign", slots: 2, nativeSlots: 0b11)
    }
    static var all: [Shape] { [global, cons, list, container, string, foreign] }
}

@usableFromInline enum Global {
    @inlinable static var value: Field<Value> { Field(0) }
    /// The address of a ``Code``, or unbound.
    @inlinable static var function: Field<Value> { Field(1) }
}
@usableFromInline enum Cons {
    @inlinable static var car: ImmutableField<Value> { ImmutableField(0) }
    @inlinable static var cdr: ImmutableField<Value> { ImmutableField(1) }
}
@usableFromInline enum List {
    @inlinable static var length: Field<Int> { Field(0) }
    /// An array, or None while the list has never had an item.
    @inlinable static var items: Field<Value> { Field(1) }
}
@usableFromInline enum Container {
    @inlinable static var content: Field<Value> { Field(0) }
}
@usableFromInline enum Foreign {
    /// The address of the ``Code`` that makes the call.
    @inlinable static var code: ImmutableField<Value> { ImmutableField(0) }
    @inlinable static var function: ImmutableField<ForeignFunction> { ImmutableField(1) }
}

extension Value {
    /// A symbol is a constant: its number.
    @inlinable init(symbol: Int) { self.init(constant: Value.firstLanguageConstant + symbol) }
    @inlinable var isSymbol: Bool { isConstant && constant >= Value.firstLanguageConstant }
    @inlinable var symbol: Int { constant - Value.firstLanguageConstant }

    /// An integer of the language: 32 bits, wrapping around.
    @inlinable @inline(__always) init(wrapping i: Int) {
        self.init(Int(Int32(truncatingIfNeeded: i)))
    }
    @inlinable @inline(__always) init(truth: Bool) { self.init(truth ? 1 : 0) }
    @inlinable @inline(__always) static func bothInt(_ a: Value, _ b: Value) -> Bool {
        (a.bits | b.bits) & 3 == 0
    }

    @usableFromInline var type: TypeName {
        if isInt { return .int }
        if asDouble != nil { return .float }
        if isSymbol { return .symbol }
        if isAddress { return .address }
        guard isReference else { return .none }
        switch reference.kind {
        case Kind.cons.kind: return .cons
        case Kind.list.kind: return .list
        case Kind.container.kind: return .container
        case Kind.string.kind: return .string
        case Kind.foreign.kind: return .foreign
        default: return .none
        }
    }
    @usableFromInline var typeName: String { type.rawValue }
}

/// What `type` answers.
@usableFromInline enum TypeName: String, CaseIterable {
    case none = "NoneType"
    case int, float, symbol, string, cons, list, container, foreign, address

    var number: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
}
