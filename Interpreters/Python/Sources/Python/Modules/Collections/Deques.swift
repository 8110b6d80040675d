import InterpreterKit

/// `collections.deque`: a ring of items.
///
/// Q1  Slots of a deque: the ring, an array of a power of two slots, or None before the first item;
///     the index of the first item; the count; the largest count or None; how often the deque
///     changed. Item i is in slot (first + i) modulo the ring's size; free slots hold None.
private enum Deque {
    static var ring: Field<Value> { Instance.slot(0) }
    static var first: Field<Int> { Instance.integerSlot(1) }
    static var count: Field<Int> { Instance.integerSlot(2) }
    static var limit: Field<Value> { Instance.slot(3) }
    static var changes: Field<Int> { Instance.integerSlot(4) }
    static let slots = 5
}
extension Instance {
    /// A reserved slot that always holds a small integer.
    static func integerSlot(_ n: Int) -> Field<Int> { Field(n &+ 3) }
}

extension VM {
    @inline(__always) private func deque(_ value: Value) throws(Unwind) -> Reference {
        let deque = try object(value, slots: Deque.slots)
        return deque
    }
    private func asDeque(_ value: Value) -> Reference? {
        guard value.isInstance,
            let type = dequeType, isSubtype(self.type(of: value), type)
        else { return nil }
        return value.reference
    }
    private var dequeType: Reference? {
        let module = find(shared.pointee.modules, name: intern("_collections"))
        guard module.isA(Kind.module) else { return nil }
        let type = find(self[module.reference, ModuleObject.namespace], name: intern("deque"))
        return type.isType ? type.reference : nil
    }
    private func newDeque(_ type: Reference, limit: Value) throws(Unwind) -> Reference {
        let deque = try newInstance(type)
        self[deque, Deque.first] = 0
        self[deque, Deque.count] = 0
        self[deque, Deque.limit] = limit
        self[deque, Deque.changes] = 0
        return deque
    }

