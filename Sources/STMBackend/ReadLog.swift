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
///
/// The table has one place for an address: a unit that another one has driven out is noted again. It grows when such
/// repetitions show that the units that take turns are more than it has room for, and not when a transaction only
/// comes past many of them: a larger table is in more of the cache. Repetitions are dropped, so the log of a long
/// transaction is as long as what it reads is large.
enum ReadLog {
    private static let firstCapacity = 1 << 12
    private static let mostKept = 1 << 16
    /// Places of the table.
    private static var fewestKnown: Int { Seam.isStepped ? 1 : 1 << 10 }
    private static let mostKnown = Int(QUANTA_MOST_KNOWN)
    /// That the table is right is an answer for so many transactions, and for twice as many each time it is
    /// confirmed.
    private static let (firstAnswer, lastAnswer) = (64, 4096)

    static func attach(_ t: ThreadContext, _ state: TransactionState) {
        startLog(t, state, capacity: firstCapacity)
        setPlaces(t, state, fewestKnown)
        look(t, state, after: fewestKnown / 2)
    }
    static func detach(_ t: ThreadContext, _ state: TransactionState) {
        state.pointee.logBase.deallocate()
    }

    /// A new transaction, which knows nothing: an empty log.
    @inline(__always) static func clear(_ t: ThreadContext, _ state: TransactionState) {
        let (base, end) = (state.pointee.logBase, t.pointee.logNext.unsafelyUnwrapped)
        if Seam.omits(.forgetting) {
            // A mistake that tests must notice.
        } else if end - base > places(t) / 4 {
            forgetAll(t)
        } else {
            var p = base
            while p < end {
                forget(t, Unit(bitPattern: UInt(p.pointee)).unsafelyUnwrapped)
                p += 1
            }
        }
        t.pointee.logNext = base
        state.pointee.untilLook -= 1
        if _slowPath(state.pointee.untilLook == 0) { fit(t, state, end - base) }
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
        if _slowPath(next + 1 == t.pointee.logEnd.unsafelyUnwrapped) { makeRoom(t) }
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

    // MARK: room

    @inline(__always) static func places(_ t: ThreadContext) -> Int {
        Int(t.pointee.knownMask &>> 4) &+ 1
    }
    private static func setPlaces(_ t: ThreadContext, _ state: TransactionState, _ known: Int) {
        t.pointee.knownMask = UInt64(known - 1) &<< 4
        state.pointee.answer = firstAnswer
        state.pointee.untilLook = firstAnswer
    }
    /// Repetitions are looked for when the log has this length, or no room.
    private static func look(_ t: ThreadContext, _ state: TransactionState, after count: Int) {
        let count = min(max(1, count), state.pointee.logCapacity)
        t.pointee.logEnd = state.pointee.logBase + count
    }
    private static func startLog(
        _ t: ThreadContext, _ state: TransactionState, capacity: Int
    ) {
        state.pointee.logBase = .allocate(capacity: capacity)
        state.pointee.logCapacity = capacity
        t.pointee.logNext = state.pointee.logBase
    }

    /// Between two transactions, now and then: is the table too large for what they read?
    @inline(never)
    static func fit(_ t: ThreadContext, _ state: TransactionState, _ read: Int) {
        if state.pointee.logCapacity > mostKept {
            state.pointee.logBase.deallocate()
            startLog(t, state, capacity: firstCapacity)
        }
        let known = places(t)
        if known > fewestKnown && read < known / 8 {
            setPlaces(t, state, known / 2)
        } else {
            state.pointee.answer = min(lastAnswer, 2 * state.pointee.answer)
            state.pointee.untilLook = state.pointee.answer
        }
        look(t, state, after: places(t) / 2)
    }
    /// In mid-transaction, where it has read much.
    @inline(never) private static func makeRoom(_ t: ThreadContext) {
        let state = TransactionState(t)
        let base = state.pointee.logBase
        let count = t.pointee.logNext.unsafelyUnwrapped - base
        let different = dropRepetitions(base, count)
        t.pointee.logNext = base + different
        if 2 * different > state.pointee.logCapacity {
            startLog(t, state, capacity: 4 * different)
            state.pointee.logBase.update(from: base, count: different)
            t.pointee.logNext = state.pointee.logBase + different
            base.deallocate()
        }
        if different <= count - count / 8 { widen(t, state) }
        look(t, state, after: max(places(t) / 2, 2 * different))
    }
    /// Returns how many different units are left.
    private static func dropRepetitions(_ log: UnsafeMutablePointer<UInt64>, _ count: Int) -> Int {
        // Open addressing, at most half full.
        let bits = UInt64(UInt64.bitWidth - (2 * count - 1).leadingZeroBitCount)
        let seen = UnsafeMutablePointer<UInt64>.allocate(capacity: 1 << bits)
        seen.initialize(repeating: 0, count: 1 << bits)
        defer { seen.deallocate() }
        var different = 0
        for i in 0..<count {
            let unit = log[i]
            var place = (unit &* 0x9E37_79B9_7F4A_7C15) &>> (64 - bits)
            while seen[Int(place)] != 0 && seen[Int(place)] != unit {
                place = (place + 1) & (1 &<< bits - 1)
            }
            if seen[Int(place)] == unit { continue }
            seen[Int(place)] = unit
            log[different] = unit
            different += 1
        }
        return different
    }
    /// Twice as many places: one more bit of the address says which of two a unit has.
    static func widen(_ t: ThreadContext, _ state: TransactionState) {
        let known = places(t)
        if known == mostKnown { return }
        let low = quanta_known_first(t)
        let bit = UInt64(known) &<< 4
        for i in 0..<known where low[i].unit & bit != 0 && !Seam.omits(.spreading) {
            low[known + i] = low[i]
            low[i].unit = 0
        }
        setPlaces(t, state, 2 * known)
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
