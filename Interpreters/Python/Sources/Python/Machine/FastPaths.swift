import InterpreterKit

/// Parts of the loop that are in many of its cases.
extension Python {
    /// Atomicity may end here.
    @inline(__always)
    static func qbreak<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter
    ) throws(Unwind) {
        let signal: Signal?
        do throws(Abort) {
            signal = try q.qbreak(resumeAt: Task(shared, at: pc))
        } catch { throw .abort }
        if let signal { try VM(q.thread, shared, fp, pc).hear(signal) }
    }

    @inline(__always)
    static func isTrue<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ value: Value
    ) throws(Unwind) -> Bool {
        if value == .true { return true }
        if value == .false || value == .none { return false }
        if value.isInt { return value.bits != 0 }
        if value.isList { return q[value.reference, List.count] != 0 }
        return try VM(q.thread, shared, fp, pc).isTrue(value)
    }

    /// The last instruction that the one at `pc` makes do, which has put a bool into a register: the jump
    /// that follows it, if that goes by the register, or the one before its target.
    @inline(__always)
    static func jump(_ pc: ProgramCounter, _ register: Int, _ isTrue: Bool) -> ProgramCounter {
        let next = Operands(at: pc + 1)
        guard next.opcode == .jumpUnless, next.a == register, next.c >= 0 else { return pc }
        return isTrue ? pc + 1 : pc + 1 + next.c
    }

    /// Jumps if r[a] is as it should be; backwards with a break.
    @inline(__always)
    static func jump<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ i: Operands, when wanted: Bool
    ) throws(Unwind) -> ProgramCounter {
        if try isTrue(q, shared, fp, pc + 1, fp[i.a]) != wanted { return pc }
        if i.c < 0 { try qbreak(q, shared, fp, pc + 1 + i.c) }
        return pc + i.c
    }

    @inline(__always)
    static func holds<C: InlineComparison>(
        _: C.Type, _ t: ThreadHandle, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ a: Value, _ b: Value
    ) throws(Unwind) -> Bool {
        if Value.bothInt(a, b) {
            return C.ints(Int64(bitPattern: a.bits), Int64(bitPattern: b.bits))
        }
        if a.isInlineDouble {
            if b.isInlineDouble { return C.doubles(a.inlineDouble, b.inlineDouble) }
            if b.isExactDouble { return C.doubles(a.inlineDouble, Double(b.int)) }
        }
        return try VM(t, shared, fp, pc + 1).holds(C.comparison, a, b)
    }
    @inline(__always)
    static func compare<C: InlineComparison>(
        _: C.Type, _ t: ThreadHandle, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ i: Operands
    ) throws(Unwind) {
        let (a, b) = (fp[i.b], fp[i.c])
        if Value.bothInt(a, b) {
            fp[i.a] = Value(C.ints(Int64(bitPattern: a.bits), Int64(bitPattern: b.bits)))
        } else if Value.bothInlineDoubles(a, b) {
            fp[i.a] = Value(C.doubles(a.inlineDouble, b.inlineDouble))
        } else {
            fp[i.a] = try VM(t, shared, fp, pc + 1).compare(C.comparison, a, b)
        }
    }
    /// `is`: boxed numbers are the same when they are equal bit by bit.
    @inline(__always) static func isSame(_ a: Value, _ b: Value) -> Bool { a == b }

    /// Mostly it is one variable.
    @inline(__always) static func unbind(_ first: Frame, _ count: Int) {
        first[0] = .unbound
        if count > 1 { (first + 1).update(repeating: .unbound, count: count &- 1) }
    }

    /// Appends to a list that has room.
    @inline(__always)
    static func append<B>(_ q: borrowing Quantum<B>, _ list: Value, _ item: Value) -> Bool {
        guard list.isList else { return false }
        let list = list.reference
        let (count, items) = q[list, List.count, List.items]
        guard items != .none, count < q.capacity(ofArray: items.reference) else { return false }
        q[items.reference, count] = item
        q[list, List.count] = count &+ 1
        return true
    }
}

extension Position {
    /// Of a frame that goes on in this run: itself, and the instruction before.
    @inline(__always) var pair: (Frame, ProgramCounter) { (fp.unsafelyUnwrapped, pc - 1) }
}
