import ArgumentParser
import Glibc

/// `quanta ffi propose HEADER [FUNCTION ...]`: a first draft of a .bindings file.
struct ProposeCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "propose",
            abstract: "Drafts a .bindings file from a C header.",
            discussion: """
                The attributes in the header say little: a compiler's 'const' is 'const', its 'pure' may read \
                ambient state and is 'reads', what 'free' takes back is 'undo: free($result)'. All else is \
                'arbitrary'. 'quanta ffi audit' looks at what functions do. Needs a C compiler: cc, or $CC.
                """)
    }

    @Argument(help: "A header as the compiler finds it: string.h.") var header: String
    @Argument(help: "Functions; all that the header declares if none is named.")
    var functions: [String] = []
    @Option(help: ArgumentHelp("The library that has them.", valueName: "name"))
    var library = "process"

    func run() throws {
        let proposal: HeaderProposal
        do throws(CCompiler.Failure) {
            let source = "#define _GNU_SOURCE 1\n#include <\(header)>\n"
            let (text, isContent, _) = try CCompiler.run("-E -O0", source)
            if !isContent { throw CCompiler.Failure(description: complaint(text)) }
            proposal = HeaderProposal(text, functions)
        } catch {
            Console.standardError.write("quanta: \(error.description)\n")
            throw ExitCode(ExitStatus.usage)
        }
        let lines =
            [
                "# Proposed from the attributes in \(header).", "header \(header)",
                "library \(library)",
            ]
            + proposal.definitions + proposal.declarations
        Console.standardOutput.write(lines.joined(separator: "\n") + "\n")
        for (name, reason) in proposal.refused {
            Console.standardError.write("quanta: \(name) is left out: \(reason)\n")
        }
        if !functions.isEmpty && !proposal.refused.isEmpty {
            throw ExitCode(ExitStatus.guestError)
        }
    }
    private func complaint(_ output: String) -> String {
        let line = output.split(separator: "\n").first { $0.contains("error: ") }
        return line.map { String($0.split(separator: ": ").dropFirst().joined(separator: ": ")) }
            ?? "the compiler refuses \(header)"
    }
}
