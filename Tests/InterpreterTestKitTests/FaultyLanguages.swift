import InterpreterKit
import InterpreterTestKit
import Synchronization
import Testing

/// A language that counts to the number its source says, and breaks one promise.
///
/// The kit is worth nothing if it does not see that.
protocol Promise: Sendable {
    static var countsOutsideTheTask: Bool { get }
    static var acceptsEverything: Bool { get }
}

final class Counting<P: Promise>: Language {
    static var name: String { "counting" }
    static var fileExtensions: [String] { ["count"] }
    private let turns = Mutex(0)

    init(_ host: Host) {}

    func tasks(for source: Source) throws(Diagnostic) -> [Task] {
        let text = source.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.first ?? "0"
        let number = Int(text.prefix { $0 != " " })
        if number == nil && !P.acceptsEverything {
            throw Diagnostic("not a number", at: .init(source, at: 0))
        }
        turns.withLock { $0 = 0 }
        return [Task(language: Unmanaged.passUnretained(self), left: number ?? 0)]
    }

    struct Task: GuestTask {
        let language: Unmanaged<Counting>
        var left: Int

        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            while left > 0 {
                left -= 1
                if P.countsOutsideTheTask {
                    language.takeUnretainedValue().turns.withLock { $0 += 1 }
                }
                try q.qbreak(resumeAt: self)
            }
            q.write("\(language.takeUnretainedValue().turns.withLock { $0 })\n")
        }
    }
}

enum Kept: Promise {
    static var countsOutsideTheTask: Bool { false }
    static var acceptsEverything: Bool { false }
}
enum SideEffect: Promise {
    static var countsOutsideTheTask: Bool { true }
    static var acceptsEverything: Bool { false }
}
enum NoDiagnostic: Promise {
    static var countsOutsideTheTask: Bool { false }
    static var acceptsEverything: Bool { true }
}

struct CountingConformance<P: Promise>: LanguageConformance {
    typealias L = Counting<P>
    static var programs: String { folder("Programs", from: #filePath) }
    static var commentMarker: String { "#" }
    static var malformed: [String] { ["seven"] }
    static var endless: String { "1000000000000000" }

    /// Which checks fail.
    static var broken: [String] {
        checks.compactMap { check in
            do {
                try check.run()
                return nil
            } catch { return check.description }
        }
    }
}

@Suite struct FaultyLanguages {
    /// The only fault is that the epilogue of an empty program is not empty.
    static let always = ["an empty program ends and prints nothing"]

    @Test func anHonestLanguagePasses() {
        #expect(CountingConformance<Kept>.broken == FaultyLanguages.always)
    }
    @Test func sideEffectsAreFound() {
        let broken = CountingConformance<SideEffect>.broken
        #expect(broken.contains("undone quanta leave no trace"))
        #expect(broken.contains("seven.count"))
    }
    @Test func missingDiagnosticsAreFound() {
        let broken = CountingConformance<NoDiagnostic>.broken
        #expect(broken.contains("malformed source is reported with its place"))
    }
}
