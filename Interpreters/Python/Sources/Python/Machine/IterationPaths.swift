import InterpreterKit

/// What the loop does itself at `for`.
extension Python {
    /// The next item of an iterator over a range of small integers, a list or a tuple; unbound at the
    /// end, nil when it takes a call.
    @inline(__always)
    static func advance<B>(_ q: borrowing Quantum<B>, _ iterator: Value) -> Value? {
        guard iterator.isA(Kind.iterator) else { return nil }
        let r = iterator.reference
        let type = q[r, Iterator.type]
        if type == Int(BuiltinType.rangeIterator.rawValue) {
            let (given, count, first) = q[r, Iterator.position, Iterator.more, Iterator.source]
            guard first.isInt && count.isInt else { return nil }
            if given >= count.int { return .unbound }
            let step = q[r, Iterator.extra].int
            q[r, Iterator.position] = given &+ 1
            return Value(first.int &+ given &* step)
        }
        let (source, position) = q[r, Iterator.source, Iterator.position]
        if type == Int(BuiltinType.listIterator.rawValue) {
            guard source.isList else { return nil }
            let (count, items) = q[source.reference, List.count, List.items]
            guard position < count else {
                q[r, Iterator.source] = .none
                return .unbound
            }
            q[r, Iterator.position] = position &+ 1
            return q[items.reference, position]
        }
        guard type == Int(BuiltinType.tupleIterator.rawValue), source.isTuple else { return nil }
        guard position < q.tupleCount(source.reference) else {
            q[r, Iterator.source] = .none
            return .unbound
        }
        q[r, Iterator.position] = position &+ 1
        return q.tupleElement(source.reference, position)
    }
}

extension Python {
    /// `getIterator` over a list or a tuple, or of a generator; false when it takes a call.
    @inline(never)
    static func getIterator<B>(_ q: borrowing Quantum<B>, _ fp: Frame, _ i: Operands) -> Bool {
        let object = fp[i.b]
        let type: BuiltinType
        if object.isList {
            type = .listIterator
        } else if object.isTuple {
            type = .tupleIterator
        } else if object.isA(Kind.generator),
            q[object.reference, Generator.type] == Int(BuiltinType.generator.rawValue)
        {
            fp[i.a] = object
            return true
        } else {
            return false
        }
        fp[i.a] = Value(
            q.new(Kind.iterator) { slots in
                slots[0] = Value(Int(type.rawValue))
                slots[1] = object
                slots[2] = Value(0)
                slots[3] = .none
                slots[4] = .none
            })
        return true
    }
    /// What has come of a step over pairs: a pair, the end, or it takes a call to know.
    enum PairStep {
        case pair, end, unknown
    }
    /// `forIterate`, the instruction before `pc`, where `advance` gives no item.
    @inline(never)
    static func forIterate<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter
    ) throws(Unwind) -> Position {
        let i = Operands(at: pc - 1)
        let iterator = fp[i.b]
        if iterator.isA(Kind.iterator) {
            switch advancePair(q, fp, pc, i, iterator.reference) {
            case .pair: return Position(fp, pc + 1)
            case .end: return Position(fp, pc + i.c)
            case .unknown: break
            }
        } else if let next = resume(q, shared, fp, pc, iterator, .none, .iterate, i.a) {
            return next
        }
        return try VM(q.thread, shared, fp, pc).forIterate()
    }
    /// `forIterate` of a built-in iterator and the `unpack` of a pair behind it, at `pc`, for an `enumerate`
    /// or a `zip` over what `advance` knows. Also the end of what `advance` has come to the end of.
    @inline(__always)
    private static func advancePair<B>(
        _ q: borrowing Quantum<B>, _ fp: Frame, _ pc: ProgramCounter, _ i: Operands,
        _ r: Reference
    ) -> PairStep {
        let type = q[r, Iterator.type]
        if type == Int(BuiltinType.listIterator.rawValue)
            || type == Int(BuiltinType.tupleIterator.rawValue)
        {
            return q[r, Iterator.source] == .none ? .end : .unknown
        }
        if type == Int(BuiltinType.rangeIterator.rawValue) {
            return advance(q, Value(r)) == .some(.unbound) ? .end : .unknown
        }
        let unpack = Operands(at: pc)
        guard unpack.opcode == .unpack, unpack.c == 2, unpack.b == i.a else { return .unknown }
        let a: Value
        let b: Value
        if type == Int(BuiltinType.enumerate.rawValue) {
            a = q[r, Iterator.extra]
            let source = q[r, Iterator.source]
            guard a.isInt, let following = SmallInt.add(a, Value(1)),
                let item = advance(q, source) ?? advanceZip(q, source)
            else { return .unknown }
            if item == .unbound { return .end }
            q[r, Iterator.extra] = following
            b = item
        } else {
            guard type == Int(BuiltinType.zip.rawValue), let pair = zipped(q, r) else {
                return .unknown
            }
            (a, b) = pair
            if b == .unbound { return .end }
        }
        fp[unpack.a] = a
        fp[unpack.a &+ 1] = b
        return .pair
    }
    /// The next tuple of a `zip` over two of what `advance` knows; unbound at the end, nil when it takes a
    /// call.
    @inline(never)
    private static func advanceZip<B>(_ q: borrowing Quantum<B>, _ iterator: Value) -> Value? {
        guard iterator.isA(Kind.iterator),
            q[iterator.reference, Iterator.type] == Int(BuiltinType.zip.rawValue),
            let (a, b) = zipped(q, iterator.reference)
        else { return nil }
        if b == .unbound { return .unbound }
        let pair = q.newTuple(count: 2) { slots in
            slots[0] = a
            slots[1] = b
        }
        return pair.map(Value.init)
    }
    /// The same as two values, of which the second is unbound at the end.
    @inline(__always)
    private static func zipped<B>(
        _ q: borrowing Quantum<B>, _ zip: Reference
    ) -> (Value, Value)? {
        let iterators = q[zip, Iterator.source].reference
        guard q.tupleCount(iterators) == 2, q[zip, Iterator.position] == 0 else { return nil }
        let second = q.tupleElement(iterators, 1)
        guard isSequence(q, second), let a = advance(q, q.tupleElement(iterators, 0)) else {
            return nil
        }
        return (a, a == .unbound ? a : advance(q, second).unsafelyUnwrapped)
    }
    /// An iterator of which `advance` always knows the next item: one over a list or a tuple, before its end.
    @inline(__always)
    private static func isSequence<B>(_ q: borrowing Quantum<B>, _ iterator: Value) -> Bool {
        guard iterator.isA(Kind.iterator) else { return false }
        let type = q[iterator.reference, Iterator.type]
        let source = q[iterator.reference, Iterator.source]
        return type == Int(BuiltinType.listIterator.rawValue) && source.isList
            || type == Int(BuiltinType.tupleIterator.rawValue) && source.isTuple
    }
}

