import CHost
import Glibc
import InterpreterKit

/// How the user wants a program to run.
struct SessionOptions {
    /// As in messages.
    var programName: String
    var backend: BackendChoice
    var seed: UInt64
    var abortEveryQuantum: Bool
    var alwaysTransactions: Bool
    /// Beats `seed`.
    var turns: Turns?
    var recorder: Recorder?
    var recording: Recording?
    var configuration: VirtualMachine.Configuration
    var choices: [String: String]
    var arguments: [String]
    var foreignPolicy: GatewayPolicy
    var showsStatistics: Bool
    var showsForeignStatistics: Bool
}

/// One interpreter between the standard streams, from its start to an exit status.
struct Session<L: Language> {
    let name: String
    let interpreter: Interpreter<L>
    let requests: StopRequests
    private let statistics = Statistics()
    private let showsStatistics: Bool
    private let showsForeignStatistics: Bool

    init(_ options: SessionOptions) throws {
        let requests = try StopRequests()
        self.requests = requests
        name = options.programName
        showsStatistics = options.showsStatistics
        showsForeignStatistics = options.showsForeignStatistics
        if showsForeignStatistics { CallLedger.isKept = true }
        let output = Output.standard(failed: requests.outputFailed)
        if let turns = options.turns {
            interpreter = try Interpreter<L>(
                following: turns, configuration: options.configuration, output: output,
                arguments: options.arguments, choices: options.choices,
                foreignPolicy: options.foreignPolicy)
        } else if let recorder = options.recorder {
            interpreter = try Interpreter<L>(
                recordingTo: recorder, configuration: options.configuration, output: output,
                arguments: options.arguments, choices: options.choices,
                foreignPolicy: options.foreignPolicy)
        } else if let recording = options.recording {
            interpreter = try Interpreter<L>(
                replaying: recording, configuration: options.configuration, output: output,
                arguments: options.arguments, choices: options.choices,
                foreignPolicy: options.foreignPolicy)
        } else {
            interpreter = try Interpreter<L>(
                backend: options.backend, seed: options.seed,
                abortEveryQuantum: options.abortEveryQuantum,
                alwaysTransactions: options.alwaysTransactions,
                configuration: options.configuration, output: output, arguments: options.arguments,
                choices: options.choices,
                foreignPolicy: options.foreignPolicy)
        }
        let limit = options.configuration.heap.limit
        let name = name
        interpreter.machine.exhausted = {
            Session.complain(name, "out of memory: the heap limit of \(limit >> 20) MB is used up")
            fflush(nil)
            _exit(ExitStatus.guestError)
        }
    }

    /// Runs a program to its end; returns the exit status.
    func run(_ body: () throws -> Outcome) throws -> Int32 {
        var status: Int32 = 0
        // The process ends after this.
        interpreter.machine.patienceAtEnd = 200_000_000
        let outputError = try requests.watch(interpreter.machine) { status = report(try body()) }
        if showsStatistics { Console.standardError.write(statisticsReport) }
        if showsForeignStatistics { Console.standardError.write(ForeignFunction.report) }
        return outputError == 0 ? status : brokenOutput(outputError)
    }

    /// Tells something about a program; returns the exit status.
    func inspect(_ source: Source, _ option: String, _ value: String) -> Int32 {
        let result = interpreter.language.inspect(source, option: option, value: value)
        Console.standardOutput.write(result.text)
        guard let complaint = result.complaint else { return 0 }
        Console.standardError.write(complaint)
        return ExitStatus.guestError
    }

    var statisticsReport: String { statistics.report(interpreter.machine) }

    /// Tells the user how a run ended; returns the exit status.
    func report(_ outcome: Outcome) -> Int32 {
        switch outcome {
        case .finished: return 0
        case .failed(let diagnostic):
            if diagnostic.isReported { return ExitStatus.guestError }
            let errors = Console.standardError
            errors.write(diagnostic.report(colour: errors.hasColour))
            return ExitStatus.guestError
        case .exited(let status): return status & 0xFF
        case .interrupted: return ExitStatus.interrupted
        }
    }

    /// A reader that has gone is not worth a message.
    func brokenOutput(_ error: Int32) -> Int32 {
        if error == EPIPE { return ExitStatus.brokenPipe }
        Session.complain(name, "cannot write standard output: \(explain(error))")
        return ExitStatus.guestError
    }

    private static func complain(_ name: String, _ message: String) {
        Console.standardError.write("\(name): error: \(message)\n")
    }
}
