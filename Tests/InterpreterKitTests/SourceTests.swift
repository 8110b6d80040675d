import InterpreterKit
import Testing

@Suite struct SourceTests {
    let source = Source(name: "a.mini", text: "one\n\ttwo äö x\r\nthree")

    @Test func positionsCountScalars() {
        #expect(source.position(at: 0) == (1, 1))
        #expect(source.position(at: 4) == (2, 1))
        let x = source.bytes.firstIndex(of: UInt8(ascii: "x"))!
        #expect(source.position(at: x) == (2, 9))
        #expect(source.position(at: 1000) == (3, 6))
    }

    @Test func linesHaveNoEnd() {
        #expect(source.line(1) == "one")
        #expect(source.line(2) == "\ttwo äö x")
        #expect(source.line(3) == "three")
        #expect(source.line(0).isEmpty && source.line(4).isEmpty)
    }

    @Test func unreadableFilesSayWhy() {
        let missing = #expect(throws: FileError.self) { try Source.file("/does/not/exist") }
        #expect("\(missing!)" == "cannot read '/does/not/exist': No such file or directory")
        let folder = #expect(throws: FileError.self) { try Source.file("/") }
        #expect("\(folder!)" == "cannot read '/': Is a directory")
    }
}

@Suite struct DiagnosticTests {
    let source = Source(name: "a.mini", text: "1 .\n\t2 foo .\n")

    @Test func caretsPointAtThePlace() {
        let diagnostic = Diagnostic("unknown word", at: .init(source, at: 7, length: 3))
        #expect(
            diagnostic.report() == """
                a.mini:2:4: error: unknown word
                     2 foo .
                       ^^^

                """)
    }

    @Test func noPlaceNoExcerpt() {
        #expect(Diagnostic("out of memory").report() == "error: out of memory\n")
    }

    @Test func caretsStayOnTheLine() {
        let report = Diagnostic("odd", at: .init(source, at: 11, length: 50)).report()
        #expect(report.contains("    \u{20}2 foo .\n           ^\n"))
    }

    @Test func longLinesAreCut() {
        let long = Source(name: "l", text: String(repeating: "x", count: 5000))
        let report = Diagnostic("odd", at: .init(long, at: 4000)).report()
        #expect(report.split(separator: "\n").allSatisfy { $0.count < 120 })
    }

    @Test func longTracebacksKeepBothEnds() {
        let frames = (0..<1000).map { Diagnostic.Frame(name: "f\($0)", place: nil) }
        let report = Diagnostic("deep", traceback: frames).report()
        #expect(report.contains("in f0\n") && report.contains("in f999\n"))
        #expect(report.contains("... 976 more frames ..."))
        #expect(report.split(separator: "\n").count < 30)
    }
}
