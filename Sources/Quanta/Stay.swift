import CHost
import ManagedHeap

/// A foreign call within a quantum that will not be rolled back. The quantum keeps others out, and the call may
/// wait for one of them. Who waits to come in *shows the way out* to the thread in the call: it ends that thread's
/// quantum and leaves in its place, as if the call had been made between two quanta. The thread comes back when
/// its call returns.
///
/// Whom a thread is shown out by depends on its call:
///
/// | the call | threads of foreign code | guest threads |
/// | --- | --- | --- |
/// | belongs between two quanta, and stays because it is brief | at once | after a time slice |
/// | belongs to its quantum | at once | never |
/// | belongs to an atomic block | after ``patience`` | never |
///
/// S1  `stay` is 0, 1 during such a call, 2 while somebody acts for the thread, 3 once it has been shown out. It
///     goes to 2 only from 1; who has changed it to 2 uses the context until it is 3.
/// S2  During the call the thread counts as outside, so that collections need not wait for it.
public enum Stay {
    private static var ongoing: UInt32 { 1 }
    private static var ending: UInt32 { 2 }
    private static var ended: UInt32 { 3 }
    /// A call in an atomic block is left alone for this long, in nanoseconds, once somebody wants in: until then it
    /// does not look as if it waited, and nobody shall see what the block has done so far.
    public static let patience: UInt64 = 20_000_000

    /// Have threads of foreign code been invited?
    @inlinable @inline(__always) public static func matters(_ t: ThreadContext) -> Bool {
        host_load_relaxed(quanta_visited(t.pointee.world)) != 0
    }

    public enum Kind: UInt64 {
        case betweenQuanta, inQuantum, inBlock
    }

    /// The caller's frame stays until ``end(_:)``, and touches no managed memory before.
    @inlinable @inline(__always) public static func begin(_ t: ThreadContext, _ kind: Kind) {
        quanta_record_native(t)
        open(t, kind)
    }
    @inlinable @inline(__always) static func open(_ t: ThreadContext, _ kind: Kind) {
        host_store_relaxed(quanta_stay_kind(t), kind.rawValue)
        host_store_relaxed(quanta_stay_noticed(t), 0)
        t.pointee.stayInside = host_load_relaxed(quanta_inside(t))
        host_store_release(quanta_inside(t), 0)
        // Publishes the above, and the context as it is, to whoever makes it 2.
        host_store32_release(quanta_stay(t), 1)
    }

    /// True for who has been shown out: it is back in a new quantum then, inevitable until its next break.
    @inlinable @inline(__always) @discardableResult
    public static func end(_ t: ThreadContext) throws(Abort) -> Bool {
        // Nobody has acted for the thread, or it sees all that was done.
        if _fastPath(host_cas32(quanta_stay(t), 1, 0)) {
            if _slowPath(t.pointee.stayInside != 0) { World.goInside(t) }
            return false
        }
        try comeBack(t)
        return true
    }
    @inline(never) @usableFromInline static func comeBack(_ t: ThreadContext) throws(Abort) {
        while true {
            let seen = host_load32_acquire(quanta_stay(t))
            if seen == ended { break }
            host_futex_wait(quanta_stay(t), seen, 0)
        }
        host_store32_release(quanta_stay(t), 0)
        Scheduler.of(t).takeUnretainedValue().stepBack(t)
        Dispatched.arrive(t)
        try Dispatched.startInevitable(t)
        Driver.breakSoon(t)
    }

    /// The call calls back on its own thread.
    public static func interrupt<R>(
        _ t: ThreadContext, _ body: () throws(Abort) -> R
    ) throws(Abort) -> R {
        // The frames behind the call are those that were recorded, though others run meanwhile.
        let top = t.pointee.nativeTop
        let registers = t.pointee.registers
        let kind = Kind(rawValue: t.pointee.stayKind) ?? .inQuantum
        try end(t)
        let result = try body()
        t.pointee.nativeTop = top
        t.pointee.registers = registers
        open(t, kind)
        return result
    }

    /// Thread `t`, which waits to come in, shows out whoever is in such a call. `isOverdue`: it has waited for a
    /// time slice, and those inside, whom it has asked, have not come to a break.
    @inline(__always) public static func makeWay(for t: ThreadContext, isOverdue: Bool = false) {
        if t.pointee.isVisitor != 0 || isOverdue { makeWayNow(for: t) }
    }
    @inline(never) private static func makeWayNow(for t: ThreadContext) {
        let isVisitor = t.pointee.isVisitor != 0
        guard
            let other = VirtualMachine.of(t).firstThread(where: {
                beginsToEnd($0, forVisitor: isVisitor)
            })
        else { return }
        // A collection waits for those who are inside, and `other` for the collection.
        let inside = host_load_relaxed(quanta_inside(t))
        if inside != 0 { World.goOutside(t) }
        other.pointee.isRepresented = 1
        if other.pointee.stayInside != 0 { World.goInside(other) }
        // Nothing undoes the quantum; that the machine has halted is heard by the thread itself.
        do throws(Abort) { try Dispatched.finish(other) } catch {}
        Scheduler.of(other).takeUnretainedValue().stepAside(other)
        Dispatched.leave(other)
        other.pointee.isRepresented = 0
        host_store32_release(quanta_stay(other), ended)
        host_futex_wake(quanta_stay(other), 1)
        if inside != 0 { World.goInside(t) }
    }
    private static func beginsToEnd(_ t: ThreadContext, forVisitor: Bool) -> Bool {
        if host_load32_acquire(quanta_stay(t)) != ongoing { return false }
        let kind = host_load_relaxed(quanta_stay_kind(t))
        if !forVisitor && kind != Kind.betweenQuanta.rawValue { return false }
        if kind == Kind.inBlock.rawValue {
            let now = host_monotonic_ns()
            let noticed = host_load_relaxed(quanta_stay_noticed(t))
            if noticed == 0 { host_store_relaxed(quanta_stay_noticed(t), now) }
            if noticed == 0 || now - noticed < patience { return false }
        }
        return host_cas32(quanta_stay(t), ongoing, ending)
    }
}
