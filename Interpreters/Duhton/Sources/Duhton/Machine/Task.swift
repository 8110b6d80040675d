import InterpreterKit

extension Duhton {
    /// A guest thread: where it is. Everything else is on the VM stack.
    ///
    /// A frame is three words below its first register, then the registers:
    ///
    /// | word | holds |
    /// | --- | --- |
    /// | -3 | where the caller goes on |
    /// | -2 | distance to the caller's frame, as an integer |
    /// | -1 | the ``Code`` |
    ///
    /// T1  A caller keeps nothing it needs at or above its window: the callee's frame lies there.
    /// T2  `leave(to:)` comes before the caller's frame is written.
    @frozen public struct Task: GuestTask {
        @usableFromInline var pc: ProgramCounter
        @usableFromInline let shared: UnsafeMutablePointer<Shared>
        /// Code that this thread has not begun yet.
        @usableFromInline var start: CodePointer?
        /// Jobs that were pending when the current transaction began are not its own.
        @usableFromInline var floor = 0

        @inlinable @inline(__always)
        init(_ shared: UnsafeMutablePointer<Shared>, at pc: ProgramCounter) {
            self.shared = shared
            self.pc = pc
        }
        init(_ shared: UnsafeMutablePointer<Shared>, starting code: CodePointer) {
            self.init(shared, at: code.pointee.entry)
            start = code
        }

        @inlinable public static func frameEnd(_ frame: Frame) -> Frame {
            let code = frame[-1]
            return code.bits == 0 ? frame : frame + Int(code.code.pointee.registers)
        }

        // What touches the queue counts references, and stays out of the loop.

        /// The next job: of this quantum's own if `own` says how many to leave, else any.
        @inlinable @inline(never)
        func nextJob<B: Backend>(
            _ q: borrowing Quantum<B>, _ own: Value, at pc: UnsafePointer<Instruction>
        ) throws(Abort) -> Value? {
            let queue = shared.pointee.queue.takeUnretainedValue()
            if own.isInt { return q.nextPending(in: queue, above: own.int) }
            return try q.next(
                from: queue, coordinator: own == .true, resumeAt: Task(shared, at: pc))
        }
        @inlinable @inline(never)
        func pendingCount<B: Backend>(_ q: borrowing Quantum<B>) -> Int {
            q.pendingCount(in: shared.pointee.queue.takeUnretainedValue())
        }

        @inlinable
        public mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            let shared = self.shared
            let globals = shared.pointee.globals.base
            let literals = shared.pointee.literals.base
            var pc = self.pc
            var fp = q.frame
            if let start { fp[-1] = Value(code: start) }

