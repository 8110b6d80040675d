import CHost

/// Collections so often that an object which the collector does not see is gone before it is used again.
///
/// Under stress a free run is one cell, so that every allocation comes to the slow path; without it nothing
/// costs anything.
public struct Stress: Sendable {
    /// A collection comes before every allocation whose number is a multiple of this; 1 for all.
    public var every: Int
    /// Allocations that pass before that begins.
    public var after: Int

    public init(every: Int, after: Int = 0) {
        precondition(every > 0 && after >= 0, "there is no such allocation")
        self.every = every
        self.after = after
    }
}

extension Heap {
    /// Allocations so far; counted under stress only.
    public var allocations: Int { Int(truncatingIfNeeded: host_load_relaxed(stressClock)) }

    @inline(__always) var isStressed: Bool { configuration.stress != nil }
    @inline(__always) var poisons: Bool { configuration.checks || isStressed }

    /// An allocation begins: collects if it is time. No free cell has been chosen.
    @inline(never) func collectIfDue(_ t: ThreadContext, _ stress: Stress) {
        let number = Int(truncatingIfNeeded: host_fetch_add(stressClock, 1))
        if number >= stress.after && (number - stress.after) % stress.every == 0 { onPressure(t) }
    }

    /// Where the search for a free cell begins in a block of `count`: not where one has just been reclaimed,
    /// whose poison shall be seen for a while.
    func firstCellUnderStress(of count: UInt) -> UInt {
        let number = UInt(bitPattern: allocations)
        return (number &* 0x9E37_79B9_7F4A_7C15) >> 32 % count
    }
}
