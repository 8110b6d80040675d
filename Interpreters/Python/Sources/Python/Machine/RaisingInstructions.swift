import InterpreterKit

/// Raising and catching as instructions.
extension VM {
    @inline(never) @usableFromInline func raiseInstruction() -> Unwind {
        let i = instruction
        do throws(Unwind) {
            if i.a == Instruction.noRegister {
                let handled = handledException()
                if handled == .none {
                    return raise(.runtimeError, "No active exception to reraise")
                }
                return raise(handled)
            }
            let exception = try instantiate(exception: fp[i.a])
            if i.b != Instruction.noRegister {
                var cause = fp[i.b]
                if cause != .none {
                    if cause.isType, isSubtype(cause.reference, type(.baseException)) {
                        cause = try call(cause)
                    }
                    if !isInstance(cause, .baseException) {
                        return raise(
                            .typeError, "exception causes must derive from BaseException")
                    }
                }
                self[exception.reference, Exception.cause] = cause
                self[exception.reference, Exception.suppressesContext] = .true
            }
            return raise(exception)
        } catch { return error }
    }
    /// An exception from what stands behind `raise`.
    func instantiate(exception value: Value) throws(Unwind) -> Value {
        if value.isType, isSubtype(value.reference, type(.baseException)) {
            let made = try call(value)
            if isInstance(made, .baseException) { return made }
            throw raise(
                .typeError,
                "calling \(text(try repr(value))) should have returned an instance of BaseException, not \(text(try repr(Value(type(of: made)))))"
            )
        }
        if value.isInstance && isInstance(value, .baseException) { return value }
        throw raise(.typeError, "exceptions must derive from BaseException")
    }

    /// Does the exception match what stands behind `except`?
    @inline(never) @usableFromInline
    func matches(_ exception: Value, _ pattern: Value) throws(Unwind) -> Bool {
        if pattern.isTuple {
            for i in 0..<q.tupleCount(pattern.reference) {
                try checkCatchable(q.tupleElement(pattern.reference, i))
            }
            for i in 0..<q.tupleCount(pattern.reference)
            where isSubtype(type(of: exception), q.tupleElement(pattern.reference, i).reference) {
                return true
            }
            return false
        }
        try checkCatchable(pattern)
        return isSubtype(type(of: exception), pattern.reference)
    }
    private func checkCatchable(_ pattern: Value) throws(Unwind) {
        if pattern.isType, isSubtype(pattern.reference, type(.baseException)) { return }
        throw raise(
            .typeError, "catching classes that do not inherit from BaseException is not allowed")
    }

    /// `except*`: splits r[b] by r[c].
    @inline(never) @usableFromInline func matchGroup() throws(Unwind) {
        let i = instruction
        let (exception, pattern) = (fp[i.b], fp[i.c])
        if pattern.isTuple {
            for k in 0..<q.tupleCount(pattern.reference) {
                try checkGroupPattern(q.tupleElement(pattern.reference, k))
            }
        } else {
            try checkGroupPattern(pattern)
        }
        if exception == .none {
            fp[i.a] = .none
            fp[i.a + 1] = .none
            return
        }
        if try matches(exception, pattern) {
            if isInstance(exception, .baseExceptionGroup) {
                fp[i.a] = exception
            } else {
                let group = try call(
                    Value(type(.exceptionGroup)), intern(""), try tuple(exception))
                self[group.reference, Exception.traceback] =
                    self[exception.reference, Exception.traceback]
                fp[i.a] = group
            }
            fp[i.a + 1] = .none
            return
        }
        if isInstance(exception, .baseExceptionGroup) {
            let parts = try callMethod(exception, intern("split"), pattern)
            guard parts.isTuple, q.tupleCount(parts.reference) == 2 else {
                throw raise(
                    .typeError,
                    "\(typeName(exception)).split must return a tuple, not \(typeName(parts))")
            }
            fp[i.a] = q.tupleElement(parts.reference, 0)
            fp[i.a + 1] = q.tupleElement(parts.reference, 1)
        } else {
            fp[i.a] = .none
            fp[i.a + 1] = exception
        }
    }
    private func checkGroupPattern(_ pattern: Value) throws(Unwind) {
        try checkCatchable(pattern)
        if isSubtype(pattern.reference, type(.baseExceptionGroup)) {
            throw raise(
                .typeError,
                "catching ExceptionGroup with except* is not allowed. Use except instead.")
        }
    }
    /// At the end of `except*`: what is still to be raised, or None. `raised` lists what the clauses have
    /// raised and what none has caught.
    @inline(never) @usableFromInline
    func reraiseGroup(_ raised: Value, _ original: Value) throws(Unwind) -> Value {
        try reraised(raised.reference, original)
    }

    @inline(never) @usableFromInline func exceptionTriple() {
        let i = instruction
        let exception = fp[i.b]
        fp[i.a] = Value(type(of: exception))
        fp[i.a + 1] = exception
        fp[i.a + 2] = self[exception.reference, Exception.traceback]
    }
}
