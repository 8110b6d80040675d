import ArgumentParser
import InterpreterKit

/// ``ProgramOptions`` as ArgumentParser reads them.
struct ProgramArguments<S: LanguageSet>: ParsableArguments {
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

    var options: ProgramOptions<S> {
        ProgramOptions(machine: machine, language: language, code: code, words: words)
    }
}

extension ProgramOptions {
    /// A command line that needs no explanation: whole options as they are declared, each with its value in the
    /// next word, then the program. Nil for everything else, which is left to ArgumentParser.
    ///
    /// ArgumentParser looks up what it knows of an option's type among all that the process knows of types, which
    /// takes as long as all the rest until a program begins.
    init?(plain arguments: [String]) {
        var left = arguments[...]
        while let word = left.first, word.hasPrefix("-"), word != "-" {
            left.removeFirst()
            if word == "-e" {
                guard let text = left.popFirst() else { return nil }
                code.append(text)
            } else if let option = MachineOptions.declared.first(where: { word == $0.dashed }) {
                guard !option.takesValue || left.first?.hasPrefix("-") == false else { return nil }
                let value = option.takesValue ? left.removeFirst() : ""
                if !option.read(&machine, value) { return nil }
            } else if let option = LanguageOptions<S>.declared.first(where: { word == $0.dashed }) {
                if option.takesValue && left.isEmpty { return nil }
                if !language.read(option, option.takesValue ? left.removeFirst() : "") {
                    return nil
                }
                if language.program != nil {
                    words = ["--"]
                    break
                }
            } else {
                return nil
            }
        }
        words += left
        do {
            try machine.validate()
            try language.validate()
        } catch { return nil }
    }
}
