import InterpreterKit

/// Makes the common objects.
extension VM {
    func tuple(_ a: Value) throws(Unwind) -> Value {
        Value(try checked(q.newTuple(count: 1) { $0[0] = a }))
    }
    func tuple(_ a: Value, _ b: Value) throws(Unwind) -> Value {
        Value(
            try checked(
                q.newTuple(count: 2) {
                    $0[0] = a
                    $0[1] = b
                }))
    }
    func tuple(_ a: Value, _ b: Value, _ c: Value) throws(Unwind) -> Value {
        Value(
            try checked(
                q.newTuple(count: 3) {
                    $0[0] = a
                    $0[1] = b
                    $0[2] = c
                }))
    }
    /// A tuple of `count` values from `base`.
    func tuple(_ base: Frame, _ count: Int) throws(Unwind) -> Value {
        if count == 0 { return shared.pointee.emptyTuple }
        return Value(try checked(q.newTuple(count: count) { $0.update(from: base, count: count) }))
    }
    /// A tuple of the items of a list.
    func tuple(ofList list: Reference) throws(Unwind) -> Value {
        let count = self[list, List.count]
        if count == 0 { return shared.pointee.emptyTuple }
        let items = self[list, List.items].reference
        return Value(
            try checked(
                q.newTuple(count: count) { for i in 0..<count { $0[i] = self[items, i] } }))
    }
    @inline(__always) func count(ofTuple tuple: Reference) -> Int { q.tupleCount(tuple) }
    /// Item `i` of a tuple, which must have one.
    @inline(__always) func item(ofTuple tuple: Reference, _ i: Int) -> Value {
        q.tupleElement(tuple, i)
    }

    // MARK: lists

    func newList(capacity: Int = 0) throws(Unwind) -> Reference {
        if capacity <= OwnArray.mostSlots { return q.new(Kind.list, Value(0), capacity: capacity) }
        return q.new(
            Kind.list, Value(0), capacity: 0,
            array: Value(try checked(q.newArray(capacity: capacity))))
    }
    /// A list of `count` values from `base`.
    func list(_ base: Frame, _ count: Int) throws(Unwind) -> Value {
        let list = try newList(capacity: count)
        if count > 0 {
            q.copy(base, count: count, to: self[list, List.items].reference, 0)
            self[list, List.count] = count
        }
        return Value(list)
    }
    /// Item `i` of a list, which must have one.
    @inline(__always) func item(ofList list: Reference, _ i: Int) -> Value {
        self[self[list, List.items].reference, i]
    }
    func append(_ list: Reference, _ value: Value) throws(Unwind) {
        var (count, items) = q[list, List.count, List.items]
        if items == .none || count == q.capacity(ofArray: items.reference) {
            try reserve(list, count &+ 1)
            (count, items) = q[list, List.count, List.items]
        }
        self[items.reference, count] = value
        self[list, List.count] = count &+ 1
    }
    /// Room for at least `wanted` items.
    @inline(never) func reserve(_ list: Reference, _ wanted: Int) throws(Unwind) {
        let items = self[list, List.items]
        let capacity = items == .none ? 0 : q.capacity(ofArray: items.reference)
        if wanted <= capacity { return }
        let larger = try checked(
            q.newArray(
                capacity: max(wanted, capacity < 64 ? capacity * 2 : capacity + capacity / 4)))
        if capacity > 0 {
            q.move(items.reference, 0, to: larger, 0, count: self[list, List.count])
            empty(items.reference, of: list)
        }
        self[list, List.items] = Value(larger)
    }
    /// An array that is part of the list holds nothing any more; others are forgotten as a whole.
    func empty(_ items: Reference, of list: Reference) {
        guard List.isOwn(items, of: list) else { return }
        for i in 0..<self[list, List.count] { self[items, i] = .none }
    }

    // MARK: numbers

    func value(_ double: Double) -> Value { q.value(double) }

    // MARK: instances

    /// A new instance of a class, its reserved slots None.
    func newInstance(_ type: Reference) throws(Unwind) -> Reference {
        let info = info(type)
        let map = info.pointee.rootMap
        let capacity = info.pointee.room
        return try checked(
            q.newTuple(Kind.instance, count: capacity + 2) { slots in
                slots[0] = Value(native: map)
                slots[1] = .none
                let plain = info.pointee.reserved - info.pointee.slots
                (slots + 2).update(repeating: .none, count: plain)
                (slots + 2 + plain).update(repeating: .unbound, count: capacity - plain)
            })
    }
    /// A new exception with arguments (a tuple), as its constructor makes it.
    func newException(_ type: Reference, _ arguments: Value) -> Value {
        do throws(Unwind) {
            let object = try newInstance(type)
            self[object, Exception.arguments] = arguments
            if info(type).pointee.reserved > Exception.reserved { try fillFields(object, type) }
            return Value(object)
        } catch {
            return pending
        }
    }
}

/// The reserved slots of exceptions.
enum Exception {
    static var arguments: Field<Value> { Instance.slot(0) }
    static var traceback: Field<Value> { Instance.slot(1) }
    static var context: Field<Value> { Instance.slot(2) }
    static var cause: Field<Value> { Instance.slot(3) }
    /// True when the context is not to be shown.
    static var suppressesContext: Field<Value> { Instance.slot(4) }
    static let reserved = 5
}

/// A built-in iterator: its type says what the other slots are (see Iterators.swift).
@usableFromInline enum Iterator {
    /// A ``BuiltinType``.
    @inlinable static var type: ImmutableField<Int> { ImmutableField(0) }
    /// What is iterated over. None at the end, except for a range: there it is the first number, `extra`
    /// the step and `more` how many there are, or the range itself if these are not all small.
    @inlinable static var source: Field<Value> { Field(1) }
    /// How far it has come: items given, the next index or entry.
    @inlinable static var position: Field<Int> { Field(2) }
    @inlinable static var extra: Field<Value> { Field(3) }
    @inlinable static var more: Field<Value> { Field(4) }
}

/// Generators, coroutines and asynchronous generators.
///
/// G1  While it does not run, `registers` is a tuple with the frame's registers, and `instruction` is
///     where it goes on. While it runs, the frame is on the VM stack of its thread.
@usableFromInline enum Generator {
    /// A ``BuiltinType``.
    @inlinable static var type: ImmutableField<Int> { ImmutableField(0) }
    /// The address of a ``Code``.
    @inlinable static var code: ImmutableField<Value> { ImmutableField(1) }
    @inlinable static var registers: ImmutableField<Reference> { ImmutableField(2) }
    /// Address of the instruction after the last yield.
    @inlinable static var instruction: Field<Value> { Field(3) }
    /// See ``GeneratorState``.
    @inlinable static var state: Field<Int> { Field(4) }
    @inlinable static var name: Field<Value> { Field(5) }
    @inlinable static var qualifiedName: Field<Value> { Field(6) }
    @inlinable static var extra: Field<Value> { Field(7) }
}

/// A view of a dict's keys, values or items.
enum DictView {
    /// A ``BuiltinType``.
    static var type: ImmutableField<Int> { ImmutableField(0) }
    static var dict: ImmutableField<Value> { ImmutableField(1) }
}

/// A read-only view of a mapping.
enum MappingProxy {
    static var mapping: ImmutableField<Value> { ImmutableField(0) }
}
