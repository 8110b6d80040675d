import InterpreterKit
import PythonSyntax

/// `compile`, `exec`, `eval`, `globals`, `locals`, `__import__`.
extension VM {
    func installCodeFunctions() {
        function(
            "compile",
            "(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)"
        ) { (vm, a) throws(Unwind) in
            guard let mode = vm.asString(a[2]) else {
                throw vm.raise(
                    .typeError,
                    "compile() argument 'mode' must be str, not \(vm.typeName(a[2]))")
            }
            let parseMode: ParseMode
            switch vm.text(mode) {
            case "exec": parseMode = .file
            case "eval": parseMode = .eval
            case "single": parseMode = .single
            default:
                throw vm.raise(
                    .valueError, "compile() mode must be 'exec', 'eval' or 'single'")
            }
            if a[0].isA(Kind.code) { return a[0] }
            // Trees go in and come out by the module `ast`.
            let flags = a.has(3) ? try vm.index(a[3]) : 0
            let wantsTree = flags & 0x400 != 0
            // Those of `ast` and of `__future__`.
            if flags & ~0x1FE_7F00 != 0 {
                throw vm.raise(.valueError, "compile(): unrecognised flags")
            }
            if a.has(5), !(-1...2).contains(try vm.index(a[5])) {
                throw vm.raise(.valueError, "compile(): invalid optimize value")
            }
            if wantsTree || vm.asString(a[0]) == nil && !vm.isBytesLike(a[0]) {
                let trees = try vm.importModule("ast")
                if wantsTree {
                    let make = try vm.getAttribute(trees, vm.intern("_tree"))
                    return try vm.call(make, a[0], a[1], a[2])
                }
                let text = try vm.callMethod(trees, vm.intern("_source"), a[0], a[2])
                if text != .none {
                    let source = try vm.source(text, named: try vm.fileName(a[1]), for: "compile()")
                    return try vm.codeObject(
                        try vm.compile(source, mode: parseMode, separateNamespace: true))
                }
            }
            let source = try vm.source(a[0], named: try vm.fileName(a[1]), for: "compile()")
            return try vm.codeObject(
                try vm.compile(source, mode: parseMode, separateNamespace: true))
        }
        function("exec", "(source, globals=None, locals=None, /, *, closure=None)") {
            (vm, a) throws(Unwind) in
            _ = try vm.execute(a, "exec", .file)
            return .none
        }
        function("eval", "(source, globals=None, locals=None, /)") { (vm, a) throws(Unwind) in
            try vm.execute(a, "eval", .eval)
        }
        function("globals", "()") { (vm, a) throws(Unwind) in
            Value(vm.callingGlobals())
        }
        function("locals", "()") { (vm, a) throws(Unwind) in
            try vm.callerLocals()
        }
        function("__import__", "(name, globals=None, locals=None, fromlist=(), level=0)") {
            (vm, a) throws(Unwind) in
            guard let name = vm.asString(a[0]) else {
                throw vm.raise(.typeError, "module name must be a string")
            }
            let level = a.has(4) ? try vm.index(a[4]) : 0
            if level < 0 { throw vm.raise(.valueError, "level must be >= 0") }
            var wanted = a.value(3, or: .none)
            if wanted != .none, try !vm.isTrue(wanted) { wanted = .none }
            let globals = vm.asDict(a.value(1, or: .none)) ?? vm.callingGlobals()
            return try vm.importModule(
                vm.text(name), level: level, wanted: wanted, globals: globals)
        }
    }

    func fileName(_ value: Value) throws(Unwind) -> String {
        if let name = asString(value) { return text(name) }
        if let bytes = asBytes(value) {
            return String(decoding: BytesView(bytes).buffer, as: UTF8.self)
        }
        throw raise(
            .typeError, "expected str, bytes or os.PathLike object, not \(typeName(value))")
    }
    func source(
        _ value: Value, named name: String, for function: String
    ) throws(Unwind) -> Source {
        var bytes: [UInt8]
        if let string = asString(value) {
            bytes = utf8(string)
        } else if let content = try byteContent(value) {
            bytes = Array(content.buffer)
        } else {
            throw raise(
                .typeError,
                "\(function) arg 1 must be a string, bytes or AST object")
        }
        if bytes.contains(0) {
            let message = try string("source code string cannot contain null bytes")
            throw raise(try call(Value(type(.syntaxError)), message))
        }
        return Source(name: name, bytes: bytes)
    }

