import ArgumentParser
import InterpreterKit

/// What a command line says about one program: the machine, the language's options, the code, and
/// the arguments that belong to the guest.
struct ProgramOptions<S: LanguageSet> {
    var machine = MachineOptions()
    var language = LanguageOptions<S>()
    /// The values of `-e`.
    var code: [String] = []
    /// From the program on.
    var words: [String] = []

    /// Nil when the command line names no program.
    var program: Program? {
        if !code.isEmpty { return .code(code) }
        if let (name, value) = language.program { return .option(name, value) }
        return operands.first.map { .file($0) }
    }
    var guestArguments: [String] {
        Array(
            code.isEmpty && language.program == nil ? operands.dropFirst() : operands[...])
    }
    private var operands: [String] { words.first == "--" ? Array(words.dropFirst()) : words }

    /// Runs the program, or the interactive mode when there is none; ends the process.
    func start(_ language: any Language.Type, as name: String) throws -> Never {
        try start(language, name)
    }
    private func start<L: Language>(_ language: L.Type, _ name: String) throws -> Never {
        for option in self.language.names
        where !L.options.contains(where: { $0.name == option }) {
            throw ValidationError("\(L.name) has no option --\(option)")
        }
        do {
            let given = self.language.given
            let isTerminal = Console.standardInput.isTerminal
            let choice = L.withoutProgram(isTerminal: isTerminal, choices: given)
            let program =
                if let program { program as Program? } else if choice == .standardInput {
                    Program.file("-")
                } else { nil as Program? }
            let source = try program?.source(language)
            var options = SessionOptions(
                programName: name, backend: try machine.effectiveBackend(),
                seed: machine.seed ?? 0, abortEveryQuantum: machine.abortEveryQuantum,
                alwaysTransactions: machine.alwaysTransactions,
                turns: try machine.turns(), recorder: nil, recording: nil,
                configuration: try machine.configuration(), choices: given,
                arguments: guestArguments, foreignPolicy: machine.foreignPolicy,
                showsStatistics: machine.stats,
                showsForeignStatistics: machine.foreignStatistics)
            if let limits = machine.exploration(of: L.self) {
                guard let source else { throw ValidationError("Which program is to be explored?") }
                leave(try explore(L.self, source, limits, options))
            }
            var file: RecordingFile?
            if let path = machine.record ?? machine.replay {
                guard source != nil else {
                    let use = machine.record == nil ? "replayed" : "recorded"
                    throw ValidationError("Which program is to be \(use)?")
                }
                if machine.record != nil {
                    file = try RecordingFile(path)
                    options.recorder = file?.recorder
                } else {
                    let recording = try RecordingFile.read(path)
                    options.recording = recording
                    if let threads = recording.description["threads"].flatMap({ Int($0) }) {
                        options.configuration.threads = threads
                    }
                }
            }
            let session = try Session<L>(options)
            if let source {
                if let (option, value) = self.language.inspection {
                    leave(session.inspect(source, option, value))
                }
                let status = try session.run { try session.interpreter.run(source) }
                try file?.close()
                leave(status)
            }
            if choice == .session {
                leave(try session.run { try session.interpreter.runSession() })
            }
            leave(try Prompt(session).run())
        } catch let error as ValidationError {
            throw error
        } catch let error as RecordingError {
            Console.standardError.write("\(name): \(error)\n")
            leave(ExitStatus.usage)
        } catch let error as FileError {
            Console.standardError.write("\(name): \(L.explain(error))\n")
            leave(ExitStatus.usage)
        } catch {
            Console.standardError.write("\(name): \(error)\n")
            leave(ExitStatus.refused)
        }
    }

    /// Reports what the program can do; returns the exit status.
    private func explore<L: Language>(
        _ language: L.Type, _ source: Source, _ limits: Exploration<L>.Limits,
        _ options: SessionOptions
    ) throws -> Int32 {
        let requests = try StopRequests()
        let exploration = Exploration<L>(
            of: source, within: limits, configuration: options.configuration,
            arguments: options.arguments, choices: options.choices,
            foreignPolicy: options.foreignPolicy)
        try exploration.run { machine, run in _ = try requests.watch(machine, during: run) }
        Console.standardOutput.write(exploration.report)
        if exploration.wasInterrupted { return ExitStatus.interrupted }
        return exploration.findings.count == 1 ? 0 : ExitStatus.guestError
    }
}
