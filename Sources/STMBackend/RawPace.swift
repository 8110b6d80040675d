import CHost
import ManagedHeap
import Quanta

/// How fast a thread gets on without transactions, found out just before it goes on in them: what they
/// cost is the difference.
///
/// Raw code does not count its breaks unless it is asked to (see `Raw.poll`), for a price of its own. So it is
/// asked for more and more of them until they take long enough to be timed, and then some times more, every other
/// time counting twice: the difference is that price, or rather the part of it that is paid twice, which an empty loop
/// shows. Medians are compared: now and then a thread loses its core, and what the guest does between two breaks
/// varies.
struct RawPace {
    private static let longEnough: UInt64 = 4_000
    private static let tooLong: UInt64 = 20_000
    private static let most: Int64 = 4096
    private static let samples = 7
    private static let attempts = 32
    /// Transactions that are compared: the guest probably does the same thing still. The first ones find their code
    /// out of the cache, or not even in memory.
    private static let transactions = 9
    private static let coldTransactions = 8
    /// Counting takes at most so many times as long as an iteration of an empty loop that counts. What seems to be more comes
    /// from the guest, which does different things one after the other when it begins.
    private static let mostCounting = 4.0

    private var breaks: Int64 = 0
    private var began: UInt64 = 0
    private var attemptsLeft = 0
    /// Nanoseconds per break that is counted, and that is counted twice.
    private var alone: [Double] = []
    private var aloneCountingTwice: [Double] = []
    private var together: [Double] = []
    private var coldLeft = 0

    var isMeasuring: Bool { attemptsLeft > 0 }
    mutating func cancel(_ t: ThreadContext) {
        attemptsLeft = 0
        t.pointee.budget = 0
        t.pointee.countsTwice = 0
    }

    mutating func begin(_ t: ThreadContext) {
        if whole == 0 { calibrate(t) }
        attemptsLeft = RawPace.attempts
        alone.removeAll(keepingCapacity: true)
        aloneCountingTwice.removeAll(keepingCapacity: true)
        together.removeAll(keepingCapacity: true)
        coldLeft = RawPace.coldTransactions
        breaks = 1
        t.pointee.countsTwice = 0
        count(t)
    }
    /// At the next break that takes its slow path: false when more are to be counted.
    mutating func isDone(_ t: ThreadContext) -> Bool {
        let elapsed = host_monotonic_ns() &- began
        let isTwice = t.pointee.countsTwice != 0
        let counted = (Int64(Driver.breaksCovered(t)) - 1) / (isTwice ? 2 : 1)
        // Otherwise something else has ended the quantum, or not all was counted.
        if counted >= breaks && elapsed < RawPace.tooLong {
            if elapsed >= RawPace.longEnough || breaks >= RawPace.most || !alone.isEmpty {
                let pace = Double(elapsed) / Double(counted)
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
        if coldLeft > 0 {
            coldLeft -= 1
            return nil
        }
        together.append(Double(nanoseconds) / Double(breaks))
        if together.count < RawPace.transactions { return nil }
        let counted = RawPace.median(alone)
        let difference = max(0, RawPace.median(aloneCountingTwice) - counted)
        let counting = min(difference * whole, RawPace.mostCounting * emptyIteration)
        aloneCountingTwice.removeAll(keepingCapacity: true)
        return RawPace.median(together) / max(counted / 8, counted - counting)
    }
    /// What counting costs an empty loop, compared with how much longer that takes when it counts twice.
    private var whole = 0.0
    /// Nanoseconds for an iteration of that loop.
    private var emptyIteration = 0.0
    private static let iterations: Int64 = 512
    /// Once for each thread.
    @inline(never) private mutating func calibrate(_ t: ThreadContext) {
        var (once, twice): ([Double], [Double]) = ([], [])
        host_store_relaxed(quanta_poll(t), 1)
        for i in 0..<2 * RawPace.samples {
            let n = RawPace.iterations
            t.pointee.countsTwice = UInt64(i & 1)
            Driver.beginBreaks(t, 4 * n)
            let begin = host_monotonic_ns()
            for _ in 0..<n where Raw.poll(t) { break }
            let elapsed = Double(host_monotonic_ns() &- begin)
            if i & 1 == 0 { once.append(elapsed) } else { twice.append(elapsed) }
        }
        let counted = RawPace.median(once)
        emptyIteration = counted / Double(RawPace.iterations)
        whole = min(3, max(1, counted / max(1, RawPace.median(twice) - counted)))
    }
    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private mutating func count(_ t: ThreadContext) {
        Driver.beginBreaks(t, (t.pointee.countsTwice != 0 ? 2 * breaks : breaks) + 1)
        host_store_relaxed(quanta_poll(t), 1)
        began = host_monotonic_ns()
    }
}
