import Glibc
import InterpreterKit
import PythonSyntax

/// Where the modules written in Python are: beside the executable, or in the source tree above it.
final class Library: Sendable {
    let folder: String?

    init() {
        var candidates: [String] = []
        if let named = getenv("QUANTAPY_LIBRARY") { candidates.append(String(cString: named)) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let n = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        if n > 0 {
            var path = String(decoding: buffer[0..<n], as: UTF8.self)
            while let slash = path.lastIndex(of: "/") {
                path = String(path[..<slash])
                candidates.append(path + "/lib/quantapy")
                candidates.append(path + "/Interpreters/Python/Library")
            }
        }
        folder = candidates.first { Library.isFolder($0) }
    }

    static func isFolder(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }
    static func isFile(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG
    }
    /// The content of a file; nil when it cannot be read.
    static func content(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return nil }
        defer { close(descriptor) }
        var info = stat()
        if fstat(descriptor, &info) != 0 { return nil }
        var content: [UInt8] = []
        // One more than there should be, to see the end at once.
        var piece = max(0, info.st_size) + 1
        while true {
            content.reserveCapacity(content.count + piece)
            var n = 0
            let known = content.count
            let part = [UInt8](unsafeUninitializedCapacity: piece) { (bytes, count) in
                n = read(descriptor, bytes.baseAddress, piece)
                count = max(0, n)
            }
            if n < 0 && errno == EINTR { continue }
            if n < 0 { return nil }
            if n == 0 { return content }
            content = known == 0 ? part : content + part
            piece = 1 << 16
        }
    }
}

/// Imports: built-in modules, then the folders of `sys.path`.
extension VM {
    func newModule(_ name: String) throws(Unwind) -> Reference {
        let namespace = newNamespace()
        machine.heap.keep(Value(namespace))
        let module = q.new(Kind.module, Value(namespace), .none)
        try set(namespace, name: self.name(.name), intern(name))
        for name in [Name.doc, .package, .loader, .spec] {
            try set(namespace, name: self.name(name), .none)
        }
        return module
    }

    /// The modules that are there from the start.
    func startModules() throws(Unwind) {
        let builtins = q.new(Kind.module, Value(shared.pointee.builtins), .none)
        try set(shared.pointee.builtins, name: name(.name), intern("builtins"))
        try set(shared.pointee.modules, name: intern("builtins"), Value(builtins))
        for type in BuiltinType.allCases {
            let text = "\(type.facts.name)"
            let isException = type.rawValue >= BuiltinType.firstException.rawValue
            let isNamed =
                isException || type.rawValue <= BuiltinType.slice.rawValue
                || [
                    .property, .staticMethod, .classMethod, .superType, .enumerate, .zip, .map,
                    .filter, .reversed,
                ].contains(type)
            if isNamed {
                try set(shared.pointee.builtins, name: intern(text), Value(self.type(type)))
            }
        }
        for (alias, type) in [("IOError", BuiltinType.osError), ("EnvironmentError", .osError)] {
            try set(shared.pointee.builtins, name: intern(alias), Value(self.type(type)))
        }
        try set(shared.pointee.builtins, name: intern("Ellipsis"), .ellipsis)
        try set(shared.pointee.builtins, name: intern("NotImplemented"), .notImplemented)
        try set(shared.pointee.builtins, name: name(.debug), .true)
        _ = try importModule("sys")
    }

    // MARK: instructions

