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
                let site = Site(shared, pc, fp)
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
                        value == .unbound ? try site.global(q, i.c) : value
                case .getGlobal:
                    fp[i.a] = try site.global(q, i.c)
                case .setGlobal:
                    q[globals[i.c].reference, Global.value] = fp[i.a]
                case .defineGlobal:
                    site.define(q, i.c, shared.pointee.functions.base[i.a | i.b &<< 16])
                case .defineLocal:
                    fp[i.a] = shared.pointee.functions.base[i.c]
                case .unbind:
                    (fp + i.a).update(repeating: .unbound, count: i.c)
                case .isDefined:
                    var value = i.b == Instruction.noRegister ? Value.unbound : fp[i.b]
                    if value == .unbound { value = q[globals[i.c].reference, Global.value] }
                    fp[i.a] = Value(truth: value != .unbound)

                // MARK: calls
                case .lookupOnly:
                    let function = shared.pointee.functions.base[i.c]
                    fp[i.a + 2] = function
                    if _slowPath(!function.code.pointee.isDefined) {
                        fp[i.a + 2] = try site.function(q, notDefinedYet: function.code)
                    }
                case .lookup:
                    let function = q[globals[i.c].reference, Global.function]
                    fp[i.a + 2] = function
                    if _slowPath(function == .unbound) {
                        fp[i.a + 2] = try site.foreignCode(q, i.c)
                    }
                case .lookupLocal:
                    fp[i.a + 2] = try site.localFunction(q, i)
                    pc += 2
                case .surplus:
                    try site.checkSurplus(q, fp[i.a + 2].code, i.c)
                case .call:
                    let callee = fp + (i.b &+ 3)
                    let code = callee[-1].code
                    try site.checkCall(q, code, i.c, callee)
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
                    if !site.isFunction(q, i) { pc += 1 }

                // MARK: control
                case .jump:
                    pc += i.c
                case .loop:
                    try site.loop(q, i, &pc)
                case .jumpIf:
                    if isTrue(q, fp[i.a]) { try site.loop(q, i, &pc) }
                case .jumpUnless:
                    if _slowPath(!isTrue(q, fp[i.a])) { pc += i.c }

                // MARK: comparisons
                case .less:
                    fp[i.a] = Value(truth: try site.holds(q, .less, fp[i.b], fp[i.c]))
                case .lessOrEqual:
                    fp[i.a] = Value(truth: try site.holds(q, .lessOrEqual, fp[i.b], fp[i.c]))
                case .equal:
                    fp[i.a] = Value(truth: try site.holds(q, .equal, fp[i.b], fp[i.c]))
                case .notEqual:
                    fp[i.a] = Value(truth: try site.holds(q, .notEqual, fp[i.b], fp[i.c]))
                case .greater:
                    fp[i.a] = Value(truth: try site.holds(q, .greater, fp[i.b], fp[i.c]))
                case .greaterOrEqual:
                    fp[i.a] = Value(truth: try site.holds(q, .greaterOrEqual, fp[i.b], fp[i.c]))
                case .unlessLess:
                    if try site.fails(q, .less, fp[i.a], fp[i.b]) { pc += i.c }
                case .unlessLessOrEqual:
                    if try site.fails(q, .lessOrEqual, fp[i.a], fp[i.b]) { pc += i.c }
                case .unlessEqual:
                    if try site.fails(q, .equal, fp[i.a], fp[i.b]) { pc += i.c }
                case .unlessNotEqual:
                    if try site.fails(q, .notEqual, fp[i.a], fp[i.b]) { pc += i.c }
                case .unlessGreater:
                    if try site.fails(q, .greater, fp[i.a], fp[i.b]) { pc += i.c }
                case .unlessGreaterOrEqual:
                    if try site.fails(q, .greaterOrEqual, fp[i.a], fp[i.b]) { pc += i.c }
                case .unlessLessInt:
                    if try site.fails(q, .less, fp[i.a], i.constant) { pc += i.c }
                case .unlessLessOrEqualInt:
                    if try site.fails(q, .lessOrEqual, fp[i.a], i.constant) { pc += i.c }
                case .unlessEqualInt:
                    if try site.fails(q, .equal, fp[i.a], i.constant) { pc += i.c }
                case .unlessNotEqualInt:
                    if try site.fails(q, .notEqual, fp[i.a], i.constant) { pc += i.c }
                case .unlessGreaterInt:
                    if try site.fails(q, .greater, fp[i.a], i.constant) { pc += i.c }
                case .unlessGreaterOrEqualInt:
                    if try site.fails(q, .greaterOrEqual, fp[i.a], i.constant) { pc += i.c }
                case .ifLess:
                    if try site.holds(q, .less, fp[i.a], fp[i.b]) { try site.loop(q, i, &pc) }
                case .ifLessOrEqual:
                    if try site.holds(q, .lessOrEqual, fp[i.a], fp[i.b]) {
                        try site.loop(q, i, &pc)
                    }
                case .ifEqual:
                    if try site.holds(q, .equal, fp[i.a], fp[i.b]) { try site.loop(q, i, &pc) }
                case .ifNotEqual:
                    if try site.holds(q, .notEqual, fp[i.a], fp[i.b]) { try site.loop(q, i, &pc) }
                case .ifGreater:
                    if try site.holds(q, .greater, fp[i.a], fp[i.b]) { try site.loop(q, i, &pc) }
                case .ifGreaterOrEqual:
                    if try site.holds(q, .greaterOrEqual, fp[i.a], fp[i.b]) {
                        try site.loop(q, i, &pc)
                    }
                case .ifLessInt:
                    if try site.holds(q, .less, fp[i.a], i.constant) { try site.loop(q, i, &pc) }
                case .ifLessOrEqualInt:
                    if try site.holds(q, .lessOrEqual, fp[i.a], i.constant) {
                        try site.loop(q, i, &pc)
                    }
                case .ifEqualInt:
                    if try site.holds(q, .equal, fp[i.a], i.constant) { try site.loop(q, i, &pc) }
                case .ifNotEqualInt:
                    if try site.holds(q, .notEqual, fp[i.a], i.constant) {
                        try site.loop(q, i, &pc)
                    }
                case .ifGreaterInt:
                    if try site.holds(q, .greater, fp[i.a], i.constant) { try site.loop(q, i, &pc) }
                case .ifGreaterOrEqualInt:
                    if try site.holds(q, .greaterOrEqual, fp[i.a], i.constant) {
                        try site.loop(q, i, &pc)
                    }

                // MARK: arithmetic
                case .add:
                    fp[i.a] = try site.calculate(q, .add, fp[i.b], fp[i.c])
                case .subtract:
                    fp[i.a] = try site.calculate(q, .subtract, fp[i.b], fp[i.c])
                case .multiply:
                    fp[i.a] = try site.calculate(q, .multiply, fp[i.b], fp[i.c])
                case .divide:
                    fp[i.a] = try site.calculate(q, .divide, fp[i.b], fp[i.c])
                case .remainder:
                    fp[i.a] = try site.calculate(q, .remainder, fp[i.b], fp[i.c])
                case .xor:
                    fp[i.a] = try site.calculate(q, .xor, fp[i.b], fp[i.c])
                case .shiftLeft:
                    fp[i.a] = try site.calculate(q, .shiftLeft, fp[i.b], fp[i.c])
                case .shiftRight:
                    fp[i.a] = try site.calculate(q, .shiftRight, fp[i.b], fp[i.c])
                case .addInt:
                    fp[i.a] = try site.calculate(q, .add, fp[i.b], Value(i.c))
                case .multiplyInt:
                    fp[i.a] = try site.calculate(q, .multiply, fp[i.b], Value(i.c))
                case .divideInt:
                    fp[i.a] = try site.calculate(q, .divide, fp[i.b], Value(i.c))
                case .remainderInt:
                    fp[i.a] = try site.calculate(q, .remainder, fp[i.b], Value(i.c))

                // MARK: data
                case .not:
                    fp[i.a] = Value(truth: !isTrue(q, fp[i.b]))
                case .cons:
                    fp[i.a] = Value(q.new(Kind.cons, fp[i.b], fp[i.c]))
                case .car:
                    fp[i.a] = try site.part(q, Cons.car, fp[i.b])
                case .cdr:
                    fp[i.a] = try site.part(q, Cons.cdr, fp[i.b])
                case .isPair:
                    fp[i.a] = Value(truth: fp[i.b].isA(Kind.cons))
                case .type:
                    fp[i.a] = site.typeSymbol(fp[i.b])
                case .len:
                    fp[i.a] = try site.length(q, fp[i.b])
                case .list:
                    fp[i.a] = try site.list(q, fp + i.b, i.c)
                case .container:
                    fp[i.a] = Value(q.new(Kind.container, fp[i.b]))
                case .append:
                    try site.append(q, fp[i.a], fp[i.b])
                case .getItem:
                    fp[i.a] = try site.item(q, fp[i.b], fp[i.c])
                case .getContent:
                    fp[i.a] = try site.content(q, fp[i.b])
                case .setItem:
                    try site.setItem(q, fp[i.a], fp[i.b], fp[i.c])
                case .setContent:
                    try site.setContent(q, fp[i.a], fp[i.b])
                case .builtin:
                    fp[i.a] = try site.builtin(q, i)
                case .assert:
                    try site.assert(q, fp[i.a], literals[i.c])

                // MARK: foreign functions
                case .foreign:
                    pc = try site.callForeign(q, i.c)
                case .failForeign:
                    try site.failForeign(q)
                case .spread:
                    try site.spread(q)
                case .endCallback:
                    return

                // MARK: transactions
                case .submit:
                    try site.submit(q, fp + i.a, i.c)
                case .runTransactions:
                    if q.isAtomic {
                        fp[i.c] = Value(floor)
                    } else {
                        try site.join(q, i.c, as: .true)
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
                    let code = try site.unpack(q, job, callee)
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
                    try site.join(q, i.c, as: .false)

                // MARK: the program
                case .install:
                    try site.install(q)
                case .display:
                    try site.print(q, fp + i.a, 1)
                case .fail:
                    try site.failWithMessage(q, i.c)
                case .stop:
                    site.stop(q)
                    return
                }
            }
        }
    }
}
