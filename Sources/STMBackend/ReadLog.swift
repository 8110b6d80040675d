import CHost
import ManagedHeap

/// Units that the transaction has read, each about once: a filter drops most repetitions.
///
/// The words that the read barrier touches are in the thread context (`logNext`, `logEnd`, `filter`,
/// `filterKey`); the rest is here.
@usableFromInline enum ReadLog {
    @usableFromInline static var filterSlots: Int { 1024 }
    static var keyStep: UInt64 { 1 << 48 }

    static func attach(_ t: ThreadContext, _ state: TransactionState) {
        let capacity = 1 << 12
        let base = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        state.pointee.logBase = base
        t.pointee.logNext = base
        t.pointee.logEnd = base + capacity
        let filter = UnsafeMutablePointer<UInt64>.allocate(capacity: filterSlots)
        filter.initialize(repeating: 0, count: filterSlots)
        t.pointee.filter = filter
        t.pointee.filterKey = keyStep
    }
    static func detach(_ t: ThreadContext, _ state: TransactionState) {
        state.pointee.logBase.deallocate()
        t.pointee.filter?.deallocate()
    }

    /// A new transaction: an empty log, and a key that no filter slot holds.
    @inline(__always) static func clear(_ t: ThreadContext, _ state: TransactionState) {
        t.pointee.logNext = state.pointee.logBase
        t.pointee.filterKey = t.pointee.filterKey &+ keyStep
        if t.pointee.filterKey == 0 {
            t.pointee.filter.unsafelyUnwrapped.update(repeating: 0, count: filterSlots)
            t.pointee.filterKey = keyStep
        }
    }

    /// Only this thread reads its log, so no ordering is needed.
    @inlinable @inline(__always) static func note(_ t: ThreadContext, _ unit: Unit) {
        let address = UInt64(UInt(bitPattern: unit))
        let key = address &+ t.pointee.filterKey
        let slot =
            t.pointee.filter.unsafelyUnwrapped
            + Int(truncatingIfNeeded: (address &>> 4) & UInt64(filterSlots &- 1))
        if slot.pointee == key { return }
        slot.pointee = key
        let next = t.pointee.logNext.unsafelyUnwrapped
        next.pointee = address
        t.pointee.logNext = next + 1
        if _slowPath(next + 1 == t.pointee.logEnd.unsafelyUnwrapped) { grow(t) }
    }

    @inline(never) @usableFromInline static func grow(_ t: ThreadContext) {
        let state = TransactionState(t)
        let count = t.pointee.logNext.unsafelyUnwrapped - state.pointee.logBase
        let bigger = UnsafeMutablePointer<UInt64>.allocate(capacity: count * 2)
        bigger.update(from: state.pointee.logBase, count: count)
        state.pointee.logBase.deallocate()
        state.pointee.logBase = bigger
        t.pointee.logNext = bigger + count
        t.pointee.logEnd = bigger + count * 2
    }

    /// Is everything that was read still what the snapshot says? Units locked by others count as
    /// unchanged while their transaction is active.
    static func isValid(_ t: ThreadContext, _ state: TransactionState) -> Bool {
        if Seam.omits(.validation) { return true }
        var p = state.pointee.logBase
        let end = t.pointee.logNext.unsafelyUnwrapped
        let snapshot = TransactionHeader.snapshotWord(state.pointee.snapshot)
        while p < end {
            let unit = Unit(bitPattern: UInt(p.pointee)).unsafelyUnwrapped
            p += 1
            if !isCurrent(unit, snapshot, t.pointee.lockTag) { return false }
        }
        return true
    }

    @inline(__always)
    private static func isCurrent(_ unit: Unit, _ snapshot: UInt64, _ mine: UInt64) -> Bool {
        while true {
            let header = host_load_acquire(unit)
            if header <= snapshot { return true }
            if !TransactionHeader.isLocked(header) { return false }
            let record = TransactionHeader.record(of: header)
            if header &>> 54 == mine { return record.oldHeader <= snapshot }
            let status = host_load_acquire(record.entry.status)
            let old = record.oldHeader
            host_fence_acquire()  // the record was read before its lock is seen again
            if host_load_relaxed(unit) != header { continue }
            return status == Entry.active && old <= snapshot
        }
    }
}
