import CHost
import ManagedHeap
import Quanta

/// Reads and writes inside a transaction. They never throw and never wait for another transaction;
/// a transaction that can no longer commit goes on with a consistent snapshot until its next break.
///
/// S1  The committed content of a unit for every announced snapshot is in place, in the record its
///     lock leads to, or in a record of the log.
/// S5  In-place stores happen only under a lock, whose CAS precedes them by a release fence, or into
///     objects that no other thread can reach (see ``Ownership``).
@usableFromInline enum Barriers {
    @inlinable @inline(__always)
    static func read(_ t: ThreadContext, _ unit: Unit, _ word: Int) -> UInt64 {
        let header = host_load_acquire(unit)  // pairs with the stamp of the last commit
        if _fastPath(header <= t.pointee.snapshotWord) {
            let content = host_load_relaxed(unit + word)
            host_fence_acquire()  // the content was read before the header is seen again
            if _fastPath(host_load_relaxed(unit) == header || Seam.omits(.recheck)) {
                ReadLog.note(t, unit)
                return content
            }
        } else if quanta_tag(header) == t.pointee.ownTag || header &>> 54 == t.pointee.lockTag {
            return host_load_relaxed(unit + word)
        }
        return readSlowly(t, unit, word)
    }

    @inlinable @inline(__always)
    static func write(_ t: ThreadContext, _ unit: Unit, _ word: Int, _ bits: UInt64) {
        let header = host_load_relaxed(unit)
        if _fastPath(
            (header ^ t.pointee.newWord) <= Header.kindMask
                || header &>> 54 == t.pointee.lockTag)
        {
            host_store_relaxed(unit + word, bits)
        } else {
            writeSlowly(t, unit, word, bits)
        }
    }

    /// In place and unlocked: the content, if the header stood still meanwhile.
    @inline(__always)
    private static func readInPlace(_ unit: Unit, _ word: Int, _ header: UInt64) -> UInt64? {
        let content = host_load_relaxed(unit + word)
        host_fence_acquire()
        return host_load_relaxed(unit) == header || Seam.omits(.recheck) ? content : nil
    }
    @inline(never) @usableFromInline
    static func readSlowly(_ t: ThreadContext, _ unit: Unit, _ word: Int) -> UInt64 {
        let state = TransactionState(t)
        var tries = 0
        while true {
            let header = host_load_acquire(unit)
            if quanta_tag(header) == t.pointee.ownTag || header &>> 54 == t.pointee.lockTag {
                return host_load_relaxed(unit + word)
            }
            if TransactionHeader.isOwned(header) {
                if Ownership.share(t, state, unit, header) { continue }
                Transaction.doom(t, state, .abortsForced)
                return host_load_relaxed(unit + word)
            }
            if state.pointee.health != .normal, let old = state.pointee.old.find(unit) {
                return old[word]
            }
            let snapshot = state.pointee.snapshot
            if !TransactionHeader.isLocked(header) {
                if header <= TransactionHeader.snapshotWord(snapshot) {
                    guard let content = readInPlace(unit, word, header) else { continue }
                    ReadLog.note(t, unit)
                    return content
                }
            } else if let content = readLocked(t, unit, word, header, snapshot) {
                return content
            } else if host_load_relaxed(unit) != header {
                continue
            }
            // Newer than the snapshot.
            tries += 1
            if state.pointee.health != .normal {
                Transaction.keepOldVersions(t, state)
                if let old = state.pointee.old.find(unit) { return old[word] }
                if host_load_relaxed(unit) != header { continue }
                preconditionFailure("a version that the snapshot needs is gone (S1)")
            }
            if !Transaction.extend(t, state) {
                Transaction.freeze(t, state)
            } else if tries > 100 {
                host_yield()
            }
        }
    }

    /// Locked by another: its old content, or the new one if it has committed within my snapshot. Nil
    /// when newer than the snapshot, or when the header moved.
    private static func readLocked(
        _ t: ThreadContext, _ unit: Unit, _ word: Int, _ header: UInt64, _ snapshot: UInt64
    ) -> UInt64? {
        let record = TransactionHeader.record(of: header)
        let old = record.oldHeader
        let status = host_load_acquire(record.entry.status)  // pairs with helping and the commit
        if status == Entry.active {
            if old > TransactionHeader.snapshotWord(snapshot) { return nil }
            // Immutable (S2), and not reused before its lock is gone.
            let content = record.words[word]
            host_fence_acquire()
            if host_load_relaxed(unit) != header { return nil }
            ReadLog.note(t, unit)
            return content
        }
        if status > snapshot { return nil }
        let content = host_load_relaxed(unit + word)
        host_fence_acquire()
        let now = host_load_relaxed(unit)
        if now != header && now != TransactionHeader.stamped(status, kindOf: header) { return nil }
        ReadLog.note(t, unit)
        return content
    }

    /// Usually the first write of a transaction to a unit: everything it needs is at hand.
    @inline(never) @usableFromInline
    static func writeSlowly(_ t: ThreadContext, _ unit: Unit, _ word: Int, _ bits: UInt64) {
        let header = host_load_acquire(unit)
        if header <= t.pointee.snapshotWord && lock(t, TransactionState(t), unit, header) {
            host_store_relaxed(unit + word, bits)
        } else {
            writeWithCare(t, unit, word, bits)
        }
    }

