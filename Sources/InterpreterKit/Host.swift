/// What a language gets from whoever runs it.
///
/// ```swift
/// init(_ host: Host) {
///     everyWordBreaks = host["mapping"] == "word"
/// }
/// ```
public struct Host {
    /// The machine that the language's objects and threads live in.
    public let machine: VirtualMachine
    /// Arguments of the guest program.
    public let arguments: [String]
    /// False when the user forbids foreign code; a language then refuses to bind C functions.
    public let allowsForeignCode: Bool
    private let choices: [String: String]

    /// - Parameter choices: one of the declared values for each option of the language.
    public init(
        machine: VirtualMachine, arguments: [String] = [], choices: [String: String] = [:],
        allowsForeignCode: Bool = true
    ) {
        self.machine = machine
        self.arguments = arguments
        self.choices = choices
        self.allowsForeignCode = allowsForeignCode
    }

    /// The chosen value of the language's option `name`.
    public subscript(option: String) -> String {
        guard let choice = choices[option] else {
            preconditionFailure("the language declares no option '\(option)'")
        }
        return choice
    }
}

/// A choice that a language offers on its command line: `--mapping word`.
///
/// ```swift
/// static let options = [
///     LanguageOption("mapping", ["word", "block"], help: "Where quanta end.")
/// ]
/// ```
public struct LanguageOption: Sendable {
    /// Without dashes.
    public let name: String
    /// What may be chosen; the first is the default.
    public let values: [String]
    /// One sentence for `--help`.
    public let help: String

    public init(_ name: String, _ values: [String], help: String) {
        precondition(!values.isEmpty, "option '\(name)' has no value to choose")
        self.name = name
        self.values = values
        self.help = help
    }
}

/// A choice that the language does not offer.
public struct OptionError: Error, CustomStringConvertible {
    public let description: String

    /// The value of each option after `given` has been applied to the defaults.
    static func choices(
        _ options: [LanguageOption], given: [String: String]
    ) throws(OptionError) -> [String: String] {
        var choices = [String: String]()
        for option in options { choices[option.name] = option.values[0] }
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let option = options.first(where: { $0.name == name }) else {
                throw OptionError(description: "there is no option '\(name)'")
            }
            guard option.values.contains(value) else {
                let known = option.values.joined(separator: ", ")
                throw OptionError(
                    description: "'\(value)' is not a value of option '\(name)' (\(known))")
            }
            choices[name] = value
        }
        return choices
    }
}
