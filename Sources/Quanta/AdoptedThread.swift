import CHost
import ManagedHeap

extension VirtualMachine {
    /// Runs `body` on the calling OS thread, which is none of the machine's, as an inevitable quantum of a
    /// guest thread that is made for it. False when there can be none.
    ///
    /// - Parameter type: what `quanta_thread.taskType` of a guest thread holds; says how nested runs work.
    public func adopt(
        as type: UnsafeMutableRawPointer?, _ body: (ThreadContext) throws(Abort) -> Void
    ) -> Bool {
        guard let type else { return false }
        let taskType = Unmanaged<TaskType>.fromOpaque(type).takeUnretainedValue()
        let t: ThreadContext
        do throws(StartError) { t = try attach(taskType) } catch { return false }
        number(t)
        scheduler.comeIn(t)
        Driver.prepare(t)
        do throws(Abort) {
            try Dispatched.startInevitable(t)
            try body(t)
            try Dispatched.finish(t)
        } catch {
            Driver.reset(t)
            if t.pointee.pendingEffects != 0 { Effects.of(t).abort(t) }
        }
        scheduler.leave(t)
        detach(t)
        return true
    }
}
