import InterpreterKit

/// What the loop does itself at generators: it copies the registers there and back.
extension Python {
    /// Resumes a generator that waits at a `yield`, or is new and asked for nothing; nil when it takes a
    /// call.
    @inline(never)
    static func resume<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ generator: Value, _ value: Value, _ continuation: Continuation,
        _ register: Int
    ) -> Position? {
        guard generator.isA(Kind.generator) else { return nil }
        let object = generator.reference
        let (state, instruction) = q[object, Generator.state, Generator.instruction]
        let isSuspended = state == GeneratorState.suspended.rawValue
        guard isSuspended || state == GeneratorState.created.rawValue && value == .none else {
            return nil
        }
        let code = q[object, Generator.code].code
        let count = Int(code.pointee.registers)
        let base = fp + (Link.size(fp) &+ 4)
        let depth = Link(fp).depth &+ 1
        guard depth <= shared.pointee.recursionLimit, q.hasRoom(base, count) else { return nil }
        q.copy(q[object, Generator.registers], count: count, to: base)
        let target = instruction.native(Instruction.self)
        if isSuspended { base[(target - 1).pointee.a] = value }
        q[object, Generator.state] = GeneratorState.running.rawValue
        base[below: 4] = generator
        base[below: 3] = Value(native: pc)
        base[below: 2] = Link(distance: base - fp, continuation, to: register, depth: depth).value
        base[below: 1] = Value(native: code)
        q.enter(base)
        return Position(base, target)
    }

    /// `yield` to an instruction; nil when it takes a call.
    @inline(never)
    static func yield<B>(
        _ q: borrowing Quantum<B>, _ fp: Frame, _ pc: ProgramCounter, _ value: Value
    ) -> Position? {
        let link = Link(fp)
        if link.continuation == .exit || link.continuation == .numbered { return nil }
        let generator = fp[below: 4].reference
        let count = Int(fp[below: 1].code.pointee.registers)
        q.copy(fp, count: count, to: q[generator, Generator.registers])
        q[generator, Generator.instruction] = Value(native: pc)
        q[generator, Generator.state] = GeneratorState.suspended.rawValue
        let caller = fp - link.distance
        let back = fp[below: 3].native(Instruction.self)
        q.leave(to: caller)
        caller[link.register] = value
        return Position(caller, back)
    }
}
