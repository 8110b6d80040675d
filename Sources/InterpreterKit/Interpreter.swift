import GILBackend
import STMBackend
import SerialBackend

/// Which mechanism makes quanta atomic.
public enum BackendChoice: String, CaseIterable, Sendable {
    case gil, stm, serial
}

/// A language on a machine: the embedding API. A process may hold any number.
///
/// ```swift
/// let interpreter = try Interpreter<Counting>(backend: .gil, output: .standard)
/// let outcome = try interpreter.run(Source(name: "-", text: "1000"))
/// ```
public final class Interpreter<L: Language> {
    /// How a run ended.
    public enum Outcome: Sendable {
        case finished
        case failed(Diagnostic)
        case exited(Int32)
        case interrupted
    }

    public let machine: VirtualMachine
    public let language: L

    @inlinable
    public init(
        backend: BackendChoice, seed: UInt64 = 0, abortEveryQuantum: Bool = false,
        configuration: VirtualMachine.Configuration = .init(),
        output: Output, arguments: [String] = []
    ) throws {
        let scheduler: Scheduler
        let drive: (ThreadContext, UnsafeMutablePointer<L.Task>) -> Void
        switch backend {
        case .gil:
            let gil = GILScheduler()
            scheduler = gil
            drive = { t, task in gil.drive(t, task) }
        case .stm:
            let stm = STMScheduler()
            scheduler = stm
            drive = { t, task in stm.drive(t, task) }
        case .serial:
            let serial = SerialScheduler(seed: seed, abortEveryQuantum: abortEveryQuantum)
            scheduler = serial
            drive = { t, task in serial.drive(t, task) }
        }
        machine = try VirtualMachine(
            scheduler, shapes: L.shapes, configuration: configuration, output: output)
        machine.host(L.Task.self, drive: drive)
        language = L(Host(machine: machine, arguments: arguments))
    }

    /// Runs a program to its end.
    public func run(_ source: Source) throws -> Outcome {
        try execute { () throws(Diagnostic) in try language.tasks(for: source) }
    }
    /// Runs one interactive input; the machine stays usable after an error.
    public func runInteractively(_ source: Source) throws -> Outcome {
        let outcome = try execute { () throws(Diagnostic) in
            try language.interactiveTasks(for: source)
        }
        if case .finished = outcome { return outcome }
        language.recover()
        machine.clearHalt()
        return outcome
    }

    private func execute(_ tasks: () throws(Diagnostic) -> [L.Task]) throws -> Outcome {
        let threads: [L.Task]
        do throws(Diagnostic) { threads = try tasks() } catch { return .failed(error) }
        _ = try machine.run(threads)
        switch machine.halt {
        case nil:
            machine.output.write(language.epilogue())
            return .finished
        case .failed(let error): return .failed(error as? Diagnostic ?? Diagnostic("\(error)"))
        case .exit(let status): return .exited(status)
        case .interrupted: return .interrupted
        }
    }
}
