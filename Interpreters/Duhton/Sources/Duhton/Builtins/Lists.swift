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
    @inline(__always)
    func part(_ field: ImmutableField<Value>, _ pair: Value) throws(Abort) -> Value {
        if _fastPath(pair.isA(Kind.cons)) { return q[pair.reference, field] }
        let name = field.index == Cons.car.index ? "DuCons_Car" : "DuCons_Cdr"
        try failType(name, wants: .cons, pair)
    }

    // MARK: lists

    /// A list of `count` items.
    @inline(never)
    func list(_ count: Int, _ item: (Int) throws(Abort) -> Value) throws(Abort) -> Value {
        if count == 0 { return Value(q.new(Kind.list, Value(0), .none)) }
        let array = try array(count)
        for i in 0..<count { q[array, i] = try item(i) }
        return Value(q.new(Kind.list, Value(count), Value(array)))
    }
    private func array(_ capacity: Int) throws(Abort) -> Reference {
        guard let array = q.newArray(capacity: capacity, filling: .unbound) else {
            try fail("out of memory")
        }
        return array
    }

    @inline(__always) func length(_ list: Value) throws(Abort) -> Value {
        if _fastPath(list.isA(Kind.list)) { return Value(q[list.reference, List.length]) }
        try failLength(list)
    }
    @inline(never) func failLength(_ value: Value) throws(Abort) -> Never {
        try fail("object of type '\(value.type.rawValue)' has no length")
    }

    @inline(__always) func append(_ list: Value, _ item: Value) throws(Abort) -> Value {
        guard _fastPath(list.isA(Kind.list)) else {
            try failType("DuList_Append", wants: .list, list)
        }
        let (length, first) = q[list.reference, List.length, List.items]
        var items = first
        if _slowPath(items == .none || length == q.capacity(ofArray: items.reference)) {
            items = Value(try grow(list.reference, length))
        }
        q[items.reference, length] = item
        q[list.reference, List.length] = length &+ 1
        return list
    }
    @inline(never) func grow(_ list: Reference, _ length: Int) throws(Abort) -> Reference {
        let array = try array(length * 2)
        if length > 0 {
            let old = q[list, List.items].reference
            for i in 0..<length { q[array, i] = q[old, i] }
        }
        q[list, List.items] = Value(array)
        return array
    }

    @inline(__always) func item(_ list: Value, _ index: Value) throws(Abort) -> Value {
        if let items = items(list, index) {
            let item = q[items, index.int]
            if _fastPath(item != .unbound) { return item }
        }
        try failItem(.get, list, index)
    }
    @inline(__always) func setItem(_ list: Value, _ index: Value, _ item: Value) throws(Abort) {
        if let items = items(list, index), _fastPath(q[items, index.int] != .unbound) {
            q[items, index.int] = item
            return
        }
        try failItem(.set, list, index)
    }
    /// The array of a list, if it has a slot for `index`.
    @inline(__always) func items(_ list: Value, _ index: Value) -> Reference? {
        guard _fastPath(list.isA(Kind.list) && index.isInt) else { return nil }
        let items = q[list.reference, List.items]
        let hasSlot =
            items != .none
            && UInt(bitPattern: index.int) < q.capacity(ofArray: items.reference)
        return _fastPath(hasSlot) ? items.reference : nil
    }
    @inline(never)
    func failItem(_ builtin: Builtin, _ list: Value, _ index: Value) throws(Abort) -> Never {
        if !list.isA(Kind.list) { try failForm(builtin, list) }
        _ = try int(index)
        try fail("list_\(builtin.rawValue): index out of range")
    }

    /// Removes the item at `index`, by default the last; those behind it move down.
    @inline(never) func pop(_ list: Value, _ index: Value?) throws(Abort) -> Value {
        guard list.isA(Kind.list) else { try failType("DuList_Pop", wants: .list, list) }
        let last = q[list.reference, List.length] - 1
        let i = try int(index ?? Value(last))
        if last < 0 { try fail("pop: empty list") }
        if i < 0 || i > last { try fail("list_pop: index out of range") }
        let items = q[list.reference, List.items].reference
        let item = q[items, i]
        for k in i..<last { q[items, k] = q[items, k + 1] }
        q[items, last] = .unbound
        q[list.reference, List.length] = last
        return item
    }

    // MARK: containers

    @inline(__always) func content(_ container: Value) throws(Abort) -> Value {
        guard _fastPath(container.isA(Kind.container)) else { try failForm(.get, container) }
        return q[container.reference, Container.content]
    }
    @inline(__always) func setContent(_ container: Value, _ content: Value) throws(Abort) -> Value {
        guard _fastPath(container.isA(Kind.container)) else { try failForm(.set, container) }
        q[container.reference, Container.content] = content
        return .none
    }

    /// A `get` or `set` that has not the number of arguments that `object` demands.
    @inline(never) func failForm(_ builtin: Builtin, _ object: Value) throws(Abort) -> Never {
        let (name, type) = (builtin.rawValue, object.type)
        switch (builtin, type) {
        case (.get, .list): try fail("get with a list: expected two arguments")
        case (.get, .container): try fail("get with a container: expected one argument")
        case (.set, .list): try fail("set with a list: expected three arguments")
        case (.set, .container): try fail("set with a container: expected two arguments")
        default: try fail("\(name): bad argument type '\(type.rawValue)'")
        }
    }
}
