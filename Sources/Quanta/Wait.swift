import CHost

/// What a guest thread waits for, outside, between two quanta.
public struct Wait {
    /// Any thread may ask. The deadline is not part of it.
    public let isOver: () -> Bool
    /// Of the monotonic clock, in nanoseconds; nil when there is none.
    public let deadline: UInt64?
    /// Only other guest threads can end it, apart from its deadline.
    public let isForGuest: Bool

    public init(isForGuest: Bool, deadline: UInt64? = nil, until isOver: @escaping () -> Bool) {
        self.isOver = isOver
        self.deadline = deadline
        self.isForGuest = isForGuest
    }

    /// The reason to wait has gone, or there has been time enough.
    public var isDue: Bool {
        if isOver() { return true }
        guard let deadline else { return false }
        return host_monotonic_ns() >= deadline
    }
}
