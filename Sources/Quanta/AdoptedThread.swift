import CHost
import ManagedHeap

extension VirtualMachine {
    /// Runs `body` on the calling OS thread, which is none of the machine's, as an inevitable quantum of a
    /// guest thread that is made for it. False when there can be no more threads. Nothing is run once the
    /// machine has halted.
    ///
    /// - Parameter type: what `quanta_thread.taskType` of a guest thread holds; says how nested runs work.
    public func adopt(
        as type: UnsafeMutableRawPointer?, _ body: (ThreadContext) throws(Abort) -> Void
    ) -> Bool {
        guard let type else { return false }
        let taskType = Unmanaged<TaskType>.fromOpaque(type).takeUnretainedValue()
        let t: ThreadContext
        do throws(StartError) { t = try attach(taskType) } catch { return false }
        prepareOutside(t)
        number(t)
        t.pointee.isVisitor = 1
        let isIn = scheduler.comeIn(t) { isHalted }
        if isIn {
            do throws(Abort) {
                try body(t)
                try Dispatched.finish(t)
            } catch {
                Driver.reset(t)
                if t.pointee.pendingEffects != 0 { Effects.of(t).abort(t) }
            }
            scheduler.leave(t)
        } else {
            scheduler.didNotStart(t)
        }
        t.pointee.isVisitor = 0
        detach(t)
        return true
    }

    /// From here on threads of foreign code may become guest threads: during certain calls, or at any time.
    public func expectForeignThreads(atAnyTime: Bool) {
        host_store_release(quanta_visited(world), 1)
        if atAnyTime { countForeignThreads() }
    }

    /// The native frames of `t` hold references from here on. No collection runs meanwhile.
    private func prepareOutside(_ t: ThreadContext) {
        host_lock(threadsLock)
        defer { host_unlock(threadsLock) }
        Driver.prepare(t)
    }
    /// Tests may have effects: none follows one that says yes.
    func firstThread(where test: (ThreadContext) -> Bool) -> ThreadContext? {
        host_lock(threadsLock)
        defer { host_unlock(threadsLock) }
        return threads.first(where: test)
    }
}
