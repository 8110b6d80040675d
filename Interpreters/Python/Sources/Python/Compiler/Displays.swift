import PythonSyntax

/// Tuples, lists, sets and dicts written out.
extension Compiler {
    /// More values than this are not gathered in registers.
    static let largestWindow = 64

    enum Display { case tuple, list, set }

    mutating func display(
        _ kind: Display, _ elements: [Expression], into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        let first = code.top
        defer { code.top = first }
        // A set of constants is made from a frozen one, which decides its order.
        if elements.count > (kind == .set ? 2 : 3), kind != .tuple,
            let constants = Compiler.folded(elements)
        {
            let target = code.push()
            code.emit(kind == .set ? .buildSet : .buildList, a: target, b: target, at: span)
            let items = code.push()
            load(kind == .set ? .frozenSet(constants) : .tuple(constants), into: items, at: span)
            code.emit(kind == .set ? .updateSet : .extend, a: target, b: items, at: span)
            return move(target, into: result, at: span)
        }
        if elements.count <= Compiler.largestWindow && !elements.contains(where: \.isStarred) {
            for element in elements { try value(element, into: code.push()) }
            let opcode: Opcode =
                switch kind {
                case .tuple: .buildTuple
                case .list: .buildList
                case .set: .buildSet
                }
            code.emit(opcode, a: result, b: first, c: elements.count, at: span)
            return
        }
        let target = code.push()
        try gather(elements, into: target, asSet: kind == .set, at: span)
        if kind == .tuple {
            code.emit(.listToTuple, a: result, b: target, at: span)
        } else {
            move(target, into: result, at: span)
        }
    }

    /// A list, or set, of elements some of which may be starred, into the temporary r[target].
    /// The values in r[first ..< first + count] come before them.
    mutating func gather(
        _ elements: [Expression], into target: Int, asSet: Bool = false, after first: Int = 0,
        _ count: Int = 0, at span: Span
    ) throws(PythonSyntaxError) {
        let mark = code.top
        defer { code.top = mark }
        var rest = elements[...]
        if count > 0 {
            code.emit(.buildList, a: target, b: first, c: count, at: span)
        } else {
            let first = code.top
            while let element = rest.first, !element.isStarred,
                code.top - first < Compiler.largestWindow
            {
                try value(element, into: code.push())
                rest.removeFirst()
            }
            code.emit(
                asSet ? .buildSet : .buildList, a: target, b: first, c: code.top - first, at: span)
        }
        for element in rest {
            code.top = mark
            if case .starred(let iterable, _) = element.kind {
                let register = try operand(iterable)
                code.emit(asSet ? .updateSet : .extend, a: target, b: register, at: span)
            } else {
                let register = try operand(element)
                code.emit(asSet ? .addToSet : .append, a: target, b: register, at: span)
            }
        }
    }

    mutating func dictionary(
        _ keys: [Expression?], _ values: [Expression], into result: Int, at span: Span
    ) throws(PythonSyntaxError) {
        let first = code.top
        defer { code.top = first }
        let pairs = zip(keys, values)
        let leading = pairs.prefix(Compiler.largestWindow / 2).prefix { $0.0 != nil }.count
        let isWhole = leading == values.count
        // Where the dict grows, if there is more to come.
        let target = isWhole ? result : code.push()
        let mark = code.top
        for (key, value) in pairs.prefix(leading) {
            if let key { try self.value(key, into: code.push()) }
            try self.value(value, into: code.push())
        }
        code.emit(.buildDict, a: target, b: mark, c: leading, at: span)
        for (key, value) in pairs.dropFirst(leading) {
            code.top = mark
            if let key {
                let a = try operand(key, before: [value])
                code.emit(.setEntry, a: target, b: a, c: try operand(value), at: span)
            } else {
                code.emit(.updateDict, a: target, b: try operand(value), at: span)
            }
        }
        move(target, into: result, at: span)
    }
}
