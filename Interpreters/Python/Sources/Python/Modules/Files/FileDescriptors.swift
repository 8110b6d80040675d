import Glibc
import InterpreterKit

/// What the system has read, or why it has not.
private struct FilePiece: Recordable {
    let content: [UInt8]
    let error: Int32

    init(_ descriptor: Int32, _ count: Int) {
        var error: Int32 = 0
        content = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            let n = Glibc.read(descriptor, buffer.baseAddress, count)
            if n < 0 { error = errno }
            used = max(0, n)
        }
        self.error = error
    }
    init?(recorded bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 4 else { return nil }
        error = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int32($1) }
        content = Array(bytes.dropFirst(4))
    }
    var recorded: [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: error >> ($0 * 8)) } + content
    }
}

/// Calls of the system about open files. Errors become OSError.
extension VM {
    /// Bytes from a file, an empty array at its end; nil when it has none at the moment and does not block.
    func readDescriptor(_ descriptor: Int32, _ count: Int) throws(Unwind) -> [UInt8]? {
        while true {
            try awaitReadable(descriptor)
            let piece = try outside("read") { FilePiece(descriptor, count) }
            if piece.error == EINTR { continue }
            if piece.error == EAGAIN { return nil }
            if piece.error != 0 { throw raiseOSError(piece.error) }
            return piece.content
        }
    }
    /// What is not there at once is waited for while others run, and until there is a signal.
    private func awaitReadable(_ descriptor: Int32) throws(Unwind) {
        if q.observe({ Readiness.isReady(descriptor, Int16(POLLIN), 0) }) { return }
        if q.atomicDepth > 0 { return }
        while true {
            do throws(Abort) {
                try q.rest(
                    sleep: { _, _ in _ = Readiness.isReady(descriptor, Int16(POLLIN), 50) },
                    until: { Readiness.isReady(descriptor, Int16(POLLIN), 0) })
            } catch { throw .abort }
            try hearSignals()
            if q.observe({ Readiness.isReady(descriptor, Int16(POLLIN), 0) }) { return }
        }
    }

    /// Writes once; how much, or nil when a descriptor that does not block takes nothing.
    func writeDescriptor(
        _ descriptor: Int32, _ content: UnsafeBufferPointer<UInt8>
    ) throws(Unwind) -> Int? {
        while true {
            let (count, error) = try outside("write") { () -> (Int, Int32) in
                let n = Glibc.write(descriptor, content.baseAddress, content.count)
                return (n, n < 0 ? errno : 0)
            }
            if error == 0 { return count }
            if error == EAGAIN { return nil }
            if error != EINTR { throw raiseOSError(error) }
            try hearSignals()
        }
    }

    func seekDescriptor(
        _ descriptor: Int32, _ offset: Int, _ whence: Int32
    ) throws(Unwind) -> Int {
        try irrevocably("seek")
        let (place, error) = q.observe {
            let place = lseek(descriptor, offset, whence)
            return (place, errno)
        }
        if place < 0 { throw raiseOSError(error) }
        return place
    }

    /// A call of the system that may take long; -1 means an error, which is about `path`.
    @discardableResult
    func system(
        _ path: Value = .none, _ other: Value = .none, _ body: () -> Int
    ) throws(Unwind) -> Int {
        while true {
            let (result, error) = try outside("system call") { () -> (Int, Int32) in
                let result = body()
                return (result, result < 0 ? errno : 0)
            }
            if result >= 0 { return result }
            if error != EINTR { throw raiseOSError(error, filename: path, filename2: other) }
            try hearSignals()
        }
    }

    /// What a path argument means: UTF-8 with a zero behind; surrogates stand for bytes that are none.
    func path(
        _ value: Value, _ what: String = "path", function: String = "", allowsNumber: Bool = false
    ) throws(Unwind) -> [CChar] {
        var value = value
        if !isPathContent(value) {
            let method = lookup(typeOf: value, name(.fspath))
            if method != .unbound {
                let given = value
                value = try callSpecial(method, value)
                if !isPathContent(value) {
                    throw raise(
                        .typeError,
                        "expected \(typeName(given)).__fspath__() to return str or bytes, not \(typeName(value))"
                    )
                }
            }
        }
        var bytes: [UInt8]
        if let string = asString(value) {
            bytes = fileSystemBytes(string)
        } else if let content = asBytes(value) {
            bytes = Array(BytesView(content).buffer)
        } else {
            let prefix = function.isEmpty ? "" : "\(function): "
            let kinds =
                allowsNumber
                ? "string, bytes, os.PathLike or integer" : "string, bytes or os.PathLike"
            throw raise(
                .typeError,
                function.isEmpty
                    ? "expected str, bytes or os.PathLike object, not \(typeName(value))"
                    : "\(prefix)\(what) should be \(kinds), not \(typeName(value))")
        }
        if bytes.contains(0) {
            throw raise(
                .valueError,
                function.isEmpty
                    ? "embedded null byte"
                    : "\(function): embedded null character in \(what)")
        }
        bytes.append(0)
        return bytes.map { CChar(bitPattern: $0) }
    }
    private func isPathContent(_ value: Value) -> Bool {
        asString(value) != nil || asBytes(value) != nil
    }
    /// The path itself, for results and messages: what `os.fspath` gives.
    func plainPath(_ value: Value) throws(Unwind) -> Value {
        if isPathContent(value) { return value }
        let method = lookup(typeOf: value, name(.fspath))
        return method == .unbound ? value : try callSpecial(method, value)
    }

    /// `os.fsencode`
    func fileSystemBytes(_ string: Value) -> [UInt8] {
        let view = StringView(string)
        if view.isASCII { return utf8(string) }
        var bytes: [UInt8] = []
        for i in 0..<view.count {
            let c = view[i]
            if c >= 0xDC80 && c <= 0xDCFF {
                bytes.append(UInt8(truncatingIfNeeded: c))
            } else {
                var text = ""
                text.unicodeScalars.append(Unicode.Scalar(c) ?? "?")
                bytes += Array(text.utf8)
            }
        }
        return bytes
    }
    /// `os.fsdecode`
    func fileSystemString(_ bytes: [UInt8]) throws(Unwind) -> Value {
        if bytes.allSatisfy({ $0 < 128 }) { return try string(utf8: bytes) }
        let content = try self.bytes(bytes)
        return try decode(ByteContent(content), "utf-8", "surrogateescape")
    }
}

/// Whether the system would make a thread wait.
enum Readiness {
    static func isReady(_ descriptor: Int32, _ events: Int16, _ milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        return poll(&entry, 1, milliseconds) != 0
    }
}
