import ArgumentParser
import InterpreterKit

/// The command of a program that knows one language.
struct LanguageCommand<S: LanguageSet>: ParsableCommand {
    @OptionGroup var arguments: ProgramArguments<S>
    @Flag(name: .customShort("V"), help: "Show the version.") var showsVersion = false

    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: language.commandName,
            abstract: "Runs a \(language.name) program; without one, reads it interactively.",
            usage: "\(language.commandName) [<options>] [<file> | - | -e <code>] [<args> ...]",
            version: version)
    }
    private static var language: any Language.Type { S.languages[0] }

    private static var version: String {
        versionText(language.version ?? "\(language.name) \(Launcher.version)")
    }

    func run() throws {
        if showsVersion {
            return Console.standardOutput.write(LanguageCommand.version + "\n")
        }
        try arguments.options.start(
            LanguageCommand.language, as: LanguageCommand.language.commandName)
    }
}

/// The answer to `--version`.
func versionText(_ program: String) -> String {
    """
    \(program)
    backends: \(BackendChoice.list)
    """
}
