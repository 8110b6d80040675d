import CHost
import ManagedHeap
import Observe
import Quanta

/// Begin, move on, commit, roll back.
///
/// A transaction reads a snapshot of all objects at one stamp and writes in place under locks, having
/// saved the old content in records. It commits by appending its entry to the commit log with one
/// CAS; before that it must have walked past every entry there is and found nothing it read among
/// them. Two transactions that read what the other writes therefore cannot both commit.
///
/// S4  Whoever's snapshot is >= an entry's stamp has seen that entry's status not active (helping).
/// S6  Inside a transaction a thread waits for nothing except a stamp in progress, a collection, or,
///     when inevitable, an owner it has doomed. None of these depends on it.
///
/// Source: the multi-version, in-place design measured in docs/decisions; commit by CAS on the log as
/// in stmgc-c8 (A. Rigo, R. Meier), snapshot extension as in LSA (T. Riegel, P. Felber, C. Fetzer).
enum Transaction {
    /// Records and entries that may wait to be reclaimed together: what a part of the cache holds.
    private static let cachedWords = 1 << 14

    // MARK: begin

    /// At a break, outside any transaction.
    static func begin(_ t: ThreadContext, _ state: TransactionState) {
        makeRoom(t, state)
        let log = state.pointee.log
        Ownership.choose(t, state)
        // Announce before touching the log: what this snapshot needs is not reclaimed from here on.
        host_store_seqcst(quanta_slot(t), host_load_acquire(log.clock))
        host_fence_seqcst()
        Ownership.begin(t, state)
        var entry = Entry(word: host_load_acquire(log.tail))  // pairs with `advance`
        while let next = entry.successor() { entry = next }
        state.pointee.lastSeen = entry
        setSnapshot(t, state, entry.stamp)
        state.pointee.entry = nil
        state.pointee.health = .normal
        state.pointee.winner = nil
        ReadLog.clear(t, state)
        state.pointee.active = true
        VMStack.begin(t)
        Journal.begin(t)
    }

    @inline(__always)
    private static func setSnapshot(_ t: ThreadContext, _ state: TransactionState, _ stamp: UInt64)
    {
        state.pointee.snapshot = stamp
        t.pointee.snapshotWord = TransactionHeader.snapshotWord(stamp)
    }

    /// Frees what nobody can read any more; waits, holding nothing, while an old snapshot pins more
    /// than half of the arena.
    private static func makeRoom(_ t: ThreadContext, _ state: TransactionState) {
        let arena = state.pointee.arena.usedWords
        if state.pointee.arena.retiredCount < 16 && arena < cachedWords { return }
        reclaim(t, state)
        while state.pointee.arena.usedWords > state.pointee.arena.limitWords / 2 {
            World.safepoint(t)
            host_futex_wait(quanta_wake(t), host_load32_acquire(quanta_wake(t)), 200)
            reclaim(t, state)
        }
    }

    /// Drops this thread's entries from the front while L3 allows.
    static func reclaim(_ t: ThreadContext, _ state: TransactionState) {
        guard state.pointee.arena.retiredCount > 0 else { return }
        // The hint first: whoever announces itself unseen by us finds a hint at least as new, and all
        // entries of ours are older than that.
        let tail = host_load_acquire(state.pointee.log.tail)
        let oldest = Seam.omits(.patience) ? .max : state.pointee.log.oldestSnapshot()
        while let entry = state.pointee.arena.oldestRetired {
            if entry.retired >= oldest || entry.word == tail { break }
            // Rolled back entries were never in the list; others must not be its end.
            let committed = entry.status.pointee != Entry.active
            if committed && host_load_acquire(entry.next) <= Entry.inevitable { break }
            if Seam.isStepped { entry.forEachRecord { $0.spoil() } }
            state.pointee.arena.dropOldest()
        }
        state.pointee.arena.trim(open: state.pointee.entry)
    }

    // MARK: moving on

