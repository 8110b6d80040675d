import CHost
import Observe

/// The guest's standard output: a buffer in front of a sink, in commit order.
///
/// Flushed when it grows, before foreign code runs, when the machine waits, and at the end; never
/// lost on an error.
public final class Output: @unchecked Sendable {
    /// Where bytes go. Called with the output's lock held.
    public typealias Sink = @Sendable (UnsafeRawBufferPointer) -> Void

    private let sink: Sink
    private var immediate: Bool
    private let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private var buffer: [UInt8] = []
    /// 1 while something is in the buffer. Guest threads have the address.
    let isFilled = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    /// Of everything written, once somebody wants to know.
    private var sum: Digest?

    /// - Parameter immediate: flush at every commit, for terminals.
    public init(immediate: Bool = false, sink: @escaping Sink) {
        self.sink = sink
        self.immediate = immediate
        lock.initialize(to: 0)
        isFilled.initialize(to: 0)
    }
    deinit {
        lock.deallocate()
        isFilled.deallocate()
    }

    /// Nothing stays in the buffer when a quantum has committed.
    public var flushesAlways: Bool {
        get {
            host_lock(lock)
            defer { host_unlock(lock) }
            return immediate
        }
        set {
            host_lock(lock)
            immediate = newValue
            host_unlock(lock)
        }
    }

    func append(_ bytes: some Collection<UInt8>) {
        if bytes.isEmpty { return }
        host_lock(lock)
        buffer.append(contentsOf: bytes)
        host_store_relaxed(isFilled, 1)
        sum?.add(bytes)
        if immediate || buffer.count >= 1 << 15 { drain() }
        host_unlock(lock)
    }
    /// What is written from here on counts for the ``digest``.
    public func beginDigest() {
        host_lock(lock)
        sum = Digest()
        host_unlock(lock)
    }
    public var digest: Digest {
        host_lock(lock)
        defer { host_unlock(lock) }
        return sum ?? Digest()
    }

    /// Text from outside any quantum.
    public func write(_ text: String) {
        append(Array(text.utf8))
        flush()
    }
    /// What the caller has written, or knows to be written, leaves the buffer. Cost when it is empty: a load.
    public func flush() {
        if host_load_relaxed(isFilled) == 0 { return }
        host_lock(lock)
        drain()
        host_unlock(lock)
    }
    /// When the process is about to die, in a signal handler: first what is in the buffer, then `last`. Allocates nothing,
    /// and gives up when another thread keeps the lock.
    func drain(beforeDeath last: [UInt8]) {
        guard host_lock_within(lock, Output.patience) else { return }
        drain()
        if !last.isEmpty { last.withUnsafeBytes(sink) }
        host_unlock(lock)
    }
    /// In microseconds.
    private static let patience: UInt64 = 100_000
    private func drain() {
        if buffer.isEmpty { return }
        buffer.withUnsafeBytes(sink)
        buffer.removeAll(keepingCapacity: true)
        host_store_relaxed(isFilled, 0)
    }
}
