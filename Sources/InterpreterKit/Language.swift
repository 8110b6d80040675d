/// A guest language: what a program is, as guest tasks.
///
/// One value of the conforming type exists per virtual machine; it owns what the language shares
/// between its threads (interned symbols, global variables, compiled code).
///
/// ```swift
/// final class Counting: Language {
///     static let name = "counting"
///     static let fileExtensions = ["count"]
///     init(_ host: Host) {}
///     func tasks(for source: Source) throws(Diagnostic) -> [CountDown] {
///         [CountDown(n: Int(source.text) ?? 0)]
///     }
/// }
/// ```
public protocol Language: AnyObject, SendableMetatype {
    /// What runs on a guest thread.
    associatedtype Task: GuestTask

    /// As on the command line.
    static var name: String { get }
    /// Without dots; choose the language of a file for `quanta run`.
    static var fileExtensions: [String] { get }
    /// Object types of the language, numbered from `Shape.firstLanguageKind`.
    static var shapes: [Shape] { get }
    /// What the command line offers beyond the machine's own options; read back from ``Host``.
    static var options: [LanguageOption] { get }
    /// The program's name in messages, and what follows `--version`; nil for the launcher's own.
    static var commandName: String { get }
    static var version: String? { get }
    /// Why the program's file cannot be read, in the language's words.
    static func explain(_ error: FileError) -> String
    /// Programs can see where objects lie in memory: in identities, hashes, the order of a set. What two equal
    /// runs leave behind then differs, so that a replay compares only what it prints and how it ends.
    static var showsAddresses: Bool { get }
    /// How the backends run a task. The default is compiled in the language's own module, where the
    /// task is known, so that guest code is specialised without any annotation; keep it.
    static var drivers: Drivers<Task> { get }

    init(_ host: Host)

    /// The program's guest threads. The first is the main one; most languages return just that.
    /// Throws for malformed source.
    func tasks(for source: Source) throws(Diagnostic) -> [Task]

    /// After all guest threads of a program or an interactive input have ended normally: text to be
    /// printed.
    func epilogue() -> String

    // MARK: other than running a file

    /// The program that an option names whose kind is ``LanguageOption/Kind/program(valueName:)``.
    static func source(ofOption name: String, value: String) -> Source
    /// What an option tells of a program whose kind is ``LanguageOption/Kind/inspection(_:)``.
    func inspect(_ source: Source, option: String, value: String) -> Inspection
    /// What a command line without a program means.
    static func withoutProgram(isTerminal: Bool, choices: [String: String]) -> WithoutProgram
    /// Guest threads that read and run what the user types, for ``WithoutProgram/session``.
    func sessionTasks() -> [Task]

    // MARK: interactive use

    /// Prompts for the first and for further lines of an input.
    static var prompts: (first: String, more: String) { get }
    /// Prompts appear even when the input is no terminal.
    static var alwaysPrompts: Bool { get }
    /// True when `source` needs more lines to be complete.
    func isIncomplete(_ source: Source) -> Bool
    /// Like ``tasks(for:)``, for one interactive input: results are printed.
    func interactiveTasks(for source: Source) throws(Diagnostic) -> [Task]
    /// After an error or an interrupt, before the next interactive input.
    func recover()
}

extension Language {
    public static var shapes: [Shape] { [] }
    public static var options: [LanguageOption] { [] }
    public static var commandName: String { name }
    public static var version: String? { nil }
    public static func explain(_ error: FileError) -> String { error.description }
    public static var showsAddresses: Bool { false }
    @inlinable public static var drivers: Drivers<Task> { Drivers() }
    public func epilogue() -> String { "" }
    public static func source(ofOption name: String, value: String) -> Source {
        Source(name: "-\(name)", text: value + "\n")
    }
    public func inspect(_ source: Source, option: String, value: String) -> Inspection {
        Inspection(text: "")
    }
    public static func withoutProgram(
        isTerminal: Bool, choices: [String: String]
    ) -> WithoutProgram { .prompt }
    public func sessionTasks() -> [Task] { [] }
    public static var prompts: (first: String, more: String) { ("> ", ". ") }
    public static var alwaysPrompts: Bool { false }
    public func isIncomplete(_ source: Source) -> Bool { false }
    public func interactiveTasks(for source: Source) throws(Diagnostic) -> [Task] {
        try tasks(for: source)
    }
    public func recover() {}
}

/// What an option has told of a program.
public struct Inspection: Sendable {
    /// For standard output.
    public let text: String
    /// For standard error, when the program is malformed.
    public let complaint: String?

    public init(text: String, complaint: String? = nil) {
        self.text = text
        self.complaint = complaint
    }
}

/// What happens without a program.
public enum WithoutProgram: Sendable {
    /// The launcher reads inputs and has each run: ``Language/interactiveTasks(for:)``.
    case prompt
    /// The guest reads what the user types: ``Language/sessionTasks()``.
    case session
    /// Standard input is the program.
    case standardInput
}
