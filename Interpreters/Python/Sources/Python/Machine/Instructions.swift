import InterpreterKit

/// What single instructions do outside the loop: names, displays, calls in their longer forms.
extension VM {
    /// The interned name that operand c means.
    var operandName: Value { fp[below: 1].code.pointee.names[instruction.c] }

    // MARK: variables

    /// The variable with name `c` has no value. In a comprehension that runs in this frame, variables
    /// of the frame are free ones.
    @inline(never) @usableFromInline func unbound(_ register: Int, _ c: Int) -> Unwind {
        let code = fp[below: 1].code
        let name = text(code.pointee.names[c])
        let description = code.pointee.description.takeUnretainedValue()
        let index = pc - code.pointee.entry - 1
        let isOutside =
            description.registerNames.indices.contains(register)
            && !description.registerNames[register].isEmpty
            && description.inlined.contains { index >= $0.start && index < $0.end }
        if isOutside || description.freeRegisters.contains(register) {
            return raise(
                .nameError,
                "cannot access free variable '\(name)' where it is not associated with a value in enclosing scope"
            )
        }
        return raise(
            .unboundLocalError,
            "cannot access local variable '\(name)' where it is not associated with a value")
    }
    @inline(never) @usableFromInline func deleteCell() throws(Unwind) {
        let i = instruction
        let cell = fp[i.a].reference
        if self[cell, Cell.content] == .unbound { throw unbound(i.a, i.c) }
        self[cell, Cell.content] = .unbound
    }
    @inline(never) @usableFromInline func deleteGlobal() throws(Unwind) {
        let name = operandName
        let namespace = self[fp[0].reference, Function.globals]
        let n = find(namespace, string: name, hash: StringView(name).hash)
        if n < 0 || value(namespace, entry: n) == .unbound { throw undefined(name) }
        _ = remove(namespace, entry: n)
    }
    @inline(never) @usableFromInline func loadName() throws(Unwind) {
        let i = instruction
        let name = operandName
        let found = try findName(fp[i.b], name)
        fp[i.a] =
            found != .unbound
            ? found : try global(self[fp[0].reference, Function.globals], name)
    }
    /// A name in a namespace, which may be any mapping; unbound when it has none.
    func findName(_ namespace: Value, _ name: Value) throws(Unwind) -> Value {
        if namespace.isDict { return find(namespace.reference, name: name) }
        do throws(Unwind) { return try getItem(namespace, name) } catch {
            guard error == .raise, isInstance(pending, .keyError) else { throw error }
            pending = .none
            return .unbound
        }
    }
    @inline(never) @usableFromInline func loadNameOrCell() throws(Unwind) {
        let i = instruction
        let found = try findName(fp[i.b], operandName)
        if found != .unbound {
            fp[i.a] = found
            return
        }
        let register = Int(pc.pointee.bits)
        let content = self[fp[register].reference, Cell.content]
        if content == .unbound { throw unbound(register, i.c) }
        fp[i.a] = content
    }
    @inline(never) @usableFromInline func storeName() throws(Unwind) {
        let i = instruction
        let namespace = fp[i.b]
        if namespace.isDict {
            try set(namespace.reference, name: operandName, fp[i.a])
        } else {
            try setItem(namespace, operandName, fp[i.a])
        }
    }
    @inline(never) @usableFromInline func deleteName() throws(Unwind) {
        let namespace = fp[instruction.b]
        let name = operandName
        if namespace.isDict {
            let n = find(namespace.reference, string: name, hash: StringView(name).hash)
            if n < 0 || value(namespace.reference, entry: n) == .unbound { throw undefined(name) }
            _ = remove(namespace.reference, entry: n)
            return
        }
        do throws(Unwind) { try deleteItem(namespace, name) } catch {
            guard error == .raise, isInstance(pending, .keyError) else { throw error }
            throw undefined(name)
        }
    }

