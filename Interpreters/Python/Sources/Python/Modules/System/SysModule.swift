import Glibc
import InterpreterKit

/// `sys`: facts about the interpreter, and what programs may change of it.
extension ModuleBuilder {
    func sys() throws(Unwind) {
        try vm.startUnsupportedOperation()
        try vm.startStreams()
        constant("modules", Value(vm.shared.pointee.modules))
        try addVersion()
        try addPlaces()
        try addNumbers()
        try addStreams()
        addRunning()
        addExceptions()
        addObjects()
        addTracing()
        addAsyncHooks()
    }

    static var version: (major: Int, minor: Int, micro: Int) { (3, 11, 2) }

    private func addVersion() throws(Unwind) {
        let (major, minor, micro) = ModuleBuilder.version
        constant("version", try vm.string("\(major).\(minor).\(micro) (quanta) [Swift]"))
        constant("hexversion", Value(major << 24 | minor << 16 | micro << 8 | 0xF0))
        constant("api_version", Value(1013))
        let fields: [StaticString] = ["major", "minor", "micro", "releaselevel", "serial"]
        let list = try vm.newList()
        for part in [major, minor, micro] { try vm.append(list, Value(part)) }
        try vm.append(list, vm.intern("final"))
        try vm.append(list, Value(0))
        let version = StructType(vm, "version_info", in: "sys", fields, makes: false)
        constant("version_info", try version.make(vm, list))
        let implementation = try vm.newInstance(vm.type(.simpleNamespace))
        for (name, value)
            in [
                ("name", vm.intern("quanta")),
                ("cache_tag", vm.intern(CompiledFile.tag)),
                ("version", try version.make(vm, list)),
                ("hexversion", Value(major << 24 | minor << 16 | micro << 8 | 0xF0)),
            ] as [(StaticString, Value)]
        {
            try vm.setAttribute(Value(implementation), vm.intern(name), value)
        }
        constant("implementation", Value(implementation))
        constant("copyright", try vm.string("Copyright (c) the Quanta authors."))
    }
    private func addPlaces() throws(Unwind) {
        let executable = vm.executable()
        constant("executable", executable)
        constant("_base_executable", executable)
        constant("platform", vm.intern("linux"))
        constant("byteorder", vm.intern("little"))
        constant("platlibdir", vm.intern("lib"))
        constant("abiflags", vm.shared.pointee.emptyString)
        constant("float_repr_style", vm.intern("short"))
        let prefix = try vm.string(vm.python.library.folder ?? "/usr")
        for name: StaticString in ["prefix", "exec_prefix", "base_prefix", "base_exec_prefix"] {
            constant(name, prefix)
        }
        let settings = vm.python.system.settings
        constant(
            "pycache_prefix",
            try settings.compiledFolder.map { (path) throws(Unwind) in try vm.string(path) }
                ?? .none)
        let path = try vm.newList()
        if let folder = vm.python.library.folder { try vm.append(path, try vm.string(folder)) }
        constant("path", Value(path))
        constant("path_hooks", Value(try vm.newList()))
        let finders = try vm.newList()
        for type in try vm.standardFinders() { try vm.append(finders, Value(type)) }
        constant("meta_path", Value(finders))
        let options = try vm.newList()
        let environment = settings.environment("PYTHONWARNINGS") ?? ""
        for option in environment.split(separator: ",").map(String.init) + settings.warnings {
            try vm.append(options, try vm.string(option))
        }
        constant("warnoptions", Value(options))
        constant("path_importer_cache", Value(vm.newDict()))
        let implementation = vm.newDict()
        for option in settings.implementation {
            let end = option.firstIndex(of: "=")
            try vm.set(
                implementation, name: vm.intern(String(option[..<(end ?? option.endIndex)])),
                try end.map { (end) throws(Unwind) in
                    try vm.string(String(option[option.index(after: end)...]))
                } ?? .true)
        }
        constant("_xoptions", Value(implementation))
        let arguments = try vm.newList()
        try vm.append(arguments, vm.shared.pointee.emptyString)
        for argument in vm.python.arguments {
            try vm.append(arguments, try vm.fileSystemString(Array(argument.utf8)))
        }
        constant("argv", Value(arguments))
        constant("orig_argv", Value(try vm.originalArguments()))
        let names = try vm.newList()
        for name in VM.builtinModules.keys.sorted() { try vm.append(names, vm.intern(name)) }
        constant("builtin_module_names", try vm.tuple(ofList: names))
        constant(
            "stdlib_module_names",
            try vm.call(Value(vm.type(.frozenset)), Value(try vm.libraryModules(names))))
    }
    private func addStreams() throws(Unwind) {
        let system = vm.python.system
        for (name, kept)
            in [
                ("stdin", .standardInput), ("stdout", .standardOutput), ("stderr", .standardError),
                ("__stdin__", .standardInput), ("__stdout__", .standardOutput),
                ("__stderr__", .standardError),
            ] as [(StaticString, SystemState.Kept)]
        {
            constant(name, system[kept])
        }
    }
}

extension VM {
    func startUnsupportedOperation() throws(Unwind) {
        let namespace = newDict()
        try set(namespace, name: name(.module), intern("io"))
        let type = try call(
            Value(type(.type)), intern("UnsupportedOperation"),
            try tuple(Value(type(.osError)), Value(type(.valueError))), Value(namespace))
        python.system.keep(.unsupportedOperation, type, self)
    }

    fileprivate func executable() -> Value {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let n = readlink("/proc/self/exe", &buffer, buffer.count)
        do throws(Unwind) { return try fileSystemString(Array(buffer.prefix(max(0, n)))) } catch {
            return shared.pointee.emptyString
        }
    }
    fileprivate func originalArguments() throws(Unwind) -> Reference {
        let list = try newList()
        for argument in CommandLine.arguments {
            try append(list, try fileSystemString(Array(argument.utf8)))
        }
        return list
    }
    /// The names of the built-in modules and of those in the library's folder.
    fileprivate func libraryModules(_ builtin: Reference) throws(Unwind) -> Reference {
        let names = try newList()
        for i in 0..<self[builtin, List.count] { try append(names, item(ofList: builtin, i)) }
        guard let folder = python.library.folder, let directory = opendir(folder) else {
            return names
        }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = FolderEntry(entry).name
            let text = String(decoding: name, as: UTF8.self)
            if text.hasSuffix(".py") {
                try append(names, intern(String(text.dropLast(3))))
            } else if !text.contains(".") && text != "__pycache__" {
                try append(names, intern(text))
            }
        }
        return names
    }
}