    @inline(never) @usableFromInline func importName() throws(Unwind) -> Position {
        let i = instruction
        let name = operandName
        let function = find(shared.pointee.builtins, name: self.name(.import_))
        let (level, wanted) = (fp[i.b], fp[i.b + 1])
        let globals = self[fp[0].reference, Function.globals]
        if function != .unbound, !function.isA(Kind.native) {
            let arguments = try newList()
            for value in [0, 1, 2, 3, 4] {
                try append(
                    arguments,
                    value == 0
                        ? name
                        : value == 1
                            ? Value(globals) : value == 2 ? .none : value == 3 ? wanted : level)
            }
            fp[i.a] = try call(function, arguments: try tuple(ofList: arguments))
            return here
        }
        fp[i.a] = try importModule(
            text(name), level: level.int, wanted: wanted, globals: globals)
        return here
    }
    @inline(never) @usableFromInline func importFrom() throws(Unwind) {
        let i = instruction
        let module = fp[i.b]
        let name = operandName
        let value = try findAttribute(module, name)
        if value != .unbound {
            fp[i.a] = value
            return
        }
        let moduleName =
            asString(try findAttribute(module, self.name(.name))).map(text)
            ?? "<unknown module name>"
        let sub = find(shared.pointee.modules, name: intern("\(moduleName).\(text(name))"))
        if sub != .unbound {
            fp[i.a] = sub
            return
        }
        let file = try findAttribute(module, self.name(.file))
        let place = asString(file).map(text) ?? "unknown location"
        let isPartial =
            module.isA(Kind.module)
            && find(
                self[module.reference, ModuleObject.namespace], name: intern("__initializing__"))
                == .true
        let reason =
            isPartial
            ? "cannot import name '\(text(name))' from partially initialized module '\(moduleName)' (most likely due to a circular import) (\(place))"
            : "cannot import name '\(text(name))' from '\(moduleName)' (\(place))"
        let error = newException(type(.importError), try tuple(try string(reason)))
        if error.isInstance {
            try setAttribute(error, self.name(.nameName), intern(moduleName))
            try setAttribute(error, intern("path"), file == .unbound ? .none : file)
            try setAttribute(error, intern("name_from"), name)
        }
        throw raise(error)
    }
    @inline(never) @usableFromInline func importStar() throws(Unwind) {
        let i = instruction
        let module = fp[i.b]
        let target =
            i.a == Instruction.noRegister
            ? Value(self[fp[0].reference, Function.globals]) : fp[i.a]
        let all = try findAttribute(module, name(.all))
        if all != .unbound {
            try iterate(all) { (name) throws(Unwind) in
                guard let text = asString(name) else {
                    throw raise(
                        .typeError,
                        "Item in \(self.text(try getAttribute(module, self.name(.name)))).__all__ must be str, not \(typeName(name))"
                    )
                }
                try setItem(target, intern(text), try getAttribute(module, intern(text)))
                return true
            }
            return
        }
        guard module.isA(Kind.module) else {
            throw raise(.importError, "from-import-* object has no __dict__ and no __all__")
        }
        let namespace = self[module.reference, ModuleObject.namespace]
        for n in 0..<fill(namespace) {
            guard let (key, value) = entry(namespace, n), key.isString else { continue }
            if StringView(key).count > 0 && StringView(key)[0] == 0x5F { continue }
            try setItem(target, key, value)
        }
    }

    // MARK: importing

    /// `import name` or `from name import wanted…`: the first module of a dotted name, or the last
    /// one when `wanted` is not None.
    func importModule(
        _ name: String, level: Int, wanted: Value, globals: Reference
    ) throws(Unwind) -> Value {
        var full = name
        if level > 0 {
            let package = find(globals, name: self.name(.package))
            var parent = asString(package).map(text) ?? ""
            if parent.isEmpty {
                let own = asString(find(globals, name: self.name(.name))).map(text) ?? ""
                parent = own
                if find(globals, name: self.name(.path)) == .unbound {
                    parent =
                        own.contains(".")
                        ? String(own[..<own.lastIndex(of: ".").unsafelyUnwrapped]) : ""
                }
            }
            if parent.isEmpty {
                throw raise(
                    .importError, "attempted relative import with no known parent package")
            }
            for _ in 1..<max(level, 1) {
                guard let dot = parent.lastIndex(of: ".") else {
                    throw raise(
                        .importError, "attempted relative import beyond top-level package")
                }
                parent = String(parent[..<dot])
            }
            full = name.isEmpty ? parent : "\(parent).\(name)"
        }
        if full.isEmpty { throw raise(.valueError, "Empty module name") }
        let module = try importModule(full)
        if wanted == .none {
            guard level == 0, let dot = full.firstIndex(of: ".") else {
                if level > 0, let dot = name.firstIndex(of: ".") {
                    let first = String(full.dropLast(name.count - name[..<dot].count))
                    return find(shared.pointee.modules, name: intern(first))
                }
                return module
            }
            return find(shared.pointee.modules, name: intern(String(full[..<dot])))
        }
        // Submodules that are asked for by name.
        if try findAttribute(module, self.name(.path)) != .unbound {
            try iterate(wanted) { (item) throws(Unwind) in
                guard let item = asString(item) else { return true }
                let text = self.text(item)
                if text == "*" {
                    let all = try findAttribute(module, self.name(.all))
                    if all == .unbound { return true }
                    try iterate(all) { (name) throws(Unwind) in
                        if let name = asString(name) { try importSubmodule(full, module, name) }
                        return true
                    }
                    return true
                }
                try importSubmodule(full, module, item)
                return true
            }
        }
        return module
    }
    private func importSubmodule(
        _ package: String, _ module: Value, _ name: Value
    ) throws(Unwind) {
        if try findAttribute(module, intern(name)) != .unbound { return }
        let full = "\(package).\(text(name))"
        do throws(Unwind) { _ = try importModule(full) } catch {
            guard error == .raise, isInstance(pending, .moduleNotFoundError) else { throw error }
            let missing = try getAttribute(pending, self.name(.nameName))
            if asString(missing).map(text) != full { throw .raise }
            pending = .none
        }
    }