    /// The namespace that the code of this frame runs in: what the frame was given, else its globals.
    @inline(never) @usableFromInline func namespace() -> Value {
        let given = fp[below: 4]
        if fp[below: 1].code.pointee.flags.contains(.hasNamespace), given.isReference,
            !given.isA(Kind.generator)
        {
            return given.isTuple ? q.tupleElement(given.reference, 0) : given
        }
        return Value(self[fp[0].reference, Function.globals])
    }
    @inline(never) @usableFromInline func setupAnnotations() throws(Unwind) {
        let i = instruction
        let namespace =
            i.a == Instruction.noRegister
            ? Value(self[fp[0].reference, Function.globals]) : fp[i.a]
        if try findName(namespace, name(.annotations)) != .unbound { return }
        try setItem(namespace, name(.annotations), Value(newDict()))
    }

    // MARK: displays

    @inline(never) @usableFromInline func buildDict() throws(Unwind) -> Value {
        let i = instruction
        let dict = newDict()
        try reserve(dict: dict, i.c)
        for k in 0..<i.c { try set(dict, fp[i.b + 2 * k], fp[i.b + 2 * k + 1]) }
        return Value(dict)
    }
    @inline(never) @usableFromInline func buildSet() throws(Unwind) -> Value {
        let i = instruction
        let set = newSet()
        for k in 0..<i.c { try add(set, fp[i.b + k]) }
        return Value(set)
    }
    /// `{**mapping}`
    @inline(never) @usableFromInline
    func update(dict: Reference, with source: Value) throws(Unwind) {
        if source.isDict {
            for n in 0..<fill(source.reference) {
                guard n < fill(source.reference), let (key, value) = entry(source.reference, n)
                else {
                    continue
                }
                try set(dict, key, value)
            }
            return
        }
        let keys = try findAttribute(source, name(.keys))
        if keys == .unbound {
            throw raise(.typeError, "'\(typeName(source))' object is not a mapping")
        }
        try iterate(try call(keys)) { (key) throws(Unwind) in
            try set(dict, key, try getItem(source, key))
            return true
        }
    }
    /// The result of an interactive statement: `sys.displayhook`.
    @inline(never) @usableFromInline func printExpression(_ value: Value) throws(Unwind) {
        let sys = find(shared.pointee.modules, name: intern("sys"))
        if sys != .unbound {
            let hook = try findAttribute(sys, intern("displayhook"))
            if hook != .unbound {
                _ = try call(hook, value)
                return
            }
        }
        if value == .none { return }
        write(utf8(try repr(value)) + [0x0A])
    }
    @inline(never) @usableFromInline func mergeKeywords() throws(Unwind) {
        let i = instruction
        let dict = fp[i.a].reference
        let source = fp[i.b]
        let callee = fp[i.c]
        let (asked, isMapping) =
            source.isDict
            ? (Value.none, true)
            : (
                try findAttribute(source, name(.keys)),
                lookup(typeOf: source, name(.getitem)) != .unbound
            )
        if asked == .unbound || !isMapping {
            throw raise(
                .typeError,
                "\(calleeName(callee)) argument after ** must be a mapping, not \(typeName(source))"
            )
        }
        if source.isDict && self[dict, Dict.count] == 0 {
            return try mergeFirst(dict, source.reference)
        }
        let keys = source.isDict ? source : try call(asked)
        try iterate(keys) { (key) throws(Unwind) in
            let hash = try hash(key)
            let n = try find(dict, key, hash: hash)
            if n >= 0 {
                throw raise(
                    .typeError,
                    "\(calleeName(callee)) got multiple values for keyword argument '\(text(try str(key)))'"
                )
            }
            try append(dict, key, try getItem(source, key), hash: hash)
            return true
        }
    }
    /// The first keywords of a call, from a dict.
    private func mergeFirst(_ dict: Reference, _ source: Reference) throws(Unwind) {
        let copy = try copy(ofDict: source)
        self[dict, Dict.entries] = self[copy, Dict.entries]
        self[dict, Dict.index] = self[copy, Dict.index]
        self[dict, Dict.count] = self[copy, Dict.count]
        self[dict, Dict.state] = self[copy, Dict.state]
    }
    func calleeName(_ callee: Value) -> String {
        do throws(Unwind) {
            let name = try findAttribute(callee, self.name(.qualname))
            guard let name = asString(name) else { return text(try str(callee)) }
            let module = try findAttribute(callee, self.name(.module))
            if let module = asString(module), text(module) != "builtins" {
                return "\(text(module)).\(text(name))()"
            }
            return text(name) + "()"
        } catch { return "function" }
    }
    @inline(never) @usableFromInline func formatValue() throws(Unwind) {
        let i = instruction
        let value = fp[i.b]
        if i.c == 0 && value.isString {
            fp[i.a] = value
        } else if i.c == 0 && value.isInt {
            fp[i.a] = try decimal(value)
        } else {
            let spec = i.c >> 2 == 0 ? .none : fp[i.c >> 2]
            fp[i.a] = try formatValue(value, i.c & 3, spec)
        }
    }

