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
    public static func write(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int, _ bits: UInt64
    ) { Barriers.write(t, unit, word, bits) }
    public static func own(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>
    ) -> Bool {
        // Writes a word as it is: that locks the unit, unless the transaction can no longer commit.
        Barriers.write(t, unit, 1, Barriers.read(t, unit, 1))
        let header = host_load_relaxed(unit)
        return header &>> 55 == t.pointee.lockTag
            || (header ^ t.pointee.newWord) <= Header.kindMask
    }
    @inlinable @inline(__always) public static func birth(_ t: ThreadContext) -> UInt64 {
        t.pointee.newWord
    }
    /// Counts down: a transaction is a number of breaks long.
    @inlinable @inline(__always) public static func poll(_ t: ThreadContext) -> Bool {
        let left = t.pointee.budget &- 1
        t.pointee.budget = left
        return left <= 0
    }
    @inlinable @inline(__always) public static var rollsBack: Bool { true }

    @inlinable @inline(__always) public static func finish(_ t: ThreadContext) throws(Abort) {
        if !end(t) { throw Abort() }
    }
    @inlinable @inline(__always) public static func start(_ t: ThreadContext) throws(Abort) {
        if !begin(t) { throw Abort() }
    }
    @inline(never) public static func startInevitable(_ t: ThreadContext) throws(Abort) {
        TransactionState(t).pointee.wantsInevitable = true
        if !begin(t) { throw Abort() }
    }
    @inlinable @inline(__always) public static func merge(_ t: ThreadContext) throws(Abort) {
        if !goOn(t) { throw Abort() }
    }
    @inline(never) public static func leave(_ t: ThreadContext) { World.goOutside(t) }
    @inline(never) public static func arrive(_ t: ThreadContext) { World.goInside(t) }
    @inlinable @inline(__always)
    public static func becomeInevitable(_ t: ThreadContext, _ reason: StaticString) throws(Abort) {
        if !inevitableHere(t) { throw Abort() }
    }

    @inline(never) @usableFromInline static func end(_ t: ThreadContext) -> Bool {
        let state = TransactionState(t)
        if !state.pointee.active { return true }
        if FaultInjection.strikes(t, state.pointee.injection.abortOneIn), !state.pointee.inevitable,
            state.pointee.health != .doomed
        {
            Transaction.doom(t, state, .abortsForced)
        }
        let merged = UInt64(max(0, state.pointee.lengthNow - t.pointee.budget - 1))
        let committed = Transaction.commit(t, state)
        Pacing.learn(t, state, committed: committed)
        if committed {
            t.count(.quanta)
            t.count(.commits)
            t.count(.merged, by: merged)
            let (stamp, changes) = state.pointee.position
            Journal.end(t, at: stamp, changes: changes)
            if t.pointee.pendingEffects != 0 { Effects.of(t).commit(t) }
        }
        return committed
    }

    /// Between two quanta: collections, finalizers, then the next transaction. False: halted.
    @inline(never) @usableFromInline static func begin(_ t: ThreadContext) -> Bool {
        let state = TransactionState(t)
        host_store_relaxed(quanta_poll(t), 0)
        World.safepoint(t)
        if FaultInjection.strikes(t, state.pointee.injection.collectOneIn) {
            VirtualMachine.of(t).collect(t)
        }
        World.runFinalizers(t)
        while true {
            if World.isHalted(t) { return false }
            Transaction.begin(t, state)
            Pacing.start(t, state)
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
        if state.pointee.health == .doomed || World.isHalted(t) {
            Pacing.learn(t, state, committed: false)
            Transaction.rollback(t, state)
            return false
        }
        t.count(.merged, by: UInt64(max(0, state.pointee.lengthNow - t.pointee.budget)))
        Pacing.goOn(t, state)
        return true
    }

    @inline(never) @usableFromInline static func inevitableHere(_ t: ThreadContext) -> Bool {
        let state = TransactionState(t)
        // Between two quanta nothing is open that could abort.
        if state.pointee.inevitable || !state.pointee.active { return true }
        let struck = FaultInjection.strikes(t, state.pointee.injection.abortOneIn)
        if !struck, Transaction.becomeInevitable(t, state, waiting: false) { return true }
        state.pointee.wantsInevitable = true
        Transaction.rollback(t, state)
        return false
    }
}

/// How many breaks a transaction spans. Doubles after clean commits, halves after aborts; a quantum
/// that keeps losing becomes inevitable.
enum Pacing {
    static let longest: Int64 = 4096
    static let shortest: Int64 = 64
    static let lossesBeforeInevitable = 8
    /// Breaks between two looks up from work inside an atomic block.
    static let stride: Int64 = 1000

    static func start(_ t: ThreadContext, _ state: TransactionState) {
        var length = state.pointee.length
        let failures = state.pointee.failures
        if failures > 0 { length = max(1, length >> Int64(min(failures, 6))) }
        let random = state.pointee.injection.randomLength
        if random != 0 { length = 1 + Int64(FaultInjection.random(t) % random) }
        state.pointee.lengthNow = length
        Driver.beginBreaks(t, length)
    }
    static func goOn(_ t: ThreadContext, _ state: TransactionState) {
        state.pointee.lengthNow = stride
        Driver.allowBreaks(t, stride)
    }
    static func learn(_ t: ThreadContext, _ state: TransactionState, committed: Bool) {
        if committed {
            state.pointee.failures = 0
            state.pointee.cleanCommits += 1
            if state.pointee.cleanCommits >= 4 {
                state.pointee.cleanCommits = 0
                state.pointee.length = min(longest, state.pointee.length * 2)
            }
        } else {
            state.pointee.cleanCommits = 0
            state.pointee.length = max(shortest, state.pointee.length / 2)
            state.pointee.failures += 1
            if state.pointee.failures >= lossesBeforeInevitable {
                state.pointee.wantsInevitable = true
            }
        }
    }
}
