import ArgumentParser
import InterpreterKit

/// The options that the languages of a set declare themselves, as flags of their own.
///
/// ArgumentParser learns a type's options from its reflection and reads them back by name. A mirror
/// that lists one option for each declaration therefore makes them ordinary options: in the help
/// text, in completions, in error messages.
struct LanguageOptions<S: LanguageSet>: ParsableArguments, CustomReflectable {
    /// What was given on the command line, by name.
    private(set) var given: [String: String] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Name.self)
        for option in LanguageOptions.declared {
            let value = try values.decode(Option<String?>.self, forKey: Name(option.name))
            given[option.name] = value.wrappedValue
        }
    }

    var customMirror: Mirror {
        Mirror(self, children: LanguageOptions.declared.map { ($0.name, $0.parsed) })
    }

    func validate() throws {
        for (name, value) in given {
            let known = LanguageOptions.declared.filter { $0.name == name }.flatMap(\.values)
            if !known.contains(value) {
                throw ValidationError(
                    "--\(name) takes one of \(known.joined(separator: ", ")), not '\(value)'")
            }
        }
    }

    /// Languages may share an option; its first declaration explains it.
    private static var declared: [LanguageOption] {
        var seen = Set<String>()
        return S.languages.flatMap { $0.options }.filter { seen.insert($0.name).inserted }
    }

    private struct Name: CodingKey {
        let stringValue: String
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        var intValue: Int? { nil }
        init?(intValue: Int) { nil }
    }
}

extension LanguageOption {
    fileprivate var parsed: Option<String?> {
        Option(
            name: .customLong(name),
            help: ArgumentHelp(
                "\(help) One of \(values.joined(separator: ", ")). (default: \(values[0]))",
                valueName: "choice"),
            completion: .list(values))
    }
}
