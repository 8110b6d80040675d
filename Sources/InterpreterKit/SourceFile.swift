import Glibc

extension Source {
    /// The text of a file, named by its path; `-` is standard input.
    public static func file(_ path: String) throws(FileError) -> Source {
        if path == "-" {
            return Source(name: "<stdin>", bytes: try contents(STDIN_FILENO, "standard input"))
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw FileError(name: path, errno: errno) }
        defer { close(descriptor) }
        return Source(name: path, bytes: try contents(descriptor, path))
    }

    private static func contents(_ descriptor: Int32, _ name: String) throws(FileError) -> [UInt8] {
        var bytes = [UInt8]()
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
        defer { piece.deallocate() }
        while true {
            let count = read(descriptor, piece.baseAddress, piece.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece[..<count]))
            } else if errno != EINTR {
                throw FileError(name: name, errno: errno)
            }
        }
    }
}

/// A file that cannot be read.
public struct FileError: Error, CustomStringConvertible {
    public let name: String
    public let errno: Int32

    public init(name: String, errno: Int32) {
        self.name = name
        self.errno = errno
    }

    public var description: String { "cannot read '\(name)': \(String(cString: strerror(errno)))" }
}
