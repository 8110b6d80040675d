import InterpreterKit

/// Iteration over dicts, and the views that `keys()`, `values()` and `items()` give.
extension VM {
    // MARK: iteration

    /// What tells that a dict got or lost keys. Namespaces only tell that they grew.
    @inline(__always) private func size(_ dict: Reference) -> Int {
        isNamespace(dict) ? fill(dict) : self[dict, Dict.count]
    }
    @inline(__always)
    func newDictIterator(_ type: BuiltinType, _ dict: Reference) -> Value {
        let isReverse =
            type == .dictReverseKeyIterator || type == .dictReverseValueIterator
            || type == .dictReverseItemIterator
        return newIterator(
            type, Value(dict), position: isReverse ? fill(dict) &- 1 : 0,
            extra: Value(size(dict)), more: Value(size(dict)))
    }
    func nextEntry(_ iterator: Reference, _ step: Int) throws(Unwind) -> Value {
        guard let (key, value) = try nextKeyAndValue(iterator, step) else { return .unbound }
        switch iteratorType(iterator) {
        case .dictKeyIterator, .dictReverseKeyIterator: return key
        case .dictValueIterator, .dictReverseValueIterator: return value
        default: return try tuple(key, value)
        }
    }
    /// Puts key and value of the next entry at `target`; false at the end.
    func nextPair(_ iterator: Reference, into target: Frame) throws(Unwind) -> Bool {
        guard let (key, value) = try nextKeyAndValue(iterator, 1) else { return false }
        target[0] = key
        target[1] = value
        return true
    }
    @inline(__always)
    private func nextKeyAndValue(
        _ iterator: Reference, _ step: Int
    ) throws(Unwind) -> (key: Value, value: Value)? {
        let source = self[iterator, Iterator.source]
        if source == .none { return nil }
        let dict = source.reference
        if size(dict) != self[iterator, Iterator.extra].int, hasChanged(dict, iterator) {
            // Stays so.
            self[iterator, Iterator.extra] = Value(-1)
            throw raise(.runtimeError, "dictionary changed size during iteration")
        }
        let start = self[iterator, Iterator.position]
        var i = start
        if i == 0 && step == 1 && !isNamespace(dict) { i = max(0, firstEntry(dict)) }
        let end = fill(dict)
        while i >= 0 && i < end {
            if let found = entry(dict, i) {
                if step == 1 {
                    if i != start {
                        self[iterator, Iterator.more] = Value(
                            self[iterator, Iterator.more].int &+ i &- start)
                    }
                    if i >= self[iterator, Iterator.more].int { break }
                }
                self[iterator, Iterator.position] = i &+ step
                return found
            }
            i = i &+ step
        }
        self[iterator, Iterator.source] = .none
        if step == 1 && i < end {
            throw raise(.runtimeError, "dictionary keys changed during iteration")
        }
        return nil
    }
    /// A namespace also grows by names that code looked for in vain; the iteration goes on.
    private func hasChanged(_ dict: Reference, _ iterator: Reference) -> Bool {
        let known = self[iterator, Iterator.extra].int
        if !isNamespace(dict) || known < 0 { return true }
        for i in min(known, fill(dict))..<fill(dict) where entry(dict, i) != nil { return true }
        self[iterator, Iterator.extra] = Value(fill(dict))
        return false
    }
    func remainingEntries(_ iterator: Reference) -> Int {
        let dict = self[iterator, Iterator.source].reference
        if size(dict) != self[iterator, Iterator.extra].int { return 0 }
        let isReverse =
            switch iteratorType(iterator) {
            case .dictKeyIterator, .dictValueIterator, .dictItemIterator: false
            default: true
            }
        let position = self[iterator, Iterator.position]
        if !isReverse && position == 0 && !isNamespace(dict) { return self[dict, Dict.count] }
        var n = 0
        var i = position
        while i >= 0 && i < fill(dict) {
            if entry(dict, i) != nil { n &+= 1 }
            i = isReverse ? i &- 1 : i &+ 1
        }
        return n
    }

    // MARK: views

    func newView(_ type: BuiltinType, _ dict: Reference) -> Value {
        Value(q.new(Kind.dictView, Value(Int(type.rawValue)), Value(dict)))
    }
    private func viewType(_ view: Reference) -> BuiltinType {
        BuiltinType(rawValue: UInt16(truncatingIfNeeded: self[view, DictView.type])) ?? .dictKeys
    }
    func newViewIterator(_ view: Reference) -> Value {
        let dict = self[view, DictView.dict].reference
        switch viewType(view) {
        case .dictKeys: return newDictIterator(.dictKeyIterator, dict)
        case .dictValues: return newDictIterator(.dictValueIterator, dict)
        default: return newDictIterator(.dictItemIterator, dict)
        }
    }
    private func dictView(_ value: Value) throws(Unwind) -> Reference {
        if value.isA(Kind.dictView) { return value.reference }
        throw wrongReceiver(value, "dict view")
    }
    private func contains(view: Reference, _ item: Value) throws(Unwind) -> Bool {
        let dict = self[view, DictView.dict].reference
        if viewType(view) == .dictKeys { return try get(dict, item) != .unbound }
        guard let pair = asTuple(item), q.tupleCount(pair.reference) == 2 else { return false }
        let value = try get(dict, q.tupleElement(pair.reference, 0))
        return value == .unbound ? false : try same(value, q.tupleElement(pair.reference, 1))
    }

