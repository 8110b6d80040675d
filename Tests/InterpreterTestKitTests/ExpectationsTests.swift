import InterpreterKit
import InterpreterTestKit
import Testing

@Suite struct ExpectationsTests {
    @Test func commentsAreFoundBehindCode() throws {
        let text = """
            (print 1) ; expect: 1
            ; an ordinary comment; expect unordered:  two
            (f) ; expect error: no 'f'
            ; expect exit: 3
            ; with: threads=1,4 mode=fast
            """
        let found = try Expectations(of: Source(name: "a", text: text), marker: ";")
        #expect(found.ordered == ["1"])
        #expect(found.unordered == [" two"])
        #expect(found.error?.message == "no 'f'" && found.error?.line == 3)
        #expect(found.exit == 3)
        #expect(found.conditions == ["threads": ["1", "4"], "mode": ["fast"]])
        #expect(!found.isEmpty)
    }

    @Test func otherMarkersWork() throws {
        let found = try Expectations(
            of: Source(name: "a", text: "print(1)  # expect: 1\r\n# nothing"), marker: "#")
        #expect(found.ordered == ["1"])
    }

    @Test(arguments: ["; expect 1", "; expect ordered: 1", "; expect exit: x", "; with: threads"])
    func misspelledOnesAreErrors(_ text: String) {
        #expect(throws: Expectations.Malformed.self) {
            try Expectations(of: Source(name: "a", text: text), marker: ";")
        }
    }

    @Test func conditionsNarrowTheSettings() {
        #expect(Setting.all().count > 20)
        let narrowed = Setting.all(where: [
            "backend": ["serial"], "threads": ["3"], "seed": ["8"], "mapping": ["word", "block"],
        ])
        #expect(narrowed.count == 4)
        #expect(narrowed.allSatisfy { $0.backend == .serial && $0.threads == 3 && $0.seed == 8 })
    }
}
