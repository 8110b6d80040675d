import CHost
import ManagedHeap
import Quanta

/// Units that belong to one thread.
///
/// What a transaction makes belongs to its thread, until others can reach it. Its owner reads and writes it in
/// place, over any number of transactions, without log, lock or stamp; only the content from before the
/// transaction is kept, once, for a rollback. What is written into units that others can reach is given away
/// before the commit, with all that it leads to.
///
/// A unit is owned in an *era* of its thread. When an era ends, all that is owned in it is everybody's at once;
/// headers are changed when somebody comes upon them.
///
/// P1  A unit owned in the present era of a thread is reached by that thread only: through its VM stack, and
///     through other units that it owns.
/// P2  An era ends when references may leave otherwise: with actions at the commit, at the end of the guest
///     thread, whose task is its result, and when the thread goes on alone, because raw code stores without
///     barriers.
/// P3  A unit of a past era is shared only when no transaction that began in that era is open. What it holds is
///     committed then, and has not changed since anybody else could reach it: every snapshot may read it.
/// P4  Who finds a unit owned by another thread has reached it past the transactions, say through a table of
///     the language's own. He ends the era, and waits for the open transaction.
enum Ownership {
    /// Of units and values that one commit gives away, more are not looked for: the era ends instead.
    private static let mostGiven = 1 << 14
    /// Longest wait for the transaction of an owner.
    private static let patience: UInt64 = 2_000_000

    static func attach(_ t: ThreadContext, _ log: CommitLog) {
        host_store_relaxed(log.era(of: Int(t.pointee.id)), 0)
        end(t, log)
    }

    // MARK: eras

    /// Before a transaction is announced: the era in which it makes things.
    static func choose(_ t: ThreadContext, _ state: TransactionState) {
        let log = state.pointee.log
        let id = Int(t.pointee.id)
        var era = host_load_relaxed(log.era(of: id))
        if era == 0 || state.pointee.transactionOfEra == TransactionHeader.lastTransaction {
            era = min(host_fetch_add(log.lastEra, 1) + 1, TransactionHeader.lastEra)
            // The last one is nobody's: what is made is everybody's from its birth.
            if era == TransactionHeader.lastEra { era = 0 }
            // What was owned before is shared from here on.
            host_store_release(log.era(of: id), era)
            state.pointee.transactionOfEra = 0
        }
        state.pointee.era = era
        host_store_relaxed(log.openEra(of: id), era)
    }
    /// After the announcement: nobody has ended the era meanwhile, or else has seen that it is in use (P3).
    static func begin(_ t: ThreadContext, _ state: TransactionState) {
        while host_load_relaxed(state.pointee.log.era(of: Int(t.pointee.id))) != state.pointee.era {
            choose(t, state)
            host_fence_seqcst()  // as the announcement
        }
        if state.pointee.era == 0 {
            t.pointee.newWord = .max
            t.pointee.birth = 0
            t.pointee.ownTag = .max
            return
        }
        state.pointee.transactionOfEra += 1
        let word = TransactionHeader.owned(state.pointee.era, state.pointee.transactionOfEra)
        t.pointee.newWord = word
        t.pointee.birth = word
        t.pointee.ownTag = quanta_tag(word)
    }
    /// The transaction has ended, and what it leaves in owned units is to stay.
    static func end(_ t: ThreadContext, _ state: TransactionState) {
        state.pointee.saved.clear()
        end(t, state.pointee.log)
    }
    private static func end(_ t: ThreadContext, _ log: CommitLog) {
        t.pointee.newWord = .max
        t.pointee.birth = 0
        // Publishes the content of owned units to whoever shares them.
        host_store_release(log.openEra(of: Int(t.pointee.id)), 0)
    }

    /// What this thread owns is everybody's from here on.
    static func endEra(_ t: ThreadContext, _ state: TransactionState) {
        let mine = state.pointee.log.era(of: Int(t.pointee.id))
        if host_load_relaxed(mine) != 0 { host_store_release(mine, 0) }
    }

    // MARK: the owner

    /// The first write of this transaction to a unit of this thread's own.
    static func save(
        _ t: ThreadContext, _ state: TransactionState, _ unit: Unit, _ header: UInt64
    ) {
        if !Seam.omits(.saving) {
            state.pointee.saved.add(unit, slots: Heap.slotCount(t, ofUnit: unit))
        }
        host_store_relaxed(unit, t.pointee.newWord | header & Header.kindMask)
    }

