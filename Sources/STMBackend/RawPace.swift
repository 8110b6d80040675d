import CHost
import ManagedHeap
import Quanta

/// How fast a thread gets on without transactions, found out just before it goes on in them: what they
/// cost is the difference.
///
/// Raw code does not count its breaks unless it is asked to (see `Raw.poll`), for a price of its own. So it is
/// asked for more and more of them until they take long enough to be timed, and then some times more, every other
/// time for twice that price: the difference is the price. Medians are compared: now and then a thread loses its core,
/// and what the guest does between two breaks varies.
struct RawPace {
    private static let longEnough: UInt64 = 4_000
    private static let tooLong: UInt64 = 20_000
    private static let most: Int64 = 4096
    private static let samples = 7
    private static let attempts = 32
    /// Transactions that are compared: the guest probably does the same thing still.
    private static let transactions = 9

    private var breaks: Int64 = 0
    private var began: UInt64 = 0
    private var attemptsLeft = 0
    /// Nanoseconds per break that is counted, and that is counted twice.
    private var alone: [Double] = []
    private var aloneCountingTwice: [Double] = []
    private var together: [Double] = []

    var isMeasuring: Bool { attemptsLeft > 0 }
    mutating func cancel(_ t: ThreadContext) {
        attemptsLeft = 0
        t.pointee.budget = 0
        t.pointee.countsTwice = 0
    }

    mutating func begin(_ t: ThreadContext) {
        attemptsLeft = RawPace.attempts
        alone.removeAll(keepingCapacity: true)
        aloneCountingTwice.removeAll(keepingCapacity: true)
        together.removeAll(keepingCapacity: true)
        breaks = 1
        t.pointee.countsTwice = 0
        count(t)
    }
    /// At the next break that takes its slow path: false when more are to be counted.
    mutating func isDone(_ t: ThreadContext) -> Bool {
        let elapsed = host_monotonic_ns() &- began
        // Otherwise something else has ended the quantum.
        if t.pointee.budget == -1 {
            if elapsed >= RawPace.longEnough || breaks >= RawPace.most || !alone.isEmpty {
                let pace = Double(elapsed) / Double(breaks)
                let isTwice = t.pointee.countsTwice != 0
                if isTwice { aloneCountingTwice.append(pace) } else { alone.append(pace) }
                t.pointee.countsTwice = isTwice ? 0 : 1
                if aloneCountingTwice.count == RawPace.samples { attemptsLeft = 1 }
            } else {
                breaks *= 2
            }
        }
        attemptsLeft -= 1
        // Others are waiting. A thread whose quanta are that long comes here too seldom to be timed.
        if elapsed >= RawPace.tooLong { attemptsLeft = 0 }
        if attemptsLeft == 0 {
            cancel(t)
            return true
        }
        count(t)
        return false
    }
    /// A transaction after the measurement. Returns how many times as long a break takes now, once it is known.
    mutating func price(ofTransaction nanoseconds: UInt64, breaks: Int64) -> Double? {
        if aloneCountingTwice.isEmpty || breaks < 1 { return nil }
        together.append(Double(nanoseconds) / Double(breaks))
        if together.count < RawPace.transactions { return nil }
        let counted = RawPace.median(alone)
        let counting = max(0, RawPace.median(aloneCountingTwice) - counted)
        aloneCountingTwice.removeAll(keepingCapacity: true)
        return RawPace.median(together) / max(counted / 4, counted - counting)
    }
    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private mutating func count(_ t: ThreadContext) {
        t.pointee.budget = t.pointee.countsTwice != 0 ? 2 * breaks : breaks
        host_store_relaxed(quanta_poll(t), 1)
        began = host_monotonic_ns()
    }
}
