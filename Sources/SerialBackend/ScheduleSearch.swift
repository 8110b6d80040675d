/// The schedules of a program with few pre-emptions, one after the other.
///
/// ```swift
/// var search = ScheduleSearch(within: limits)
/// while let schedule = search.next() {
///     // run the program, from its start, on a `SerialScheduler(schedule)`
///     // `search.turns` repeats the run
/// }
/// ```
/// A schedule is told by its departures from the usual order: turns that another thread gets. A
/// departure is a pre-emption when the thread that had run until then could have gone on, and free
/// when it could not. All schedules without pre-emptions come first, then those with one, and so on:
/// most concurrency errors need one or two.
///
/// Source: iterative context bounding (M. Musuvathi, S. Qadeer, CHESS).
public struct ScheduleSearch {
    public struct Limits: Sendable {
        public var preemptions = 2
        /// Runs of the program.
        public var schedules = 10_000
        /// Turns of one run; what takes longer counts as endless.
        public var turns = 100_000
        /// Turns of all runs that others could have had; bounds memory.
        public var forks = 16 << 20
        public init() {}
    }

    private typealias Departures = [ExploringSchedule.Departure]
    /// A run, and the turns at which it could have been pre-empted.
    private struct Node {
        let departures: Departures
        let forks: [ExploringSchedule.Fork]
        var next = 0
    }

    private let limits: Limits
    /// Runs so far, by number of pre-emptions.
    public private(set) var schedules = [0]
    /// Nothing within the bound on pre-emptions has been left out.
    public private(set) var isComplete = true

    private var departures: Departures = []
    private var current: ExploringSchedule?
    /// Schedules to be run, with as many pre-emptions as `current`.
    private var pending: [Departures] = [[]]
    /// Runs with one less; the last is the next to be pre-empted.
    private var previous: [Node] = []
    /// Runs with as many, for the next round.
    private var nodes: [Node] = []
    private var forks = 0

    public init(within limits: Limits) { self.limits = limits }

    public var total: Int { schedules.reduce(0, +) }
    /// Pre-emptions of the last run.
    public var preemptions: Int { schedules.count - 1 }
    /// What repeats the last run.
    public var turns: Turns { current?.turns ?? Turns() }

    /// The next schedule, once the last has been run; nil when there is none or a limit is reached.
    public mutating func next() -> Schedule? {
        absorb()
        while true {
            if let departures = pending.popLast() {
                if total >= limits.schedules || forks > limits.forks {
                    isComplete = false
                    return nil
                }
                self.departures = departures
                let schedule = ExploringSchedule(departures, limit: limits.turns)
                current = schedule
                schedules[preemptions] += 1
                return schedule
            }
            if preempt() { continue }
            if preemptions == limits.preemptions || nodes.isEmpty { return nil }
            schedules.append(0)
            previous = nodes.reversed()
            nodes = []
        }
    }

    /// What the last run has shown of others.
    private mutating func absorb() {
        guard let current else { return }
        for fork in current.forks.reversed() where fork.isFree {
            pending += others(departures, fork)
        }
        if preemptions == limits.preemptions { return }
        let node = Node(departures: departures, forks: current.forks.filter { !$0.isFree })
        if node.forks.isEmpty { return }
        forks += node.forks.count
        nodes.append(node)
    }
    /// Pre-empts an earlier run at the next turn that allows it; false when there is none.
    private mutating func preempt() -> Bool {
        guard let node = previous.last else { return false }
        pending = others(node.departures, node.forks[node.next])
        previous[previous.count - 1].next += 1
        if node.next + 1 == node.forks.count { previous.removeLast() }
        return true
    }
    private func others(
        _ departures: Departures, _ fork: ExploringSchedule.Fork
    ) -> [Departures] {
        (0..<Int(fork.candidates)).reversed().filter { $0 != Int(fork.usual) }.map {
            departures + [.init(turn: Int(fork.turn), place: $0)]
        }
    }
}
