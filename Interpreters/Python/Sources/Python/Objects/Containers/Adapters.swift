import InterpreterKit

/// Iterators over other iterators: `enumerate`, `zip`, `map`, `filter`, `reversed`.
extension VM {
    func nextNumbered(_ iterator: Reference) throws(Unwind) -> Value {
        let item = try next(self[iterator, Iterator.source])
        if item == .unbound { return .unbound }
        let number = self[iterator, Iterator.extra]
        self[iterator, Iterator.extra] =
            number.isInt ? try int(number.int &+ 1) : try binary(.add, number, Value(1))
        return try tuple(number, item)
    }

    func nextZipped(_ iterator: Reference) throws(Unwind) -> Value {
        let iterators = self[iterator, Iterator.source].reference
        switch q.tupleCount(iterators) {
        case 0: return .unbound
        case 2:
            let a = try next(q.tupleElement(iterators, 0))
            if a == .unbound { return try endZip(iterator, iterators, 0) }
            let b = try next(q.tupleElement(iterators, 1))
            if b == .unbound { return try endZip(iterator, iterators, 1) }
            return try tuple(a, b)
        case let count:
            let items = try newList(capacity: count)
            for i in 0..<count {
                let item = try next(q.tupleElement(iterators, i))
                if item == .unbound { return try endZip(iterator, iterators, i) }
                try append(items, item)
            }
            return try tuple(ofList: items)
        }
    }
    /// Iterator number `i` has ended, those before it had an item.
    private func endZip(
        _ iterator: Reference, _ iterators: Reference, _ i: Int
    ) throws(Unwind) -> Value {
        if self[iterator, Iterator.position] == 0 { return .unbound }
        if i > 0 {
            throw raise(
                .valueError,
                "zip() argument \(i + 1) is shorter than argument\(i == 1 ? " " : "s 1-")\(i)")
        }
        for k in 1..<max(1, q.tupleCount(iterators)) {
            if try next(q.tupleElement(iterators, k)) != .unbound {
                throw raise(
                    .valueError,
                    "zip() argument \(k + 1) is longer than argument\(k == 1 ? " " : "s 1-")\(k)")
            }
        }
        return .unbound
    }

    func nextMapped(_ iterator: Reference) throws(Unwind) -> Value {
        let iterators = self[iterator, Iterator.source].reference
        let function = self[iterator, Iterator.extra]
        let count = q.tupleCount(iterators)
        let a = try next(q.tupleElement(iterators, 0))
        if a == .unbound { return .unbound }
        if count == 1 { return try call(function, a) }
        if count == 2 {
            let b = try next(q.tupleElement(iterators, 1))
            return b == .unbound ? .unbound : try call(function, a, b)
        }
        let items = try newList(capacity: count)
        try append(items, a)
        for i in 1..<count {
            let item = try next(q.tupleElement(iterators, i))
            if item == .unbound { return .unbound }
            try append(items, item)
        }
        return try call(function, arguments: Value(items))
    }

    func nextFiltered(_ iterator: Reference) throws(Unwind) -> Value {
        let function = self[iterator, Iterator.extra]
        while true {
            let item = try next(self[iterator, Iterator.source])
            if item == .unbound { return .unbound }
            if try passes(function, item) { return item }
        }
    }
    /// The truth of `function(item)`, or of the item when there is no function.
    func passes(_ function: Value, _ item: Value) throws(Unwind) -> Bool {
        if function == .none || function == Value(type(.bool)) { return try isTrue(item) }
        return try isTrue(try call(function, item))
    }

    /// A tuple of the iterators of arguments `first ..<`.
    func iterators(_ a: CallArguments, from first: Int) throws(Unwind) -> Value {
        let iterators = try newList(capacity: a.count - first)
        for i in first..<max(first, a.count) { try append(iterators, try iterator(of: a[i])) }
        return try tuple(ofList: iterators)
    }

    /// `reversed(sequence)`
    func reversed(_ sequence: Value) throws(Unwind) -> Value {
        if sequence.isList {
            let count = self[sequence.reference, List.count]
            return newIterator(.listReverseIterator, sequence, position: count &- 1)
        }
        let type = type(of: sequence)
        let method = lookup(type, name(.reversed))
        if method == .unbound {
            if lookup(type, name(.getitem)) != .unbound {
                return newIterator(.reversed, sequence, position: try length(sequence) &- 1)
            }
        } else if method != .none {
            return try callSpecial(method, sequence)
        }
        throw raise(.typeError, "'\(typeName(sequence))' object is not reversible")
    }

