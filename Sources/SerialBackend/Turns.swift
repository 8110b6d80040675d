/// A schedule as text: who has how many turns, one after the other. `1x3,2,1x2`: thread 1 has three
/// turns, thread 2 has one, thread 1 has two more. What follows is left to the usual order.
///
/// A turn is a quantum that ends at the first break at which it may.
public struct Turns: Equatable, Sendable, CustomStringConvertible {
    private(set) var stretches: [(thread: Int, count: Int)] = []

    public init() {}
    /// Nil when `text` is no schedule.
    public init?(_ text: String) {
        if text.isEmpty { return }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let numbers = part.split(separator: "x", omittingEmptySubsequences: false)
            guard let first = numbers.first, numbers.count <= 2, let thread = Int(first),
                let count = numbers.count == 2 ? Int(numbers[1]) : 1, thread > 0, count > 0
            else { return nil }
            append(thread, count)
        }
    }

    mutating func append(_ thread: Int, _ count: Int = 1) {
        if let last = stretches.last, last.thread == thread {
            let (sum, overflow) = last.count.addingReportingOverflow(count)
            stretches[stretches.count - 1].count = overflow ? .max : sum
        } else {
            stretches.append((thread, count))
        }
    }

    public var description: String {
        stretches.map { $0.count == 1 ? "\($0.thread)" : "\($0.thread)x\($0.count)" }
            .joined(separator: ",")
    }
    public static func == (a: Turns, b: Turns) -> Bool {
        a.stretches.elementsEqual(b.stretches, by: ==)
    }
}
