import InterpreterKit

extension ModuleBuilder {
    /// The module `array`.
    func array() throws(Unwind) {
        let type = vm.newBuiltinType(
            "array", base: vm.type(.object), module: name, reserved: 2, payload: .native)
        let builder = TypeBuilder(vm: vm, type: type, name: "array")
        builder.new("(cls, typecode, initializer=None, /)") { (vm, a) throws(Unwind) in
            let code = try vm.arrayCode(a[1])
            let array = try vm.newArray(a[0].reference, code)
            if a.has(2) && a[2] != .none { try array.initialize(a[2]) }
            return Value(array.object)
        }
        addArrayOperators(builder)
        addArrayItems(builder)
        addArrayMethods(builder)
        addArrayConversions(builder)
        vm.addClassItem(builder)
        builder.constant("__hash__", .none)
        add("array", type)
        constant("ArrayType", Value(type))
        constant("typecodes", try vm.string(ArrayFormat.codes))
    }
}

extension VM {
    /// The code of a new array.
    fileprivate func arrayCode(_ value: Value) throws(Unwind) -> UInt8 {
        guard let string = asString(value), StringView(string).count == 1 else {
            throw raise(
                .typeError,
                "array() argument 1 must be a unicode character, not \(typeName(value))")
        }
        let c = StringView(string)[0]
        guard ArrayFormat.isCode(c) else {
            throw raise(
                .valueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)")
        }
        return UInt8(c)
    }
    func newArray(_ type: Reference, _ code: UInt8) throws(Unwind) -> ArrayObject {
        let object = try newInstance(type)
        self[object, ArrayObject.storage] = Value(newByteArray())
        self[object, ArrayObject.format] = Value(Int(code))
        return ArrayObject(self, object)
    }
    /// The array that a value is; nil for others.
    func asArray(_ value: Value, like other: ArrayObject) -> ArrayObject? {
        guard value.isInstance else { return nil }
        let type = self[type(of: Value(other.object)), TypeObject.solidBase].reference
        return isSubtype(self.type(of: value), type) ? ArrayObject(self, value) : nil
    }
}

extension ArrayObject {
    /// The array's own type, of which classes of the guest derive.
    var arrayType: Reference {
        vm[vm.type(of: Value(object)), TypeObject.solidBase].reference
    }
    /// A new array of the same kind of items.
    func like(_ bytes: [UInt8]) throws(Unwind) -> Value {
        let result = try vm.newArray(arrayType, code)
        try result.replace(0, 0, with: bytes)
        return Value(result.object)
    }

    fileprivate func initialize(_ source: Value) throws(Unwind) {
        if vm.asString(source) != nil {
            if isText { return try extend(source) }
            throw vm.raise(
                .typeError,
                "cannot use a str to initialize an array with typecode '\(Unicode.Scalar(code))'")
        }
        if let other = vm.asArray(source, like: self) {
            if isText != other.isText {
                throw vm.raise(
                    .typeError,
                    "cannot use a unicode array to initialize an array with typecode '\(Unicode.Scalar(code))'"
                )
            }
            if other.code == code { return try replace(0, 0, with: other.allBytes) }
        }
        if vm.asBytes(source) != nil || vm.asByteArray(source) != nil,
            let bytes = try vm.byteList(source)
        {
            return try append(bytes: bytes)
        }
        try extend(source)
    }
    /// Items as bytes at the end.
    func append(bytes: [UInt8]) throws(Unwind) {
        if bytes.count % itemSize != 0 {
            throw vm.raise(.valueError, "bytes length not a multiple of item size")
        }
        try replace(count, count, with: bytes)
    }
    func extend(_ source: Value) throws(Unwind) {
        try vm.iterate(source) { (item) throws(Unwind) in
            try append(item)
            return true
        }
    }
    /// Of an operand of `+`.
    func appending(_ other: Value) throws(Unwind) -> ArrayObject {
        guard let array = vm.asArray(other, like: self) else {
            throw vm.raise(
                .typeError, "can only append array (not \"\(vm.typeName(other))\") to array")
        }
        if array.code != code {
            throw vm.raise(.typeError, "bad argument type for built-in operation")
        }
        return array
    }
    func repeated(_ times: Value) throws(Unwind) -> [UInt8] {
        let n = max(0, try vm.index(times))
        let bytes = allBytes
        let (total, overflow) = bytes.count.multipliedReportingOverflow(by: n)
        if overflow { throw vm.outOfMemory() }
        try vm.checkSize(limbs: total / 8)
        var result: [UInt8] = []
        result.reserveCapacity(total)
        for _ in 0..<(bytes.isEmpty ? 0 : n) { result += bytes }
        return result
    }
}
