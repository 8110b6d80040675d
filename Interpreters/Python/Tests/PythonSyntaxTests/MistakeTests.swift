import Foundation
import InterpreterKit
import PythonSyntax
import Testing

/// A text that is no program, and what CPython says of it.
struct Mistake: CustomTestStringConvertible, Sendable {
    var program: String
    var report: String
    var testDescription: String { program }

    static let all: [Mistake] = {
        let file = expected("mistakes.txt")
        return file.components(separatedBy: "---\n").dropFirst().map { entry in
            let parts = entry.components(separatedBy: "=> ")
            let report = parts[parts.count - 1].trimmingCharacters(in: .newlines)
            return Mistake(
                program: parts.dropLast().joined(separator: "=> "), report: report)
        }
    }()
}

/// A file of the folder `Expected`.
func expected(_ name: String) -> String {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Expected")
    return (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
}

@Suite struct MistakeTests {
    @Test(arguments: Mistake.all) func isReportedAsCPythonDoes(_ mistake: Mistake) {
        #expect(report(mistake.program) == mistake.report)
    }

    @Test func endsNeverInACrash() {
        for opening in ["(", "[", "{", "f(", "a[", "lambda: ", "not ", "-", "2**", "a+(", "(a:="] {
            _ = report(String(repeating: opening, count: 150) + "x y")
            _ = report(String(repeating: opening, count: 100_000) + "x y")
        }
        _ = report("a" + String(repeating: ".a", count: 100_000))
        _ = report("if a: pass\n" + String(repeating: "elif a: pass\n", count: 20_000))
    }

    @Test(arguments: [
        ("if x:", true), ("x = (1,", true), ("'''a", true), ("x = 1", false), ("x y", false),
        ("def f():\n  return", false), ("'a", true), ("@a", true), ("x = )", false),
    ])
    func tellsWhetherMoreLinesMayHelp(_ program: String, _ isIncomplete: Bool) {
        #expect(error(program, .single)?.isIncomplete ?? false == isIncomplete)
    }

    private func error(_ program: String, _ mode: ParseMode) -> PythonSyntaxError? {
        let source = Source(name: "test.py", text: program)
        do throws(PythonSyntaxError) {
            _ = try analyze(try parse(source, mode: mode, origin: .str))
            return nil
        } catch {
            return error
        }
    }

    private func report(_ program: String) -> String? {
        guard let error = error(program, .file) else { return nil }
        let kind =
            switch error.kind {
            case .syntaxError: "SyntaxError"
            case .indentationError: "IndentationError"
            case .tabError: "TabError"
            case .memoryError: "MemoryError"
            case .recursionError: "RecursionError"
            }
        func text(_ number: Int?) -> String { number.map(String.init) ?? "None" }
        return "\(kind) \(text(error.line)):\(text(error.offset))-\(text(error.endLine)):"
            + "\(text(error.endOffset)) \(error.message)"
    }
}