    // MARK: unpacking

    @inline(never) @usableFromInline
    func unpack(_ source: Value, _ first: Int, _ count: Int) throws(Unwind) {
        if source.isList {
            let list = source.reference
            let n = self[list, List.count]
            if n == count {
                for k in 0..<count { fp[first + k] = item(ofList: list, k) }
                return
            }
            throw wrongCount(n, count)
        }
        if source.isTuple { throw wrongCount(q.tupleCount(source.reference), count) }
        let iterator: Value
        do throws(Unwind) { iterator = try self.iterator(of: source) } catch {
            if error == .raise, isInstance(pending, .typeError),
                lookup(typeOf: source, name(.iter)) == .unbound
            {
                throw raise(
                    .typeError, "cannot unpack non-iterable \(typeName(source)) object")
            }
            throw error
        }
        for k in 0..<count {
            let item = try next(iterator)
            if item == .unbound {
                throw raise(
                    .valueError, "not enough values to unpack (expected \(count), got \(k))")
            }
            fp[first + k] = item
        }
        if try next(iterator) != .unbound {
            throw raise(.valueError, "too many values to unpack (expected \(count))")
        }
    }
    private func wrongCount(_ n: Int, _ count: Int) -> Unwind {
        n < count
            ? raise(.valueError, "not enough values to unpack (expected \(count), got \(n))")
            : raise(.valueError, "too many values to unpack (expected \(count))")
    }
    /// `*value` in a display or among the arguments of a call.
    @inline(never) @usableFromInline
    func extend(_ list: Reference, starred value: Value) throws(Unwind) {
        do throws(Unwind) { try extend(list, value) } catch {
            if error == .raise, isInstance(pending, .typeError),
                lookup(typeOf: value, name(.iter)) == .unbound,
                lookup(typeOf: value, name(.getitem)) == .unbound
            {
                throw raise(
                    .typeError, "Value after * must be an iterable, not \(typeName(value))")
            }
            throw error
        }
    }
    @inline(never) @usableFromInline func unpackStarred() throws(Unwind) {
        let i = instruction
        let (before, after) = (i.c & 0xFFF, (i.c >> 12) & 0xFFF)
        let list: Reference
        if fp[i.b].isList {
            list = fp[i.b].reference
        } else {
            list = try newList()
            do throws(Unwind) { try extend(list, fp[i.b]) } catch {
                if error == .raise, isInstance(pending, .typeError),
                    lookup(typeOf: fp[i.b], name(.iter)) == .unbound,
                    lookup(typeOf: fp[i.b], name(.getitem)) == .unbound
                {
                    throw raise(
                        .typeError, "cannot unpack non-iterable \(typeName(fp[i.b])) object")
                }
                throw error
            }
        }
        let n = self[list, List.count]
        if n < before + after {
            throw raise(
                .valueError,
                "not enough values to unpack (expected at least \(before + after), got \(n))")
        }
        let middle = try slice(ofList: list, before, 1, n - before - after)
        for k in 0..<before { fp[i.a + k] = item(ofList: list, k) }
        fp[i.a + before] = Value(middle)
        for k in 0..<after { fp[i.a + before + 1 + k] = item(ofList: list, n - after + k) }
    }

    // MARK: calls

