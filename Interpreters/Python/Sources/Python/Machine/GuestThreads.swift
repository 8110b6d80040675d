import InterpreterKit
import PythonSyntax

/// How guest threads begin, and what happens with an exception that leaves their first function.
extension VM {
    /// The functions that ``Bootstrap`` calls, by ``Starter``.
    func installStarters() {
        func framing(_ name: StaticString, _ framing: Framing) -> Value {
            let value = newNative(name, "()", .framing, owner: nil) { (vm, _) throws(Unwind) in
                throw vm.raise(.runtimeError, "the program cannot be started twice")
            }
            self[value.reference, NativeFunction.entry].native(NativeEntry.self).pointee.framing =
                framing
            return value
        }
        func function(_ name: StaticString, _ signature: StaticString, _ body: @escaping Native)
            -> Value
        {
            newNative(name, signature, .function, owner: nil, body)
        }
        let starters: [(Starter, Value)] = [
            (.main, framing("main", .main)),
            (.statement, framing("statement", .statement)),
            (
                .finish,
                function("finish", "()") { (vm, _) throws(Unwind) in
                    if !vm.python.system.continuesInSession { try vm.endProgram(with: nil) }
                    return .none
                }
            ),
            (
                .uncaught,
                function("uncaught", "(exception, /)") { (vm, a) throws(Unwind) in
                    if vm.python.system.continuesInSession {
                        try vm.reportInSession(a[0])
                    } else {
                        try vm.endProgram(with: a[0])
                    }
                    return .none
                }
            ),
            (
                .uncaughtInSession,
                function("uncaught", "(exception, /)") { (vm, a) throws(Unwind) in
                    try vm.reportInSession(a[0])
                    return .none
                }
            ),
            (
                .uncaughtInThread,
                function("uncaught", "(exception, /)") { (vm, a) throws(Unwind) in
                    try vm.endThread(with: a[0])
                    return .none
                }
            ),
        ]
        for (starter, value) in starters {
            shared.pointee.starters[starter.rawValue] = value
            machine.heap.keep(value)
        }
    }

    // MARK: the main thread

    /// The main thread's first call: the program gets a frame.
    func enterMain(_ base: Frame, _ register: Int) throws(Unwind) -> Position {
        guard let program = python.program else { throw raise(.systemError, "no program") }
        python.system.mainThread = threadIdentity
        if program.kind == .session {
            try beginSession()
            return try finish(.result, .none, register)
        }
        let module = try mainModule(program)
        let namespace = self[module, ModuleObject.namespace]
        var source = program.source
        switch program.kind {
        case .script:
            try startScript(source, namespace)
            if Python.isFile(source) {
                source = Source(name: Python.absolute(source.name), bytes: source.bytes)
            }
        case .module: source = try startModule(source.text, namespace)
        case .input, .session: break
        }
        let isStatement = program.kind == .input && !Python.isBlank(source)
        let code = try compile(source, mode: isStatement ? .single : .file)
        return try enter(code, namespace, base, register)
    }
    /// Leaves a frame that runs `code` at the top level of a module.
    func enter(
        _ code: CodePointer, _ namespace: Reference, _ base: Frame, _ register: Int
    ) throws(Unwind) -> Position {
        let space = try tuple(Value(namespace))
        let function = try newFunction(code, globals: namespace)
        base[0] = function
        base[below: 4] = space
        return try enter(function: function.reference, base, 0, .none, .result, register)
    }
    private func mainModule(_ program: Python.Program) throws(Unwind) -> Reference {
        let name = intern("__main__")
        let known = find(shared.pointee.modules, name: name)
        if known.isA(Kind.module) && program.kind == .input { return known.reference }
        return try newMainModule()
    }
    func newMainModule() throws(Unwind) -> Reference {
        let module = try newModule("__main__")
        let namespace = self[module, ModuleObject.namespace]
        let builtins = find(shared.pointee.modules, name: intern("builtins"))
        try set(namespace, name: name(.builtins), builtins)
        try set(shared.pointee.modules, name: intern("__main__"), Value(module))
        return module
    }

    // MARK: other threads

    /// A thread ends with an exception that nothing has caught.
    private func endThread(with exception: Value) throws(Unwind) {
        if isInstance(exception, .systemExit) { return }
        try writeError(try threadHeading() + describe(exception))
    }
}

/// Functions that ``Bootstrap`` calls.
enum Starter: Int {
    case main, statement, finish, uncaught, uncaughtInSession, uncaughtInThread
    static let count = 6
}
