import InterpreterKit

/// What a generator is doing; ``Generator/state``.
enum GeneratorState: Int {
    case created, suspended, running, finished
}

extension Generator {
    static func register(_ i: Int) -> Field<Value> { Field(i + 1) }
}

extension VM {
    /// The first instruction of a generator: an object that holds the frame goes to the caller.
    @inline(never) @usableFromInline
    func makeGenerator() throws(Unwind) -> Position {
        let code = fp[below: 1].code
        let count = Int(code.pointee.registers)
        let registers = try checked(
            q.newTuple(count: count) {
                // The places of temporaries may hold anything.
                let live = code.pointee.parameters + 1
                $0.update(from: fp, count: live)
                ($0 + live).update(repeating: .unbound, count: count - live)
            })
        let flags = code.pointee.flags
        let type: BuiltinType =
            flags.contains(.coroutine)
            ? .coroutine : flags.contains(.asyncGenerator) ? .asyncGenerator : .generator
        let function = fp[0].reference
        let (name, qualifiedName) = (
            self[function, Function.name], self[function, Function.qualifiedName]
        )
        let generator = q.new(Kind.generator) { slots in
            slots[0] = Value(Int(type.rawValue))
            slots[1] = Value(native: code)
            slots[2] = Value(registers)
            slots[3] = Value(native: pc)
            slots[4] = Value(GeneratorState.created.rawValue)
            slots[5] = name
            slots[6] = qualifiedName
            slots[7] = .none
        }
        let link = Link(fp)
        if link.continuation != .result { return try leave(returning: Value(generator)) }
        let caller = fp - link.distance
        let back = fp[below: 3].native(Instruction.self)
        q.leave(to: caller)
        caller[link.register] = Value(generator)
        return Position(caller, back)
    }

    /// Puts the generator's frame on the stack and goes on behind its last yield, which gets `value`.
    ///
    /// At a generator that is running or has ended: raises, as calling `send` would.
    @inline(never) @usableFromInline
    /// A coroutine runs once.
    func refuseReuse(_ generator: Reference) throws(Unwind) {
        if self[generator, Generator.type] == Int(BuiltinType.coroutine.rawValue) {
            throw raise(.runtimeError, "cannot reuse already awaited coroutine")
        }
    }
    func resume(
        _ generator: Reference, _ value: Value, _ continuation: Continuation,
        to register: Int = 0
    ) throws(Unwind) -> Position {
        let code = self[generator, Generator.code].code
        switch GeneratorState(rawValue: self[generator, Generator.state]) {
        case .running:
            throw raise(.valueError, "\(generatorNoun(generator)) already executing")
        case .finished:
            try refuseReuse(generator)
            if continuation != .ask {
                return try leaveFinished(continuation, register)
            }
            throw raise(.stopIteration)
        case .created:
            if value != .none {
                throw raise(
                    .typeError,
                    "can't send non-None value to a just-started \(generatorNoun(generator))")
            }
        default: break
        }
        let count = Int(code.pointee.registers)
        let base = open(count)
        defer { close(base) }
        let depth = try nextDepth(base, count)
        let registers = self[generator, Generator.registers]
        q.copy(registers, count: count, to: base)
        base[below: 4] = Value(generator)
        let target = self[generator, Generator.instruction].native(Instruction.self)
        if self[generator, Generator.state] == GeneratorState.suspended.rawValue {
            base[(target - 1).pointee.a] = value
        }
        self[generator, Generator.state] = GeneratorState.running.rawValue
        _ = link(code, base, depth, continuation, register)
        return Position(base, target)
    }
    func generatorNoun(_ generator: Reference) -> String {
        switch self[generator, Generator.type] {
        case Int(BuiltinType.coroutine.rawValue): "coroutine"
        case Int(BuiltinType.asyncGenerator.rawValue): "async generator"
        default: "generator"
        }
    }

    /// A generator without a next value, asked by an instruction of this frame.
    private func leaveFinished(
        _ continuation: Continuation, _ register: Int
    ) throws(Unwind) -> Position {
        switch continuation {
        case .exit:
            thread.pointee.stackBase[ThreadWord.result] = Value.none.bits
            thread.pointee.stackBase[ThreadWord.stopped] = Value.true.bits
            return Position(nil, pc)
        case .iterate, .numbered: return Position(fp, pc + instruction.c)
        default:
            fp[register] = .none
            return Position(fp, pc + instruction.c)
        }
    }

