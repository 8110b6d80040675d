import CHost
import ManagedHeap
import Observe
import Quanta

/// The specialisation of guest code that runs in transactions.
@frozen public enum Transactional: Backend {
    @inlinable @inline(__always)
    public static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int
    ) -> UInt64 { Barriers.read(t, unit, word) }
    @inlinable @inline(__always)
    public static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ a: Int, _ b: Int
    ) -> (UInt64, UInt64) { Barriers.read(t, unit, a, b) }
    @inlinable @inline(__always)
    public static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ a: Int, _ b: Int, _ c: Int
    ) -> (UInt64, UInt64, UInt64) { Barriers.read(t, unit, a, b, c) }
    @inlinable @inline(__always)
    public static func write(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int, _ bits: UInt64
    ) { Barriers.write(t, unit, word, bits) }
    @inlinable @inline(__always)
    public static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int,
        then next: (UInt64) -> Int?
    ) -> (UInt64, UInt64?) { Barriers.read(t, unit, word, then: next) }
    @inlinable @inline(__always)
    public static func copy(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int,
        to target: UnsafeMutablePointer<UInt64>, _ count: Int
    ) { Barriers.copy(t, unit, word, to: target, count) }
    @inlinable @inline(__always)
    public static func own(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>
    ) -> Bool { Barriers.isWritable(t, unit) || ownSlowly(t, unit) }
    @inline(never) @usableFromInline static func ownSlowly(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>
    ) -> Bool {
        // Writes a word as it is: that locks the unit, unless the transaction can no longer commit.
        Barriers.write(t, unit, 1, Barriers.read(t, unit, 1))
        return Barriers.isWritable(t, unit)
    }
    @inlinable @inline(__always) public static func birth(_ t: ThreadContext) -> UInt64 {
        t.pointee.birth
    }
    /// Counts down to the next look up from work.
    @inlinable @inline(__always) public static func poll(_ t: ThreadContext) -> Bool {
        let left = t.pointee.budget &- 1
        t.pointee.budget = left
        return _slowPath(left < 0) && isOver(t)
    }
    @inline(never) @usableFromInline static func isOver(_ t: ThreadContext) -> Bool {
        Pacing.isOver(t, TransactionState(t))
    }
    @inlinable @inline(__always) public static var rollsBack: Bool { true }

    @inlinable @inline(__always) public static func finish(_ t: ThreadContext) throws(Abort) {
        if !end(t) { throw Abort() }
    }
    @inlinable @inline(__always) public static func start(_ t: ThreadContext) throws(Abort) {
        if !startOrChange(t) { throw Abort() }
    }
    @inline(never) public static func startInevitable(_ t: ThreadContext) throws(Abort) {
        let state = TransactionState(t)
        if t.pointee.isPlain != 0 {
            state.pointee.admission._withUnsafeGuaranteedRef { $0.open(t) }
        }
        state.pointee.wantsInevitable = true
        if !begin(t, state) { throw Abort() }
    }
    @inlinable @inline(__always) public static func merge(_ t: ThreadContext) throws(Abort) {
        if !goOn(t) { throw Abort() }
    }
    @inline(never) public static func leave(_ t: ThreadContext) {
        TransactionState(t).pointee.admission._withUnsafeGuaranteedRef { $0.leave(t) }
    }
    @inline(never) public static func arrive(_ t: ThreadContext) {
        TransactionState(t).pointee.admission._withUnsafeGuaranteedRef { $0.enter(t) }
    }
    @inlinable @inline(__always)
    public static func becomeInevitable(_ t: ThreadContext, _ reason: StaticString) throws(Abort) {
        if !inevitableHere(t) { throw Abort() }
    }

    @inline(never) @usableFromInline static func end(_ t: ThreadContext) -> Bool {
        let state = TransactionState(t)
        if !state.pointee.active { return true }
        if state.pointee.loss != nil { return false }
        if FaultInjection.strikes(t, state.pointee.injection.abortOneIn), !state.pointee.inevitable,
            state.pointee.health != .doomed
        {
            Transaction.doom(t, state, .abortsForced)
        }
        Pacing.countBreaks(t, state)
        let merged = UInt64(max(0, state.pointee.breaks - 1))
        if !Transaction.commit(t, state) { return lose(t, state, .defeat) }
        Pacing.learn(t, state, committed: true)
        t.count(.quanta)
        t.count(.commits)
        t.count(.merged, by: merged)
        let (stamp, changes) = state.pointee.position
        Journal.end(t, at: stamp, changes: changes)
        if t.pointee.pendingEffects != 0 { Effects.of(t).commit(t) }
        return true
    }

    /// Whoever gets false throws ``Abort``. Native frames are left now, in no order that this module knows, and may
    /// yet read, write and come to breaks; they see one snapshot and write to copies. Then ``undo(_:_:)`` follows.
    private static func lose(
        _ t: ThreadContext, _ state: TransactionState, _ loss: TransactionStorage.Loss
    ) -> Bool {
        if state.pointee.loss == nil {
            state.pointee.loss = loss
            Pacing.countBreaks(t, state)
        }
        if !state.pointee.inevitable { Transaction.doom(t, state) }
        return false
    }
    /// All native frames of an open transaction have been left by ``Abort``.
    static func undo(_ t: ThreadContext, _ state: TransactionState) {
        let loss = state.pointee.loss
        Transaction.rollback(t, state)
        if loss != .restart { Pacing.learn(t, state, committed: false) }
    }

    /// Between two quanta, where the thread may go on alone instead. False: it does, or has halted.
    @inline(never) @usableFromInline static func startOrChange(_ t: ThreadContext) -> Bool {
        let state = TransactionState(t)
        if t.pointee.isPlain == 0 { change(t, state) }
        if t.pointee.isPlain != 0 {
            VMStack.settle(t)
            return false
        }
        return begin(t, state)
    }

    /// Gives the seat to others, or closes the door behind them.
    private static func change(_ t: ThreadContext, _ state: TransactionState) {
        state.pointee.admission._withUnsafeGuaranteedRef { admission in
            if FaultInjection.strikes(t, state.pointee.injection.switchOneIn) {
                admission.yield(t, .ratherAlone)
            } else if admission.isAsked {
                state.pointee.solitarySince = 0
                admission.yield(t)
            } else if admission.isSolitary {
                let now = host_monotonic_ns()
                if state.pointee.solitarySince == 0 {
                    state.pointee.solitarySince = now
                } else if now - state.pointee.solitarySince >= Admission.closingNanoseconds {
                    state.pointee.solitarySince = 0
                    admission.close(t)
                }
            } else {
                state.pointee.solitarySince = 0
                let probes = admission.wantsProbe(now: state.pointee.ended)
                if probes { admission.yield(t, .ratherAlone) }
            }
        }
    }

    /// Collections, finalizers, then the next transaction. False: halted.
    static func begin(_ t: ThreadContext, _ state: TransactionState) -> Bool {
        host_store_relaxed(quanta_poll(t), 0)
        World.safepoint(t)
        if FaultInjection.strikes(t, state.pointee.injection.collectOneIn) {
            VirtualMachine.of(t).collect(t)
        }
        World.runFinalizers(t)
        while true {
            Transaction.begin(t, state)
            Pacing.start(t, state)
            if World.isHalted(t) { return lose(t, state, .defeat) }
            if !state.pointee.wantsInevitable { return true }
            if Transaction.becomeInevitable(t, state, waiting: true) {
                state.pointee.wantsInevitable = false
                return true
            }
            Transaction.rollback(t, state)
        }
    }

    /// A break that may not end the quantum: look up from work.
    @inline(never) @usableFromInline static func goOn(_ t: ThreadContext) -> Bool {
        let state = TransactionState(t)
        if state.pointee.loss != nil { return false }
        World.safepoint(t)
        if FaultInjection.strikes(t, state.pointee.injection.abortOneIn * 4),
            !state.pointee.inevitable
        {
            Transaction.doom(t, state, .abortsForced)
        }
        if !state.pointee.inevitable, state.pointee.health == .normal,
            host_load32_acquire(quanta_doomed(t)) != 0
        {
            Transaction.doom(t, state, .abortsRemote)
        }
        if state.pointee.health != .doomed { Pacing.moveOn(t, state) }
        if state.pointee.health == .doomed || World.isHalted(t) {
            return lose(t, state, .defeat)
        }
        Pacing.goOn(t, state)
        return true
    }

    @inline(never) @usableFromInline static func inevitableHere(_ t: ThreadContext) -> Bool {
        let state = TransactionState(t)
        if state.pointee.loss != nil { return false }
        // Between two quanta nothing is open that could abort.
        if state.pointee.inevitable || !state.pointee.active { return true }
        let struck = FaultInjection.strikes(t, state.pointee.injection.abortOneIn)
        if !struck, Transaction.becomeInevitable(t, state, waiting: false) { return true }
        state.pointee.wantsInevitable = true
        return lose(t, state, .restart)
    }
}
