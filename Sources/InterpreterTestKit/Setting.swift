import InterpreterKit

/// One way to run a program: the mechanism, the number of guest threads, the schedule.
public struct Setting: Sendable, CustomStringConvertible {
    public enum Mechanism: Sendable, Equatable {
        case plain(BackendChoice)
        /// Transactions of random short lengths, many of them rolled back without need.
        case stmWithForcedAborts
        /// Every quantum is run twice, and undone the first time.
        case serialAborting
    }
    public var mechanism: Mechanism
    public var threads: Int
    public var seed: UInt64
    /// Options of the language.
    public var choices: [String: String] = [:]
    public var stress: Stress?

    public var backend: BackendChoice {
        switch mechanism {
        case .plain(let backend): backend
        case .stmWithForcedAborts: .stm
        case .serialAborting: .serial
        }
    }

    /// As on a command line, where that can say it.
    public var description: String {
        var text = "--backend \(backend.rawValue)"
        if backend == .serial { text += " --seed \(seed)" }
        if mechanism == .serialAborting { text += " --abort-every-quantum" }
        text += " --threads \(threads)"
        for (name, value) in choices.sorted(by: { $0.key < $1.key }) {
            text += " --\(name) \(value)"
        }
        if let stress { text += " --collect-every \(stress.every) --collect-after \(stress.after)" }
        if mechanism == .stmWithForcedAborts { text += " (with forced aborts)" }
        return text
    }

    /// Every mechanism with 1, 2 and 4 threads; the serial ones with three schedules. Narrowed by
    /// what a program's `with` comments say.
    public static func all(where conditions: [String: [String]] = [:]) -> [Setting] {
        let plain = BackendChoice.allCases.map { Mechanism.plain($0) }
        var settings: [Setting] = []
        for mechanism in plain + [.stmWithForcedAborts, .serialAborting] {
            for threads in conditions["threads"]?.compactMap({ Int($0) }) ?? [1, 2, 4] {
                var setting = Setting(mechanism: mechanism, threads: threads, seed: 0)
                if let named = conditions["backend"], !named.contains(setting.backend.rawValue) {
                    continue
                }
                let isSerial = setting.backend == .serial
                let seeds = conditions["seed"]?.compactMap { UInt64($0) } ?? [1, 2, 3]
                for seed in isSerial ? seeds : [0] {
                    setting.seed = seed
                    settings.append(setting)
                }
            }
        }
        for (name, values) in conditions where !["threads", "backend", "seed"].contains(name) {
            settings = settings.flatMap { setting in
                values.map { value in
                    var chosen = setting
                    chosen.choices[name] = value
                    return chosen
                }
            }
        }
        return settings
    }

    /// An interpreter with heap checks, and with so little memory between collections that there are
    /// many. The VM stack has room for some ten thousand calls, so that its end is soon found.
    func interpreter<L: Language>(
        for language: L.Type, memory: Int, output: Output
    ) throws -> Interpreter<L> {
        let configuration = configuration(memory: memory)
        if mechanism == .stmWithForcedAborts {
            return try Interpreter<L>(
                withForcedAborts: configuration, output: output, choices: choices)
        }
        return try Interpreter<L>(
            backend: backend, seed: seed, abortEveryQuantum: mechanism == .serialAborting,
            configuration: configuration, output: output, choices: choices)
    }
    func configuration(memory: Int) -> VirtualMachine.Configuration {
        VirtualMachine.Configuration(
            heap: .init(
                limit: memory, minimumBudget: 1 << 16, checks: stress == nil, stress: stress),
            threads: threads, stackWords: 1 << 18)
    }
}
