import Foundation

/// Runs a built program as a user would.
struct Shell {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The folder of built programs: that of the running test.
    static let programs = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    /// Runs a shell command that may name programs without a path. Fails after a minute.
    static func run(
        _ command: String, input: String? = nil, environment: [String: String] = [:]
    ) throws -> Result {
        let process = Process()
        let output = Pipe()
        let errors = Pipe()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", command]
        process.environment = [
            "PATH": "\(programs):/usr/bin:/bin", "TERM": "dumb",
        ].merging(environment) { _, new in new }
        process.standardOutput = output
        process.standardError = errors
        let source = Pipe()
        process.standardInput = input == nil ? FileHandle.nullDevice : source
        try process.run()
        if let input {
            source.fileHandleForWriting.write(Data(input.utf8))
            try source.fileHandleForWriting.close()
        }
        let watchdog = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: watchdog)
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        watchdog.cancel()
        return Result(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            errors: String(decoding: complaint, as: UTF8.self))
    }
}

/// A program and its user, taking turns.
final class Conversation {
    private let process = Process()
    private let keys = Pipe()
    private let screen = Pipe()
    private var seen = ""

    struct Silence: Error, CustomStringConvertible { let description: String }

    init(_ command: String) throws {
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", command]
        process.environment = ["PATH": "\(Shell.programs):/usr/bin:/bin"]
        process.standardInput = keys
        process.standardOutput = screen
        try process.run()
    }

    func type(_ text: String) { keys.fileHandleForWriting.write(Data(text.utf8)) }

    /// Reads until `text` has appeared behind what was awaited before.
    func await(_ text: String) throws {
        let watchdog = DispatchWorkItem { [process] in process.terminate() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 30, execute: watchdog)
        defer { watchdog.cancel() }
        while true {
            if let range = seen.range(of: text) {
                seen = String(seen[range.upperBound...])
                return
            }
            let more = screen.fileHandleForReading.availableData
            if more.isEmpty { throw Silence(description: "no '\(text)' in '\(seen)'") }
            seen += String(decoding: more, as: UTF8.self)
        }
    }

    /// The exit status.
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