    @inline(never) @usableFromInline
    func enterKeyword(_ names: Value) throws(Unwind) -> Position {
        let i = instruction
        return try VM(thread, shared, fp, pc + 1).enter(
            fp + (i.b + 3), i.c, names: names, .result, to: i.a)
    }
    @inline(never) @usableFromInline
    func enterMethodKeyword(_ names: Value) throws(Unwind) -> Position {
        let i = instruction
        let base = fp + (i.b + 3)
        let inner = VM(thread, shared, fp, pc + 1)
        if base[0] == .unbound {
            return try inner.enter(base + 1, i.c, names: names, .result, to: i.a)
        }
        return try inner.enter(base, i.c + 1, names: names, .result, to: i.a)
    }
    @inline(never) @usableFromInline func enterSpread() throws(Unwind) -> Position {
        let i = instruction
        let window = fp + (i.b + 3)
        var arguments = window[1]
        if !arguments.isTuple && !arguments.isList {
            do throws(Unwind) {
                let list = try newList()
                try extend(list, arguments)
                arguments = Value(list)
                // The frame keeps the items alive until a frame covers them.
                window[1] = arguments
            } catch {
                if error == .raise, isInstance(pending, .typeError),
                    lookup(typeOf: arguments, name(.iter)) == .unbound
                {
                    throw raise(
                        .typeError,
                        "\(calleeName(window[0])) argument after * must be an iterable, not \(typeName(arguments))"
                    )
                }
                throw error
            }
        }
        let (base, count, names) = try spread(window[0], arguments, window[2])
        defer { close(base) }
        if base[0].isA(Kind.native) {
            let native = base[0].reference
            let entry = self[native, NativeFunction.entry].native(NativeEntry.self)
            if entry.pointee.kind != .framing {
                let inner = nativeFrame(above: base + (count + 1))
                defer { Quantum<Dispatched>(thread).leave(to: fp) }
                let result = try inner.callNative(native, entry, base, count, names)
                Quantum<Dispatched>(thread).leave(to: fp)
                fp[i.a] = result
                return here
            }
        }
        return try enter(base, count, names: names, .result, to: i.a)
    }

    @inline(never) @usableFromInline func makeFunction() throws(Unwind) {
        let i = instruction
        let flags = pc.pointee.bits
        var next = i.b
        func take(_ flag: UInt64) -> Value {
            if flags & flag == 0 { return .none }
            next += 1
            return fp[next - 1]
        }
        let defaults = take(1)
        let keywordDefaults = take(2)
        let annotations = take(4)
        let closure = take(8)
        let code = fp[below: 1].code.pointee.constants[i.c].code
        fp[i.a] = try newFunction(
            code, globals: self[fp[0].reference, Function.globals], closure: closure,
            defaults: defaults, keywordDefaults: keywordDefaults, annotations: annotations)
    }
    func newFunction(
        _ code: CodePointer, globals: Reference, closure: Value = .none, defaults: Value = .none,
        keywordDefaults: Value = .none, annotations: Value = .none
    ) throws(Unwind) -> Value {
        let description = code.pointee.description.takeUnretainedValue()
        let module = find(globals, name: name(.name))
        return Value(
            q.new(Kind.function) { slots in
                slots[0] = Value(native: code)
                slots[1] = Value(globals)
                slots[2] = closure
                slots[3] = defaults
                slots[4] = keywordDefaults
                slots[5] = description.nameValue
                slots[6] = description.qualifiedNameValue
                slots[7] = annotations
                slots[8] = .none
                slots[9] = module == .unbound ? .none : module
                slots[10] = .unbound
            })
    }

    /// `loadSpecial`: `__enter__` and the like, looked up on the type.
    @inline(never) @usableFromInline func loadSpecial() throws(Unwind) {
        let i = instruction
        let object = fp[i.b]
        let special = SpecialName(rawValue: i.c) ?? .enter
        let wanted: Name =
            switch special {
            case .enter: .enter
            case .exit: .exit
            case .asyncEnter: .aenter
            case .asyncExit: .aexit
            }
        let method = lookup(typeOf: object, name(wanted))
        if method == .unbound { throw noContextManager(object, wanted) }
        if method.isA(Kind.function) || method.isA(Kind.native) {
            fp[i.a] = method
            fp[i.a + 1] = object
        } else {
            fp[i.a + 1] = try bind(method, object)
            fp[i.a] = .unbound
        }
    }
    private func noContextManager(_ object: Value, _ wanted: Name) -> Unwind {
        let isAsync = wanted == .aenter || wanted == .aexit
        let missed = wanted == .exit || wanted == .aexit ? " (missed __\(wanted)__ method)" : ""
        return raise(
            .typeError,
            "'\(typeName(object))' object does not support the "
                + "\(isAsync ? "asynchronous " : "")context manager protocol\(missed)")
    }
}
