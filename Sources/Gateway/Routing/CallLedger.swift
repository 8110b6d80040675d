import CForeign
import CHost
import Glibc

/// What the calls of one function came to, while somebody wants to know.
///
/// Words are added to atomically; a reader sees recent values.
public final class CallLedger: @unchecked Sendable {
    /// Where calls stood.
    public enum Place: Int, CaseIterable, Sendable { case inside, between, inevitable, deferred }

    private nonisolated(unsafe) static let flag: UnsafeMutablePointer<UInt64> = {
        let word = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        word.initialize(to: 0)
        return word
    }()
    /// Functions that are bound from now on keep a ledger. Their calls take a slower path.
    public static var isKept: Bool {
        get { host_load_relaxed(flag) != 0 }
        set { host_store_relaxed(flag, newValue ? 1 : 0) }
    }

    private let words = UnsafeMutablePointer<UInt64>.allocate(capacity: 6)
    init() { words.initialize(repeating: 0, count: 6) }
    deinit { words.deallocate() }

    func note(_ place: Place) { _ = host_fetch_add(words + place.rawValue, 1) }
    func note(ticks: UInt64) { _ = host_fetch_add(words + 4, ticks) }
    func noteAbort() { _ = host_fetch_add(words + 5, 1) }

    public func calls(_ place: Place) -> UInt64 { host_load_relaxed(words + place.rawValue) }
    public var calls: UInt64 { Place.allCases.reduce(0) { $0 + calls($1) } }
    /// Quanta that were rolled back because they could not become inevitable for a call.
    public var aborts: UInt64 { host_load_relaxed(words + 5) }
    /// Time in the function itself, in nanoseconds.
    public var nanoseconds: Double {
        Double(host_load_relaxed(words + 4)) * CallLedger.nanosecondsPerTick
    }

    /// Measured once, against the monotonic clock.
    private static let nanosecondsPerTick: Double = {
        let clock = host_monotonic_ns()
        let ticks = foreign_ticks()
        usleep(2000)
        let elapsed = Double(host_monotonic_ns() - clock)
        return elapsed / Double(max(1, foreign_ticks() - ticks))
    }()
}

extension ForeignFunction {
    /// Nil unless ``CallLedger/isKept`` was set when the function was bound.
    public var ledger: CallLedger? { plan.pointee.about.takeUnretainedValue().ledger }

    /// Every function of the process that has a ledger and has been called, the most expensive first.
    public static var observed: [ForeignFunction] {
        PlanTable.shared.all.filter { ($0.ledger?.calls ?? 0) > 0 }
            .sorted { ($0.ledger?.nanoseconds ?? 0) > ($1.ledger?.nanoseconds ?? 0) }
    }

    /// A table of ``observed`` for people.
    public static var report: String {
        let rows = observed
        if rows.isEmpty { return "no foreign function has been called\n" }
        let header = [
            "function", "library", "effect", "calls", "inside", "between", "inevitable", "deferred",
            "aborts", "ms", "ns/call",
        ]
        let lines = rows.map { function -> [String] in
            let ledger = function.ledger.unsafelyUnwrapped
            let places = CallLedger.Place.allCases.map { "\(ledger.calls($0))" }
            return [
                function.name, function.library.isEmpty ? "-" : function.library,
                function.declaration.hasDeclaredEffect ? function.declaration.effect.word : "none",
                "\(ledger.calls)",
            ] + places + [
                "\(ledger.aborts)", fixed(ledger.nanoseconds / 1e6),
                fixed(ledger.nanoseconds / Double(max(1, ledger.calls))),
            ]
        }
        let widths = header.indices.map { i in ([header] + lines).map { $0[i].count }.max() ?? 0 }
        return ([header] + lines).map { row in
            row.enumerated().map { i, text in
                let gap = String(repeating: " ", count: widths[i] - text.count)
                return i < 3 ? text + gap : gap + text
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
    private static func fixed(_ x: Double) -> String {
        let tenths = Int((x * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
