import CForeign
import CHost
import ManagedHeap
import Quanta

/// Calls from threads of foreign code that wait for their guest thread.
enum QueuedCallbacks {
    private static let table = Table()
    /// How many wait, for threads that only want to know whether any does.
    private static var count: UnsafeMutablePointer<UInt64> { foreign_waiting_calls() }
    private final class Table: @unchecked Sendable {
        let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
        var waiting: [(owner: ThreadContext, callback: Callback, words: [UInt64])] = []
        init() { lock.initialize(to: 0) }
    }
    static func add(_ callback: Callback, _ words: [UInt64], for owner: ThreadContext) {
        host_lock(table.lock)
        table.waiting.append((owner, callback, words))
        host_store_release(count, UInt64(table.waiting.count))
        host_unlock(table.lock)
    }
    /// Anything for anybody?
    static var isEmpty: Bool { host_load_acquire(count) == 0 }

    /// Takes the oldest call for `t`, for good: the quantum is inevitable.
    static func next(for t: ThreadContext) -> (callback: Callback, words: [UInt64])? {
        host_lock(table.lock)
        defer { host_unlock(table.lock) }
        guard let i = table.waiting.firstIndex(where: { $0.owner == t }) else { return nil }
        let found = table.waiting.remove(at: i)
        host_store_release(count, UInt64(table.waiting.count))
        return (found.callback, found.words)
    }
}