            while true {
                let i = pc.pointee
                pc += 1
                switch i.opcode {

                // MARK: values and variables
                case .move:
                    fp[i.a] = fp[i.b]
                case .loadInt:
                    fp[i.a] = Value(i.c)
                case .loadLiteral:
                    fp[i.a] = literals[i.c]
                case .getLocal:
                    let value = fp[i.b]
                    fp[i.a] =
                        value == .unbound ? try Site(shared, pc, fp).global(q, i.c) : value
                case .getGlobal:
                    fp[i.a] = try Site(shared, pc, fp).global(q, i.c)
                case .setGlobal:
                    q[globals[i.c].reference, Global.value] = fp[i.a]
                case .defineGlobal:
                    let function = shared.pointee.functions.base[i.a | i.b &<< 16]
                    q[globals[i.c].reference, Global.function] = function
                case .defineLocal:
                    fp[i.a] = shared.pointee.functions.base[i.c]
                case .unbind:
                    (fp + i.a).update(repeating: .unbound, count: i.c)
                case .isDefined:
                    var value = i.b == Instruction.noRegister ? Value.unbound : fp[i.b]
                    if value == .unbound { value = q[globals[i.c].reference, Global.value] }
                    fp[i.a] = Value(value == .unbound ? 0 : 1)

                // MARK: calls
                case .lookup:
                    let function = q[globals[i.c].reference, Global.function]
                    fp[i.a + 2] = function
                    if _slowPath(function == .unbound) {
                        fp[i.a + 2] = try Site(shared, pc, fp).foreignCode(q, i.c)
                    }
                case .lookupLocal:
                    fp[i.a + 2] = try Site(shared, pc, fp).localFunction(q, i)
                    pc += 2
                case .surplus:
                    try Site(shared, pc, fp).checkSurplus(q, fp[i.a + 2].code, i.c)
                case .call:
                    let callee = fp + (i.b &+ 3)
                    let code = callee[-1].code
                    try Site(shared, pc, fp).checkCall(q, code, i.c, callee)
                    callee[-3] = Value(pc: pc)
                    callee[-2] = Value(i.b &+ 3)
                    q.enter(callee)
                    fp = callee
                    pc = code.pointee.entry
                    try Site(shared, pc, fp).qbreak(q)
                case .return:
                    let result = fp[i.a]
                    let caller = fp - fp[-2].int
                    pc = fp[-3].pc
                    q.leave(to: caller)
                    fp = caller
                    fp[(pc - 1).pointee.a] = result
                case .jumpIfFunction:
                    if !Site(shared, pc, fp).isFunction(q, i) { pc += 1 }

                // MARK: control
                case .jump:
                    pc += i.c
                case .loop:
                    pc += i.c
                    try Site(shared, pc, fp).qbreak(q)
                case .jumpIf:
                    if isTrue(q, fp[i.a]) {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }
                case .jumpUnless:
                    if _slowPath(!isTrue(q, fp[i.a])) { pc += i.c }

                // MARK: comparisons
                case .less:
                    let holds = try Site(shared, pc, fp).holds(q, .less, fp[i.b], fp[i.c])
                    fp[i.a] = Value(holds ? 1 : 0)
                case .lessOrEqual:
                    let holds = try Site(shared, pc, fp).holds(q, .lessOrEqual, fp[i.b], fp[i.c])
                    fp[i.a] = Value(holds ? 1 : 0)
                case .equal:
                    let holds = try Site(shared, pc, fp).holds(q, .equal, fp[i.b], fp[i.c])
                    fp[i.a] = Value(holds ? 1 : 0)
                case .notEqual:
                    let holds = try Site(shared, pc, fp).holds(q, .notEqual, fp[i.b], fp[i.c])
                    fp[i.a] = Value(holds ? 1 : 0)
                case .greater:
                    let holds = try Site(shared, pc, fp).holds(q, .greater, fp[i.b], fp[i.c])
                    fp[i.a] = Value(holds ? 1 : 0)
                case .greaterOrEqual:
                    let holds = try Site(shared, pc, fp).holds(q, .greaterOrEqual, fp[i.b], fp[i.c])
                    fp[i.a] = Value(holds ? 1 : 0)
                case .unlessLess:
                    if _slowPath(try !Site(shared, pc, fp).holds(q, .less, fp[i.a], fp[i.b])) {
                        pc += i.c
                    }
                case .unlessLessOrEqual:
                    if try !Site(shared, pc, fp).holds(q, .lessOrEqual, fp[i.a], fp[i.b]) {
                        pc += i.c
                    }
                case .unlessEqual:
                    if _slowPath(try !Site(shared, pc, fp).holds(q, .equal, fp[i.a], fp[i.b])) {
                        pc += i.c
                    }
                case .unlessNotEqual:
                    if _slowPath(try !Site(shared, pc, fp).holds(q, .notEqual, fp[i.a], fp[i.b])) {
                        pc += i.c
                    }
                case .unlessGreater:
                    if _slowPath(try !Site(shared, pc, fp).holds(q, .greater, fp[i.a], fp[i.b])) {
                        pc += i.c
                    }
                case .unlessGreaterOrEqual:
                    if try !Site(shared, pc, fp).holds(q, .greaterOrEqual, fp[i.a], fp[i.b]) {
                        pc += i.c
                    }
                case .unlessLessInt:
                    let b = Value(i.signedB)
                    if _slowPath(try !Site(shared, pc, fp).holds(q, .less, fp[i.a], b)) {
                        pc += i.c
                    }
                case .unlessLessOrEqualInt:
                    let b = Value(i.signedB)
                    if _slowPath(try !Site(shared, pc, fp).holds(q, .lessOrEqual, fp[i.a], b)) {
                        pc += i.c
                    }
                case .unlessEqualInt:
                    let b = Value(i.signedB)
                    if _slowPath(try !Site(shared, pc, fp).holds(q, .equal, fp[i.a], b)) {
                        pc += i.c
                    }
                case .unlessNotEqualInt:
                    let b = Value(i.signedB)
                    if _slowPath(try !Site(shared, pc, fp).holds(q, .notEqual, fp[i.a], b)) {
                        pc += i.c
                    }
                case .unlessGreaterInt:
                    let b = Value(i.signedB)
                    if _slowPath(try !Site(shared, pc, fp).holds(q, .greater, fp[i.a], b)) {
                        pc += i.c
                    }
                case .unlessGreaterOrEqualInt:
                    let b = Value(i.signedB)
                    if _slowPath(try !Site(shared, pc, fp).holds(q, .greaterOrEqual, fp[i.a], b)) {
                        pc += i.c
                    }
                case .ifLess:
                    if try Site(shared, pc, fp).holds(q, .less, fp[i.a], fp[i.b]) {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }
                case .ifLessOrEqual:
                    if try Site(shared, pc, fp).holds(q, .lessOrEqual, fp[i.a], fp[i.b]) {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }
                case .ifEqual:
                    if try Site(shared, pc, fp).holds(q, .equal, fp[i.a], fp[i.b]) {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }
                case .ifNotEqual:
                    if try Site(shared, pc, fp).holds(q, .notEqual, fp[i.a], fp[i.b]) {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }
                case .ifGreater:
                    if try Site(shared, pc, fp).holds(q, .greater, fp[i.a], fp[i.b]) {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }
                case .ifGreaterOrEqual:
                    if try Site(shared, pc, fp).holds(q, .greaterOrEqual, fp[i.a], fp[i.b]) {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }
                case .ifLessInt:
                    if try Site(shared, pc, fp).holds(q, .less, fp[i.a], Value(i.signedB)) {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }
                case .ifLessOrEqualInt:
                    if try Site(shared, pc, fp).holds(q, .lessOrEqual, fp[i.a], Value(i.signedB)) {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }
                case .ifEqualInt:
                    if try Site(shared, pc, fp).holds(q, .equal, fp[i.a], Value(i.signedB)) {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }
                case .ifNotEqualInt:
                    if try Site(shared, pc, fp).holds(q, .notEqual, fp[i.a], Value(i.signedB)) {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }
                case .ifGreaterInt:
                    if try Site(shared, pc, fp).holds(q, .greater, fp[i.a], Value(i.signedB)) {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }
                case .ifGreaterOrEqualInt:
                    if try Site(shared, pc, fp).holds(q, .greaterOrEqual, fp[i.a], Value(i.signedB))
                    {
                        pc += i.c
                        try Site(shared, pc, fp).qbreak(q)
                    }

                // MARK: arithmetic
                case .add:
                    fp[i.a] = try Site(shared, pc, fp).calculate(q, .add, fp[i.b], fp[i.c])
                case .subtract:
                    fp[i.a] = try Site(shared, pc, fp).calculate(q, .subtract, fp[i.b], fp[i.c])
                case .multiply:
                    fp[i.a] = try Site(shared, pc, fp).calculate(q, .multiply, fp[i.b], fp[i.c])
                case .divide:
                    fp[i.a] = try Site(shared, pc, fp).calculate(q, .divide, fp[i.b], fp[i.c])
                case .remainder:
                    fp[i.a] = try Site(shared, pc, fp).calculate(q, .remainder, fp[i.b], fp[i.c])
                case .xor:
                    fp[i.a] = try Site(shared, pc, fp).calculate(q, .xor, fp[i.b], fp[i.c])
                case .shiftLeft:
                    fp[i.a] = try Site(shared, pc, fp).calculate(q, .shiftLeft, fp[i.b], fp[i.c])
                case .shiftRight:
                    fp[i.a] = try Site(shared, pc, fp).calculate(q, .shiftRight, fp[i.b], fp[i.c])
                case .addInt:
                    fp[i.a] = try Site(shared, pc, fp).calculate(q, .add, fp[i.b], Value(i.c))
                case .multiplyInt:
                    fp[i.a] = try Site(shared, pc, fp).calculate(q, .multiply, fp[i.b], Value(i.c))
                case .divideInt:
                    fp[i.a] = try Site(shared, pc, fp).calculate(q, .divide, fp[i.b], Value(i.c))
                case .remainderInt:
                    fp[i.a] = try Site(shared, pc, fp).calculate(q, .remainder, fp[i.b], Value(i.c))

                // MARK: data
                case .not:
                    fp[i.a] = Value(isTrue(q, fp[i.b]) ? 0 : 1)
                case .cons:
                    fp[i.a] = Value(q.new(Kind.cons, fp[i.b], fp[i.c]))
                case .car:
                    fp[i.a] = try Site(shared, pc, fp).part(q, Cons.car, fp[i.b])
                case .cdr:
                    fp[i.a] = try Site(shared, pc, fp).part(q, Cons.cdr, fp[i.b])
                case .isPair:
                    fp[i.a] = Value(fp[i.b].isA(Kind.cons) ? 1 : 0)
                case .type:
                    fp[i.a] = Site(shared, pc, fp).typeSymbol(fp[i.b])
                case .len:
                    fp[i.a] = try Site(shared, pc, fp).length(q, fp[i.b])
                case .list:
                    fp[i.a] = try Site(shared, pc, fp).list(q, fp + i.b, i.c)
                case .container:
                    fp[i.a] = Value(q.new(Kind.container, fp[i.b]))
                case .append:
                    try Site(shared, pc, fp).append(q, fp[i.a], fp[i.b])
                case .getItem:
                    fp[i.a] = try Site(shared, pc, fp).item(q, fp[i.b], fp[i.c])
                case .getContent:
                    fp[i.a] = try Site(shared, pc, fp).content(q, fp[i.b])
                case .setItem:
                    try Site(shared, pc, fp).setItem(q, fp[i.a], fp[i.b], fp[i.c])
                case .setContent:
                    try Site(shared, pc, fp).setContent(q, fp[i.a], fp[i.b])
                case .builtin:
                    fp[i.a] = try Site(shared, pc, fp).builtin(q, i)
                case .assert:
                    try Site(shared, pc, fp).assert(q, fp[i.a], literals[i.c])

                // MARK: foreign functions
                case .foreign:
                    pc = try Site(shared, pc, fp).callForeign(q, i.c)
                case .failForeign:
                    try Site(shared, pc, fp).failForeign(q)
                case .spread:
                    try Site(shared, pc, fp).spread(q)
                case .endCallback:
                    return

                // MARK: transactions
                case .submit:
                    try Site(shared, pc, fp).submit(q, fp + i.a, i.c)
                case .runTransactions:
                    if q.isAtomic {
                        fp[i.c] = Value(floor)
                    } else {
                        try Site(shared, pc, fp).join(q, i.c, as: .true)
                    }
                case .nextJob:
                    let own = fp[i.c]
                    let job = try nextJob(q, own, at: pc - 1)
                    guard let job else {
                        if own.isInt { floor = own.int }
                        pc += 1
                        continue
                    }
                    let callee = fp + (i.b &+ 3)
                    let code = try Site(shared, pc, fp).unpack(q, job, callee)
                    callee[-3] = Value(pc: pc)
                    callee[-2] = Value(i.b &+ 3)
                    callee[-1] = Value(code: code)
                    q.enter(callee)
                    q.enterAtomic()
                    floor = pendingCount(q)
                    fp = callee
                    pc = code.pointee.entry
                case .endJob:
                    q.leaveAtomic()
                    pc -= 2
                    try Site(shared, pc, fp).qbreak(q)
                case .enlist:
                    try Site(shared, pc, fp).join(q, i.c, as: .false)

                // MARK: the program
                case .install:
                    try Site(shared, pc, fp).install(q)
                case .display:
                    try Site(shared, pc, fp).print(q, fp + i.a, 1)
                case .fail:
                    try Site(shared, pc, fp).failWithMessage(q, i.c)
                case .stop:
                    Site(shared, pc, fp).stop(q)
                    return
                }
            }
        }
    }
}
