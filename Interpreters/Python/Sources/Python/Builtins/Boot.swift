import InterpreterKit

extension VM {
    /// Fills the built-in types and the module `builtins`. Each line belongs to one file.
    func installAll() {
        installTypes()
        installExceptions()
        installStrings()
        installFraming()
        installGenerators()
        installCodeFunctions()
        installInt()
        installBool()
        installFloat()
        installComplex()
        installNumberFunctions()
        installContainers()
        installFiles()
        installSiteBuiltins()
        installIntrinsics()
    }

    /// Built-in modules by name: made when they are imported.
    static let builtinModules: [String: @Sendable (ModuleBuilder) throws(Unwind) -> Void] = [
        "time": { (module) throws(Unwind) in try module.time() },
        "sys": { (module) throws(Unwind) in try module.sys() },
        "posix": { (module) throws(Unwind) in try module.posix() },
        "gc": { (module) throws(Unwind) in try module.gc() },
        "errno": { (module) throws(Unwind) in try module.errorNumbers() },
        "atexit": { (module) throws(Unwind) in try module.atexit() },
        "_transaction": { (module) throws(Unwind) in module.transactions() },
        "_thread": { (module) throws(Unwind) in try module.threads() },
        "_hashes": { (module) throws(Unwind) in module.hashes() },
        "_io": { (module) throws(Unwind) in try module.files() },
        "_bisect": VM.makeBisect,
        "_collections": VM.makeCollections,
        "_ffi": { (module) throws(Unwind) in try module.foreign() },
        "_functools": VM.makeFunctools,
        "_heapq": VM.makeHeaps,
        "_weakref": VM.makeWeakReferences,
        "_json": VM.makeJSON,
        "_trees": { (module) throws(Unwind) in module.trees() },
        "_traceback": { (module) throws(Unwind) in module.traceback() },
        "array": { (module) throws(Unwind) in try module.array() },
        "cmath": { (module) throws(Unwind) in try module.cmath() },
        "itertools": VM.makeItertools,
        "math": { (module) throws(Unwind) in module.math() },
        "_operator": VM.makeOperator,
        "operator": VM.makeOperator,
        "random": { (module) throws(Unwind) in try module.random() },
        "_frozen_importlib": { (module) throws(Unwind) in module.finders() },
        "_signal": { (module) throws(Unwind) in try module.signals() },
        "_codecs": { (module) throws(Unwind) in try module.codecsModule() },
        "_string": { (module) throws(Unwind) in module.stringModule() },
        "_unicodedata": { (module) throws(Unwind) in module.unicodeModule() },
        "binascii": { (module) throws(Unwind) in module.binascii() },
        "re": { (module) throws(Unwind) in try module.re() },
        "struct": { (module) throws(Unwind) in module.structModule() },
    ]
}
