import InterpreterKit

/// What holds for every language.
extension LanguageConformance {
    static func commonChecks(_ programs: [GuestProgram]) -> [Check] {
        var checks = [
            Check("an empty program ends and prints nothing") { try emptyProgramEnds() },
            Check("malformed source is reported with its place") {
                try malformedSourceIsReported()
            },
            Check("an endless program can be stopped") { try endlessProgramStops() },
            Check("the prompt survives errors") { try promptSurvives() },
            Check("a damaged program never crashes") { try damageIsReported(programs) },
            Check("a seed repeats a run") { try seedRepeats(programs) },
            Check("undone quanta leave no trace") { try undoneQuantaLeaveNoTrace(programs) },
        ]
        checks += programs.filter { $0.allows("stm") }.map { program in
            Check("\(program.name), recorded and replayed") { try replays(program) }
        }
        checks += programs.map { program in
            Check("\(program.name), with many collections") { try survivesCollections(program) }
        }
        if let hungry {
            checks.append(Check("a hungry program gets a memory error") { try starves(hungry) })
        }
        return checks
    }

    private static func emptyProgramEnds() throws {
        for setting in Setting.all() {
            for text in ["", "\n", "\(commentMarker) nothing"] {
                let seen = try Observation.of(
                    Source(name: "empty", text: text), in: L.self, setting)
                guard seen.outcome.isSuccess, seen.output.isEmpty else {
                    throw Failure("\(setting): '\(text)' gives \(seen)")
                }
            }
        }
    }

    private static func malformedSourceIsReported() throws {
        for text in malformed {
            for setting in Setting.all(where: ["threads": ["2"]]) {
                let seen = try Observation.of(Source(name: "bad", text: text), in: L.self, setting)
                guard case .failed(let diagnostic) = seen.outcome else {
                    throw Failure("\(setting): '\(text)' is accepted")
                }
                if diagnostic.place == nil {
                    throw Failure("'\(text)' gives '\(diagnostic.message)' without a place")
                }
                if !seen.output.isEmpty { throw Failure("'\(text)' printed '\(seen.output)'") }
            }
        }
    }

    private static func endlessProgramStops() throws {
        for setting in Setting.all() {
            let source = Source(name: "endless", text: endless)
            let seen = try Observation.of(source, in: L.self, setting, stop: 10)
            guard case .interrupted = seen.outcome else {
                throw Failure("\(setting): \(seen.outcome) instead of an interrupt")
            }
            let interpreter = try setting.interpreter(
                for: L.self, memory: 64 << 20, output: Capture().output)
            interpreter.machine.interrupt()
            let alarm = Alarm(interpreter.machine, milliseconds: 60_000)
            let outcome = try alarm.during { try interpreter.run(source) }
            guard case .interrupted = outcome, !alarm.hasRung else {
                throw Failure("\(setting): an interrupt before the start is lost: \(outcome)")
            }
        }
    }

    private static func promptSurvives() throws {
        guard let bad = malformed.first else { return }
        for setting in Setting.all(where: ["threads": ["2"]]) {
            let capture = Capture()
            let interpreter = try setting.interpreter(
                for: L.self, memory: 64 << 20, output: capture.output)
            for _ in 0..<2 {
                let source = Source(name: "<input>", text: bad)
                guard case .failed = try interpreter.runInteractively(source) else {
                    throw Failure("\(setting): the prompt accepts '\(bad)'")
                }
                let empty = Source(name: "<input>", text: "\(commentMarker) nothing\n")
                guard case .finished = try interpreter.runInteractively(empty) else {
                    throw Failure("\(setting): nothing works after '\(bad)'")
                }
            }
        }
    }

    /// Reads every program cut short and with bytes changed. Nothing is run.
    private static func damageIsReported(_ programs: [GuestProgram]) throws {
        var random = Seeded(state: 1)
        let setting = Setting(mechanism: .plain(.serial), threads: 1, seed: 0)
        for program in programs {
            let interpreter = try setting.interpreter(
                for: L.self, memory: 256 << 20, output: Capture().output)
            let bytes = program.source.bytes
            if bytes.isEmpty { continue }
            for _ in 0..<100 {
                var damaged = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
                for _ in 0..<Int.random(in: 0...3, using: &random) where !damaged.isEmpty {
                    let place = Int.random(in: 0..<damaged.count, using: &random)
                    damaged[place] = UInt8.random(in: 0...255, using: &random)
                }
                _ = try? interpreter.language.tasks(for: Source(name: "damaged", bytes: damaged))
            }
        }
    }

    private static func seedRepeats(_ programs: [GuestProgram]) throws {
        let conditions = ["backend": ["serial"], "threads": ["4"], "seed": ["5"]]
        for program in programs where program.allows("serial") {
            for setting in program.settings(conditions) {
                let first = try Observation.of(program.source, in: L.self, setting)
                let second = try Observation.of(program.source, in: L.self, setting)
                if first.output != second.output {
                    throw Failure("\(program.name): two runs with \(setting) differ")
                }
            }
        }
    }

    private static func undoneQuantaLeaveNoTrace(_ programs: [GuestProgram]) throws {
        let conditions = ["backend": ["serial"], "threads": ["1", "4"], "seed": ["5"]]
        for program in programs where program.allows("serial") {
            for var setting in program.settings(conditions)
            where setting.mechanism == .plain(.serial) {
                let plain = try Observation.of(program.source, in: L.self, setting)
                setting.mechanism = .serialAborting
                let undone = try Observation.of(program.source, in: L.self, setting)
                if plain.output != undone.output {
                    throw Failure(
                        """
                        \(program.name): \(setting) prints
                        \(undone.output)
                        and without undone quanta
                        \(plain.output)
                        """)
                }
            }
        }
    }

    private static func starves(_ hungry: String) throws {
        for setting in Setting.all(where: ["threads": ["2"], "seed": ["1"]]) {
            let seen = try Observation.of(
                Source(name: "hungry", text: hungry), in: L.self, setting, memory: 4 << 20)
            guard case .failed = seen.outcome else {
                throw Failure("\(setting): \(seen.outcome) instead of a memory error")
            }
        }
    }
}

extension GuestProgram {
    func allows(_ backend: String) -> Bool {
        expectations.conditions["backend"]?.contains(backend) ?? true
    }
    /// What the program asks for beats `conditions`.
    func settings(_ conditions: [String: [String]], backend: String = "serial") -> [Setting] {
        var all = conditions.merging(expectations.conditions) { _, own in own }
        all["backend"] = [backend]
        return Setting.all(where: all)
    }
}

/// Random numbers that a seed repeats.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z &>> 31)
    }
}
