import InterpreterKit

/// Asynchronous generators: each step is an awaitable of its own.
///
/// A step is an iterator of type ``BuiltinType/asyncGeneratorStep``: `source` the generator, `position`
/// what it has come to (0 not begun, 1 begun, 2 ended), `extra` the value to send or the exception to
/// throw, `more` which of the two, or close.
extension VM {
    private enum Step {
        static let send = Value(0)
        static let raise = Value(1)
        static let close = Value(2)
    }
    private func newStep(
        _ generator: Value, _ value: Value, _ kind: Value
    ) throws(Unwind) -> Value {
        try announce(asyncGenerator: generator)
        return newIterator(.asyncGeneratorStep, generator, extra: value, more: kind)
    }

    func installAsyncGenerators() {
        build(.asyncGenerator) { type in
            addGeneratorAttributes(type)
            type.method("__aiter__", "(self, /)") { (vm, a) throws(Unwind) in a[0] }
            type.method("__anext__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.newStep(a[0], .none, Step.send)
            }
            type.method("asend", "(self, value, /)") { (vm, a) throws(Unwind) in
                try vm.newStep(a[0], a[1], Step.send)
            }
            type.method("athrow", "(self, type, value=None, traceback=None, /)") {
                (vm, a) throws(Unwind) in
                try vm.newStep(a[0], try vm.thrownException(a), Step.raise)
            }
            type.method("aclose", "(self, /)") { (vm, a) throws(Unwind) in
                let exit = vm.newException(
                    vm.type(.generatorExit), vm.shared.pointee.emptyTuple)
                return try vm.newStep(a[0], exit, Step.close)
            }
        }
        build(.asyncGeneratorStep) { type in
            type.method("__await__", "(self, /)") { (vm, a) throws(Unwind) in a[0] }
            type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in a[0] }
            type.method("__next__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.advance(step: a[0].reference, .none)
            }
            type.method("send", "(self, value, /)") { (vm, a) throws(Unwind) in
                try vm.advance(step: a[0].reference, a[1])
            }
            type.method("throw", "(self, type, value=None, traceback=None, /)") {
                (vm, a) throws(Unwind) in
                let step = a[0].reference
                let exception = try vm.thrownException(a)
                if vm[step, Iterator.position] == 2 {
                    throw vm.raise(
                        .runtimeError, "cannot reuse already awaited __anext__()/asend()")
                }
                vm[step, Iterator.position] = 1
                return try vm.settle(step) { (stopped) throws(Unwind) in
                    try vm.throwInto(
                        vm[step, Iterator.source].reference, exception, stopped: &stopped)
                }
            }
            type.method("close", "(self, /)") { (vm, a) throws(Unwind) in
                vm[a[0].reference, Iterator.position] = 2
                return .none
            }
        }
    }

    /// Runs the generator until it awaits something (which goes to the event loop) or yields (which is
    /// the result of the step).
    private func advance(step: Reference, _ value: Value) throws(Unwind) -> Value {
        let generator = self[step, Iterator.source].reference
        switch self[step, Iterator.position] {
        case 2:
            throw raise(
                .runtimeError, "cannot reuse already awaited __anext__()/asend()")
        case 0:
            self[step, Iterator.position] = 1
            let kind = self[step, Iterator.more]
            if self[generator, Generator.state] == GeneratorState.finished.rawValue {
                self[step, Iterator.position] = 2
                if kind == Step.close { throw raise(newStop(.none)) }
                throw raise(.stopAsyncIteration)
            }
            let first = self[step, Iterator.extra]
            if kind == Step.send {
                return try settle(step) { (stopped) throws(Unwind) in
                    try next(generator, sending: first, stopped: &stopped)
                }
            }
            if self[generator, Generator.state] == GeneratorState.created.rawValue,
                kind == Step.close
            {
                try close(generator)
                self[step, Iterator.position] = 2
                throw raise(newStop(.none))
            }
            return try settle(step) { (stopped) throws(Unwind) in
                try throwInto(generator, first, stopped: &stopped)
            }
        default:
            return try settle(step) { (stopped) throws(Unwind) in
                try next(generator, sending: value, stopped: &stopped)
            }
        }
    }
    /// What a run of the generator means for the step.
    private func settle(
        _ step: Reference, _ body: (inout Value) throws(Unwind) -> Value
    ) throws(Unwind) -> Value {
        let isClose = self[step, Iterator.more] == Step.close
        var stopped = Value.none
        let result: Value
        do throws(Unwind) { result = try body(&stopped) } catch {
            self[step, Iterator.position] = 2
            if error == .raise && isClose
                && (isInstance(pending, .stopAsyncIteration) || isInstance(pending, .generatorExit))
            {
                pending = .none
                throw raise(newStop(.none))
            }
            throw error
        }
        if result == .unbound {
            self[step, Iterator.position] = 2
            if isClose { throw raise(newStop(.none)) }
            throw raise(.stopAsyncIteration)
        }
        // What is yielded comes in a cell; what is awaited passes through.
        guard result.isA(Kind.cell) else { return result }
        self[step, Iterator.position] = 2
        if isClose {
            throw raise(.runtimeError, "async generator ignored GeneratorExit")
        }
        let value = self[result.reference, Cell.content]
        let arguments = try tuple(value)
        throw raise(.stopIteration, arguments: arguments)
    }
}
