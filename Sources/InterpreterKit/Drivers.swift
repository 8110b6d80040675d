import GILBackend
import STMBackend
import SerialBackend

/// Which mechanism makes quanta atomic.
public enum BackendChoice: String, CaseIterable, Sendable {
    /// One lock around the guest.
    case gil
    /// Transactions that run in parallel and are rolled back when they conflict.
    case stm
    /// One thread at a time, in an order that a seed decides.
    case serial

    /// What a program runs on unless it is told otherwise.
    public static let standard = BackendChoice.stm
}

/// The loop of every backend that runs a task of type `T` to its end, specialised for `T`.
///
/// A specialised loop can only be compiled where the task's code is visible. `Language.drivers` is
/// therefore a requirement with a default: the compiler emits the default anew in the module of each
/// conforming language. Whoever runs the language later, through however many generic layers,
/// calls compiled guest code.
public struct Drivers<T: GuestTask> {
    @usableFromInline typealias Saved = UnsafeMutablePointer<T>
    @usableFromInline let gil: (GILScheduler, ThreadContext, Saved) -> Void
    @usableFromInline let stm: (STMScheduler, ThreadContext, Saved) -> Void
    @usableFromInline let serial: (SerialScheduler, ThreadContext, Saved) -> Void

    @usableFromInline let run: (gil: Run, stm: Run, serial: Run)
    public typealias Run = TaskTypeOf<T>.Run

    @inlinable public init() {
        run = (
            gil: { (t, task) throws(Abort) in try task.pointee.run(Quantum<Raw>(t)) },
            stm: { (t, task) throws(Abort) in
                if t.pointee.isPlain != 0 {
                    try task.pointee.run(Quantum<Raw>(t))
                } else {
                    try task.pointee.run(Quantum<Transactional>(t))
                }
            },
            serial: { (t, task) throws(Abort) in try task.pointee.run(Quantum<Undoing>(t)) }
        )
        gil = { scheduler, t, saved in scheduler.drive(t, saved) }
        stm = { scheduler, t, saved in scheduler.drive(t, saved) }
        serial = { scheduler, t, saved in scheduler.drive(t, saved) }
    }

    /// A scheduler, how it drives a task, and how a task runs within another's quantum.
    typealias Started = (scheduler: Scheduler, drive: (ThreadContext, Saved) -> Void, run: Run)

    func start(
        _ backend: BackendChoice, seed: UInt64, abortEveryQuantum: Bool, alwaysTransactions: Bool
    ) -> Started {
        switch backend {
        case .gil:
            let scheduler = GILScheduler()
            return (scheduler, { [gil] t, saved in gil(scheduler, t, saved) }, run.gil)
        case .stm: return start(STMScheduler(alwaysTransactions ? .transactions : .adaptive))
        case .serial:
            return start(SerialScheduler(seed: seed, abortEveryQuantum: abortEveryQuantum))
        }
    }
    func start(_ scheduler: STMScheduler) -> Started {
        (scheduler, { [stm] t, saved in stm(scheduler, t, saved) }, run.stm)
    }
    func start(_ scheduler: SerialScheduler) -> Started {
        (scheduler, { [serial] t, saved in serial(scheduler, t, saved) }, run.serial)
    }
}
