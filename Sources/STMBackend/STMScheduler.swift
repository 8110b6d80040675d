import CHost
import ManagedHeap
import Quanta

/// Optimistic transactions: quanta run in parallel and are rolled back when they conflict.
///
/// A thread that is alone inside runs raw, without transactions: see ``Admission``. See ``Transaction`` for
/// the algorithm, ``Barriers`` for what an access costs, ``Pacing`` for how long a transaction lasts.
public final class STMScheduler: Scheduler, @unchecked Sendable {
    /// When there are transactions.
    public enum Mode: Sendable {
        /// While several threads are inside and do not collide too often.
        case adaptive
        /// Always.
        case transactions
    }

    private let log = CommitLog()
    private let admission: Admission
    private let injection: FaultInjection
    private let arenaBytes: Int
    private let recorder: Recorder?

    /// - Parameters:
    ///   - seats: most threads in transactions at a time; the number of cores unless given.
    ///   - injection: faults for tests.
    ///   - arenaBytes: most memory for one thread's old versions.
    ///   - recorder: writes down in which order quanta commit; all run in transactions then.
    public init(
        _ mode: Mode = .adaptive, seats: Int? = nil, injection: FaultInjection = FaultInjection(),
        arenaBytes: Int = 8 << 30, recorder: Recorder? = nil
    ) {
        var injection = injection
        if recorder != nil { injection.switchOneIn = 0 }
        self.injection = injection
        self.arenaBytes = arenaBytes
        self.recorder = recorder
        admission = Admission(
            seats: seats ?? Int(host_core_count()),
            mayBeAlone: mode == .adaptive && recorder == nil, switching: injection.switchOneIn != 0)
    }
    deinit { log.release() }

    public override var name: String { "stm" }
    public override var runsInParallel: Bool { true }
    public override var showsOut: Bool { true }

    public override func attach(_ t: ThreadContext) {
        let storage = UnsafeMutablePointer<TransactionStorage>.allocate(capacity: 1)
        storage.initialize(
            to: TransactionStorage(
                log: log, admission: .passUnretained(admission), injection: injection,
                logBase: t.pointee.stackBase,
                arena: RecordArena(limitBytes: arenaBytes),
                lastSeen: Entry(word: host_load_acquire(log.tail))))
        t.pointee.backend = UnsafeMutableRawPointer(storage)
        Ownership.attach(t, log)
        t.pointee.lockTag = TransactionHeader.lockTag(thread: t.pointee.id)
        t.pointee.snapshotWord = ~TransactionHeader.lockBit
        ReadLog.attach(t, TransactionState(pointer: storage))
        log.attach(t)
        admission.attach(t)
    }
    public override func detach(_ t: ThreadContext) {
        let state = TransactionState(t)
        ReadLog.detach(t, state)
        state.pointee.old.clear()
        state.pointee.saved.release()
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
        run: while true {
            var work = saved.pointee
            do throws(Abort) {
                switch Transactional.attempt(t) {
                case .raw:
                    let q = Quantum<Raw>(t)
                    try work.run(q)
                    try Raw.finish(t)
                case .transactional:
                    let q = Quantum<Transactional>(t)
                    try work.run(q)
                    try Transactional.finish(t)
                case .none:
                    break run
                }
                saved.pointee = work
                break
            } catch {}
        }
        endEra(t)
        leave(t)
    }
    @inline(never) @usableFromInline func endEra(_ t: ThreadContext) {
        Ownership.endEra(t, TransactionState(t))
    }

    public override func enter(_ t: ThreadContext) { admission.enter(t) }
    public override func comeIn(_ t: ThreadContext, unless givesUp: () -> Bool) -> Bool {
        let state = TransactionState(t)
        if !admission.enter(t, unless: givesUp) { return false }
        state.pointee.runsRaw = t.pointee.isPlain != 0
        if state.pointee.runsRaw { return true }
        var isOver = false
        while !isOver && Transactional.begin(t, state) {
            if Transaction.becomeInevitable(
                t, state, waiting: true,
                unless: {
                    isOver = givesUp()
                    return isOver
                })
            {
                return true
            }
            Transaction.rollback(t, state)
        }
        leave(t)
        return false
    }
    public override func leave(_ t: ThreadContext) {
        let state = TransactionState(t)
        // Of a thread of foreign code, or of a callback: what it should have done has been left by `Abort`.
        if state.pointee.active { Transactional.undo(t, state) }
        state.pointee.rawPace.cancel(t)
        admission.leave(t)
    }

