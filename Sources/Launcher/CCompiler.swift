import Glibc

/// The system's C compiler, or the one that `CC` names.
enum CCompiler {
    /// Why there is no answer.
    struct Failure: Error { let description: String }

    /// Compiles `source` with `options`; what the compiler writes, and whether it was content.
    static func run(_ options: String, _ source: String) throws(Failure) -> (
        output: String, isContent: Bool, file: String
    ) {
        let folder = environment("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var name = Array("\(folder)/quanta-check-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        if descriptor < 0 { throw Failure(description: "no temporary file: \(explain(errno))") }
        let path = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        defer { unlink(path) }
        var text = source
        let error = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
        close(descriptor)
        if error != 0 { throw Failure(description: "no temporary file: \(explain(error))") }
        let compiler = environment("CC").flatMap { $0.isEmpty ? nil : $0 } ?? "cc"
        guard let pipe = popen("LC_ALL=C \(compiler) \(options) -x c '\(path)' 2>&1", "r") else {
            throw Failure(description: "\(compiler) cannot be started: \(explain(errno))")
        }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&chunk, 1, chunk.count, pipe)
            if count == 0 { break }
            output += chunk[..<count]
        }
        let status = pclose(pipe)
        return (String(decoding: output, as: UTF8.self), status == 0, path)
    }
}
