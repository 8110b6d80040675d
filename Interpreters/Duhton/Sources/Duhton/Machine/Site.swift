import InterpreterKit

/// Where the machine is: what an instruction's helpers need besides its operands.
///
/// Helpers that belong to the loop's fast paths are inlined into it; those that fail or rarely run
/// are not, so that they cost the loop nothing.
struct Site<B: Backend> {
    let thread: ThreadHandle
    let shared: UnsafeMutablePointer<Shared>
    /// The instruction after the current one.
    let pc: ProgramCounter
    let fp: Frame

    /// The quantum that is under way.
    var q: Quantum<B> { @inline(__always) get { Quantum(thread) } }
    @inline(__always) func at(_ pc: ProgramCounter, _ fp: Frame) -> Site {
        Site(thread: thread, shared: shared, pc: pc, fp: fp)
    }

    // MARK: breaks

    /// Atomicity may end here.
    @inline(__always) func qbreak() throws(Abort) {
        if let signal = try q.qbreak(resumeAt: Duhton.Task(shared, at: pc)) { try hear(signal) }
    }
    @inline(never) func hear(_ signal: Signal) throws(Abort) {
        switch signal {
        // The place is where the machine goes on.
        case .memory: try at(pc + 1, fp).fail("out of memory")
        case .interrupt: try q.halt(.interrupted)
        }
    }

    /// Jumps back, with a break.
    @inline(__always) func loop(_ i: Instruction, _ pc: inout ProgramCounter) throws(Abort) {
        pc += i.c
        try at(pc, fp).qbreak()
    }

    // MARK: names

    @inline(__always) func global(_ symbol: Int) throws(Abort) -> Value {
        let value = q[shared.pointee.globals.base[symbol].reference, Global.value]
        if _slowPath(value == .unbound) { try failUndefined(symbol, "variable") }
        return value
    }

    @inline(never) func define(_ symbol: Int, _ function: Value) {
        q[shared.pointee.globals.base[symbol].reference, Global.function] = function
        let only = shared.pointee.functions.base + symbol
        guard only.pointee == .none, !program.isAmbiguous(symbol) else { return }
        only.pointee = function
        q.onAbort { only.pointee = .none }
    }

    /// The function of this name, or `other`, or the foreign one that its variable holds.
    @inline(never)
    func function(_ symbol: Int, otherwise other: Value = .unbound) throws(Abort) -> Value {
        let global = shared.pointee.globals.base[symbol].reference
        let function = q[global, Global.function]
        if function != .unbound { return function }
        return other != .unbound ? other : try foreign(q[global, Global.value], symbol)
    }
    private func foreign(_ value: Value, _ symbol: Int) throws(Abort) -> Value {
        if value.isA(Kind.foreign) { return q[value.reference, Foreign.code] }
        try failUndefined(symbol, "function")
    }

    /// The same in a frame where the name has the variable `own[0]` and the function `own[1]`, which hide
    /// those of the global frame. `own[2]` if it means nothing at all.
    @inline(never) func localFunction(_ symbol: Int, _ own: Frame) throws(Abort) -> Value {
        if own[1] != .unbound { return own[1] }
        if own[0] != .unbound { return try foreign(own[0], symbol) }
        return try function(symbol, otherwise: own[2])
    }

    // MARK: calls

    @inline(__always)
    func checkCall(_ code: CodePointer, _ arguments: Int, _ callee: Frame) throws(Abort) {
        if _slowPath(code.pointee.parameters != arguments) {
            try failCount(code, few: code.pointee.parameters > arguments)
        }
        if _slowPath(callee + code.pointee.registers > q.stackLimit) {
            try fail("recursion too deep")
        }
    }
    /// May a function, if it is one, take argument `index`?
    @inline(__always) func checkSurplus(_ function: Value, _ index: Int) throws(Abort) {
        if function != .none && _slowPath(function.code.pointee.parameters <= index) {
            try failCount(function.code, few: false)
        }
    }
    /// Makes `callee` the current frame, `distance` words above this one, which goes on at `pc`.
    @inline(__always) func enter(_ callee: Frame, _ code: CodePointer, from distance: Int) {
        callee[-3] = Value(pc: pc)
        callee[-2] = Value(distance)
        callee[-1] = Value(native: code)
        q.enter(callee)
    }

    // MARK: failing

    var program: Program { shared.pointee.language.program }

    /// Ends the program with a report of this place.
    @inline(never) func fail(_ message: String) throws(Abort) -> Never {
        let (place, traceback) = self.traceback()
        try q.halt(.failed(Diagnostic(message, at: place, traceback: traceback)))
    }
    @inline(never) func fail(messageNumber number: Int) throws(Abort) -> Never {
        try fail(program.messages[number])
    }
    @inline(never) func failUndefined(_ symbol: Int, _ role: String) throws(Abort) -> Never {
        let name = program.symbols.text(symbol)
        try fail("symbol not defined as a \(role): '\(name)'")
    }
    @inline(never) func failCount(_ code: CodePointer, few: Bool) throws(Abort) -> Never {
        let name = code.pointee.function.takeUnretainedValue().name
        try fail("call to '\(name)': \(few ? "not enough" : "too many") arguments")
    }
    @inline(never) func failType(
        _ operation: String, wants type: TypeName, _ value: Value
    ) throws(Abort) -> Never {
        let (wanted, given) = (type.rawValue, value.type.rawValue)
        try fail("\(operation): expected '\(wanted)' argument, got '\(given)'")
    }

    /// The place of the current instruction, or of the call of what has none, and the frames that led
    /// here, innermost first.
    func traceback() -> (Diagnostic.Place?, [Diagnostic.Frame]) {
        var frames: [Diagnostic.Frame] = []
        var place: Diagnostic.Place?
        var (pc, fp) = (self.pc, self.fp)
        while true {
            let function = fp[-1].code.pointee.function.takeUnretainedValue()
            let here = function.place(before: pc)
            place = place ?? here
            frames.append(.init(name: function.name, place: here))
            if function.isMain || fp[-2].int == 0 { break }
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
