import CHost
import ManagedHeap
import Quanta

/// One thread at a time, in an order that a seed decides: the same seed gives the same run.
///
/// Threads pass a baton at breaks. How many breaks a quantum spans and who is next come from the
/// seed alone; foreign calls keep the baton, so that their duration does not matter.
///
/// With `abortEveryQuantum` each quantum runs twice: once to be rolled back, once for good. A guest or
/// interpreter with side effects outside the quantum shows different output then.
///
/// B1  `holder` is the one thread that runs guest code; it changes only under `lock`.
/// B2  `members` lists the threads that take part, in the order in which they were started.
public final class SerialScheduler: Scheduler, @unchecked Sendable {
    private struct Member {
        let thread: ThreadContext
        /// Waits until this holds.
        var awaited: (() -> Bool)?
        var isEligible: Bool { awaited?() ?? true }
    }

    let abortEveryQuantum: Bool
    private let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private var members: [Member] = []
    private var holder: ThreadContext?
    private var random: UInt64

    public init(seed: UInt64 = 0, abortEveryQuantum: Bool = false) {
        self.abortEveryQuantum = abortEveryQuantum
        random = (seed &+ 1) &* 0x9E37_79B9_7F4A_7C15
        lock.initialize(to: 0)
    }
    deinit { lock.deallocate() }

    public override var name: String { "serial" }
    public override var checksPromises: Bool { true }

    @inline(__always) static func of(_ t: ThreadContext) -> SerialScheduler {
        Unmanaged<SerialScheduler>.fromOpaque(t.pointee.scheduler.unsafelyUnwrapped)
            .takeUnretainedValue()
    }

    public override func attach(_ t: ThreadContext) {
        t.pointee.backend = Unmanaged.passRetained(UndoLog(enabled: abortEveryQuantum)).toOpaque()
    }
    public override func detach(_ t: ThreadContext) {
        Unmanaged<UndoLog>.fromOpaque(t.pointee.backend.unsafelyUnwrapped).release()
    }
    public override func willStart(_ t: ThreadContext) {
        locked { members.append(Member(thread: t)) }
    }

    public override func didNotStart(_ t: ThreadContext) {
        locked { members.removeAll { $0.thread == t } }
    }

    /// Runs a task to its end on the current OS thread.
    @inlinable @inline(never)
    public func drive<T: GuestTask>(_ t: ThreadContext, _ saved: UnsafeMutablePointer<T>) {
        enter(t)
        Driver.prepare(t)
        while Undoing.resume(t) {
            var work = saved.pointee
            do throws(Abort) {
                let q = Quantum<Undoing>(t)
                try work.run(q)
                try Undoing.finish(t)
                saved.pointee = work
                break
            } catch {}
        }
        leave(t)
    }

    // MARK: the baton

    public override func enter(_ t: ThreadContext) {
        locked { if holder == nil { passOn() } }
        awaitBaton(t)
    }

    /// The thread has ended.
    public override func leave(_ t: ThreadContext) {
        quanta_record_native(t)
        locked {
            members.removeAll { $0.thread == t }
            passOn()
        }
    }

    public override func idle(
        _ t: ThreadContext, _ word: UnsafeMutablePointer<UInt32>, seen: UInt32
    ) {
        wait(t) { host_load32_acquire(word) != seen }
    }
    /// Others run meanwhile. Where the end of the wait is a matter of time, so is the schedule.
    public override func rest(
        _ t: ThreadContext, sleep: (_ word: UnsafeMutableRawPointer, _ seen: UInt32) -> Void,
        until isOver: @escaping () -> Bool
    ) {
        wait(t, until: isOver)
    }
    private func wait(_ t: ThreadContext, until isOver: @escaping () -> Bool) {
        quanta_record_native(t)
        locked {
            setAwaited(t, isOver)
            passOn()
        }
        awaitBaton(t)
        locked { setAwaited(t, nil) }
    }

