import InterpreterKit

/// What can be done with a list: the operations behind the methods of `list`.
///
/// Slots of the items array from the count on hold None, so that it keeps nothing alive.
extension VM {
    /// The list itself, or the content of an instance of a subclass.
    @inline(__always) func list(_ value: Value) throws(Unwind) -> Reference {
        value.isList ? value.reference : try listSlowly(value)
    }
    @inline(never) private func listSlowly(_ value: Value) throws(Unwind) -> Reference {
        if let content = payload(value, .list), content.isList { return content.reference }
        throw wrongReceiver(value, "list")
    }
    /// The list behind a value that is an instance of `list`, or nil.
    func asList(_ value: Value) -> Value? {
        value.isList ? value : payload(value, .list).flatMap { $0.isList ? $0 : nil }
    }

    /// A new list of the items of any iterable.
    func newList(of iterable: Value) throws(Unwind) -> Reference {
        let isSequence = iterable.isList || iterable.isTuple
        let list = try newList(capacity: isSequence ? itemCount(iterable) : 0)
        try extend(list, iterable)
        return list
    }
    /// `list(iterable)`, unless it is a list already: for a look at all items at once.
    func listed(_ iterable: Value) throws(Unwind) -> Value {
        iterable.isList || iterable.isTuple ? iterable : Value(try newList(of: iterable))
    }

    func extend(_ list: Reference, _ iterable: Value) throws(Unwind) {
        if iterable.isList || iterable.isTuple {
            let more = itemCount(iterable)
            if more == 0 { return }
            let count = self[list, List.count]
            try reserve(list, count &+ more)
            fill(self[list, List.items].reference, at: count, with: iterable, more)
            self[list, List.count] = count &+ more
            return
        }
        if iterable.isReference {
            switch iterable.reference.kind {
            case Kind.dict.kind: return try extend(list, keys: iterable.reference)
            case Kind.range.kind, Kind.iterator.kind, Kind.generator.kind, Kind.dictView.kind,
                Kind.set.kind, Kind.frozenSet.kind, Kind.string.kind, Kind.bytes.kind:
                return try extend(list, iterator: try iterator(of: iterable))
            default: break
            }
        }
        let iterator = try iterator(of: iterable)
        let hint = try lengthHint(iterable)
        let count = self[list, List.count]
        if hint > 1 << 40 { throw outOfMemory() }
        if hint > 8 { try reserve(list, min(count &+ hint, count &+ 1 << 20)) }
        try extend(list, iterator: iterator)
    }
    private func extend(_ list: Reference, iterator: Value) throws(Unwind) {
        if iterator.isA(Kind.iterator) {
            var left = remaining(iterator.reference)
            if left == nil { left = try bigRemaining(iterator.reference) }
            if let left, left > 8 {
                if left > 1 << 40 { throw outOfMemory() }
                try reserve(list, self[list, List.count] &+ left)
            }
        }
        while true {
            let item = try next(iterator)
            if item == .unbound { return }
            try append(list, item)
        }
    }
    private func extend(_ list: Reference, keys dict: Reference) throws(Unwind) {
        try reserve(list, self[list, List.count] &+ count(ofDict: dict))
        for i in 0..<fill(dict) {
            if let (key, _) = entry(dict, i) { try append(list, key) }
        }
    }

    /// Puts the first `count` items of a list or tuple into slots of an array.
    private func fill(_ items: Reference, at start: Int, with source: Value, _ count: Int) {
        if source.isList {
            if count == 0 { return }
            q.move(
                self[source.reference, List.items].reference, 0, to: items, start, count: count)
        } else {
            for i in 0..<count { self[items, start &+ i] = q.tupleElement(source.reference, i) }
        }
    }

