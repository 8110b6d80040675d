import CHost

/// What a guest thread counts about itself. Each thread adds to words of its own; nobody else
/// writes them, and a reader that is not the thread sees a recent value.
@frozen public enum Counter: Int, CaseIterable, Sendable {
    /// Quanta that really ended (breaks taken).
    case quanta
    /// Breaks that did not end the quantum; transactional code only, raw code does not count them.
    case merged
    case commits
    case aborts
    /// Aborts by cause: two writers, a stale read, an inevitable transaction, a test.
    case abortsWriteWrite, abortsValidation, abortsRemote, abortsForced
    case inevitable
    /// Foreign calls by route.
    case foreignInside, foreignBetween, foreignInevitable, foreignDeferred
    /// Jobs taken from work queues.
    case jobs
    /// Frames saved because the guest returned below the start of its quantum.
    case framesSaved
}

extension UnsafeMutablePointer where Pointee == quanta_thread {
    /// Adds one. Cost: one add to thread-private memory.
    @inlinable @inline(__always) public func count(_ counter: Counter, by n: UInt64 = 1) {
        quanta_counter_at(self, counter.rawValue).pointee &+= n
    }
    @inlinable public subscript(counter: Counter) -> UInt64 {
        quanta_counter_at(self, counter.rawValue).pointee
    }
}

/// Counters of a whole run, added up over threads.
public struct Totals: Sendable {
    var counts = [UInt64](repeating: 0, count: Counter.allCases.count)

    public init() {}

    public mutating func add(_ thread: UnsafeMutablePointer<quanta_thread>) {
        for counter in Counter.allCases { counts[counter.rawValue] &+= thread[counter] }
    }
    public subscript(counter: Counter) -> UInt64 { counts[counter.rawValue] }
}
