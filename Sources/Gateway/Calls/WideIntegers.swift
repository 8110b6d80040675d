import ManagedHeap

/// How a language reads its integers of more than 62 bits: given to a ``Library``, so that its functions take
/// them for parameters of 64 bits.
///
/// ```swift
/// let integers = WideIntegers { value in
///     value.isA(Kind.bigInt) ? Number(value).word : nil
/// }
/// ```
public final class WideIntegers: Sendable {
    /// Such an integer.
    public struct Word: Sendable {
        /// Nil beyond 64 bits.
        public let magnitude: UInt64?
        public let isNegative: Bool
        public init(magnitude: UInt64?, isNegative: Bool) {
            self.magnitude = magnitude
            self.isNegative = isNegative
        }
    }
    /// Nil for values that are no such integers.
    let read: @Sendable (Value) -> Word?

    public init(read: @escaping @Sendable (Value) -> Word?) { self.read = read }
}

extension UnsafePointer where Pointee == CallPlan {
    /// An argument for which there was a problem may be an integer that only its language can read. True when
    /// it fits; `problem` is right if not.
    @inline(never) func store(
        wide value: Value, as type: Scalar, in word: UnsafeMutablePointer<UInt64>,
        _ problem: inout ForeignError.Problem
    ) -> Bool {
        guard problem == .argumentType, type.range != nil, let integers = about.integers,
            let integer = integers.read(value)
        else { return false }
        problem = .argumentRange
        guard let magnitude = integer.magnitude else { return false }
        switch type {
        case .int64 where !integer.isNegative && magnitude < 1 << 63,
            .uint64 where !integer.isNegative:
            word.pointee = magnitude
        case .int64 where integer.isNegative && magnitude <= 1 << 63:
            word.pointee = 0 &- magnitude
        default: return false
        }
        return true
    }
}