    @inline(__always) private func place(_ deque: Reference, _ i: Int) -> (Reference, Int) {
        let ring = self[deque, Deque.ring].reference
        return (ring, (self[deque, Deque.first] &+ i) & (q.capacity(ofArray: ring) &- 1))
    }
    @inline(__always) private func item(_ deque: Reference, _ i: Int) -> Value {
        let (ring, k) = place(deque, i)
        return self[ring, k]
    }
    @inline(__always) private func changed(_ deque: Reference) {
        self[deque, Deque.changes] = self[deque, Deque.changes] &+ 1
    }
    /// Room for one more item.
    @inline(__always) private func makeRoom(_ deque: Reference) throws(Unwind) {
        let ring = self[deque, Deque.ring]
        if ring == .none || q.capacity(ofArray: ring.reference) == self[deque, Deque.count] {
            try grow(deque)
        }
    }
    @inline(never) private func grow(_ deque: Reference) throws(Unwind) {
        let count = self[deque, Deque.count]
        let larger = try checked(q.newArray(capacity: max(8, count &* 2)))
        for i in 0..<count { self[larger, i] = item(deque, i) }
        self[deque, Deque.ring] = Value(larger)
        self[deque, Deque.first] = 0
    }
    private func append(deque: Reference, _ value: Value) throws(Unwind) {
        let limit = self[deque, Deque.limit]
        let count = self[deque, Deque.count]
        if limit.isInt && count >= limit.int {
            if limit.int == 0 { return }
            _ = popLeft(deque)
            return try append(deque: deque, value)
        }
        try makeRoom(deque)
        let (ring, i) = place(deque, count)
        self[ring, i] = value
        self[deque, Deque.count] = count &+ 1
        changed(deque)
    }
    private func appendLeft(_ deque: Reference, _ value: Value) throws(Unwind) {
        let limit = self[deque, Deque.limit]
        if limit.isInt && self[deque, Deque.count] >= limit.int {
            if limit.int == 0 { return }
            _ = pop(deque: deque)
        }
        try makeRoom(deque)
        let (ring, i) = place(deque, -1)
        self[ring, i] = value
        self[deque, Deque.first] = i
        self[deque, Deque.count] = self[deque, Deque.count] &+ 1
        changed(deque)
    }
    /// Takes the last item of a deque that has one.
    private func pop(deque: Reference) -> Value {
        let count = self[deque, Deque.count] &- 1
        let (ring, i) = place(deque, count)
        let value = self[ring, i]
        self[ring, i] = .none
        self[deque, Deque.count] = count
        changed(deque)
        return value
    }
    private func popLeft(_ deque: Reference) -> Value {
        let (ring, i) = place(deque, 0)
        let value = self[ring, i]
        self[ring, i] = .none
        self[deque, Deque.first] = (i &+ 1) & (q.capacity(ofArray: ring) &- 1)
        self[deque, Deque.count] = self[deque, Deque.count] &- 1
        changed(deque)
        return value
    }
    private func clear(deque: Reference) {
        self[deque, Deque.ring] = .none
        self[deque, Deque.first] = 0
        self[deque, Deque.count] = 0
        changed(deque)
    }
    private func extend(deque: Reference, _ iterable: Value, left: Bool) throws(Unwind) {
        let source = iterable == Value(deque) ? Value(try newList(of: iterable)) : iterable
        try iterate(source) { (item) throws(Unwind) in
            if left { try appendLeft(deque, item) } else { try append(deque: deque, item) }
            return true
        }
    }
    /// Moves items from the right end to the left, or the other way for a negative number.
    private func rotate(_ deque: Reference, _ steps: Int) {
        let count = self[deque, Deque.count]
        if count < 2 { return }
        var steps = steps % count
        if steps < 0 { steps &+= count }
        if steps == 0 { return }
        changed(deque)
        if steps <= count / 2 {
            for _ in 0..<steps {
                let (ring, last) = place(deque, count &- 1)
                let value = self[ring, last]
                self[ring, last] = .none
                let first = (self[deque, Deque.first] &- 1) & (q.capacity(ofArray: ring) &- 1)
                self[ring, first] = value
                self[deque, Deque.first] = first
            }
        } else {
            for _ in 0..<(count &- steps) {
                let (ring, first) = place(deque, 0)
                let value = self[ring, first]
                self[ring, first] = .none
                self[deque, Deque.first] = (first &+ 1) & (q.capacity(ofArray: ring) &- 1)
                let (_, last) = place(deque, count &- 1)
                self[ring, last] = value
            }
        }
    }
    private func insert(deque: Reference, at index: Int, _ value: Value) throws(Unwind) {
        let count = self[deque, Deque.count]
        let limit = self[deque, Deque.limit]
        if limit.isInt && count >= limit.int {
            throw raise(.indexError, "deque already at its maximum size")
        }
        var i = index < 0 ? max(0, index &+ count) : min(index, count)
        if i == 0 { return try appendLeft(deque, value) }
        try append(deque: deque, value)
        var k = count
        while k > i {
            let ((ring, from), (_, to)) = (place(deque, k &- 1), place(deque, k))
            self[ring, to] = self[ring, from]
            k &-= 1
        }
        i = k
        let (ring, place) = place(deque, i)
        self[ring, place] = value
    }
    private func remove(deque: Reference, at index: Int) {
        let count = self[deque, Deque.count]
        for k in index..<(count &- 1) {
            let ((ring, to), (_, from)) = (place(deque, k), place(deque, k &+ 1))
            self[ring, to] = self[ring, from]
        }
        _ = pop(deque: deque)
    }
    private func index(inDeque deque: Reference, _ key: Value) throws(Unwind) -> Int {
        if !key.isInt, asInt(key) == nil, lookup(typeOf: key, name(.index)) == .unbound {
            throw raise(
                .typeError, "sequence index must be integer, not '\(typeName(key))'")
        }
        let i = try index(key, overflow: .indexError)
        let count = self[deque, Deque.count]
        let k = i < 0 ? i &+ count : i
        if k < 0 || k >= count { throw raise(.indexError, "deque index out of range") }
        return k
    }
    /// The index of an equal item, or -1. It is an error if the deque changes meanwhile.
    private func search(
        _ deque: Reference, _ value: Value, _ start: Int = 0, _ stop: Int = .max
    ) throws(Unwind) -> Int {
        let changes = self[deque, Deque.changes]
        var i = start
        while i < stop && i < self[deque, Deque.count] {
            let isSame = try same(item(deque, i), value)
            if self[deque, Deque.changes] != changes {
                throw raise(.runtimeError, "deque mutated during iteration")
            }
            if isSame { return i }
            i &+= 1
        }
        return -1
    }

