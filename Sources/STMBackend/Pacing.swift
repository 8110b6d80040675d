import CHost
import ManagedHeap
import Observe
import Quanta

/// How long a transaction lasts, in time: an end costs the same whether little or much was done, but
/// what is lost by a conflict, and what others wait for, grows.
///
/// The length doubles after clean commits and halves after aborts. A transaction looks up from work a few times
/// before its end, and ends early when somebody waits for it. What was rolled back is tried again in
/// smaller and smaller pieces; a quantum that keeps losing becomes inevitable.
///
/// T1  A quantum is rolled back at most `lossesBeforeInevitable` times because of others, and once more in
///     its middle for every reason to be inevitable that it comes upon itself.
enum Pacing {
    static let longest: UInt64 = 40_000
    static let first: UInt64 = 10_000
    /// Shorter ones cost more than they save.
    static let shortest: UInt64 = 3_000
    static let lossesBeforeInevitable = 8
    /// Breaks between two looks up from work: most ever, and inside an atomic block.
    static let longestStride: Int64 = 1 << 14
    static let atomicStride: Int64 = 1000
    /// Of one wait, more does not count.
    static let longestWait: UInt64 = 1_000_000
    /// Time that is reported to ``Admission/weigh`` in one piece.
    static let portion: UInt64 = 100_000
    /// A long quantum moves on this often. It spends at most a tenth of its time on looking whether what it has read is
    /// still there, but walks along the log, each entry once, however much there is.
    static let movesOnAfter: UInt64 = 1_000_000

    static func start(_ t: ThreadContext, _ state: TransactionState) {
        state.pointee.began = host_monotonic_ns()
        state.pointee.movesOn = state.pointee.began + movesOnAfter
        state.pointee.waited = 0
        state.pointee.breaks = 0
        var stride = stride(state, for: state.pointee.length / 4)
        state.pointee.mostBreaks = .max
        if state.pointee.failures > 0 {
            state.pointee.mostBreaks = max(1, state.pointee.lostBreaks >> 1)
            stride = state.pointee.mostBreaks
        }
        if let random = randomStride(t, state) {
            stride = random
            state.pointee.mostBreaks = random
        }
        Driver.beginBreaks(t, stride)
    }
    private static func randomStride(_ t: ThreadContext, _ state: TransactionState) -> Int64? {
        let most = state.pointee.injection.randomLength
        return most == 0 ? nil : 1 + Int64(FaultInjection.random(t) % most)
    }
    private static func stride(_ state: TransactionState, for nanoseconds: UInt64) -> Int64 {
        let breaks = Double(nanoseconds) / state.pointee.nanosecondsPerBreak
        return breaks < Double(longestStride) ? max(1, Int64(breaks)) : longestStride
    }

    /// A look up from work, at a break that may or may not be the last of the transaction.
    static func isOver(_ t: ThreadContext, _ state: TransactionState) -> Bool {
        if t.pointee.mergeDepth != 0 || host_load_relaxed(quanta_poll(t)) != 0
            || state.pointee.health != .normal || !state.pointee.active
        {
            return true
        }
        countBreaks(t, state)
        let left = state.pointee.mostBreaks - state.pointee.breaks
        if left <= 0 { return true }
        let elapsed = host_monotonic_ns() &- state.pointee.began
        estimate(state, elapsed)
        if elapsed >= state.pointee.length { return true }
        if elapsed >= shortest && isWaitedFor(t, state) { return true }
        let remaining = state.pointee.length - elapsed
        let next = min(left, stride(state, for: min(state.pointee.length / 4, remaining)))
        Driver.allowBreaks(t, next)
        return false
    }
    private static func isWaitedFor(_ t: ThreadContext, _ state: TransactionState) -> Bool {
        host_load32_acquire(quanta_sleepers(t)) != 0
            || host_load32_acquire(quanta_doomed(t)) != 0
            || state.pointee.admission._withUnsafeGuaranteedRef { $0.isAsked }
            || host_load_relaxed(quanta_stop_request(t.pointee.world)) != 0
    }

    static func goOn(_ t: ThreadContext, _ state: TransactionState) {
        countBreaks(t, state)
        Driver.allowBreaks(t, randomStride(t, state) ?? atomicStride)
    }
    static func moveOn(_ t: ThreadContext, _ state: TransactionState) {
        let begin = host_monotonic_ns()
        if begin < state.pointee.movesOn { return }
        state.pointee.admission._withUnsafeGuaranteedRef { $0.stay() }
        Transaction.moveOn(t, state)
        let end = host_monotonic_ns()
        let isValidating = state.pointee.health == .normal
        state.pointee.movesOn =
            end + (isValidating ? max(movesOnAfter, 10 * (end - begin)) : movesOnAfter)
    }
    static func countBreaks(_ t: ThreadContext, _ state: TransactionState) {
        state.pointee.breaks = Int64(Driver.breaksCovered(t))
    }

    /// Falls at once and rises slowly: a thread that was off its core has not worked longer.
    private static func estimate(_ state: TransactionState, _ elapsed: UInt64) {
        let now = max(0.1, Double(elapsed) / Double(max(1, state.pointee.breaks)))
        let before = state.pointee.nanosecondsPerBreak
        state.pointee.nanosecondsPerBreak = min(now, before * 1.25)
    }

    /// After the end, and after waiting for the winner.
    static func learn(_ t: ThreadContext, _ state: TransactionState, committed: Bool) {
        state.pointee.ended = host_monotonic_ns()
        let elapsed = state.pointee.ended &- state.pointee.began
        if committed {
            let worked = elapsed - min(elapsed, state.pointee.waited)
            estimate(state, worked)
            let price = state.pointee.rawPace.price(
                ofTransaction: worked, breaks: state.pointee.breaks)
            if let price { state.pointee.price = price }
        }
        // When it took much longer than usual, this thread was off its core. A wait counts even when the other
        // was: threads that wait for each other on a busy machine had better run one at a time.
        let usual = UInt64(Double(state.pointee.breaks + 1) * state.pointee.nanosecondsPerBreak)
        let work = elapsed < 2 * usual ? elapsed : usual
        let waited = min(elapsed - min(elapsed, work), state.pointee.waited, longestWait)
        state.pointee.lost += waited
        if committed {
            state.pointee.failures = 0
            state.pointee.cleanCommits += 1
            if state.pointee.cleanCommits >= 4 {
                state.pointee.cleanCommits = 0
                state.pointee.length = min(longest, state.pointee.length * 2)
            }
            state.pointee.useful += work
        } else {
            state.pointee.cleanCommits = 0
            state.pointee.length = max(shortest, state.pointee.length / 2)
            state.pointee.lostBreaks = state.pointee.breaks
            state.pointee.failures += 1
            if state.pointee.failures >= lossesBeforeInevitable {
                state.pointee.wantsInevitable = true
            }
            state.pointee.lost += work
        }
        if state.pointee.useful + state.pointee.lost >= portion { report(t, state) }
    }

    private static func report(_ t: ThreadContext, _ state: TransactionState) {
        state.pointee.admission._withUnsafeGuaranteedRef {
            $0.weigh(
                t, useful: state.pointee.useful, lost: state.pointee.lost,
                price: state.pointee.price)
        }
        state.pointee.useful = 0
        state.pointee.price = nil
        state.pointee.lost = 0
    }
}
