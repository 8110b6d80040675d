import Glibc
import InterpreterKit

/// A program in the guest's language, with what it says about its outcome.
struct GuestProgram: Sendable {
    let source: Source
    let expectations: Expectations
    /// The file's path inside the folder of programs.
    let name: String

    /// All programs in a folder and the folders in it, by name.
    static func all(
        in folder: String, extensions: [String], marker: String
    ) throws -> [GuestProgram] {
        try files(in: folder, "", extensions).sorted().map { name in
            let source = try Source.file(folder + "/" + name)
            return GuestProgram(
                source: source, expectations: try Expectations(of: source, marker: marker),
                name: name)
        }
    }

    private static func files(
        in folder: String, _ inside: String, _ extensions: [String]
    ) throws -> [String] {
        guard let directory = opendir(folder) else { throw FileError(name: folder, errno: errno) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if entry.pointee.d_type == UInt8(DT_DIR) && !name.hasPrefix(".") {
                names += try files(in: folder + "/" + name, inside + name + "/", extensions)
            } else if extensions.contains(where: { name.hasSuffix("." + $0) }) {
                names.append(inside + name)
            }
        }
        return names
    }

    /// Runs the program in every setting that it allows.
    func check<L: Language>(_ language: L.Type) throws {
        var summaries: [Int: (Setting, [String])] = [:]
        for setting in Setting.all(where: expectations.conditions) {
            let seen = try check(language, setting)
            if !expectations.isEmpty { continue }
            guard let (first, summary) = summaries[setting.threads] else {
                summaries[setting.threads] = (setting, seen.summary)
                continue
            }
            if seen.summary != summary {
                throw failure(
                    "the outcome differs from that with \(first)", setting, seen, language)
            }
        }
    }

    /// Runs the program in one setting; without expectations it only has to end.
    @discardableResult
    func check<L: Language>(
        _ language: L.Type, _ setting: Setting, limit: Int = 60
    ) throws -> Observation {
        let seen = try Observation.of(source, in: language, setting, limit: limit)
        if let fault = fault(in: seen) { throw failure(fault, setting, seen, language) }
        return seen
    }

    private func fault(in seen: Observation) -> String? {
        switch seen.outcome {
        case .failed(let diagnostic):
            guard let expected = expectations.error else {
                return expectations.isEmpty ? nil : "it fails: \(diagnostic.report())"
            }
            if diagnostic.message.firstRange(of: expected.message) == nil {
                return "it fails with '\(diagnostic.message)', not with '\(expected.message)'"
            }
            if let line = expected.line, !lines(of: diagnostic).contains(line) {
                return "it does not fail in line \(line): \(diagnostic.report())"
            }
        case .exited(let status):
            if status != expectations.exit ?? (expectations.isEmpty ? status : 0) {
                return "it exits with status \(status)"
            }
        case .interrupted: return "it was interrupted"
        case .finished:
            if let error = expectations.error { return "it does not fail with '\(error.message)'" }
            if let exit = expectations.exit { return "it does not exit with status \(exit)" }
        }
        return expectations.isEmpty ? nil : expectations.mismatch(seen.lines)
    }

    /// Where the error is, and what was being called from where.
    private func lines(of diagnostic: Diagnostic) -> [Int] {
        let places = [diagnostic.place] + diagnostic.traceback.map(\.place)
        return places.compactMap { $0.map { $0.source.position(at: $0.start).line } }
    }

    private func failure<L: Language>(
        _ fault: String, _ setting: Setting, _ seen: Observation, _ language: L.Type
    ) -> Failure {
        Failure(
            """
            \(fault)
            to repeat: \(L.name) \(setting) \(source.name)
            output:
            \(seen.output.prefix(2000))
            """)
    }
}
