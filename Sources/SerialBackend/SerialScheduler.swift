import CHost
import ManagedHeap
import Quanta

/// One thread at a time, in the order of a ``Schedule``: the same schedule gives the same run.
///
/// Threads pass a baton at breaks. How many breaks a quantum spans and who is next come from the
/// schedule alone. Foreign calls keep the baton, so that their duration does not matter, unless somebody else
/// must go on for them to end: a thread of foreign code that wants to come in, or, after a second, anybody.
///
/// With `abortEveryQuantum` each quantum runs twice: once to be rolled back, once for good. A guest or
/// interpreter with side effects outside the quantum shows different output then.
///
/// B1  `holder` is the one thread that runs guest code; it changes only under `lock`.
/// B2  `members` lists the threads that take part, in the order in which they were started.
/// B3  A thread in a foreign call between two quanta is `isAway`. The baton may be taken from it, but not given
///     to it, before it is back.
public final class SerialScheduler: Scheduler, @unchecked Sendable {
    private struct Member {
        let thread: ThreadContext
        var wait: Wait?
        /// Has ended the guest, and waits until the others have done what the recording says.
        var isHalting = false
        /// In a foreign call between two quanta.
        var isAway = false
        /// Gives the baton up as soon as it is away.
        var stepsAside = false
        /// Foreign calls so far.
        var departures = 0
        /// 0 while it is not certain that the thread starts.
        var number: Int { Int(thread.pointee.number) }
    }

    let abortEveryQuantum: Bool
    private let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private var members: [Member] = []
    private var holder: ThreadContext?
    /// The number of the thread that had the baton last.
    private var last: Int?
    private let schedule: Schedule
    private let replay: Replay?

