import CHost
import ManagedHeap
import Quanta

/// Optimistic transactions: quanta run in parallel and are rolled back when they conflict.
///
/// See ``Transaction`` for the algorithm, ``Barriers`` for what an access costs.
public final class STMScheduler: Scheduler, @unchecked Sendable {
    private let log = CommitLog()
    private let injection: FaultInjection
    private let arenaBytes: Int
    private let recorder: Recorder?

    /// - Parameters:
    ///   - injection: faults for tests.
    ///   - arenaBytes: most memory for one thread's old versions.
    ///   - recorder: writes down in which order quanta commit.
    public init(
        injection: FaultInjection = FaultInjection(), arenaBytes: Int = 8 << 30,
        recorder: Recorder? = nil
    ) {
        self.injection = injection
        self.arenaBytes = arenaBytes
        self.recorder = recorder
    }
    deinit { log.release() }

    public override var name: String { "stm" }
    public override var runsInParallel: Bool { true }

    public override func attach(_ t: ThreadContext) {
        let storage = UnsafeMutablePointer<TransactionStorage>.allocate(capacity: 1)
        storage.initialize(
            to: TransactionStorage(
                log: log, injection: injection, logBase: t.pointee.stackBase,
                arena: RecordArena(limitBytes: arenaBytes),
                lastSeen: Entry(word: host_load_acquire(log.tail))))
        t.pointee.backend = UnsafeMutableRawPointer(storage)
        t.pointee.lockTag = TransactionHeader.lockTag(thread: t.pointee.id)
        t.pointee.snapshotWord = ~TransactionHeader.lockBit
        ReadLog.attach(t, TransactionState(pointer: storage))
        log.attach(t)
    }
    public override func detach(_ t: ThreadContext) {
        let state = TransactionState(t)
        ReadLog.detach(t, state)
        state.pointee.old.clear()
        state.pointee.arena.release()
        state.pointer.deinitialize(count: 1)
        state.pointer.deallocate()
    }

    public override func willRun(_ t: ThreadContext) {
        recorder?.journal(of: Int(t.pointee.number)).attach(to: t)
    }

    /// Runs a task to its end on the current OS thread.
    @inlinable @inline(never)
    public func drive<T: GuestTask>(_ t: ThreadContext, _ saved: UnsafeMutablePointer<T>) {
        enter(t)
        Driver.prepare(t)
        while Transactional.resume(t) {
            var work = saved.pointee
            do throws(Abort) {
                let q = Quantum<Transactional>(t)
                try work.run(q)
                try Transactional.finish(t)
                saved.pointee = work
                break
            } catch {}
        }
        leave(t)
    }

    public override func enter(_ t: ThreadContext) { World.goInside(t) }
    public override func leave(_ t: ThreadContext) { World.goOutside(t) }

    // MARK: operations of the backend, for code that is compiled once

    public override func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int
    ) -> UInt64 { Transactional.read(t, unit, word) }
    public override func write(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int, _ bits: UInt64
    ) { Transactional.write(t, unit, word, bits) }
    public override func own(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>) -> Bool {
        Transactional.own(t, unit)
    }
    public override func birth(_ t: ThreadContext) -> UInt64 { Transactional.birth(t) }
    public override func poll(_ t: ThreadContext) -> Bool { Transactional.poll(t) }
    public override func finish(_ t: ThreadContext) throws(Abort) { try Transactional.finish(t) }
    public override func start(_ t: ThreadContext) throws(Abort) { try Transactional.start(t) }
    public override func startInevitable(_ t: ThreadContext) throws(Abort) {
        try Transactional.startInevitable(t)
    }
    public override func merge(_ t: ThreadContext) throws(Abort) { try Transactional.merge(t) }
    public override func goOut(_ t: ThreadContext) { Transactional.leave(t) }
    public override func comeBack(_ t: ThreadContext) { Transactional.arrive(t) }
    public override func becomeInevitable(
        _ t: ThreadContext, _ reason: StaticString
    ) throws(Abort) { try Transactional.becomeInevitable(t, reason) }

    public override func visitRoots(_ t: ThreadContext, _ tracer: inout Tracer) {
        let state = TransactionState(t)
        Transaction.reclaim(t, state)
        state.pointee.arena.forEachRetired { visit($0, &tracer) }
        if let entry = state.pointee.entry { visit(entry, &tracer) }
        state.pointee.old.visitRoots(&tracer)
        if state.pointee.active {
            var p = state.pointee.logBase
            while p < t.pointee.logNext.unsafelyUnwrapped {
                tracer.word(UInt(p.pointee))
                p += 1
            }
        }
    }
    private func visit(_ entry: Entry, _ tracer: inout Tracer) {
        entry.forEachRecord { record in
            tracer.word(UInt(bitPattern: record.unit))
            tracer.values(from: record.words + 1, to: record.words + 1 + record.slotCount)
        }
    }
}

extension Transactional {
    /// The next attempt: a transaction is open afterwards. False when the machine has halted.
    @inline(never) @usableFromInline static func resume(_ t: ThreadContext) -> Bool {
        let state = TransactionState(t)
        if World.isHalted(t) {
            if state.pointee.active { Transaction.rollback(t, state) }
            return false
        }
        // `start` threw, or the quantum was rolled back: nothing is open.
        precondition(!state.pointee.active)
        Driver.reset(t)
        VMStack.rewind(t)
        return begin(t)
    }
}
