import InterpreterKit

/// Python's values by value: numbers, structs, arrays.
extension VM {
    /// What the gateway takes for a value of type `type`; nil when there is no such thing.
    func foreign(_ value: Value, as type: CType) throws(Unwind) -> Value? {
        if value.isInt || value.isInlineDouble { return value }
        switch type {
        case .float, .double, .longDouble:
            return isNumber(value) ? self.value(try asFloat(value)) : nil
        case .complexFloat, .complexDouble, .complexLongDouble:
            if asTuple(value) != nil { return try foreign(elementsOf: value) { _ in .double } }
            guard let number = try asComplex(value) else { return nil }
            return try tuple(self.value(number.re), self.value(number.im))
        case .aggregate(let aggregate):
            if let address = address(ofPointer: value) { return address }
            if isBytesLike(value) { return try gatewayBytes(value) }
            if aggregate.kind == .union { return nil }
            let members = aggregate.members
            return try foreign(elementsOf: value) { $0 < members.count ? members[$0].type : nil }
        case .array(let element, let count):
            if isBytesLike(value) { return try gatewayBytes(value) }
            if let text = asString(value) { return try gatewayBytes(try bytes(utf8(text))) }
            return try foreign(elementsOf: value) { $0 < count ? element : nil }
        case .string, .constPointer, .pointer, .callback:
            return value == .none ? value : address(ofPointer: value)
        default:
            if value.isBool { return value }
            if let int = asInt(value) { return int }
            return lookup(typeOf: value, name(.index)) == .unbound ? nil : try integer(value)
        }
    }

    /// A tuple or list, as a struct or array. What is too much, the gateway refuses.
    func foreign(
        elementsOf value: Value, as type: (Int) -> CType?
    ) throws(Unwind) -> Value? {
        let items: Reference
        if let tuple = asTuple(value) {
            items = tuple.reference
        } else if value.isList {
            items = try tuple(ofList: value.reference).reference
        } else {
            return nil
        }
        var isComplete = true
        let result = try q.foreignTuple(count: count(ofTuple: items)) { (_, i) throws(Unwind) in
            guard let type = type(i) else { return .none }
            if let element = try foreign(item(ofTuple: items, i), as: type) { return element }
            isComplete = false
            return .none
        }
        guard let result else { throw outOfMemory() }
        return isComplete ? result : nil
    }

    /// Bytes as a byte string of the gateway's own.
    func gatewayBytes(_ value: Value) throws(Unwind) -> Value {
        let bytes = BytesView(try contiguous(value))
        let copy = q.newBytes(.bytes, count: bytes.count) {
            $0.copyMemory(from: bytes.data, byteCount: bytes.count)
        }
        return Value(try checked(copy))
    }

    private func isNumber(_ value: Value) -> Bool {
        floatContent(value) != nil || asInt(value) != nil
            || lookup(typeOf: value, intern("__float__")) != .unbound
            || lookup(typeOf: value, name(.index)) != .unbound
    }
}
