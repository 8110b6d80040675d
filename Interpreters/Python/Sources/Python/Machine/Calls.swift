import InterpreterKit
import Synchronization

/// Calls that are more than linking two frames.
///
/// K1  A prepared call has the callee at `base[0]`, `count` arguments from `base[1]`, and four free
///     words below `base`. The last arguments are keyword ones if `names` is a tuple.
/// K2  `enter` either leaves a new frame to be run, or stores the result the way `continuation` says
///     and goes on behind the calling instruction.
extension VM {
    @inline(never) @usableFromInline
    func enter(
        _ base: Frame, _ count: Int, names: Value, _ continuation: Continuation,
        to register: Int = 0
    ) throws(Unwind) -> Position {
        let cover = q.cover
        defer { q.cover = cover }
        var count = count
        var indirections = 0
        while true {
            indirections += 1
            if indirections > 1000 { throw tooDeep() }
            let callee = base[0]
            guard callee.isReference else { throw notCallable(callee) }
            let object = callee.reference
            switch object.kind {
            case Kind.function.kind:
                return try enter(function: object, base, count, names, continuation, register)
            case Kind.native.kind:
                let entry = self[object, NativeFunction.entry].native(NativeEntry.self)
                if entry.pointee.kind == .framing {
                    return try enter(framing: entry, base, count, names, continuation, register)
                }
                let result = try callNative(object, entry, base, count, names)
                return try finish(continuation, result, register)
            case Kind.method.kind:
                insert(self[object, Method.object], base, count)
                base[0] = self[object, Method.function]
                count += 1
            case Kind.type.kind:
                return try enter(type: object, base, count, names, continuation, register)
            case Kind.instance.kind:
                let call = lookup(type(of: callee), name(.call))
                if call == .unbound { throw notCallable(callee) }
                if call.isA(Kind.function) || call.isA(Kind.native) {
                    insert(callee, base, count)
                    base[0] = call
                    count += 1
                } else {
                    base[0] = try bind(call, callee)
                }
            case Kind.staticMethod.kind:
                base[0] = self[object, Wrapper.function]
            default:
                let call = lookup(typeOf: callee, name(.call))
                if call == .unbound { throw notCallable(callee) }
                insert(callee, base, count)
                base[0] = call
                count += 1
            }
        }
    }
    private func notCallable(_ value: Value) -> Unwind {
        raise(.typeError, "'\(typeName(value))' object is not callable")
    }
    /// A first argument before the others.
    func insert(_ value: Value, _ base: Frame, _ count: Int) {
        var i = count
        while i > 0 {
            base[i + 1] = base[i]
            i -= 1
        }
        base[1] = value
        q.cover = max(q.cover, base + (count + 2))
    }

    /// What a call without a frame has given.
    @inline(__always)
    func finish(
        _ continuation: Continuation, _ result: Value, _ register: Int
    ) throws(Unwind) -> Position {
        if continuation == .result {
            fp[register] = result
            return here
        }
        return try accept(result, Link(distance: 0, continuation, to: register, depth: 0), .none)
    }

    // MARK: guest functions

    @inline(__always)
    func enter(
        function: Reference, _ base: Frame, _ count: Int, _ names: Value,
        _ continuation: Continuation, _ register: Int
    ) throws(Unwind) -> Position {
        let code = self[function, Function.code].code
        let depth = try nextDepth(base, Int(code.pointee.registers))
        if !(code.pointee.flags.isSimple && names == .none
            && Int(code.pointee.positional) == count)
        {
            try bindArguments(function, code, base, count, names)
        }
        return link(code, base, depth, continuation, register)
    }
    @inlinable @inline(__always)
    func link(
        _ code: CodePointer, _ base: Frame, _ depth: Int, _ continuation: Continuation,
        _ register: Int
    ) -> Position {
        base[below: 3] = Value(native: pc)
        base[below: 2] = Link(distance: base - fp, continuation, to: register, depth: depth).value
        base[below: 1] = Value(native: code)
        Quantum<Dispatched>(thread).enter(base)
        return Position(base, code.pointee.entry)
    }

