import Testing

/// The interactive mode, fed through a pipe or through a terminal.
@Suite struct PromptTests {
    private func converse(_ input: String, _ options: String = "") throws -> Shell.Result {
        try Shell.run("mini --threads 1 \(options)", input: input)
    }

    @Test func inputsRunOneAfterTheOther() throws {
        let result = try converse("1 .\n5 !x\n@x 1 + .\n")
        #expect(result.output == "1\nx = 5\n6\nx = 5\n" && result.status == 0)
        #expect(result.errors.isEmpty)
    }

    @Test func errorsAreSurvived() throws {
        let result = try converse("1 .\nfoo\n2305843009213693951 1 +\n2 .")
        #expect(result.output == "1\n2\n" && result.status == 0)
        #expect(result.errors.contains("unknown word 'foo'"))
        #expect(result.errors.contains("more than 62 bits"))
    }

    @Test func openBlocksTakeMoreLines() throws {
        #expect(try converse("3 times\n1 .\nend\n").output == "1\n1\n1\n")
        #expect(try converse("[ 1 .\n").errors.contains("'[' is never closed"))
    }

    @Test func thePromptHasItsOwnWords() throws {
        #expect(try converse(":help\n").output.contains(":stats"))
        #expect(try converse(":stats\n").output.contains("quanta"))
        #expect(try converse("1 .\n:quit\n2 .\n").output == "1\n")
        #expect(try converse(":other\n").errors.contains("unknown word ':other'"))
        #expect(try Shell.run("quanta repl mini --threads 1", input: "1 .\n").output == "1\n")
    }

    @Test func duhtonAlwaysPrompts() throws {
        let result = try Shell.run("duhton", input: "(print 1)\n(foo)\n(+ 2\n3)\n")
        #expect(result.output == "))) 1\nNone\n))) ))) ... 5\n))) \n")
        #expect(result.errors.contains("symbol not defined as a function: 'foo'"))
    }

    /// `script` gives the program a terminal; each input is typed when the one before is answered.
    @Test func aTerminalGetsPromptsAndControlC() throws {
        let terminal = try Conversation(
            "TERM=xterm exec env --default-signal=INT script -qec 'exec mini --threads 1' /dev/null"
        )
        try terminal.await("help\r\n> ")
        terminal.type("1 .\n")
        try terminal.await("1 .\r\n1\r\n> ")
        terminal.type("1000000000000 times end\n")
        try terminal.await("end\r\n")
        terminal.type("\u{3}")
        try terminal.await("^C\r\n> ")
        terminal.type("[ half")
        try terminal.await("half")
        terminal.type("\u{3}")
        try terminal.await("^C\r\n> ")
        terminal.type("foo\n")
        try terminal.await("unknown word 'foo'")
        try terminal.await("> ")
        terminal.type("[ 2 .\n")
        try terminal.await(". ")
        terminal.type("]\n")
        try terminal.await("]\r\n2\r\n> ")
        terminal.type("\u{4}")
        try terminal.await("\r\n")
        #expect(terminal.end() == 0)
    }
}