    func installDictViews() {
        for kind: BuiltinType in [.dictKeys, .dictValues, .dictItems] {
            build(kind) { type in
                type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in
                    Value(vm.count(ofDict: vm[try vm.dictView(a[0]), DictView.dict].reference))
                }
                type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
                    vm.newViewIterator(try vm.dictView(a[0]))
                }
                type.method("__reversed__", "(self, /)") { (vm, a) throws(Unwind) in
                    let view = try vm.dictView(a[0])
                    let type: BuiltinType =
                        switch vm.viewType(view) {
                        case .dictKeys: .dictReverseKeyIterator
                        case .dictValues: .dictReverseValueIterator
                        default: .dictReverseItemIterator
                        }
                    return vm.newDictIterator(type, vm[view, DictView.dict].reference)
                }
                type.attribute(
                    "mapping",
                    get: { (vm, a) throws(Unwind) in
                        vm.newMappingProxy(vm[try vm.dictView(a[0]), DictView.dict])
                    })
                if kind != .dictValues { addSetOperations(type) }
            }
        }
    }

    private func addSetOperations(_ type: TypeBuilder) {
        type.constant("__hash__", .none)
        type.method("__contains__", "(self, key, /)") { (vm, a) throws(Unwind) in
            Value(try vm.contains(view: try vm.dictView(a[0]), a[1]))
        }
        type.method("isdisjoint", "(self, other, /)") { (vm, a) throws(Unwind) in
            let view = try vm.dictView(a[0])
            var isDisjoint = true
            try vm.iterate(a[1]) { (item) throws(Unwind) in
                isDisjoint = try !vm.contains(view: view, item)
                return isDisjoint
            }
            return Value(isDisjoint)
        }
        func add(
            _ name: StaticString, _ reflected: StaticString,
            _ body: @escaping (VM, Reference, Value) throws(Unwind) -> Void
        ) {
            type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                let result = try vm.elements(a[0])
                try body(vm, result, a[1])
                return Value(result)
            }
            type.method(reflected, "(self, value, /)") { (vm, a) throws(Unwind) in
                let result = try vm.elements(a[1])
                try body(vm, result, a[0])
                return Value(result)
            }
        }
        add("__or__", "__ror__") { (vm, set, other) throws(Unwind) in
            try vm.update(set: set, other)
        }
        add("__sub__", "__rsub__") { (vm, set, other) throws(Unwind) in
            try vm.differenceUpdate(set, other)
        }
        add("__xor__", "__rxor__") { (vm, set, other) throws(Unwind) in
            try vm.symmetricDifferenceUpdate(set, other)
        }
        for name: StaticString in ["__and__", "__rand__"] {
            type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                // The smaller view is gone through; an iterable always.
                var (view, other) = (a[0], a[1])
                if other.isA(Kind.dictView), view.isA(Kind.dictView),
                    try vm.length(other) > vm.length(view)
                {
                    (view, other) = (other, view)
                }
                if !view.isA(Kind.dictView) { (view, other) = (other, view) }
                let result = vm.newSet()
                let known = try vm.dictView(view)
                try vm.iterate(other) { (item) throws(Unwind) in
                    if try vm.contains(view: known, item) { try vm.add(result, item) }
                    return true
                }
                return Value(result)
            }
        }
        for comparison in Comparison.allCases {
            type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                _ = try vm.dictView(a[0])
                guard vm.isSetLike(a[1]) else { return .notImplemented }
                return Value(try vm.compareSetLike(comparison, a[0], a[1]))
            }
        }
    }
    /// A new set of the items of any iterable.
    private func elements(_ iterable: Value) throws(Unwind) -> Reference {
        let set = newSet()
        if iterable.isA(Kind.dictView), viewType(iterable.reference) == .dictKeys {
            try update(set: set, self[iterable.reference, DictView.dict])
        } else {
            try update(set: set, iterable)
        }
        return set
    }
    private func isSetLike(_ value: Value) -> Bool {
        asSet(value) != nil
            || value.isA(Kind.dictView) && viewType(value.reference) != .dictValues
    }
    private func compareSetLike(
        _ comparison: Comparison, _ a: Value, _ b: Value
    ) throws(Unwind) -> Bool {
        func isWithin(_ x: Value, _ y: Value) throws(Unwind) -> Bool {
            var isWithin = true
            try iterate(x) { (item) throws(Unwind) in
                isWithin = try contains(y, item)
                return isWithin
            }
            return isWithin
        }
        let (m, n) = (try length(a), try length(b))
        switch comparison {
        case .equal: return m == n ? try isWithin(a, b) : false
        case .notEqual: return m == n ? try !isWithin(a, b) : true
        case .less: return m < n ? try isWithin(a, b) : false
        case .lessEqual: return m <= n ? try isWithin(a, b) : false
        case .greater: return m > n ? try isWithin(b, a) : false
        case .greaterEqual: return m >= n ? try isWithin(b, a) : false
        }
    }
}
