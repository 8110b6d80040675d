/// A C value that one register or machine word carries.
@frozen @usableFromInline enum Scalar: UInt8, CaseIterable, Sendable {
    case void
    case bool
    case int8, uint8, int16, uint16, int32, uint32, int64, uint64
    case float, double
    case string, constPointer, pointer

    /// Travels in a vector register.
    var isFloating: Bool { self == .float || self == .double }

    /// The least and the greatest integer that guest integers can hold.
    var range: ClosedRange<Int>? {
        switch self {
        case .int8: -0x80...0x7F
        case .uint8: 0...0xFF
        case .int16: -0x8000...0x7FFF
        case .uint16: 0...0xFFFF
        case .int32: -0x8000_0000...0x7FFF_FFFF
        case .uint32: 0...0xFFFF_FFFF
        case .int64: Int.min...Int.max
        case .uint64: 0...Int.max
        case .bool: 0...1
        case .void, .float, .double, .string, .constPointer, .pointer: nil
        }
    }
    /// Bytes in memory.
    var size: Int {
        switch self {
        case .void: 0
        case .bool, .int8, .uint8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float: 4
        case .int64, .uint64, .double, .string, .constPointer, .pointer: 8
        }
    }
}
