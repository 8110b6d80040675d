import ArgumentParser
import InterpreterKit

/// What a command line says about one program: the machine, the language's options, the code, and
/// the arguments that belong to the guest.
struct ProgramOptions<S: LanguageSet>: ParsableArguments {
    @OptionGroup(title: "Machine options") var machine: MachineOptions
    @OptionGroup(title: "Language options") var language: LanguageOptions<S>

    @Option(
        name: .customShort("e"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Run CODE instead of a file. Several make a program of several lines.",
            valueName: "code"))
    var code: [String] = []

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp(
            "The program, '-' for standard input. What follows belongs to the guest.",
            valueName: "file> <args"))
    var words: [String] = []

    func validate() throws {
        if let first = words.first, first.hasPrefix("-"), first != "-", first != "--" {
            throw ValidationError("Unknown option '\(first)'")
        }
    }

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
            let session = try Session<L>(
                SessionOptions(
                    programName: name, backend: try machine.effectiveBackend(),
                    seed: machine.seed ?? 0, abortEveryQuantum: machine.abortEveryQuantum,
                    configuration: try machine.configuration(), choices: given,
                    arguments: guestArguments, foreignPolicy: machine.foreignPolicy,
                    showsStatistics: machine.stats,
                    showsForeignStatistics: machine.foreignStatistics))
            if let source {
                if let (option, value) = self.language.inspection {
                    leave(session.inspect(source, option, value))
                }
                leave(try session.run { try session.interpreter.run(source) })
            }
            if choice == .session {
                leave(try session.run { try session.interpreter.runSession() })
            }
            leave(try Prompt(session).run())
        } catch let error as FileError {
            Console.standardError.write("\(name): \(L.explain(error))\n")
            leave(ExitStatus.usage)
        } catch {
            Console.standardError.write("\(name): \(error)\n")
            leave(ExitStatus.refused)
        }
    }
}
