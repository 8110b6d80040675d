import InterpreterKit
import PythonSyntax
import Synchronization

/// `code` objects: what `__code__` of a function is.
enum CodeObject {
    /// The address of a ``Code``.
    static var code: ImmutableField<Value> { ImmutableField(0) }
    /// Guards ``CodeDescription/object``.
    static let lock = Mutex(())
}

extension VM {
    /// The object for compiled code; the same one each time.
    func codeObject(_ code: CodePointer) throws(Unwind) -> Value {
        let description = code.pointee.description.takeUnretainedValue()
        let known = CodeObject.lock.withLock { _ in description.object.bits }
        if Value(bits: known) != .none { return Value(bits: known) }
        let made = Value(q.new(Kind.code, Value(native: code)))
        machine.heap.keep(made)
        return CodeObject.lock.withLock { _ in
            if description.object == .none { description.object = made }
            return description.object
        }
    }
    /// The docstring of a function with this code, or None.
    func docstring(_ code: CodePointer) throws(Unwind) -> Value {
        let unit = code.pointee.description.takeUnretainedValue().unit
        guard case .text(let text)? = unit?.docstring else { return .none }
        return try string(utf8: text.bytes)
    }

    func installCode() {
        build(.code) { type in
            installCodeCounts(type)
            installCodeNames(type)
            type.attribute(
                "co_consts",
                get: { (vm, a) throws(Unwind) in try vm.constants(a[0]) })
            type.attribute(
                "co_code",
                get: { (vm, a) throws(Unwind) in
                    let unit = vm.description(a[0]).unit
                    var bytes: [UInt8] = []
                    for instruction in unit?.instructions ?? [] {
                        withUnsafeBytes(of: instruction.bits) { bytes.append(contentsOf: $0) }
                    }
                    return try vm.bytes(bytes)
                })
            for name in ["co_lnotab", "co_linetable", "co_exceptiontable"] as [StaticString] {
                type.attribute(
                    name, get: { (vm, _) throws(Unwind) in vm.shared.pointee.emptyBytes })
            }
            type.method("co_lines", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.iterator(of: Value(try vm.lines(a[0])))
            }
            type.method("co_positions", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.iterator(of: Value(try vm.positions(a[0])))
            }
            type.method("replace", "(self, /, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.replace(code: a[0], a.keywords)
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                let description = vm.description(a[0])
                var text = StringBuilder()
                text.append("<code object \(description.name) at 0x")
                text.append(hex: vm.identity(a[0]), digits: 12)
                text.append(
                    ", file \"\(description.source.name)\", line \(description.firstLine)>")
                return try text.string(vm)
            }
        }
    }
    private func code(_ object: Value) -> CodePointer {
        self[object.reference, CodeObject.code].code
    }
    private func description(_ object: Value) -> CodeDescription {
        code(object).pointee.description.takeUnretainedValue()
    }

    private func installCodeCounts(_ type: TypeBuilder) {
        func number(_ name: StaticString, _ value: @escaping (CodePointer) -> Int) {
            type.attribute(
                name, get: { (vm, a) throws(Unwind) in Value(value(vm.code(a[0]))) })
        }
        number("co_argcount") { Int($0.pointee.positional) }
        number("co_posonlyargcount") { Int($0.pointee.positionalOnly) }
        number("co_kwonlyargcount") { Int($0.pointee.keywordOnly) }
        number("co_firstlineno") { $0.pointee.description.takeUnretainedValue().firstLine }
        number("co_nlocals") { $0.pointee.description.takeUnretainedValue().localNames.count }
        number("co_stacksize") { Int($0.pointee.registers) }
        number("co_flags") { code in
            let flags = code.pointee.flags
            var result = flags.contains(.hasNamespace) ? 0 : 3
            if flags.contains(.starred) { result |= 4 }
            if flags.contains(.doubleStarred) { result |= 8 }
            if flags.contains(.nested) { result |= 16 }
            if flags.contains(.generator) { result |= 32 }
            if flags.contains(.coroutine) { result |= 128 }
            if flags.contains(.asyncGenerator) { result |= 512 }
            if flags.contains(.future) { result |= 0x100_0000 }
            return result
        }
    }
    private func installCodeNames(_ type: TypeBuilder) {
        func names(_ name: StaticString, _ value: @escaping (CodeDescription) -> [String]) {
            type.attribute(
                name,
                get: { (vm, a) throws(Unwind) in
                    let list = try vm.newList()
                    for text in value(vm.description(a[0])) {
                        try vm.append(list, vm.intern(text))
                    }
                    return try vm.tuple(ofList: list)
                })
        }
        names("co_varnames") { $0.localNames }
        names("co_cellvars") { $0.unit?.cellNames ?? [] }
        names("co_freevars") { $0.unit?.freeNames ?? [] }
        names("co_names") { $0.unit?.names ?? [] }
        type.attribute("co_name", get: { (vm, a) throws(Unwind) in vm.description(a[0]).nameValue })
        type.attribute(
            "co_qualname",
            get: { (vm, a) throws(Unwind) in vm.description(a[0]).qualifiedNameValue })
        type.attribute(
            "co_filename",
            get: { (vm, a) throws(Unwind) in try vm.string(vm.description(a[0]).source.name) })
    }