    func insert(_ list: Reference, at index: Int, _ value: Value) throws(Unwind) {
        let count = self[list, List.count]
        var i = index < 0 ? (index < -count ? 0 : index &+ count) : index
        i = min(i, count)
        try reserve(list, count &+ 1)
        let items = self[list, List.items].reference
        q.move(items, i, to: items, i &+ 1, count: count &- i)
        self[items, i] = value
        self[list, List.count] = count &+ 1
    }
    /// Takes out item `i`, which the list must have.
    func remove(_ list: Reference, at i: Int) -> Value {
        let count = self[list, List.count]
        let items = self[list, List.items].reference
        let value = self[items, i]
        q.move(items, i &+ 1, to: items, i, count: count &- i &- 1)
        self[items, count &- 1] = .none
        self[list, List.count] = count &- 1
        return value
    }
    func clear(list: Reference) {
        let items = self[list, List.items]
        if items != .none { empty(items.reference, of: list) }
        self[list, List.count] = 0
        self[list, List.items] = .none
    }
    /// A list gets the items of another one, which nobody else knows.
    func adopt(_ list: Reference, itemsOf other: Reference) throws(Unwind) {
        let items = self[other, List.items]
        if items == .none || List.isOwn(items.reference, of: other) {
            return try replace(list, 0, self[list, List.count], Value(other))
        }
        clear(list: list)
        self[list, List.items] = items
        self[list, List.count] = self[other, List.count]
    }
    func reverse(_ list: Reference) {
        var (i, j) = (0, self[list, List.count] &- 1)
        if j < 1 { return }
        let items = self[list, List.items].reference
        while i < j {
            let value = self[items, i]
            self[items, i] = self[items, j]
            self[items, j] = value
            i &+= 1
            j &-= 1
        }
    }

    /// `count` items from `start` on, each `step` after the one before.
    func slice(
        ofList list: Reference, _ start: Int, _ step: Int, _ count: Int
    ) throws(Unwind) -> Reference {
        let result = try newList(capacity: count)
        if count == 0 { return result }
        let (from, to) = (self[list, List.items].reference, self[result, List.items].reference)
        if step == 1 {
            q.move(from, start, to: to, 0, count: count)
        } else {
            var i = start
            for n in 0..<count {
                self[to, n] = self[from, i]
                i &+= step
            }
        }
        self[result, List.count] = count
        return result
    }
    func copy(ofList list: Reference) throws(Unwind) -> Reference {
        try slice(ofList: list, 0, 1, self[list, List.count])
    }

    /// Items `start ..< stop` become those of `values`, a list or tuple that is not this list.
    func replace(
        _ list: Reference, _ start: Int, _ stop: Int, _ values: Value
    ) throws(Unwind) {
        let count = self[list, List.count]
        let stop = max(start, stop)
        let more = itemCount(values)
        let newCount = count &- (stop &- start) &+ more
        if newCount == count {
            if more > 0 { fill(self[list, List.items].reference, at: start, with: values, more) }
            return
        }
        if newCount == 0 { return clear(list: list) }
        try reserve(list, newCount)
        let items = self[list, List.items].reference
        q.move(items, stop, to: items, start &+ more, count: count &- stop)
        fill(items, at: start, with: values, more)
        if newCount < count { for i in newCount..<count { self[items, i] = .none } }
        self[list, List.count] = newCount
    }
    /// Takes out `count` items from `start` on, each `step` after the one before.
    func removeSlice(_ list: Reference, _ start: Int, _ step: Int, _ count: Int) {
        if count == 0 { return }
        var (first, step) = (start, step)
        if step < 0 {
            first = start &+ step &* (count &- 1)
            step = 0 &- step
        }
        let all = self[list, List.count]
        if count == all { return clear(list: list) }
        let items = self[list, List.items].reference
        var to = first
        var (nextGone, gone) = (first, 0)
        for i in first..<all {
            if i == nextGone && gone < count {
                gone &+= 1
                nextGone = nextGone &+ step
                continue
            }
            self[items, to] = self[items, i]
            to &+= 1
        }
        for i in to..<all { self[items, i] = .none }
        self[list, List.count] = to
    }

