import CHost
import ManagedHeap

/// Where guest threads wait for something that other quanta will bring about: a lock to be released, a
/// thread to end. A key stands for what is waited for, usually the address of an object that is kept
/// alive meanwhile.
///
/// P1  A thread enters while its quantum is inevitable and leaves the VM only after that has ended.
///     Whoever changes what it waits for commits later, and finds it here.
public final class ParkingLot: @unchecked Sendable {
    /// One waiting thread.
    final class Place {
        fileprivate let key: UInt
        fileprivate let thread: ThreadContext
        private let woken = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)

        fileprivate init(_ key: UInt, _ thread: ThreadContext) {
            self.key = key
            self.thread = thread
            woken.initialize(to: 0)
        }
        deinit { woken.deallocate() }

        var isWoken: Bool { host_load_acquire(woken) != 0 }
        fileprivate func wake() {
            host_store_release(woken, 1)
            VirtualMachine.rouse(thread)
        }
    }

    private let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    /// In the order of arrival. There are no more than threads.
    private var places: [Place] = []

    init() { lock.initialize(to: 0) }
    deinit { lock.deallocate() }

    func enter(_ key: UInt, _ t: ThreadContext) -> Place {
        let place = Place(key, t)
        locked { places.append(place) }
        return place
    }
    /// Nobody will wake this place any more.
    func leave(_ place: Place) {
        locked {
            if let i = places.firstIndex(where: { $0 === place }) { places.remove(at: i) }
        }
    }
    /// Wakes those that wait longest.
    func wake(_ key: UInt, _ count: Int) {
        locked {
            var left = count
            places.removeAll { place in
                if place.key != key || left <= 0 { return false }
                left -= 1
                place.wake()
                return true
            }
        }
    }

    private func locked<R>(_ body: () -> R) -> R {
        host_lock(lock)
        defer { host_unlock(lock) }
        return body()
    }
}

/// How a wait ended.
public enum Awakening: Sendable {
    /// By ``Quantum/unpark(_:count:)``.
    case woken
    case timeout
    /// There is a ``Signal`` to be heard.
    case disturbed
}
