import ArgumentParser
import InterpreterKit

/// The command of a program that knows one language.
struct LanguageCommand<S: LanguageSet>: ParsableCommand {
    @OptionGroup var options: ProgramOptions<S>

    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: language.name,
            abstract: "Runs a \(language.name) program; without one, reads it interactively.",
            usage: "\(language.name) [<options>] [<file> | - | -e <code>] [<args> ...]",
            version: versionText(language.name))
    }
    private static var language: any Language.Type { S.languages[0] }

    func run() throws {
        try options.start(LanguageCommand.language, as: LanguageCommand.language.name)
    }
}

/// The answer to `--version`.
func versionText(_ program: String) -> String {
    """
    \(program) \(Launcher.version)
    backends: \(BackendChoice.list)
    """
}
