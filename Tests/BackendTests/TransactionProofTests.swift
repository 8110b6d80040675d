#if DEBUG
    import Foundation
    import Testing

    /// Many deterministic schedules of the transactions, and of transactions with a part left out.
    @Suite struct TransactionProofTests {
        @Test func manySchedulesAreRight() throws {
            let (status, output) = try TransactionProofTests.run("5000")
            #expect(status == 0 && output.hasSuffix("nothing found\n"), "\(output)")
        }

        /// Whoever leaves out a part is found out.
        @Test(arguments: [
            "recheck", "forgetting", "spreading", "incarnation", "validation", "helping", "order",
            "undo",
            "patience",
            "keeping",
            "giving", "saving", "ending",
        ])
        func everyPartIsNeeded(part: String) throws {
            let (status, output) = try TransactionProofTests.run("20000 1 without \(part)")
            #expect(status == 1 && output.hasPrefix("schedule "), "\(output)")
        }

        @Test func aSeedRepeatsARun() throws {
            let (_, found) = try TransactionProofTests.run("20000 1 without validation")
            let seed = found.dropFirst("schedule ".count).prefix { $0.isNumber }
            let (status, again) = try TransactionProofTests.run("1 \(seed) without validation")
            #expect(status == 1 && again == found)
        }

        private static func run(_ arguments: String) throws -> (status: Int32, output: String) {
            let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
                .deletingLastPathComponent()
            let process = Process()
            let output = Pipe()
            process.executableURL = folder.appending(path: "TransactionProof")
            process.arguments = arguments.split(separator: " ").map(String.init)
            process.standardOutput = output
            try process.run()
            let text = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: text, as: UTF8.self))
        }
    }
#endif
