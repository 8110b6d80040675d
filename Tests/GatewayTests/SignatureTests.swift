import Foundation
import Gateway
import GatewayTestFunctions
import Testing

@Suite struct SignatureTests {
    /// Every signature, through registers where they suffice and through libffi, against the model.
    @Test func bothWaysComputeTheSame() throws {
        var random = SplitMix(seed: 5)
        var calls: [(ForeignFunction, [Given])] = []
        var expected: [(Signature, Seen)] = []
        for signature in Signature.all {
            let declaration = try Declaration("pure " + signature.prototype)
            let address = try #require(test_signature(Int32(signature.number)))
            let direct = try ForeignFunction(declaration, at: address)
            let libffi = try ForeignFunction(throughLibffi: declaration, at: address)
            #expect(direct != libffi)
            for _ in 0..<24 {
                let arguments = signature.randomArguments(&random)
                calls += [(direct, arguments), (libffi, arguments)]
                expected += Array(
                    repeating: (signature, signature.expected(arguments)), count: 2)
            }
        }
        for (seen, (signature, wanted)) in zip(try results(calls), expected) {
            #expect(seen.result == wanted, "\(signature.prototype)")
        }
    }

    @Test func generatedFunctionsAreCurrent() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../GatewayTestFunctions/Generated/signatures.c")
        if ProcessInfo.processInfo.environment["UPDATE_SIGNATURES"] != nil {
            try Signature.cText.write(to: path, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: path, encoding: .utf8) == Signature.cText)
    }
}