    private func execute(
        _ a: CallArguments, _ name: String, _ mode: ParseMode
    ) throws(Unwind) -> Value {
        var globals = a.value(1, or: .none)
        var locals = a.value(2, or: .none)
        let closure = a.value(3, or: .none)
        if globals != .none && asDict(globals) == nil {
            throw raise(
                .typeError,
                name == "exec"
                    ? "exec() globals must be a dict, not \(typeName(globals))"
                    : lookup(typeOf: globals, self.name(.getitem)) != .unbound
                        ? "globals must be a real dict; try eval(code, {}, mapping)"
                        : "globals must be a dict")
        }
        if locals != .none && asDict(locals) == nil
            && lookup(typeOf: locals, self.name(.getitem)) == .unbound
        {
            throw raise(
                .typeError,
                name == "exec"
                    ? "locals must be a mapping or None, not \(typeName(locals))"
                    : "locals must be a mapping")
        }
        if globals == .none {
            globals = Value(callingGlobals())
            if locals == .none { locals = try callerLocals() }
        }
        if locals == .none { locals = globals }
        let dict = asDict(globals) ?? callingGlobals()
        if find(dict, name: self.name(.builtins)) == .unbound {
            try set(
                dict, name: self.name(.builtins),
                find(shared.pointee.modules, name: intern("builtins")))
        }
        let code: CodePointer
        if a[0].isA(Kind.code) {
            code = self[a[0].reference, CodeObject.code].code
            let free = code.pointee.description.takeUnretainedValue().freeRegisters.count
            if name == "exec" {
                try check(closure: closure, for: free)
            } else if free > 0 {
                throw raise(
                    .typeError, "code object passed to eval() may not contain free variables")
            }
        } else {
            if closure != .none {
                throw raise(
                    .typeError, "closure can only be used when source is a code object")
            }
            var text = try source(a[0], named: "<string>", for: "\(name)()")
            if mode == .eval {
                let trimmed = text.bytes.drop { $0 == 0x20 || $0 == 0x09 }
                text = Source(name: text.name, bytes: Array(trimmed))
            }
            code = try evaluated(text, mode)
        }
        return try run(code, globals: dict, namespace: locals, closure: closure)
    }
    /// `exec` of code with free variables needs a cell for each.
    private func check(closure: Value, for count: Int) throws(Unwind) {
        if count == 0 {
            if closure == .none { return }
            throw raise(.typeError, "cannot use a closure with this code object")
        }
        var fits = closure.isTuple && q.tupleCount(closure.reference) == count
        if fits {
            for i in 0..<count where !q.tupleElement(closure.reference, i).isA(Kind.cell) {
                fits = false
            }
        }
        if !fits {
            throw raise(
                .typeError, "code object requires a closure of exactly length \(count)")
        }
    }

    // MARK: the calling frame

    /// The guest frame that called: frames of built-in functions are left out.
    func callingFrame() -> Frame {
        var frame = fp
        while frame[below: 1].bits <= 16 {
            let link = Link(frame)
            if link.distance == 0 { break }
            frame -= link.distance
        }
        return frame
    }
    func callingGlobals() -> Reference {
        let frame = callingFrame()
        if frame[below: 1].bits > 16, frame[0].isA(Kind.function) {
            return self[frame[0].reference, Function.globals]
        }
        let main = find(shared.pointee.modules, name: intern("__main__"))
        return main.isA(Kind.module)
            ? self[main.reference, ModuleObject.namespace] : shared.pointee.builtins
    }
    /// The namespace of a module or class body; a new dict with the variables of a function.
    func callerLocals() throws(Unwind) -> Value {
        let frame = callingFrame()
        guard frame[below: 1].bits > 16, frame[0].isA(Kind.function) else {
            return Value(callingGlobals())
        }
        return try locals(frame)
    }
    func locals(_ frame: Frame) throws(Unwind) -> Value {
        let code = frame[below: 1].code
        if code.pointee.flags.contains(.hasNamespace) {
            return VM(thread, shared, frame, pc).namespace()
        }
        let description = code.pointee.description.takeUnretainedValue()
        let dict = newDict()
        for (register, name) in description.registerNames.enumerated()
        where register > 0 && !name.isEmpty && !name.hasPrefix(".") {
            var value = frame[register]
            if value.isA(Kind.cell) { value = self[value.reference, Cell.content] }
            if value != .unbound { try set(dict, name: intern(name), value) }
        }
        return Value(dict)
    }
}