    public init(_ schedule: Schedule, abortEveryQuantum: Bool = false) {
        self.abortEveryQuantum = abortEveryQuantum
        self.schedule = schedule
        replay = nil
        lock.initialize(to: 0)
    }
    /// Does again what was recorded.
    public init(_ replay: Replay) {
        abortEveryQuantum = false
        schedule = Schedule()
        self.replay = replay
        lock.initialize(to: 0)
    }
    public convenience init(seed: UInt64 = 0, abortEveryQuantum: Bool = false) {
        self.init(SeededSchedule(seed: seed), abortEveryQuantum: abortEveryQuantum)
    }
    /// - Parameter limit: most turns of a run.
    public convenience init(following turns: Turns, limit: Int = .max) {
        self.init(GivenSchedule(turns, limit: limit))
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
    public override func willRun(_ t: ThreadContext) {
        replay?.journal(of: Int(t.pointee.number)).attach(to: t)
    }
    public override func willHalt(_ t: ThreadContext) {
        if replay == nil { return }
        quanta_record_native(t)
        locked {
            guard let i = members.firstIndex(where: { $0.thread == t }) else { return }
            members[i].isHalting = true
            passOn()
        }
        awaitBaton(t)
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
        // Of a thread of foreign code: what it should have done has been left by `Abort`.
        UndoLog.rollback(t)
        quanta_record_native(t)
        locked {
            members.removeAll { $0.thread == t }
            passOn()
            if members.isEmpty, !World.isHalted(t), let number = replay?.next {
                let divergence = Divergence("thread \(number) does not run")
                VirtualMachine.of(t).halt(.failed(divergence))
            }
        }
    }

    public override func idle(
        _ t: ThreadContext, _ word: UnsafeMutablePointer<UInt32>, seen: UInt32
    ) {
        wait(t, Wait(isForGuest: true) { host_load32_acquire(word) != seen })
    }
    /// Others run meanwhile. Where the end of the wait is a matter of time, so is the order, unless the
    /// schedule owns time.
    public override func rest(
        _ t: ThreadContext, _ wait: Wait,
        sleep: (_ word: UnsafeMutableRawPointer, _ seen: UInt32) -> Void
    ) {
        self.wait(t, wait)
    }
    private func wait(_ t: ThreadContext, _ wait: Wait) {
        // The recording knows when the wait was over.
        if replay != nil { return }
        quanta_record_native(t)
        locked {
            setWait(t, wait)
            passOn()
        }
        awaitBaton(t)
        locked { setWait(t, nil) }
    }

    // MARK: foreign calls between two quanta

    func leaveForCall(_ t: ThreadContext) {
        // Of a callback: what it should have done has been left by `Abort`.
        UndoLog.rollback(t)
        quanta_record_native(t)
        if replay != nil { return }
        locked {
            guard let i = index(t) else { return }
            members[i].isAway = true
            members[i].departures += 1
            if members[i].stepsAside { passOn() }
        }
    }
    func comeBackFromCall(_ t: ThreadContext) {
        if replay != nil { return }
        let kept = locked {
            guard let i = index(t) else { return true }
            members[i].isAway = false
            return holder == t
        }
        if !kept { awaitBaton(t) }
    }

    /// Others run until the thread comes back; when that is decides the schedule, too.
    public override func stepAside(_ t: ThreadContext) {
        if replay != nil { return }
        locked {
            guard let i = index(t) else { return }
            members[i].stepsAside = true
            if members[i].isAway && holder == t { passOn() }
        }
    }
    public override func stepBack(_ t: ThreadContext) {
        locked { if let i = index(t) { members[i].stepsAside = false } }
    }

    /// The call of whoever has the baton may not end before this thread has been in.
    public override func comeIn(_ t: ThreadContext, unless givesUp: () -> Bool) -> Bool {
        if !awaitBaton(t, patience: 0, unless: givesUp) { return false }
        begin(t)
        UndoLog.of(t).inevitable = true
        return true
    }

    /// Under `lock`: the number of the foreign call that the holder is in; nil when it is in none.
    private var callOfHolder: Int? {
        guard let holder, let i = index(holder), members[i].isAway else { return nil }
        return members[i].departures
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
        // A second attempt is as long as the first.
        if !log.aborted { t.pointee.snapshotWord = schedule.length() }
        Driver.beginBreaks(t, Replay.budget(t) ?? Int64(t.pointee.snapshotWord))
        log.begin(t)
    }

    /// False when `t` has given up.
    /// - Parameter patience: how often to look before the baton is taken from a thread in a foreign call.
    @discardableResult
    private func awaitBaton(
        _ t: ThreadContext, patience: Int = 500, unless givesUp: () -> Bool = { false }
    ) -> Bool {
        var call: Int?
        var left = patience
        while true {
            let seen = host_load32_acquire(quanta_wake(t))
            let mine = locked {
                // Everybody may have been idle when a word changed from outside.
                if holder == nil { passOn() }
                if call != callOfHolder { left = patience }
                call = callOfHolder
                if call != nil && left <= 0 && replay == nil { passOn() }
                left -= 1
                return holder == t
            }
            if mine { return true }
            Stay.makeWay(for: t)
            host_futex_wait(quanta_wake(t), seen, 2_000)
            if givesUp() { return locked { holder == t } }
        }
    }

    /// Under `lock`: gives the baton to a thread that can run, or to nobody.
    private func passOn() {
        holder = nil
        guard let first = members.first else { return }
        var awake: [Schedule.Candidate] = []
        var asleep: [Schedule.Candidate] = []
        let isHalted = World.isHalted(first.thread)
        if let replay, !isHalted { return passOn(as: replay) }
        for member in members where member.number != 0 && !member.isAway {
            switch member.wait {
            case let wait? where !isHalted && schedule.ownsTime && !wait.isOver():
                if wait.deadline == nil { continue }
                asleep.append(.init(number: member.number, isAsleep: true))
            case let wait? where !isHalted && !wait.isDue: continue
            default: awake.append(.init(number: member.number, isAsleep: false))
            }
        }
        let candidates = awake + asleep
        if candidates.isEmpty {
            let isStuck = members.allSatisfy { $0.wait?.isForGuest == true && !$0.isAway }
            if schedule.ownsTime && isStuck {
                let deadlock = "deadlock: every guest thread waits for another"
                stop(.failed(Schedule.Stuck(description: deadlock)))
            }
            return
        }
        var place = 0
        if !isHalted {
            do throws(Schedule.Stuck) {
                place = try schedule.next(candidates, after: last)
            } catch { stop(.failed(error)) }
        }
        last = candidates[place].number
        if let chosen = members.first(where: { $0.number == last }) { give(to: chosen.thread) }
    }
    private func give(to chosen: ThreadContext) {
        holder = chosen
        _ = host_fetch_add32(quanta_wake(chosen), 1)
        host_futex_wake(quanta_wake(chosen), 1)
    }
    private func passOn(as replay: Replay) {
        if let number = replay.next {
            if let next = members.first(where: { $0.number == number && !$0.isHalting }) {
                return give(to: next.thread)
            }
            stop(.failed(Divergence("thread \(number) does not run")))
        } else if let halting = members.first(where: \.isHalting) {
            return give(to: halting.thread)
        } else {
            // Threads were still running when something outside ended the recorded run.
            stop(.interrupted)
        }
        give(to: members[0].thread)
    }
    /// Everybody is roused, and leaves.
    private func stop(_ reason: VirtualMachine.Halt) {
        VirtualMachine.of(members[0].thread).halt(reason)
    }

    private func setWait(_ t: ThreadContext, _ wait: Wait?) {
        if let i = index(t) { members[i].wait = wait }
    }
    private func index(_ t: ThreadContext) -> Int? { members.firstIndex { $0.thread == t } }

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
        UndoLog.rollback(t)
        Driver.reset(t)
        VMStack.rewind(t)
        if World.isHalted(t) { return false }
        SerialScheduler.of(t).begin(t)
        return true
    }
}