    /// Leaves a frame for `function(arguments…)` to be run, with no window prepared.
    @inline(never)
    func push(
        _ function: Value, _ a: Value, _ b: Value = .unbound, _ c: Value = .unbound,
        then continuation: Continuation, to register: Int = 0
    ) throws(Unwind) -> Position {
        let base = open(3)
        defer { close(base) }
        base[0] = function
        base[1] = a
        base[2] = b
        base[3] = c
        let count = b == .unbound ? 1 : c == .unbound ? 2 : 3
        if function.isA(Kind.function) {
            return try enter(
                function: function.reference, base, count, .none, continuation, register)
        }
        return try enter(base, count, names: .none, continuation, to: register)
    }

    // MARK: classes

    private func enter(
        type: Reference, _ base: Frame, _ count: Int, _ names: Value,
        _ continuation: Continuation, _ register: Int
    ) throws(Unwind) -> Position {
        if names == .none, let consumer = consumer(type),
            let position = try enter(consumer: consumer, base, count, continuation, register)
        {
            return position
        }
        if names == .none, let object = try makeBuiltin(type, base, count) {
            return try finish(continuation, object, register)
        }
        let metatype = self[type, TypeObject.metatype]
        if metatype == Value(self.type(.type)) {
            if type == self.type(.type) && count == 1 && names == .none {
                return try finish(continuation, Value(self.type(of: base[1])), register)
            }
            let maker = lookup(type, name(.new))
            let initializer = lookup(type, name(.`init`))
            if maker == shared.pointee.objectNew {
                if initializer.isA(Kind.function) && continuation == .result {
                    rememberConstruction(type, initializer)
                    try checkAbstract(type)
                    let instance = try newInstance(type)
                    let callee = base + 1
                    var i = count
                    while i > 0 {
                        callee[i + 1] = base[i]
                        i -= 1
                    }
                    callee[0] = initializer
                    callee[1] = Value(instance)
                    callee[below: 4] = Value(instance)
                    return try enter(
                        function: initializer.reference, callee, count + 1, names, .initializer,
                        register)
                }
                if initializer == shared.pointee.objectInit && count == 0 {
                    try checkAbstract(type)
                    return try finish(continuation, Value(try newInstance(type)), register)
                }
            } else {
                rememberMaker(type, maker, initializer)
            }
        }
        return try finish(
            continuation, try instantiate(covered: type, base, count, names), register)
    }
    /// A call by an instruction of what is neither a function nor a built-in one: mostly of a built-in type.
    @inline(never) @usableFromInline
    func enterOther(_ base: Frame, _ count: Int, to register: Int) throws(Unwind) -> Position {
        if base[0].isType, count == 0 || !base[1].isA(Kind.generator),
            let object = try makeBuiltin(base[0].reference, base, count)
        {
            fp[register] = object
            return here
        }
        return try enter(base, count, names: .none, .result, to: register)
    }
    /// `int(x)`, `list(x)` and the like: functions that are called without a frame; nil when it takes one.
    @inline(__always)
    private func makeBuiltin(
        _ type: Reference, _ base: Frame, _ count: Int
    ) throws(Unwind) -> Value? {
        let info = info(type)
        guard let maker = info.pointee.maker.pointer, maker.takes(count &+ 1), base + count < top,
            let make = maker.pointee.make
        else { return nil }
        // The class at base[0] is the first argument.
        guard let initializer = info.pointee.initializer.pointer else {
            return try make(self, CallArguments(base, count &+ 1))
        }
        guard initializer.takes(count &+ 1) else { return nil }
        let object = try make(self, CallArguments(base, count &+ 1))
        base[0] = object
        _ = try initializer.pointee.body(self, CallArguments(base, count &+ 1))
        return object
    }
    /// The same with arguments above the calling frame.
    func make(covered base: Frame, _ count: Int) throws(Unwind) -> Value? {
        guard info(base[0].reference).pointee.maker.pointer != nil else { return nil }
        let inner = nativeFrame(above: base + (count + 1))
        defer { Quantum<Dispatched>(thread).leave(to: fp) }
        return try inner.makeBuiltin(base[0].reference, base, count)
    }
    private func rememberMaker(_ type: Reference, _ maker: Value, _ initializer: Value) {
        let info = info(type)
        guard info.pointee.builtin >= 0, !info.pointee.isGuest, maker.isA(Kind.staticMethod),
            traits(type) & Traits.exceptionNew == 0, type != self.type(.superType),
            type != self.type(.type)
        else { return }
        let function = self[maker.reference, Wrapper.function]
        guard function.isA(Kind.native) else { return }
        let entry = self[function.reference, NativeFunction.entry].native(NativeEntry.self)
        guard entry.pointee.kind == .staticMethod else { return }
        if traits(type) & Traits.standardInit == 0 {
            guard initializer.isA(Kind.native) else { return }
            let initializing = self[initializer.reference, NativeFunction.entry]
                .native(NativeEntry.self)
            guard initializing.pointee.kind == .method else { return }
            info.pointee.initializer.publish(initializing)
        }
        info.pointee.maker.publish(entry)
    }
    private func rememberConstruction(_ type: Reference, _ initializer: Value) {
        let info = info(type)
        let version = self[type, TypeObject.version]
        let old = info.pointee.construction.pointer
        if let old, old.pointee.version == version || old.pointee.refills == Construction.refills {
            return
        }
        if old == nil {
            let attributes = info.pointee.reserved + attributesOfInitializers(type)
            info.pointee.expected = max(info.pointee.expected, attributes)
            info.pointee.least = 0
        }
        let memory = UnsafeMutablePointer<Construction>.allocate(capacity: 1)
        memory.initialize(
            to: Construction(
                version: version, initializer: initializer,
                refills: (old?.pointee.refills ?? 0) + 1))
        info.pointee.construction.publish(memory)
    }
    /// How many attributes `__init__` of the class and of its ancestors set.
    private func attributesOfInitializers(_ type: Reference) -> Int {
        var names: Set<String> = []
        let mro = self[type, TypeObject.mro].reference
        for i in 0..<q.tupleCount(mro) {
            let ancestor = q.tupleElement(mro, i)
            guard ancestor.isType else { continue }
            let namespace = self[ancestor.reference, TypeObject.namespace]
            let initializer = find(namespace, name: name(.`init`))
            guard initializer.isA(Kind.function) else { continue }
            let code = self[initializer.reference, Function.code].code
            let unit = code.pointee.description.takeUnretainedValue().unit
            names.formUnion(unit?.attributesOfSelf ?? [])
        }
        return min(names.count, Instance.mostExpected)
    }
    /// Calls the class with arguments that may lie above the calling frame.
    func instantiate(
        covered type: Reference, _ base: Frame, _ count: Int, _ names: Value
    ) throws(Unwind) -> Value {
        if base + count < top { return try instantiate(type, base, count, names) }
        let inner = nativeFrame(above: base + (count + 1))
        defer { Quantum<Dispatched>(thread).leave(to: fp) }
        return try inner.instantiate(type, base, count, names)
    }
    @inline(__always) private func checkAbstract(_ type: Reference) throws(Unwind) {
        if info(type).pointee.builtin < 0 && self[type, TypeObject.registry] != .none {
            try refuseAbstract(type)
        }
    }

