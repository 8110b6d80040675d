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
    public struct Task: GuestTask {
        var pc: ProgramCounter
        let shared: UnsafeMutablePointer<Shared>
        /// Code that this thread has not begun yet.
        var start: CodePointer?
        /// Jobs that were pending when the current transaction began are not its own.
        var floor = 0

        @inline(__always)
        init(
            _ shared: UnsafeMutablePointer<Shared>, at pc: ProgramCounter, start: CodePointer? = nil
        ) {
            self.shared = shared
            self.pc = pc
            self.start = start
        }

        public static func frameEnd(_ frame: Frame) -> Frame {
            frame[-1].bits == 0 ? frame : frame + frame[-1].code.pointee.registers
        }

        public mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            let shared = self.shared
            let functions = shared.pointee.functions.base
            let globals = shared.pointee.globals.base
            let literals = shared.pointee.literals.base
            var pc = self.pc
            let thread = q.thread
            var fp = q.frame
            if let start { fp[-1] = Value(native: start) }

            while true {
                let at = pc
                var i: Instruction { @inline(__always) get { at.pointee } }
                pc += 1
                let site = Site<B>(thread: thread, shared: shared, pc: pc, fp: fp)
                switch i.opcode {

                // MARK: values and variables
                case .move: fp[i.a] = fp[i.b]
                case .load: fp[i.a] = literals[i.c]
                case .getLocal:
                    let value = fp[i.b]
                    fp[i.a] = value == .unbound ? try site.global(i.c) : value
                case .getGlobal: fp[i.a] = try site.global(i.c)
                case .setGlobal: q[globals[i.c].reference, Global.value] = fp[i.a]
                case .define: site.define(i.c, fp[i.a])
                case .unbind: (fp + i.a).update(repeating: .unbound, count: i.c)
                case .isDefined:
                    var value = i.b == Instruction.noRegister ? Value.unbound : fp[i.b]
                    if value == .unbound { value = q[globals[i.c].reference, Global.value] }
                    fp[i.a] = Value(truth: value != .unbound)

                // MARK: calls
                case .lookup:
                    let function = functions[i.c]
                    fp[i.a + 2] = function
                    if _slowPath(function == .none) { fp[i.a + 2] = try site.function(i.c) }
                case .lookupLocal: fp[i.a + 2] = try site.localFunction(i.c, fp + i.a)
                case .surplus: try site.checkSurplus(fp[i.a + 2], i.c)
                case .call:
                    let callee = fp + (i.b &+ 3)
                    let code = callee[-1].code
                    try site.checkCall(code, i.c, callee)
                    site.enter(callee, code, from: i.b &+ 3)
                    fp = callee
                    pc = code.pointee.entry
                    try site.at(pc, fp).qbreak()
                case .return:
                    let result = fp[i.a]
                    let caller = fp - fp[-2].int
                    pc = fp[-3].pc
                    q.leave(to: caller)
                    fp = caller
                    fp[(pc - 1).pointee.a] = result

                // MARK: control
                case .jump: pc += i.c
                case .loop: try site.loop(i, &pc)
                case .jumpIf: if site.isTrue(fp[i.a]) { try site.loop(i, &pc) }
                case .jumpUnless: if _slowPath(!site.isTrue(fp[i.a])) { pc += i.c }

                // MARK: comparisons
                case .unlessLess: try site.skip(i, &pc, unless: .less, fp[i.b])
                case .unlessLessOrEqual: try site.skip(i, &pc, unless: .lessOrEqual, fp[i.b])
                case .unlessEqual: try site.skip(i, &pc, unless: .equal, fp[i.b])
                case .unlessNotEqual: try site.skip(i, &pc, unless: .notEqual, fp[i.b])
                case .unlessGreater: try site.skip(i, &pc, unless: .greater, fp[i.b])
                case .unlessGreaterOrEqual:
                    try site.skip(i, &pc, unless: .greaterOrEqual, fp[i.b])
                case .unlessLessInt: try site.skip(i, &pc, unless: .less, i.small)
                case .unlessLessOrEqualInt: try site.skip(i, &pc, unless: .lessOrEqual, i.small)
                case .unlessEqualInt: try site.skip(i, &pc, unless: .equal, i.small)
                case .unlessNotEqualInt: try site.skip(i, &pc, unless: .notEqual, i.small)
                case .unlessGreaterInt: try site.skip(i, &pc, unless: .greater, i.small)
                case .unlessGreaterOrEqualInt:
                    try site.skip(i, &pc, unless: .greaterOrEqual, i.small)
                case .ifLess: try site.loop(i, &pc, if: .less, fp[i.b])
                case .ifLessOrEqual: try site.loop(i, &pc, if: .lessOrEqual, fp[i.b])
                case .ifEqual: try site.loop(i, &pc, if: .equal, fp[i.b])
                case .ifNotEqual: try site.loop(i, &pc, if: .notEqual, fp[i.b])
                case .ifGreater: try site.loop(i, &pc, if: .greater, fp[i.b])
                case .ifGreaterOrEqual: try site.loop(i, &pc, if: .greaterOrEqual, fp[i.b])
                case .ifLessInt: try site.loop(i, &pc, if: .less, i.small)
                case .ifLessOrEqualInt: try site.loop(i, &pc, if: .lessOrEqual, i.small)
                case .ifEqualInt: try site.loop(i, &pc, if: .equal, i.small)
                case .ifNotEqualInt: try site.loop(i, &pc, if: .notEqual, i.small)
                case .ifGreaterInt: try site.loop(i, &pc, if: .greater, i.small)
                case .ifGreaterOrEqualInt: try site.loop(i, &pc, if: .greaterOrEqual, i.small)

                // MARK: arithmetic
                case .add: fp[i.a] = try site.calculate(.add, fp[i.b], fp[i.c])
                case .subtract: fp[i.a] = try site.calculate(.subtract, fp[i.b], fp[i.c])
                case .multiply: fp[i.a] = try site.calculate(.multiply, fp[i.b], fp[i.c])
                case .divide: fp[i.a] = try site.calculate(.divide, fp[i.b], fp[i.c])
                case .remainder: fp[i.a] = try site.calculate(.remainder, fp[i.b], fp[i.c])
                case .xor: fp[i.a] = try site.calculate(.xor, fp[i.b], fp[i.c])
                case .shiftLeft: fp[i.a] = try site.calculate(.shiftLeft, fp[i.b], fp[i.c])
                case .shiftRight: fp[i.a] = try site.calculate(.shiftRight, fp[i.b], fp[i.c])
                case .addInt: fp[i.a] = try site.calculate(.add, fp[i.b], Value(i.c))
                case .multiplyInt: fp[i.a] = try site.calculate(.multiply, fp[i.b], Value(i.c))
                case .divideInt: fp[i.a] = try site.calculate(.divide, fp[i.b], Value(i.c))
                case .remainderInt: fp[i.a] = try site.calculate(.remainder, fp[i.b], Value(i.c))

                // MARK: data
                case .cons: fp[i.a] = Value(q.new(Kind.cons, fp[i.b], fp[i.c]))
                case .car: fp[i.a] = try site.part(Cons.car, fp[i.b])
                case .cdr: fp[i.a] = try site.part(Cons.cdr, fp[i.b])
                case .isPair: fp[i.a] = Value(truth: fp[i.b].isA(Kind.cons))
                case .len: fp[i.a] = try site.length(fp[i.b])
                case .append: fp[i.a] = try site.append(fp[i.b], fp[i.c])
                case .getItem: fp[i.a] = try site.item(fp[i.b], fp[i.c])
                case .getContent: fp[i.a] = try site.content(fp[i.b])
                case .setItem: try site.setItem(fp[i.a], fp[i.b], fp[i.c])
                case .setContent: fp[i.a] = try site.setContent(fp[i.b], fp[i.c])
                case .builtin: fp[i.a] = try site.builtin(i)
                case .assert: try site.assert(fp[i.a], literals[i.c])

                // MARK: foreign functions
                case .foreign: pc = try site.callForeign(i.c)
                case .failForeign: try site.failForeign()
                case .spread: try site.spread()
                case .endCallback: return

                // MARK: transactions
                case .submit: try site.submit(fp + i.a, i.c)
                case .runTransactions:
                    if q.isAtomic {
                        fp[i.c] = Value(floor)
                    } else {
                        try site.join(i.c, as: .true)
                    }
                case .nextJob:
                    let own = fp[i.c]
                    guard let job = try site.nextJob(own) else {
                        if own.isInt { floor = own.int }
                        pc += 1
                        continue
                    }
                    let callee = fp + (i.b &+ 3)
                    let code = try site.unpack(job, callee)
                    site.enter(callee, code, from: i.b &+ 3)
                    q.enterAtomic()
                    floor = site.pendingCount()
                    fp = callee
                    pc = code.pointee.entry
                case .endJob:
                    q.leaveAtomic()
                    pc -= 2
                    try site.at(pc, fp).qbreak()
                case .enlist: try site.join(i.c, as: .false)

                // MARK: the program
                case .fail: try site.fail(messageNumber: i.c)
                case .stop:
                    site.stop()
                    return
                }
            }
        }
    }
}
