import Glibc
import InterpreterKit

/// A standard stream, written without a buffer.
struct Console {
    static let standardInput = Console(descriptor: STDIN_FILENO)
    static let standardOutput = Console(descriptor: STDOUT_FILENO)
    static let standardError = Console(descriptor: STDERR_FILENO)

    let descriptor: Int32

    func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    /// Gives closed standard streams something to refer to, so that no file of ours takes their
    /// numbers. Such an input is empty, such an output fails.
    static func reserveDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDONLY)
        }
    }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Colours on a terminal. `NO_COLOR` forbids and `FORCE_COLOR` demands them, in this order.
    var hasColour: Bool {
        func isSet(_ variable: String) -> Bool { !(environment(variable) ?? "").isEmpty }
        if isSet("NO_COLOR") { return false }
        if isSet("FORCE_COLOR") { return environment("FORCE_COLOR") != "0" }
        return isTerminal && environment("TERM") != "dumb"
    }
}

/// The value of an environment variable.
func environment(_ variable: String) -> String? {
    getenv(variable).map { String(cString: $0) }
}

/// The system's sentence for an error number.
func explain(_ errno: Int32) -> String { String(cString: strerror(errno)) }

/// Ends the process, whatever other threads do.
func leave(_ status: Int32) -> Never { exit(status) }
