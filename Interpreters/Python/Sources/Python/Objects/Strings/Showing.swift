import InterpreterKit

/// `repr`, `str` and `ascii` of any value.
extension VM {
    /// `repr(value)`
    func repr(_ value: Value) throws(Unwind) -> Value {
        if value.isInt { return try decimal(value) }
        if let double = value.asDouble { return try repr(ofFloat: double) }
        if value.isInstance { return try reprByMethod(value) }
        var text = StringBuilder()
        try show(value, into: &text)
        return try text.string(self)
    }
    /// `str(value)`
    func str(_ value: Value) throws(Unwind) -> Value {
        if value.isString { return value }
        guard value.isInstance || value.isType || value.isA(Kind.mappingProxy) else {
            return try repr(value)
        }
        let method = lookup(typeOf: value, name(.str))
        if method == .unbound || isFromObject(method) { return try repr(value) }
        let result = try callSpecial(method, value)
        if result.isString || asString(result) != nil { return result }
        throw raise(
            .typeError, "__str__ returned non-string (type \(typeName(result)))")
    }
    /// `ascii(value)`
    func ascii(_ value: Value) throws(Unwind) -> Value {
        let text = try repr(value)
        let view = StringView(asString(text) ?? text)
        if view.isASCII { return text }
        var result = StringBuilder(capacity: view.count + 16)
        for i in 0..<view.count {
            let c = view[i]
            if c < 128 { result.append(c) } else { result.append(escape: c) }
        }
        return try result.string(self)
    }
    /// What `repr` of an instance of a class gives; a `str`, possibly of a subclass.
    private func reprByMethod(_ value: Value) throws(Unwind) -> Value {
        let method = lookup(typeOf: value, name(.repr))
        if method == .unbound || isFromObject(method) { return try defaultRepr(value) }
        let result = try callSpecial(method, value)
        if asString(result) != nil { return result }
        throw raise(
            .typeError, "__repr__ returned non-string (type \(typeName(result)))")
    }

    /// Is it a method that every object inherits from `object`?
    func isFromObject(_ method: Value) -> Bool {
        method.isA(Kind.native)
            && self[method.reference, NativeFunction.owner] == Value(type(.object))
    }

    /// `<module.Name object at 0x…>`
    func defaultRepr(_ value: Value) throws(Unwind) -> Value {
        var text = StringBuilder()
        appendDefaultRepr(value, to: &text)
        return try text.string(self)
    }
    func appendDefaultRepr(_ value: Value, to text: inout StringBuilder) {
        text.append("<")
        append(fullNameOf: type(of: value), to: &text)
        text.append(" object")
        append(addressOf: value, to: &text)
    }
    /// ` at 0x7f…>`
    func append(addressOf value: Value, to text: inout StringBuilder) {
        text.append(" at 0x")
        text.append(hex: identity(value), digits: 12)
        text.append(">")
    }
    /// What `id(value)` is.
    func identity(_ value: Value) -> UInt {
        value.isReference ? UInt(bitPattern: value.reference.address) : UInt(value.bits)
    }
    /// The name of a type with its module, unless that is `builtins`.
    func append(fullNameOf type: Reference, to text: inout StringBuilder) {
        let module = find(self[type, TypeObject.namespace], name: name(.module))
        if let module = asString(module), self.text(module) != "builtins" {
            text.append(string: module)
            text.append(".")
        }
        if let name = asString(self[type, TypeObject.qualifiedName]) { text.append(string: name) }
    }

    // MARK: objects within themselves

    /// Runs `body`, which shows what `object` consists of; returns false instead when that is already in
    /// progress on this thread, so that the object contains itself.
    func whileShowing(
        _ object: Reference, _ body: () throws(Unwind) -> Void
    ) throws(Unwind) -> Bool {
        let head = thread.pointee.stackBase + ThreadWord.shown
        let outer = head.pointee
        var node = UnsafeMutablePointer<Shown>(bitPattern: UInt(outer))
        while let known = node {
            if known.pointee.object == object { return false }
            node = known.pointee.outer
        }
        try enterNative(" while getting the repr of an object")
        defer { leaveNative() }
        var shown = Shown(
            object: object, outer: UnsafeMutablePointer<Shown>(bitPattern: UInt(outer)))
        return try withUnsafeMutablePointer(to: &shown) { (pointer) throws(Unwind) in
            head.pointee = UInt64(UInt(bitPattern: pointer))
            defer { head.pointee = outer }
            try body()
            return true
        }
    }
}

/// An object that is being shown, in the native frame that shows it: the thread's list of them is
/// nothing that a rollback or the collector must know.
private struct Shown {
    let object: Reference
    let outer: UnsafeMutablePointer<Shown>?
}
