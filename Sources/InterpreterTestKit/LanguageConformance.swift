import InterpreterKit

/// A language that shall keep the promises all languages make.
///
/// One conformance and one test function plug a language in:
///
/// ```swift
/// @Suite struct MiniConformance: LanguageConformance {
///     typealias L = Mini
///     static let programs = folder("../../Interpreters/Mini/Tests/Programs", from: #filePath)
///     static let commentMarker = ";"
///     static let malformed = ["]", "1 +"]
///     static let endless = "1000000000000 times end"
///
///     @Test(arguments: MiniConformance.checks) func keeps(_ check: Check) throws { try check.run() }
/// }
/// ```
/// Every guest program of the folder becomes a check of its own, see ``Expectations``; others hold for
/// any language: malformed source is reported with its place, a damaged program never crashes, a
/// seed repeats a run, undone quanta leave no trace, a run recorded on STM is replayed on Serial with the
/// same output and the same heap, an endless program can be stopped, a hungry one gets a memory error,
/// the prompt survives errors.
public protocol LanguageConformance: SendableMetatype {
    associatedtype L: Language

    /// The folder with guest programs: all files with an extension of the language.
    static var programs: String { get }
    /// What begins a comment that ends with its line.
    static var commentMarker: String { get }
    /// Sources that the language must refuse.
    static var malformed: [String] { get }
    /// A program that never ends.
    static var endless: String { get }
    /// A program that never stops using more memory, if the language can say that.
    static var hungry: String? { get }
}

extension LanguageConformance {
    public static var hungry: String? { nil }

    /// `path`, relative to the file that asks.
    public static func folder(_ path: String, from file: String) -> String {
        file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/" + path
    }

    /// Everything to be checked, as arguments of one test function.
    public static var checks: [Check] {
        let programs: [GuestProgram]
        do {
            programs = try GuestProgram.all(
                in: Self.programs, extensions: L.fileExtensions, marker: commentMarker)
        } catch {
            return [Check("guest programs can be read") { throw error }]
        }
        if programs.isEmpty {
            return [
                Check("there are guest programs") { throw Failure("none in '\(Self.programs)'") }
            ]
        }
        return programs.map { program in
            Check(program.name) { try program.check(L.self) }
        } + commonChecks(programs)
    }
}

/// One thing that must hold. Throws ``Failure`` when it does not.
public struct Check: Sendable, CustomStringConvertible {
    public let description: String
    private let body: @Sendable () throws -> Void

    init(_ description: String, _ body: @escaping @Sendable () throws -> Void) {
        self.description = description
        self.body = body
    }
    public func run() throws { try body() }
}
