import CHost
import ManagedHeap
import Quanta

/// A lock that calls of `serialized` functions hold: one call of a domain runs at a time, beside
/// everything else.
///
/// The thread that holds it may take it again, so that a function may call back a guest function that
/// calls another of the same domain. A thread of C that runs a guest function goes along without it after a while:
/// the call that holds it may be waiting for just that thread.
final class LockDomain: @unchecked Sendable {
    /// Of all functions that promise nothing, where their quanta may be ended by others.
    static let arbitrary = LockDomain("arbitrary")

    let name: String
    private let word = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    /// The holder's thread number; 0 for none. Another thread never reads its own number here.
    private let holder = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    /// Nonzero: somebody has gone along with the call that holds the lock.
    private let isAccompanied = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    /// Changes only while the lock is held.
    private var depth = 0

    private init(_ name: String) {
        self.name = name
        word.initialize(to: 0)
        holder.initialize(to: 0)
        isAccompanied.initialize(to: 0)
    }

    /// Waits outside the virtual machine: the holder may be inside, in a function that was called back.
    /// False when the call goes along with the one that holds the lock, or the machine has halted.
    func lock(outside t: ThreadContext) -> Bool {
        if tryLock(t) { return true }
        let isVisitor = t.pointee.isVisitor != 0
        if isVisitor && host_load_relaxed(isAccompanied) != 0 { return false }
        let scheduler = Scheduler.of(t).takeUnretainedValue()
        scheduler.stepAside(t)
        defer { scheduler.stepBack(t) }
        while !host_lock_within(word, Stay.patience / 1000) {
            if isVisitor { host_store_relaxed(isAccompanied, 1) }
            if isVisitor || World.isHalted(t) { return false }
        }
        host_store_relaxed(holder, UInt64(UInt(bitPattern: t)))
        depth += 1
        return true
    }
    /// False when another thread holds it.
    func tryLock(_ t: ThreadContext) -> Bool {
        let me = UInt64(UInt(bitPattern: t))
        if host_load_relaxed(holder) != me {
            if !host_try_lock(word) { return false }
            host_store_relaxed(holder, me)
        }
        depth += 1
        return true
    }
    func unlock() {
        depth -= 1
        if depth > 0 { return }
        host_store_relaxed(holder, 0)
        host_store_relaxed(isAccompanied, 0)
        host_unlock(word)
    }

    // MARK: all of them

    private static let table = Table()
    private final class Table: @unchecked Sendable {
        let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
        var domains: [String: LockDomain] = [:]
        init() { lock.initialize(to: 0) }
    }
    /// The one domain of this name in the process.
    static func named(_ name: String) -> LockDomain {
        host_lock(table.lock)
        defer { host_unlock(table.lock) }
        if let known = table.domains[name] { return known }
        let domain = LockDomain(name)
        table.domains[name] = domain
        return domain
    }
}