    /// A new list of the items of `list`, `times` times.
    func repeated(_ list: Reference, _ times: Int) throws(Unwind) -> Reference {
        let count = self[list, List.count]
        if count == 0 || times == 0 { return try newList() }
        let (total, overflow) = count.multipliedReportingOverflow(by: times)
        if overflow || total > 1 << 48 { throw outOfMemory() }
        let from = self[list, List.items].reference
        let result: Reference
        if count == 1 && total > OwnArray.mostSlots {
            let items = try checked(q.newArray(capacity: total, filling: self[from, 0]))
            for i in total..<q.capacity(ofArray: items) { self[items, i] = .none }
            result = q.new(Kind.list, Value(0), capacity: 0, array: Value(items))
        } else {
            result = try newList(capacity: total)
            let items = self[result, List.items].reference
            var n = 0
            while n < total {
                for i in 0..<count { self[items, n &+ i] = self[from, i] }
                n &+= count
            }
        }
        self[result, List.count] = total
        return result
    }

    // MARK: subscripts

    func getItem(ofList list: Reference, _ key: Value) throws(Unwind) -> Value {
        if key.isA(Kind.slice) {
            let bounds = try bounds(ofSlice: key.reference)
            let (start, count) = bounds.selection(of: self[list, List.count])
            return Value(try slice(ofList: list, start, bounds.step, count))
        }
        var i = try sequenceIndex(key, "list")
        let count = self[list, List.count]
        if i < 0 { i = i &+ count }
        if i < 0 || i >= count { throw raise(.indexError, "list index out of range") }
        return item(ofList: list, i)
    }
    func setItem(ofList list: Reference, _ key: Value, _ value: Value) throws(Unwind) {
        if key.isA(Kind.slice) { return try setSlice(ofList: list, key.reference, value) }
        var i = try sequenceIndex(key, "list")
        let count = self[list, List.count]
        if i < 0 { i = i &+ count }
        if i < 0 || i >= count { throw raise(.indexError, "list assignment index out of range") }
        self[self[list, List.items].reference, i] = value
    }
    private func setSlice(
        ofList list: Reference, _ slice: Reference, _ value: Value
    ) throws(Unwind) {
        let bounds = try bounds(ofSlice: slice)
        if bounds.step == 1 {
            var values = value
            if let known = asList(value), known == Value(list) {
                values = Value(try copy(ofList: list))
            } else if !value.isList && !value.isTuple {
                try requireIterable(value, "can only assign an iterable")
                values = Value(try newList(of: value))
            }
            let (start, stop) = bounds.fitted(to: self[list, List.count])
            return try replace(list, start, stop, values)
        }
        try requireIterable(value, "must assign iterable to extended slice")
        var values = try listed(value)
        if values == Value(list) { values = Value(try copy(ofList: list)) }
        let (start, count) = bounds.selection(of: self[list, List.count])
        let given = itemCount(values)
        if given != count {
            throw raise(
                .valueError,
                "attempt to assign sequence of size \(given) to extended slice of size \(count)")
        }
        if count == 0 { return }
        let items = self[list, List.items].reference
        for n in 0..<count { self[items, start &+ n &* bounds.step] = item(values, n) }
    }
    private func requireIterable(_ value: Value, _ message: String) throws(Unwind) {
        let type = type(of: value)
        let method = lookup(type, name(.iter))
        if method == .none || method == .unbound && lookup(type, name(.getitem)) == .unbound {
            throw raise(.typeError, message)
        }
    }
    func deleteItem(ofList list: Reference, _ key: Value) throws(Unwind) {
        if key.isA(Kind.slice) {
            let bounds = try bounds(ofSlice: key.reference)
            let (start, count) = bounds.selection(of: self[list, List.count])
            if bounds.step == 1 {
                if count > 0 {
                    try replace(list, start, start &+ count, shared.pointee.emptyTuple)
                }
            } else {
                removeSlice(list, start, bounds.step, count)
            }
            return
        }
        var i = try sequenceIndex(key, "list")
        let count = self[list, List.count]
        if i < 0 { i = i &+ count }
        if i < 0 || i >= count { throw raise(.indexError, "list assignment index out of range") }
        _ = remove(list, at: i)
    }
}
