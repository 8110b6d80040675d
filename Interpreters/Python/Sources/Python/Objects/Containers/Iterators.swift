import InterpreterKit

/// The iterators of built-in types: making them, their steps and what is left of them.
///
/// | type | source | position | extra | more |
/// | --- | --- | --- | --- | --- |
/// | list, tuple, str, bytes, bytearray, memoryview | the sequence | next index | | |
/// | list reversed, reversed | the sequence | next index, downwards | | |
/// | range | first number, or the range if it has a big one | numbers given | step | how many |
/// | dict: keys, values, items, forwards, backwards | the dict | next entry | its size | size, and entries without a key passed over |
/// | set | the set | next place | its size | |
/// | callable | the function | | the sentinel | |
/// | iterator (`__getitem__`) | the object | next index | | |
/// | enumerate | an iterator | | next number | |
/// | zip | tuple of iterators | 1 if strict | a tuple to be used again | |
/// | map | tuple of iterators | | the function | |
/// | filter | an iterator | | the function or None | |
///
/// An iterator that has ended has no source (None), except that of a range.
extension VM {
    @inline(__always)
    func newIterator(
        _ type: BuiltinType, _ source: Value, position: Int = 0, extra: Value = .none,
        more: Value = .none
    ) -> Value {
        Value(
            q.new(Kind.iterator) { slots in
                slots[0] = Value(Int(type.rawValue))
                slots[1] = source
                slots[2] = Value(position)
                slots[3] = extra
                slots[4] = more
            })
    }
    @inline(__always) func iteratorType(_ iterator: Reference) -> BuiltinType {
        // Only newIterator writes the slot.
        BuiltinType(known: self[iterator, Iterator.type])
    }

    /// The next item, or unbound at the end.
    func advance(_ iterator: Reference) throws(Unwind) -> Value {
        switch iteratorType(iterator) {
        case .rangeIterator: return try nextNumber(iterator)
        case .listIterator:
            let source = self[iterator, Iterator.source]
            if source == .none { return .unbound }
            let i = self[iterator, Iterator.position]
            if i < self[source.reference, List.count] {
                self[iterator, Iterator.position] = i &+ 1
                return item(ofList: source.reference, i)
            }
        case .tupleIterator:
            let source = self[iterator, Iterator.source]
            if source == .none { return .unbound }
            let i = self[iterator, Iterator.position]
            if i < q.tupleCount(source.reference) {
                self[iterator, Iterator.position] = i &+ 1
                return q.tupleElement(source.reference, i)
            }
        case .dictKeyIterator, .dictValueIterator, .dictItemIterator:
            return try nextEntry(iterator, 1)
        case .dictReverseKeyIterator, .dictReverseValueIterator, .dictReverseItemIterator:
            return try nextEntry(iterator, -1)
        case .setIterator: return try nextElement(iterator)
        case .stringIterator:
            let source = self[iterator, Iterator.source]
            if source == .none { return .unbound }
            let i = self[iterator, Iterator.position]
            if i < StringView(source).count {
                self[iterator, Iterator.position] = i &+ 1
                return try character(StringView(source)[i])
            }
        case .bytesIterator:
            let source = self[iterator, Iterator.source]
            if source == .none { return .unbound }
            let i = self[iterator, Iterator.position]
            if i < BytesView(source).count {
                self[iterator, Iterator.position] = i &+ 1
                return Value(Int(BytesView(source)[i]))
            }
        case .enumerate, .zip, .map, .filter: return try nextAdapted(iterator)
        case .listReverseIterator:
            let source = self[iterator, Iterator.source]
            if source == .none { return .unbound }
            let i = self[iterator, Iterator.position]
            if i >= 0 && i < self[source.reference, List.count] {
                self[iterator, Iterator.position] = i &- 1
                return item(ofList: source.reference, i)
            }
        case .byteArrayIterator, .memoryIterator, .sequenceIterator, .reversed:
            return try nextItem(iterator)
        case .callableIterator: return try nextCalled(iterator)
        case .coroutineWrapper:
            let coroutine = self[iterator, Iterator.source].reference
            var stopped = Value.none
            let item = try next(coroutine, stopped: &stopped)
            if item == .unbound { ending = stopped }
            return item
        default: return try nextAdapted(iterator)
        }
        self[iterator, Iterator.source] = .none
        return .unbound
    }
    /// Of an iterator over other iterators: these may nest without bounds.
    private func nextAdapted(_ iterator: Reference) throws(Unwind) -> Value {
        try enterNative()
        defer { leaveNative() }
        switch iteratorType(iterator) {
        case .enumerate: return try nextNumbered(iterator)
        case .zip: return try nextZipped(iterator)
        case .map: return try nextMapped(iterator)
        case .filter: return try nextFiltered(iterator)
        default: return try nextOfTools(iterator)
        }
    }

