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
    static func isTrue(
        _ t: ThreadContext, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ value: Value
    ) throws(Unwind) -> Bool {
        if value == .true { return true }
        if value == .false || value == .none { return false }
        if value.isInt { return value.bits != 0 }
        return try VM(t, shared, fp, pc).isTrue(value)
    }

    @inline(__always)
    static func holds<C: InlineComparison>(
        _: C.Type, _ t: ThreadContext, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ a: Value, _ b: Value
    ) throws(Unwind) -> Bool {
        if Value.bothInt(a, b) {
            return C.ints(Int64(bitPattern: a.bits), Int64(bitPattern: b.bits))
        }
        if Value.bothInlineDoubles(a, b) { return C.doubles(a.inlineDouble, b.inlineDouble) }
        return try VM(t, shared, fp, pc).holds(C.comparison, a, b)
    }
    @inline(__always)
    static func compare<C: InlineComparison>(
        _: C.Type, _ t: ThreadContext, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ i: Instruction
    ) throws(Unwind) -> (Frame, ProgramCounter) {
        let (a, b) = (fp[i.b], fp[i.c])
        if Value.bothInt(a, b) {
            fp[i.a] = Value(C.ints(Int64(bitPattern: a.bits), Int64(bitPattern: b.bits)))
        } else if Value.bothInlineDoubles(a, b) {
            fp[i.a] = Value(C.doubles(a.inlineDouble, b.inlineDouble))
        } else {
            fp[i.a] = try VM(t, shared, fp, pc).compare(C.comparison, a, b)
        }
        return (fp, pc)
    }
    /// `is`: boxed numbers are the same when they are equal bit by bit.
    @inline(__always) static func isSame(_ a: Value, _ b: Value) -> Bool { a == b }

    /// Item of a list or tuple at an index that is in range.
    @inline(__always)
    static func item<B>(_ q: borrowing Quantum<B>, _ object: Reference, _ index: Int) -> Value? {
        let kind = object.kind
        if kind == Kind.list.kind {
            let count = q[object, List.count]
            let i = index < 0 ? index &+ count : index
            if _fastPath(UInt(bitPattern: i) < UInt(bitPattern: count)) {
                return q[q[object, List.items].reference, i]
            }
        } else if kind == Shape.tuple.kind {
            let count = q.tupleCount(object)
            let i = index < 0 ? index &+ count : index
            if _fastPath(UInt(bitPattern: i) < UInt(bitPattern: count)) {
                return q.tupleElement(object, i)
            }
        }
        return nil
    }
}

extension Position {
    /// Of a frame that goes on in this run.
    @inline(__always) var pair: (Frame, ProgramCounter) { (fp.unsafelyUnwrapped, pc) }
}