    // MARK: built-in functions

    /// Calls a built-in function with the arguments at `base[1]`.
    @inline(__always)
    func callNative(
        _ object: Reference, _ entry: UnsafeMutablePointer<NativeEntry>, _ base: Frame,
        _ count: Int, _ names: Value
    ) throws(Unwind) -> Value {
        if names == .none && entry.takes(count) && base + count < top
            && (entry.pointee.kind != .method
                || isReceiver(self[object, NativeFunction.owner], base[1]))
        {
            return try entry.pointee.body(self, CallArguments(base + 1, count))
        }
        return try callNativeSlowly(object, entry, base, count, names)
    }

    /// Is the object an instance of the type that a method belongs to?
    @inline(__always) private func isReceiver(_ owner: Value, _ object: Value) -> Bool {
        if object.isReference, shared.pointee.kinds[object.reference.kind] == owner { return true }
        let type = type(of: object)
        return owner == Value(type) || owner.isType && isSubtype(type, owner.reference)
    }

    @inline(never)
    private func callNativeSlowly(
        _ object: Reference, _ entry: UnsafeMutablePointer<NativeEntry>, _ base: Frame,
        _ count: Int, _ names: Value
    ) throws(Unwind) -> Value {
        let signature = entry.signature()
        let isMethod = entry.pointee.kind == .method || entry.pointee.kind == .classMethod
        if isMethod && count > 0 {
            try checkReceiver(object, entry, base[1])
        } else if isMethod {
            let isWrapper = isWrapper(self[object, NativeFunction.name])
            throw raise(
                .typeError,
                isWrapper
                    ? "descriptor '\(entry.pointee.name)' of '\(entry.pointee.owner ?? "")' object needs an argument"
                    : "unbound method \(nativeName(entry)) needs an argument")
        }
        if names == .none && entry.takes(count) {
            if base + count < top {
                return try entry.pointee.body(self, CallArguments(base + 1, count))
            }
            // The callee may use the stack above the frame, where the arguments are.
            let inner = nativeFrame(above: base + (count + 1))
            defer { Quantum<Dispatched>(thread).leave(to: fp) }
            return try entry.pointee.body(inner, CallArguments(base + 1, count))
        }
        let keywords = names == .none ? 0 : q.tupleCount(names.reference)
        let positional = count - keywords
        let parameters = signature.parameters
        let shift = isMethod || entry.pointee.isConstructor ? 1 : 0
        if positional > signature.maximum {
            throw tooManyArguments(entry, signature, positional, shift)
        }
        // Behind the arguments and the frame, which may lie above them: one place for each parameter, or
        // the rest.
        let bound = max(base + (count + 2), firstFree + 1)
        let limit =
            signature.hasRest ? max(positional, signature.positionalCount) : parameters.count
        if bound + limit > q.stackLimit + 2048 { throw tooDeep() }
        for i in 0..<limit { bound[i] = i < positional ? base[i + 1] : .unbound }
        let cover = q.cover
        defer { q.cover = cover }
        q.cover = bound + (limit + 1)
        var rest = Value.unbound
        let hasNames = parameters.contains { $0.isKeyword }
        for k in 0..<keywords {
            let key = q.tupleElement(names.reference, k)
            let value = base[1 + positional + k]
            let text = hasNames ? self.text(key) : ""
            let index = hasNames ? parameters.firstIndex { $0.isKeyword && $0.name == text } : nil
            if let index, parameters[index].isPositional || !signature.hasRest {
                if bound[index] != .unbound {
                    throw raise(
                        .typeError,
                        "argument for \(nativeName(entry)) given by name ('\(text)') and position (\(index + 1 - shift))"
                    )
                }
                bound[index] = value
            } else if signature.hasKeywords || index != nil {
                if rest == .unbound {
                    rest = Value(newDict())
                    bound[limit] = rest
                    try reserve(dict: rest.reference, keywords)
                }
                try set(rest.reference, key, value)
            } else if takesKeywords(base[1], entry) {
                // For the `__init__` of the class.
                continue
            } else if hasNames {
                throw raise(
                    .typeError,
                    "'\(text)' is an invalid keyword argument for \(shortName(entry))()")
            } else {
                throw raise(.typeError, "\(nativeName(entry)) takes no keyword arguments")
            }
        }
        for (i, parameter) in parameters.enumerated() {
            let isMissing =
                i < limit && (parameter.isPositional || !signature.hasRest)
                ? bound[i] == .unbound : false
            if parameter.isRequired && isMissing {
                throw tooFewArguments(entry, signature, positional, i, shift)
            }
        }
        let end = signature.hasRest ? max(positional, signature.positionalCount) : limit
        var arguments = CallArguments(bound, end)
        arguments.keywords = rest
        // The callee may use the stack above its arguments.
        let inner = nativeFrame(above: bound + (limit + 1))
        defer { Quantum<Dispatched>(thread).leave(to: fp) }
        return try entry.pointee.body(inner, arguments)
    }

