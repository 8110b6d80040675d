import ManagedHeap

/// The quantum did not happen, or must go on in another specialisation.
///
/// Thrown by `qbreak`, `call`, `next` and `becomeInevitable`; caught only by the driver of a
/// backend. Interpreter code lets it pass. Native frames may put things back on the way, with `defer` or `catch`: until
/// all have been left the quantum is as it was, and what they do to it will not have happened.
@frozen public struct Abort: Error {
    @inlinable @inline(__always) public init() {}
}

/// One guest thread, as a value.
///
/// `run` executes guest code and marks with `qbreak` where atomicity may end. The contract:
///
/// - A retry restores the task's stored properties and the VM stack, and nothing else. What lives
///   only in a Swift local does not survive a break that aborts. Survivors live in the task, on the
///   VM stack, or in managed objects.
/// - Reads and writes of managed objects never throw and never show an inconsistent state.
/// - Side effects other than through the quantum, the heap and the gateway are forbidden in `run`.
///   The serial backend's `abortEveryQuantum` finds violations.
/// - Guest exceptions are guest values; Swift errors are for ``Abort`` only.
///
/// ```swift
/// struct CountDown: GuestTask {
///     var n: Int
///     mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
///         while n > 0 {
///             n -= 1
///             try q.qbreak(resumeAt: self)
///         }
///     }
/// }
/// ```
/// Declare `run` `@inlinable` when the task lives in another module than the call that starts it:
/// a large generic function is otherwise not specialised and runs about ten times slower.
public protocol GuestTask {
    /// Runs the guest until it ends. Leaves by `Abort` when the quantum must be retried.
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort)

    /// One past the last live word of the frame that starts at `frame`. Called by collections, at
    /// any time after `Quantum.enter(_:)`. Tasks without frames on the VM stack use the default.
    static func frameEnd(_ frame: Frame) -> Frame
}

extension GuestTask {
    @inlinable public static func frameEnd(_ frame: Frame) -> Frame { frame }
}

/// A guest frame on the VM stack: its first word. The three words below belong to it too.
public typealias Frame = UnsafeMutablePointer<Value>

/// What a driver needs to know of a task's type without being generic.
public class TaskType: @unchecked Sendable {
    public let size: Int
    init(size: Int) { self.size = size }
    func frameEnd(_ frame: Frame) -> Frame { frame }
    /// Runs the task at `task` within the open quantum of `t`, specialised for its backend.
    func run(_ t: ThreadContext, _ task: UnsafeMutableRawPointer) throws(Abort) {
        preconditionFailure("this task has no nested runs")
    }
}

/// The description of task type `T`.
public final class TaskTypeOf<T: GuestTask>: TaskType, @unchecked Sendable {
    public typealias Run = (ThreadContext, UnsafeMutablePointer<T>) throws(Abort) -> Void
    private let body: Run?

    public init(run: Run? = nil) {
        body = run
        super.init(size: MemoryLayout<T>.size)
    }
    override func frameEnd(_ frame: Frame) -> Frame { T.frameEnd(frame) }
    override func run(_ t: ThreadContext, _ task: UnsafeMutableRawPointer) throws(Abort) {
        guard let body else { preconditionFailure("this task has no nested runs") }
        try body(t, task.assumingMemoryBound(to: T.self))
    }
}

/// Something the guest should hear of at its next break.
@frozen public enum Signal: UInt64, Sendable {
    /// The user asked to stop (Ctrl-C).
    case interrupt = 1
    /// The heap limit is reached; the reserve behind it is in use.
    case memory = 2
}
