import ArgumentParser
import InterpreterKit

/// How the machine is to run, from flags and environment; a flag beats its variable.
struct MachineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            What makes quanta atomic. [$QUANTA_BACKEND] \
            (default: \(BackendChoice.standard.rawValue))
            """, valueName: "name"))
    var backend: BackendChoice?

    @Option(
        help: ArgumentHelp(
            "Guest threads, 1 to \(MachineOptions.mostThreads). [$QUANTA_THREADS] (default: cores)",
            valueName: "n"))
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Decides the schedule of the serial backend. (default: 0)", valueName: "n"))
    var seed: UInt64?

    @Flag(help: "The serial backend runs each quantum twice and undoes the first try.")
    var abortEveryQuantum = false

    @Option(help: ArgumentHelp("Memory for guest objects, in MB.", valueName: "mb"))
    var heapLimit: Int?

    @Flag(help: "Afterwards, report on standard error what the machine did.")
    var stats = false

    @Flag(name: .customLong("no-ffi"), help: "The guest may not call C functions.")
    var noForeignCode = false

    @Option(
        name: .customLong("allow-ffi"),
        help: ArgumentHelp(
            "The guest may call C functions of this library, or only these; may be repeated.",
            valueName: "library[:function,...]"))
    var allowedForeignCode: [String] = []

    @Flag(
        name: .customLong("ffi-stats"),
        help: "Afterwards, report calls, time and routes of each C function on standard error.")
    var foreignStatistics = false

    static let mostThreads = 128

    /// What the guest may bind.
    var foreignPolicy: GatewayPolicy {
        if noForeignCode { return .denyAll }
        return allowedForeignCode.isEmpty ? .allowAll : .allow(allowedForeignCode)
    }

    func validate() throws {
        if let threads, !(1...MachineOptions.mostThreads).contains(threads) {
            throw ValidationError(
                "--threads takes a number from 1 to \(MachineOptions.mostThreads), not \(threads)")
        }
        if let heapLimit, !(1...1 << 24).contains(heapLimit) {
            throw ValidationError("--heap-limit takes 1 MB or more, not \(heapLimit)")
        }
        if noForeignCode && !allowedForeignCode.isEmpty {
            throw ValidationError("--no-ffi and --allow-ffi exclude each other")
        }
        let backend = try effectiveBackend()
        if backend != .serial && (seed != nil || abortEveryQuantum) {
            let flag = abortEveryQuantum ? "--abort-every-quantum" : "--seed"
            throw ValidationError("\(flag) is for --backend serial, not \(backend.rawValue)")
        }
        _ = try effectiveThreads()
    }

    func effectiveBackend() throws -> BackendChoice {
        if let backend { return backend }
        guard let name = variable("QUANTA_BACKEND") else { return .standard }
        guard let backend = BackendChoice(rawValue: name) else {
            throw ValidationError(
                "QUANTA_BACKEND is '\(name)'; the backends are \(BackendChoice.list)")
        }
        return backend
    }

    private func effectiveThreads() throws -> Int? {
        if let threads { return threads }
        guard let text = variable("QUANTA_THREADS") else { return nil }
        guard let threads = Int(text), (1...MachineOptions.mostThreads).contains(threads) else {
            throw ValidationError(
                "QUANTA_THREADS is '\(text)'; a number from 1 to \(MachineOptions.mostThreads) is "
                    + "needed")
        }
        return threads
    }
    private func variable(_ name: String) -> String? {
        environment(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    func configuration() throws -> VirtualMachine.Configuration {
        VirtualMachine.Configuration(
            heap: Heap.Configuration(limit: heapLimit.map { $0 << 20 }),
            threads: try effectiveThreads())
    }
}

extension BackendChoice: ExpressibleByArgument {
    /// For sentences.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