    public override func pause(_ t: ThreadContext) {
        if t.pointee.isPlain != 0 && !World.isHalted(t) { pauseAlone(t) }
        if t.pointee.isPlain == 0 { VMStack.settle(t) }
    }
    /// Whoever must open finds out first how fast it is alone.
    private func pauseAlone(_ t: ThreadContext) {
        let state = TransactionState(t)
        World.runFinalizers(t)
        if FaultInjection.strikes(t, injection.switchOneIn) { return admission.open(t) }
        if injection.switchOneIn != 0 { host_store_relaxed(quanta_poll(t), 1) }
        if state.pointee.rawPace.isMeasuring {
            if state.pointee.rawPace.isDone(t) { _ = admission.pause(t, isReady: true) }
        } else if admission.pause(t, isReady: false) {
            state.pointee.rawPace.begin(t)
        }
    }
    public override func pauseInMiddle(_ t: ThreadContext) {
        if t.pointee.isPlain != 0 { return }
        admission.leave(t)
        admission.enter(t, .alone)
    }

    /// What happened so far.
    public var admissions: AdmissionHistory { admission.report() }
    public override var report: [(name: String, text: String)] {
        let a = admissions
        let milliseconds = a.aloneNanoseconds / 1_000_000
        return [
            (
                "alone",
                "\(milliseconds) ms without transactions, \(a.openings) times together and \(a.closings) back"
            ),
            ("contended", "\(a.contendedPeriods) times one at a time, \(a.handOvers) hand-overs"),
            ("price", "\(Int(a.price * 100)) % of the time without transactions"),
        ]
    }

    // MARK: operations of the backend, for code that is compiled once

    public override func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int
    ) -> UInt64 { Transactional.read(t, unit, word) }
    public override func write(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int, _ bits: UInt64
    ) { Transactional.write(t, unit, word, bits) }
    public override func copy(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int,
        to target: UnsafeMutablePointer<UInt64>, _ count: Int
    ) { Transactional.copy(t, unit, word, to: target, count) }
    public override func own(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>) -> Bool {
        Transactional.own(t, unit)
    }
    public override func poll(_ t: ThreadContext) -> Bool {
        runsRaw(t) ? Raw.poll(t) : Transactional.poll(t)
    }
    public override func finish(_ t: ThreadContext) throws(Abort) {
        if runsRaw(t) { try Raw.finish(t) } else { try Transactional.finish(t) }
    }
    public override func start(_ t: ThreadContext) throws(Abort) {
        if runsRaw(t) { try Raw.start(t) } else { try Transactional.start(t) }
    }
    public override func startInevitable(_ t: ThreadContext) throws(Abort) {
        if runsRaw(t) { try Raw.startInevitable(t) } else { try Transactional.startInevitable(t) }
    }
    public override func merge(_ t: ThreadContext) throws(Abort) {
        if runsRaw(t) { try Raw.merge(t) } else { try Transactional.merge(t) }
    }
    public override func goOut(_ t: ThreadContext) { leave(t) }
    public override func comeBack(_ t: ThreadContext) { enter(t) }
    public override func becomeInevitable(
        _ t: ThreadContext, _ reason: StaticString
    ) throws(Abort) { if !runsRaw(t) { try Transactional.becomeInevitable(t, reason) } }

    /// The native code that asks was called by raw code.
    private func runsRaw(_ t: ThreadContext) -> Bool { TransactionState(t).pointee.runsRaw }

    public override func visitRoots(_ t: ThreadContext, _ tracer: inout Tracer) {
        let state = TransactionState(t)
        Transaction.reclaim(t, state)
        state.pointee.arena.forEachRetired { visit($0, &tracer) }
        Transaction.closeRecords(state)
        if let entry = state.pointee.entry { visit(entry, &tracer) }
        state.pointee.old.visitRoots(&tracer)
        state.pointee.saved.visitRoots(&tracer)
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

/// The specialisation that the driver runs next.
@frozen @usableFromInline enum Specialisation {
    case raw, transactional
    /// The machine has halted.
    case none
}

extension Transactional {
    /// The next attempt: unless it is raw, a transaction is open afterwards.
    @inline(never) @usableFromInline static func attempt(_ t: ThreadContext) -> Specialisation {
        let state = TransactionState(t)
        if state.pointee.active {
            undo(t, state)
        } else if t.pointee.pendingEffects != 0 {
            Effects.of(t).abort(t)  // of a raw quantum, when the machine has halted
        }
        Driver.reset(t)
        VMStack.rewind(t)
        if World.isHalted(t) { return .none }
        if t.pointee.isPlain == 0 && !startOrChange(t) && t.pointee.isPlain == 0 {
            undo(t, state)  // halted meanwhile
            return .none
        }
        state.pointee.runsRaw = t.pointee.isPlain != 0
        return state.pointee.runsRaw ? .raw : .transactional
    }
}
