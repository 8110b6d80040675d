import Testing

/// Rules about source text.
@Suite struct SourceRuleTests {
    @Test func noFoundationBelowExecutables() throws {
        for file in Checkout.swiftFiles(in: "Sources", "Interpreters") {
            if file.contains("/Tests/") { continue }
            #expect(!(try SourceFile(file).imports.contains("Foundation")), "\(file)")
        }
    }

    /// The yardstick: no interpreter file contains a barrier, a root registration or the name of a
    /// backend.
    @Test func interpretersKnowNoBackend() throws {
        let forbidden = [
            "GILBackend", "STMBackend", "SerialBackend", "GILScheduler", "STMScheduler",
            "SerialScheduler", "Scheduler", "Transactional", "Raw", "CHost", "Tracer", "addRoots",
            "visitRoots", "ThreadContext", "BackendChoice", "rollsBack", "keepAlive",
        ]
        for file in Checkout.swiftFiles(in: "Interpreters", "Examples") {
            if file.contains("/Tests/") { continue }
            for (number, text) in try SourceFile(file).code {
                for word in text.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }
                ) {
                    let isForbidden =
                        forbidden.contains(String(word)) || word.hasPrefix("host_")
                        || word.hasPrefix("quanta_") || word.lowercased().contains("barrier")
                        || ["gil", "stm", "GIL", "STM"].contains(word)
                    #expect(!isForbidden, "\(file):\(number): \(word)")
                }
            }
        }
    }

    /// One concept, one file.
    @Test func filesAreShort() throws {
        let folders = ["Sources", "Interpreters", "Tests", "Plugins", "Examples", "Benchmarks"]
        for folder in folders {
            for file in Checkout.swiftFiles(in: folder) {
                let count = try SourceFile(file).lines.count
                #expect(count <= 600, "\(file) has \(count) lines")
            }
        }
    }

    @Test func namesSayWhatThingsAre() {
        for file in Checkout.swiftFiles(in: "Sources", "Interpreters", "Tests", "Plugins") {
            let name = file.split(separator: "/").last ?? ""
            for vague in ["Manager", "Helper", "Util"] {
                #expect(!name.contains(vague), "\(file)")
            }
        }
    }
}
