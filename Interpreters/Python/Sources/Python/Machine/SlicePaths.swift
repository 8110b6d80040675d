import InterpreterKit

/// What the loop does itself at slices.
extension Python {
    /// The parts of a slice that are small integers or None; nil for others.
    @inline(__always)
    private static func bounds(_ parts: Frame, _ form: SliceForm) -> SliceBounds? {
        var step = 1
        if form.contains(.step), parts[2] != .none {
            guard parts[2].isInt, parts[2].int != 0 else { return nil }
            step = parts[2].int
        }
        var bounds = SliceBounds(
            start: step < 0 ? Int.max : 0, stop: step < 0 ? Int.min : Int.max, step: step)
        if form.contains(.lower), parts[0] != .none {
            guard parts[0].isInt else { return nil }
            bounds.start = parts[0].int
        }
        if form.contains(.upper), parts[1] != .none {
            guard parts[1].isInt else { return nil }
            bounds.stop = parts[1].int
        }
        return bounds
    }

    /// `getSlice`
    @inline(never)
    static func getSlice<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ i: Operands
    ) throws(Unwind) -> Position {
        getShortSlice(q, fp, i)
            ? Position(fp, pc) : try VM(q.thread, shared, fp, pc).getSlice()
    }
    /// Of a short piece of a list or of ASCII text; false when it takes a call.
    @inline(__always)
    private static func getShortSlice<B>(
        _ q: borrowing Quantum<B>, _ fp: Frame, _ i: Operands
    ) -> Bool {
        let object = fp[i.b]
        if object.isString { return getPiece(q, fp, i, StringView(object)) }
        if object.isList {
            guard let bounds = bounds(fp + i.registerC, i.sliceForm) else { return false }
            let (start, count) = bounds.selection(of: q[object.reference, List.count])
            guard count <= OwnArray.mostSlots else { return false }
            let (items, step) = (q[object.reference, List.items], bounds.step)
            let t = q.thread
            fp[i.a] = withUnsafeTemporaryAllocation(
                of: Value.self, capacity: OwnArray.mostSlots
            ) { some in
                let q = Quantum<B>(t)
                let found = some.baseAddress.unsafelyUnwrapped
                read(q, items, start, step, count, to: found)
                return Value(newList(q, found, count))
            }
            return true
        }
        return false
    }
    @inline(__always)
    private static func getPiece<B>(
        _ q: borrowing Quantum<B>, _ fp: Frame, _ i: Operands, _ view: StringView
    ) -> Bool {
        let (lower, upper) = (fp[i.registerC], fp[i.registerC &+ 1])
        guard i.sliceForm.rawValue == SliceForm.bounds.rawValue, Value.bothInt(lower, upper)
        else { return false }
        let start = lower.int
        let count = min(upper.int, view.count) &- start
        // One character, and the whole text, are strings that exist.
        guard view.isASCII, start >= 0, count > 1, count < view.count, count <= 256
        else { return false }
        let from = view.data + start
        let piece = q.newBytes(Kind.string, count: 16 &+ count) { bytes in
            let words = bytes.assumingMemoryBound(to: UInt64.self)
            words[0] = 0
            words[1] = StringView.facts(ofASCII: count)
            (bytes + 16).copyMemory(from: from, byteCount: count)
        }
        guard let piece else { return false }
        fp[i.a] = Value(piece)
        return true
    }
    /// `setSlice`
    @inline(never)
    static func setSlice<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ i: Operands
    ) throws(Unwind) -> Position {
        setSameSlice(q, fp, i) ? Position(fp, pc) : try VM(q.thread, shared, fp, pc).setSlice()
    }
    /// Of as many items of a list as another list has; false when it takes a call.
    @inline(__always)
    private static func setSameSlice<B>(
        _ q: borrowing Quantum<B>, _ fp: Frame, _ i: Operands
    ) -> Bool {
        let (object, value) = (fp[i.a], fp[i.registerC])
        guard object.isList, value.isList, object != value,
            let bounds = bounds(fp + i.b, i.sliceForm), bounds.step == 1
        else { return false }
        let (start, stop) = bounds.fitted(to: q[object.reference, List.count])
        let count = q[value.reference, List.count]
        guard count == stop &- start else { return false }
        if count > 0 {
            q.move(
                q[value.reference, List.items].reference, 0,
                to: q[object.reference, List.items].reference, start, count: count)
        }
        return true
    }

    /// A list of so many items, not too many for its own array.
    @inline(never)
    static func newList<B>(
        _ q: borrowing Quantum<B>, _ items: Frame, _ count: Int
    ) -> Reference {
        q.new(Kind.list, Value(count), items, count: count)
    }
    /// `buildList`
    @inline(never)
    static func buildList<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ i: Operands
    ) throws(Unwind) {
        let count = i.c
        guard count <= OwnArray.mostSlots else {
            fp[i.a] = try VM(q.thread, shared, fp, pc).list(fp + i.b, count)
            return
        }
        fp[i.a] = Value(newList(q, fp + i.b, count))
    }
    /// `a + b`; unbound when that is no short list.
    @inline(__always)
    static func concatenate<B>(
        _ q: borrowing Quantum<B>, _ a: Reference, _ b: Reference
    ) -> Value {
        let (m, n) = (q[a, List.count], q[b, List.count])
        guard m &+ n <= OwnArray.mostSlots else { return .unbound }
        let (left, right) = (q[a, List.items], q[b, List.items])
        let t = q.thread
        return withUnsafeTemporaryAllocation(of: Value.self, capacity: OwnArray.mostSlots) { some in
            let q = Quantum<B>(t)
            let items = some.baseAddress.unsafelyUnwrapped
            read(q, left, 0, 1, m, to: items)
            read(q, right, 0, 1, n, to: items + m)
            return Value(newList(q, items, m &+ n))
        }
    }
    /// Reads `count` items of a list from `start` on, each `step` after the one before.
    @inline(__always)
    private static func read<B>(
        _ q: borrowing Quantum<B>, _ items: Value, _ start: Int, _ step: Int, _ count: Int,
        to target: Frame
    ) {
        if count <= 0 { return }
        let array = items.reference
        if step == 1 && start & 63 &+ count <= 64 {
            return q.copy(array, start, count: count, to: target)
        }
        var (i, n) = (start, 0)
        while n < count {
            target[n] = q[array, i]
            i &+= step
            n &+= 1
        }
    }
}

