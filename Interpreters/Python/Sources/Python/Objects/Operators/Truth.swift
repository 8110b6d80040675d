import InterpreterKit

extension VM {
    /// `bool(value)`
    func isTrue(_ value: Value) throws(Unwind) -> Bool {
        if value.isInt { return value.int != 0 }
        if value.isInlineDouble { return value.inlineDouble != 0 }
        if value == .true || value == .ellipsis { return true }
        if value == .false || value == .none { return false }
        guard value.isReference else { return true }
        let object = value.reference
        switch object.kind {
        case Kind.string.kind: return StringView(object).count != 0
        case Shape.tuple.kind: return q.tupleCount(object) != 0
        case Kind.list.kind: return self[object, List.count] != 0
        case Kind.dict.kind: return count(ofDict: object) != 0
        case Shape.boxedDouble.kind: return value.asDouble != 0
        case Kind.bigInt.kind, Kind.function.kind, Kind.native.kind, Kind.method.kind: return true
        default: return try isTrueByMethod(value)
        }
    }
    private func isTrueByMethod(_ value: Value) throws(Unwind) -> Bool {
        let type = type(of: value)
        let method = lookup(type, name(.bool))
        if method != .unbound {
            let answer = try callSpecial(method, value)
            if answer.isBool { return answer == .true }
            throw raise(.typeError, "__bool__ should return bool, returned \(typeName(answer))")
        }
        return lookup(type, name(.len)) == .unbound ? true : try length(value) != 0
    }

    /// `len(value)`
    func length(_ value: Value) throws(Unwind) -> Int {
        if value.isReference {
            let object = value.reference
            switch object.kind {
            case Kind.string.kind: return StringView(object).count
            case Shape.tuple.kind: return q.tupleCount(object)
            case Kind.list.kind: return self[object, List.count]
            case Kind.dict.kind: return count(ofDict: object)
            default: break
            }
        }
        let method = lookup(typeOf: value, name(.len))
        if method == .unbound {
            throw raise(.typeError, "object of type '\(typeName(value))' has no len()")
        }
        return try length(ofResult: try callSpecial(method, value))
    }
    /// What `__len__` and `__length_hint__` may return.
    func length(ofResult result: Value, of method: StaticString = "__len__") throws(Unwind) -> Int {
        let count = try integer(result)
        if isNegative(int: count) { throw raise(.valueError, "\(method)() should return >= 0") }
        return try index(count)
    }
}
