import Glibc
import InterpreterKit

/// Where the guest's code comes from.
enum Program {
    /// A path, or `-`.
    case file(String)
    /// The values of `-e`, one line each.
    case code([String])

    func source() throws(FileError) -> Source {
        switch self {
        case .file(let path): try Source.file(path)
        case .code(let pieces): Source(name: "-e", text: pieces.map { $0 + "\n" }.joined())
        }
    }
}