    /// Raises the snapshot to the newest state; false when something read has changed.
    @inline(never) static func extend(_ t: ThreadContext, _ state: TransactionState) -> Bool {
        var last = state.pointee.lastSeen
        while let next = last.successor() { last = next }
        if last != state.pointee.lastSeen {
            if !ReadLog.isValid(t, state) { return false }
            state.pointee.lastSeen = last
            setSnapshot(t, state, last.stamp)
        }
        // Also when nothing is new: what `begin` has announced was read before its snapshot was.
        announce(t, state, last.stamp)
        return true
    }
    /// Older versions are no longer needed. Not beyond the clock: a rollback retires its records under the
    /// clock's time, and must find this announcement smaller.
    private static func announce(_ t: ThreadContext, _ state: TransactionState, _ stamp: UInt64) {
        let time = host_load_acquire(state.pointee.log.clock)
        host_store_release(quanta_slot(t), min(stamp, time))
    }

    /// In a long quantum, now and then: others shall not have to keep all that they have changed since its
    /// beginning. Its snapshot becomes the newest one, or it keeps for itself what it may still need.
    static func moveOn(_ t: ThreadContext, _ state: TransactionState) {
        if state.pointee.inevitable { return }
        if state.pointee.health == .normal && !extend(t, state) { freeze(t, state) }
        if state.pointee.health != .normal { keepOldVersions(t, state) }
    }
    /// A transaction that stays at its snapshot copies what was changed since (O2).
    static func keepOldVersions(_ t: ThreadContext, _ state: TransactionState) {
        if Seam.omits(.keeping) { return announce(t, state, .max) }
        let (seen, snapshot) = (state.pointee.lastSeen, state.pointee.snapshot)
        announce(t, state, state.pointee.old.index(from: seen, snapshot: snapshot).stamp)
    }

    /// Cannot move on: a reader stays at its snapshot, a writer is lost.
    static func freeze(_ t: ThreadContext, _ state: TransactionState) {
        if state.pointee.entry != nil {
            doom(t, state, .abortsValidation)
        } else {
            state.pointee.health = .frozen
        }
    }

    /// Will be rolled back. From here on all reads and writes take the slow path, and the next break
    /// is the last.
    @inline(never)
    static func doom(_ t: ThreadContext, _ state: TransactionState, _ cause: Counter? = nil) {
        precondition(!state.pointee.inevitable, "an inevitable transaction cannot be doomed")
        if state.pointee.health == .doomed { return }
        state.pointee.health = .doomed
        if let cause { t.count(cause) }
        t.pointee.snapshotWord = 0
        ReadLog.forgetAll(t)
        Driver.allowBreaks(t, 0)
    }

    // MARK: records

    /// Sees to it that there is an entry, and room for one more record. When none can be had the transaction
    /// is doomed and will run inevitable; an inevitable one that fills the whole arena ends the machine.
    static func openEntry(
        _ t: ThreadContext, _ state: TransactionState, roomFor words: Int = 0
    ) -> Entry? {
        if state.pointee.entry == nil {
            if !makeRoom(t, state, Entry.size) { return nil }
            state.pointee.entry = state.pointee.arena.takeEntry()
        }
        return makeRoom(t, state, words) ? state.pointee.entry : nil
    }
    private static func makeRoom(_ t: ThreadContext, _ state: TransactionState, _ words: Int)
        -> Bool
    {
        if state.pointee.arena.makeRoom(words) { return true }
        reclaim(t, state)
        if state.pointee.arena.makeRoom(words) { return true }
        if state.pointee.inevitable { Heap.of(t).onExhaustion(t) }
        state.pointee.wantsInevitable = true
        doom(t, state, .abortsForced)
        return false
    }
    /// All records of the open transaction are written.
    @inline(__always) static func closeRecords(_ state: TransactionState) {
        if let entry = state.pointee.entry { entry.endRecord = state.pointee.arena.next }
    }

    // MARK: the end

