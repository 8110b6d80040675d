import Glibc
import InterpreterKit

/// Where the guest's code comes from.
enum Program {
    /// A path, or `-`.
    case file(String)
    /// The values of `-e`, one line each.
    case code([String])
    /// An option of the language that names the program, and its value.
    case option(String, String)

    func source(_ language: any Language.Type) throws(FileError) -> Source {
        switch self {
        case .file(let path): try Source.file(path)
        case .code(let pieces): Source(name: "-e", text: pieces.map { $0 + "\n" }.joined())
        case .option(let name, let value): language.source(ofOption: name, value: value)
        }
    }

    /// Marks where the guest's own arguments begin, when an option names the program: without a mark its
    /// arguments would be taken for ours.
    static func divide(_ arguments: [String], _ options: [LanguageOption]) -> [String] {
        let ownWithValue = MachineOptions.declared.filter(\.takesValue).map(\.dashed) + ["-e"]
        let withValue = Set(options.filter(\.takesValue).map(\.dashed) + ownWithValue)
        let programs = options.filter { if case .program = $0.kind { true } else { false } }
        var i = 0
        while i < arguments.count {
            let word = arguments[i]
            if !word.hasPrefix("-") || word == "-" || word == "--" { break }
            if let option = programs.first(where: { word.hasPrefix($0.dashed) }) {
                // The value may be in the same word.
                let attached = word.dropFirst(option.dashed.count)
                let own = attached.isEmpty ? [] : [option.dashed, String(attached)]
                let end = attached.isEmpty ? min(i + 2, arguments.count) : i + 1
                let before = attached.isEmpty ? arguments[..<end] : arguments[..<i]
                return before + own + ["--"] + arguments[end...]
            }
            i += withValue.contains(word) ? 2 : 1
        }
        return arguments
    }
}
