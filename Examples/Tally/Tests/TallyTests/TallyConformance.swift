import InterpreterTestKit
import Testing

#if canImport(TallyInside)
    import TallyInside
#else
    import Tally
#endif

@Suite struct TallyConformance: LanguageConformance {
    typealias L = Tally
    static let programs = folder("../../Programs", from: #filePath)
    static let commentMarker = "#"
    static let malformed = [
        "print", "while 1", "x = ", "fn f()\nfn g()\nend\nend", "print unknown", "f(1)", "x = 1 1",
        "fn f(a)\nend\nf(1, 2)", "print 99999999999999999999", "?", "end",
        "fn f()\natomic\nreturn 1\nend\nend",
    ]
    static let endless = "cell x\nwhile 1\nx = x + 1\nend"
    static let hungry: String? = "fn f()\nspawn f()\nspawn f()\nend\nspawn f()"

    @Test(arguments: TallyConformance.checks) func keeps(_ check: Check) throws { try check.run() }
}
