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
        return operands.first.map { .file($0) }
    }
    var guestArguments: [String] {
        Array(code.isEmpty ? operands.dropFirst() : operands[...])
    }
    private var operands: [String] { words.first == "--" ? Array(words.dropFirst()) : words }

    /// Runs the program, or the interactive mode when there is none; ends the process.
    func start(_ language: any Language.Type, as name: String) throws -> Never {
        try start(language, name)
    }
    private func start<L: Language>(_ language: L.Type, _ name: String) throws -> Never {
        for option in self.language.given.keys.sorted()
        where !L.options.contains(where: { $0.name == option }) {
            throw ValidationError("\(L.name) has no option --\(option)")
        }
        do {
            let source = try program?.source()
            let session = try Session<L>(
                SessionOptions(
                    programName: name, backend: try machine.effectiveBackend(),
                    seed: machine.seed ?? 0, abortEveryQuantum: machine.abortEveryQuantum,
                    configuration: try machine.configuration(), choices: self.language.given,
                    arguments: guestArguments, allowsForeignCode: !machine.noForeignCode,
                    showsStatistics: machine.stats))
            let status =
                if let source { try session.run(source) } else { try Prompt(session).run() }
            leave(status)
        } catch let error as FileError {
            Console.standardError.write("\(name): \(error)\n")
            leave(ExitStatus.usage)
        } catch {
            Console.standardError.write("\(name): \(error)\n")
            leave(ExitStatus.refused)
        }
    }
}
