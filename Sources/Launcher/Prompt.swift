import Glibc
import InterpreterKit

/// The interactive mode: reads an input, runs it, survives what goes wrong, until the end of input.
///
/// Inputs are lines, or as many lines as the language needs. Ctrl-C at the prompt drops a half-typed
/// input, while a program runs it stops the program.
struct Prompt<L: Language> {
    private let session: Session<L>
    private let reader: LineReader
    private let showsPrompts: Bool
    private let isConversation: Bool

    init(_ session: Session<L>) {
        self.session = session
        reader = LineReader(requests: session.requests)
        isConversation = isatty(STDIN_FILENO) == 1
        showsPrompts = isConversation || L.alwaysPrompts
    }

    /// Until the end of input or the guest's own exit; returns the exit status.
    func run() throws -> Int32 {
        if isConversation {
            Console.standardOutput.write(
                "\(L.name) \(Launcher.version), backend \(session.interpreter.machine.scheduler.name);"
                    + " :help for help\n")
        }
        while let text = input() {
            switch Command(text) {
            case .help: Console.standardOutput.write(Command.explanation)
            case .stats: Console.standardOutput.write(session.statisticsReport)
            case .quit: return 0
            case nil:
                if let status = try evaluate(text) { return status }
            }
        }
        if showsPrompts { Console.standardOutput.write("\n") }
        return 0
    }

    /// Runs one input; an exit status when it was the last.
    private func evaluate(_ text: [UInt8]) throws -> Int32? {
        var last: Int32?
        let outputError = try session.requests.watch(session.interpreter.machine) {
            let outcome = try session.interpreter.runInteractively(
                Source(name: "<input>", bytes: text))
            let status = session.report(outcome)
            if case .exited = outcome { last = status }
            if case .interrupted = outcome, isConversation { Console.standardOutput.write("\n") }
        }
        return outputError == 0 ? last : session.brokenOutput(outputError)
    }

    /// The lines of one input; nil at the end.
    private func input() -> [UInt8]? {
        var text = [UInt8]()
        prompt(L.prompts.first)
        while true {
            switch reader.next() {
            case .line(let line):
                text += line
                if Command(text) != nil || !needsMore(text) { return text }
                prompt(L.prompts.more)
            case .interrupted:
                text = []
                if showsPrompts { Console.standardOutput.write("\n") }
                prompt(L.prompts.first)
            case .end: return text.isEmpty ? nil : text
            }
        }
    }

    private func needsMore(_ text: [UInt8]) -> Bool {
        session.interpreter.language.isIncomplete(Source(name: "<input>", bytes: text))
    }

    private func prompt(_ text: String) {
        if showsPrompts { Console.standardOutput.write(text) }
    }
}

/// What the prompt itself understands.
private enum Command: String {
    case help, stats, quit

    init?(_ line: [UInt8]) {
        guard line.first == UInt8(ascii: ":") else { return nil }
        let word = line.dropFirst().prefix { $0 > 0x20 }
        self.init(rawValue: String(decoding: word, as: UTF8.self))
    }

    static let explanation = """
        :help   this text
        :stats  what the machine has done so far
        :quit   ends; so does the end of input (Ctrl-D)
        Ctrl-C  stops the running program, or drops the input typed so far

        """
}

/// Lines of standard input. A wait for one ends on Ctrl-C.
private final class LineReader {
    enum Event {
        /// With its newline, if it has one.
        case line([UInt8])
        case interrupted
        case end
    }

    private let requests: StopRequests
    private var buffer: [UInt8] = []
    private var scanned = 0

    init(requests: StopRequests) { self.requests = requests }

    func next() -> Event {
        while true {
            if let end = buffer[scanned...].firstIndex(of: 0x0A) { return .line(take(end + 1)) }
            scanned = buffer.count
            switch requests.wait(for: STDIN_FILENO) {
            case .interrupted:
                _ = take(buffer.count)
                return .interrupted
            case .readable:
                if !fill() { return buffer.isEmpty ? .end : .line(take(buffer.count)) }
            }
        }
    }

    private func take(_ count: Int) -> [UInt8] {
        let line = Array(buffer[..<count])
        buffer.removeFirst(count)
        scanned = 0
        return line
    }

    /// False at the end of input.
    private func fill() -> Bool {
        let old = buffer.count
        var count = 0
        repeat {
            buffer += [UInt8](repeating: 0, count: 4096)
            count = buffer.withUnsafeMutableBytes {
                read(STDIN_FILENO, $0.baseAddress! + old, 4096)
            }
            buffer.removeLast(4096 - max(count, 0))
        } while count < 0 && errno == EINTR
        return count > 0
    }
}
