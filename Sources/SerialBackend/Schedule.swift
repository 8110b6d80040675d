/// Decides, on the serial backend, who is next and how many breaks a quantum may span.
///
/// Asked under the scheduler's lock, or by the one thread that runs.
public class Schedule: @unchecked Sendable {
    /// A guest thread that could be next.
    public struct Candidate {
        /// Guest threads are numbered from 1 in the order of their starts.
        public let number: Int
        /// It waits for a time that has not come; only to schedules that take time into their hands.
        public let isAsleep: Bool
    }

    /// There is nobody to be chosen, or no reason to go on.
    public struct Stuck: Error, CustomStringConvertible {
        public let description: String
    }

    /// A wait with a deadline may end at any time, and one that only another guest thread could end
    /// is a deadlock when there is none left. Otherwise time passes by itself.
    var ownsTime: Bool { false }

    /// The place of one of `candidates`, which are those who are awake and then those who are asleep,
    /// each in the order of their starts; not empty. `last` has run until now.
    func next(_ candidates: [Candidate], after last: Int?) throws(Stuck) -> Int { 0 }
    func length() -> UInt64 { 1 }
}

/// Everything from a seed: the same seed gives the same run.
final class SeededSchedule: Schedule, @unchecked Sendable {
    private var random: UInt64

    init(seed: UInt64) { random = (seed &+ 1) &* 0x9E37_79B9_7F4A_7C15 }

    override func next(_ candidates: [Candidate], after last: Int?) throws(Stuck) -> Int {
        Int(draw() % UInt64(candidates.count))
    }
    /// Short quanta are common, long ones occur.
    override func length() -> UInt64 { 1 &+ draw() % (1 &<< (draw() % 8)) }

    private func draw() -> UInt64 {
        random ^= random &<< 13
        random ^= random &>> 7
        random ^= random &<< 17
        return random &>> 11
    }
}