    /// A module by its full name, with its parents; `asking` the finders that the program has added.
    func importModule(_ full: String, asking: Bool = true) throws(Unwind) -> Value {
        let key = intern(full)
        let known = try getItemOrUnbound(Value(shared.pointee.modules), key)
        if known == .none {
            throw notFound(full, "import of \(full) halted; None in sys.modules")
        }
        if known != .unbound { return known }
        var parent = Value.unbound
        var path = Value.unbound
        if let dot = full.lastIndex(of: ".") {
            let parentName = String(full[..<dot])
            parent = try importModule(parentName, asking: asking)
            let again = find(shared.pointee.modules, name: key)
            if again != .unbound { return again }
            path = try findAttribute(parent, name(.path))
            if path == .unbound {
                throw notFound(
                    full, "No module named '\(full)'; '\(parentName)' is not a package")
            }
        }
        let module =
            try asking ? findByFinders(full, path) : findStandard(full, path)
        if module == .unbound {
            let hint =
                python.library.folder == nil
                ? " (the library of quantapy is not found: QUANTAPY_LIBRARY can name its folder)"
                : ""
            throw notFound(full, "No module named '\(full)'\(hint)")
        }
        if parent != .unbound, let dot = full.lastIndex(of: ".") {
            try setAttribute(parent, intern(String(full[full.index(after: dot)...])), module)
        }
        return module
    }
    private func getItemOrUnbound(_ mapping: Value, _ key: Value) throws(Unwind) -> Value {
        try get(mapping.reference, key)
    }
    private func notFound(_ name: String, _ message: String) -> Unwind {
        do throws(Unwind) {
            let error = newException(
                type(.moduleNotFoundError), try tuple(try string(message)))
            if error.isInstance {
                try setAttribute(error, self.name(.nameName), intern(name))
                try setAttribute(error, intern("path"), .none)
            }
            return raise(error)
        } catch { return error }
    }
    /// A module of the interpreter, or from a folder; unbound when there is none. No path means `sys.path`.
    func findStandard(_ full: String, _ path: Value) throws(Unwind) -> Value {
        let module = try findBuiltin(full, path)
        return module == .unbound ? try findInFolders(full, path) : module
    }
    func findBuiltin(_ full: String, _ path: Value) throws(Unwind) -> Value {
        guard path == .unbound, let build = VM.builtinModules[full] else { return .unbound }
        return try makeBuiltin(full, build)
    }
    func findInFolders(_ full: String, _ path: Value) throws(Unwind) -> Value {
        var path = path
        if path == .unbound {
            let sys = find(shared.pointee.modules, name: intern("sys"))
            path = try findAttribute(sys, intern("path"))
        }
        let last = full.split(separator: ".").last.map(String.init) ?? full
        return try loadModule(full, last, path)
    }
    private func makeBuiltin(
        _ name: String, _ build: (ModuleBuilder) throws(Unwind) -> Void
    ) throws(Unwind) -> Value {
        let module = try newModule(name)
        try set(shared.pointee.modules, name: intern(name), Value(module))
        do throws(Unwind) {
            try build(ModuleBuilder(vm: self, module: module, name: name))
        } catch {
            _ = try remove(shared.pointee.modules, intern(name))
            throw error
        }
        return Value(module)
    }

