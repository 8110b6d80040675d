import CHost
import ManagedHeap

/// What the drivers of all backends share. A driver runs a task on the current OS thread:
///
/// ```
/// enter the VM, prepare
/// while true:
///     work = saved                     // a retry starts here
///     try work.run(q); try finish      // leaves by Abort when rolled back
/// leave the VM
/// ```
///
/// D1  The saved task is overwritten only when no quantum is open: after a commit, before `start`.
public enum Driver {
    /// From here on the native frames of this thread hold references. Inside the VM, so that no
    /// collection is running.
    @inlinable @inline(__always) public static func prepare(_ t: ThreadContext) {
        let base = quanta_native_base()
        t.pointee.nativeTop = base
        t.pointee.nativeBase = base
        quanta_set_current(t)
    }

    @inlinable @inline(__always)
    static func save<T: GuestTask>(_ t: ThreadContext, _ next: T) {
        precondition(
            t.pointee.savedBytes == UInt64(MemoryLayout<T>.size),
            "resumeAt: the task is not of this thread's type")
        t.pointee.heard = 0
        t.pointee.saved.unsafelyUnwrapped.assumingMemoryBound(to: T.self).pointee = next
    }

    /// After an abort: the next attempt starts outside any atomic block, and hears again what this
    /// one has heard.
    public static func reset(_ t: ThreadContext) {
        t.pointee.mergeDepth = 0
        t.pointee.overdue = 0
        if t.pointee.heard != 0 {
            _ = host_fetch_or(quanta_signals(t), t.pointee.heard)
            t.pointee.heard = 0
            host_store_relaxed(quanta_poll(t), 1)
        }
    }

    @inlinable static func takeSignal(_ t: ThreadContext) -> Signal? {
        host_load_relaxed(quanta_signals(t)) == 0 ? nil : takeSignalSlowly(t)
    }
    @inline(never) @usableFromInline static func takeSignalSlowly(_ t: ThreadContext) -> Signal? {
        for signal in [Signal.interrupt, .memory] {
            let bit = signal.rawValue
            if host_fetch_and(quanta_signals(t), ~bit) & bit != 0 {
                Journal.of(t)?.refuse("the guest was told of \(signal) while it ran")
                t.pointee.heard |= bit
                return signal
            }
        }
        return nil
    }

    // MARK: where no quantum ends

    /// What a nested run adds to `mergeDepth`; an atomic block adds 1.
    @inlinable static var nestedRun: UInt64 { 1 << 32 }
    @inlinable @inline(__always) static func enterNested(_ t: ThreadContext) {
        t.pointee.mergeDepth &+= nestedRun
    }
    @inlinable @inline(__always) static func leaveNested(_ t: ThreadContext) {
        leaveMerged(t, nestedRun)
    }
    @inlinable @inline(__always) static func leaveMerged(_ t: ThreadContext, _ amount: UInt64) {
        let depth = t.pointee.mergeDepth &- amount
        t.pointee.mergeDepth = depth
        if _slowPath(depth | (t.pointee.overdue ^ 1) == 0) { breakSoon(t) }
    }

    /// Makes the next break take its slow path.
    @inline(never) @usableFromInline static func breakSoon(_ t: ThreadContext) {
        t.pointee.overdue = 0
        allowBreaks(t, 1)
        host_store_relaxed(quanta_poll(t), 1)
    }

    /// Transactional code, or raw code that counts its breaks, takes the slow path at the `n`th break from here. The count
    /// of breaks goes on.
    @inline(__always) public static func allowBreaks(_ t: ThreadContext, _ n: Int64) {
        t.pointee.span &+= n &- 1 &- t.pointee.budget
        t.pointee.budget = n &- 1
    }
    /// The same for a quantum that begins.
    @inline(__always) public static func beginBreaks(_ t: ThreadContext, _ n: Int64) {
        t.pointee.span = n &- 1
        t.pointee.budget = n &- 1
    }
    /// Breaks that the open quantum has come to, whether they merged or not.
    public static func breaksCovered(_ t: ThreadContext) -> Int {
        Int(t.pointee.span &- t.pointee.budget)
    }

    /// Foreign code may print: what the guest wrote before comes first. The quantum is inevitable or
    /// has ended. The lock waits for quanta that have committed but not yet settled (E1). Cost when nothing has been
    /// written: three loads.
    @inlinable @inline(__always) public static func flushOutput(_ t: ThreadContext) {
        if t.pointee.pendingEffects | host_load_relaxed(t.pointee.unflushed) != 0 {
            flushOutputSlowly(t)
        }
    }
    @inline(never) @usableFromInline static func flushOutputSlowly(_ t: ThreadContext) {
        settle(t)
        // Without counting references: every call of foreign code that may print comes here.
        Unmanaged<VirtualMachine>.fromOpaque(t.pointee.machine.unsafelyUnwrapped)
            ._withUnsafeGuaranteedRef { $0.output.flush() }
    }
    /// Output and commit actions so far, of a quantum that is inevitable or has ended.
    static func settle(_ t: ThreadContext) {
        if t.pointee.pendingEffects & Effects.ordered == 0 { return }
        World.lockEffects(t)
        Effects.of(t).settle()
        World.unlockEffects(t)
    }
}
