import Gateway
import SerialBackend

/// What a program can do, depending on the order of its quanta: runs it again and again, each time
/// under another schedule, and collects the outcomes.
///
/// ```swift
/// let exploration = Exploration<Mini>(of: source)
/// try exploration.run()
/// print(exploration.report)
/// ```
/// Each run has an interpreter of its own, on the serial backend. What a run does outside, in foreign
/// functions and files, it does each time.
public final class Exploration<L: Language> {
    public typealias Limits = ScheduleSearch.Limits

    /// One outcome and what led to it.
    public struct Finding: Sendable {
        /// As far as it is kept.
        public let output: String
        public let ending: Ending
        /// How many schedules led here.
        public fileprivate(set) var schedules: Int
        /// One with the fewest pre-emptions.
        public let example: Turns
        public let preemptions: Int
    }
    /// How a run ended, as far as outcomes differ.
    public enum Ending: Hashable, Sendable, CustomStringConvertible {
        case finished
        /// With this report.
        case failed(String)
        case exited(Int32)
        case interrupted

        public var description: String {
            switch self {
            case .finished: "finished"
            case .failed(let report): report
            case .exited(let status): "exit status \(status)"
            case .interrupted: "interrupted"
            }
        }
    }

    /// Outcomes that are told apart; later ones are only counted.
    public static var mostFindings: Int { 100 }
    /// Bytes of output that are kept of an outcome.
    public static var mostOutput: Int { 1 << 16 }

    private let source: Source
    private let limits: Limits
    private let configuration: VirtualMachine.Configuration
    private let arguments: [String]
    private let choices: [String: String]
    private let foreignPolicy: GatewayPolicy

    private var search: ScheduleSearch
    /// In the order in which they were found.
    public private(set) var findings: [Finding] = []
    private var places: [Key: Int] = [:]
    private struct Key: Hashable {
        let output: Digest
        let ending: Ending
    }
    /// Schedules that led to outcomes beyond ``mostFindings``.
    public private(set) var others = 0
    /// The user has had enough.
    public private(set) var wasInterrupted = false

    public init(
        of source: Source, within limits: Limits = .init(),
        configuration: VirtualMachine.Configuration = .init(), arguments: [String] = [],
        choices: [String: String] = [:], foreignPolicy: GatewayPolicy = .allowAll
    ) {
        self.source = source
        self.limits = limits
        self.configuration = configuration
        self.arguments = arguments
        self.choices = choices
        self.foreignPolicy = foreignPolicy
        search = ScheduleSearch(within: limits)
    }

    /// Runs so far.
    public var schedules: Int { search.total }
    /// Every schedule within the bound on pre-emptions has been run.
    public var isComplete: Bool { search.isComplete && !wasInterrupted }

    /// - Parameter watch: runs what it is given, which runs the program once on this machine.
    public func run(
        watch: (VirtualMachine, () throws -> Void) throws -> Void = { _, body in try body() }
    ) throws {
        while !wasInterrupted, let schedule = search.next() {
            let capture = Capture(limit: Exploration.mostOutput)
            let interpreter = try Interpreter<L>(
                schedule, configuration, capture.sink, arguments, choices, foreignPolicy)
            try watch(interpreter.machine) {
                note(try interpreter.run(source), capture)
            }
        }
    }

    private func note(_ outcome: Outcome, _ capture: Capture) {
        let ending: Ending
        switch outcome {
        case .finished: ending = .finished
        case .failed(let diagnostic): ending = .failed(diagnostic.report())
        case .exited(let status): ending = .exited(status)
        case .interrupted:
            wasInterrupted = true
            return
        }
        let key = Key(output: capture.digest, ending: ending)
        if let known = places[key] {
            findings[known].schedules += 1
        } else if findings.count < Exploration.mostFindings {
            places[key] = findings.count
            findings.append(
                Finding(
                    output: capture.text, ending: ending, schedules: 1, example: search.turns,
                    preemptions: search.preemptions))
        } else {
            others += 1
        }
    }

    // MARK: in words

    /// What was found, for people.
    public var report: String {
        let count = findings.count == 1 ? "1 outcome" : "\(findings.count) outcomes"
        var text = "\(extent)\n\(count)\n"
        for (i, finding) in findings.enumerated() {
            let schedules = finding.schedules == 1 ? "1 schedule" : "\(finding.schedules) schedules"
            let example = finding.example.description
            let repeated = example.isEmpty ? "--schedule ''" : "--schedule \(example)"
            text += "\n\(i + 1): \(schedules), such as \(repeated)\n"
            text += finding.output.split(separator: "\n", omittingEmptySubsequences: false)
                .dropLast(finding.output.hasSuffix("\n") || finding.output.isEmpty ? 1 : 0)
                .map { "    \($0)\n" }.joined()
            if finding.ending != .finished && finding.ending != .exited(0) {
                let ending = finding.ending.description
                let lines = ending.split(separator: "\n", omittingEmptySubsequences: true)
                text += lines.map { "    \($0)\n" }.joined()
            }
        }
        if others > 0 {
            text += "\n\(others) schedules led to outcomes beyond the first \(findings.count)\n"
        }
        return text
    }

    /// How far the exploration went.
    private var extent: String {
        let bound = limits.preemptions == 1 ? "1 pre-emption" : "\(limits.preemptions) pre-emptions"
        if isComplete { return "all \(schedules) schedules with up to \(bound) were run" }
        let reason = wasInterrupted ? "interrupted" : "the limit was reached"
        let complete =
            search.preemptions == 0
            ? "" : ", among them all with fewer than \(search.preemptions) pre-emptions"
        return "\(reason): \(schedules) schedules were run\(complete); the rest is unexplored"
    }
}

/// Output of a run, as far as `limit`, and a digest of all of it. The output's lock guards it.
private final class Capture: @unchecked Sendable {
    private let limit: Int
    private var bytes: [UInt8] = []
    private var missing = 0
    private(set) var digest = Digest()

    init(limit: Int) { self.limit = limit }

    var sink: Output {
        Output { [self] text in
            digest.add(text)
            let room = min(text.count, limit - bytes.count)
            bytes.append(contentsOf: text.prefix(room))
            missing += text.count - room
        }
    }
    var text: String {
        String(decoding: bytes, as: UTF8.self)
            + (missing == 0 ? "" : "\n(\(missing) more bytes)\n")
    }
}
