import InterpreterKit

/// Object types of the language.
enum Kind {
    /// What a name means in the global frame: a variable and a function.
    static var global: Shape { Shape(kind: 16, name: "global", slots: 2, nativeSlots: 0b10) }
    static var cons: Shape { Shape(kind: 17, name: "cons", slots: 2) }
    static var list: Shape { Shape(kind: 18, name: "list", slots: 2) }
    static var container: Shape { Shape(kind: 19, name: "container", slots: 1) }
    static var string: Shape { Shape(kind: 20, name: "string", layout: .bytes) }
    static var foreign: Shape { Shape(kind: 21, name: "foreign", slots: 1, nativeSlots: 0b1) }
    static var all: [Shape] { [global, cons, list, container, string, foreign] }
}

enum Global {
    static var value: Field<Value> { Field(0) }
    /// The address of a ``Code``, or unbound.
    static var function: Field<Value> { Field(1) }
}
enum Cons {
    static var car: ImmutableField<Value> { ImmutableField(0) }
    static var cdr: ImmutableField<Value> { ImmutableField(1) }
}
enum List {
    static var length: Field<Int> { Field(0) }
    /// An array, or None while the list has never had an item.
    static var items: Field<Value> { Field(1) }
}
enum Container {
    static var content: Field<Value> { Field(0) }
}
enum Foreign {
    /// The address of the ``Code`` that makes the call.
    static var code: ImmutableField<Value> { ImmutableField(0) }
}

extension Value {
    /// A symbol is a constant: its number.
    init(symbol: Int) { self.init(constant: Value.firstLanguageConstant + symbol) }
    var isSymbol: Bool { isConstant && constant >= Value.firstLanguageConstant }
    var symbol: Int { constant - Value.firstLanguageConstant }

    /// An integer of the language: 32 bits, wrapping around.
    @inline(__always) init(wrapping i: Int) { self.init(Int(Int32(truncatingIfNeeded: i))) }
    @inline(__always) init(truth: Bool) { self.init(truth ? 1 : 0) }

    var type: TypeName {
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
}

/// What `type` answers.
enum TypeName: String, CaseIterable {
    case none = "NoneType"
    case int, float, symbol, string, cons, list, container, foreign, address

    var number: Int { Int(unsafeBitCast(self, to: UInt8.self)) }
}
