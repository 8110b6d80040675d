import Glibc
import InterpreterKit

/// Where a recording is written to.
final class RecordingFile {
    private let name: String
    private let output: Output

    let recorder: Recorder

    init(_ name: String) throws(RecordingError) {
        self.name = name
        output = try Output(name)
        recorder = Recorder { [output] in output.write($0) }
    }
    /// Everything is in the file, or an error says why not.
    func close() throws(RecordingError) {
        if let error = output.close() {
            throw RecordingError(name: name, reason: "cannot write: \(explain(error))")
        }
    }

    static func read(_ name: String) throws -> Recording {
        let bytes = try Source.file(name).bytes
        do throws(Recording.Damage) {
            return try Recording(bytes)
        } catch {
            throw RecordingError(name: name, reason: error.description)
        }
    }

    /// The recorder's lock guards it.
    private final class Output: @unchecked Sendable {
        private let descriptor: Int32
        private var error: Int32 = 0

        init(_ name: String) throws(RecordingError) {
            descriptor = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
            if descriptor < 0 { throw RecordingError(name: name, reason: explain(errno)) }
        }
        func write(_ bytes: UnsafeRawBufferPointer) {
            if error == 0 { error = writeAll(bytes, to: descriptor) }
        }
        func close() -> Int32? {
            if Glibc.close(descriptor) != 0 && error == 0 { error = errno }
            return error == 0 ? nil : error
        }
    }
}

/// A recording cannot be written or used.
struct RecordingError: Error, CustomStringConvertible {
    let name: String
    let reason: String
    var description: String { "'\(name)': \(reason)" }
}