    /// Before the commit: everything that others will be able to reach is everybody's. Published by the commit.
    static func giveAway(_ t: ThreadContext, _ state: TransactionState) {
        if Seam.omits(.giving) || state.pointee.era == 0 { return }
        let effects = t.pointee.pendingEffects
        if effects & Effects.actions != 0 { return endEra(t, state) }
        var gift = Gift(t, state)
        if effects & Effects.jobs != 0 { WorkQueue.forEachSubmitted(t) { gift.add($0) } }
        if let entry = state.pointee.entry {
            entry.forEachRecord { record in
                let (new, old) = (record.unit, record.words)
                var left = record.slotCount
                while left > 0 {
                    let first = max(1, left &- 7)
                    // References are odd.
                    if left < 8 || host_changed_and_odd_in_8_words(new + first, old + first) {
                        for i in first...left {
                            let bits = host_load_relaxed(new + i)
                            if bits != old[i] { gift.add(Value(bits: bits)) }
                        }
                    }
                    left = first &- 1
                }
            }
        }
        if !gift.complete(mostGiven) { endEra(t, state) }
        state.pointee.leaving = gift.leaving
    }

    /// Objects that are being given away.
    private struct Gift {
        private let ownTag: UInt32
        private let heap: Heap
        /// Given away; what they lead to is not, yet.
        var leaving: [Reference]

        init(_ t: ThreadContext, _ state: TransactionState) {
            ownTag = t.pointee.ownTag
            heap = Heap.of(t)
            leaving = state.pointee.leaving
            state.pointee.leaving = []
        }
        @inline(__always) mutating func add(_ value: Value) {
            if value.isReference && give(value.reference.address) { follow(value.reference) }
        }
        @inline(never) private mutating func follow(_ object: Reference) { leaving.append(object) }
        private func give(_ unit: Unit) -> Bool {
            let header = host_load_relaxed(unit)
            if quanta_tag(header) != ownTag { return false }
            host_store_relaxed(unit, header & Header.kindMask)
            return true
        }
        /// False when there is too much; the rest is still owned.
        mutating func complete(_ most: Int) -> Bool {
            var seen = 0
            while let object = leaving.popLast() {
                seen += heap.wordCount(of: object)
                if seen > most {
                    leaving.removeAll()
                    return false
                }
                heap.forEachCard(of: object) { _ = give($0) }
                heap.forEachValue(in: object) { add($0) }
            }
            return true
        }
    }

    // MARK: everybody else

    /// A unit that this thread does not own, or no longer, becomes everybody's. False when its owner's
    /// transaction does not end soon: then this one, which cannot have what it wants, must be rolled back. Only
    /// an inevitable transaction waits as long as it takes.
    static func share(
        _ t: ThreadContext, _ state: TransactionState, _ unit: Unit, _ header: UInt64
    ) -> Bool {
        let log = state.pointee.log
        let era = TransactionHeader.era(ofOwned: header)
        var spins: UInt64 = 0
        var since: UInt64 = 0
        while host_load_relaxed(unit) == header {
            guard let owner = log.thread(in: era) else {
                _ = host_cas(unit, header, header & Header.kindMask)
                break
            }
            _ = host_cas(log.era(of: owner), era, 0)
            if state.pointee.inevitable {
                host_store32_release(quanta_doomed(log.threads[owner]), 1)
            } else if spins == 50 {
                since = host_monotonic_ns()
            } else if spins > 50,
                Seam.isStepped ? spins > 500 : host_monotonic_ns() - since > patience
            {
                return false
            }
            spins += 1
            if spins < 50 {
                host_pause()
            } else {
                World.safepoint(t)
                host_yield()
            }
        }
        return true
    }
}

/// What owned units held before the open transaction wrote to them: unit, number of slots, slots.
struct SavedUnits {
    private var words: UnsafeMutablePointer<UInt64>?
    private var count = 0
    private var capacity = 0

    mutating func add(_ unit: Unit, slots: Int) {
        if count + slots + 2 > capacity { grow(by: slots + 2) }
        let entry = words.unsafelyUnwrapped + count
        entry[0] = UInt64(UInt(bitPattern: unit))
        entry[1] = UInt64(slots)
        (entry + 2).update(from: unit + 1, count: slots)
        count += slots + 2
    }
    private mutating func grow(by more: Int) {
        capacity = max(2 * capacity, count + more, 1 << 12)
        let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        if let words {
            larger.update(from: words, count: count)
            words.deallocate()
        }
        words = larger
    }
    private func forEach(_ body: (Unit, UnsafeMutablePointer<UInt64>, Int) -> Void) {
        var i = 0
        while i < count {
            let entry = words.unsafelyUnwrapped + i
            body(Unit(bitPattern: UInt(entry[0])).unsafelyUnwrapped, entry + 2, Int(entry[1]))
            i += 2 + Int(entry[1])
        }
    }

    /// The transaction did not happen. A unit is written here only while its thread owns it.
    func restore() {
        forEach { unit, old, slots in
            for i in 0..<slots { host_store_relaxed(unit + 1 + i, old[i]) }
        }
    }
    /// The transaction has ended. What a long one needed is not kept.
    mutating func clear() {
        count = 0
        if capacity > 1 << 20 { release() }
    }
    mutating func release() {
        words?.deallocate()
        self = SavedUnits()
    }
    func visitRoots(_ tracer: inout Tracer) {
        forEach { unit, old, slots in
            tracer.word(UInt(bitPattern: unit))
            tracer.values(from: old, to: old + slots)
        }
    }
}
