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
        let content = host_load_relaxed(unit + word)
        if _fastPath(isOwn(t, unit) || knows(t, unit)) { return content }
        return readSlowly(t, unit, word)
    }
    /// Two words of one unit, looked after once.
    @inlinable @inline(__always)
    static func read(_ t: ThreadContext, _ unit: Unit, _ a: Int, _ b: Int) -> (UInt64, UInt64) {
        let content = (host_load_relaxed(unit + a), host_load_relaxed(unit + b))
        if _fastPath(isOwn(t, unit) || knows(t, unit)) { return content }
        return readSlowly(t, unit, a, b)
    }
    /// Three words of one unit, looked after once.
    @inlinable @inline(__always)
    static func read(_ t: ThreadContext, _ unit: Unit, _ a: Int, _ b: Int, _ c: Int)
        -> (UInt64, UInt64, UInt64)
    {
        let content = (
            host_load_relaxed(unit + a), host_load_relaxed(unit + b), host_load_relaxed(unit + c)
        )
        if _fastPath(isOwn(t, unit) || knows(t, unit)) { return content }
        let (x, y) = readSlowly(t, unit, a, b)
        return (x, y, readSlowly(t, unit, c))
    }
    /// A word and, if that says which, another one of the same unit, looked after once. `next` may be asked for a
    /// word that nobody has committed.
    @inlinable @inline(__always)
    static func read(
        _ t: ThreadContext, _ unit: Unit, _ word: Int, then next: (UInt64) -> Int?
    ) -> (UInt64, UInt64?) {
        let first = host_load_relaxed(unit + word)
        let second = next(first).map { host_load_relaxed(unit + $0) }
        if _fastPath(isOwn(t, unit) || knows(t, unit)) { return (first, second) }
        let content = readSlowly(t, unit, word)
        return (content, next(content).map { readSlowly(t, unit, $0) })
    }
    /// Copies `count` words from `word` on to memory that no other thread writes.
    @inlinable @inline(__always)
    static func copy(
        _ t: ThreadContext, _ unit: Unit, _ word: Int,
        to target: UnsafeMutablePointer<UInt64>, _ count: Int
    ) {
        host_move_words(target, unit + word, count)
        if _fastPath(isOwn(t, unit) || knows(t, unit)) { return }
        copySlowly(t, unit, word, to: target, count)
    }
    /// What nobody but this thread can write needs no second look.
    @inlinable @inline(__always) static func isOwn(_ t: ThreadContext, _ unit: Unit) -> Bool {
        host_tag(unit) == t.pointee.ownTag
    }
    /// Was the content read just now under the header that the table of known units has? Headers do not repeat
    /// (S3): then it is the same as when this transaction first saw that header (S7).
    @inlinable @inline(__always) static func knows(_ t: ThreadContext, _ unit: Unit) -> Bool {
        let known = quanta_known_at(t, unit)
        if known.pointee.unit != UInt64(UInt(bitPattern: unit)) { return false }
        host_fence_acquire()  // the content was read before the header is seen
        return known.pointee.header == host_load_relaxed(unit) || Seam.omits(.recheck)
    }

    @inlinable @inline(__always)
    static func write(_ t: ThreadContext, _ unit: Unit, _ word: Int, _ bits: UInt64) {
        if _fastPath(isWritable(t, unit)) {
            host_store_relaxed(unit + word, bits)
        } else {
            writeSlowly(t, unit, word, bits)
        }
    }
    /// Made or saved, or locked, by this transaction.
    @inlinable @inline(__always) static func isWritable(_ t: ThreadContext, _ unit: Unit) -> Bool {
        let header = host_load_relaxed(unit)
        return (header ^ t.pointee.newWord) <= Header.kindMask
            || header &>> 54 == t.pointee.lockTag
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
        let header = host_load_acquire(unit)  // pairs with the stamp of the last commit
        if _fastPath(header <= t.pointee.snapshotWord),
            let content = readInPlace(unit, word, header)
        {
            ReadLog.note(t, unit, header)
            return content
        }
        return readWithCare(t, unit, word)
    }
    @inline(never) @usableFromInline
    static func readSlowly(_ t: ThreadContext, _ unit: Unit, _ a: Int, _ b: Int)
        -> (UInt64, UInt64)
    {
        let header = host_load_acquire(unit)  // pairs with the stamp of the last commit
        if _fastPath(header <= t.pointee.snapshotWord) {
            let first = host_load_relaxed(unit + a)
            if let second = readInPlace(unit, b, header) {
                ReadLog.note(t, unit, header)
                return (first, second)
            }
        }
        return (readWithCare(t, unit, a), readWithCare(t, unit, b))
    }

    @inline(never) @usableFromInline
    static func copySlowly(
        _ t: ThreadContext, _ unit: Unit, _ word: Int,
        to target: UnsafeMutablePointer<UInt64>, _ count: Int
    ) {
        if count == 0 { return }
        let header = host_load_acquire(unit)  // pairs with the stamp of the last commit
        if header <= t.pointee.snapshotWord {
            host_move_words(target, unit + word, count)
            host_fence_acquire()  // the content was read before the header is seen again
            if host_load_relaxed(unit) == header || Seam.omits(.recheck) {
                return ReadLog.note(t, unit, header)
            }
        }
        for i in 0..<count { host_store_relaxed(target + i, readWithCare(t, unit, word + i)) }
    }

    @inline(never)
    private static func readWithCare(_ t: ThreadContext, _ unit: Unit, _ word: Int) -> UInt64 {
        let state = TransactionState(t)
        var tries = 0
        while true {
            let header = host_load_acquire(unit)
            if quanta_tag(header) == t.pointee.ownTag { return host_load_relaxed(unit + word) }
            if header &>> 54 == t.pointee.lockTag {
                ReadLog.note(t, unit, header)
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
                    // A doomed transaction may yet write to a copy of its own.
                    if state.pointee.health != .doomed { ReadLog.note(t, unit, header) }
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
        ReadLog.knowLocked(t, unit, locked)
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
        for i in 0..<slots { content[i + 1] = readWithCare(t, unit, i + 1) }
        let copy = state.pointee.old.addPrivateCopy(of: unit, slots: slots) { content[$0] }
        content.deallocate()
        copy[word] = bits
    }
}
