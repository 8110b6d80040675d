import CForeign
import Glibc
import ManagedHeap

/// What a plan's thunk is told; thunks.c has the code.
extension CallPlan {
    /// Nil for signatures that have none: more than four vectors, `bool`, more than registers.
    static func makeThunk(
        _ about: About, _ tier: Tier, _ types: [Scalar], _ result: Scalar,
        at address: UnsafeRawPointer, strings: Shape,
        _ description: UnsafePointer<foreign_description>
    ) -> UnsafePointer<foreign_thunk>? {
        guard tier.rawValue < Tier.libffi.rawValue,
            types.count == about.declaration.parameters.count
        else { return nil }
        var integers: [foreign_integer] = []
        var vectors: [foreign_vector] = []
        for (i, type) in types.enumerated() {
            let value = UInt8(i)
            if type.isFloating {
                vectors.append(foreign_vector(value: value, isFloat: type == .float))
            } else {
                guard let argument = integer(type, value) else { return nil }
                integers.append(argument)
            }
        }
        let rule = about.declaration.errnoRule
        guard
            let code = foreign_thunk_for(
                Int32(integers.count), Int32(vectors.count), result.isFloating, rule != .ignored,
                integers.contains { $0.kind != UInt8(FOREIGN_INTEGER.rawValue) })
        else { return nil }
        let thunk = UnsafeMutablePointer<foreign_thunk>.allocate(capacity: 1)
        memset(thunk, 0, MemoryLayout<foreign_thunk>.size)
        thunk.pointee.code = code
        thunk.pointee.function = address
        thunk.pointee.description = description
        thunk.pointee.strings = UInt64(strings.kind)
        thunk.pointee.clearsErrno = rule == .clearedAndCaptured
        thunk.pointee.result = UInt8(self.result(result).rawValue)
        withUnsafeMutableBytes(of: &thunk.pointee.integers) {
            $0.copyBytes(from: integers.withUnsafeBytes { Array($0) })
        }
        withUnsafeMutableBytes(of: &thunk.pointee.vectors) {
            $0.copyBytes(from: vectors.withUnsafeBytes { Array($0) })
        }
        return UnsafePointer(thunk)
    }

    private static func integer(_ type: Scalar, _ value: UInt8) -> foreign_integer? {
        if let range = type.range {
            return foreign_integer(
                low: Int64(range.lowerBound),
                span: UInt64(bitPattern: Int64(range.upperBound &- range.lowerBound)),
                value: value, kind: UInt8(FOREIGN_INTEGER.rawValue))
        }
        let kind: foreign_kind
        switch type {
        case .pointer: kind = FOREIGN_POINTER
        case .constPointer: kind = FOREIGN_CONSTANT_POINTER
        case .string: kind = FOREIGN_TEXT
        default: return nil
        }
        // A range without integers of 62 bits.
        return foreign_integer(low: .max, span: 0, value: value, kind: UInt8(kind.rawValue))
    }
    private static func result(_ type: Scalar) -> foreign_thunk_result {
        switch type {
        case .void: FOREIGN_VOID
        case .int32: FOREIGN_INT32
        case .uint32: FOREIGN_UINT32
        case .int64: FOREIGN_INT64
        case .uint64: FOREIGN_UINT64
        case .constPointer, .pointer: FOREIGN_ADDRESS
        case .double: FOREIGN_DOUBLE
        case .float: FOREIGN_SINGLE
        case .bool, .int8, .uint8, .int16, .uint16, .string: FOREIGN_OTHER
        }
    }

    /// What a thunk says when it has called nothing.
    static var again: UInt64 { UInt64(FOREIGN_STATE_AGAIN) << 32 }

    /// Values are words for C.
    @inlinable @inline(__always) static func words(
        _ values: UnsafeBufferPointer<Value>
    ) -> UnsafePointer<UInt64>? {
        UnsafeRawPointer(values.baseAddress)?.assumingMemoryBound(to: UInt64.self)
    }
}
