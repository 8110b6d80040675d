import Glibc
import InterpreterKit

/// A file with the compiled code of one source, as an earlier run of the same executable has left it.
///
/// | bytes | what |
/// | --- | --- |
/// | 0 ..< 8 | `quantapy` |
/// | 8 ..< 16 | which executable has compiled it |
/// | 16 ..< 32 | length and hash of the source |
/// | 32 ..< 48 | length and hash of what follows, the bytes of a ``CodeWriter`` |
///
/// A file that says anything else is as good as none. It is written under another name first, so that nobody
/// reads half of one.
struct CompiledFile {
    let path: String
    /// In the names of files, as `sys.implementation.cache_tag`.
    static let tag = "quanta-311"

    private static let headerBytes = 48
    /// Of a file that is read: that of a million lines takes less.
    private static let largest = 1 << 28
    private static let start: UInt64 = 0x7970_6174_6E61_7571
    /// Tells executables apart, and so compilers; nil where that cannot be found out.
    private static let compiler: UInt64? = {
        var info = stat()
        if stat("/proc/self/exe", &info) != 0 { return nil }
        let facts = [info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec]
        return facts.withUnsafeBytes { hash($0) }
    }()

    /// The unit of this very source, if that is what the file holds.
    func unit(of source: Source) -> CodeUnit? {
        var info = stat()
        guard let compiler = CompiledFile.compiler, stat(path, &info) == 0,
            info.st_mode & S_IFMT == S_IFREG, info.st_size <= CompiledFile.largest,
            let content = Library.content(path)
        else { return nil }
        return content.withUnsafeBytes { (content) -> CodeUnit? in
            if content.count < CompiledFile.headerBytes { return nil }
            let body = UnsafeRawBufferPointer(rebasing: content[CompiledFile.headerBytes...])
            let header = CompiledFile.header(compiler, source, body)
            for (i, word) in header.enumerated()
            where content.loadUnaligned(fromByteOffset: i * 8, as: UInt64.self) != word {
                return nil
            }
            do throws(CodeReader.Malformed) { return try CodeReader.unit(body) } catch {
                return nil
            }
        }
    }

    /// Writes the file, and the folders it is in; false where that is not possible.
    func write(_ unit: CodeUnit, of source: Source) -> Bool {
        guard let compiler = CompiledFile.compiler else { return true }
        let body = CodeWriter.bytes(of: unit)
        let header = body.withUnsafeBytes { CompiledFile.header(compiler, source, $0) }
        // Who may not read the source may not read its code.
        var info = stat()
        let mode = stat(source.name, &info) == 0 ? info.st_mode & 0o666 | 0o200 : 0o600
        let unfinished = "\(path).\(getpid())-\(pthread_self())"
        var descriptor = CompiledFile.create(unfinished, mode)
        if descriptor < 0 && errno == ENOENT && makeFolder() {
            descriptor = CompiledFile.create(unfinished, mode)
        }
        if descriptor < 0 { return false }
        let isWritten =
            header.withUnsafeBytes { CompiledFile.write($0, to: descriptor) }
            && body.withUnsafeBytes { CompiledFile.write($0, to: descriptor) }
        if close(descriptor) == 0 && isWritten && rename(unfinished, path) == 0 { return true }
        unlink(unfinished)
        return false
    }

    private static func create(_ path: String, _ mode: mode_t) -> Int32 {
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    }
    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var left = bytes
        while !left.isEmpty {
            let n = Glibc.write(descriptor, left.baseAddress, left.count)
            if n < 0 && errno == EINTR { continue }
            if n <= 0 { return false }
            left = UnsafeRawBufferPointer(rebasing: left[n...])
        }
        return true
    }
    private func makeFolder() -> Bool {
        var ends = path.indices.filter { path[$0] == "/" && $0 != path.startIndex }
        // The last folder that is there: most often all but one are.
        var missing: [String] = []
        while let end = ends.popLast() {
            let folder = String(path[..<end])
            if Library.isFolder(folder) { break }
            missing.append(folder)
        }
        for folder in missing.reversed() where mkdir(folder, 0o777) != 0 && errno != EEXIST {
            return false
        }
        return true
    }

    private static func header(
        _ compiler: UInt64, _ source: Source, _ body: UnsafeRawBufferPointer
    ) -> [UInt64] {
        let digest = source.bytes.withUnsafeBytes { hash($0) }
        return [
            start, compiler, UInt64(source.bytes.count), digest, UInt64(body.count), hash(body),
        ]
    }
    /// Changes with any single word, and with any accident that is not made on purpose.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        func add(_ word: UInt64) {
            hash = (hash ^ word) &* 0x9FB2_1C65_1E98_DF25
            hash ^= hash >> 32
        }
        var i = 0
        while i + 8 <= bytes.count {
            add(bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            i += 8
        }
        var last: UInt64 = 0
        while i < bytes.count {
            last = last << 8 | UInt64(bytes[i])
            i += 1
        }
        add(last)
        return hash
    }
}
