import CHost
import Glibc

extension Output {
    /// The process's standard output; flushed at every commit when that is a terminal.
    ///
    /// `failed` gets the error number, once, when the reader has gone or the disk is full; what is
    /// written afterwards is dropped. It is called in the middle of a commit: it may note or signal,
    /// but must not touch a machine. The C library's buffer is switched off, so that what foreign
    /// functions print keeps its place.
    public static func standard(
        failed: @escaping @Sendable (_ errno: Int32) -> Void = { _ in }
    ) -> Output {
        host_unbuffer_stdout()
        let file = OpenFile(STDOUT_FILENO, failed)
        return Output(immediate: isatty(STDOUT_FILENO) == 1) { bytes in file.append(bytes) }
    }
}

/// Where a sink writes to. The output's lock guards `isBroken`.
private final class OpenFile: @unchecked Sendable {
    private let descriptor: Int32
    private let failed: @Sendable (_ errno: Int32) -> Void
    private var isBroken = false

    init(_ descriptor: Int32, _ failed: @escaping @Sendable (_ errno: Int32) -> Void) {
        self.descriptor = descriptor
        self.failed = failed
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        if isBroken { return }
        let error = writeAll(bytes, to: descriptor)
        if error == 0 { return }
        isBroken = true
        failed(error)
    }
}

/// The process's standard error, at once and without a buffer: for what must not wait for a commit.
public enum StandardError {
    public static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = writeAll(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
    }
}

/// Writes to a descriptor until everything is out; 0 or an error number.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var rest = bytes
    while !rest.isEmpty {
        let written = write(descriptor, rest.baseAddress, rest.count)
        if written >= 0 {
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        } else if errno == EAGAIN {
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&ready, 1, -1)
        } else if errno != EINTR {
            return errno
        }
    }
    return 0
}
