import ArgumentParser
import CHost
import Glibc
@_exported import InterpreterKit

/// Languages as programs with a command line.
///
/// ```swift
/// import Launcher
/// import Mini
///
/// Launcher.main(Mini.self)
/// ```
/// Exit status: 0 for a program that ended, 1 for a guest error, 2 for a command line that makes no
/// sense or a file that cannot be read, 70 when the system refused what the machine needs, 130
/// after Ctrl-C, and whatever the guest asked for.
public enum Launcher {
    /// Of the framework and of every program made with it.
    public static let version = "0.1.0"

    /// The program of one language: `mini FILE`.
    public static func main<L: Language>(_ language: L.Type) -> Never {
        let arguments = Array(CommandLine.arguments.dropFirst())
        launch(LanguageCommand<Only<L>>.self) {
            if let options = ProgramOptions<Only<L>>(plain: arguments) {
                try options.start(language, as: L.commandName)
            }
            return Program.divide(arguments, L.options)
        }
    }

    /// The program of several languages: `quanta run FILE`.
    public static func main<S: LanguageSet>(_ languages: S.Type) -> Never {
        launch(QuantaCommand<S>.self) { Array(CommandLine.arguments.dropFirst()) }
    }

    /// Runs the command with its arguments.
    private static func launch<Command: ParsableCommand>(
        _ command: Command.Type, _ arguments: () throws -> [String]
    ) -> Never {
        signal(SIGPIPE, SIG_IGN)
        Console.reserveDescriptors()
        ForeignSignals.reportCrashes()
        do {
            var parsed = try command.parseAsRoot(try arguments())
            try parsed.run()
            exit(0)
        } catch {
            let status = command.exitCode(for: error)
            let text = command.fullMessage(for: error)
            if status == .validationFailure {
                Console.standardError.write(text + "\n")
                exit(ExitStatus.usage)
            }
            if status.isSuccess {
                Console.standardOutput.write(text + "\n")
            } else if !text.isEmpty {
                Console.standardError.write(text + "\n")
            }
            exit(status.rawValue)
        }
    }
}

/// Languages that share one program.
///
/// ```swift
/// enum All: LanguageSet {
///     static var languages: [any Language.Type] { [Mini.self, Duhton.self] }
/// }
/// ```
public protocol LanguageSet {
    /// Not empty. A file belongs to the first language that claims its extension.
    static var languages: [any Language.Type] { get }
}

/// A set of one.
enum Only<L: Language>: LanguageSet {
    static var languages: [any Language.Type] { [L.self] }
}

/// What the shell gets to see.
enum ExitStatus {
    static let guestError: Int32 = 1
    static let usage: Int32 = 2
    static let refused: Int32 = 70
    static let interrupted: Int32 = 130
    static let brokenPipe: Int32 = 141
}
