/// One quantum to a turn, and the same thread for as long as it can run: the order that an
/// exploration departs from.
///
/// A thread that has had `patience` turns in a row makes way for the next one, so that a program in
/// which a thread turns round and round until another has done something comes to its end.
class OrderlySchedule: Schedule, @unchecked Sendable {
    private static let patience = 1000

    private let limit: Int
    /// Turns that have been given.
    private(set) var turn = 0
    private var inARow = 0

    /// - Parameter limit: most turns of a run; more are taken for an endless program.
    init(limit: Int) { self.limit = limit }

    override var ownsTime: Bool { true }

    override func next(_ candidates: [Candidate], after last: Int?) throws(Stuck) -> Int {
        if turn == limit {
            throw Stuck(description: "the program has not ended after \(limit) turns")
        }
        let place = try choose(candidates, usual: usual(candidates, last), after: last)
        inARow = candidates[place].number == last ? inARow + 1 : 1
        turn += 1
        return place
    }

    private func usual(_ candidates: [Candidate], _ last: Int?) -> Int {
        guard let place = candidates.firstIndex(where: { $0.number == last }) else { return 0 }
        if inARow >= OrderlySchedule.patience { return (place + 1) % candidates.count }
        return candidates[place].isAsleep ? 0 : place
    }

    /// Departs from the usual order or not.
    func choose(
        _ candidates: [Candidate], usual: Int, after last: Int?
    ) throws(Stuck) -> Int { usual }
}

/// Follows ``Turns``, then the usual order.
final class GivenSchedule: OrderlySchedule, @unchecked Sendable {
    private let turns: Turns
    private var position = 0
    private var used = 0

    init(_ turns: Turns, limit: Int) {
        self.turns = turns
        super.init(limit: limit)
    }

    override func choose(
        _ candidates: [Candidate], usual: Int, after last: Int?
    ) throws(Stuck) -> Int {
        if position == turns.stretches.count { return usual }
        let (thread, count) = turns.stretches[position]
        guard let place = candidates.firstIndex(where: { $0.number == thread }) else {
            throw Stuck(
                description:
                    "turn \(turn + 1) of the schedule is for thread \(thread), which cannot"
                    + " run; those that can: "
                    + candidates.map { "\($0.number)" }.joined(separator: ", "))
        }
        used += 1
        if used == count {
            position += 1
            used = 0
        }
        return place
    }
}

/// Departs from the usual order at given turns, and writes down where else it could have.
final class ExploringSchedule: OrderlySchedule, @unchecked Sendable {
    /// Another thread than the usual one gets a turn.
    struct Departure {
        let turn: Int
        /// Among the candidates.
        let place: Int
    }
    /// A turn that others could have had.
    struct Fork {
        let turn: UInt32
        let candidates: UInt16
        let usual: UInt16
        /// The thread that had run until then could not go on anyway.
        let isFree: Bool
    }

    private let departures: [Departure]
    private var nextDeparture = 0
    /// Those behind the last departure.
    private(set) var forks: [Fork] = []
    /// Up to the last departure.
    private(set) var turns = Turns()

    init(_ departures: [Departure], limit: Int) {
        self.departures = departures
        super.init(limit: limit)
    }

    override func choose(
        _ candidates: [Candidate], usual: Int, after last: Int?
    ) throws(Stuck) -> Int {
        if nextDeparture < departures.count {
            let departure = departures[nextDeparture]
            var place = usual
            if departure.turn == turn {
                nextDeparture += 1
                place = departure.place
                guard place < candidates.count else {
                    throw Stuck(
                        description: "the program does not repeat itself: turn \(turn + 1) is"
                            + " different in another run of the same schedule")
                }
            }
            turns.append(candidates[place].number)
            return place
        }
        if candidates.count > 1 {
            let goesOn = candidates.contains { $0.number == last && !$0.isAsleep }
            forks.append(
                Fork(
                    turn: UInt32(turn), candidates: UInt16(candidates.count),
                    usual: UInt16(usual), isFree: !goesOn))
        }
        return usual
    }
}
