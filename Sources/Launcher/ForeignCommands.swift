import ArgumentParser
import Glibc
import InterpreterKit

/// `quanta ffi`: what there is to know about C functions and their declarations.
struct ForeignCommand<S: LanguageSet>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "ffi",
            abstract: "Examines C functions, their declarations and their calls.",
            subcommands: [
                AuditCommand.self, CheckCommand.self, ExplainCommand.self, ProposeCommand.self,
                StatsCommand<S>.self,
            ])
    }
}

/// `quanta ffi audit LIBRARY DECLARATION [ARGUMENT ...]`.
struct AuditCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "audit",
            abstract: "Calls a function in a child process and says which effect it keeps to.",
            discussion: """
                The function is called twice with system calls trapped; memory is compared before, \
                between and after. Missing arguments are made up from the types. One set of \
                arguments proves nothing about others.

                With a .bindings file instead of a library, every function in it is audited.
                """)
    }

    @Argument(help: "A library as the loader finds it, 'process', or a .bindings file.")
    var library: String
    @Argument(help: "A declaration: 'pure double sqrt(double)'.") var declaration: String?
    @Argument(parsing: .captureForPassthrough, help: "Numbers and text for the function.")
    var arguments: [String] = []

    func run() throws {
        if library.hasSuffix(".bindings") {
            var lies = 0
            for section in try bindings(library).sections {
                let name = section.library.candidates.first ?? "process"
                for declared in section.declarations where !declared.isVariadic {
                    if try !audit(name, declared, []) { lies += 1 }
                }
            }
            if lies > 0 { throw ExitCode(ExitStatus.guestError) }
            return
        }
        guard let declaration else { throw ValidationError("Which function?") }
        let declared = try parsed(declaration)
        let words = arguments.first == "--" ? Array(arguments.dropFirst()) : arguments
        if try !audit(library, declared, words) { throw ExitCode(ExitStatus.guestError) }
    }

    /// False when the declaration promises more than was seen.
    private func audit(
        _ library: String, _ declared: Declaration, _ arguments: [String]
    ) throws -> Bool {
        let out = Console.standardOutput
        do {
            let audit = try Audit.of(declared, in: library, arguments.map(Audit.Argument.init))
            out.write("\(declared.name): \(audit.verdict?.word ?? "unknown")\n")
            for line in audit.evidence { out.write("    \(line)\n") }
            guard declared.hasDeclaredEffect, let lie = audit.contradiction(of: declared) else {
                return true
            }
            out.write("    \(lie)\n")
            return false
        } catch let failure as Audit.Failure {
            out.write("\(declared.name): not audited\n    \(failure)\n")
            return true
        } catch {
            Console.standardError.write("quanta: \(error)\n")
            throw ExitCode(ExitStatus.usage)
        }
    }
}

/// `quanta ffi explain DECLARATION`.
struct ExplainCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "explain",
            abstract: "Says how calls of a declared function leave the virtual machine, and why.")
    }

    @Argument(help: "A declaration: 'atomic int usleep(unsigned)'.") var declaration: String

    func run() throws {
        Console.standardOutput.write(try parsed(declaration).explanation)
    }
}

/// `quanta ffi check FILE`: declarations against the headers.
struct CheckCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "check",
            abstract: "Compares a .bindings file with C headers and with the libraries.",
            discussion: """
                The headers that the file's 'header' lines name are compiled with every prototype, and \
                every function is looked up in its library. Needs a C compiler: cc, or $CC.
                """)
    }

    @Argument(help: "A .bindings file.") var file: String
    @Flag(help: "What is not installed here is no mistake: it is said, and the file passes.")
    var ifInstalled = false

    func run() throws {
        let bindings = try bindings(file)
        let missing = bindings.libraries().flatMap { $0.check() }
        let differing = try PrototypeCheck(bindings, file).problems()
        if ifInstalled, let reason = absence(missing, differing) {
            Console.standardOutput.write("\(file): not compared: \(reason)\n")
            return
        }
        let problems = missing.map { "\($0)" } + differing.map { "\($0)" }
        for problem in problems { Console.standardError.write("\(file): \(problem)\n") }
        if !problems.isEmpty { throw ExitCode(ExitStatus.guestError) }
        let count = bindings.sections.reduce(0) { $0 + $1.declarations.count }
        let headers =
            bindings.headers.isEmpty
            ? "no 'header' line, so prototypes were not compared"
            : "as in \(bindings.headers.joined(separator: ", "))"
        Console.standardOutput.write("\(file): \(count) functions found, \(headers)\n")
    }

    /// Why nothing can be said about the file on this machine.
    private func absence(
        _ missing: [BindingError], _ differing: [PrototypeCheck.Problem]
    ) -> String? {
        for case .library(let name, _) in missing { return "\(name) is not installed" }
        return differing.first(where: \.isAbsence)?.description
    }
}

/// `quanta ffi stats FILE`: a run with a ledger.
struct StatsCommand<S: LanguageSet>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "stats",
            abstract: "Runs a program, then reports calls, time and routes of each C function.",
            usage: "quanta ffi stats [<options>] <file> [<args> ...]")
    }

    @Option(
        name: .customLong("language"),
        help: ArgumentHelp(
            "The program's language, when no extension tells.", valueName: "name"))
    var languageName: String?
    @OptionGroup var arguments: ProgramArguments<S>

    func run() throws {
        var options = arguments.options
        options.machine.foreignStatistics = true
        try options.start(language: languageName)
    }
}

private func bindings(_ path: String) throws -> Bindings {
    guard let text = readFile(path) else {
        Console.standardError.write("quanta: cannot read \(path): \(explain(errno))\n")
        throw ExitCode(ExitStatus.usage)
    }
    do {
        return try Bindings(text)
    } catch {
        Console.standardError.write("\(path): \(error)\n")
        throw ExitCode(ExitStatus.usage)
    }
}
private func parsed(_ text: String) throws -> Declaration {
    do {
        return try Declaration(text)
    } catch {
        Console.standardError.write("\(error)\n")
        throw ExitCode(ExitStatus.usage)
    }
}
/// Nil with `errno` set.
func readFile(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&chunk, 1, chunk.count, file)
        if count == 0 { break }
        bytes += chunk[..<count]
    }
    return ferror(file) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
}
