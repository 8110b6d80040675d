import Duhton
import InterpreterTestKit
import Testing

@Suite struct DuhtonConformance: LanguageConformance {
    typealias L = Duhton
    static let programs = folder("../Programs", from: #filePath)
    static let commentMarker = ";"
    static let malformed = ["(print 1", "(print 1))", "(car 1", "(while)"]
    static let endless = "(while (not (< 1 0)) 1)"
    static let hungry: String? = "(setq l (list)) (while 1 (append l (list 1 2 3)))"

    @Test(arguments: DuhtonConformance.checks) func keeps(_ check: Check) throws { try check.run() }
}
