import InterpreterKit

/// What C gives as Python sees it.
extension VM {
    /// Addresses become pointers, byte strings `bytes`, and tuples that stand for structs named tuples.
    ///
    /// - Parameter shape: None where there are no structs; True for a complex number; else (class or None,
    ///   shapes of the items).
    func shown(_ value: Value, as shape: Value) throws(Unwind) -> Value {
        if value.isAddress { return try newPointer(Int(bitPattern: value.address)) }
        guard value.isReference else { return value }
        if shape == .true, let parts = asTuple(value) {
            return try complex(
                asFloat(item(ofTuple: parts.reference, 0)),
                asFloat(item(ofTuple: parts.reference, 1)))
        }
        if value.isA(.bytes) {
            let words = value.reference.address
            let count = Value(bits: words[1]).int
            return try newBytes(count: count) {
                $0.update(
                    from: UnsafeMutableRawPointer(words + 2).assumingMemoryBound(to: UInt8.self),
                    count: count)
            }
        }
        guard value.isTuple else { return value }
        let given = value.reference
        let items = shape.isTuple ? item(ofTuple: shape.reference, 1) : .none
        let known = items.isTuple ? count(ofTuple: items.reference) : 0
        let tuple = try q.foreignTuple(count: count(ofTuple: given)) { (_, i) throws(Unwind) in
            try shown(
                item(ofTuple: given, i), as: i < known ? item(ofTuple: items.reference, i) : .none)
        }
        guard let tuple else { throw outOfMemory() }
        guard shape.isTuple, case let type = item(ofTuple: shape.reference, 0), type.isType else {
            return tuple
        }
        let named = try newInstance(type.reference)
        self[named, Instance.slot(0)] = tuple
        return Value(named)
    }

    /// What is to be known of a type to show it: None, True, or (name or None, names of the members, their shapes).
    ///
    /// - Parameter name: what the program calls it, for structs without a tag.
    func description(of type: CType, named name: String = "struct") throws(Unwind) -> Value {
        switch type {
        case .aggregate(let aggregate) where aggregate.kind == .struct:
            let names = try newList()
            let shapes = try newList()
            for member in aggregate.members {
                try append(names, try string(member.name))
                try append(shapes, try description(of: member.type))
            }
            return try tuple(
                try string(aggregate.name ?? name), try tuple(ofList: names),
                try tuple(ofList: shapes))
        case .array(let element, let count):
            let inner = try description(of: element)
            if inner == .none { return .none }
            let shapes = try newList()
            for _ in 0..<count { try append(shapes, inner) }
            return try tuple(.none, .none, try tuple(ofList: shapes))
        case .complexFloat, .complexDouble, .complexLongDouble: return .true
        default: return .none
        }
    }
    /// The same for all that a function gives; see ``ForeignResult``.
    func description(ofResultOf declaration: Declaration) throws(Unwind) -> Value {
        let returned = declaration.parameters.filter { $0.direction != .in }
        let parts = try newList()
        if declaration.result != .void || returned.isEmpty {
            try append(
                parts,
                try description(of: declaration.result, named: declaration.resultSpelling))
        }
        for parameter in returned {
            // Of a buffer, nobody knows yet how many there are.
            try append(
                parts,
                parameter.capacity == nil
                    ? try description(of: parameter.element ?? .void) : .none)
        }
        if self[parts, List.count] == 1 { return item(ofList: parts, 0) }
        for i in 0..<self[parts, List.count] where item(ofList: parts, i) != .none {
            return try tuple(.none, .none, try tuple(ofList: parts))
        }
        return .none
    }
}
