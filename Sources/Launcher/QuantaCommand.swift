import ArgumentParser
import InterpreterKit

/// The command of a program that knows several languages.
struct QuantaCommand<S: LanguageSet>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "quanta",
            abstract: "Runs programs in any language made with Quanta.",
            version: versionText("quanta \(Launcher.version)"),
            subcommands: [
                RunCommand<S>.self, ReplCommand<S>.self, ForeignCommand<S>.self,
                LanguagesCommand<S>.self, VersionCommand.self,
            ])
    }
}

/// `quanta run FILE`: the file's extension chooses the language.
struct RunCommand<S: LanguageSet>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "run", abstract: "Runs a program.",
            usage: "quanta run [<options>] <file> | - | -e <code> [<args> ...]")
    }

    @Option(
        name: .customLong("language"),
        help: ArgumentHelp("The program's language, when no extension tells.", valueName: "name"))
    var languageName: String?
    @OptionGroup var arguments: ProgramArguments<S>

    func run() throws { try arguments.options.start(language: languageName) }
}

extension ProgramOptions {
    /// Runs the program in the language of this name, or in the one that the program's file says.
    func start(language name: String?) throws -> Never {
        guard let program else { throw ValidationError("Which program?") }
        try start(try ProgramOptions.language(of: program, name), as: "quanta")
    }
    private static func language(
        of program: Program, _ name: String?
    ) throws -> any Language.Type {
        if let name { return try S.language(named: name) }
        guard case .file(let path) = program, path != "-" else {
            throw ValidationError("Say which language it is: --language <name>")
        }
        let name = path.split(separator: "/").last ?? ""
        let end = name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]) }
        guard let end, let language = S.languages.first(where: { $0.fileExtensions.contains(end) })
        else {
            throw ValidationError(
                "No language is known for '\(path)'. 'quanta languages' lists extensions; "
                    + "--language <name> chooses.")
        }
        return language
    }
}

/// `quanta repl LANGUAGE`.
struct ReplCommand<S: LanguageSet>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "repl", abstract: "Reads a program interactively.")
    }

    @OptionGroup(title: "Machine options") var machine: MachineOptions
    @OptionGroup(title: "Language options") var options: LanguageOptions<S>
    @Argument(help: "As listed by 'quanta languages'.") var language: String

    func run() throws {
        let program = ProgramOptions(machine: machine, language: options)
        try program.start(try S.language(named: language), as: "quanta")
    }
}

/// `quanta languages`.
struct LanguagesCommand<S: LanguageSet>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "languages", abstract: "Lists the languages and their file extensions.")
    }

    func run() {
        let width = S.languages.map { $0.name.count }.max() ?? 0
        for language in S.languages {
            let gap = String(repeating: " ", count: width - language.name.count)
            let endings = language.fileExtensions.map { "." + $0 }.joined(separator: ", ")
            Console.standardOutput.write("\(language.name)\(gap)  \(endings)\n")
        }
    }
}

/// `quanta version`.
struct VersionCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "version", abstract: "Shows version and backends.")
    }

    func run() { Console.standardOutput.write(versionText("quanta \(Launcher.version)") + "\n") }
}

extension LanguageSet {
    static func language(named name: String) throws -> any Language.Type {
        guard let language = languages.first(where: { $0.name == name }) else {
            let known = languages.map { $0.name }.joined(separator: ", ")
            throw ValidationError("There is no language '\(name)'; known are \(known)")
        }
        return language
    }
}
