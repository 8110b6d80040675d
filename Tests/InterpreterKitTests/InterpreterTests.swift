import InterpreterKit
import Mini
import Synchronization
import Testing

/// The embedding API: any number of machines, each usable again and again.
@Suite struct InterpreterTests {
    final class Printed: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        var output: Output { Output { [self] text in bytes.withLock { $0 += text } } }
        var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    }

    private func interpreter(
        _ printed: Printed, _ backend: BackendChoice = .standard, threads: Int = 1,
        choices: [String: String] = [:]
    ) throws -> Interpreter<Mini> {
        try Interpreter<Mini>(
            backend: backend, configuration: .init(threads: threads), output: printed.output,
            choices: choices)
    }

    @Test(arguments: BackendChoice.allCases)
    func oneMachineRunsManyPrograms(_ backend: BackendChoice) throws {
        let printed = Printed()
        let interpreter = try interpreter(printed, backend)
        for text in ["1 !x", "foo", "@x 1 + !x", "9223372036854775807 ."] {
            _ = try interpreter.run(Source(name: "-", text: text))
        }
        #expect(printed.text == "x = 1\nx = 2\n")
    }

    @Test func machinesShareNothing() throws {
        let printed = [Printed(), Printed()]
        let interpreters = try printed.map { try interpreter($0) }
        for (i, one) in interpreters.enumerated() {
            _ = try one.run(Source(name: "-", text: "\(i + 7) !x"))
        }
        #expect(printed.map(\.text) == ["x = 7\n", "x = 8\n"])
    }

    @Test func unknownOptionsAreRefused() {
        #expect(throws: OptionError.self) { try interpreter(Printed(), choices: ["mode": "x"]) }
        let wrong = #expect(throws: OptionError.self) {
            try interpreter(Printed(), choices: ["mapping": "none"])
        }
        #expect("\(wrong!)" == "'none' is not a value of option 'mapping' (word, access, block)")
    }

    @Test(arguments: BackendChoice.allCases)
    func anInterruptBeforeTheStartStops(_ backend: BackendChoice) throws {
        let interpreter = try interpreter(Printed(), backend, threads: 2)
        interpreter.machine.interrupt()
        let outcome = try interpreter.run(Source(name: "-", text: "1000000000000 times end"))
        guard case .interrupted = outcome else { throw Unexpected(outcome: outcome) }
        guard case .finished = try interpreter.run(Source(name: "-", text: "1 ."))
        else { throw Unexpected(outcome: outcome) }
    }

    @Test(arguments: BackendChoice.allCases)
    func objectsCanBeBuiltFromOutside(_ backend: BackendChoice) throws {
        let machine = try interpreter(Printed(), backend).machine
        let kept = try machine.quantum { q in
            // Enough garbage for several collections.
            for i in 0..<1_000_000 {
                _ = q.newTuple(count: 4) { $0.update(repeating: Value(i), count: 4) }
            }
            return q.newArray(capacity: 3, filling: Value(5))!
        }
        machine.heap.keep(Value(kept))
        let sum = try machine.quantum { q in (0..<3).reduce(0) { $0 + q[kept, $1].int } }
        #expect(sum == 15)
    }

    struct Unexpected: Error { let outcome: Outcome }
}
