import Testing

/// Programs that are stopped, and output that nobody takes.
@Suite struct StopTests {
    /// Starts a program with SIGINT as a terminal would leave it, and interrupts it when it has a
    /// guest thread and a thread that waits for signals.
    private func interrupted(_ program: String, times: Int = 1) throws -> Shell.Result {
        let interrupts = String(repeating: "sleep 0.3; kill -INT $p; ", count: times)
        return try Shell.run(
            """
            env --default-signal=INT \(program) & p=$!
            until [ $(ls /proc/$p/task | wc -l) -ge 3 ]; do sleep 0.02; done
            \(interrupts)
            wait $p; echo status $?
            """)
    }

    @Test(
        arguments: ["gil", "stm", "serial"],
        ["1000000000000 times @x 1 + !x end", "[ 1000000000000 times end ]"])
    func controlCStopsAndKeepsTheOutput(_ backend: String, _ loop: String) throws {
        let result = try interrupted("mini --backend \(backend) --threads 1 -e '7 .' -e '\(loop)'")
        #expect(result.output == "7\nstatus 130\n")
    }

    @Test func aSecondControlCEndsTheProcessAtOnce() throws {
        // Nobody reads: the guest waits for its output and comes to no break.
        let result = try interrupted(
            "mini -e '1000000000000 times 1 . end' > >(exec sleep 3 > /dev/null 2>&1)", times: 2)
        #expect(result.output == "status 130\n")
    }

    @Test func theReportComesAllTheSame() throws {
        let result = try interrupted("mini --stats -e '1000000000000 times end'")
        #expect(result.output == "status 130\n")
        #expect(result.errors.contains("wall time"))
    }

    @Test func aReaderThatHasGoneEndsTheProgram() throws {
        let result = try Shell.run(
            "mini --threads 1 -e '1000000000000 times 1 . end' | head -1; echo ${PIPESTATUS[0]}")
        #expect(result.output == "1\n141\n" && result.errors.isEmpty)
    }

    @Test(arguments: ["1 .", "1000000000000 times 1 . end"])
    func outputThatCannotBeWrittenIsAnError(_ program: String) throws {
        let result = try Shell.run("mini -e '\(program)' > /dev/full")
        #expect(result.status == 1)
        #expect(
            result.errors == "mini: error: cannot write standard output: No space left on device\n")
    }

    @Test func closedStreamsDoNoHarm() throws {
        #expect(try Shell.run("mini <&-").status == 0)
        #expect(try Shell.run("mini -e '1 .' >&-").status == 1)
        #expect(try Shell.run("mini -e foo 2>&-").status == 1)
    }

    @Test func tooLittleMemoryIsAMessage() throws {
        let names = "seq 300000 | sed 's/.*/@cell& ./'"
        let result = try Shell.run("\(names) | mini --heap-limit 1 --threads 1 - > /dev/null")
        #expect(result.status == 1)
        #expect(result.errors.contains("out of memory"))
    }

    @Test func noAddressSpaceIsAMessage() throws {
        let result = try Shell.run("ulimit -v 200000; mini -e '1 .'")
        #expect(result.status == 70)
        #expect(result.errors.contains("the system refused address space"))
    }
}
