/// What a language offers on its command line: `--mapping word`, `-c CODE`.
///
/// ```swift
/// static let options = [
///     LanguageOption("mapping", ["word", "block"], help: "Where quanta end."),
///     LanguageOption("q", .flag, help: "No greeting."),
/// ]
/// ```
public struct LanguageOption: Sendable {
    public enum Kind: Sendable {
        /// One of these; the first is the default. Read back from ``Host/subscript(_:)``.
        case choice([String])
        /// Given or not: ``Host/flag(_:)``.
        case flag
        /// Any text, also several times: ``Host/texts(_:)``.
        case text(valueName: String)
        /// Names the program, in place of a file; what follows belongs to the guest. See
        /// ``Language/source(ofOption:value:)``.
        case program(valueName: String)
        /// Prints something about the program in place of running it: one of these, or nothing to choose.
        /// See ``Language/inspect(_:option:value:)``.
        case inspection([String])
    }

    /// Without dashes. One of a single letter gets one dash.
    public let name: String
    public let kind: Kind
    /// One sentence for `--help`.
    public let help: String

    public init(_ name: String, _ values: [String], help: String) {
        precondition(!values.isEmpty, "option '\(name)' has no value to choose")
        self.init(name, .choice(values), help: help)
    }
    public init(_ name: String, _ kind: Kind, help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// What may be chosen.
    public var values: [String] {
        switch kind {
        case .choice(let values), .inspection(let values): values
        case .flag: ["false", "true"]
        case .text, .program: []
        }
    }
    /// As it is when nobody gives it; nil for what is no setting.
    var standard: String? {
        switch kind {
        case .choice, .flag: values[0]
        case .text: ""
        case .program, .inspection: nil
        }
    }
    /// Takes a word of the command line.
    public var takesValue: Bool {
        switch kind {
        case .flag: false
        case .inspection(let values): !values.isEmpty
        case .choice, .text, .program: true
        }
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
        for option in options { choices[option.name] = option.standard }
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let option = options.first(where: { $0.name == name && $0.standard != nil })
            else { throw OptionError(description: "there is no option '\(name)'") }
            guard option.values.isEmpty || option.values.contains(value) else {
                let known = option.values.joined(separator: ", ")
                throw OptionError(
                    description: "'\(value)' is not a value of option '\(name)' (\(known))")
            }
            choices[name] = value
        }
        return choices
    }
}
