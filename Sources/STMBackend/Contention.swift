/// Decides when transactions cost more than they gain: when too much of their time went into work that was rolled back,
/// and into waiting for each other.
///
/// Threads report what they did in pieces; once a window is full it is judged. The first verdict of
/// contention stands for `shortest`, and twice as long each time transactions fail again soon after they were
/// tried again.
package struct Contention {
    /// Time of all threads together on which a verdict rests.
    package static let window: UInt64 = 2_000_000
    package static let shortest: UInt64 = 20_000_000
    package static let longest: UInt64 = 1_000_000_000

    private var useful: UInt64 = 0
    private var lost: UInt64 = 0
    /// End of the present period, or 0.
    private var until: UInt64 = 0
    /// End of the last period.
    private var lastEnd: UInt64 = 0
    private var length = shortest

    package init() {}

    /// True when a period of contention begins.
    package mutating func weigh(useful: UInt64, lost: UInt64, now: UInt64) -> Bool {
        if holds(now: { now }) { return false }
        self.useful += useful
        self.lost += lost
        let sum = self.useful + self.lost
        if sum < Contention.window { return false }
        let verdict = self.lost > sum / 3
        self.useful = 0
        self.lost = 0
        if !verdict { return false }
        let again = now - lastEnd < length
        length = again ? min(Contention.longest, length * 2) : Contention.shortest
        until = now + length
        return true
    }

    /// Is it better now that threads run one at a time?
    package mutating func holds(now: () -> UInt64) -> Bool {
        if until == 0 { return false }
        let now = now()
        if now < until { return true }
        until = 0
        lastEnd = now
        return false
    }
}
