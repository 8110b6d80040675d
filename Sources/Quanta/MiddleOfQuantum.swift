import CHost
import ManagedHeap

/// Waiting and external calls in the middle of built-in functions, which have no point to resume at.
///
/// What the quantum has done so far is committed first; then the thread is outside, where it delays
/// nobody; then it goes on in a new quantum that is inevitable, because native code above could not be
/// run again. That one ends at the next break. So a call of one of these functions is a place where
/// others may run, just as a break is, but inside atomic blocks and nested runs too: an atomic block
/// that waits is atomic before and after the wait.
///
/// Everything the caller holds in its native frames and in frames of the VM stack stays as it is and
/// is seen by collections.
extension Quantum {
    /// Runs `body` outside the VM, exactly once; others run meanwhile. It must not touch managed objects.
    @inline(never)
    public func outside<R>(_ reason: StaticString, _ body: () -> R) throws(Abort) -> R {
        let t = thread
        try B.becomeInevitable(t, reason)
        try B.finish(t)
        B.leave(t)
        let result = observe(body)
        B.arrive(t)
        try goOnInevitable()
        return result
    }

    /// Waits outside until `isOver`, a signal or a halt.
    ///
    /// `isOver` may be called by any thread. `sleep` waits for a while; it gets the wake word of this
    /// thread's context and what the word held before `isOver` was asked.
    @inline(never)
    public func rest(
        sleep: (_ word: UnsafeMutableRawPointer, _ seen: UInt32) -> Void,
        until isOver: @escaping () -> Bool
    ) throws(Abort) {
        let t = thread
        try B.becomeInevitable(t, "wait")
        try leaveToWait()
        rest(Wait(isForGuest: false, until: orDisturbed(isOver)), sleep)
        try goOnInevitable()
    }

    /// Waits until another quantum, having committed, wakes those that wait for `key`; until the time
    /// `deadline` of the monotonic clock, in nanoseconds; or until there is a signal to be heard.
    ///
    /// The caller has found, in this quantum, a reason to wait. Whoever takes the reason away calls
    /// ``unpark(_:count:)``. A wake-up says only that it is time to look again.
    @inline(never)
    public func park(on key: UInt, until deadline: UInt64 = .max) throws(Abort) -> Awakening {
        let t = thread
        let lot = machine.parking
        try B.becomeInevitable(t, "wait")
        let place = lot.enter(key, t)
        try leaveToWait()
        rest(
            Wait(
                isForGuest: true, deadline: deadline == .max ? nil : deadline,
                until: orDisturbed { place.isWoken }),
            { word, seen in
                if deadline == .max { return host_futex_wait(word, seen, 0) }
                Quantum.doze(word, seen, until: deadline)
            })
        lot.leave(place)
        try goOnInevitable()
        return observe {
            if place.isWoken { return .woken }
            return host_load_relaxed(quanta_signals(t)) != 0 ? .disturbed : .timeout
        }
    }
    /// Wakes up to `count` threads that wait for `key`, when this quantum commits.
    public func unpark(_ key: UInt, count: Int = .max) {
        let lot = machine.parking
        onCommit { lot.wake(key, count) }
    }
    /// Sleeps until `deadline`, or until there is a signal to be heard.
    @inline(never) public func sleep(until deadline: UInt64) throws(Abort) {
        try B.becomeInevitable(thread, "wait")
        try leaveToWait()
        rest(
            Wait(isForGuest: true, deadline: deadline, until: orDisturbed { false }),
            { word, seen in Quantum.doze(word, seen, until: deadline) })
        try goOnInevitable()
    }

    /// From here on nothing is undone, and what the quantum has promised for its commit has been done: calls
    /// of the system may follow.
    public func settle(_ reason: StaticString) throws(Abort) {
        try B.becomeInevitable(thread, reason)
        Driver.settle(thread)
    }

    /// Does something wait that ``hear()`` would tell, or has the machine been halted? For work without breaks
    /// that may take long. Cost: two loads.
    public var isCalled: Bool {
        host_load_relaxed(quanta_signals(thread)) != 0 || VirtualMachine.of(thread).isHalted
    }
    /// What the guest should hear of, as at a break.
    public func hear() -> Signal? { Driver.takeSignal(thread) }
    /// Merging has gone on long enough: the quantum ends at its next break, if that may end it.
    public func breakSoon() { Driver.breakSoon(thread) }

    // MARK: parts

    /// Who waits may wait long: what has been written should be seen.
    private func leaveToWait() throws(Abort) {
        try B.finish(thread)
        Driver.flushOutput(thread)
    }
    private func goOnInevitable() throws(Abort) {
        try B.startInevitable(thread)
        Driver.breakSoon(thread)
    }
    private func rest(_ wait: Wait, _ sleep: (UnsafeMutableRawPointer, UInt32) -> Void) {
        Scheduler.of(thread).takeUnretainedValue().rest(thread, wait, sleep: sleep)
    }
    private static func doze(
        _ word: UnsafeMutableRawPointer, _ seen: UInt32, until deadline: UInt64
    ) {
        let now = host_monotonic_ns()
        if now < deadline { host_futex_wait(word, seen, (deadline - now) / 1000 + 1) }
    }
    private func orDisturbed(_ isOver: @escaping () -> Bool) -> () -> Bool {
        let t = thread
        return { isOver() || World.isHalted(t) || host_load_relaxed(quanta_signals(t)) != 0 }
    }
}