    /// Looks for the file in the folders and runs it; unbound when there is none.
    private func loadModule(_ full: String, _ last: String, _ path: Value) throws(Unwind) -> Value {
        var found: (file: String, folder: String?)?
        var namespaceFolder: String?
        try iterate(path) { (entry) throws(Unwind) in
            guard let entry = asString(entry) else { return true }
            let folder = text(entry)
            let stem = folder.isEmpty ? last : "\(folder)/\(last)"
            if Library.isFile("\(stem)/__init__.py") {
                found = ("\(stem)/__init__.py", stem)
            } else if Library.isFile("\(stem).py") {
                found = ("\(stem).py", nil)
            } else if namespaceFolder == nil && Library.isFolder(stem) {
                namespaceFolder = stem
            }
            return found == nil
        }
        if found == nil, let folder = namespaceFolder {
            let module = try newModule(full)
            let namespace = self[module, ModuleObject.namespace]
            let list = try newList()
            try append(list, try string(folder))
            try set(namespace, name: name(.path), Value(list))
            try set(namespace, name: name(.package), intern(full))
            try set(shared.pointee.modules, name: intern(full), Value(module))
            return Value(module)
        }
        guard let found, let content = Library.content(found.file) else { return .unbound }
        let source = Source(name: found.file, bytes: content)
        let code = try moduleCode(source)
        let module = try newModule(full)
        let namespace = self[module, ModuleObject.namespace]
        try set(namespace, name: name(.file), try string(found.file))
        try set(
            namespace, name: intern("__cached__"), try string(try compiledPath(of: found.file)))
        try set(
            namespace, name: name(.builtins), find(shared.pointee.modules, name: intern("builtins"))
        )
        if let folder = found.folder {
            let list = try newList()
            try append(list, try string(folder))
            try set(namespace, name: name(.path), Value(list))
            try set(namespace, name: name(.package), intern(full))
        } else {
            let parent = full.lastIndex(of: ".").map { String(full[..<$0]) } ?? ""
            try set(namespace, name: name(.package), intern(parent))
        }
        let key = intern(full)
        let flag = intern("__initializing__")
        try set(namespace, name: flag, .true)
        try set(shared.pointee.modules, name: key, Value(module))
        return try fill(Value(module), key) { () throws(Unwind) in
            _ = try run(code, globals: namespace, namespace: Value(namespace))
            _ = try remove(namespace, flag)
        }
    }
    /// Runs the body of a module that is in `sys.modules`; what it leaves there. A body that fails takes it out.
    func fill(
        _ module: Value, _ key: Value, _ body: () throws(Unwind) -> Void
    ) throws(Unwind) -> Value {
        do throws(Unwind) { try body() } catch {
            if error == .raise {
                let exception = pending
                pending = .none
                _ = try remove(shared.pointee.modules, key)
                pending = exception
            }
            throw error
        }
        // The module may have put something else in its place.
        let result = find(shared.pointee.modules, name: key)
        return result == .unbound ? module : result
    }

    // MARK: running code

    /// Source to code; a mistake in it becomes SyntaxError.
    func compile(
        _ source: Source, mode: ParseMode, separateNamespace: Bool = false
    ) throws(Unwind) -> CodePointer {
        try install(try compiled(source, mode: mode, separateNamespace: separateNamespace), source)
    }
    func compiled(
        _ source: Source, mode: ParseMode, separateNamespace: Bool = false
    ) throws(Unwind) -> CodeUnit {
        let unit: CodeUnit
        do throws(PythonSyntaxError) {
            let tree = try parse(source, mode: mode)
            unit = try Compiler.compile(
                tree, try analyze(tree), source, separateNamespace: separateNamespace)
        } catch {
            throw raise(syntaxError: error, source)
        }
        try deliver(unit.warnings, source)
        return unit
    }
    /// Runs code nested, to its end.
    func run(
        _ code: CodePointer, globals: Reference, namespace: Value, closure: Value = .none
    ) throws(Unwind) -> Value {
        try enterNative()
        defer { leaveNative() }
        let space = try tuple(namespace)
        let function = try newFunction(code, globals: globals, closure: closure)
        let base = open(0)
        defer { close(base) }
        base[0] = function
        base[below: 4] = space
        let position = try enter(function: function.reference, base, 0, .none, .exit, 0)
        return try run(position)
    }
}