    /// Others run until the thread comes back; when that is decides the schedule, too.
    public override func stepAside(_ t: ThreadContext) {
        quanta_record_native(t)
        locked {
            setAwaited(t) { false }
            passOn()
        }
    }
    public override func stepBack(_ t: ThreadContext) {
        locked { setAwaited(t, nil) }
        awaitBaton(t)
    }

    /// Between two quanta: who is next?
    func turn(_ t: ThreadContext) {
        quanta_record_native(t)
        World.runFinalizers(t)
        let kept = locked {
            passOn()
            return holder == t
        }
        if !kept { awaitBaton(t) }
    }

    func begin(_ t: ThreadContext) {
        let log = UndoLog.of(t)
        // Short quanta are common, long ones occur. A second attempt is as long as the first.
        if !log.aborted { t.pointee.newWord = 1 &+ next() % (1 &<< (next() % 8)) }
        t.pointee.budget = Int64(t.pointee.newWord)
        log.begin(t)
    }

    private func awaitBaton(_ t: ThreadContext) {
        while true {
            let seen = host_load32_acquire(quanta_wake(t))
            let mine = locked {
                // Everybody may have been idle when a word changed from outside.
                if holder == nil { passOn() }
                return holder == t
            }
            if mine { return }
            host_futex_wait(quanta_wake(t), seen, 2_000)
        }
    }

    /// Under `lock`: gives the baton to a random thread that can run, or to nobody.
    private func passOn() {
        let halted = members.contains { World.isHalted($0.thread) }
        let eligible = members.filter { halted || $0.isEligible }
        if eligible.isEmpty {
            holder = nil
            return
        }
        let chosen = eligible[Int(next() % UInt64(eligible.count))].thread
        holder = chosen
        _ = host_fetch_add32(quanta_wake(chosen), 1)
        host_futex_wake(quanta_wake(chosen), 1)
    }

    private func setAwaited(_ t: ThreadContext, _ awaited: (() -> Bool)?) {
        guard let i = members.firstIndex(where: { $0.thread == t }) else { return }
        members[i].awaited = awaited
    }

    private func next() -> UInt64 {
        random ^= random &<< 13
        random ^= random &>> 7
        random ^= random &<< 17
        return random &>> 11
    }

    private func locked<R>(_ body: () -> R) -> R {
        host_lock(lock)
        defer { host_unlock(lock) }
        return body()
    }

    // MARK: operations of the backend, for code that is compiled once

    public override func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int
    ) -> UInt64 { Undoing.read(t, unit, word) }
    public override func write(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int, _ bits: UInt64
    ) { Undoing.write(t, unit, word, bits) }
    public override func own(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>) -> Bool {
        Undoing.own(t, unit)
    }
    public override func birth(_ t: ThreadContext) -> UInt64 { Undoing.birth(t) }
    public override func poll(_ t: ThreadContext) -> Bool { Undoing.poll(t) }
    public override func finish(_ t: ThreadContext) throws(Abort) { try Undoing.finish(t) }
    public override func start(_ t: ThreadContext) throws(Abort) { try Undoing.start(t) }
    public override func startInevitable(_ t: ThreadContext) throws(Abort) {
        try Undoing.startInevitable(t)
    }
    public override func merge(_ t: ThreadContext) throws(Abort) { try Undoing.merge(t) }
    public override func goOut(_ t: ThreadContext) { Undoing.leave(t) }
    public override func comeBack(_ t: ThreadContext) { Undoing.arrive(t) }
    public override func becomeInevitable(
        _ t: ThreadContext, _ reason: StaticString
    ) throws(Abort) { try Undoing.becomeInevitable(t, reason) }

    public override func visitRoots(_ t: ThreadContext, _ tracer: inout Tracer) {
        UndoLog.of(t).visitRoots(&tracer)
    }
}

extension Undoing {
    /// The next attempt: a quantum is open afterwards. False when the machine has halted.
    @inline(never) @usableFromInline static func resume(_ t: ThreadContext) -> Bool {
        if World.isHalted(t) {
            if UndoLog.of(t).open { UndoLog.rollback(t) }
            return false
        }
        Driver.reset(t)
        VMStack.rewind(t)
        SerialScheduler.of(t).begin(t)
        return true
    }
}