    /// `yield`: the frame goes back into the generator, the value to whoever resumed it.
    @inline(never) @usableFromInline
    func yield(_ value: Value) throws(Unwind) -> Position {
        let generator = fp[below: 4].reference
        let code = fp[below: 1].code
        let registers = self[generator, Generator.registers]
        q.copy(fp, count: Int(code.pointee.registers), to: registers)
        self[generator, Generator.instruction] = Value(native: pc)
        self[generator, Generator.state] = GeneratorState.suspended.rawValue
        let link = Link(fp)
        let caller = fp - link.distance
        let back = fp[below: 3].native(Instruction.self)
        q.leave(to: caller)
        if link.continuation == .exit {
            thread.pointee.stackBase[ThreadWord.result] = value.bits
            return Position(nil, back)
        }
        caller[link.register] = value
        guard link.continuation == .numbered else { return Position(caller, back) }
        let counter = caller[(back - 1).pointee.b].reference
        let number = self[counter, Iterator.extra]
        self[counter, Iterator.extra] = SmallInt.add(number, Value(1)) ?? number
        caller[link.register - 1] = number
        return Position(caller, back + 1)
    }

    /// The body of a generator has returned.
    func didReturn(_ generator: Reference, _ link: Link, _ value: Value) throws(Unwind) -> Position
    {
        self[generator, Generator.state] = GeneratorState.finished.rawValue
        release(generator)
        let caller = fp - link.distance
        let back = fp[below: 3].native(Instruction.self)
        q.leave(to: caller)
        let outer = VM(thread, shared, caller, back)
        switch link.continuation {
        case .exit:
            thread.pointee.stackBase[ThreadWord.result] = value.bits
            thread.pointee.stackBase[ThreadWord.stopped] = Value.true.bits
            return Position(nil, back)
        case .iterate, .numbered: return Position(caller, back + (back - 1).pointee.c)
        case .send:
            caller[link.register] = value
            return Position(caller, back + (back - 1).pointee.c)
        default:
            // Unwinding starts in the frame that asked.
            outer.pending = outer.newStop(value)
            let position: Position
            do throws(Abort) { position = try outer.unwind() } catch { throw .abort }
            return position
        }
    }
    func newStop(_ value: Value) -> Value {
        do throws(Unwind) {
            let arguments =
                value == .none ? shared.pointee.emptyTuple : try tuple(value)
            return newException(type(.stopIteration), arguments)
        } catch { return pending }
    }
    /// The exception that leaves a generator's frame in place of `exception`.
    func didFail(_ generator: Reference, _ code: CodePointer, _ exception: Value) -> Value {
        self[generator, Generator.state] = GeneratorState.finished.rawValue
        release(generator)
        let isStop = isInstance(exception, .stopIteration)
        let isAsyncStop =
            code.pointee.flags.contains(.asyncGenerator)
            && isInstance(exception, .stopAsyncIteration)
        if !isStop && !isAsyncStop { return exception }
        let what = isStop ? "StopIteration" : "StopAsyncIteration"
        _ = raise(.runtimeError, "\(generatorNoun(generator)) raised \(what)")
        let error = pending
        if error.isInstance {
            self[error.reference, Exception.context] = exception
            self[error.reference, Exception.cause] = exception
            self[error.reference, Exception.suppressesContext] = .true
        }
        return error
    }
    /// A generator that has ended holds nothing.
    private func release(_ generator: Reference) {
        let registers = self[generator, Generator.registers]
        q.fill(registers, with: .none)
    }

    // MARK: for built-in functions

    /// The next value of a generator, or unbound when it has ended; then `stopped` is what it returned.
    func next(
        _ generator: Reference, sending value: Value = .none, stopped: inout Value
    ) throws(Unwind) -> Value {
        try enterNative()
        defer { leaveNative() }
        thread.pointee.stackBase[ThreadWord.stopped] = 0
        let position = try resume(generator, value, .exit)
        let result =
            position.fp == nil
            ? Value(bits: thread.pointee.stackBase[ThreadWord.result]) : try run(position)
        if thread.pointee.stackBase[ThreadWord.stopped] != 0 {
            thread.pointee.stackBase[ThreadWord.stopped] = 0
            stopped = result
            return .unbound
        }
        return result
    }

