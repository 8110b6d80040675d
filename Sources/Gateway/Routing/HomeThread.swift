import CHost
import ManagedHeap
import Quanta

/// The guest thread that a function with `on: same` belongs to: the first that calls it.
final class HomeThread: @unchecked Sendable {
    private let word = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    init() { word.initialize(to: 0) }
    deinit { word.deallocate() }

    /// May `t` call the function?
    func admits(_ t: ThreadContext, _ affinity: ThreadAffinity) -> Bool {
        switch affinity {
        case .any: return true
        case .main: return VirtualMachine.of(t).isMain(t)
        case .same:
            let me = UInt64(UInt(bitPattern: t))
            return host_cas(word, 0, me) || host_load_relaxed(word) == me
        }
    }
}