extension VM {
    /// `r[a] = next(r[b])` for what the loop does not do itself.
    @inline(never) @usableFromInline func forIterate() throws(Unwind) -> Position {
        let i = instruction
        let iterator = fp[i.b]
        guard iterator.isReference else { throw notIterator(iterator) }
        switch iterator.reference.kind {
        case Kind.iterator.kind:
            let next = pc.pointee
            if next.opcode == .unpack && next.c == 2 && next.b == i.a {
                if let generator = numberedGenerator(iterator.reference) {
                    return try resume(generator, .none, .numbered, to: next.a + 1)
                }
                if let found = try advance(pairs: iterator.reference, into: fp + next.a) {
                    return found ? Position(fp, pc + 1) : Position(fp, pc + i.c)
                }
            }
        case Kind.generator.kind:
            return try resume(iterator.reference, .none, .iterate, to: i.a)
        case Kind.instance.kind:
            let method = lookup(typeOf: iterator, name(.next))
            if method.isA(Kind.function) {
                return try push(method, iterator, then: .iterate, to: i.a)
            }
        default: break
        }
        let value = try next(iterator)
        if value == .unbound { return Position(fp, pc + i.c) }
        fp[i.a] = value
        return here
    }
    /// The generator whose items an `enumerate` numbers.
    private func numberedGenerator(_ iterator: Reference) -> Reference? {
        guard iteratorType(iterator) == .enumerate else { return nil }
        let source = self[iterator, Iterator.source]
        guard source.isA(Kind.generator),
            self[source.reference, Generator.type] == Int(BuiltinType.generator.rawValue),
            self[iterator, Iterator.extra].isInt
        else { return nil }
        return source.reference
    }
    private func notIterator(_ value: Value) -> Unwind {
        raise(.typeError, "'\(typeName(value))' object is not an iterator")
    }

    /// The next pair of an iterator over pairs, without a tuple for it; false at the end, nil if the
    /// iterator gives something else.
    private func advance(pairs iterator: Reference, into target: Frame) throws(Unwind) -> Bool? {
        switch iteratorType(iterator) {
        case .enumerate:
            let number = self[iterator, Iterator.extra]
            guard number.isInt, let following = SmallInt.add(number, Value(1)) else { return nil }
            let item = try next(self[iterator, Iterator.source])
            if item == .unbound { return false }
            self[iterator, Iterator.extra] = following
            target[0] = number
            target[1] = item
            return true
        case .zip:
            let iterators = self[iterator, Iterator.source].reference
            guard q.tupleCount(iterators) == 2, self[iterator, Iterator.position] == 0 else {
                return nil
            }
            let a = try next(q.tupleElement(iterators, 0))
            if a == .unbound { return false }
            let b = try next(q.tupleElement(iterators, 1))
            if b == .unbound { return false }
            target[0] = a
            target[1] = b
            return true
        case .dictItemIterator:
            return try nextPair(iterator, into: target)
        default: return nil
        }
    }
}
