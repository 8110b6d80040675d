import Glibc
import InterpreterKit
import PythonSyntax

/// Modules are compiled when they are imported for the first time; later runs find their code in `__pycache__`.
///
/// As in CPython `sys.pycache_prefix` names another folder, and `sys.dont_write_bytecode` forbids to write. Where
/// nothing can be written beside a source, code goes to the user's folder for such things, if there is one.
/// Code belongs to the text of its source, whenever that was changed, and to the executable.
extension VM {
    /// The code of a module's file.
    func moduleCode(_ source: Source) throws(Unwind) -> CodePointer {
        let files = try compiledFiles(of: source.name)
        for file in files {
            if let unit = file.unit(of: source) { return try install(unit, source) }
        }
        let unit = try compiled(source, mode: .file)
        // What the compiler warns of it shall say each time.
        if unit.warnings.isEmpty, try mayWrite() {
            _ = files.contains { $0.write(unit, of: source) }
        }
        return try install(unit, source)
    }
    /// Where compiled code of a source is looked for and put, the best place first.
    private func compiledFiles(of path: String) throws(Unwind) -> [CompiledFile] {
        let prefix = try systemAttribute("pycache_prefix")
        if let prefix = asString(prefix) {
            return [CompiledFile(of: path, below: Python.absolute(text(prefix)))]
        }
        let beside = CompiledFile(besides: path)
        guard let folder = python.system.settings.userCompiledFolder else { return [beside] }
        return [beside, CompiledFile(of: path, below: folder)]
    }
    /// What `__cached__` says of a module.
    func compiledPath(of path: String) throws(Unwind) -> String {
        try compiledFiles(of: path)[0].path
    }
    private func mayWrite() throws(Unwind) -> Bool {
        let isForbidden = try systemAttribute("dont_write_bytecode")
        if isForbidden == .unbound { return true }
        return !(try isTrue(isForbidden))
    }
    private func systemAttribute(_ name: StaticString) throws(Unwind) -> Value {
        let sys = find(shared.pointee.modules, name: intern("sys"))
        return sys == .unbound ? sys : try findAttribute(sys, intern(name))
    }
}

extension CompiledFile {
    /// In a folder beside the source.
    init(besides source: String) {
        let (folder, stem) = CompiledFile.parts(of: source)
        path = "\(folder)__pycache__/\(stem).\(CompiledFile.tag).pyc"
    }
    /// In a tree below `root` that has the shape of the one the source is in.
    init(of source: String, below root: String) {
        let (folder, stem) = CompiledFile.parts(of: Python.absolute(source))
        path = "\(root)\(folder)\(stem).\(CompiledFile.tag).pyc"
    }
    /// The folder, with its slash, and the name without its end.
    private static func parts(of path: String) -> (folder: Substring, stem: Substring) {
        let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let name = path[start...]
        return (path[..<start], name.hasSuffix(".py") ? name.dropLast(3) : name)
    }
}
