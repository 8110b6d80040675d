import Glibc
import InterpreterKit
import PythonSyntax

/// Statements that the user types, each run as soon as it is complete.
extension VM {
    func beginSession() throws(Unwind) {
        _ = try newMainModule()
        try setStart(argument: "", folder: "")
        try startPrompts()
        if !python.system.settings.isQuiet {
            let (major, minor, micro) = ModuleBuilder.version
            try writeError(
                Array(
                    "Python \(major).\(minor).\(micro) (quanta, backend \(machine.scheduler.name)) on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n"
                        .utf8))
        }
    }
    private func startPrompts() throws(Unwind) {
        let sys = find(shared.pointee.modules, name: intern("sys"))
        if try findAttribute(sys, intern("ps1")) == .unbound {
            try setAttribute(sys, intern("ps1"), try string(Python.prompts.first))
            try setAttribute(sys, intern("ps2"), try string(Python.prompts.more))
        }
    }

    /// Reads a statement and leaves a frame that runs it. At the end of input the program ends.
    func enterStatement(_ base: Frame, _ register: Int) throws(Unwind) -> Position {
        try startPrompts()
        guard let text = try readStatement() else {
            try writePrompt("\n")
            try endProgram(with: nil)
            return try finish(.result, .none, register)
        }
        let code = try compile(Source(name: "<stdin>", bytes: text), mode: .single)
        let known = find(shared.pointee.modules, name: intern("__main__"))
        let module = known.isA(Kind.module) ? known.reference : try newMainModule()
        return try enter(code, self[module, ModuleObject.namespace], base, register)
    }
    /// What a statement has raised is reported; the session goes on.
    func reportInSession(_ exception: Value) throws(Unwind) {
        if isInstance(exception, .systemExit) { return try endProgram(with: exception) }
        let sys = find(shared.pointee.modules, name: intern("sys"))
        try setAttribute(sys, intern("last_type"), Value(type(of: exception)))
        try setAttribute(sys, intern("last_value"), exception)
        try setAttribute(
            sys, intern("last_traceback"), self[exception.reference, Exception.traceback])
        let end = try reportEnd(exception)
        // An embedding program hears of it; a session goes on.
        if python.program?.kind == .input { try halt(end) }
    }

    /// The lines of a statement; nil at the end of input.
    private func readStatement() throws(Unwind) -> [UInt8]? {
        var text: [UInt8] = []
        while true {
            try writePrompt(try promptText(text.isEmpty ? "ps1" : "ps2"))
            let line: Value
            do throws(Unwind) {
                line = try readLine(text: python.system[.standardInput].reference, -1)
            } catch {
                guard error == .raise, isInstance(pending, .keyboardInterrupt) else { throw error }
                pending = .none
                text = []
                try writeError(Array("\nKeyboardInterrupt\n".utf8))
                continue
            }
            let bytes = utf8(line)
            if bytes.isEmpty {
                if text.isEmpty { return nil }
                return text
            }
            let isBlank = bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0C }
            if text.isEmpty, Python.isBlank(Source(name: "", bytes: bytes)) { continue }
            text += bytes
            if !Python.needsMore(text, lastIsBlank: isBlank) { return text }
        }
    }
    private func promptText(_ name: StaticString) throws(Unwind) -> String {
        let sys = find(shared.pointee.modules, name: intern("sys"))
        let prompt = try findAttribute(sys, intern(name))
        return prompt == .unbound ? "" : text(try str(prompt))
    }
    /// To standard output on a terminal, else out of the way of the program's output.
    private func writePrompt(_ prompt: String) throws(Unwind) {
        let isTerminal = isatty(STDIN_FILENO) == 1
        Array(prompt.utf8).withUnsafeBufferPointer {
            writeStandard(isTerminal ? STDOUT_FILENO : STDERR_FILENO, $0)
        }
    }
}

extension Python {
    /// Nothing but blank lines and comments.
    static func isBlank(_ source: Source) -> Bool {
        source.bytes.split(separator: 0x0A).allSatisfy { line in
            let code = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0C || $0 == 0x0D }
            return code.isEmpty || code.first == UInt8(ascii: "#")
        }
    }
    /// Whether a statement goes on behind these lines. A blank line ends one of several lines.
    static func needsMore(_ text: [UInt8], lastIsBlank: Bool) -> Bool {
        let source = Source(name: "<stdin>", bytes: text)
        do throws(PythonSyntaxError) {
            _ = try parse(source, mode: .single, impliesDedent: lastIsBlank)
            return false
        } catch { return error.isIncomplete }
    }
    public func isIncomplete(_ source: Source) -> Bool {
        let lines = source.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        let last = lines.dropLast().last ?? []
        return Python.needsMore(
            source.bytes, lastIsBlank: last.allSatisfy { $0 == 0x20 || $0 == 0x09 })
    }
}