    func installAdapters() {
        build(.enumerate) { type in
            type.new("(cls, iterable=<unrepresentable>, start=0)") { (vm, a) throws(Unwind) in
                if !a.has(1) {
                    throw vm.raise(
                        .typeError, "enumerate() missing required argument 'iterable'")
                }
                let start = a.has(2) ? try vm.integer(a[2]) : Value(0)
                let iterator = try vm.iterator(of: a[1])
                return try vm.made(
                    a[0], .enumerate, vm.newIterator(.enumerate, iterator, extra: start))
            }
            addIteration(type)
            addReduce(type) { (vm, i) throws(Unwind) in
                try vm.tuple(vm[i, Iterator.source], vm[i, Iterator.extra])
            }
            addClassItem(type)
        }
        build(.zip) { type in
            type.new("(cls, *iterables, strict=False)") { (vm, a) throws(Unwind) in
                var isStrict = false
                if a.keywords != .unbound {
                    let strict = vm.find(a.keywords.reference, name: vm.intern("strict"))
                    if strict != .unbound { isStrict = try vm.isTrue(strict) }
                }
                let iterators = try vm.zipIterators(a)
                return try vm.made(
                    a[0], .zip, vm.newIterator(.zip, iterators, position: isStrict ? 1 : 0))
            }
            addIteration(type)
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                let iterator = try vm.iterator(a[0])
                let (type, source) = (Value(vm.type(of: a[0])), vm[iterator, Iterator.source])
                return vm[iterator, Iterator.position] == 0
                    ? try vm.tuple(type, source) : try vm.tuple(type, source, .true)
            }
            type.method("__setstate__", "(self, state, /)") { (vm, a) throws(Unwind) in
                vm[try vm.iterator(a[0]), Iterator.position] = try vm.isTrue(a[1]) ? 1 : 0
                return .none
            }
        }
        build(.map) { type in
            type.new("(cls, *args)") { (vm, a) throws(Unwind) in
                if a.count < 3 {
                    throw vm.raise(.typeError, "map() must have at least two arguments.")
                }
                let iterators = try vm.iterators(a, from: 2)
                return try vm.made(a[0], .map, vm.newIterator(.map, iterators, extra: a[1]))
            }
            addIteration(type)
            addReduce(type) { (vm, i) throws(Unwind) in
                try vm.concatenate(
                    tuple: try vm.tuple(vm[i, Iterator.extra]).reference,
                    vm[i, Iterator.source].reference)
            }
        }
        build(.filter) { type in
            type.new("(cls, function, iterable, /)") { (vm, a) throws(Unwind) in
                let iterator = try vm.iterator(of: a[2])
                return try vm.made(
                    a[0], .filter, vm.newIterator(.filter, iterator, extra: a[1]))
            }
            addIteration(type)
            addReduce(type) { (vm, i) throws(Unwind) in
                try vm.tuple(vm[i, Iterator.extra], vm[i, Iterator.source])
            }
        }
        build(.reversed) { type in
            type.new("(cls, sequence, /)") { (vm, a) throws(Unwind) in
                let iterator = try vm.reversed(a[1])
                return a[0] == Value(vm.type(.reversed))
                    ? iterator : try vm.made(a[0], .reversed, iterator)
            }
            addIteration(type)
            type.method("__length_hint__", "(self, /)") { (vm, a) throws(Unwind) in
                let iterator = try vm.iterator(a[0])
                let source = vm[iterator, Iterator.source]
                if source == .none { return Value(0) }
                let left = vm[iterator, Iterator.position] &+ 1
                return Value(try vm.length(source) < left ? 0 : left)
            }
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                let iterator = try vm.iterator(a[0])
                let source = vm[iterator, Iterator.source]
                if source == .none {
                    return try vm.tuple(
                        Value(vm.type(.reversed)), try vm.tuple(vm.shared.pointee.emptyTuple))
                }
                return try vm.tuple(
                    Value(vm.type(.reversed)), try vm.tuple(source),
                    Value(vm[iterator, Iterator.position]))
            }
            type.method("__setstate__", "(self, state, /)") { (vm, a) throws(Unwind) in
                let iterator = try vm.iterator(a[0])
                let source = vm[iterator, Iterator.source]
                if source == .none { return .none }
                let last = try vm.length(source) &- 1
                vm[iterator, Iterator.position] = max(-1, min(last, try vm.index(a[1])))
                return .none
            }
        }
    }
    private func zipIterators(_ a: CallArguments) throws(Unwind) -> Value {
        let iterators = try newList(capacity: a.count)
        for i in 1..<max(1, a.count) {
            do throws(Unwind) {
                try append(iterators, try iterator(of: a[i]))
            } catch {
                guard catches(.typeError, error) else { throw error }
                throw raise(
                    .typeError,
                    lookup(typeOf: a[i], name(.iter)) == .unbound
                        ? "'\(typeName(a[i]))' object is not iterable"
                        : "zip argument #\(i) must support iteration")
            }
        }
        return try tuple(ofList: iterators)
    }
    /// `__reduce__` as the type and the arguments that make the iterator again.
    func addReduce(
        _ type: TypeBuilder, _ arguments: @escaping (VM, Reference) throws(Unwind) -> Value
    ) {
        type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
            let iterator = try vm.iterator(a[0])
            return try vm.tuple(Value(vm.type(of: a[0])), try arguments(vm, iterator))
        }
    }
}
