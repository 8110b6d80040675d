import CHost
import ManagedHeap
import Observe

/// The guest's stack: raw words that the framework owns, needs no barriers and rolls back itself.
///
/// A shadow mirrors the stack at a constant distance. At the start of a quantum the top frame is
/// copied there; a return below the copied part copies the frame returned to, first. A rollback is
/// one copy back.
///
/// V1  Words in `[lowMark, highMark)` of the shadow are those of the quantum's start.
/// V2  Words below `lowMark` have not changed since then: a frame is written only while it is on top.
/// V3  The collector sees the words of frames, and those above the top frame up to `cover`.
extension Quantum {
    /// The current frame, when `run` starts or resumes.
    @inlinable @inline(__always) public var frame: Frame {
        UnsafeMutableRawPointer(thread.pointee.frame).assumingMemoryBound(to: Value.self)
    }
    /// Frames must end below this; check before `enter(_:)` and raise a guest error otherwise.
    @inlinable @inline(__always) public var stackLimit: Frame {
        UnsafeMutableRawPointer(thread.pointee.stackLimit).assumingMemoryBound(to: Value.self)
    }
    /// May `count` words from `base` on become a frame?
    @inlinable @inline(__always) public func hasRoom(_ base: Frame, _ count: Int) -> Bool {
        VMStack.words(base) + count <= thread.pointee.stackLimit
    }
    /// The end of the words above the current frame that the collector shall see: where a call is prepared.
    ///
    /// Whoever raises it puts it back when a frame covers them, or when they are not needed any more.
    @inlinable @inline(__always) public var cover: Frame {
        get { UnsafeMutableRawPointer(thread.pointee.cover).assumingMemoryBound(to: Value.self) }
        nonmutating set { thread.pointee.cover = VMStack.words(newValue) }
    }
    /// Guest call: `frame` is the current one from now on. The three words below it are its own and
    /// already written; the callee's words may follow later.
    @inlinable @inline(__always) public func enter(_ frame: Frame) {
        thread.pointee.frame = VMStack.words(frame)
    }
    /// Guest return, or unwinding, to `frame`.
    @inlinable @inline(__always) public func leave(to frame: Frame) {
        let words = VMStack.words(frame)
        if B.rollsBack && _slowPath(words - 3 < thread.pointee.lowMark) {
            VMStack.save(thread, words - 3)
        }
        thread.pointee.frame = words
    }
}

/// Rollback of the VM stack; for backends that undo quanta.
public enum VMStack {
    static let defaultWords = 4 << 20
    /// Frames up to this long need no check of their own below `stackLimit`.
    static let slackWords = 4096

    @inlinable @inline(__always) static func words(_ frame: Frame) -> UnsafeMutablePointer<UInt64> {
        UnsafeMutableRawPointer(frame).assumingMemoryBound(to: UInt64.self)
    }

    static func attach(_ t: ThreadContext, words: Int) -> Bool {
        guard let memory = host_reserve(words * 16) else { return false }
        let base = memory.assumingMemoryBound(to: UInt64.self)
        t.pointee.stackBase = base
        t.pointee.stackLimit = base + (words - slackWords)
        t.pointee.shadowDistance = Int64(words)
        t.pointee.frame = base + 3
        t.pointee.startFrame = base + 3
        t.pointee.lowMark = base
        t.pointee.highMark = base
        t.pointee.cover = base
        return true
    }
    static func detach(_ t: ThreadContext) {
        host_release(t.pointee.stackBase, Int(t.pointee.shadowDistance) * 16)
    }

    static func end(_ t: ThreadContext) -> UnsafeMutablePointer<UInt64> {
        let frame = UnsafeMutableRawPointer(t.pointee.frame).assumingMemoryBound(to: Value.self)
        guard let type = t.pointee.taskType else { return t.pointee.frame }
        return Unmanaged<TaskType>.fromOpaque(type)._withUnsafeGuaranteedRef {
            words($0.frameEnd(frame))
        }
    }

    /// A quantum starts: remember the top frame.
    public static func begin(_ t: ThreadContext) {
        t.pointee.note = 0
        let low = t.pointee.frame - 3
        let high = end(t)
        t.pointee.startFrame = t.pointee.frame
        t.pointee.lowMark = low
        t.pointee.highMark = high
        (low + Int(t.pointee.shadowDistance)).update(from: low, count: high - low)
    }

    /// No quantum is open: the next one, or a retry, starts in the current frame, and nothing is saved.
    public static func settle(_ t: ThreadContext) {
        t.pointee.startFrame = t.pointee.frame
        t.pointee.lowMark = t.pointee.stackBase
        t.pointee.highMark = t.pointee.stackBase
    }

    @inline(never) @usableFromInline
    static func save(_ t: ThreadContext, _ low: UnsafeMutablePointer<UInt64>) {
        let count = t.pointee.lowMark - low
        (low + Int(t.pointee.shadowDistance)).update(from: low, count: count)
        t.pointee.lowMark = low
        t.count(.framesSaved)
    }

    /// The quantum did not happen.
    public static func restore(_ t: ThreadContext) {
        let low = t.pointee.lowMark
        low.update(
            from: low + Int(t.pointee.shadowDistance), count: t.pointee.highMark - low)
        t.pointee.frame = t.pointee.startFrame
    }

    /// Before a retry: native code above has been left meanwhile, and may have moved the frame. What it put
    /// back at the end of calls that it prepared was read from words that had been restored.
    public static func rewind(_ t: ThreadContext) {
        t.pointee.frame = t.pointee.startFrame
        t.pointee.cover = t.pointee.stackBase
    }

    static func visitRoots(_ t: ThreadContext, _ tracer: inout Tracer) {
        tracer.values(from: t.pointee.stackBase, to: max(end(t), t.pointee.cover))
        let shadow = Int(t.pointee.shadowDistance)
        tracer.values(from: t.pointee.lowMark + shadow, to: t.pointee.highMark + shadow)
    }
}
