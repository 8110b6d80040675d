import InterpreterKit

/// The order in which a class and its ancestors are searched: C3.
///
/// Type objects are never reclaimed, so that Swift arrays may hold them.
extension VM {
    /// The types of a tuple.
    func types(_ tuple: Value) -> [Reference] {
        guard tuple.isTuple else { return [] }
        return (0..<q.tupleCount(tuple.reference)).compactMap {
            let item = q.tupleElement(tuple.reference, $0)
            return item.isType ? item.reference : nil
        }
    }
    func tuple(_ types: [Reference]) throws(Unwind) -> Value {
        Value(
            try checked(
                q.newTuple(count: types.count) {
                    for i in 0..<types.count { $0[i] = Value(types[i]) }
                }))
    }

    /// The standard method resolution order of `type` with these bases.
    func linearize(_ type: Reference, _ bases: [Reference]) throws(Unwind) -> [Reference] {
        for base in bases where types(self[base, TypeObject.mro]).isEmpty {
            throw raise(.typeError, "Cannot extend an incomplete type '\(name(ofType: base))'")
        }
        if bases.count == 1 { return [type] + types(self[bases[0], TypeObject.mro]) }
        for i in 0..<bases.count where bases[(i + 1)...].contains(bases[i]) {
            throw raise(.typeError, "duplicate base class \(name(ofType: bases[i]))")
        }
        var sequences = bases.map { types(self[$0, TypeObject.mro]) }
        sequences.append(bases)
        var order = [type]
        while true {
            sequences.removeAll { $0.isEmpty }
            if sequences.isEmpty { return order }
            let next = sequences.lazy.map { $0[0] }.first { head in
                !sequences.contains { $0.dropFirst().contains(head) }
            }
            guard let next else { throw inconsistent(sequences) }
            order.append(next)
            for i in sequences.indices where sequences[i][0] == next { sequences[i].removeFirst() }
        }
    }
    private func inconsistent(_ sequences: [[Reference]]) -> Unwind {
        var heads: [Reference] = []
        for sequence in sequences where !heads.contains(sequence[0]) { heads.append(sequence[0]) }
        let names = heads.map { name(ofType: $0) }.joined(separator: ", ")
        return raise(
            .typeError,
            "Cannot create a consistent method resolution\norder (MRO) for bases \(names)")
    }

    /// The method resolution order as a tuple: what the metaclass's `mro` says.
    func resolutionOrder(_ type: Reference, _ bases: [Reference]) throws(Unwind) -> Value {
        let metatype = self[type, TypeObject.metatype].reference
        let method = lookup(metatype, name(.mroName))
        if !method.isReference || method.isA(Kind.native) {
            return try tuple(try linearize(type, bases))
        }
        let order = try tuple(ofIterable: try callSpecial(method, Value(type)))
        for i in 0..<q.tupleCount(order.reference) {
            let item = q.tupleElement(order.reference, i)
            guard item.isType else {
                throw raise(
                    .typeError, "mro() returned a non-class ('\(typeName(item))')")
            }
            let solid = self[item.reference, TypeObject.solidBase]
            if !isSubtype(self[type, TypeObject.solidBase].reference, solid.reference) {
                throw raise(
                    .typeError,
                    "mro() returned base with unsuitable layout ('\(name(ofType: item.reference))')"
                )
            }
        }
        return order
    }

    // MARK: bases

    /// The base whose layout instances of a class with these bases have.
    func bestBase(_ bases: Value) throws(Unwind) -> Reference {
        var winner: Reference?
        var best: Reference?
        for i in 0..<q.tupleCount(bases.reference) {
            let base = q.tupleElement(bases.reference, i)
            guard base.isType else { throw raise(.typeError, "bases must be types") }
            if !info(base.reference).pointee.isBase {
                throw raise(
                    .typeError,
                    "type '\(name(ofType: base.reference))' is not an acceptable base type")
            }
            let candidate = self[base.reference, TypeObject.solidBase].reference
            if let known = winner {
                if isSubtype(known, candidate) { continue }
                if !isSubtype(candidate, known) {
                    throw raise(.typeError, "multiple bases have instance lay-out conflict")
                }
            }
            winner = candidate
            best = base.reference
        }
        return best ?? type(.object)
    }
    /// `__base__`: none for `object`.
    func base(of type: Reference) -> Value {
        let bases = self[type, TypeObject.bases]
        guard bases.isTuple, q.tupleCount(bases.reference) > 0 else { return .none }
        do throws(Unwind) { return Value(try bestBase(bases)) } catch { return .none }
    }

    /// The most derived of a class's metaclass and those of its bases.
    func winningMetaclass(
        _ metaclass: Reference, _ bases: Value
    ) throws(Unwind) -> Reference {
        var winner = metaclass
        for i in 0..<q.tupleCount(bases.reference) {
            let candidate = type(of: q.tupleElement(bases.reference, i))
            if isSubtype(winner, candidate) { continue }
            if !isSubtype(candidate, winner) {
                throw raise(
                    .typeError,
                    "metaclass conflict: the metaclass of a derived class must be a (non-strict) "
                        + "subclass of the metaclasses of all its bases")
            }
            winner = candidate
        }
        return winner
    }

    /// Bases with those that are no types replaced by what their `__mro_entries__` says.
    func resolveBases(_ bases: Value) throws(Unwind) -> Value {
        let count = q.tupleCount(bases.reference)
        var isPlain = true
        for i in 0..<count where !q.tupleElement(bases.reference, i).isType { isPlain = false }
        if isPlain { return bases }
        let resolved = try newList()
        for i in 0..<count {
            let base = q.tupleElement(bases.reference, i)
            let method =
                base.isType ? .unbound : try findAttribute(base, name(.mroEntries))
            if method == .unbound {
                try append(resolved, base)
                continue
            }
            let entries = try call(method, bases)
            guard entries.isTuple else {
                throw raise(.typeError, "__mro_entries__ must return a tuple")
            }
            for k in 0..<q.tupleCount(entries.reference) {
                try append(resolved, q.tupleElement(entries.reference, k))
            }
        }
        return try tuple(ofList: resolved)
    }

    // MARK: subclasses

    func addSubclass(_ type: Reference, to base: Reference) throws(Unwind) {
        if !self[base, TypeObject.subclasses].isList {
            self[base, TypeObject.subclasses] = Value(try newList())
        }
        try append(self[base, TypeObject.subclasses].reference, Value(type))
    }
    func removeSubclass(_ type: Reference, from base: Reference) {
        guard self[base, TypeObject.subclasses].isList else { return }
        let list = self[base, TypeObject.subclasses].reference
        let items = self[list, List.items]
        let count = self[list, List.count]
        var kept = 0
        for i in 0..<count {
            let item = self[items.reference, i]
            if item == Value(type) { continue }
            self[items.reference, kept] = item
            kept += 1
        }
        for i in kept..<count { self[items.reference, i] = .none }
        self[list, List.count] = kept
    }
}