    // MARK: iteration

    /// `source` is the deque, `position` how many items were given, `extra` its changes at the start.
    func nextOfDeque(_ iterator: Reference) throws(Unwind) -> Value {
        let source = self[iterator, Iterator.source]
        if source == .none { return .unbound }
        let deque = source.reference
        if self[deque, Deque.changes] != self[iterator, Iterator.extra].int {
            self[iterator, Iterator.source] = .none
            throw raise(.runtimeError, "deque mutated during iteration")
        }
        let (i, count) = (self[iterator, Iterator.position], self[deque, Deque.count])
        if i >= count {
            self[iterator, Iterator.source] = .none
            return .unbound
        }
        self[iterator, Iterator.position] = i &+ 1
        let isForward = iteratorType(iterator) == .dequeIterator
        return item(deque, isForward ? i : count &- 1 &- i)
    }
    private func newDequeIterator(_ type: BuiltinType, _ deque: Reference) -> Value {
        newIterator(type, Value(deque), extra: Value(self[deque, Deque.changes]))
    }

    // MARK: as the guest sees it

    static func addDeque(_ module: ModuleBuilder) {
        let vm = module.vm
        for kind: BuiltinType in [.dequeIterator, .dequeReverseIterator] {
            vm.build(kind) { type in
                vm.addIteration(type)
                type.method("__length_hint__", "(self, /)") { (vm, a) throws(Unwind) in
                    let iterator = try vm.iterator(a[0])
                    let source = vm[iterator, Iterator.source]
                    if source == .none { return Value(0) }
                    return Value(
                        vm[source.reference, Deque.count] - vm[iterator, Iterator.position])
                }
            }
        }
        module.type("deque", reserved: Deque.slots) { type in
            type.constant("__module__", vm.intern("collections"))
            type.constant("__hash__", .none)
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                Value(try vm.newDeque(a[0].reference, limit: .none))
            }
            type.method("__init__", "(self, iterable=(), maxlen=None)") { (vm, a) throws(Unwind) in
                let deque = try vm.deque(a[0])
                var limit = Value.none
                if a.has(2) && a[2] != .none {
                    if !vm.isInteger(a[2]) {
                        throw vm.raise(.typeError, "an integer is required")
                    }
                    let n = try vm.size(a[2])
                    if n < 0 { throw vm.raise(.valueError, "maxlen must be non-negative") }
                    limit = Value(n)
                }
                vm[deque, Deque.limit] = limit
                if vm[deque, Deque.count] > 0 { vm.clear(deque: deque) }
                if a.has(1) { try vm.extend(deque: deque, a[1], left: false) }
                return .none
            }
            vm.addDequeEnds(type)
            vm.addDequeItems(type)
            vm.addDequeOperators(type)
            vm.addClassItem(type)
        }
    }

    private func addDequeEnds(_ type: TypeBuilder) {
        type.method("append", "(self, item, /)") { (vm, a) throws(Unwind) in
            try vm.append(deque: try vm.deque(a[0]), a[1])
            return .none
        }
        type.method("appendleft", "(self, item, /)") { (vm, a) throws(Unwind) in
            try vm.appendLeft(try vm.deque(a[0]), a[1])
            return .none
        }
        type.method("pop", "(self, /)") { (vm, a) throws(Unwind) in
            let deque = try vm.deque(a[0])
            if vm[deque, Deque.count] == 0 {
                throw vm.raise(.indexError, "pop from an empty deque")
            }
            return vm.pop(deque: deque)
        }
        type.method("popleft", "(self, /)") { (vm, a) throws(Unwind) in
            let deque = try vm.deque(a[0])
            if vm[deque, Deque.count] == 0 {
                throw vm.raise(.indexError, "pop from an empty deque")
            }
            return vm.popLeft(deque)
        }
        type.method("extend", "(self, iterable, /)") { (vm, a) throws(Unwind) in
            try vm.extend(deque: try vm.deque(a[0]), a[1], left: false)
            return .none
        }
        type.method("extendleft", "(self, iterable, /)") { (vm, a) throws(Unwind) in
            try vm.extend(deque: try vm.deque(a[0]), a[1], left: true)
            return .none
        }
        type.method("clear", "(self, /)") { (vm, a) throws(Unwind) in
            vm.clear(deque: try vm.deque(a[0]))
            return .none
        }
        type.method("rotate", "(self, n=1, /)") { (vm, a) throws(Unwind) in
            vm.rotate(try vm.deque(a[0]), a.has(1) ? try vm.size(a[1]) : 1)
            return .none
        }
        type.method("reverse", "(self, /)") { (vm, a) throws(Unwind) in
            let deque = try vm.deque(a[0])
            var (i, j) = (0, vm[deque, Deque.count] - 1)
            while i < j {
                let ((ring, x), (_, y)) = (vm.place(deque, i), vm.place(deque, j))
                let value = vm[ring, x]
                vm[ring, x] = vm[ring, y]
                vm[ring, y] = value
                i += 1
                j -= 1
            }
            vm.changed(deque)
            return .none
        }
        type.attribute(
            "maxlen", get: { (vm, a) throws(Unwind) in vm[try vm.deque(a[0]), Deque.limit] })
    }

    private func addDequeItems(_ type: TypeBuilder) {
        type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm[try vm.deque(a[0]), Deque.count])
        }
        type.method("__bool__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm[try vm.deque(a[0]), Deque.count] != 0)
        }
        type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.newDequeIterator(.dequeIterator, try vm.deque(a[0]))
        }
        type.method("__reversed__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.newDequeIterator(.dequeReverseIterator, try vm.deque(a[0]))
        }
        type.method("__getitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            let deque = try vm.deque(a[0])
            if a[1].isA(Kind.slice) {
                throw vm.raise(.typeError, "sequence index must be integer, not 'slice'")
            }
            return vm.item(deque, try vm.index(inDeque: deque, a[1]))
        }
        type.method("__setitem__", "(self, key, value, /)") { (vm, a) throws(Unwind) in
            let deque = try vm.deque(a[0])
            let (ring, i) = vm.place(deque, try vm.index(inDeque: deque, a[1]))
            vm[ring, i] = a[2]
            return .none
        }
        type.method("__delitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            let deque = try vm.deque(a[0])
            vm.remove(deque: deque, at: try vm.index(inDeque: deque, a[1]))
            return .none
        }
        type.method("__contains__", "(self, key, /)") { (vm, a) throws(Unwind) in
            Value(try vm.search(try vm.deque(a[0]), a[1]) >= 0)
        }
        type.method("count", "(self, value, /)") { (vm, a) throws(Unwind) in
            let deque = try vm.deque(a[0])
            var (n, i) = (0, 0)
            while true {
                i = try vm.search(deque, a[1], i)
                if i < 0 { return Value(n) }
                n += 1
                i += 1
            }
        }
        type.method("index", "(self, value, start=0, stop=None, /)") { (vm, a) throws(Unwind) in
            let deque = try vm.deque(a[0])
            let (start, stop) = try vm.searchBounds(a[2], a[3], vm[deque, Deque.count])
            let i = try vm.search(deque, a[1], start, stop)
            if i >= 0 { return Value(i) }
            throw vm.raise(.valueError, "\(vm.text(try vm.repr(a[1]))) is not in deque")
        }
        type.method("insert", "(self, index, value, /)") { (vm, a) throws(Unwind) in
            try vm.insert(deque: try vm.deque(a[0]), at: try vm.size(a[1]), a[2])
            return .none
        }
        type.method("remove", "(self, value, /)") { (vm, a) throws(Unwind) in
            let deque = try vm.deque(a[0])
            let changes = vm[deque, Deque.changes]
            for i in 0..<vm[deque, Deque.count] {
                let isSame = try vm.same(vm.item(deque, i), a[1])
                if vm[deque, Deque.changes] != changes {
                    throw vm.raise(.indexError, "deque mutated during remove().")
                }
                if isSame {
                    vm.remove(deque: deque, at: i)
                    return .none
                }
            }
            throw vm.raise(.valueError, "\(vm.text(try vm.repr(a[1]))) is not in deque")
        }
    }

    private func copy(deque: Reference) throws(Unwind) -> Reference {
        let copy = try newDeque(type(of: Value(deque)), limit: self[deque, Deque.limit])
        for i in 0..<self[deque, Deque.count] { try append(deque: copy, item(deque, i)) }
        return copy
    }

    private func addDequeOperators(_ type: TypeBuilder) {
        for name: StaticString in ["copy", "__copy__"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
                let deque = try vm.deque(a[0])
                if let plain = vm.dequeType, vm.type(of: a[0]) == plain {
                    return Value(try vm.copy(deque: deque))
                }
                let limit = vm[deque, Deque.limit]
                let type = Value(vm.type(of: a[0]))
                return limit == .none
                    ? try vm.call(type, a[0]) : try vm.call(type, a[0], limit)
            }
        }
        type.method("__add__", "(self, value, /)") { (vm, a) throws(Unwind) in
            let deque = try vm.deque(a[0])
            guard let other = vm.asDeque(a[1]) else {
                throw vm.raise(
                    .typeError,
                    "can only concatenate deque (not \"\(vm.typeName(a[1]))\") to deque")
            }
            let result = try vm.copy(deque: deque)
            try vm.extend(deque: result, Value(other), left: false)
            return Value(result)
        }
        type.method("__iadd__", "(self, value, /)") { (vm, a) throws(Unwind) in
            try vm.extend(deque: try vm.deque(a[0]), a[1], left: false)
            return a[0]
        }
        for name: StaticString in ["__mul__", "__rmul__"] {
            type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                let result = try vm.copy(deque: try vm.deque(a[0]))
                try vm.multiply(deque: result, a[1])
                return Value(result)
            }
        }
        type.method("__imul__", "(self, value, /)") { (vm, a) throws(Unwind) in
            try vm.multiply(deque: try vm.deque(a[0]), a[1])
            return a[0]
        }
        for comparison in Comparison.allCases {
            type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                let deque = try vm.deque(a[0])
                guard let other = vm.asDeque(a[1]) else { return .notImplemented }
                return try vm.compareSequences(
                    comparison, Value(try vm.newList(of: Value(deque))),
                    Value(try vm.newList(of: Value(other))))
            }
        }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let deque = try vm.deque(a[0])
            let name = vm.name(ofType: vm.type(of: a[0]))
            var text = ""
            let isNew = try vm.whileShowing(deque) { () throws(Unwind) in
                let items = try vm.newList()
                for i in 0..<vm[deque, Deque.count] { try vm.append(items, vm.item(deque, i)) }
                text = vm.text(try vm.repr(Value(items)))
            }
            if !isNew { return try vm.string("[...]") }
            let limit = vm[deque, Deque.limit]
            return try vm.string(
                limit == .none ? "\(name)(\(text))" : "\(name)(\(text), maxlen=\(limit.int))")
        }
        type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
            let deque = try vm.deque(a[0])
            let limit = vm[deque, Deque.limit]
            let attributes = try vm.findAttribute(a[0], vm.name(.dict))
            let arguments =
                limit == .none
                ? vm.shared.pointee.emptyTuple
                : try vm.tuple(vm.shared.pointee.emptyTuple, limit)
            let parts = try vm.newList()
            try vm.append(parts, Value(vm.type(of: a[0])))
            try vm.append(parts, arguments)
            try vm.append(parts, attributes == .unbound ? .none : attributes)
            try vm.append(parts, vm.newDequeIterator(.dequeIterator, deque))
            return try vm.tuple(ofList: parts)
        }
        type.method("__sizeof__", "(self, /)") { (vm, a) throws(Unwind) in
            let ring = vm[try vm.deque(a[0]), Deque.ring]
            return Value(64 + (ring == .none ? 0 : 8 * vm.q.capacity(ofArray: ring.reference)))
        }
    }
    private func multiply(deque: Reference, _ factor: Value) throws(Unwind) {
        let times = try repetitions(factor)
        let count = self[deque, Deque.count]
        if times == 0 { return clear(deque: deque) }
        let limit = self[deque, Deque.limit]
        let (total, overflow) = count.multipliedReportingOverflow(by: times)
        if !limit.isInt && (overflow || total > 1 << 40) { throw outOfMemory() }
        let items = try newList(of: Value(deque))
        var copies = times &- 1
        // Beyond the limit more copies change nothing.
        if limit.isInt && count > 0 { copies = min(copies, limit.int / count + 1) }
        for _ in 0..<copies { try extend(deque: deque, Value(items), left: false) }
    }
}
