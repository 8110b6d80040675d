import CHost
import ManagedHeap
import Quanta

/// How fast a thread gets on without transactions, found out just before it goes on in them: what they
/// cost is the difference.
///
/// Raw code does not count its breaks unless it is asked to (see `Raw.poll`), for a price of its own. So it is
/// asked for more and more of them until they take long enough to be timed, and then some times more: the
/// shortest time counts, when caches were warm and the core was its own.
struct RawPace {
    private static let longEnough: UInt64 = 4_000
    private static let tooLong: UInt64 = 20_000
    private static let most: Int64 = 512
    private static let samples = 8
    private static let attempts = 32
    /// Pieces of work in transactions that are compared: the guest probably does the same thing still.
    private static let reports = 3
    /// What counting a break takes.
    private static let counting = 1.0

    private var breaks: Int64 = 0
    private var began: UInt64 = 0
    private var attemptsLeft = 0
    private var samplesLeft = 0
    /// Nanoseconds per break; 0 when there is no measurement that counts.
    private var best = 0.0
    private var bestOfTransactions = 0.0
    private var reportsLeft = 0

    var isMeasuring: Bool { attemptsLeft > 0 }
    mutating func cancel() { attemptsLeft = 0 }

    mutating func begin(_ t: ThreadContext) {
        attemptsLeft = RawPace.attempts
        samplesLeft = RawPace.samples
        best = 0
        bestOfTransactions = .infinity
        reportsLeft = RawPace.reports
        breaks = 1
        count(t)
    }
    /// At the next break that takes its slow path: false when more are to be counted.
    mutating func isDone(_ t: ThreadContext) -> Bool {
        let elapsed = host_monotonic_ns() &- began
        // Otherwise something else has ended the quantum.
        if t.pointee.budget == -1 {
            if elapsed >= RawPace.longEnough || breaks >= RawPace.most {
                let each = max(0.5, Double(elapsed) / Double(breaks) - RawPace.counting)
                best = best == 0 ? each : min(best, each)
                samplesLeft -= 1
                if samplesLeft == 0 { attemptsLeft = 1 }
            } else {
                breaks *= 2
            }
        }
        attemptsLeft -= 1
        // Others are waiting. A thread whose quanta are that long comes here too seldom to be timed.
        if elapsed >= RawPace.tooLong { attemptsLeft = 0 }
        if attemptsLeft == 0 {
            t.pointee.budget = 0
            return true
        }
        count(t)
        return false
    }
    /// Transactions after the measurement have taken `each` nanoseconds per break, on average of some time.
    /// Returns how many times as long that is, once it is known.
    mutating func price(ofTransactions each: Double) -> Double? {
        if best == 0 || reportsLeft == 0 { return nil }
        bestOfTransactions = min(bestOfTransactions, each)
        reportsLeft -= 1
        return reportsLeft == 0 ? bestOfTransactions / best : nil
    }

    private mutating func count(_ t: ThreadContext) {
        t.pointee.budget = breaks
        host_store_relaxed(quanta_poll(t), 1)
        began = host_monotonic_ns()
    }
}
