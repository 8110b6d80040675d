import CHost
import ManagedHeap

/// Units that the transaction has read, each about once: what it knows already is not noted again.
///
/// The words that the read barrier touches are in the thread context (`known`, `logNext`, `logEnd`); the rest is
/// here.
///
/// S7  A unit in the table of known units is in the log or locked by this transaction. As long as its header is
///     the one in the table, its content in place is what the snapshot says, or what this transaction has
///     written.
enum ReadLog {
    static func attach(_ t: ThreadContext, _ state: TransactionState) {
        let capacity = 1 << 12
        let base = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        state.pointee.logBase = base
        t.pointee.logNext = base
        t.pointee.logEnd = base + capacity
    }
    static func detach(_ t: ThreadContext, _ state: TransactionState) {
        state.pointee.logBase.deallocate()
    }

    /// A new transaction, which knows nothing: an empty log.
    @inline(__always) static func clear(_ t: ThreadContext, _ state: TransactionState) {
        let (base, end) = (state.pointee.logBase, t.pointee.logNext.unsafelyUnwrapped)
        if Seam.omits(.forgetting) {
            // A mistake that tests must notice.
        } else if end - base > Int(QUANTA_KNOWN_UNITS) / 4 {
            forgetAll(t)
        } else {
            var p = base
            while p < end {
                forget(t, Unit(bitPattern: UInt(p.pointee)).unsafelyUnwrapped)
                p += 1
            }
        }
        t.pointee.logNext = base
    }

    /// The unit has been read in place under this header. Only this thread reads its log, so no ordering is
    /// needed.
    @inline(__always) static func note(_ t: ThreadContext, _ unit: Unit, _ header: UInt64) {
        let known = quanta_known_at(t, unit)
        let address = UInt64(UInt(bitPattern: unit))
        known.pointee.header = header
        if known.pointee.unit == address { return }
        known.pointee.unit = address
        let next = t.pointee.logNext.unsafelyUnwrapped
        next.pointee = address
        t.pointee.logNext = next + 1
        if _slowPath(next + 1 == t.pointee.logEnd.unsafelyUnwrapped) { grow(t) }
    }
    /// It has been read elsewhere: no header says that it can be read in place.
    @inline(__always) static func note(_ t: ThreadContext, _ unit: Unit) { note(t, unit, .max) }

    /// This transaction has locked the unit; it needs no place in the log.
    @inline(__always) static func knowLocked(_ t: ThreadContext, _ unit: Unit, _ header: UInt64) {
        let known = quanta_known_at(t, unit)
        known.pointee.unit = UInt64(UInt(bitPattern: unit))
        known.pointee.header = header
    }
    @inline(__always) static func forget(_ t: ThreadContext, _ unit: Unit) {
        quanta_known_at(t, unit).pointee.unit = 0
    }
    static func forgetAll(_ t: ThreadContext) {
        if !Seam.omits(.forgetting) { quanta_forget_all(t) }
    }

    @inline(never) private static func grow(_ t: ThreadContext) {
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
