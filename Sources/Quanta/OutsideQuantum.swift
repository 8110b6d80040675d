import CHost
import ManagedHeap

extension VirtualMachine {
    /// One quantum on the calling thread, while no guest thread runs: builds objects before a
    /// program starts, looks at them after it has ended.
    ///
    /// ```swift
    /// let cell = try machine.quantum { q in q.new(Cell.shape, Value(0)) }
    /// machine.heap.keep(Value(cell))
    /// ```
    /// Nothing else can interfere, so access is plain whatever the backend. References survive a
    /// collection while they are locals of `body` or reachable from a root; keep what shall outlive
    /// it. Throws when the machine has no room for another thread, and when the new objects exceed the
    /// heap limit. Cost: about a microsecond.
    public func quantum<R>(_ body: (borrowing Quantum<Raw>) -> R) throws(StartError) -> R {
        let t = try attach(VirtualMachine.noTask)
        World.goInside(t)
        Driver.prepare(t)
        let wasPlain = t.pointee.isPlain
        t.pointee.isPlain = 1
        let result = body(Quantum<Raw>(t))
        t.pointee.isPlain = wasPlain
        if t.pointee.pendingEffects != 0 { Effects.of(t).commit(t) }
        World.goOutside(t)
        let signal = Driver.takeSignal(t)
        scheduler.didNotStart(t)
        detach(t)
        if signal == .memory { throw .memory }
        return result
    }

    private struct NoTask: GuestTask {
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {}
    }
    private static let noTask = TaskTypeOf<NoTask>()
}
