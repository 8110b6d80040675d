import InterpreterKit

/// `str` as the guest sees it: construction and operators. The methods are in files by subject.
extension VM {
    func installStrings() {
        build(.str) { type in
            type.new("(cls, object='', encoding=None, errors=None)") { (vm, a) throws(Unwind) in
                try vm.made(a[0], .str, try vm.newString(a))
            }
            addStringOperators(type)
            addStringSearch(type)
            addStringSplitting(type)
            addStringCase(type)
            addStringTests(type)
            addStringPadding(type)
            addStringTranslation(type)
            addStringFormatting(type)
        }
        installShowing()
        installTextFunctions()
        installBytes()
    }

    /// The receiver of a method of `str`.
    @inline(__always) func view(_ receiver: Value) -> StringView {
        receiver.isString ? StringView(receiver) : viewOfPayload(receiver)
    }
    @inline(never) private func viewOfPayload(_ receiver: Value) -> StringView {
        let string = payload(receiver, .string)
        return StringView(string?.isString == true ? string! : shared.pointee.emptyString)
    }
    /// The receiver of a method of `str`, as a plain string.
    @inline(__always) func plain(_ receiver: Value) -> Value { Value(view(receiver).object) }

    /// A `str` argument; `must` begins the message of the TypeError.
    func string(
        _ value: Value, _ must: @autoclosure () -> String = "must be str"
    ) throws(Unwind) -> StringView {
        if value.isString { return StringView(value) }
        if let string = asString(value), string.isString { return StringView(string) }
        let expected = must()
        // Functions that name themselves say None.
        let given = value == .none && expected.contains("()") ? "None" : typeName(value)
        throw raise(.typeError, "\(expected), not \(given)")
    }

    private func newString(_ a: CallArguments) throws(Unwind) -> Value {
        if !a.has(2) && !a.has(3) {
            if !a.has(1) { return shared.pointee.emptyString }
            let text = try str(a[1])
            // An instance of a subclass keeps its class only as long as nothing is made of it.
            return a[0] == Value(type(.str)) ? text : plain(text)
        }
        let encoding =
            a.has(2) ? text(try string(a[2], "str() argument 'encoding' must be str")) : "utf-8"
        let errors =
            a.has(3) ? text(try string(a[3], "str() argument 'errors' must be str")) : "strict"
        if !a.has(1) { return shared.pointee.emptyString }
        if asString(a[1]) != nil { throw raise(.typeError, "decoding str is not supported") }
        guard let bytes = try byteContent(a[1]) else {
            throw raise(
                .typeError,
                "decoding to str: need a bytes-like object, \(typeName(a[1])) found")
        }
        return try decode(bytes, encoding, errors)
    }
    func text(_ view: StringView) -> String { text(Value(view.object)) }

    private func addStringOperators(_ type: TypeBuilder) {
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.repr(vm.plain(a[0]))
        }
        type.method("__str__", "(self, /)") { (vm, a) throws(Unwind) in vm.plain(a[0]) }
        type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in Value(vm.view(a[0]).hash) }
        type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in Value(vm.view(a[0]).count) }
        type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.newIterator(.stringIterator, vm.plain(a[0]))
        }
        type.method("__getitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            try vm.item(ofString: vm.view(a[0]), a[1])
        }
        type.method("__contains__", "(self, key, /)") { (vm, a) throws(Unwind) in
            Value(try vm.contains(string: vm.view(a[0]), a[1]))
        }
        type.method("__add__", "(self, value, /)") { (vm, a) throws(Unwind) in
            guard let other = vm.asString(a[1]) else {
                throw vm.raise(
                    .typeError,
                    "can only concatenate str (not \"\(vm.typeName(a[1]))\") to str")
            }
            return try vm.concatenate(vm.plain(a[0]), other)
        }
        type.method("__mul__", "(self, value, /)") { (vm, a) throws(Unwind) in
            try vm.repeated(vm.plain(a[0]), try vm.index(a[1]))
        }
        type.method("__rmul__", "(self, value, /)") { (vm, a) throws(Unwind) in
            try vm.repeated(vm.plain(a[0]), try vm.index(a[1]))
        }
        type.method("__mod__", "(self, value, /)") { (vm, a) throws(Unwind) in
            try vm.percentFormat(vm.view(a[0]), a[1])
        }
        type.method("__rmod__", "(self, value, /)") { (vm, a) throws(Unwind) in
            guard let format = vm.asString(a[1]) else { return .notImplemented }
            return try vm.percentFormat(StringView(format), a[0])
        }
        for comparison in Comparison.allCases {
            type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                guard let other = vm.asString(a[1]) else { return .notImplemented }
                let (x, y) = (vm.view(a[0]), StringView(other))
                switch comparison {
                case .equal: return Value(StringView.equal(x, y))
                case .notEqual: return Value(!StringView.equal(x, y))
                default: return Value(comparison.holds(StringView.order(x, y)))
                }
            }
        }
        type.method("__getnewargs__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.tuple(vm.plain(a[0]))
        }
        type.method("__sizeof__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm.view(a[0]).byteCount + 49)
        }
    }

    /// `text[key]`
    func item(ofString view: StringView, _ key: Value) throws(Unwind) -> Value {
        if key.isA(Kind.slice) {
            return try slice(view, try bounds(ofSlice: key.reference))
        }
        var i = key.int
        if !key.isInt {
            if !isInteger(key) && lookup(typeOf: key, name(.index)) == .unbound {
                throw raise(
                    .typeError, "string indices must be integers, not '\(typeName(key))'")
            }
            i = try index(key, overflow: .indexError)
        }
        let n = view.count
        if i < 0 { i = i &+ n }
        if i < 0 || i >= n { throw raise(.indexError, "string index out of range") }
        return try character(view, i)
    }
    /// `item in text`
    func contains(string view: StringView, _ item: Value) throws(Unwind) -> Bool {
        guard let part = asString(item) else {
            throw raise(
                .typeError,
                "'in <string>' requires string as left operand, not \(typeName(item))")
        }
        return view.contains(StringView(part))
    }
}
