import InterpreterKit

/// Methods of `str` that look for other strings in it.
extension VM {
    func addStringSearch(_ type: TypeBuilder) {
        type.method("find", "(self, sub, start=None, end=None, /)") { (vm, a) throws(Unwind) in
            Value(try vm.find(a, isLast: false))
        }
        type.method("rfind", "(self, sub, start=None, end=None, /)") { (vm, a) throws(Unwind) in
            Value(try vm.find(a, isLast: true))
        }
        type.method("index", "(self, sub, start=None, end=None, /)") { (vm, a) throws(Unwind) in
            Value(try vm.found(try vm.find(a, isLast: false)))
        }
        type.method("rindex", "(self, sub, start=None, end=None, /)") { (vm, a) throws(Unwind) in
            Value(try vm.found(try vm.find(a, isLast: true)))
        }
        type.method("count", "(self, sub, start=None, end=None, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            let (start, end) = try vm.range(a[2], a[3], in: text.count)
            let part = try vm.string(a[1])
            return Value(Needle(part, in: text).occurrences(text.data, start, end))
        }
        type.method("startswith", "(self, prefix, start=None, end=None, /)") {
            (vm, a) throws(Unwind) in
            try vm.isAffix(a, atEnd: false, "startswith")
        }
        type.method("endswith", "(self, suffix, start=None, end=None, /)") {
            (vm, a) throws(Unwind) in
            try vm.isAffix(a, atEnd: true, "endswith")
        }
        type.method("replace", "(self, old, new, count=-1, /)") { (vm, a) throws(Unwind) in
            let old = try vm.string(a[1], "replace() argument 1 must be str")
            let new = try vm.string(a[2], "replace() argument 2 must be str")
            let most = a.has(3) ? try vm.index(a[3]) : -1
            return try vm.replace(vm.view(a[0]), old, new, most: most)
        }
        type.method("removeprefix", "(self, prefix, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            let part = try vm.string(a[1], "removeprefix() argument must be str")
            let n = part.count
            let isThere = n <= text.count && Needle(part, in: text).matches(text.data, at: 0)
            return try vm.substring(text, isThere ? n : 0, text.count)
        }
        type.method("removesuffix", "(self, suffix, /)") { (vm, a) throws(Unwind) in
            let text = vm.view(a[0])
            let part = try vm.string(a[1], "removesuffix() argument must be str")
            let rest = text.count - part.count
            let isThere = rest >= 0 && Needle(part, in: text).matches(text.data, at: rest)
            return try vm.substring(text, 0, isThere ? rest : text.count)
        }
    }

    private func find(_ a: CallArguments, isLast: Bool) throws(Unwind) -> Int {
        let text = view(a[0])
        let (start, end) = try range(a[2], a[3], in: text.count)
        let part = try string(a[1])
        let needle = Needle(part, in: text)
        return isLast
            ? needle.last(text.data, start, end) : needle.first(text.data, start, end)
    }
    private func found(_ i: Int) throws(Unwind) -> Int {
        if i < 0 { throw raise(.valueError, "substring not found") }
        return i
    }

    private func isAffix(
        _ a: CallArguments, atEnd: Bool, _ method: StaticString
    ) throws(Unwind) -> Value {
        let text = view(a[0])
        let (start, end) = try range(a[2], a[3], in: text.count)
        if let part = asString(a[1]) {
            return Value(isAffix(text, StringView(part), start, end, atEnd))
        }
        guard let parts = asTuple(a[1]) else {
            throw raise(
                .typeError,
                "\(method) first arg must be str or a tuple of str, not \(typeName(a[1]))")
        }
        for i in 0..<q.tupleCount(parts.reference) {
            let item = q.tupleElement(parts.reference, i)
            guard let part = asString(item) else {
                throw raise(
                    .typeError,
                    "tuple for \(method) must only contain str, not \(typeName(item))")
            }
            if isAffix(text, StringView(part), start, end, atEnd) { return .true }
        }
        return .false
    }
    private func isAffix(
        _ text: StringView, _ part: StringView, _ start: Int, _ end: Int, _ atEnd: Bool
    ) -> Bool {
        let n = part.count
        if end &- start < n { return false }
        return Needle(part, in: text).matches(text.data, at: atEnd ? end &- n : start)
    }
    /// The tuple itself, or the content of an instance of a subclass; nil for the rest.
    func asTuple(_ value: Value) -> Value? { value.isTuple ? value : payload(value, .tuple) }
}
