import Glibc
import InterpreterKit
import PythonSyntax

/// The command line of `quantapy`.
extension Python {
    public static var commandName: String { "quantapy" }
    public static var version: String? {
        let (major, minor, micro) = ModuleBuilder.version
        return "Python \(major).\(minor).\(micro) (quanta)"
    }
    public static let options = [
        LanguageOption(
            "c", .program(valueName: "cmd"), help: "The program is this text."),
        LanguageOption(
            "m", .program(valueName: "mod"), help: "The program is this module of the library."),
        LanguageOption("i", .flag, help: "Afterwards, read statements from the terminal."),
        LanguageOption("q", .flag, help: "Do not greet."),
        LanguageOption("u", .flag, help: "Output appears at once."),
        LanguageOption("B", .flag, help: "Do not keep compiled modules in __pycache__."),
        LanguageOption("E", .flag, help: "Ignore variables PYTHON* of the environment."),
        LanguageOption("I", .flag, help: "See E."),
        LanguageOption("s", .flag, help: "Accepted for CPython's sake, as is S."),
        LanguageOption("S", .flag, help: "See s."),
        LanguageOption("W", .text(valueName: "arg"), help: "What to do with warnings."),
        LanguageOption("X", .text(valueName: "opt"), help: "Appears in sys._xoptions."),
        LanguageOption("check", .inspection([]), help: "Only look for mistakes in the syntax."),
        LanguageOption(
            "dump", .inspection(["tokens", "ast", "code"]),
            help: "Print what the compiler makes of the program."),
    ]

    public static func source(ofOption name: String, value: String) -> Source {
        name == "m"
            ? Source(name: moduleName, text: value) : Source(name: "<string>", text: value + "\n")
    }
    public static func explain(_ error: FileError) -> String {
        if error.errno == 21 { return "can't find '__main__' module in '\(absolute(error.name))'" }
        return
            "can't open file '\(absolute(error.name))': [Errno \(error.errno)] \(String(cString: strerror(error.errno)))"
    }
    public static func withoutProgram(
        isTerminal: Bool, choices: [String: String]
    ) -> WithoutProgram {
        isTerminal || choices["i"] == "true" ? .session : .standardInput
    }

    public func inspect(_ source: Source, option: String, value: String) -> Inspection {
        if option == "dump" && value == "tokens" { return Inspection(text: dumpTokens(source)) }
        do throws(PythonSyntaxError) {
            let tree = try parse(source, mode: .file)
            if value == "ast" { return Inspection(text: dumpAST(tree) + "\n") }
            let unit = try Compiler.compile(
                tree, try analyze(tree), source, separateNamespace: false)
            return Inspection(text: option == "check" ? "" : disassemble(unit))
        } catch { return Inspection(text: "", complaint: error.report(source)) }
    }
}

extension PythonSyntaxError {
    /// As the interpreter prints it.
    fileprivate func report(_ source: Source) -> String {
        var text = ""
        if let line {
            text += "  File \"\(Python.absolute(source.name))\", line \(line)\n"
            let shown = (self.text ?? source.line(line)).drop { $0 == " " || $0 == "\t" }
            let indent = (self.text ?? source.line(line)).count - shown.count
            text += "    \(shown.prefix { $0 != "\n" })\n"
            if let offset, offset > indent {
                text += "    \(String(repeating: " ", count: offset - 1 - indent))^\n"
            }
        }
        return text + "\(kind.name): \(message)\n"
    }
}
extension PythonSyntaxError.Kind {
    fileprivate var name: String {
        let text = "\(self)"
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}