    /// Of sequences without a faster way: `source[position]` until IndexError.
    private func nextItem(_ iterator: Reference) throws(Unwind) -> Value {
        let source = self[iterator, Iterator.source]
        if source == .none { return .unbound }
        let i = self[iterator, Iterator.position]
        let step = iteratorType(iterator) == .reversed ? -1 : 1
        if i >= 0 {
            do throws(Unwind) {
                let item = try getItem(source, Value(i))
                self[iterator, Iterator.position] = i &+ step
                return item
            } catch {
                // StopIteration ends an iteration, too.
                if !catches(.indexError, error) && !catches(.stopIteration, error) { throw error }
            }
        }
        self[iterator, Iterator.source] = .none
        return .unbound
    }

    private func nextCalled(_ iterator: Reference) throws(Unwind) -> Value {
        let function = self[iterator, Iterator.source]
        if function == .none { return .unbound }
        let value: Value
        do throws(Unwind) {
            value = try call(function)
        } catch {
            if !catches(.stopIteration, error) { throw error }
            self[iterator, Iterator.source] = .none
            return .unbound
        }
        // The call may have ended the iteration.
        if self[iterator, Iterator.source] == .none { return .unbound }
        if try equal(self[iterator, Iterator.extra], value) {
            self[iterator, Iterator.source] = .none
            return .unbound
        }
        return value
    }

    /// How many items are left, or nil if nothing is known.
    func remaining(_ iterator: Reference) -> Int? {
        let source = self[iterator, Iterator.source]
        let position = self[iterator, Iterator.position]
        if iteratorType(iterator) == .repeatIterator { return position < 0 ? nil : position }
        if source == .none { return isSized(iteratorType(iterator)) ? 0 : nil }
        switch iteratorType(iterator) {
        case .listIterator: return self[source.reference, List.count] &- position
        case .listReverseIterator:
            return position < self[source.reference, List.count] ? position &+ 1 : 0
        case .tupleIterator: return q.tupleCount(source.reference) &- position
        case .stringIterator: return StringView(source).count &- position
        case .bytesIterator: return BytesView(source).count &- position
        case .rangeIterator:
            let count = self[iterator, Iterator.more]
            return count.isInt ? count.int &- position : nil
        case .dictKeyIterator, .dictValueIterator, .dictItemIterator, .dictReverseKeyIterator,
            .dictReverseValueIterator, .dictReverseItemIterator:
            return remainingEntries(iterator)
        case .setIterator: return remainingElements(iterator)
        case .reversed: return position &+ 1
        default: return nil
        }
    }
    private func isSized(_ type: BuiltinType) -> Bool {
        switch type {
        case .enumerate, .zip, .map, .filter, .callableIterator, .sequenceIterator: false
        default: type.rawValue <= BuiltinType.reversed.rawValue
        }
    }

    // MARK: as the guest sees them

    func installContainers() {
        installList()
        installTuple()
        installRange()
        installSlice()
        installDict()
        installDictViews()
        installMappingProxy()
        installSets()
        installIterators()
        installAdapters()
        installIterationFunctions()
    }

