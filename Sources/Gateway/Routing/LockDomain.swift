import CHost
import ManagedHeap
import Quanta

/// A lock that calls of `serialized` functions hold: one call of a domain runs at a time, beside
/// everything else.
///
/// The thread that holds it may take it again, so that a function may call back a guest function that
/// calls another of the same domain.
final class LockDomain: @unchecked Sendable {
    let name: String
    private let word = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    /// The holder's thread number; 0 for none. Another thread never reads its own number here.
    private let holder = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    /// Changes only while the lock is held.
    private var depth = 0

    private init(_ name: String) {
        self.name = name
        word.initialize(to: 0)
        holder.initialize(to: 0)
    }

    /// Waits outside the virtual machine: the holder may be inside, in a function that was called back.
    func lock(outside t: ThreadContext) {
        if tryLock(t) { return }
        let scheduler = Scheduler.of(t).takeUnretainedValue()
        scheduler.stepAside(t)
        host_lock(word)
        host_store_relaxed(holder, UInt64(UInt(bitPattern: t)))
        depth += 1
        scheduler.stepBack(t)
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
