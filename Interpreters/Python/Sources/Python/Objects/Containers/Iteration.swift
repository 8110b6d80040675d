import InterpreterKit

/// Going through the items of any object.
///
/// An iterator of a built-in type is a ``Kind/iterator``; what its slots hold is written in
/// ``Iterator``. Generators are asked directly, everything else through `__next__`.
extension VM {
    /// `iter(value)`
    func iterator(of value: Value) throws(Unwind) -> Value {
        if value.isReference {
            let object = value.reference
            switch object.kind {
            case Kind.list.kind: return newIterator(.listIterator, value)
            case Shape.tuple.kind: return newIterator(.tupleIterator, value)
            case Kind.dict.kind: return newDictIterator(.dictKeyIterator, object)
            case Kind.range.kind: return newRangeIterator(object)
            case Kind.string.kind: return newIterator(.stringIterator, value)
            case Kind.iterator.kind: return value
            case Kind.set.kind, Kind.frozenSet.kind: return newSetIterator(object)
            case Kind.dictView.kind: return newViewIterator(object)
            case Kind.bytes.kind: return newIterator(.bytesIterator, value)
            case Kind.generator.kind:
                if self[object, Generator.type] == Int(BuiltinType.generator.rawValue) {
                    return value
                }
            default: break
            }
        }
        return try iteratorByMethod(value)
    }

    private func iteratorByMethod(_ value: Value) throws(Unwind) -> Value {
        let type = type(of: value)
        let method = lookup(type, name(.iter))
        if method == .unbound && lookup(type, name(.getitem)) != .unbound && !value.isType {
            // The old protocol: items 0, 1, 2, … until IndexError.
            return newIterator(.sequenceIterator, value)
        }
        if method == .unbound || method == .none { throw notIterable(value) }
        let iterator = try callSpecial(method, value)
        if !isIterator(iterator) {
            throw raise(
                .typeError, "iter() returned non-iterator of type '\(typeName(iterator))'")
        }
        return iterator
    }
    func notIterable(_ value: Value) -> Unwind {
        raise(.typeError, "'\(typeName(value))' object is not iterable")
    }
    /// Has it a `__next__`?
    func isIterator(_ value: Value) -> Bool {
        value.isA(Kind.iterator) || lookup(typeOf: value, name(.next)) != .unbound
    }

    /// The next item, or unbound at the end.
    func next(_ iterator: Value) throws(Unwind) -> Value {
        if iterator.isReference {
            let object = iterator.reference
            if object.kind == Kind.iterator.kind {
                do throws(Unwind) {
                    return try advance(object)
                } catch {
                    // A function that `map` calls may end the iteration.
                    if isEnd(error) { return .unbound }
                    throw error
                }
            }
            if object.kind == Kind.generator.kind
                && self[object, Generator.type] == Int(BuiltinType.generator.rawValue)
            {
                var stopped = Value.none
                let item = try next(object, stopped: &stopped)
                if item == .unbound { ending = stopped }
                return item
            }
        }
        let method = lookup(typeOf: iterator, name(.next))
        if method == .unbound {
            throw raise(.typeError, "'\(typeName(iterator))' object is not an iterator")
        }
        do throws(Unwind) {
            return try callSpecial(method, iterator)
        } catch {
            if isEnd(error) { return .unbound }
            throw error
        }
    }
    /// Is `error` StopIteration? Then it is over, and ``ending`` is what it carried.
    private func isEnd(_ error: Unwind) -> Bool {
        guard error == .raise, isInstance(pending, .stopIteration) else { return false }
        ending = stopValue(pending)
        pending = .none
        return true
    }
    /// What the iterator carried that has ended last.
    var ending: Value {
        get { Value(bits: thread.pointee.stackBase[ThreadWord.ending]) }
        nonmutating set { thread.pointee.stackBase[ThreadWord.ending] = newValue.bits }
    }
    /// The next item of a built-in iterator; at the end StopIteration, with what it carries.
    func advanceOrStop(_ iterator: Reference) throws(Unwind) -> Value {
        ending = .none
        let item = try advance(iterator)
        if item == .unbound { throw raise(newStop(ending)) }
        return item
    }

    /// Is `error` an exception of this type? Then it is over: nothing is being raised any more.
    func catches(_ type: BuiltinType, _ error: Unwind) -> Bool {
        guard error == .raise, isInstance(pending, type) else { return false }
        pending = .none
        return true
    }

    /// Calls `body` with each item, until it returns false.
    @inline(__always)
    func iterate(
        _ value: Value, _ body: (Value) throws(Unwind) -> Bool
    ) throws(Unwind) {
        if value.isReference {
            let object = value.reference
            switch object.kind {
            case Kind.list.kind:
                var i = 0
                while i < self[object, List.count] {
                    if !(try body(item(ofList: object, i))) { return }
                    i &+= 1
                }
                return
            case Shape.tuple.kind:
                let count = q.tupleCount(object)
                var i = 0
                while i < count {
                    if !(try body(q.tupleElement(object, i))) { return }
                    i &+= 1
                }
                return
            default: break
            }
        }
        let iterator = try iterator(of: value)
        while true {
            let item = try next(iterator)
            if item == .unbound { return }
            if !(try body(item)) { return }
        }
    }

    /// A guess of how many items there are, `standard` if nothing is known.
    func lengthHint(_ value: Value, or standard: Int = 8) throws(Unwind) -> Int {
        if value.isReference {
            let object = value.reference
            switch object.kind {
            case Kind.list.kind: return self[object, List.count]
            case Shape.tuple.kind: return q.tupleCount(object)
            case Kind.dict.kind: return count(ofDict: object)
            case Kind.set.kind, Kind.frozenSet.kind: return self[object, SetTable.count]
            case Kind.string.kind: return StringView(object).count
            case Kind.iterator.kind where iteratorType(object) != .reversed:
                return max(0, remaining(object) ?? standard)
            case Kind.generator.kind: return standard
            default: break
            }
        }
        let type = type(of: value)
        let length = lookup(type, name(.len))
        if length != .unbound && length != .none {
            do throws(Unwind) {
                return try self.length(ofResult: try callSpecial(length, value))
            } catch {
                if !catches(.typeError, error) { throw error }
            }
        }
        let hint = lookup(type, name(.lengthHint))
        if hint == .unbound || hint == .none { return standard }
        let result: Value
        do throws(Unwind) {
            result = try callSpecial(hint, value)
        } catch {
            if catches(.typeError, error) { return standard }
            throw error
        }
        if result == .notImplemented { return standard }
        guard let int = asInt(result) else {
            throw raise(
                .typeError, "__length_hint__ must be an integer, not \(typeName(result))")
        }
        return try self.length(ofResult: int, of: "__length_hint__")
    }
}
