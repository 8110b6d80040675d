import InterpreterTestKit
import Mini
import Testing

@Suite struct MiniConformance: LanguageConformance {
    typealias L = Mini
    static let programs = folder("../Programs", from: #filePath)
    static let commentMarker = ";"
    static let malformed = ["]", "1 +", "[ 3 times ] end", "@x .\n99999999999999999999"]
    static let endless = "1000000000000 times [ @x 1 + !x ] end"

    @Test(arguments: MiniConformance.checks) func keeps(_ check: Check) throws { try check.run() }
}
