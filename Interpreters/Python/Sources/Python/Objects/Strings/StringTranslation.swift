import InterpreterKit

/// `translate`, `maketrans` and `encode` of `str`.
extension VM {
    func addStringTranslation(_ type: TypeBuilder) {
        type.staticMethod("maketrans", "(x, y=None, z=None, /)") { (vm, a) throws(Unwind) in
            try vm.translationTable(a)
        }
        type.method("translate", "(self, table, /)") { (vm, a) throws(Unwind) in
            try vm.translate(vm.view(a[0]), a[1])
        }
        type.method("encode", "(self, encoding='utf-8', errors='strict')") {
            (vm, a) throws(Unwind) in
            if !a.has(1) || a[1].isString && vm.isUTF8(StringView(a[1])),
                !a.has(2) || vm.asString(a[2]) != nil,
                let bytes = try vm.encodeUTF8(vm.view(a[0]))
            {
                return bytes
            }
            let encoding =
                a.has(1)
                ? vm.text(try vm.string(a[1], "encode() argument 'encoding' must be str"))
                : "utf-8"
            let errors =
                a.has(2)
                ? vm.text(try vm.string(a[2], "encode() argument 'errors' must be str"))
                : "strict"
            return try vm.encode(vm.plain(a[0]), encoding, errors)
        }
    }

    private func translationTable(_ a: CallArguments) throws(Unwind) -> Value {
        let table = newDict()
        if !a.has(1) {
            guard let source = a[0].isDict ? a[0] : payload(a[0], .dict) else {
                throw raise(
                    .typeError, "if you give only one argument to maketrans it must be a dict")
            }
            var i = 0
            while i < fill(source.reference) {
                defer { i += 1 }
                guard let (key, value) = entry(source.reference, i) else { continue }
                if let string = asString(key) {
                    let view = StringView(string)
                    if view.count != 1 {
                        throw raise(
                            .valueError, "string keys in translate table must be of length 1")
                    }
                    try set(table, Value(Int(view[0])), value)
                } else if isInteger(key) {
                    try set(table, key, value)
                } else {
                    throw raise(
                        .typeError, "keys in translate table must be strings or integers")
                }
            }
            return Value(table)
        }
        let to = try string(a[1], "maketrans() argument 2 must be str")
        guard let first = asString(a[0]) else {
            throw raise(
                .typeError,
                "first maketrans argument must be a string if there is a second argument")
        }
        let from = StringView(first)
        if from.count != to.count {
            throw raise(
                .valueError, "the first two maketrans arguments must have equal length")
        }
        for i in 0..<from.count { try set(table, Value(Int(from[i])), Value(Int(to[i]))) }
        if a.has(2) {
            let gone = try string(a[2], "maketrans() argument 3 must be str")
            for i in 0..<gone.count { try set(table, Value(Int(gone[i])), .none) }
        }
        return Value(table)
    }

    /// Each character becomes what the table has for it; one that it does not have stays.
    func translate(_ text: StringView, _ table: Value) throws(Unwind) -> Value {
        var result = StringBuilder(capacity: text.count)
        // What single ASCII characters become, once it is known: a code point + 2, or 1 for nothing.
        var known = [UInt32](repeating: 0, count: 128)
        for i in 0..<text.count {
            let c = text[i]
            if c < 128 {
                let replacement = known[Int(c)]
                if replacement > 1 {
                    result.append(replacement - 2)
                    continue
                }
                if replacement == 1 { continue }
            }
            let mapped = try mapping(of: c, in: table)
            if mapped == .unbound {
                result.append(c)
                if c < 128 { known[Int(c)] = c + 2 }
            } else if mapped == .none {
                if c < 128 { known[Int(c)] = 1 }
            } else if let string = asString(mapped) {
                let view = StringView(string)
                result.append(view)
                if c < 128 && view.count == 1 { known[Int(c)] = view[0] + 2 }
            } else if let int = asInt(mapped) {
                guard int.isInt && int.int >= 0 && int.int < 0x110000 else {
                    throw raise(.valueError, "character mapping must be in range(0x110000)")
                }
                result.append(UInt32(int.int))
                if c < 128 { known[Int(c)] = UInt32(int.int) + 2 }
            } else {
                throw raise(
                    .typeError, "character mapping must return integer, None or str")
            }
        }
        return try result.string(self)
    }
    private func mapping(of c: UInt32, in table: Value) throws(Unwind) -> Value {
        if table.isDict { return try get(table.reference, Value(Int(c))) }
        do throws(Unwind) {
            return try getItem(table, Value(Int(c)))
        } catch {
            if catches(.lookupError, error) { return .unbound }
            throw error
        }
    }
}