    /// Ends the transaction for good; false when it must be rolled back.
    static func commit(_ t: ThreadContext, _ state: TransactionState) -> Bool {
        let ordered = t.pointee.pendingEffects & Effects.ordered != 0
        let snapshot = state.pointee.snapshot
        // A frozen transaction happens at its old snapshot; its output would belong there too.
        if state.pointee.health == .doomed || (state.pointee.health == .frozen && ordered) {
            return false
        }
        closeRecords(state)
        Ownership.giveAway(t, state)
        if state.pointee.entry == nil && !ordered {
            // Only reads, and writes into what is its own: happens at its snapshot.
            state.pointee.position = (state.pointee.snapshot, false)
            if state.pointee.inevitable {
                host_store_release(state.pointee.lastSeen.next, 0)  // the sentinel goes
            }
            finish(t, state)
            return true
        }
        if Seam.omits(.order), let entry = state.pointee.entry {
            entry.stamp = state.pointee.lastSeen.stamp + 1
            unlock(t, entry)
        }
        guard let entry = openEntry(t, state), append(t, state, entry, ordered: ordered) else {
            return false
        }
        let changes = entry.hasRecords || ordered
        state.pointee.position = changes ? (entry.stamp, true) : (snapshot, false)
        // Publishes the commit to readers of its locks.
        host_store_release(entry.status, entry.stamp)
        state.pointee.log.advance(to: entry)
        if !Seam.omits(.order) { unlock(t, entry) }
        retire(state, entry)
        finish(t, state)
        return true
    }
    private static func unlock(_ t: ThreadContext, _ entry: Entry) {
        entry.forEachRecord { record in
            // Publishes the new content: stamp and unlock in one store.
            host_store_release(
                record.unit, TransactionHeader.stamped(entry.stamp, kindOf: record.oldHeader))
            ReadLog.forget(t, record.unit)
        }
    }

    /// Appends the entry to the log once everything before it has been seen; false when something
    /// read has changed or an inevitable transaction wants a lock of ours.
    private static func append(
        _ t: ThreadContext, _ state: TransactionState, _ entry: Entry, ordered: Bool
    ) -> Bool {
        let writes = entry.hasRecords || ordered
        var waitingSince: UInt64 = 0
        defer {
            if waitingSince != 0 { state.pointee.waited += host_monotonic_ns() - waitingSince }
        }
        while true {
            if state.pointee.inevitable {
                // The sentinel keeps everybody else away from the end of the list.
                if ordered { World.lockEffects(t) }
                entry.stamp = state.pointee.lastSeen.stamp + 1
                host_store_release(state.pointee.lastSeen.next, entry.word)  // linearisation point
                settle(t, ordered)
                return true
            }
            if host_load32_acquire(quanta_doomed(t)) != 0 {
                t.count(.abortsRemote)
                return false
            }
            var last = state.pointee.lastSeen
            while let next = last.successor() { last = next }
            if last != state.pointee.lastSeen {
                if writes && !ReadLog.isValid(t, state) {
                    t.count(.abortsValidation)
                    return false
                }
                state.pointee.lastSeen = last
                if writes { setSnapshot(t, state, last.stamp) }
            }
            let next = host_load_acquire(last.next)
            if next == Entry.inevitable {
                // Waiting here holds locks but stays abortable (S6).
                if waitingSince == 0 { waitingSince = host_monotonic_ns() }
                World.safepoint(t)
                host_yield()
                continue
            }
            if next != 0 { continue }
            entry.stamp = last.stamp + 1
            if ordered { World.lockEffects(t) }
            if host_cas(last.next, 0, entry.word) {  // linearisation point
                settle(t, ordered)
                return true
            }
            if ordered { World.unlockEffects(t) }
        }
    }

    /// Effects in commit order (E1): while the lock is held that was taken before the commit point.
    private static func settle(_ t: ThreadContext, _ ordered: Bool) {
        if !ordered { return }
        Effects.of(t).settle()
        t.pointee.pendingEffects &= ~Effects.ordered
        World.unlockEffects(t)
    }

    /// The quantum did not happen. Nobody uses what it has seen: its native frames have been left.
    static func rollback(_ t: ThreadContext, _ state: TransactionState) {
        closeRecords(state)
        if let entry = state.pointee.entry {
            entry.forEachRecord { undo(t, state, $0) }
            retire(state, entry)
        }
        state.pointee.saved.restore()
        if state.pointee.inevitable {
            host_store_release(state.pointee.lastSeen.next, 0)
        }
        VMStack.restore(t)
        Journal.rollback(t)
        Driver.reset(t)
        if t.pointee.pendingEffects != 0 { Effects.of(t).abort(t) }
        t.count(.aborts)
        let winner = state.pointee.winner
        finish(t, state)
        if let winner, winner != t {
            let since = host_monotonic_ns()
            waitFor(winner, t)
            state.pointee.waited += host_monotonic_ns() - since
        }
    }

