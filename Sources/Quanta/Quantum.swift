import CHost
import ManagedHeap
import Observe

/// The current quantum, as interpreter code sees it: access to objects, breaks, atomic blocks,
/// calls out of the VM.
///
/// A `Quantum` is one pointer, borrowed by `GuestTask.run` and by every helper. All operations are
/// inlined and specialised for the backend; interpreter code contains no barrier, root or retry.
@frozen public struct Quantum<B: Backend>: ~Copyable {
    public let thread: ThreadContext
    @inlinable @inline(__always) public init(_ thread: ThreadContext) { self.thread = thread }

    /// The machine this thread belongs to. Not for hot paths.
    public var machine: VirtualMachine { VirtualMachine.of(thread) }

    /// The system's number of the OS thread, the same as long as this guest thread lives.
    public var systemThread: Int { observe { Int(host_thread_id()) } }

    // MARK: breaks

    /// Atomicity may end here; if it does, the next quantum starts with `next`.
    ///
    /// `next` is evaluated only when the quantum really ends: a merged break costs one load and one
    /// predicted branch. Returns what the guest should hear of, nil in almost all cases. Inside
    /// atomic blocks and nested runs breaks merge.
    ///
    /// Throws when the quantum was rolled back: everything since its start is undone.
    @inlinable @inline(__always) @discardableResult
    public func qbreak<T: GuestTask>(resumeAt next: @autoclosure () -> T) throws(Abort) -> Signal? {
        if _slowPath(B.poll(thread)) { return try Quantum.end(thread, next()) }
        return nil
    }

    @inlinable @inline(never)
    static func end<T: GuestTask>(_ t: ThreadContext, _ next: T) throws(Abort) -> Signal? {
        // Heard within the quantum: if that is rolled back, the retry comes here and hears it again.
        if let signal = Driver.takeSignal(t) { return signal }
        if t.pointee.mergeDepth != 0 {
            t.pointee.overdue = 1
            try B.merge(t)
        } else {
            try B.finish(t)
            Driver.save(t, next)
            try B.start(t)
        }
        return Driver.takeSignal(t)
    }

    // MARK: atomic blocks

    /// Breaks merge until the matching ``leaveAtomic()``. Blocks nest.
    @inlinable @inline(__always) public func enterAtomic() { thread.pointee.mergeDepth &+= 1 }

    @inlinable @inline(__always) public func leaveAtomic() {
        Driver.leaveMerged(thread, 1)
    }

    /// Inside an atomic block or a nested run, where no quantum can end.
    @inlinable @inline(__always) public var isAtomic: Bool { thread.pointee.mergeDepth != 0 }
    /// Atomic blocks entered; nested runs do not count.
    @inlinable @inline(__always) public var atomicDepth: Int {
        Int(thread.pointee.mergeDepth & (Driver.nestedRun - 1))
    }

    /// A built-in written in Swift runs guest code: same quantum, breaks merge.
    ///
    /// An effect that must end the quantum makes it inevitable instead. Aborts pass through to the
    /// driver.
    @inlinable @inline(__always)
    public func nested<T: GuestTask>(_ task: inout T) throws(Abort) {
        let frame = thread.pointee.frame
        Driver.enterNested(thread)
        try task.run(self)
        Driver.leaveNested(thread)
        thread.pointee.frame = frame
    }

    // MARK: out of the VM

    /// Runs `body` between two quanta, outside the VM, exactly once; others run meanwhile.
    ///
    /// `next` receives the result back inside, puts it where it belongs and says where the next
    /// quantum starts. Inside an atomic block the quantum becomes inevitable instead and `body` runs
    /// within it. `body` must not touch managed objects.
    ///
    /// A replay of a recorded run takes the result from the recording and does not run `body`. For work on
    /// the machine itself use ``arrange(between:resumeWith:)``.
    @inlinable @inline(__always) @discardableResult
    public func call<R, T: GuestTask>(
        between body: () -> R, resumeWith next: (R) -> T
    ) throws(Abort) -> R {
        let t = thread
        if t.pointee.mergeDepth != 0 {
            try B.becomeInevitable(t, "external call in an atomic block")
            Driver.flushOutput(t)
            let result = observe(body)
            _ = next(result)
            return result
        }
        try B.finish(t)  // may abort: nothing has happened outside yet
        Driver.flushOutput(t)
        B.leave(t)
        let result = observe(body)
        B.arrive(t)
        Driver.save(t, next(result))  // no quantum is open: a retry starts with the result
        try B.start(t)
        return result
    }

    /// The same for what belongs to the machine, such as joining a work queue or starting threads: a replay
    /// runs `body`, too. What it does must follow from what the guest has done.
    @inlinable @inline(__always) @discardableResult
    public func arrange<R, T: GuestTask>(
        between body: () -> R, resumeWith next: (R) -> T
    ) throws(Abort) -> R {
        let t = thread
        if t.pointee.mergeDepth != 0 {
            try B.becomeInevitable(t, "work on the machine in an atomic block")
            let result = body()
            _ = next(result)
            return result
        }
        try B.finish(t)
        let result = body()
        Driver.save(t, next(result))
        try B.start(t)
        return result
    }

    /// From here on this quantum cannot abort: it may do what cannot be undone.
    ///
    /// At most one quantum is inevitable at a time, so this limits parallelism; `reason` appears in
    /// reports. Throws when it cannot be done here; the quantum then runs again, inevitable from its
    /// start.
    @inlinable @inline(__always)
    public func becomeInevitable(reason: StaticString) throws(Abort) {
        try B.becomeInevitable(thread, reason)
    }

    /// The guest ends here: commits what it has done, stops every guest thread, and leaves.
    ///
    /// Works anywhere, also inside atomic blocks and nested runs. A quantum that turns out not to have
    /// happened is rolled back instead and does not halt anything.
    public func halt(_ reason: VirtualMachine.Halt) throws(Abort) -> Never {
        try B.becomeInevitable(thread, "halt")
        try B.finish(thread)
        Scheduler.of(thread).takeUnretainedValue().willHalt(thread)
        machine.halt(reason)
        throw Abort()
    }

    // MARK: effects that wait for the commit

    /// Guest output. Appears when the quantum commits, whole and in commit order.
    public func write(_ text: some Sequence<UInt8>) { Effects.of(thread).write(text, thread) }
    public func write(_ text: String) { Effects.of(thread).write(text.utf8, thread) }

    /// Runs `action` once, when this quantum commits, in commit order. Short; no managed objects.
    public func onCommit(_ action: @escaping () -> Void) {
        Effects.of(thread).onCommit(action, thread)
    }
    /// Runs `action` if this quantum is rolled back, newest first.
    public func onAbort(_ action: @escaping () -> Void) {
        Effects.of(thread).onAbort(action, thread)
    }
    /// Runs `action` some time after `object` has been reclaimed.
    public func onReclaim(_ object: Reference, _ action: @escaping @Sendable () -> Void) {
        let heap = Heap.of(thread)
        onCommit { heap.addFinalizer(object, action) }
    }
}
