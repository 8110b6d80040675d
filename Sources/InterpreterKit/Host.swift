import Gateway

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
    /// What of it may be bound; for every ``Library`` that a language makes.
    public let foreignPolicy: GatewayPolicy
    private let choices: [String: String]

    /// - Parameter choices: the value of each option of the language; "true" or "false" for a flag, the
    ///   lines of all texts for an option that may be repeated.
    public init(
        machine: VirtualMachine, arguments: [String] = [], choices: [String: String] = [:],
        foreignPolicy: GatewayPolicy = .allowAll
    ) {
        self.machine = machine
        self.arguments = arguments
        self.choices = choices
        allowsForeignCode = !foreignPolicy.deniesAll
        self.foreignPolicy = foreignPolicy
    }

    /// The chosen value of the language's option.
    public subscript(option: String) -> String {
        guard let choice = choices[option] else {
            preconditionFailure("the language declares no option '\(option)'")
        }
        return choice
    }
    /// Whether the user has given the language's flag.
    public func flag(_ option: String) -> Bool { self[option] == "true" }
    /// What the user has given for an option that may be repeated.
    public func texts(_ option: String) -> [String] {
        self[option].split(separator: "\n").map(String.init)
    }
}