    /// The docstring or None, then the constants, code among them as objects.
    private func constants(_ object: Value) throws(Unwind) -> Value {
        let code = code(object)
        let unit = description(object).unit
        let list = try newList()
        if !code.pointee.flags.contains(.hasNamespace) { try append(list, try docstring(code)) }
        for (i, constant) in (unit?.constants ?? []).enumerated() {
            let value = code.pointee.constants[i]
            if case .code = constant {
                try append(list, try codeObject(value.code))
            } else if value != .none || self[list, List.count] == 0 {
                try append(list, value)
            }
        }
        return try tuple(ofList: list)
    }
    /// Triples of first and last byte and line.
    private func lines(_ object: Value) throws(Unwind) -> Reference {
        let spans = description(object).spans
        let list = try newList()
        var start = 0
        while start < spans.count {
            var end = start + 1
            while end < spans.count && spans[end].line == spans[start].line { end += 1 }
            let line = spans[start].line
            try append(
                list,
                try tuple(Value(start * 8), Value(end * 8), line > 0 ? Value(Int(line)) : .none))
            start = end
        }
        return list
    }
    private func positions(_ object: Value) throws(Unwind) -> Reference {
        let list = try newList()
        for span in description(object).spans {
            try append(
                list,
                Value(
                    try checked(
                        q.newTuple(count: 4) {
                            $0[0] = Value(Int(span.line))
                            $0[1] = Value(Int(span.endLine))
                            $0[2] = Value(Int(span.column))
                            $0[3] = Value(Int(span.endColumn))
                        })))
        }
        return list
    }

    /// A copy with another name, file or first line. Nothing else of code can be replaced.
    private func replace(code object: Value, _ keywords: Value) throws(Unwind) -> Value {
        let old = code(object)
        let known = description(object)
        var (name, qualifiedName) = (known.name, known.qualifiedName)
        var (file, firstLine) = (known.source.name, known.firstLine)
        if keywords.isDict {
            for i in 0..<fill(keywords.reference) {
                guard let (key, value) = entry(keywords.reference, i) else { continue }
                switch text(key) {
                case "co_name": name = try stringArgument(key, value)
                case "co_qualname": qualifiedName = try stringArgument(key, value)
                case "co_filename": file = try stringArgument(key, value)
                case "co_firstlineno": firstLine = try index(value)
                default:
                    let current = try getAttribute(object, intern(key))
                    if !(try equal(current, value)) {
                        throw raise(
                            .notImplementedError, "replace(): \(text(key)) cannot be replaced")
                    }
                }
            }
        }
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<Code>.stride, alignment: 16)
        let new = memory.bindMemory(to: Code.self, capacity: 1)
        let description = CodeDescription(
            name: name, qualifiedName: qualifiedName,
            source: Source(name: file, bytes: known.source.bytes), firstLine: firstLine, code: new)
        description.copyBody(of: known)
        description.nameValue = intern(name)
        description.qualifiedNameValue = intern(qualifiedName)
        new.initialize(to: old.pointee)
        new.pointee.description = .passRetained(description)
        return try codeObject(new)
    }
    private func stringArgument(_ key: Value, _ value: Value) throws(Unwind) -> String {
        if asString(value) != nil { return text(value) }
        throw raise(
            .typeError, "replace() argument '\(text(key))' must be str, not \(typeName(value))")
    }
}

extension CodeDescription {
    /// Parameters, then the other variables that are in registers.
    var localNames: [String] {
        let free = Set(freeRegisters)
        let names = registerNames.enumerated().filter {
            !$0.element.isEmpty && !$0.element.hasPrefix(".") && !free.contains($0.offset)
                && ($0.offset <= parameterCount || !cellRegisters.contains($0.offset))
        }
        return names.map { $0.element }
    }
    func copyBody(of other: CodeDescription) {
        registerNames = other.registerNames
        cellRegisters = other.cellRegisters
        freeRegisters = other.freeRegisters
        classRegister = other.classRegister
        spans = other.spans
        parameterCount = other.parameterCount
        inlined = other.inlined
        unit = other.unit
    }
}