    /// Restores the content, then the header with a new incarnation, so that nobody who has seen the
    /// uncommitted content takes it for the old state (S3).
    private static func undo(_ t: ThreadContext, _ state: TransactionState, _ record: Record) {
        let unit = record.unit
        ReadLog.forget(t, unit)
        if !Seam.omits(.undo) {
            // Words that never change are read without a barrier: only what differs is written.
            for i in 1..<(record.slotCount + 1) where host_load_relaxed(unit + i) != record.words[i]
            {
                host_store_relaxed(unit + i, record.words[i])
            }
        }
        let old = record.oldHeader
        let cleared = old & ~TransactionHeader.incarnationMask
        // Units of the last incarnation are locked by inevitable transactions only, which end up here
        // only when the machine has halted.
        let incarnation = TransactionHeader.incarnation(of: old)
        let next = incarnation < TransactionHeader.lastIncarnation ? incarnation + 1 : 0
        if Seam.omits(.incarnation) { return host_store_release(unit, old) }
        // Publishes the restored content.
        host_store_release(unit, cleared | next << TransactionHeader.incarnationShift)
    }

    private static func retire(_ state: TransactionState, _ entry: Entry) {
        entry.retired = host_load_acquire(state.pointee.log.clock)
        state.pointee.arena.retire(entry)
        state.pointee.entry = nil
    }

    private static func finish(_ t: ThreadContext, _ state: TransactionState) {
        state.pointee.active = false
        state.pointee.loss = nil
        state.pointee.inevitable = false
        if !state.pointee.old.isEmpty { state.pointee.old.clear() }
        Ownership.end(t, state)
        t.pointee.snapshotWord = ~TransactionHeader.lockBit
        host_store32_release(quanta_doomed(t), 0)
        // Publishes the end to reclaimers.
        host_store_release(quanta_slot(t), ~0)
        if host_load32_acquire(quanta_sleepers(t)) != 0 {
            host_store32_release(quanta_sleepers(t), 0)
            _ = host_fetch_add32(quanta_ended(t), 1)
            host_futex_wake(quanta_ended(t), Int32.max)
        }
    }

    /// Sleeps, holding nothing, until the winner's transaction ends (500 us at most): the processor
    /// goes to it, and running again earlier would only lose again.
    private static func waitFor(_ winner: ThreadContext, _ t: ThreadContext) {
        let seen = host_load32_acquire(quanta_ended(winner))
        for _ in 0..<200 {
            if host_load_acquire(quanta_slot(winner)) == ~0 { return }
            host_pause()
        }
        host_store32_release(quanta_sleepers(winner), 1)
        host_fence_seqcst()  // the request is seen, or the end is
        if host_load_acquire(quanta_slot(winner)) == ~0 { return }
        World.goOutside(t)
        host_futex_wait(quanta_ended(winner), seen, 500)
        World.goInside(t)
    }

    // MARK: inevitability

    /// From here on this transaction cannot abort: claims the place after the end of the log. With
    /// `waiting` waits for another inevitable one, which only a transaction holding nothing may.
    static func becomeInevitable(
        _ t: ThreadContext, _ state: TransactionState, waiting: Bool,
        unless givesUp: () -> Bool = { false }
    ) -> Bool {
        var waitingSince: UInt64 = 0
        defer {
            if waitingSince != 0 { state.pointee.waited += host_monotonic_ns() - waitingSince }
        }
        while true {
            if state.pointee.health != .normal || host_load32_acquire(quanta_doomed(t)) != 0 {
                return false
            }
            if !extend(t, state) { return false }
            let last = state.pointee.lastSeen
            let next = host_load_acquire(last.next)
            if next == 0, host_cas(last.next, 0, Entry.inevitable) {
                state.pointee.inevitable = true
                t.count(.inevitable)
                return true
            }
            if next == Entry.inevitable {
                if !waiting || givesUp() { return false }
                if waitingSince == 0 { waitingSince = host_monotonic_ns() }
                Stay.makeWay(for: t)
                World.safepoint(t)
                host_yield()
            }
        }
    }
}
