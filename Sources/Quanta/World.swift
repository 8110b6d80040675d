import CHost
import ManagedHeap

/// Inside and outside: what threads and a collector agree on, through words in memory, so that
/// crossing the border touches no shared object.
///
/// A thread is *inside* while it may touch managed memory. A collector raises `stopRequest` and waits
/// until everybody else is outside. In the middle of a quantum a thread goes outside for a moment at
/// a safepoint: a slow break, or the slow path of allocation.
public enum World {
    /// Goes inside; waits while a collection runs.
    public static func goInside(_ t: ThreadContext) {
        let world = t.pointee.world
        while true {
            // Dekker with `collect`: announce, then look; it asks, then looks at the announcement.
            _ = host_exchange(quanta_inside(t), 1)
            if host_load_seqcst(quanta_stop_request(world)) == 0 { return }
            host_store_release(quanta_inside(t), 0)
            let seen = host_load32_acquire(quanta_restarts(world))
            if host_load_acquire(quanta_stop_request(world)) != 0 {
                host_futex_wait(quanta_restarts(world), seen, 2000)
            }
        }
    }

    /// No other guest thread can be waiting for this one, now or soon.
    @inlinable @inline(__always) public static func isOnlyGuest(_ t: ThreadContext) -> Bool {
        host_load_relaxed(quanta_guests(t.pointee.world)) == 1
    }

    /// Goes outside: a collection may run from here on.
    public static func goOutside(_ t: ThreadContext) {
        quanta_record_native(t)
        // Publishes everything done inside to a collector that sees 0.
        host_store_release(quanta_inside(t), 0)
    }

    /// A collection may run here, in the middle of a quantum.
    @inline(__always) public static func safepoint(_ t: ThreadContext) {
        if host_load_relaxed(quanta_stop_request(t.pointee.world)) != 0 { stop(t) }
    }
    @inline(never) private static func stop(_ t: ThreadContext) {
        goOutside(t)
        goInside(t)
    }

    @inline(__always) public static func isHalted(_ t: ThreadContext) -> Bool {
        host_load_relaxed(quanta_halted(t.pointee.world)) != 0
    }
    @inline(__always) public static func checkHalt(_ t: ThreadContext) throws(Abort) {
        if isHalted(t) { throw Abort() }
    }

    /// Between two quanta: what reclaimed objects asked for.
    @inline(__always) public static func runFinalizers(_ t: ThreadContext) {
        if host_load_relaxed(quanta_reclaimed(t.pointee.world)) != 0 { runFinalizersNow(t) }
    }
    @inline(never) private static func runFinalizersNow(_ t: ThreadContext) {
        host_store_relaxed(quanta_reclaimed(t.pointee.world), 0)
        for action in Heap.of(t).takeReadyFinalizers() { action() }
    }

    /// Guards commits of quanta with ordered effects (E1).
    public static func lockEffects(_ t: ThreadContext) {
        host_lock(quanta_effects_lock(t.pointee.world))
    }
    public static func unlockEffects(_ t: ThreadContext) {
        host_unlock(quanta_effects_lock(t.pointee.world))
    }
}
