/// Names that declarations may use: typedefs, tags of structs, unions and enums, enum constants.
///
/// Declarations of one library, one `.bindings` section or one guest string share a scope, so that a
/// type is defined once:
///
/// ```swift
/// Library("libc.so.6", ["typedef struct { int quot, rem; } div_t;", "const div_t div(int, int)"])
/// ```
public struct TypeScope: Sendable {
    var typedefs: [String: TypeExpression] = [:]
    /// Keyed with their keyword: `"struct tm"`.
    var tags: [String: CType] = [:]
    /// Values of enum constants.
    public internal(set) var constants: [String: Int] = [:]

    public init() {}

    /// Complete types by their typedef name or, with the keyword, by their tag.
    public subscript(type name: String) -> CType? {
        if let tag = tags[name] { return tag }
        if case .plain(let type)? = typedefs[name]?.form { return type }
        return Scalar.named[name]
    }

    /// Every name of a type, for suggestions.
    var names: [String] { Array(typedefs.keys) + Array(Scalar.named.keys) }
}

extension Scalar {
    /// Types with one name, C's own and typedefs of fixed meaning.
    static let named: [String: CType] = [
        "bool": .bool, "_Bool": .bool,
        "int8_t": .int8, "uint8_t": .uint8, "int16_t": .int16, "uint16_t": .uint16,
        "int32_t": .int32, "uint32_t": .uint32, "int64_t": .int64, "uint64_t": .uint64,
        "intptr_t": .int64, "uintptr_t": .uint64, "ptrdiff_t": .int64,
        "intmax_t": .int64, "uintmax_t": .uint64,
        "size_t": .uint64, "ssize_t": .int64, "off_t": .int64,
        "time_t": .int64, "clock_t": .int64, "suseconds_t": .int64, "useconds_t": .uint32,
        "pid_t": .int32, "uid_t": .uint32, "gid_t": .uint32, "mode_t": .uint32,
        "socklen_t": .uint32, "clockid_t": .int32, "wchar_t": .int32, "dev_t": .uint64,
        "ino_t": .uint64, "nlink_t": .uint64, "key_t": .int32, "id_t": .uint32,
    ]
}