    /// Raises `exception` where the generator waits; the value it yields, or unbound at its end.
    func throwInto(
        _ generator: Reference, _ exception: Value, stopped: inout Value
    ) throws(Unwind) -> Value {
        switch GeneratorState(rawValue: self[generator, Generator.state]) {
        case .running:
            throw raise(.valueError, "\(generatorNoun(generator)) already executing")
        case .finished:
            try refuseReuse(generator)
            throw raise(exception)
        case .created:
            self[generator, Generator.state] = GeneratorState.finished.rawValue
            release(generator)
            throw raise(exception)
        default: break
        }
        let instruction = self[generator, Generator.instruction].native(Instruction.self)
        let yield = (instruction - 1).pointee
        if yield.opcode == .yieldDelegating {
            let sub = self[self[generator, Generator.registers], Generator.register(yield.c)]
            self[generator, Generator.state] = GeneratorState.running.rawValue
            var subStopped = Value.none
            do throws(Unwind) {
                let value = try delegate(exception, to: sub, stopped: &subStopped)
                self[generator, Generator.state] = GeneratorState.suspended.rawValue
                if value != .unbound { return value }
                // The sub-iterator has ended: its value is that of the whole expression.
                return try finishDelegation(generator, subStopped, stopped: &stopped)
            } catch {
                if error == .abort { throw .abort }
                self[generator, Generator.state] = GeneratorState.suspended.rawValue
                return try raiseInside(generator, pending, stopped: &stopped)
            }
        }
        return try raiseInside(generator, exception, stopped: &stopped)
    }

    /// `throw` or `close` of the iterator that a generator delegates to.
    private func delegate(
        _ exception: Value, to sub: Value, stopped: inout Value
    ) throws(Unwind) -> Value {
        if isInstance(exception, .generatorExit) {
            if sub.isA(Kind.generator) {
                try close(sub.reference)
            } else {
                let close = try findAttribute(sub, name(.close))
                if close != .unbound { _ = try call(close) }
            }
            throw raise(exception)
        }
        if sub.isA(Kind.generator) {
            return try throwInto(sub.reference, exception, stopped: &stopped)
        }
        let method = try findAttribute(sub, name(.throwName))
        if method == .unbound { throw raise(exception) }
        do throws(Unwind) {
            return try call(method, exception)
        } catch {
            if error == .abort { throw .abort }
            guard isInstance(pending, .stopIteration) else { throw .raise }
            stopped = stopValue(pending)
            pending = .none
            return .unbound
        }
    }

    private func raiseInside(
        _ generator: Reference, _ exception: Value, stopped: inout Value
    ) throws(Unwind) -> Value {
        try enterNative()
        defer { leaveNative() }
        thread.pointee.stackBase[ThreadWord.stopped] = 0
        let position = try resume(generator, .none, .exit)
        guard let frame = position.fp else { return .unbound }
        pending = exception
        let target: Position
        do throws(Abort) {
            target = try VM(thread, shared, frame, position.pc).unwind()
        } catch { throw .abort }
        if target.fp == nil {
            Quantum<Dispatched>(thread).leave(to: fp)
            throw .raise
        }
        let result = try run(target)
        if thread.pointee.stackBase[ThreadWord.stopped] != 0 {
            thread.pointee.stackBase[ThreadWord.stopped] = 0
            stopped = result
            return .unbound
        }
        return result
    }
    /// Goes on behind the `yield from` of a generator whose sub-iterator has ended with `value`.
    private func finishDelegation(
        _ generator: Reference, _ value: Value, stopped: inout Value
    ) throws(Unwind) -> Value {
        // The loop of `yield from`: the instruction before the yield is the `send`, which knows the way out.
        let code = self[generator, Generator.code].code
        var at = self[generator, Generator.instruction].native(Instruction.self) - 1
        while at > code.pointee.entry && at.pointee.opcode != .send { at -= 1 }
        let send = at.pointee
        let target = at + 1 + send.c
        let registers = self[generator, Generator.registers]
        self[registers, Generator.register(send.a)] = value
        try enterNative()
        defer { leaveNative() }
        thread.pointee.stackBase[ThreadWord.stopped] = 0
        self[generator, Generator.instruction] = Value(native: target)
        self[generator, Generator.state] = GeneratorState.created.rawValue
        let position = try resume(generator, .none, .exit)
        let result = try run(Position(position.fp, target))
        if thread.pointee.stackBase[ThreadWord.stopped] != 0 {
            thread.pointee.stackBase[ThreadWord.stopped] = 0
            stopped = result
            return .unbound
        }
        return result
    }

    /// `close()`: GeneratorExit where it waits.
    func close(_ generator: Reference) throws(Unwind) {
        switch GeneratorState(rawValue: self[generator, Generator.state]) {
        case .finished: return
        case .created:
            self[generator, Generator.state] = GeneratorState.finished.rawValue
            return release(generator)
        default: break
        }
        var stopped = Value.none
        do throws(Unwind) {
            let exit = newException(type(.generatorExit), shared.pointee.emptyTuple)
            if try throwInto(generator, exit, stopped: &stopped) != .unbound {
                throw raise(
                    .runtimeError, "\(generatorNoun(generator)) ignored GeneratorExit")
            }
        } catch {
            if error == .abort { throw .abort }
            guard isInstance(pending, .generatorExit) || isInstance(pending, .stopIteration) else {
                throw .raise
            }
            pending = .none
        }
    }
}
