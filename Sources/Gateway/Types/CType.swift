/// A C type that crosses the gateway, or is a member of one that does.
///
/// Typedefs of fixed meaning on 64-bit Linux (`size_t`, `pid_t`, `time_t` and so on) stand for the
/// integer they are; an enum stands for the integer that holds its constants.
public indirect enum CType: Hashable, Sendable {
    case void
    case bool
    case int8, uint8, int16, uint16, int32, uint32, int64, uint64
    case float, double, longDouble
    case complexFloat, complexDouble, complexLongDouble
    /// `const char *`: text that ends with a zero byte.
    case string
    /// A pointer to constant data, `const void *` for example: also takes byte strings.
    case constPointer
    /// A pointer to data that the callee may write.
    case pointer
    /// A pointer to a function: takes guest functions.
    case callback(CSignature)
    /// A struct or union by value.
    case aggregate(CAggregate)
    /// Members only; elsewhere an array is a pointer to its first element.
    case array(CType, count: Int)

    /// The least and the greatest integer of an integer type that guest integers can hold.
    public var range: ClosedRange<Int>? { scalar?.range }

    /// Plain `char`, whose sign is the platform's choice.
    package static var char: CType {
        #if arch(x86_64)
            .int8
        #else
            .uint8
        #endif
    }

    /// What one machine word can carry; nil for everything larger.
    var scalar: Scalar? {
        switch self {
        case .void: .void
        case .bool: .bool
        case .int8: .int8
        case .uint8: .uint8
        case .int16: .int16
        case .uint16: .uint16
        case .int32: .int32
        case .uint32: .uint32
        case .int64: .int64
        case .uint64: .uint64
        case .float: .float
        case .double: .double
        case .string: .string
        case .constPointer: .constPointer
        case .pointer, .callback: .pointer
        case .longDouble, .complexFloat, .complexDouble, .complexLongDouble, .aggregate, .array: nil
        }
    }

    /// Bytes in memory.
    public var size: Int {
        switch self {
        case .void: 0
        case .bool, .int8, .uint8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float: 4
        case .int64, .uint64, .double, .string, .constPointer, .pointer, .callback, .complexFloat: 8
        case .longDouble, .complexDouble: 16
        case .complexLongDouble: 32
        case .aggregate(let aggregate): aggregate.size
        case .array(let element, let count): element.size * count
        }
    }
    public var alignment: Int {
        switch self {
        case .void: 1
        case .complexFloat: 4
        case .complexDouble: 8
        case .complexLongDouble: 16
        case .aggregate(let aggregate): aggregate.alignment
        case .array(let element, _): element.alignment
        default: size
        }
    }
    var isInteger: Bool { range != nil }
    /// A function pointer, at any depth.
    var holdsCallback: Bool {
        switch self {
        case .callback: true
        case .aggregate(let aggregate): aggregate.members.contains { $0.type.holdsCallback }
        case .array(let element, _): element.holdsCallback
        default: false
        }
    }
}

/// What a function pointer points to.
public struct CSignature: Hashable, Sendable {
    public let result: CType
    public let parameters: [CType]
    /// As written, for messages.
    public let spelling: String
}

/// A struct or union: where its members are.
public struct CAggregate: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable { case `struct`, union }
    public struct Member: Hashable, Sendable {
        public let name: String
        public let type: CType
        public let offset: Int
    }
    public let kind: Kind
    public let tag: String?
    /// What a typedef calls it that has no tag.
    var alias: String?
    /// What programs call it, if it has a name.
    public var name: String? { tag ?? alias }
    public let members: [Member]
    public let size: Int
    public let alignment: Int

    /// Members one after the other, each at the next multiple of its alignment; those of a union all
    /// at 0. Nil when that is larger than ``largest``.
    init?(_ kind: Kind, tag: String?, members fields: [(name: String, type: CType)]) {
        var members: [Member] = []
        var end = 0
        var alignment = 1
        for (name, type) in fields {
            let offset =
                kind == .union ? 0 : (end + type.alignment - 1) / type.alignment * type.alignment
            members.append(Member(name: name, type: type, offset: offset))
            end = max(end, offset + type.size)
            alignment = max(alignment, type.alignment)
            if end > CAggregate.largest { return nil }
        }
        self.kind = kind
        self.tag = tag
        self.members = members
        self.alignment = alignment
        size = (end + alignment - 1) / alignment * alignment
    }
    /// Bytes; larger ones are passed by pointer in any sensible interface.
    static let largest = 1 << 12

    public subscript(name: String) -> Member? { members.first { $0.name == name } }
}