    @inline(never)
    private static func writeWithCare(
        _ t: ThreadContext, _ unit: Unit, _ word: Int, _ bits: UInt64
    ) {
        let state = TransactionState(t)
        precondition(state.pointee.active, "a managed object is written outside any quantum")
        var spins = 0
        while true {
            let header = host_load_acquire(unit)
            if (header ^ t.pointee.newWord) <= Header.kindMask
                || header &>> 54 == t.pointee.lockTag
            {
                return host_store_relaxed(unit + word, bits)
            }
            if quanta_tag(header) == t.pointee.ownTag {
                Ownership.save(t, state, unit, header)
                return host_store_relaxed(unit + word, bits)
            }
            if state.pointee.health == .doomed {
                return writePrivately(t, state, unit, word, bits)
            }
            if TransactionHeader.isOwned(header) {
                if !Ownership.share(t, state, unit, header) {
                    Transaction.doom(t, state, .abortsForced)
                }
                continue
            }
            if TransactionHeader.isLocked(header) {
                spins += 1
                meetOwner(t, state, header, spins)
                continue
            }
            if header > t.pointee.snapshotWord {
                if state.pointee.health == .frozen || !Transaction.extend(t, state) {
                    Transaction.doom(t, state, .abortsValidation)
                }
                continue
            }
            if state.pointee.health == .frozen {
                Transaction.doom(t, state, .abortsValidation)
                continue
            }
            if prepare(t, state, unit, header) && lock(t, state, unit, header) {
                return host_store_relaxed(unit + word, bits)
            }
        }
    }

    /// Another transaction holds the lock: wait for a stamp in progress, else one of us must yield.
    private static func meetOwner(
        _ t: ThreadContext, _ state: TransactionState, _ header: UInt64, _ spins: Int
    ) {
        let record = TransactionHeader.record(of: header)
        let owner = state.pointee.log.threads[Int(TransactionHeader.owner(of: header))]
        if host_load_acquire(record.entry.status) != Entry.active {
            // Committed: its owner is about to unlock and depends on nobody.
            if spins > 50 { host_yield() } else { host_pause() }
        } else if state.pointee.inevitable {
            host_store32_release(quanta_doomed(owner), 1)
            if spins > 50 {
                host_yield()
                World.safepoint(t)
            } else {
                host_pause()
            }
        } else if spins < 20 {
            host_pause()
        } else {
            state.pointee.winner = owner
            Transaction.doom(t, state, .abortsWriteWrite)
        }
    }

    /// Sees to what ``lock`` needs; false when the transaction is doomed instead.
    private static func prepare(
        _ t: ThreadContext, _ state: TransactionState, _ unit: Unit, _ header: UInt64
    ) -> Bool {
        if TransactionHeader.incarnation(of: header) == TransactionHeader.lastIncarnation
            && !state.pointee.inevitable
        {
            // One more rollback would repeat a header (S3): only a transaction that surely commits, and
            // so gives the unit a new stamp, may lock it.
            state.pointee.wantsInevitable = true
            Transaction.doom(t, state, .abortsForced)
            return false
        }
        let size = Record.size(Heap.slotCount(t, ofUnit: unit))
        return Transaction.openEntry(t, state, roomFor: size) != nil
    }

    /// Saves the unit's content in a record and locks it; false when something is missing or has changed. A
    /// transaction that may not write has no entry.
    @inline(__always)
    private static func lock(
        _ t: ThreadContext, _ state: TransactionState, _ unit: Unit, _ header: UInt64
    ) -> Bool {
        guard let entry = state.pointee.entry,
            header & TransactionHeader.incarnationMask != TransactionHeader.incarnationMask
                || state.pointee.inevitable
        else { return false }
        let slots = Heap.slotCount(t, ofUnit: unit)
        let size = Record.size(slots)
        guard state.pointee.arena.hasRoom(size) else { return false }
        let memory = state.pointee.arena.next
        memory[0] = UInt64(UInt(bitPattern: unit))
        memory[1] = header
        memory[2] = entry.word
        memory[3] = UInt64(truncatingIfNeeded: slots)
        host_copy_words(memory + 4, unit + 1, slots)
        let record = Record(base: memory)
        let locked = TransactionHeader.locked(record, tag: t.pointee.lockTag, kindOf: header)
        // Publishes the record to whoever finds the lock.
        if !host_cas(unit, header, locked) { return false }
        host_fence_release()  // the lock is visible before any in-place store (S5)
        state.pointee.arena.take(size)
        return true
    }

    private static func writePrivately(
        _ t: ThreadContext, _ state: TransactionState, _ unit: Unit, _ word: Int, _ bits: UInt64
    ) {
        if let copy = state.pointee.old.privateCopy(unit) {
            copy[word] = bits
            return
        }
        let slots = Heap.slotCount(t, ofUnit: unit)
        // Read first: reading may itself extend the table of old versions.
        let content = UnsafeMutablePointer<UInt64>.allocate(capacity: slots + 1)
        for i in 0..<slots { content[i + 1] = readSlowly(t, unit, i + 1) }
        let copy = state.pointee.old.addPrivateCopy(of: unit, slots: slots) { content[$0] }
        content.deallocate()
        copy[word] = bits
    }
}
