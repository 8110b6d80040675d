import InterpreterKit

/// Where the machine is: what an instruction's helpers need besides its operands.
///
/// Helpers that belong to the loop's fast paths are inlined into it; those that fail or rarely run
/// are not, so that they cost the loop nothing.
@frozen @usableFromInline struct Site {
    @usableFromInline let shared: UnsafeMutablePointer<Shared>
    /// The instruction after the current one.
    @usableFromInline let pc: ProgramCounter
    @usableFromInline let fp: Frame

    @inlinable @inline(__always)
    init(_ shared: UnsafeMutablePointer<Shared>, _ pc: ProgramCounter, _ fp: Frame) {
        self.shared = shared
        self.pc = pc
        self.fp = fp
    }

    // MARK: breaks

    /// Atomicity may end here.
    @inlinable @inline(__always) func qbreak<B>(_ q: borrowing Quantum<B>) throws(Abort) {
        if let signal = try q.qbreak(resumeAt: Duhton.Task(shared, at: pc)) {
            try hear(q, signal)
        }
    }
    @inline(never) @usableFromInline
    func hear<B>(_ q: borrowing Quantum<B>, _ signal: Signal) throws(Abort) {
        switch signal {
        // The place is where the machine goes on.
        case .memory: try Site(shared, pc + 1, fp).fail(q, "out of memory")
        case .interrupt: try q.halt(.interrupted)
        }
    }

    /// Jumps back, with a break.
    @inlinable @inline(__always)
    func loop<B>(
        _ q: borrowing Quantum<B>, _ i: Instruction, _ pc: inout ProgramCounter
    ) throws(Abort) {
        pc += i.c
        try Site(shared, pc, fp).qbreak(q)
    }

    // MARK: names

    @inlinable @inline(__always)
    func global<B>(_ q: borrowing Quantum<B>, _ symbol: Int) throws(Abort) -> Value {
        let value = q[shared.pointee.globals.base[symbol].reference, Global.value]
        if _slowPath(value == .unbound) { try failUndefined(q, symbol, "variable") }
        return value
    }

    @inline(never) @usableFromInline
    func define<B>(_ q: borrowing Quantum<B>, _ symbol: Int, _ function: Value) {
        q[shared.pointee.globals.base[symbol].reference, Global.function] = function
        let code = function.code
        if code.pointee.isDefined { return }
        code.pointee.isDefined = true
        q.onAbort { code.pointee.isDefined = false }
    }
    /// The only function of its name is not known to be defined.
    @inline(never) @usableFromInline
    func function<B>(
        _ q: borrowing Quantum<B>, notDefinedYet code: CodePointer
    ) throws(Abort) -> Value {
        let symbol = code.pointee.function.takeUnretainedValue().symbol.unsafelyUnwrapped
        let function = q[shared.pointee.globals.base[symbol].reference, Global.function]
        return function != .unbound ? function : try foreignCode(q, symbol)
    }

    /// No function has this name; perhaps its variable holds a foreign one.
    @inlinable @inline(never)
    func foreignCode<B>(_ q: borrowing Quantum<B>, _ symbol: Int) throws(Abort) -> Value {
        let value = q[shared.pointee.globals.base[symbol].reference, Global.value]
        if value.isA(Kind.foreign) { return q[value.reference, Foreign.code] }
        try failUndefined(q, symbol, "function")
    }

    /// The function that `i.c` means in this frame. Any entry of the frame hides the global one.
    @inlinable @inline(never)
    func localFunction<B>(_ q: borrowing Quantum<B>, _ i: Instruction) throws(Abort) -> Value {
        let function = Int(pc[0].bits)
        if function != Instruction.noRegister && fp[function] != .unbound { return fp[function] }
        if i.b != Instruction.noRegister && fp[i.b] != .unbound {
            let value = fp[i.b]
            if value.isA(Kind.foreign) { return q[value.reference, Foreign.code] }
            try failUndefined(q, i.c, "function")
        }
        let global = q[shared.pointee.globals.base[i.c].reference, Global.function]
        if global != .unbound { return global }
        let builtin = Value(bits: pc[1].bits)
        return builtin.bits != 0 ? builtin : try foreignCode(q, i.c)
    }

