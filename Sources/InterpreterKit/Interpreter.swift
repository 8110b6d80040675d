import Gateway
import STMBackend
import SerialBackend

/// A language on a machine: the embedding API. A process may hold any number.
///
/// ```swift
/// let interpreter = try Interpreter<Counting>(output: .standard)
/// let outcome = try interpreter.run(Source(name: "-", text: "1000"))
/// ```
public final class Interpreter<L: Language> {
    public let machine: VirtualMachine
    public let language: L
    /// The recording that the next run writes or follows.
    enum Tape {
        case writing(Recorder)
        case reading(Recording)
    }
    var tape: Tape?
    /// Of the run, apart from the program.
    var description: [(name: String, value: String)] = []

    /// - Parameters:
    ///   - seed: decides the schedule of the serial backend; others ignore it.
    ///   - abortEveryQuantum: the serial backend runs each quantum twice and undoes the first try.
    ///   - alwaysTransactions: the stm backend runs transactions even while one thread is alone.
    ///   - choices: values for options of the language; missing ones get their defaults.
    ///   - arguments: for the guest program.
    ///   - foreignPolicy: which C functions it may bind.
    /// - Throws: ``OptionError`` for a choice that the language does not offer,
    ///   `VirtualMachine.StartError` when the system refuses address space.
    public convenience init(
        backend: BackendChoice = .standard, seed: UInt64 = 0, abortEveryQuantum: Bool = false,
        alwaysTransactions: Bool = false, configuration: VirtualMachine.Configuration = .init(),
        output: Output,
        arguments: [String] = [], choices: [String: String] = [:],
        foreignPolicy: GatewayPolicy = .allowAll
    ) throws {
        try self.init(
            L.drivers.start(
                backend, seed: seed, abortEveryQuantum: abortEveryQuantum,
                alwaysTransactions: alwaysTransactions),
            configuration, output, arguments, choices, foreignPolicy)
    }

    /// On the serial backend, in the order of `turns` and then in the usual one.
    public convenience init(
        following turns: Turns, configuration: VirtualMachine.Configuration = .init(),
        output: Output, arguments: [String] = [], choices: [String: String] = [:],
        foreignPolicy: GatewayPolicy = .allowAll
    ) throws {
        try self.init(
            L.drivers.start(SerialScheduler(following: turns)), configuration, output, arguments,
            choices, foreignPolicy)
    }
    convenience init(
        _ schedule: Schedule, _ configuration: VirtualMachine.Configuration, _ output: Output,
        _ arguments: [String], _ choices: [String: String], _ foreignPolicy: GatewayPolicy
    ) throws {
        try self.init(
            L.drivers.start(SerialScheduler(schedule)), configuration, output, arguments, choices,
            foreignPolicy)
    }

    /// On transactions of random lengths up to 64 breaks, of which one in four is rolled back without
    /// need and one in 200 begins with a collection, with stretches of running alone in between; for tests.
    package convenience init(
        withForcedAborts configuration: VirtualMachine.Configuration, output: Output,
        choices: [String: String], recorder: Recorder? = nil
    ) throws {
        var faults = FaultInjection()
        faults.abortOneIn = 4
        faults.randomLength = 64
        faults.collectOneIn = 200
        faults.switchOneIn = 20
        try self.init(
            L.drivers.start(STMScheduler(injection: faults, recorder: recorder)), configuration,
            output, [], choices, .allowAll)
        if let recorder { use(.writing(recorder), configuration, [], choices) }
    }

    init(
        _ backend: Drivers<L.Task>.Started, _ configuration: VirtualMachine.Configuration,
        _ output: Output, _ arguments: [String], _ choices: [String: String],
        _ foreignPolicy: GatewayPolicy
    ) throws {
        let choices = try OptionError.choices(L.options, given: choices)
        machine = try VirtualMachine(
            backend.scheduler, shapes: L.shapes, configuration: configuration, output: output)
        machine.host(L.Task.self, drive: backend.drive, run: backend.run)
        language = L(
            Host(
                machine: machine, arguments: arguments, choices: choices,
                foreignPolicy: foreignPolicy))
    }

    /// Runs a program to its end.
    ///
    /// - Throws: `VirtualMachine.StartError` when a guest thread cannot be made.
    public func run(_ source: Source) throws -> Outcome {
        if tape != nil { return try taped(source) { try runOnce(source) } }
        return try runOnce(source)
    }
    private func runOnce(_ source: Source) throws -> Outcome {
        try execute { () throws(Diagnostic) in try language.tasks(for: source) }
    }
    /// Runs one interactive input; the machine stays usable after an error.
    public func runInteractively(_ source: Source) throws -> Outcome {
        let outcome = try execute { () throws(Diagnostic) in
            try language.interactiveTasks(for: source)
        }
        if case .finished = outcome { return outcome }
        language.recover()
        return outcome
    }

    /// Runs a session in which the guest reads what the user types.
    public func runSession() throws -> Outcome {
        try execute { () throws(Diagnostic) in language.sessionTasks() }
    }

    private func execute(_ tasks: () throws(Diagnostic) -> [L.Task]) throws -> Outcome {
        let threads: [L.Task]
        do throws(Diagnostic) { threads = try tasks() } catch { return .failed(error) }
        defer { machine.clearHalt() }
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

/// A schedule of the serial backend as text.
public typealias Turns = SerialBackend.Turns

/// How a run ended.
public enum Outcome: Sendable {
    /// All guest threads came to their ends.
    case finished
    /// The guest failed.
    case failed(Diagnostic)
    /// The guest asked to end with this status.
    case exited(Int32)
    /// Ctrl-C, or `VirtualMachine.interrupt()`.
    case interrupted

    /// All went well, in the guest's own view.
    public var isSuccess: Bool {
        switch self {
        case .finished, .exited(0): true
        default: false
        }
    }
}
