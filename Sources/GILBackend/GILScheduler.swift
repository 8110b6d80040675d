import CHost
import ManagedHeap
import Quanta

/// One lock around the VM, handed over in the order of arrival.
///
/// A waiter asks the holder for the lock after a time slice; the holder gives it up at its next
/// break, and always around external quanta. Guest code runs the `Raw` specialisation.
///
/// G1  `owner` is 0 or the holder's id + 1. It leaves 0 only by a CAS, or stays nonzero when handed
///     to the first waiter under `lock`.
/// G2  `waiting` counts the entries of `waiters`; both change only under `lock`.
///
/// Source: the new GIL of CPython 3.2 (A. Pitrou), with direct hand-over instead of a race.
public final class GILScheduler: Scheduler, @unchecked Sendable {
    private let owner = UnsafeMutablePointer<UInt64>.allocate(capacity: 16)
    private let waiting = UnsafeMutablePointer<UInt64>.allocate(capacity: 16)
    /// A waiter has waited for a time slice.
    private let asked = UnsafeMutablePointer<UInt64>.allocate(capacity: 16)
    private let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private var waiters: [ThreadContext] = []
    /// By id; a thread is in it before it can hold the lock.
    private let threads = UnsafeMutablePointer<ThreadContext>.allocate(
        capacity: Int(QUANTA_MAX_THREADS))
    private let slice: UInt64

    public init(sliceMicroseconds: UInt64 = 5000) {
        slice = sliceMicroseconds
        owner.initialize(repeating: 0, count: 16)
        waiting.initialize(repeating: 0, count: 16)
        asked.initialize(repeating: 0, count: 16)
        lock.initialize(to: 0)
    }
    deinit {
        owner.deallocate()
        waiting.deallocate()
        asked.deallocate()
        lock.deallocate()
        threads.deallocate()
    }

    public override var name: String { "gil" }
    public override var showsOut: Bool { true }
    public override func attach(_ t: ThreadContext) {
        threads[Int(t.pointee.id)] = t
        t.pointee.isPlain = 1
    }

    /// Runs a task to its end on the current OS thread.
    @inlinable @inline(never)
    public func drive<T: GuestTask>(_ t: ThreadContext, _ saved: UnsafeMutablePointer<T>) {
        enter(t)
        Driver.prepare(t)
        do throws(Abort) {
            // Raw quanta are never rolled back: an Abort means that the machine has halted.
            var work = saved.pointee
            let q = Quantum<Raw>(t)
            try work.run(q)
            try Raw.finish(t)
            saved.pointee = work
        } catch {
            abandon(t)
        }
        leave(t)
    }
    @usableFromInline func abandon(_ t: ThreadContext) {
        VMStack.rewind(t)
        Driver.reset(t)
        if t.pointee.pendingEffects != 0 { Effects.of(t).abort(t) }
    }

    public override func enter(_ t: ThreadContext) {
        if host_cas(owner, 0, t.pointee.id &+ 1) { return }
        wait(t)
    }

    public override func leave(_ t: ThreadContext) {
        quanta_record_native(t)
        // Publishes this thread's writes to the next holder; sequentially consistent so that either
        // we see the waiter counted or it sees the lock free.
        host_store_seqcst(owner, 0)
        if host_load_seqcst(waiting) != 0 { handOver() }
    }

    public override func pause(_ t: ThreadContext) {
        World.runFinalizers(t)
        // Breaks take their slow path for other reasons too; only a waiter whose slice is over counts.
        if host_load_relaxed(asked) == 0 || World.isHalted(t) { return }
        host_store_relaxed(asked, 0)
        quanta_record_native(t)
        host_lock(lock)
        if waiters.isEmpty {
            host_unlock(lock)
            return
        }
        waiters.append(t)
        host_store_seqcst(waiting, UInt64(waiters.count))
        let next = takeFirst()
        host_store_seqcst(owner, next.pointee.id &+ 1)
        host_unlock(lock)
        wake(next)
        sleep(t)
    }

    public override func comeIn(_ t: ThreadContext, unless givesUp: () -> Bool) -> Bool {
        if host_cas(owner, 0, t.pointee.id &+ 1) { return true }
        queueUp(t)
        return sleep(t, unless: givesUp)
    }

    /// What the thread recorded when it left stays: the holder may be scanning it right now.
    @inline(never) private func wait(_ t: ThreadContext) {
        queueUp(t)
        sleep(t)
    }
    private func queueUp(_ t: ThreadContext) {
        host_lock(lock)
        waiters.append(t)
        host_store_seqcst(waiting, UInt64(waiters.count))
        host_unlock(lock)
        if host_load_seqcst(owner) == 0 { handOver() }
    }

    /// Until the lock has been handed to `t`; asks the holder every slice. False when `t` has given up.
    @discardableResult
    private func sleep(_ t: ThreadContext, unless givesUp: () -> Bool = { false }) -> Bool {
        let mine = t.pointee.id &+ 1
        var hasAsked = false
        while true {
            let seen = host_load32_acquire(quanta_wake(t))
            let holder = host_load_acquire(owner)  // pairs with the hand-over's store
            if holder == mine { return true }
            Stay.makeWay(for: t, isOverdue: hasAsked)
            host_futex_wait(quanta_wake(t), seen, slice)
            if givesUp() && withdraw(t) { return false }
            ask(host_load_acquire(owner), mine)
            hasAsked = true
        }
    }
    /// False when the lock has been handed to `t` meanwhile.
    private func withdraw(_ t: ThreadContext) -> Bool {
        host_lock(lock)
        defer { host_unlock(lock) }
        guard let place = waiters.firstIndex(of: t) else { return false }
        waiters.remove(at: place)
        host_store_seqcst(waiting, UInt64(waiters.count))
        return true
    }

    private func ask(_ holder: UInt64, _ mine: UInt64) {
        if holder == 0 { return handOver() }
        if holder == mine { return }
        host_store_relaxed(asked, 1)
        host_store_relaxed(quanta_poll(threads[Int(holder) - 1]), 1)
    }

    /// Gives a free lock to the first waiter.
    private func handOver() {
        host_lock(lock)
        guard let first = waiters.first, host_cas(owner, 0, first.pointee.id &+ 1) else {
            host_unlock(lock)
            return
        }
        let next = takeFirst()
        host_unlock(lock)
        wake(next)
    }
    private func takeFirst() -> ThreadContext {
        let first = waiters.removeFirst()
        host_store_seqcst(waiting, UInt64(waiters.count))
        return first
    }
    private func wake(_ t: ThreadContext) {
        _ = host_fetch_add32(quanta_wake(t), 1)
        host_futex_wake(quanta_wake(t), 1)
    }
}
