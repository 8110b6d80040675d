import Gateway
import STMBackend
import SerialBackend

/// Recorded runs, and their repetition.
extension Interpreter {
    /// On STM. What happens in the next run goes to `recorder`; run one program.
    ///
    /// A recording says in which order quanta have committed, how many breaks each covered, and what the
    /// guest learned from outside.
    public convenience init(
        recordingTo recorder: Recorder, configuration: VirtualMachine.Configuration = .init(),
        output: Output, arguments: [String] = [], choices: [String: String] = [:],
        foreignPolicy: GatewayPolicy = .allowAll
    ) throws {
        try self.init(
            L.drivers.start(STMScheduler(recorder: recorder)), configuration, output, arguments,
            choices, foreignPolicy)
        use(.writing(recorder), configuration, arguments, choices)
    }

    /// On the serial backend, as `recording` says; run the program that was recorded.
    ///
    /// Nothing happens outside: results come from the recording. A run that does not go as recorded ends
    /// with an error that says where.
    public convenience init(
        replaying recording: Recording, configuration: VirtualMachine.Configuration = .init(),
        output: Output, arguments: [String] = [], choices: [String: String] = [:],
        foreignPolicy: GatewayPolicy = .allowAll
    ) throws {
        try self.init(
            L.drivers.start(SerialScheduler(Replay(recording))), configuration, output, arguments,
            choices, foreignPolicy)
        use(.reading(recording), configuration, arguments, choices)
    }

    func use(
        _ tape: Tape, _ configuration: VirtualMachine.Configuration, _ arguments: [String],
        _ choices: [String: String]
    ) {
        self.tape = tape
        description = [
            ("language", L.name), ("threads", "\(configuration.threads)"),
            ("stack", "\(configuration.stackWords)"),
            ("arguments", arguments.joined(separator: "\0")),
            (
                "options",
                choices.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                    .joined(separator: "\0")
            ),
        ]
    }

    /// Runs `body`, which runs `source`, as the tape wants it.
    func taped(_ source: Source, _ body: () throws -> Outcome) throws -> Outcome {
        var program = Digest()
        program.add(source.bytes)
        let description = self.description + [("program", "\(program)")]
        machine.output.beginDigest()
        switch tape {
        case nil: return try body()
        case .writing(let recorder):
            recorder.begin(description)
            let outcome = try body()
            recorder.finish(summary(of: outcome))
            return outcome
        case .reading(let recording):
            if let reason = recording.refusal {
                return .failed(Diagnostic("the recorded run cannot be replayed: \(reason)"))
            }
            for (name, value) in description where recording.description[name] != value {
                return .failed(Diagnostic(Interpreter.explain(name)))
            }
            let outcome = try body()
            return compare(summary(of: outcome), recording.summary, outcome)
        }
    }
    private static func explain(_ name: String) -> String {
        switch name {
        case "program": "the recording is of another program, or the program has changed"
        case "language": "the recording is of a program in another language"
        case "threads": "the recorded run had another number of guest threads"
        case "stack": "the recorded run had VM stacks of another size"
        default: "the recorded run had other \(name)"
        }
    }

    private func compare(
        _ seen: RunSummary, _ recorded: RunSummary, _ outcome: Outcome
    ) -> Outcome {
        if seen == recorded { return outcome }
        if seen.ending == .failed && recorded.message != seen.message { return outcome }
        func differs(_ what: String) -> Outcome {
            .failed(Diagnostic("the run does not go as recorded: \(what)"))
        }
        if (seen.ending, seen.status) != (recorded.ending, recorded.status) {
            return differs("it is \(seen.ending), and was \(recorded.ending)")
        }
        if seen.output != recorded.output {
            return differs(
                "it has written \(seen.output.count) bytes, which are not the \(recorded.output.count)"
                    + " of the recording")
        }
        return differs(
            "it leaves a heap of \(seen.heap.count) objects, which are not the \(recorded.heap.count)"
                + " of the recording")
    }

    private func summary(of outcome: Outcome) -> RunSummary {
        var summary = RunSummary(
            .finished, output: machine.output.digest,
            heap: L.showsAddresses ? Digest() : machine.digest())
        switch outcome {
        case .finished: break
        case .failed(let diagnostic):
            summary.ending = .failed
            summary.message = diagnostic.report()
        case .exited(let status):
            summary.ending = .exited
            summary.status = status
        case .interrupted: summary.ending = .interrupted
        }
        return summary
    }
}