    /// A local entry, or a global definition, takes the place of a builtin.
    @inlinable @inline(never)
    func isFunction<B>(_ q: borrowing Quantum<B>, _ i: Instruction) -> Bool {
        (i.a != Instruction.noRegister && fp[i.a] != .unbound)
            || (i.b != Instruction.noRegister && fp[i.b] != .unbound)
            || q[shared.pointee.globals.base[i.c].reference, Global.function] != .unbound
    }

    // MARK: calls

    @inlinable @inline(__always)
    func checkCall<B>(
        _ q: borrowing Quantum<B>, _ code: CodePointer, _ arguments: Int, _ callee: Frame
    ) throws(Abort) {
        if _slowPath(Int(code.pointee.parameters) != arguments) {
            try failCount(q, code, few: Int(code.pointee.parameters) > arguments)
        }
        if _slowPath(callee + Int(code.pointee.registers) > q.stackLimit) {
            try fail(q, "recursion too deep")
        }
    }
    @inlinable @inline(__always)
    func checkSurplus<B>(
        _ q: borrowing Quantum<B>, _ code: CodePointer, _ index: Int
    ) throws(Abort) {
        if _slowPath(Int(code.pointee.parameters) <= index) {
            try failCount(q, code, few: false)
        }
    }

    // MARK: failing

    /// Ends the program with a report of this place.
    @inline(never) @usableFromInline
    func fail<B>(_ q: borrowing Quantum<B>, _ message: String) throws(Abort) -> Never {
        let (place, traceback) = self.traceback()
        try q.halt(.failed(Diagnostic(message, at: place, traceback: traceback)))
    }
    @inline(never) @usableFromInline
    func failWithMessage<B>(_ q: borrowing Quantum<B>, _ index: Int) throws(Abort) -> Never {
        let function = fp[-1].code.pointee.function.takeUnretainedValue()
        try fail(q, function.messages[index])
    }
    @inline(never) @usableFromInline
    func failUndefined<B>(
        _ q: borrowing Quantum<B>, _ symbol: Int, _ role: String
    ) throws(Abort) -> Never {
        let name = shared.pointee.language.takeUnretainedValue().program.symbols.text(symbol)
        try fail(q, "symbol not defined as a \(role): '\(name)'")
    }
    @inline(never) @usableFromInline
    func failCount<B>(
        _ q: borrowing Quantum<B>, _ code: CodePointer, few: Bool
    ) throws(Abort) -> Never {
        let name = code.pointee.function.takeUnretainedValue().name
        try fail(q, "call to '\(name)': \(few ? "not enough" : "too many") arguments")
    }
    @inline(never) @usableFromInline
    func failType<B>(
        _ q: borrowing Quantum<B>, _ operation: String, wants type: String, _ value: Value
    ) throws(Abort) -> Never {
        try fail(q, "\(operation): expected '\(type)' argument, got '\(value.typeName)'")
    }

    /// The place of the current instruction.
    var place: Diagnostic.Place? {
        fp[-1].code.pointee.function.takeUnretainedValue().place(before: pc)
    }

    /// The place of the current instruction, or of the call of what has none, and the frames that led here, innermost first.
    private func traceback() -> (Diagnostic.Place?, [Diagnostic.Frame]) {
        var frames: [Diagnostic.Frame] = []
        var place: Diagnostic.Place?
        var (pc, fp) = (self.pc, self.fp)
        while true {
            let function = fp[-1].code.pointee.function.takeUnretainedValue()
            let here = function.place(before: pc)
            place = place ?? here
            frames.append(.init(name: function.name, place: here))
            guard function.node != nil || function.syntax == nil, fp[-2].int > 0 else { break }
            pc = fp[-3].pc
            if pc.pointee.opcode == .endJob {
                frames.append(.init(name: "a transaction", place: nil))
                break
            }
            fp -= fp[-2].int
        }
        // The place says it all when there is only the main program.
        return (place, frames.count > 1 ? frames : [])
    }
}
