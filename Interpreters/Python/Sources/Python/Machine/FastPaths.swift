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
        _ t: ThreadHandle, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ value: Value
    ) throws(Unwind) -> Bool {
        if value == .true { return true }
        if value == .false || value == .none { return false }
        if value.isInt { return value.bits != 0 }
        return try VM(t, shared, fp, pc).isTrue(value)
    }

    @inline(__always)
    static func holds<C: InlineComparison>(
        _: C.Type, _ t: ThreadHandle, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
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
        _: C.Type, _ t: ThreadHandle, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
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

    /// Links a frame for the guest function at `base[0]`, if that is all its call takes.
    @inline(__always)
    static func link<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ base: Frame, _ count: Int, _ register: Int
    ) -> CodePointer? {
        let callee = base[0]
        guard callee.isA(Kind.function) else { return nil }
        let code = q[callee.reference, Function.code].code
        let depth = Link(fp).depth &+ 1
        guard code.pointee.flags.isSimple, Int(code.pointee.positional) == count,
            depth <= shared.pointee.recursionLimit,
            q.hasRoom(base, Int(code.pointee.registers))
        else { return nil }
        base[below: 3] = Value(native: pc)
        base[below: 2] = Link(distance: base - fp, .result, to: register, depth: depth).value
        base[below: 1] = Value(native: code)
        q.enter(base)
        return code
    }

    /// Appends to a list that has room.
    @inline(__always)
    static func append<B>(_ q: borrowing Quantum<B>, _ list: Value, _ item: Value) -> Bool {
        guard list.isList else { return false }
        let list = list.reference
        let count = q[list, List.count]
        let items = q[list, List.items]
        guard items != .none, count < q.capacity(ofArray: items.reference) else { return false }
        q[items.reference, count] = item
        q[list, List.count] = count &+ 1
        return true
    }

    /// The next item of an iterator over a range of small integers or a list; unbound at the end, nil
    /// when it takes a call.
    @inline(__always)
    static func advance<B>(_ q: borrowing Quantum<B>, _ iterator: Value) -> Value? {
        guard iterator.isA(Kind.iterator) else { return nil }
        let r = iterator.reference
        let type = q[r, Iterator.type]
        if type == Int(BuiltinType.rangeIterator.rawValue) {
            let first = q[r, Iterator.source]
            let count = q[r, Iterator.more]
            guard first.isInt && count.isInt else { return nil }
            let given = q[r, Iterator.position]
            if given >= count.int { return .unbound }
            q[r, Iterator.position] = given &+ 1
            return Value(first.int &+ given &* q[r, Iterator.extra].int)
        }
        guard type == Int(BuiltinType.listIterator.rawValue) else { return nil }
        let source = q[r, Iterator.source]
        guard source.isList else { return nil }
        let position = q[r, Iterator.position]
        guard position < q[source.reference, List.count] else { return nil }
        q[r, Iterator.position] = position &+ 1
        return q[q[source.reference, List.items].reference, position]
    }

    /// `loadMethod` from what the word at `pc` remembers.
    @inline(__always)
    static func loadMethod<B>(
        _ q: borrowing Quantum<B>, _ fp: Frame, _ pc: ProgramCounter, _ i: Instruction
    ) -> Bool {
        let object = fp[i.b]
        guard object.isReference, let cache = InlineCache.attribute(pc.pointee.bits) else {
            return false
        }
        let r = object.reference
        let kind = r.kind
        let key =
            kind == Kind.instance.kind
            ? q[r, Instance.map].bits
            : kind == Kind.module.kind ? UInt64(UInt(bitPattern: r.address)) : UInt64(kind)
        guard cache.pointee.key == key else { return false }
        if cache.pointee.form == .method {
            guard
                kind != Kind.instance.kind
                    || q[cache.pointee.type, TypeObject.version] == cache.pointee.version
            else { return false }
            fp[i.a] = cache.pointee.value
            fp[i.a &+ 1] = object
            return true
        }
        let value = q[cache.pointee.value.reference, Field<Value>(0)]
        if value == .unbound { return false }
        fp[i.a] = .unbound
        fp[i.a &+ 1] = value
        return true
    }
}

extension Position {
    /// Of a frame that goes on in this run.
    @inline(__always) var pair: (Frame, ProgramCounter) { (fp.unsafelyUnwrapped, pc) }
}