    func installIterators() {
        let types: [BuiltinType] = [
            .listIterator, .listReverseIterator, .tupleIterator, .rangeIterator, .stringIterator,
            .bytesIterator, .byteArrayIterator, .setIterator, .dictKeyIterator,
            .dictValueIterator, .dictItemIterator, .dictReverseKeyIterator,
            .dictReverseValueIterator, .dictReverseItemIterator, .memoryIterator,
            .callableIterator, .sequenceIterator,
        ]
        for type in types {
            build(type) { type in
                addIteration(type)
                type.method("__length_hint__", "(self, /)") { (vm, a) throws(Unwind) in
                    let iterator = try vm.iterator(a[0])
                    if let count = vm.remaining(iterator) { return Value(max(0, count)) }
                    if vm.iteratorType(iterator) == .sequenceIterator
                        || vm.iteratorType(iterator) == .byteArrayIterator
                    {
                        return try vm.lengthHint(ofSequenceIterator: iterator)
                    }
                    return .notImplemented
                }
                type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                    try vm.reduce(try vm.iterator(a[0]))
                }
            }
        }
        for type: BuiltinType in [
            .listIterator, .listReverseIterator, .tupleIterator, .rangeIterator, .stringIterator,
            .bytesIterator, .byteArrayIterator, .sequenceIterator,
        ] {
            build(type) { type in
                type.method("__setstate__", "(self, state, /)") { (vm, a) throws(Unwind) in
                    let iterator = try vm.iterator(a[0])
                    let position = try vm.clampedIndex(a[1])
                    if vm[iterator, Iterator.source] != .none {
                        let isReverse = vm.iteratorType(iterator) == .listReverseIterator
                        var place = max(isReverse ? -1 : 0, position)
                        if let left = vm.remaining(iterator) {
                            let all = left &+ vm[iterator, Iterator.position]
                            place = isReverse ? min(place, left - 1) : min(place, all)
                        }
                        vm[iterator, Iterator.position] = min(place, 1 << 60)
                    }
                    return .none
                }
            }
        }
    }
    /// `__iter__` and `__next__`.
    func addIteration(_ type: TypeBuilder) {
        type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in a[0] }
        type.method("__next__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.advanceOrStop(try vm.iterator(a[0]))
        }
    }
    /// The object behind an iterator or an instance of a class derived from one.
    @inline(__always) func iterator(_ value: Value) throws(Unwind) -> Reference {
        if value.isA(Kind.iterator) { return value.reference }
        if let content = payload(value, .iterator), content.isA(Kind.iterator) {
            return content.reference
        }
        throw raise(.typeError, "'\(typeName(value))' object is not an iterator")
    }
    private func lengthHint(ofSequenceIterator iterator: Reference) throws(Unwind) -> Value {
        let source = self[iterator, Iterator.source]
        if source == .none { return Value(0) }
        if lookup(typeOf: source, name(.len)) == .unbound { return .notImplemented }
        let count = try length(source)
        return Value(max(0, count &- self[iterator, Iterator.position]))
    }

    /// `iter(source)` and where it is, for copying.
    private func reduce(_ iterator: Reference) throws(Unwind) -> Value {
        let source = self[iterator, Iterator.source]
        let position = Value(self[iterator, Iterator.position])
        let iter = builtin("iter")
        switch iteratorType(iterator) {
        case .listReverseIterator:
            let reversed = builtin("reversed")
            if source == .none {
                return try tuple(iter, try tuple(Value(try newList())))
            }
            return try tuple(reversed, try tuple(source), position)
        case .rangeIterator:
            return try tuple(iter, try tuple(try range(ofIterator: iterator)), position)
        case .callableIterator:
            if source == .none { return try tuple(iter, try tuple(shared.pointee.emptyTuple)) }
            return try tuple(iter, try tuple(source, self[iterator, Iterator.extra]))
        case .listIterator, .tupleIterator, .stringIterator, .bytesIterator, .byteArrayIterator,
            .sequenceIterator, .memoryIterator:
            if source == .none {
                let empty =
                    switch iteratorType(iterator) {
                    case .tupleIterator, .sequenceIterator: shared.pointee.emptyTuple
                    case .stringIterator: shared.pointee.emptyString
                    case .bytesIterator, .byteArrayIterator: shared.pointee.emptyBytes
                    default: Value(try newList())
                    }
                return try tuple(iter, try tuple(empty))
            }
            return try tuple(iter, try tuple(source), position)
        default:
            // What is left of a dict or set, as a list.
            let rest = try newList()
            let copy = newIterator(
                iteratorType(iterator), source, position: position.int,
                extra: self[iterator, Iterator.extra],
                more: self[iterator, Iterator.more])
            while true {
                let item = try advance(copy.reference)
                if item == .unbound { break }
                try append(rest, item)
            }
            return try tuple(iter, try tuple(Value(rest)))
        }
    }
    /// A function of the module `builtins`.
    func builtin(_ name: StaticString) -> Value {
        find(shared.pointee.builtins, name: intern(name))
    }
}
