import Glibc
import InterpreterKit
import PythonSyntax

/// What `sys` and `__main__` say when a program begins, by how it was named.
extension VM {
    /// The text of a file, of standard input or of the command line.
    func startScript(_ source: Source, _ namespace: Reference) throws(Unwind) {
        let name = source.name
        if !Python.isFile(source) {
            let shown =
                switch name {
                case "<string>": "-c"
                case "<stdin>": python.arguments.isEmpty ? "" : "-"
                default: name
                }
            return try setStart(argument: shown, folder: "")
        }
        try setStart(argument: name, folder: Python.folder(ofScript: name))
        let path = Python.absolute(name)
        try set(namespace, name: self.name(.file), try fileSystemString(Array(path.utf8)))
    }

    /// A module, looked for where imports look: its source, to be run as `__main__`.
    func startModule(_ name: String, _ namespace: Reference) throws(Unwind) -> Source {
        try setStart(argument: "-m", folder: Python.workingFolder)
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        var folders = try searchPath()
        var package = ""
        for part in parts.dropLast() {
            package += (package.isEmpty ? "" : ".") + part
            let parent = try importParent(package, of: name)
            folders = try searchPath(ofPackage: parent)
        }
        let last = parts.last ?? ""
        for folder in folders {
            let stem = folder.isEmpty ? last : "\(folder)/\(last)"
            if Library.isFile("\(stem)/__init__.py")
                || Library.isFolder(stem) && Library.isFile("\(stem)/__main__.py")
            {
                _ = try importModule(name)
                return try startFile("\(stem)/__main__.py", package: name, namespace, name)
            }
            if Library.isFile("\(stem).py") {
                return try startFile("\(stem).py", package: package, namespace, name)
            }
        }
        throw moduleNotRun("No module named \(name)")
    }
    private func startFile(
        _ path: String, package: String, _ namespace: Reference, _ name: String
    ) throws(Unwind) -> Source {
        guard let content = Library.content(path) else {
            throw moduleNotRun(
                "No module named \(name).__main__; '\(name)' is a package and cannot be directly executed"
            )
        }
        let absolute = Python.absolute(path)
        let arguments = try getAttribute(
            find(shared.pointee.modules, name: intern("sys")), intern("argv"))
        try setItem(arguments, Value(0), try fileSystemString(Array(absolute.utf8)))
        try set(namespace, name: self.name(.file), try fileSystemString(Array(absolute.utf8)))
        try set(namespace, name: self.name(.package), intern(package))
        return Source(name: absolute, bytes: content)
    }
    private func importParent(_ package: String, of name: String) throws(Unwind) -> Value {
        do throws(Unwind) { return try importModule(package) } catch {
            guard error == .raise, isInstance(pending, .moduleNotFoundError) else { throw error }
            let reason = text(try str(pending))
            pending = .none
            throw moduleNotRun(
                "Error while finding module specification for '\(name)' (ModuleNotFoundError: \(reason))"
            )
        }
    }
    private func searchPath() throws(Unwind) -> [String] {
        try strings(
            ofList: try getAttribute(
                find(shared.pointee.modules, name: intern("sys")), intern("path")))
    }
    private func searchPath(ofPackage package: Value) throws(Unwind) -> [String] {
        let path = try findAttribute(package, self.name(.path))
        return path == .unbound ? [] : try strings(ofList: path)
    }
    private func strings(ofList list: Value) throws(Unwind) -> [String] {
        var strings: [String] = []
        try iterate(list) { (item) throws(Unwind) in
            if asString(item) != nil { strings.append(text(item)) }
            return true
        }
        return strings
    }
    /// Ends the program with a message in place of a traceback.
    private func moduleNotRun(_ message: String) -> Unwind {
        do throws(Unwind) {
            let exception = try call(
                Value(type(.systemExit)), try string("\(Python.commandName): \(message)"))
            return raise(exception)
        } catch { return error }
    }

    /// `sys.argv[0]`, and the folder that imports look into first.
    func setStart(argument: String, folder: String) throws(Unwind) {
        let sys = find(shared.pointee.modules, name: intern("sys"))
        let arguments = try getAttribute(sys, intern("argv"))
        try setItem(arguments, Value(0), try fileSystemString(Array(argument.utf8)))
        let path = try getAttribute(sys, intern("path"))
        if path.isList {
            try insert(path.reference, at: 0, try fileSystemString(Array(folder.utf8)))
        }
    }
}

extension Python {
    /// Of a program: not from the command line or standard input.
    static func isFile(_ source: Source) -> Bool {
        !source.name.hasPrefix("<") && source.name != "-e"
    }
    static var workingFolder: String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }
    /// A path from the root.
    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        let folder = workingFolder
        return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }
    /// Where a script is, symbolic links followed.
    static func folder(ofScript path: String) -> String {
        var resolved = path
        if let real = realpath(path, nil) {
            resolved = String(cString: real)
            free(real)
        }
        guard let slash = resolved.lastIndex(of: "/") else { return "" }
        return slash == resolved.startIndex ? "/" : String(resolved[..<slash])
    }
}
