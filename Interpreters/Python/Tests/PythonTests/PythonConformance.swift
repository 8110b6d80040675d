import InterpreterTestKit
import Python
import Testing

@Suite struct PythonConformance: LanguageConformance {
    typealias L = Python
    static let programs = folder("../Programs", from: #filePath)
    static let commentMarker = "#"
    static let malformed = ["print(1", "print(1))", "if True:\npass", "x = = 1"]
    static let endless = "while True: pass"
    static let hungry: String? = "items = []\nwhile True: items.append([1, 2, 3])"

    @Test(arguments: PythonConformance.checks) func keeps(_ check: Check) throws { try check.run() }
}

/// The examples are programs like the others.
@Suite struct PythonExamples: LanguageConformance {
    typealias L = Python
    static let programs = folder("../../../../Examples/python", from: #filePath)
    static let commentMarker = PythonConformance.commentMarker
    static let malformed = PythonConformance.malformed
    static let endless = PythonConformance.endless
    static let hungry = PythonConformance.hungry

    /// What must hold of the language is checked above. Calls between quanta are not yet replayed.
    static let ownChecks = checks.filter { $0.description.hasSuffix(".py") }
    @Test(arguments: ownChecks) func keeps(_ check: Check) throws { try check.run() }
}
