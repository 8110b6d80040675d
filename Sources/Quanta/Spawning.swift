import CHost
import ManagedHeap

/// Where a new guest thread waits until the quantum that started it has committed.
final class Gate: @unchecked Sendable {
    /// 0 closed, 1 open, 2 open for a thread that shall not run.
    private let state = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private let finished = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)

    init(isOpen: Bool) {
        state.initialize(to: isOpen ? 1 : 0)
        finished.initialize(to: 0)
    }
    deinit {
        state.deallocate()
        finished.deallocate()
    }

    func open(forUse: Bool) {
        host_store32_release(state, forUse ? 1 : 2)
        host_futex_wake(state, 1)
    }
    /// True when the thread shall run.
    func wait() -> Bool {
        while true {
            switch host_load32_acquire(state) {
            case 0: host_futex_wait(state, 0, 0)
            case 1: return true
            default: return false
            }
        }
    }
    /// The OS thread is about to end.
    var isFinished: Bool {
        get { host_load_acquire(finished) != 0 }
        set {
            host_store_release(finished, newValue ? 1 : 0)
            host_futex_wake(finished, 1)
        }
    }
    /// Until it is finished, or for a while.
    func doze(microseconds: UInt64) { host_futex_wait(finished, 0, microseconds) }
}

extension Quantum {
    /// Starts another guest thread when this quantum commits; throws at once when there can be none.
    @discardableResult
    public func spawn<T: GuestTask>(
        _ task: T
    ) throws(VirtualMachine.StartError) -> ThreadContext {
        let gate = Gate(isOpen: false)
        let (context, takeBack) = try machine.spawn(task, gate)
        onAbort {
            takeBack()
            gate.open(forUse: false)
        }
        let machine = self.machine
        onCommit {
            machine.number(context)
            gate.open(forUse: true)
        }
        return context
    }
}
