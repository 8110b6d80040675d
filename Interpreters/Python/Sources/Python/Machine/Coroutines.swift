import InterpreterKit

/// `yield from`, `await`, and asynchronous iteration.
extension VM {
    private func isGenerator(_ value: Value, _ type: BuiltinType) -> Bool {
        value.isA(Kind.generator) && self[value.reference, Generator.type] == Int(type.rawValue)
    }

    @inline(never) @usableFromInline func getYieldFromIterator() throws(Unwind) {
        let i = instruction
        let value = fp[i.b]
        if isGenerator(value, .generator) {
            fp[i.a] = value
        } else if isGenerator(value, .coroutine) {
            if !fp[below: 1].code.pointee.flags.contains(.coroutine) {
                throw raise(
                    .typeError,
                    "cannot 'yield from' a coroutine object in a non-coroutine generator")
            }
            fp[i.a] = value
        } else {
            fp[i.a] = try iterator(of: value)
        }
    }

    @inline(never) @usableFromInline func getAwaitable() throws(Unwind) {
        let i = instruction
        let value = fp[i.b]
        do throws(Unwind) {
            fp[i.a] = try awaitable(value)
        } catch {
            if error == .raise, i.c > 0, lookup(typeOf: value, name(.await)) == .unbound,
                isInstance(pending, .typeError)
            {
                throw raise(
                    .typeError,
                    "'async with' received an object from __a\(i.c == 1 ? "enter" : "exit")__ that does not implement __await__: \(typeName(value))"
                )
            }
            throw error
        }
    }
    /// What awaiting `value` iterates over.
    func awaitable(_ value: Value) throws(Unwind) -> Value {
        if isGenerator(value, .coroutine) {
            if self[value.reference, Generator.state] == GeneratorState.running.rawValue {
                throw raise(.runtimeError, "coroutine is being awaited already")
            }
            if self[value.reference, Generator.state] == GeneratorState.finished.rawValue {
                throw raise(.runtimeError, "cannot reuse already awaited coroutine")
            }
            return value
        }
        if isGenerator(value, .generator),
            self[value.reference, Generator.extra] == .true
        {
            return value
        }
        let method = lookup(typeOf: value, name(.await))
        if method == .unbound {
            throw raise(
                .typeError, "object \(typeName(value)) can't be used in 'await' expression")
        }
        let result = try callSpecial(method, value)
        if isGenerator(result, .coroutine) {
            throw raise(.typeError, "__await__() returned a coroutine")
        }
        if !isIterator(result) {
            throw raise(
                .typeError, "__await__() returned non-iterator of type '\(typeName(result))'")
        }
        return result
    }

    @inline(never) @usableFromInline func getAsyncIterator() throws(Unwind) {
        let i = instruction
        let value = fp[i.b]
        let method = lookup(typeOf: value, name(.aiter))
        if method == .unbound {
            throw raise(
                .typeError,
                "'async for' requires an object with __aiter__ method, got \(typeName(value))")
        }
        let result = try callSpecial(method, value)
        if lookup(typeOf: result, name(.anext)) == .unbound {
            throw raise(
                .typeError,
                "'async for' received an object from __aiter__ that does not implement __anext__: \(typeName(result))"
            )
        }
        fp[i.a] = result
    }
    @inline(never) @usableFromInline func getAsyncNext() throws(Unwind) {
        let i = instruction
        let value = fp[i.b]
        let method = lookup(typeOf: value, name(.anext))
        if method == .unbound {
            throw raise(
                .typeError,
                "'async for' requires an iterator with __anext__ method, got \(typeName(value))")
        }
        let step = try callSpecial(method, value)
        do throws(Unwind) { fp[i.a] = try awaitable(step) } catch {
            guard error == .raise else { throw error }
            let cause = pending
            _ = raise(
                .typeError,
                "'async for' received an invalid object from __anext__: \(typeName(step))")
            if pending.isInstance {
                let exception = pending.reference
                self[exception, Exception.cause] = cause
                self[exception, Exception.context] = cause
                self[exception, Exception.suppressesContext] = .true
            }
            throw .raise
        }
    }
    @inline(never) @usableFromInline func endAsyncFor() throws(Unwind) -> Position {
        let i = instruction
        let exception = fp[i.a]
        if isInstance(exception, .stopAsyncIteration) { return Position(fp, pc + i.c) }
        throw raise(exception)
    }

    /// A value that an asynchronous generator yields, as opposed to what it awaits: wrapped in a cell.
    @inline(never) @usableFromInline func asyncYield(_ value: Value) throws(Unwind) -> Position {
        try yield(Value(q.new(Kind.cell, value)))
    }
}
