import Glibc
import InterpreterKit

/// `sys.stdin`, `sys.stdout`, `sys.stderr`.
extension VM {
    func installFiles() {
        installFileBases()
        installFileIO()
        installBufferedFiles()
        installBytesFile()
        installStringFile()
        installTextFile()
        installOpen()
    }

    /// Makes the streams that the interpreter begins with.
    func startStreams() throws(Unwind) {
        let system = python.system
        system.keep(
            .standardInput, try stream(STDIN_FILENO, "<stdin>", .readable, errors: "strict"), self)
        system.keep(
            .standardOutput,
            try stream(STDOUT_FILENO, "<stdout>", [.writable, .standard], errors: "strict"), self)
        system.keep(
            .standardError,
            try stream(
                STDERR_FILENO, "<stderr>", [.writable, .standard], errors: "backslashreplace"), self
        )
    }
    private func stream(
        _ descriptor: Int32, _ name: StaticString, _ mode: FileObject.Mode, errors: String
    ) throws(Unwind) -> Value {
        let raw = try newInstance(type(.fileIO))
        adopt(raw, descriptor, mode, try string(name))
        let buffer = try newInstance(
            type(mode.contains(.readable) ? .bufferedReader : .bufferedWriter))
        initialize(buffered: buffer, Value(raw), BufferedFile.standardSize)
        let file = try newInstance(type(.textWrapper))
        try initialize(
            text: file, Value(buffer), encoding: "utf-8", errors: errors,
            newline: mode.contains(.readable) ? .none : shared.pointee.characters[10],
            descriptor == STDERR_FILENO || isatty(descriptor) == 1 ? .lineBuffered : [])
        try setAttribute(
            Value(file), intern("mode"), try string(mode.contains(.readable) ? "r" : "w"))
        return Value(file)
    }

    /// Writes to whatever `sys.stderr` is at the moment; to nothing when that is None.
    func writeError(_ text: [UInt8]) throws(Unwind) {
        let sys = find(shared.pointee.modules, name: intern("sys"))
        let stream = sys == .unbound ? .unbound : try findAttribute(sys, name(.stderr))
        if stream == .none { return }
        if stream == .unbound || stream == python.system[.standardError] {
            return text.withUnsafeBufferPointer { writeStandard(STDERR_FILENO, $0) }
        }
        _ = try callMethod(stream, name(.writeName), try string(utf8: text))
    }
    /// The report of an exception, below a heading, on `sys.stderr`.
    func report(exception: Value, heading: String = "") throws(Unwind) {
        try writeError(Array(heading.utf8) + (try describe(exception)))
    }
}

/// The process's standard error, which has no buffer.
enum StandardError {
    static func write(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let n = bytes.withUnsafeBytes {
                Glibc.write(
                    STDERR_FILENO, $0.baseAddress.unsafelyUnwrapped + done, bytes.count - done)
            }
            if n < 0 && errno == EINTR { continue }
            if n <= 0 { return }
            done += n
        }
    }
}
