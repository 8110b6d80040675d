import ArgumentParser
import InterpreterKit

/// How the machine is to run, from flags and environment; a flag beats its variable.
struct MachineOptions: ParsableArguments, CustomReflectable {
    var backend: BackendChoice?
    var threads: Int?
    var seed: UInt64?
    var abortEveryQuantum = false
    var alwaysTransactions = false
    var schedule: String?
    var explore = false
    var preemptions: Int?
    var schedules: Int?
    var record: String?
    var replay: String?
    var heapLimit: Int?
    var collectEvery: Int?
    var collectAfter: Int?
    var stats = false
    var noForeignCode = false
    var allowedForeignCode: [String] = []
    var foreignStatistics = false

    static let declared: [DeclaredOption<MachineOptions>] = [
        .value(
            "backend", "name",
            "What makes quanta atomic. [$QUANTA_BACKEND] (default: \(BackendChoice.standard.rawValue))"
        ) { $0.backend = $1 },
        .value(
            "threads", "n",
            "Guest threads, 1 to \(MachineOptions.mostThreads). [$QUANTA_THREADS] (default: cores)"
        ) { $0.threads = $1 },
        .value("seed", "n", "Decides the schedule of the serial backend. (default: 0)") {
            $0.seed = $1
        },
        .flag(
            "abort-every-quantum",
            "The serial backend runs each quantum twice and undoes the first try."
        ) { $0.abortEveryQuantum = true },
        .flag(
            "always-transactions",
            "The stm backend runs transactions even while one thread is alone: shows their price."
        ) { $0.alwaysTransactions = true },
        .value(
            "schedule", "turns",
            """
            Who has how many turns on the serial backend: 1x3,2 is three quanta of thread 1, then \
            one of thread 2, then the usual order.
            """
        ) { $0.schedule = $1 },
        .flag(
            "explore",
            """
            Run the program on the serial backend under every schedule with few pre-emptions, and \
            report how the outcomes differ. The status is 1 when there are several.
            """
        ) { $0.explore = true },
        .value(
            "preemptions", "n", "Most pre-emptions of an explored schedule. (default: 2)"
        ) { $0.preemptions = $1 },
        .value("schedules", "n", "Most schedules that are explored. (default: 10000)") {
            $0.schedules = $1
        },
        .value(
            "record", "file", "Write down the run of a program on stm, so that it can be replayed."
        ) { $0.record = $1 },
        .value(
            "replay", "file",
            "Do again, on the serial backend, what a run of the same program did."
        ) { $0.replay = $1 },
        .value("heap-limit", "mb", "Memory for guest objects, in MB.") { $0.heapLimit = $1 },
        .value(
            "collect-every", "n",
            """
            Collect garbage before every nth allocation and poison what is reclaimed: shows an object that \
            the collector does not see.
            """
        ) { $0.collectEvery = $1 },
        .value(
            "collect-after", "k", "Allocations before --collect-every begins. (default: 0)"
        ) { $0.collectAfter = $1 },
        .flag("stats", "Afterwards, report on standard error what the machine did.") {
            $0.stats = true
        },
        .flag("no-ffi", "The guest may not call C functions.") { $0.noForeignCode = true },
        .values(
            "allow-ffi", "library[:function,...]",
            "The guest may call C functions of this library, or only these; may be repeated."
        ) { $0.allowedForeignCode.append($1) },
        .flag(
            "ffi-stats",
            "Afterwards, report calls, time and routes of each C function on standard error."
        ) { $0.foreignStatistics = true },
    ]

    init() {}

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: OptionName.self)
        for option in MachineOptions.declared { try option.decode(&self, values) }
    }

    var customMirror: Mirror {
        Mirror(self, children: MachineOptions.declared.map { ($0.name, $0.wrapper()) })
    }

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
        if let collectEvery, collectEvery < 1 {
            throw ValidationError("--collect-every takes a positive number, not \(collectEvery)")
        }
        if let collectAfter {
            if collectEvery == nil {
                throw ValidationError("--collect-after is for --collect-every")
            }
            if collectAfter < 0 {
                throw ValidationError("--collect-after takes a number from 0, not \(collectAfter)")
            }
        }
        let backend = try effectiveBackend()
        let orders = [
            ("--abort-every-quantum", abortEveryQuantum), ("--seed", seed != nil),
            ("--schedule", schedule != nil), ("--explore", explore), ("--replay", replay != nil),
        ].filter(\.1).map(\.0)
        if let order = orders.first, backend != .serial {
            throw ValidationError("\(order) is for --backend serial, not \(backend.rawValue)")
        }
        if record != nil && backend != .stm {
            throw ValidationError("--record is for --backend stm, not \(backend.rawValue)")
        }
        if alwaysTransactions && backend != .stm {
            throw ValidationError(
                "--always-transactions is for --backend stm, not \(backend.rawValue)")
        }
        if (explore || schedule != nil || replay != nil) && orders.count > 1 {
            throw ValidationError("\(orders[0]) and \(orders[1]) exclude each other")
        }
        try validateExploration()
        _ = try turns()
        _ = try effectiveThreads()
    }
    private func validateExploration() throws {
        if !explore && (preemptions != nil || schedules != nil) {
            let flag = preemptions != nil ? "--preemptions" : "--schedules"
            throw ValidationError("\(flag) is for --explore")
        }
        if explore && stats { throw ValidationError("--stats is for one run, not for --explore") }
        if let preemptions, !(0...100).contains(preemptions) {
            throw ValidationError("--preemptions takes a number from 0 to 100, not \(preemptions)")
        }
        if let schedules, schedules < 1 {
            throw ValidationError("--schedules takes a positive number, not \(schedules)")
        }
    }

    func turns() throws -> Turns? {
        guard let schedule else { return nil }
        guard let turns = Turns(schedule) else {
            throw ValidationError("--schedule takes turns such as 1x3,2, not '\(schedule)'")
        }
        return turns
    }
    /// How far to explore, or nil when the program is to be run once.
    func exploration<L: Language>(of _: L.Type) -> Exploration<L>.Limits? {
        if !explore { return nil }
        var limits = Exploration<L>.Limits()
        limits.preemptions = preemptions ?? limits.preemptions
        limits.schedules = schedules ?? limits.schedules
        return limits
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
            heap: Heap.Configuration(
                limit: heapLimit.map { $0 << 20 },
                stress: collectEvery.map { Stress(every: $0, after: collectAfter ?? 0) }),
            threads: try effectiveThreads())
    }
}

extension BackendChoice: ExpressibleByArgument {
    /// For sentences.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
