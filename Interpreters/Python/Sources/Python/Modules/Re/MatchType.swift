import InterpreterKit

/// Methods of `re.Match`.
extension VM {
    func addMatchMethods(_ type: TypeBuilder, _ types: RegexTypes) {
        type.method("group", "(self, *groups)") { (vm, a) throws(Unwind) in
            let match = a[0].reference
            switch a.count {
            case 1: return try vm.group(match, 0, .none)
            case 2: return try vm.group(match, try vm.number(match, a[1]), .none)
            default:
                let pieces = try vm.newList(capacity: a.count)
                for i in 1..<a.count {
                    try vm.append(
                        pieces, try vm.group(match, try vm.number(match, a[i]), .none))
                }
                return try vm.tuple(ofList: pieces)
            }
        }
        type.method("__getitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            try vm.group(a[0].reference, try vm.number(a[0].reference, a[1]), .none)
        }
        type.method("groups", "(self, /, default=None)") { (vm, a) throws(Unwind) in
            let match = a[0].reference
            let pieces = try vm.newList()
            for i in 1..<max(1, vm.groupCount(match)) {
                try vm.append(pieces, try vm.group(match, i, a.value(1, or: .none)))
            }
            return try vm.tuple(ofList: pieces)
        }
        type.method("groupdict", "(self, /, default=None)") { (vm, a) throws(Unwind) in
            let match = a[0].reference
            let pattern = vm[match, MatchObject.pattern].reference
            let names = vm[pattern, PatternObject.groupIndex].reference
            // The same names with the groups in place of their numbers.
            let result = try vm.copy(ofDict: names)
            let count = vm.fill(result)
            if count == 0 { return Value(result) }
            let entries = vm[result, Dict.entries].reference
            for i in 0..<count {
                let number = vm[entries, 2 &* i &+ 1].int
                vm[entries, 2 &* i &+ 1] = try vm.group(match, number, a.value(1, or: .none))
            }
            return Value(result)
        }
        type.method("start", "(self, group=0, /)") { (vm, a) throws(Unwind) in
            let i = a.has(1) ? try vm.number(a[0].reference, a[1]) : 0
            return Value(vm.span(a[0].reference, i).start)
        }
        type.method("end", "(self, group=0, /)") { (vm, a) throws(Unwind) in
            let i = a.has(1) ? try vm.number(a[0].reference, a[1]) : 0
            return Value(vm.span(a[0].reference, i).end)
        }
        type.method("span", "(self, group=0, /)") { (vm, a) throws(Unwind) in
            let i = a.has(1) ? try vm.number(a[0].reference, a[1]) : 0
            let (start, end) = vm.span(a[0].reference, i)
            return try vm.tuple(Value(start), Value(end))
        }
        type.method("expand", "(self, /, template)") { (vm, a) throws(Unwind) in
            try vm.expand(types, a[0].reference, a[1])
        }
        addMatchFacts(type)
    }
    private func addMatchFacts(_ type: TypeBuilder) {
        type.attribute(
            "re",
            get: { (vm, a) throws(Unwind) in
                vm[a[0].reference, MatchObject.pattern]
            })
        type.attribute(
            "string",
            get: { (vm, a) throws(Unwind) in
                vm[a[0].reference, MatchObject.string]
            })
        type.attribute(
            "pos",
            get: { (vm, a) throws(Unwind) in
                Value(vm[a[0].reference, MatchObject.start])
            })
        type.attribute(
            "endpos",
            get: { (vm, a) throws(Unwind) in
                Value(vm[a[0].reference, MatchObject.end])
            })
        type.attribute(
            "lastindex",
            get: { (vm, a) throws(Unwind) in
                let last = vm[a[0].reference, MatchObject.lastGroup]
                return last < 0 ? .none : Value(last)
            })
        type.attribute(
            "lastgroup",
            get: { (vm, a) throws(Unwind) in
                let match = a[0].reference
                let last = vm[match, MatchObject.lastGroup]
                if last < 0 { return .none }
                let names = vm[vm[match, MatchObject.pattern].reference, PatternObject.groupNames]
                return vm.q.tupleElement(names.reference, last)
            })
        type.attribute(
            "regs",
            get: { (vm, a) throws(Unwind) in
                let match = a[0].reference
                let pieces = try vm.newList()
                for i in 0..<vm.groupCount(match) {
                    let (start, end) = vm.span(match, i)
                    try vm.append(pieces, try vm.tuple(Value(start), Value(end)))
                }
                return try vm.tuple(ofList: pieces)
            })
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let match = a[0].reference
            let (start, end) = vm.span(match, 0)
            var text = StringBuilder()
            text.append("<re.Match object; span=(")
            text.append(decimal: start)
            text.append(", ")
            text.append(decimal: end)
            text.append("), match=")
            let shown = StringView(try vm.repr(try vm.group(match, 0, .none)))
            text.append(shown, 0..<min(50, shown.count))
            text.append(">")
            return try text.string(vm)
        }
        type.method("__copy__", "(self, /)") { (vm, a) throws(Unwind) in a[0] }
        type.method("__deepcopy__", "(self, memo, /)") { (vm, a) throws(Unwind) in a[0] }
        addClassItem(type)
    }

    private func groupCount(_ match: Reference) -> Int {
        q.tupleCount(self[match, MatchObject.spans].reference) / 2
    }
    private func span(_ match: Reference, _ i: Int) -> (start: Int, end: Int) {
        let spans = self[match, MatchObject.spans].reference
        let (start, end) = (
            q.tupleElement(spans, 2 * i).int, q.tupleElement(spans, 2 * i + 1).int
        )
        return start < 0 || end < start ? (-1, -1) : (start, end)
    }
    /// The number of a group that the guest names or counts.
    private func number(_ match: Reference, _ key: Value) throws(Unwind) -> Int {
        var number = -1
        if key.isInt {
            number = key.int
        } else if isInteger(key) || lookup(typeOf: key, name(.index)) != .unbound {
            number = try clampedIndex(key)
        } else if asString(key) != nil || asBytes(key) != nil {
            let pattern = self[match, MatchObject.pattern].reference
            let found = try get(self[pattern, PatternObject.groupIndex].reference, key)
            if found.isInt { number = found.int }
        }
        if number < 0 || number >= groupCount(match) {
            throw raise(.indexError, "no such group")
        }
        return number
    }
    private func group(_ match: Reference, _ i: Int, _ none: Value) throws(Unwind) -> Value {
        let (start, end) = span(match, i)
        if start < 0 { return none }
        let string = self[match, MatchObject.string]
        if string.isString { return try substring(StringView(string), start, end) }
        let pattern = self[match, MatchObject.pattern].reference
        let subject = try subject(string, for: pattern)
        // The object may have become shorter since.
        return try subject.piece(self, min(start, subject.count), min(end, subject.count))
    }
    private func expand(
        _ types: RegexTypes, _ match: Reference, _ text: Value
    ) throws(Unwind) -> Value {
        let pattern = self[match, MatchObject.pattern].reference
        let template = try template(types, pattern, text)
        let isText = asString(text) != nil
        var result = StringBuilder()
        for piece in template.pieces {
            switch piece {
            case .literal(let points): for c in points { result.append(c) }
            case .group(let i):
                let value = try group(match, i, .none)
                if let string = asString(value) {
                    result.append(string: string)
                } else if value != .none {
                    result.append(latin1: try bytesLike(value).buffer)
                }
            }
        }
        return isText ? try result.string(self) : try result.bytes(self)
    }
}
