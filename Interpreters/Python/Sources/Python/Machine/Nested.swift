import InterpreterKit

/// Calls of guest code by built-in functions: a run of the loop within the current quantum.
extension VM {
    /// Calls anything with these arguments and waits for the result.
    func call(_ function: Value) throws(Unwind) -> Value {
        let base = open(0)
        defer { close(base) }
        base[0] = function
        return try call(prepared: base, 0)
    }
    func call(_ function: Value, _ a: Value) throws(Unwind) -> Value {
        let base = open(1)
        defer { close(base) }
        base[0] = function
        base[1] = a
        return try call(prepared: base, 1)
    }
    func call(_ function: Value, _ a: Value, _ b: Value) throws(Unwind) -> Value {
        let base = open(2)
        defer { close(base) }
        base[0] = function
        base[1] = a
        base[2] = b
        return try call(prepared: base, 2)
    }
    func call(_ function: Value, _ a: Value, _ b: Value, _ c: Value) throws(Unwind) -> Value {
        let base = open(3)
        defer { close(base) }
        base[0] = function
        base[1] = a
        base[2] = b
        base[3] = c
        return try call(prepared: base, 3)
    }
    /// `function(*arguments, **keywords)`; `keywords` is a dict or None.
    func call(
        _ function: Value, arguments: Value, keywords: Value = .none
    ) throws(Unwind) -> Value {
        let (base, count, names) = try spread(function, arguments, keywords)
        defer { close(base) }
        return try call(prepared: base, count, names: names)
    }
    func callMethod(_ object: Value, _ name: Value) throws(Unwind) -> Value {
        try call(try getAttribute(object, name))
    }
    func callMethod(_ object: Value, _ name: Value, _ a: Value) throws(Unwind) -> Value {
        try call(try getAttribute(object, name), a)
    }
    func callMethod(_ object: Value, _ name: Value, _ a: Value, _ b: Value) throws(Unwind) -> Value
    {
        try call(try getAttribute(object, name), a, b)
    }
    /// Calls what `lookup` on the type of `object` has found, with the object as first argument.
    func callSpecial(_ method: Value, _ object: Value) throws(Unwind) -> Value {
        if method.isA(Kind.function) || method.isA(Kind.native) { return try call(method, object) }
        return try call(try bind(method, object))
    }
    func callSpecial(_ method: Value, _ object: Value, _ a: Value) throws(Unwind) -> Value {
        if method.isA(Kind.function) || method.isA(Kind.native) {
            return try call(method, object, a)
        }
        return try call(try bind(method, object), a)
    }
    func callSpecial(_ method: Value, _ object: Value, _ a: Value, _ b: Value) throws(Unwind)
        -> Value
    {
        if method.isA(Kind.function) || method.isA(Kind.native) {
            return try call(method, object, a, b)
        }
        return try call(try bind(method, object), a, b)
    }

    /// Opens a window for `function(*arguments, **keywords)`: a tuple or list, and a dict or anything else (K1).
    func spread(
        _ function: Value, _ arguments: Value, _ keywords: Value
    ) throws(Unwind) -> (base: Frame, count: Int, names: Value) {
        let list = arguments.isList
        let positional =
            list ? self[arguments.reference, List.count] : q.tupleCount(arguments.reference)
        let more = keywords.isDict ? self.count(ofDict: keywords.reference) : 0
        let count = positional + more
        if count > 200_000 || firstFree + (count + 64) > q.stackLimit + 2048 { throw tooDeep() }
        var names = Value.none
        if more > 0 {
            let dict = keywords.reference
            for i in 0..<fill(dict) {
                guard let (key, _) = entry(dict, i) else { continue }
                if asString(key) == nil { throw raise(.typeError, "keywords must be strings") }
            }
            let keys = try checked(
                q.newTuple(count: more) { slots in
                    var k = 0
                    for i in 0..<fill(dict) {
                        guard let (key, _) = entry(dict, i) else { continue }
                        slots[k] = key
                        k += 1
                    }
                })
            names = Value(keys)
        }
        let base = open(count)
        base[0] = function
        for i in 0..<positional {
            base[1 + i] =
                list
                ? item(ofList: arguments.reference, i) : q.tupleElement(arguments.reference, i)
        }
        if more > 0 {
            let dict = keywords.reference
            var k = positional
            for i in 0..<fill(dict) {
                guard let (_, value) = entry(dict, i) else { continue }
                base[1 + k] = value
                k += 1
            }
        }
        return (base, count, names)
    }

    /// A prepared call whose result is wanted here.
    @inline(never)
    func call(prepared base: Frame, _ count: Int, names: Value = .none) throws(Unwind) -> Value {
        try enterNative(" while calling a Python object")
        defer { leaveNative() }
        var count = count
        while base[0].isA(Kind.method) {
            // Its function, with the object before the other arguments.
            let method = base[0].reference
            insert(self[method, Method.object], base, count)
            base[0] = self[method, Method.function]
            count += 1
        }
        let callee = base[0]
        if callee.isA(Kind.native) {
            // The callee may use the stack above the frame, where the arguments are.
            let inner = nativeFrame(above: base + (count + 1))
            defer { Quantum<Dispatched>(thread).leave(to: fp) }
            let entry = self[callee.reference, NativeFunction.entry].native(NativeEntry.self)
            return try inner.callNative(callee.reference, entry, base, count, names)
        }
        if callee.isType, names == .none, let object = try make(covered: base, count) {
            return object
        }
        let position = try enter(base, count, names: names, .exit)
        if position.fp == nil { return Value(bits: thread.pointee.stackBase[ThreadWord.result]) }
        return try run(position)
    }

    /// Runs the loop from `position`, whose frame has an ``Continuation/exit`` link to this one.
    func run(_ position: Position) throws(Unwind) -> Value {
        var task = Python.Task(shared, at: position.pc)
        do throws(Abort) { try q.nested(&task) } catch { throw .abort }
        Quantum<Dispatched>(thread).leave(to: fp)
        let result = Value(bits: thread.pointee.stackBase[ThreadWord.result])
        if result == .unbound { throw .raise }
        return result
    }

    /// Built-in functions that call the guest nest natively: not without bounds.
    @inline(__always) func enterNative(_ place: StaticString = "") throws(Unwind) {
        if nesting >= VM.deepestNesting || nesting >= shared.pointee.recursionLimit {
            throw tooDeep(place)
        }
        nesting &+= 1
    }
    @inline(__always) func leaveNative() { nesting &-= 1 }

    static let deepestNesting = 3000
    /// Nested runs and native recursion in progress.
    @inline(__always) var nesting: Int {
        get { Value(bits: thread.pointee.stackBase[ThreadWord.nesting]).int }
        nonmutating set { thread.pointee.stackBase[ThreadWord.nesting] = Value(newValue).bits }
    }
}
