import PythonSyntax

/// A value that code refers to by its number in the table of its unit.
///
/// Two constants are one only if no program can tell them apart: `1`, `1.0`, `True` are different,
/// and so are `0.0` and `-0.0`.
indirect enum Constant {
    case none
    case `true`
    case `false`
    case ellipsis
    case int(Int)
    /// Lower-case hexadecimal digits without leading zeros, of a number of more than 61 bits.
    case bigInt(hex: String)
    case float(Double)
    case imaginary(Double)
    case text(Text)
    case bytes([UInt8])
    case tuple([Constant])
    case frozenSet([Constant])
    case code(CodeUnit)

    init(_ literal: PythonSyntax.Constant) {
        switch literal {
        case .none: self = .none
        case .true: self = .true
        case .false: self = .false
        case .ellipsis: self = .ellipsis
        case .int(let value): self = .int(value)
        case .bigInt(let hex): self = .bigInt(hex: hex)
        case .float(let value): self = .float(value)
        case .imaginary(let value): self = .imaginary(value)
        case .str(let text): self = .text(text)
        case .bytes(let bytes): self = .bytes(bytes)
        }
    }
    init(_ name: String) { self = .text(Text(name)) }
    init(_ condition: Bool) { self = condition ? .true : .false }

    /// What `bool` makes of it.
    var truth: Bool {
        switch self {
        case .none, .false: false
        case .true, .ellipsis, .bigInt, .code: true
        case .int(let value): value != 0
        case .float(let value), .imaginary(let value): value != 0
        case .text(let text): !text.bytes.isEmpty
        case .bytes(let bytes): !bytes.isEmpty
        case .tuple(let items), .frozenSet(let items): !items.isEmpty
        }
    }
}

extension Constant: Hashable {
    static func == (a: Constant, b: Constant) -> Bool {
        switch (a, b) {
        case (.none, .none), (.true, .true), (.false, .false), (.ellipsis, .ellipsis): true
        case (.int(let a), .int(let b)): a == b
        case (.bigInt(let a), .bigInt(let b)): a == b
        case (.float(let a), .float(let b)): a.bitPattern == b.bitPattern
        case (.imaginary(let a), .imaginary(let b)): a.bitPattern == b.bitPattern
        case (.text(let a), .text(let b)): a == b
        case (.bytes(let a), .bytes(let b)): a == b
        case (.tuple(let a), .tuple(let b)): a == b
        case (.frozenSet(let a), .frozenSet(let b)): a == b
        case (.code(let a), .code(let b)): a === b
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .none: hasher.combine(0)
        case .true: hasher.combine(1)
        case .false: hasher.combine(2)
        case .ellipsis: hasher.combine(3)
        case .int(let value): hasher.combine(value)
        case .bigInt(let hex): hasher.combine(hex)
        case .float(let value): hasher.combine(value.bitPattern)
        case .imaginary(let value): hasher.combine(~value.bitPattern)
        case .text(let text): hasher.combine(text)
        case .bytes(let bytes): hasher.combine(bytes)
        case .tuple(let items): hasher.combine(items)
        case .frozenSet(let items): hasher.combine(items)
        case .code(let unit): hasher.combine(ObjectIdentifier(unit))
        }
    }
}
