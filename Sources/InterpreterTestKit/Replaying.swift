import InterpreterKit

/// A parallel run, written down and done again: the backend that runs in parallel is right if its runs are
/// those of some order of quanta, and this finds the order and tries it.
extension LanguageConformance {
    static func replays(_ program: GuestProgram) throws {
        for setting in program.settings([:], backend: "stm") {
            let tape = Tape()
            let recorder = Recorder(to: tape.add)
            let recorded = try observe(program, setting) { output in
                switch setting.mechanism {
                case .stmWithForcedAborts:
                    try Interpreter<L>(
                        withForcedAborts: setting.configuration(memory: memory), output: output,
                        choices: setting.choices, recorder: recorder)
                default:
                    try Interpreter<L>(
                        recordingTo: recorder, configuration: setting.configuration(memory: memory),
                        output: output, choices: setting.choices)
                }
            }
            let recording = try Recording(tape.bytes)
            let replayed = try observe(program, setting) { output in
                try Interpreter<L>(
                    replaying: recording, configuration: setting.configuration(memory: memory),
                    output: output, choices: setting.choices)
            }
            if recorded.output != replayed.output || recorded.summary != replayed.summary {
                throw Failure(
                    """
                    recorded with \(setting), \(program.name) prints
                    \(recorded.output.prefix(2000))
                    and replayed
                    \(replayed.output.prefix(2000))
                    \(replayed.summary.last ?? "")
                    """)
            }
        }
    }
    private static var memory: Int { 64 << 20 }

    private static func observe(
        _ program: GuestProgram, _ setting: Setting, _ make: (Output) throws -> Interpreter<L>
    ) throws -> Observation {
        let capture = Capture()
        let interpreter = try make(capture.output)
        let alarm = Alarm(interpreter.machine, milliseconds: 60_000)
        let outcome = try alarm.during { try interpreter.run(program.source) }
        if alarm.hasRung { throw Failure("\(program.name) has not ended with \(setting)") }
        return Observation(output: capture.text, outcome: outcome)
    }
}

/// A recording in memory. The recorder's lock guards it.
private final class Tape: @unchecked Sendable {
    private(set) var bytes: [UInt8] = []
    func add(_ more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }
}
