import Glibc
import InterpreterKit

/// An object that the collector does not see works as long as its memory is not used again. So programs are
/// run with so many collections that it is reclaimed, and its memory poisoned, while it is needed.
extension LanguageConformance {
    /// Runs `program` with collections spread over its allocations, `many` in each setting, beginning at another
    /// allocation in each. With QUANTA_LONG_TESTS set there are a hundred times as many.
    static func survivesCollections(_ program: GuestProgram, many: Int = 250) throws {
        let wanted = getenv("QUANTA_LONG_TESTS") == nil ? many : many * 100
        for (number, var setting) in stressed(program).enumerated() {
            setting.stress = Stress(every: .max)
            let counted = try Observation.of(program.source, in: L.self, setting)
            let between = max(1, counted.allocations / wanted)
            setting.stress = Stress(
                every: between, after: counted.allocationsAtStart + (number * 7919) % between)
            try program.check(L.self, setting, limit: 600)
        }
    }
    /// One of each backend, and two threads where that makes a difference.
    private static func stressed(_ program: GuestProgram) -> [Setting] {
        var chosen: [String: Setting] = [:]
        for setting in Setting.all(where: program.expectations.conditions) {
            guard case .plain(let backend) = setting.mechanism else { continue }
            let isParallel = backend == .stm
            let key = backend.rawValue + (isParallel ? "\(min(setting.threads, 2))" : "")
            if chosen[key] == nil { chosen[key] = setting }
        }
        return chosen.sorted { $0.key < $1.key }.map(\.value)
    }
}