extension VM {
    /// The parts of a slice instruction.
    private func parts(_ first: Int) -> (lower: Value, upper: Value, step: Value) {
        let form = instruction.sliceForm
        return (
            form.contains(.lower) ? fp[first] : .none,
            form.contains(.upper) ? fp[first + 1] : .none,
            form.contains(.step) ? fp[first + 2] : .none
        )
    }
    @inline(never) @usableFromInline func getSlice() throws(Unwind) -> Position {
        let i = instruction
        let object = fp[i.b]
        let (lower, upper, step) = parts(i.registerC)
        if object.isReference, step == .none, lower.isInt || lower == .none,
            upper.isInt || upper == .none
        {
            let bounds = SliceBounds(
                start: lower.isInt ? lower.int : 0, stop: upper.isInt ? upper.int : Int.max, step: 1
            )
            let r = object.reference
            switch r.kind {
            case Kind.string.kind:
                fp[i.a] = try slice(StringView(r), bounds)
                return here
            case Kind.list.kind:
                let (start, count) = bounds.selection(of: self[r, List.count])
                fp[i.a] = Value(try slice(ofList: r, start, 1, count))
                return here
            default: break
            }
        }
        return try getItemSlowly(newSlice(lower, upper, step))
    }
    @inline(never) @usableFromInline func setSlice() throws(Unwind) -> Position {
        let i = instruction
        let (lower, upper, step) = parts(i.b)
        return try setItemSlowly(newSlice(lower, upper, step), fp[i.registerC])
    }
}
