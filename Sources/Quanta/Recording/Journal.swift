import CHost
import ManagedHeap
import Observe

/// What one guest thread does that its program does not determine, while a run is recorded or
/// replayed: how far each of its quanta goes, and what it learns from outside.
///
/// J1  What an open quantum has learned is forgotten when it is rolled back. What was learned between two
///     quanta belongs to the next one and stays: it is not learned again.
public class Journal {
    /// Of the thread, from 1 in the order of the starts.
    let number: Int

    init(number: Int) { self.number = number }

    @inline(__always) static func of(_ t: ThreadContext) -> Journal? {
        guard let journal = t.pointee.journal else { return nil }
        return Unmanaged<Journal>.fromOpaque(journal).takeUnretainedValue()
    }
    /// From here on what the thread does is written down or read.
    public func attach(to t: ThreadContext) {
        t.pointee.journal = Unmanaged.passRetained(self).toOpaque()
    }
    static func detach(_ t: ThreadContext) {
        guard let journal = t.pointee.journal else { return }
        t.pointee.journal = nil
        let owned = Unmanaged<Journal>.fromOpaque(journal).takeRetainedValue()
        owned.close()
    }

    // MARK: quanta

    /// A quantum is open from here on.
    public static func begin(_ t: ThreadContext) { of(t)?.begin() }
    /// It did not happen.
    public static func rollback(_ t: ThreadContext) { of(t)?.rollback() }
    /// It has happened, and stands at `stamp`: as its own change, or as a reader of what it finds there.
    /// Before others can see jobs of it.
    public static func end(_ t: ThreadContext, at stamp: UInt64, changes: Bool) {
        guard let journal = of(t) else { return }
        let end = t.pointee.budget < 0 ? Stretch.End.atBreak : .byItself
        journal.end(end, Driver.breaksCovered(t), stamp, changes, t)
    }

    func begin() {}
    func rollback() {}
    func end(
        _ end: Stretch.End, _ breaks: Int, _ stamp: UInt64, _ changes: Bool, _ t: ThreadContext
    ) {}
    func close() {}

    // MARK: what is learned

    /// Jobs come from the recording, and so does whether there are any.
    var isReplay: Bool { false }

    func observe<R>(_ t: ThreadContext, _ body: () -> R) -> R { body() }
    /// A job that another quantum has submitted is taken; or, on a replay, which one.
    func take(_ job: JobName) {}
    func nextJob(_ t: ThreadContext) -> JobName? { nil }
    /// Whether a search for jobs ended with one.
    func find(_ found: Bool) {}
    func nextFound(_ t: ThreadContext) -> Bool { false }
    /// Something happened that a replay could not repeat.
    func refuse(_ reason: String) {}

    /// The result of `body`, or what it was in the recording.
    @inline(never) public static func observe<R>(_ t: ThreadContext, _ body: () -> R) -> R {
        of(t).unsafelyUnwrapped.observe(t, body)
    }
}

/// Which job: the thread that submitted it and how many it had submitted before.
@usableFromInline struct JobName: Hashable {
    let thread: UInt64
    let number: UInt64
}

/// A result that is no plain bytes and can be recorded all the same.
public protocol Recordable {
    init?(recorded bytes: ArraySlice<UInt8>)
    var recorded: [UInt8] { get }
}
extension String: Recordable {
    public init?(recorded bytes: ArraySlice<UInt8>) { self.init(decoding: bytes, as: UTF8.self) }
    public var recorded: [UInt8] { Array(utf8) }
}
extension [UInt8]: Recordable {
    public init?(recorded bytes: ArraySlice<UInt8>) { self.init(bytes) }
    public var recorded: [UInt8] { self }
}

/// Kinds of notes in a stretch.
enum Note: UInt8 {
    /// A block: the bytes of a result.
    case result = 1
    /// Two numbers: which job was taken.
    case job
    /// A search for jobs ended without one, or with one.
    case nothing
    case found
}

extension Quantum {
    /// What `body` learns from outside, such as the time or a random number. A replay of a recorded run
    /// gets the recorded result and does not run `body`.
    ///
    /// `body` may be repeated when the quantum is rolled back. The result must be plain bytes or
    /// ``Recordable``. Cost: one load and one predicted branch.
    @inlinable @inline(__always)
    public func observe<R>(_ body: () -> R) -> R {
        if _fastPath(thread.pointee.journal == nil) { return body() }
        return Journal.observe(thread, body)
    }
}
