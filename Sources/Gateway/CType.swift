/// A C type that crosses the gateway.
///
/// Typedefs of fixed meaning on 64-bit Linux (`size_t`, `pid_t`, `time_t` and so on) stand for the
/// integer they are.
@frozen public enum CType: UInt8, CaseIterable, Sendable {
    case void
    case bool
    case int8, uint8, int16, uint16, int32, uint32, int64, uint64
    case float, double
    /// `const char *`: text that ends with a zero byte.
    case string
    /// A pointer to constant data, `const void *` for example: also takes byte strings.
    case constPointer
    /// A pointer to data that the callee may write.
    case pointer

    /// The least and the greatest integer of an integer type that guest integers can hold.
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

    /// Plain `char`, whose sign is the platform's choice.
    package static var char: CType {
        #if arch(x86_64)
            .int8
        #else
            .uint8
        #endif
    }

    /// Travels in a vector register.
    var isFloating: Bool { self == .float || self == .double }

    /// Types with one name, C's own and typedefs.
    static let named: [String: CType] = [
        "bool": .bool, "_Bool": .bool,
        "int8_t": .int8, "uint8_t": .uint8, "int16_t": .int16, "uint16_t": .uint16,
        "int32_t": .int32, "uint32_t": .uint32, "int64_t": .int64, "uint64_t": .uint64,
        "intptr_t": .int64, "uintptr_t": .uint64, "ptrdiff_t": .int64,
        "size_t": .uint64, "ssize_t": .int64, "off_t": .int64,
        "time_t": .int64, "clock_t": .int64, "suseconds_t": .int64, "useconds_t": .uint32,
        "pid_t": .int32, "uid_t": .uint32, "gid_t": .uint32, "mode_t": .uint32,
        "socklen_t": .uint32, "clockid_t": .int32,
    ]
}
