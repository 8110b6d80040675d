import CHost
import ManagedHeap
import Observe
import Quanta

/// The specialisation of guest code on the serial backend: plain accesses, with an undo log while
/// the scheduler wants to be able to roll back.
@frozen public enum Undoing: Backend {
    @inlinable @inline(__always)
    public static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int
    ) -> UInt64 { host_load_relaxed(unit + word) }
    @inlinable @inline(__always)
    public static func write(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int, _ bits: UInt64
    ) {
        if t.pointee.logNext != nil { UndoLog.note(t, unit, word) }
        host_store_relaxed(unit + word, bits)
    }
    /// Old words are kept one by one.
    @inlinable @inline(__always)
    public static func own(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>) -> Bool {
        t.pointee.logNext == nil
    }
    @inlinable @inline(__always) public static func birth(_ t: ThreadContext) -> UInt64 { 0 }
    @inlinable @inline(__always) public static func poll(_ t: ThreadContext) -> Bool {
        let left = t.pointee.budget &- 1
        t.pointee.budget = left
        return left < 0
    }
    @inlinable @inline(__always) public static var rollsBack: Bool { true }

    @inlinable @inline(__always) public static func finish(_ t: ThreadContext) throws(Abort) {
        if !end(t) { throw Abort() }
    }
    @inline(never) public static func start(_ t: ThreadContext) throws(Abort) {
        SerialScheduler.of(t).turn(t)
        try World.checkHalt(t)
        SerialScheduler.of(t).begin(t)
    }
    @inline(never) public static func startInevitable(_ t: ThreadContext) throws(Abort) {
        try start(t)
        UndoLog.of(t).inevitable = true
    }
    @inline(never) public static func merge(_ t: ThreadContext) throws(Abort) {
        let state = UndoLog.of(t)
        if state.isLost || World.isHalted(t) {
            state.lose(t)
            throw Abort()
        }
        let left = Replay.budget(t).map { max(1, $0 - Int64(Driver.breaksCovered(t))) }
        Driver.allowBreaks(t, left ?? 1000)
    }
    public static func leave(_ t: ThreadContext) { SerialScheduler.of(t).leaveForCall(t) }
    public static func arrive(_ t: ThreadContext) { SerialScheduler.of(t).comeBackFromCall(t) }
    @inlinable @inline(__always)
    public static func becomeInevitable(_ t: ThreadContext, _ reason: StaticString) throws(Abort) {
        if !inevitableHere(t) { throw Abort() }
    }

    @inline(never) @usableFromInline static func end(_ t: ThreadContext) -> Bool {
        let state = UndoLog.of(t)
        if !state.open { return true }
        if state.isLost { return false }
        if SerialScheduler.of(t).abortEveryQuantum && !state.aborted && !state.inevitable {
            return state.lose(t)
        }
        state.commit(t)
        Journal.end(t, at: 0, changes: false)
        t.count(.quanta)
        t.count(.commits)
        if t.pointee.pendingEffects != 0 { Effects.of(t).commit(t) }
        return true
    }

    @inline(never) @usableFromInline static func inevitableHere(_ t: ThreadContext) -> Bool {
        let state = UndoLog.of(t)
        if state.isLost { return false }
        if state.inevitable || !state.open { return true }
        if SerialScheduler.of(t).abortEveryQuantum && !state.aborted { return state.lose(t) }
        state.inevitable = true
        t.count(.inevitable)
        return true
    }
}
