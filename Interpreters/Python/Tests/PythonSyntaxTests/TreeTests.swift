import InterpreterKit
import PythonSyntax
import Testing

@Suite struct TreeTests {
    @Test func equalsThatOfCPython() throws {
        let source = Source(name: "grammar.py", text: expected("grammar.py"))
        let ours = dumpAST(try parse(source, mode: .file), indent: 1).split(separator: "\n")
        let theirs = expected("grammar.ast").split(separator: "\n")
        #expect(!theirs.isEmpty)
        for (ours, theirs) in zip(ours, theirs) where ours != theirs {
            Issue.record("\(ours) is not \(theirs)")
            break
        }
        #expect(ours.count == theirs.count)
    }

    @Test func readsOtherEncodings() throws {
        let latin: [UInt8] = Array("# coding: latin-1\r\ns = '".utf8) + [0xE9] + Array("'".utf8)
        let module = try parse(Source(name: "latin.py", bytes: latin), mode: .file)
        #expect(dumpAST(module).contains("Constant(value='é')"))
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("x".utf8)
        #expect(try parse(Source(name: "mark.py", bytes: mark), mode: .file).body.count == 1)
    }

    @Test func knowsTheModes() throws {
        let source = Source(name: "test.py", text: "x + 1")
        let expression = try parse(source, mode: .eval)
        #expect(dumpAST(expression).hasPrefix("Expression("))
        #expect(dumpAST(try parse(source, mode: .single)).hasPrefix("Interactive("))
        #expect(throws: PythonSyntaxError.self) {
            try parse(Source(name: "test.py", text: "x = 1"), mode: .eval)
        }
    }
}