    /// Is it a `__new__` that is called for a class with an `__init__` of its own?
    private func takesKeywords(
        _ type: Value, _ entry: UnsafeMutablePointer<NativeEntry>
    ) -> Bool {
        guard entry.pointee.isConstructor, type.isType else { return false }
        return lookup(type.reference, name(.`init`)).isA(Kind.function)
    }

    /// Enters a frame for a built-in function whose arguments lie above the calling frame, up to `end`.
    func nativeFrame(above end: Frame) -> VM {
        let base = max(end, q.cover) + 4
        base[below: 3] = Value(native: pc)
        base[below: 2] = Link(distance: base - fp, .exit, to: 0, depth: Link(fp).depth).value
        base[below: 1] = Link.native
        base[0] = Value(1)
        Quantum<Dispatched>(thread).enter(base)
        return VM(thread, shared, base, pc)
    }

    func nativeName(_ entry: UnsafeMutablePointer<NativeEntry>) -> String {
        entry.pointee.owner.map { "\($0).\(entry.pointee.name)()" } ?? "\(entry.pointee.name)()"
    }
    /// The name of a function in messages about its arguments: that of the type for a constructor.
    private func shortName(_ entry: UnsafeMutablePointer<NativeEntry>) -> String {
        if entry.pointee.isConstructor || "\(entry.pointee.name)" == "__init__",
            let owner = entry.pointee.owner
        {
            return "\(owner)"
        }
        return "\(entry.pointee.name)"
    }

