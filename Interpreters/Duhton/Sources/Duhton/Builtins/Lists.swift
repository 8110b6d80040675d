import InterpreterKit

/// Pairs, lists and containers.
///
/// A list is a length and an array of at least that many items.
///
/// L1  The slots behind the last item are unbound, and no item is. So an index is checked by looking at
///     the item alone: who only reads and replaces items does not conflict with who appends some.
///
/// Two transactions conflict on a list when one changes its length and the other asks for it, when one
/// makes room for more items, or when they touch the same 64 items.
extension Site {
    @inlinable @inline(__always)
    func part<B>(
        _ q: borrowing Quantum<B>, _ field: ImmutableField<Value>, _ pair: Value
    ) throws(Abort) -> Value {
        if _fastPath(pair.isA(Kind.cons)) { return q[pair.reference, field] }
        let name = field.index == Cons.car.index ? "DuCons_Car" : "DuCons_Cdr"
        try failType(q, name, wants: "cons", pair)
    }

    // MARK: lists

    @inlinable @inline(never)
    func list<B>(_ q: borrowing Quantum<B>, _ items: Frame, _ count: Int) throws(Abort) -> Value {
        if count == 0 { return Value(q.new(Kind.list, Value(0), .none)) }
        let array = try array(q, count)
        for i in 0..<count { q[array, i] = items[i] }
        return Value(q.new(Kind.list, Value(count), Value(array)))
    }
    @inlinable @inline(never)
    func array<B>(_ q: borrowing Quantum<B>, _ capacity: Int) throws(Abort) -> Reference {
        guard let array = q.newArray(capacity: capacity, filling: .unbound) else {
            try fail(q, "out of memory")
        }
        return array
    }

    @inlinable @inline(__always)
    func length<B>(_ q: borrowing Quantum<B>, _ list: Value) throws(Abort) -> Value {
        if _fastPath(list.isA(Kind.list)) { return Value(q[list.reference, List.length]) }
        try failLength(q, list)
    }
    @inline(never) @usableFromInline
    func failLength<B>(_ q: borrowing Quantum<B>, _ value: Value) throws(Abort) -> Never {
        try fail(q, "object of type '\(value.typeName)' has no length")
    }

    @inlinable @inline(__always)
    func append<B>(_ q: borrowing Quantum<B>, _ list: Value, _ item: Value) throws(Abort) {
        guard _fastPath(list.isA(Kind.list)) else {
            try failType(q, "DuList_Append", wants: "list", list)
        }
        let (length, first) = q[list.reference, List.length, List.items]
        var items = first
        if _slowPath(items == .none || length == q.capacity(ofArray: items.reference)) {
            items = Value(try grow(q, list.reference, length))
        }
        q[items.reference, length] = item
        q[list.reference, List.length] = length &+ 1
    }
    @inlinable @inline(never)
    func grow<B>(
        _ q: borrowing Quantum<B>, _ list: Reference, _ length: Int
    ) throws(Abort) -> Reference {
        let array = try array(q, length * 2)
        if length > 0 {
            let old = q[list, List.items].reference
            for i in 0..<length { q[array, i] = q[old, i] }
        }
        q[list, List.items] = Value(array)
        return array
    }

    @inlinable @inline(__always)
    func item<B>(_ q: borrowing Quantum<B>, _ list: Value, _ index: Value) throws(Abort) -> Value {
        if _fastPath(list.isA(Kind.list) && index.isInt) {
            let items = q[list.reference, List.items]
            if _fastPath(hasRoom(q, items, index.int)) {
                let item = q[items.reference, index.int]
                if _fastPath(item != .unbound) { return item }
            }
        }
        try failItem(q, "get", list, index)
    }
    @inlinable @inline(__always)
    func setItem<B>(
        _ q: borrowing Quantum<B>, _ list: Value, _ index: Value, _ item: Value
    ) throws(Abort) {
        if _fastPath(list.isA(Kind.list) && index.isInt) {
            let items = q[list.reference, List.items]
            if _fastPath(
                hasRoom(q, items, index.int) && q[items.reference, index.int] != .unbound)
            {
                q[items.reference, index.int] = item
                return
            }
        }
        try failItem(q, "set", list, index)
    }
    /// Is `index` within the array of a list?
    @inlinable @inline(__always)
    func hasRoom<B>(_ q: borrowing Quantum<B>, _ items: Value, _ index: Int) -> Bool {
        items != .none && UInt(bitPattern: index) < q.capacity(ofArray: items.reference)
    }
    /// Two operands of `get`, or three of `set`, of which the first is no list or the second no index.
    @inline(never) @usableFromInline
    func failItem<B>(
        _ q: borrowing Quantum<B>, _ name: String, _ list: Value, _ index: Value
    ) throws(Abort) -> Never {
        if list.isA(Kind.list) {
            _ = try int(q, index)
            try fail(q, "list_\(name): index out of range")
        }
        if list.isA(Kind.container) {
            let wanted = name == "get" ? "one argument" : "two arguments"
            try fail(q, "\(name) with a container: expected \(wanted)")
        }
        try fail(q, "\(name): bad argument type '\(list.typeName)'")
    }

    /// Removes the item at `index`, by default the last; those behind it move down.
    @inlinable @inline(never)
    func pop<B>(_ q: borrowing Quantum<B>, _ list: Value, _ index: Value?) throws(Abort) -> Value {
        guard list.isA(Kind.list) else { try failType(q, "DuList_Pop", wants: "list", list) }
        let last = q[list.reference, List.length] - 1
        let i = try index.map { (index) throws(Abort) in try int(q, index) } ?? last
        if last < 0 { try fail(q, "pop: empty list") }
        if i < 0 || i > last { try fail(q, "list_pop: index out of range") }
        let items = q[list.reference, List.items].reference
        let item = q[items, i]
        for k in i..<last { q[items, k] = q[items, k + 1] }
        q[items, last] = .unbound
        q[list.reference, List.length] = last
        return item
    }

    // MARK: containers

    @inlinable @inline(__always)
    func content<B>(_ q: borrowing Quantum<B>, _ container: Value) throws(Abort) -> Value {
        if _fastPath(container.isA(Kind.container)) {
            return q[container.reference, Container.content]
        }
        try failContent(q, "get", container)
    }
    @inlinable @inline(__always)
    func setContent<B>(
        _ q: borrowing Quantum<B>, _ container: Value, _ content: Value
    ) throws(Abort) {
        guard _fastPath(container.isA(Kind.container)) else {
            try failContent(q, "set", container)
        }
        q[container.reference, Container.content] = content
    }
    @inline(never) @usableFromInline
    func failContent<B>(
        _ q: borrowing Quantum<B>, _ name: String, _ value: Value
    ) throws(Abort) -> Never {
        if value.isA(Kind.list) {
            let wanted = name == "get" ? "two" : "three"
            try fail(q, "\(name) with a list: expected \(wanted) arguments")
        }
        try fail(q, "\(name): bad argument type '\(value.typeName)'")
    }
}
