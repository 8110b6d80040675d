import CHost
import ManagedHeap

/// What a quantum has promised for its end: output and actions at commit, actions at abort, jobs for
/// a work queue.
///
/// E1  Output and commit actions happen in commit order: a parallel backend commits a quantum that
///     has any while it holds `World.lockEffects`, and settles them before unlocking.
/// E2  They happen exactly once, whatever aborted before.
public final class Effects {
    /// Bits of `quanta_thread.pendingEffects`.
    public static var ordered: UInt64 { 1 }
    public static var jobs: UInt64 { 2 }
    static var undo: UInt64 { 4 }
    /// Commit actions, which may take references to other threads.
    public static var actions: UInt64 { 8 }

    private unowned let machine: VirtualMachine
    private var output: [UInt8] = []
    /// Each with the amount of output that precedes it.
    private var actions: [(after: Int, action: () -> Void)] = []
    private var undos: [() -> Void] = []

    init(_ machine: VirtualMachine) { self.machine = machine }

    public static func of(_ t: ThreadContext) -> Effects {
        Unmanaged<Effects>.fromOpaque(t.pointee.effects.unsafelyUnwrapped).takeUnretainedValue()
    }

    func write(_ text: some Sequence<UInt8>, _ t: ThreadContext) {
        output.append(contentsOf: text)
        announce(Effects.ordered, t)
    }
    func onCommit(_ action: @escaping () -> Void, _ t: ThreadContext) {
        actions.append((output.count, action))
        announce(Effects.ordered, t)
        t.pointee.pendingEffects |= Effects.actions
    }
    func onAbort(_ action: @escaping () -> Void, _ t: ThreadContext) {
        undos.append(action)
        announce(Effects.undo, t)
    }
    /// The quantum ends at its next break: effects should be seen soon, and not be lost when a long
    /// atomic block that follows is interrupted.
    private func announce(_ kind: UInt64, _ t: ThreadContext) {
        if t.pointee.pendingEffects & kind == 0 { Driver.breakSoon(t) }
        t.pointee.pendingEffects |= kind
    }

    /// Performs output and commit actions (E1).
    public func settle() {
        if actions.isEmpty {
            machine.output.append(output)
        } else {
            var done = 0
            let pending = actions
            actions = []
            for (after, action) in pending {
                machine.output.append(output[done..<after])
                done = after
                machine.output.flush()
                action()
            }
            machine.output.append(output[done...])
        }
        output.removeAll(keepingCapacity: output.count < 1 << 16)
    }

    /// The quantum has committed.
    public func commit(_ t: ThreadContext) {
        let pending = t.pointee.pendingEffects
        t.pointee.pendingEffects = 0
        if pending & Effects.jobs != 0 { WorkQueue.commit(t) }
        if pending & Effects.ordered != 0 { settle() }
        undos.removeAll()
    }

    /// For the signal handler of a guest thread that dies in foreign code: what guests have written comes out, at last what the
    /// thread's own quantum has, which nobody will take back. Elsewhere nothing happens.
    public static func writeLastWords() {
        guard let t = quanta_current() else { return }
        let effects = Effects.of(t)
        effects.machine.output.drain(beforeDeath: effects.output)
    }

    /// The quantum did not happen.
    public func abort(_ t: ThreadContext) {
        t.pointee.pendingEffects = 0
        WorkQueue.abort(t)
        output.removeAll(keepingCapacity: true)
        actions.removeAll()
        let undos = self.undos
        self.undos.removeAll()
        for undo in undos.reversed() { undo() }
    }
}
