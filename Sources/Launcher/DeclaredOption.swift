import ArgumentParser

/// An option that is declared once: for ArgumentParser, which explains it and reads it in all its forms, and
/// for ``ProgramOptions/init(plain:)``, which reads the plain form.
///
/// ArgumentParser learns a type's options from its reflection and reads them back by name. A mirror
/// that lists one option for each declaration therefore makes them ordinary options: in the help
/// text, in completions, in error messages.
struct DeclaredOption<Options>: Sendable {
    typealias Values = KeyedDecodingContainer<OptionName>

    /// Without dashes.
    let name: String
    /// Takes a word of the command line.
    let takesValue: Bool
    /// The property wrapper that ArgumentParser finds in the mirror.
    let wrapper: @Sendable () -> Any
    /// Takes what ArgumentParser has read.
    let decode: @Sendable (inout Options, Values) throws -> Void
    /// Takes a word, "" for a flag; false when it makes no sense.
    let read: @Sendable (inout Options, String) -> Bool

    /// As on the command line.
    var dashed: String { "--\(name)" }

    static func value<T: ExpressibleByArgument & Sendable>(
        _ name: String, _ valueName: String, _ help: String,
        _ set: @escaping @Sendable (inout Options, T) -> Void
    ) -> DeclaredOption {
        DeclaredOption(
            name: name, takesValue: true,
            wrapper: {
                Option<T?>(
                    name: .customLong(name), help: ArgumentHelp("\(help)", valueName: valueName))
            },
            decode: { (options, values) in
                let key = OptionName(name)
                let value = try values.decode(Option<T?>.self, forKey: key).wrappedValue
                if let value { set(&options, value) }
            },
            read: { (options, word) in
                guard let value = T(argument: word) else { return false }
                set(&options, value)
                return true
            })
    }
    /// May be given several times.
    static func values(
        _ name: String, _ valueName: String, _ help: String,
        _ add: @escaping @Sendable (inout Options, String) -> Void
    ) -> DeclaredOption {
        DeclaredOption(
            name: name, takesValue: true,
            wrapper: {
                Option<[String]>(
                    wrappedValue: [], name: .customLong(name),
                    help: ArgumentHelp("\(help)", valueName: valueName))
            },
            decode: { (options, values) in
                let key = OptionName(name)
                for value in try values.decode(Option<[String]>.self, forKey: key).wrappedValue {
                    add(&options, value)
                }
            },
            read: { (options, word) in
                add(&options, word)
                return true
            })
    }
    static func flag(
        _ name: String, _ help: String, _ set: @escaping @Sendable (inout Options) -> Void
    ) -> DeclaredOption {
        DeclaredOption(
            name: name, takesValue: false,
            wrapper: {
                Flag<Bool>(
                    wrappedValue: false, name: .customLong(name), help: ArgumentHelp("\(help)"))
            },
            decode: { (options, values) in
                let key = OptionName(name)
                if try values.decode(Flag<Bool>.self, forKey: key).wrappedValue { set(&options) }
            },
            read: { (options, _) in
                set(&options)
                return true
            })
    }
}

/// The name of an option that is declared at run time.
struct OptionName: CodingKey {
    let stringValue: String
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    var intValue: Int? { nil }
    init?(intValue: Int) { nil }
}