    private func isWrapper(_ entry: UnsafeMutablePointer<NativeEntry>) -> Bool {
        entry.pointee.kind == .method && isWrapper(intern(entry.pointee.name))
    }
    private func checkReceiver(
        _ object: Reference, _ entry: UnsafeMutablePointer<NativeEntry>, _ receiver: Value
    ) throws(Unwind) {
        let owner = self[object, NativeFunction.owner]
        guard owner.isType else { return }
        let actual =
            entry.pointee.kind == .classMethod && receiver.isType
            ? receiver.reference : type(of: receiver)
        if isSubtype(actual, owner.reference) { return }
        let name = text(self[object, NativeFunction.name])
        let kind = isWrapper(self[object, NativeFunction.name])
        let ownerName = self.name(ofType: owner.reference)
        throw raise(
            .typeError,
            kind
                ? "descriptor '\(name)' requires a '\(ownerName)' object but received a '\(typeName(receiver))'"
                : "descriptor '\(name)' for '\(ownerName)' objects doesn't apply to a '\(typeName(receiver))' object"
        )
    }

    private func tooManyArguments(
        _ entry: UnsafeMutablePointer<NativeEntry>, _ signature: Signature, _ positional: Int,
        _ shift: Int
    ) -> Unwind {
        let most = signature.maximum - shift
        let given = positional - shift
        let least = signature.parameters.count { $0.isPositional && $0.isRequired } - shift
        let name = shortName(entry)
        let isPlain = name == "\(entry.pointee.name)"
        let call = isPlain ? nativeName(entry) : name + "()"
        if most == 0 {
            return raise(
                .typeError,
                signature.parameters.contains { !$0.isPositional }
                    ? "\(name)() takes no positional arguments"
                    : "\(call) takes no arguments (\(given) given)")
        }
        if signature.parameters.dropFirst(shift).contains(where: { $0.isKeyword && $0.isPositional }
        ) {
            let positional = signature.parameters.contains { !$0.isPositional } ? "positional " : ""
            return raise(
                .typeError,
                "\(name)() takes \(least == most ? "exactly" : "at most") \(most) \(positional)argument\(most == 1 ? "" : "s") (\(given) given)"
            )
        }
        if isWrapper(entry) {
            return raise(
                .typeError, "expected \(most) argument\(most == 1 ? "" : "s"), got \(given)")
        }
        if least == most {
            if most == 1 && isPlain && !signature.parameters.contains(where: { !$0.isPositional }) {
                return raise(.typeError, "\(call) takes exactly one argument (\(given) given)")
            }
            return raise(
                .typeError,
                "\(name) expected \(most) argument\(most == 1 ? "" : "s"), got \(given)")
        }
        return raise(
            .typeError,
            "\(name) expected at most \(most) argument\(most == 1 ? "" : "s"), got \(given)")
    }
    private func tooFewArguments(
        _ entry: UnsafeMutablePointer<NativeEntry>, _ signature: Signature, _ positional: Int,
        _ index: Int, _ shift: Int
    ) -> Unwind {
        let least = signature.parameters.count { $0.isPositional && $0.isRequired } - shift
        let most = signature.maximum - shift
        let given = positional - shift
        let parameter = signature.parameters[index]
        let name = shortName(entry)
        let isPlain = name == "\(entry.pointee.name)"
        if parameter.isKeyword || !parameter.isPositional {
            return raise(
                .typeError,
                "\(name)() missing required argument '\(parameter.name)' (pos \(index + 1 - shift))"
            )
        }
        if isWrapper(entry) && least == most {
            return raise(
                .typeError, "expected \(most) argument\(most == 1 ? "" : "s"), got \(given)")
        }
        if least == most {
            if most == 1 && isPlain && !signature.parameters.contains(where: { !$0.isPositional }) {
                return raise(
                    .typeError, "\(nativeName(entry)) takes exactly one argument (\(given) given)")
            }
            return raise(
                .typeError,
                "\(name) expected \(most) argument\(most == 1 ? "" : "s"), got \(given)")
        }
        return raise(
            .typeError,
            "\(name) expected at least \(least) argument\(least == 1 ? "" : "s"), got \(given)")
    }
}
