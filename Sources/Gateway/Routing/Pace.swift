import CForeign
import CHost

/// How long the calls of one function take: decides whether leaving the virtual machine pays.
///
/// On a backend that never rolls back, a call may as well stay within the quantum. That is cheaper
/// when the call is short, and stops all other threads when it is long. Both ways mean the same.
///
/// All words may be written by several threads at once; a lost sample does no harm. They are never freed, as the
/// plan that has them.
struct Pace {
    /// About a microsecond.
    static let brief: UInt64 = 3000
    /// So many brief calls in a row, before the function has kept somebody waiting, and at most.
    private static let wantedAtFirst: UInt64 = 8
    private static let wantedAtMost: UInt64 = 1 << 40
    /// One in this many calls within a quantum is measured.
    private static let stride: UInt64 = 16

    /// Brief samples in a row.
    private let streak = UnsafeMutablePointer<UInt64>.allocate(capacity: 3)
    private var calls: UnsafeMutablePointer<UInt64> { streak + 1 }
    private var wanted: UnsafeMutablePointer<UInt64> { streak + 2 }

    init() {
        streak.initialize(repeating: 0, count: 2)
        wanted.initialize(to: Pace.wantedAtFirst)
    }

    /// Recent calls were brief.
    var isBrief: Bool { host_load_relaxed(streak) >= host_load_relaxed(wanted) }

    func note(_ ticks: UInt64) {
        let seen = host_load_relaxed(streak)
        if ticks > Pace.brief {
            if seen != 0 { host_store_relaxed(streak, 0) }
        } else if seen < host_load_relaxed(wanted) {
            host_store_relaxed(streak, seen &+ 1)
        }
    }
    /// Somebody has shown a call out: a guest thread that has waited for a time slice, though all calls before it were
    /// brief, or a thread of foreign code at once. Both take longer than leaving does. Next time more brief calls are
    /// asked for, so that a function which waits now and then does not cost that each time.
    @inline(never) func noteShownOut() {
        host_store_relaxed(streak, 0)
        let seen = host_load_relaxed(wanted)
        if seen < Pace.wantedAtMost { host_store_relaxed(wanted, seen &* 8) }
    }

    func note(since start: UInt64) { note(foreign_ticks() &- start) }

    /// A call within the quantum begins; 0 when this one is not measured.
    func start() -> UInt64 {
        let number = host_load_relaxed(calls) &+ 1
        host_store_relaxed(calls, number)
        return number % Pace.stride == 0 ? foreign_ticks() : 0
    }
}
