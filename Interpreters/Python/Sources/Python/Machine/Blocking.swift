import Glibc
import InterpreterKit

/// How built-in functions wait and call the system.
///
/// They have no point to resume at. What must happen exactly once is done irrevocably: the quantum either
/// is rolled back before it or cannot be rolled back any more. What may take long is done outside, where
/// other threads run meanwhile.
extension VM {
    /// From here on nothing is undone. Short system calls follow directly.
    func irrevocably(_ reason: StaticString) throws(Unwind) {
        do throws(Abort) { try q.settle(reason) } catch { throw .abort }
    }

    /// Runs `body` exactly once, while other threads may run: a place where they see what this thread has
    /// done. Inside an atomic block nobody sees anything, and others wait.
    func outside<R>(_ reason: StaticString, _ body: () -> R) throws(Unwind) -> R {
        if q.atomicDepth > 0 {
            try irrevocably(reason)
            return body()
        }
        do throws(Abort) { return try q.outside(reason, body) } catch { throw .abort }
    }

    /// Waits until another thread, having committed, calls `unpark` for the same object. An atomic block is
    /// divided by that: it could not see what it waits for.
    func park(on object: Reference, until deadline: UInt64) throws(Unwind) -> Awakening {
        do throws(Abort) { return try q.park(on: VM.key(object), until: deadline) } catch {
            throw .abort
        }
    }
    func unpark(_ object: Reference, count: Int = .max) {
        q.unpark(VM.key(object), count: count)
    }
    private static func key(_ object: Reference) -> UInt { UInt(bitPattern: object.address) }

    /// Waits until `condition` holds, which it looks at anew after each change of `object`. `waiters` is the
    /// field of `object` that counts those who wait: while it is 0, changes need no ``unpark(_:count:)``.
    /// False when the deadline came first.
    func wait(
        for object: Reference, _ waiters: Field<Int>, until deadline: UInt64,
        _ condition: () throws(Unwind) -> Bool
    ) throws(Unwind) -> Bool {
        while true {
            if try condition() { return true }
            if deadline != .max && now >= deadline { return false }
            self[object, waiters] &+= 1
            let end = try park(on: object, until: deadline)
            self[object, waiters] &-= 1
            if try condition() { return true }
            switch end {
            case .woken: continue
            case .timeout: return false
            case .disturbed: try hearSignals()
            }
        }
    }

    /// By the monotonic clock.
    var now: UInt64 { q.observe { Clock.monotonic } }

    /// Sleeps until a time of the monotonic clock.
    func sleep(until deadline: UInt64) throws(Unwind) {
        while now < deadline {
            if q.atomicDepth > 0 {
                try irrevocably("sleep")
                let left = deadline &- now
                Clock.pause(min(left, 20_000_000))
            } else {
                do throws(Abort) { try q.sleep(until: deadline) } catch { throw .abort }
            }
            try hearSignals()
        }
    }

    /// Raises KeyboardInterrupt and the like if there is a reason.
    func hearSignals() throws(Unwind) {
        if machine.isHalted { throw .abort }
        if let signal = q.hear() { try hear(signal) }
    }
}

/// The system's clocks, in nanoseconds.
enum Clock {
    static func now(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
    static var monotonic: UInt64 { now(CLOCK_MONOTONIC) }

    static func pause(_ nanoseconds: UInt64) {
        var time = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        nanosleep(&time, nil)
    }
}
