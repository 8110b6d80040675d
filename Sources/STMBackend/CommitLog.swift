import CHost
import ManagedHeap

/// What all transactions of a machine share: the commit log, its hints, and the table of threads.
///
/// The log is a list of entries, one per committed update transaction. Appending to it with one CAS
/// is the commit point; walking it validates, finds old versions, and raises the clock. There is no
/// global lock.
///
/// L1  At most one entry or sentinel follows the end of the list.
/// L2  `tail` and `clock` are hints: they only grow, and never pass the end of the list.
/// L3  An entry is reclaimed when every announced snapshot is newer than its retirement, and it is
///     neither `tail` nor the end of the list.
struct CommitLog {
    /// Entry word; own cache line.
    let tail = UnsafeMutablePointer<UInt64>.allocate(capacity: 16)
    /// Stamp of a recent commit; own cache line.
    let clock = UnsafeMutablePointer<UInt64>.allocate(capacity: 16)
    /// Every thread ever attached; appended to before `count` is raised.
    let threads = UnsafeMutablePointer<ThreadContext>.allocate(capacity: Int(QUANTA_MAX_THREADS))
    let count = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    /// By thread id, each on cache lines of its own: see `era(of:)` and `openEra(of:)`.
    private let eras = UnsafeMutablePointer<UInt64>.allocate(
        capacity: Int(QUANTA_MAX_THREADS) * CommitLog.eraStride)
    private static let eraStride = 16
    /// The last era that has begun.
    let lastEra = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    private let first = UnsafeMutablePointer<UInt64>.allocate(capacity: Entry.size)

    init() {
        first.initialize(repeating: 0, count: Entry.size)
        let entry = Entry(base: first)
        entry.status.pointee = 1
        entry.stamp = 1
        tail.initialize(repeating: 0, count: 16)
        clock.initialize(repeating: 0, count: 16)
        tail[0] = entry.word
        clock[0] = 1
        count.initialize(to: 0)
        eras.initialize(repeating: 0, count: Int(QUANTA_MAX_THREADS) * CommitLog.eraStride)
        lastEra.initialize(to: 0)
    }
    func release() {
        tail.deallocate()
        clock.deallocate()
        threads.deallocate()
        count.deallocate()
        eras.deallocate()
        lastEra.deallocate()
        first.deallocate()
    }

    func attach(_ t: ThreadContext) {
        let n = Int(count.pointee)
        threads[n] = t
        host_store_release(count, UInt64(n + 1))  // publishes the pointer to reclaimers
    }

    /// The era in which thread `id` owns what it makes; 0: none.
    @inline(__always) func era(of id: Int) -> UnsafeMutablePointer<UInt64> {
        eras + id * CommitLog.eraStride
    }
    /// That of its open transaction.
    @inline(__always) func openEra(of id: Int) -> UnsafeMutablePointer<UInt64> {
        eras + (id * CommitLog.eraStride + 1)
    }
    /// The id of the thread that owns what it makes in this era, or has a transaction open that did.
    func thread(in era: UInt64) -> Int? {
        let threads = Int(host_load_acquire(count))
        // Pairs with the end of the era.
        for id in 0..<threads where host_load_acquire(self.era(of: id)) == era { return id }
        // A transaction that began meanwhile is seen, or has seen the end of the era.
        host_fence_seqcst()
        if Seam.omits(.ending) { return nil }
        // Pairs with the end of the transaction.
        for id in 0..<threads where host_load_acquire(openEra(of: id)) == era { return id }
        return nil
    }

    /// The oldest snapshot that anybody has announced. `me` counts only while it is in a transaction.
    func oldestSnapshot() -> UInt64 {
        host_fence_seqcst()  // announcements made before `begin` read the log are seen
        var oldest = UInt64.max
        for i in 0..<Int(host_load_acquire(count)) {
            oldest = min(oldest, host_load_acquire(quanta_slot(threads[i])))
        }
        return oldest
    }

    /// After a commit: moves the hints forward.
    func advance(to entry: Entry) {
        var known = host_load_acquire(tail)
        while Entry(word: known).stamp < entry.stamp {
            if host_cas(tail, known, entry.word) { break }
            known = host_load_acquire(tail)
        }
        var time = host_load_acquire(clock)
        while time < entry.stamp {
            if host_cas(clock, time, entry.stamp) { break }
            time = host_load_acquire(clock)
        }
    }
}
