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
        let errors = StandardError.handling
        system.keep(
            .standardInput, try stream(STDIN_FILENO, "<stdin>", .readable, errors: errors), self)
        system.keep(
            .standardOutput,
            try stream(STDOUT_FILENO, "<stdout>", [.writable, .standard], errors: errors), self)
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

    /// UTF-8 without translated newlines: what `print` writes by itself.
    func isPlainText(_ file: Reference) -> Bool {
        guard case .utf8 = TextUnit(text(self[file, TextFile.encoding])) else { return false }
        let newline = self[file, TextFile.newline]
        return newline == .none || StringView(newline).count < 2 && text(newline) != "\r"
    }
    /// What standard output does with characters that UTF-8 does not have.
    var outputErrors: String {
        let file = python.system[.standardOutput]
        return file.isInstance ? text(self[file.reference, TextFile.errors]) : "strict"
    }
    /// What was written appears when this quantum commits.
    func flushOutput() {
        let output = machine.output
        q.onCommit { output.flush() }
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
    /// What the other standard streams do with bytes that are no text: in a locale that says nothing about
    /// text they pass them on.
    static var handling: String {
        for variable in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = getenv(variable), value.pointee != 0 else { continue }
            let plain = ["C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"]
            return plain.contains(String(cString: value)) ? "surrogateescape" : "strict"
        }
        return "surrogateescape"
    }

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
