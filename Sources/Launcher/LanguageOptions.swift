import ArgumentParser
import InterpreterKit

/// The options that the languages of a set declare themselves, as flags of their own.
///
/// A mirror that lists one option for each declaration makes them ordinary options of ArgumentParser: see
/// ``DeclaredOption``.
struct LanguageOptions<S: LanguageSet>: ParsableArguments, CustomReflectable {
    /// Settings as given on the command line, by name.
    private(set) var given: [String: String] = [:]
    /// The option that names the program.
    private(set) var program: (name: String, value: String)?
    /// The option that asks for something about the program.
    private(set) var inspection: (name: String, value: String)?

    init() {}

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: OptionName.self)
        for option in LanguageOptions.declared {
            let key = OptionName(option.name)
            switch option.kind {
            case .flag:
                if try values.decode(Flag<Bool>.self, forKey: key).wrappedValue {
                    given[option.name] = "true"
                }
            case .text:
                let texts = try values.decode(Option<[String]>.self, forKey: key).wrappedValue
                if !texts.isEmpty { given[option.name] = texts.joined(separator: "\n") }
            case .choice:
                let value = try values.decode(Option<String?>.self, forKey: key).wrappedValue
                if let value { given[option.name] = value }
            case .program:
                let value = try values.decode(Option<String?>.self, forKey: key).wrappedValue
                if let value { program = (option.name, value) }
            case .inspection(let choices) where choices.isEmpty:
                if try values.decode(Flag<Bool>.self, forKey: key).wrappedValue {
                    inspection = (option.name, "")
                }
            case .inspection:
                let value = try values.decode(Option<String?>.self, forKey: key).wrappedValue
                if let value { inspection = (option.name, value) }
            }
        }
    }

    /// Takes an option and the word behind it, "" for one without; false when it was given before.
    mutating func read(_ option: LanguageOption, _ word: String) -> Bool {
        switch option.kind {
        case .text:
            given[option.name] = (given[option.name].map { $0 + "\n" } ?? "") + word
        case .flag, .choice:
            if given[option.name] != nil { return false }
            given[option.name] = option.takesValue ? word : "true"
        case .program:
            program = (option.name, word)
        case .inspection:
            if inspection != nil { return false }
            inspection = (option.name, word)
        }
        return true
    }

    var customMirror: Mirror {
        Mirror(self, children: LanguageOptions.declared.map { ($0.name, $0.parsed) })
    }

    func validate() throws {
        for (name, value) in Array(given)
            + [inspection].compactMap({ $0 }).map({ ($0.name, $0.value) })
        {
            let known = LanguageOptions.declared.filter { $0.name == name }.flatMap(\.values)
            if !known.isEmpty && !known.contains(value) {
                throw ValidationError(
                    "--\(name) takes one of \(known.joined(separator: ", ")), not '\(value)'")
            }
        }
    }
    /// The names of all that were given.
    var names: [String] {
        given.keys.sorted() + [program?.name, inspection?.name].compactMap { $0 }
    }

    /// Languages may share an option; its first declaration explains it.
    static var declared: [LanguageOption] {
        var seen = Set<String>()
        return S.languages.flatMap { $0.options }.filter { seen.insert($0.name).inserted }
    }
}

extension LanguageOption {
    /// As on the command line.
    var dashed: String { name.count == 1 ? "-\(name)" : "--\(name)" }

    /// The property wrapper that ArgumentParser finds in the mirror.
    fileprivate var parsed: Any {
        switch kind {
        case .flag: flag
        case .inspection(let values) where values.isEmpty: flag
        case .choice(let values):
            choice(
                values, "\(help) One of \(values.joined(separator: ", ")). (default: \(values[0]))")
        case .inspection(let values):
            choice(values, "\(help) One of \(values.joined(separator: ", ")).")
        case .text(let valueName):
            Option<[String]>(
                wrappedValue: [], name: joinedSpecification, parsing: .unconditionalSingleValue,
                help: ArgumentHelp("\(help)", valueName: valueName))
        case .program(let valueName):
            Option<String?>(
                name: specification, parsing: .unconditional,
                help: ArgumentHelp("\(help)", valueName: valueName))
        }
    }
    private var specification: NameSpecification {
        name.count == 1 ? .customShort(Character(name)) : .customLong(name)
    }
    /// A single letter may have its value in the same word.
    private var joinedSpecification: NameSpecification {
        name.count == 1 ? .customShort(Character(name), allowingJoined: true) : specification
    }
    private var flag: Flag<Bool> {
        Flag(wrappedValue: false, name: specification, help: ArgumentHelp("\(help)"))
    }
    private func choice(_ values: [String], _ help: String) -> Option<String?> {
        Option(
            name: specification, help: ArgumentHelp("\(help)", valueName: "choice"),
            completion: .list(values))
    }
}
