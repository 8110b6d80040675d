import InterpreterKit

extension VM {
    /// The type `int`.
    func installInt() {
        build(.int) { type in
            type.new("(cls, x=0, /, base=10)") { (vm, a) throws(Unwind) in
                let content =
                    a.has(2)
                    ? try vm.newInt(a[1], base: a[2])
                    : a.has(1) ? try vm.newInt(a[1]) : Value(0)
                return try vm.newNumber(a[0], .int, content)
            }
            addIntOperators(type)
            addIntConversions(type)
            addIntMethods(type)
        }
    }
    /// The number itself, or an instance of the class derived from its type.
    func newNumber(_ cls: Value, _ type: BuiltinType, _ content: Value) throws(Unwind) -> Value {
        cls == Value(self.type(type)) ? content : try newObject(cls.reference, content: content)
    }

    private func addIntOperators(_ type: TypeBuilder) {
        type.operators(
            NumberMethods.binary + NumberMethods.division + NumberMethods.bits
                + NumberMethods.logic
        ) { (vm, operation, a, b) throws(Unwind) in
            guard let (x, y) = vm.integerOperands(a, b) else { return .notImplemented }
            return try vm.integerOperation(operation, x, y)
        }
        type.power { (vm, a, b, modulus) throws(Unwind) in
            guard let (x, y) = vm.integerOperands(a, b) else { return .notImplemented }
            if modulus == .none { return try vm.power(ints: x, y) }
            guard let z = vm.asInt(modulus) else { return .notImplemented }
            return try vm.power(ofInt: x, y, modulus: z)
        }
        for (comparison, name) in NumberMethods.comparisons {
            type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                guard let (x, y) = vm.integerOperands(a[0], a[1]) else { return .notImplemented }
                return Value(comparison.holds(vm.order(ofInts: x, y)))
            }
        }
        type.method("__neg__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.negate(int: try vm.int(a[0]))
        }
        type.method("__pos__", "(self, /)") { (vm, a) throws(Unwind) in try vm.int(a[0]) }
        type.method("__abs__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.magnitude(ofInt: try vm.int(a[0]))
        }
        type.method("__invert__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.invert(int: try vm.int(a[0]))
        }
        type.method("__bool__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(try vm.int(a[0]) != Value(0))
        }
        type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.int(try vm.hash(try vm.int(a[0])))
        }
    }
    /// The content of `self` in a method of int.
    func int(_ value: Value) throws(Unwind) -> Value {
        if let int = asInt(value) { return int }
        throw raise(
            .typeError, "'\(typeName(value))' object cannot be interpreted as an integer")
    }

    private func addIntConversions(_ type: TypeBuilder) {
        for name: StaticString in ["__int__", "__index__", "__trunc__", "__floor__", "__ceil__"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in try vm.int(a[0]) }
        }
        type.method("conjugate", "(self, /)") { (vm, a) throws(Unwind) in try vm.int(a[0]) }
        for name: StaticString in ["real", "numerator"] {
            type.attribute(name) { (vm, a) throws(Unwind) in try vm.int(a[0]) }
        }
        type.attribute("imag") { (vm, a) throws(Unwind) in Value(0) }
        type.attribute("denominator") { (vm, a) throws(Unwind) in Value(1) }
        type.method("__float__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.value(try vm.double(ofInt: try vm.int(a[0])))
        }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.decimal(try vm.int(a[0]))
        }
        type.method("__format__", "(self, format_spec, /)") { (vm, a) throws(Unwind) in
            try vm.format(number: a[0], a[1])
        }
        type.method("__getnewargs__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.tuple(try vm.int(a[0]))
        }
        type.method("__round__", "(self, ndigits=None, /)") { (vm, a) throws(Unwind) in
            let int = try vm.int(a[0])
            return a.has(1) ? try vm.round(int: int, digits: try vm.integer(a[1])) : int
        }
        type.method("__sizeof__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(24 + (vm.bitCount(ofInt: try vm.int(a[0])) + 29) / 30 * 4)
        }
    }

    private func addIntMethods(_ type: TypeBuilder) {
        type.method("bit_length", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm.bitCount(ofInt: try vm.int(a[0])))
        }
        type.method("bit_count", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm.bitsSet(inInt: try vm.int(a[0])))
        }
        type.method("as_integer_ratio", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.tuple(try vm.int(a[0]), Value(1))
        }
        type.method("to_bytes", "(self, /, length=1, byteorder='big', *, signed=False)") {
            (vm, a) throws(Unwind) in
            let int = try vm.int(a[0])
            let count = a.has(1) ? try vm.index(a[1]) : 1
            let isBig = try vm.isBigEndian(a[2], "to_bytes")
            let isSigned = a.has(3) ? try vm.isTrue(a[3]) : false
            if count < 0 {
                throw vm.raise(.valueError, "length argument must be non-negative")
            }
            return try vm.bytes(ofInt: int, count: count, isBig: isBig, isSigned: isSigned)
        }
        type.classMethod("from_bytes", "(cls, /, bytes, byteorder='big', *, signed=False)") {
            (vm, a) throws(Unwind) in
            let isBig = try vm.isBigEndian(a[2], "from_bytes")
            let isSigned = a.has(3) ? try vm.isTrue(a[3]) : false
            var source = a[1]
            let method = vm.lookup(typeOf: source, vm.name(.bytes))
            if method != .unbound {
                source = try vm.callSpecial(method, source)
            }
            let content = try vm.byteValues(source)
            let int = try vm.int(
                bytes: isBig ? content.reversed() : content, isSigned: isSigned)
            return a[0] == Value(vm.type(.int)) ? int : try vm.call(a[0], int)
        }
    }
    private func isBigEndian(
        _ order: Value, _ function: StaticString
    ) throws(Unwind) -> Bool {
        if order == .unbound { return true }
        guard let string = asString(order) else {
            throw raise(
                .typeError, "\(function)() argument 'byteorder' must be str, not \(typeName(order))"
            )
        }
        switch text(string) {
        case "big": return true
        case "little": return false
        default:
            throw raise(.valueError, "byteorder must be either 'little' or 'big'")
        }
    }
    /// The bytes of a bytes-like object or of an iterable of ints.
    private func byteValues(_ source: Value) throws(Unwind) -> [UInt8] {
        if let bytes = try byteList(source) { return bytes }
        if asString(source) != nil || lookup(typeOf: source, name(.iter)) == .unbound {
            throw raise(.typeError, "cannot convert '\(typeName(source))' object to bytes")
        }
        var result: [UInt8] = []
        try iterate(source) { (item) throws(Unwind) in
            guard let byte = UInt8(exactly: try index(item)) else {
                throw raise(.valueError, "bytes must be in range(0, 256)")
            }
            result.append(byte)
            return true
        }
        return result
    }

    func bytes(
        ofInt int: Value, count: Int, isBig: Bool, isSigned: Bool
    ) throws(Unwind) -> Value {
        let isNegative = isNegative(int: int)
        if isNegative && !isSigned {
            throw raise(.overflowError, "can't convert negative int to unsigned")
        }
        // -128 needs as many bits as 127.
        let bits =
            isNegative
            ? bitCount(ofInt: try invert(int: int)) + 1
            : bitCount(ofInt: int) + (isSigned && int != Value(0) ? 1 : 0)
        if bits > count &* 8 && !(count == 0 && int == Value(isSigned ? -1 : 0)) || count > 1 << 40
        {
            throw raise(.overflowError, "int too big to convert")
        }
        let n = (bits + 63) / 64 + 1
        return try withOperand(int) { (x) throws(Unwind) in
            let room = max(n, x.count + 1)
            return try withLimbs(room) { (limbs) throws(Unwind) in
                twosComplement(x, limbs, room)
                let content = UnsafeRawPointer(limbs)
                let filler: UInt8 = isNegative ? 0xFF : 0
                return try newBytes(count: count) { out in
                    for i in 0..<count {
                        let byte =
                            i < room * 8 ? content.load(fromByteOffset: i, as: UInt8.self) : filler
                        out[isBig ? count - 1 - i : i] = byte
                    }
                }
            }
        }
    }
    /// The least significant byte comes first.
    func int(bytes: [UInt8], isSigned: Bool) throws(Unwind) -> Value {
        let n = (bytes.count + 7) / 8
        let isNegative = isSigned && (bytes.last ?? 0) & 0x80 != 0
        return try withLimbs(n) { (limbs) throws(Unwind) in
            Limbs.clear(limbs, n)
            for (i, byte) in bytes.enumerated() {
                limbs[i / 8] |= UInt64(isNegative ? ~byte : byte) &<< UInt64(i % 8 * 8)
            }
            let magnitude = try int(limbs: limbs, n, isNegative: false)
            return isNegative ? try invert(int: magnitude) : magnitude
        }
    }

    /// `round(int, count)`: half to even.
    func round(int: Value, digits count: Value) throws(Unwind) -> Value {
        if !isNegative(int: count) { return int }
        guard count.isInt, count.int > -(1 << 40) else { return Value(0) }
        // Beyond this the unit is more than twice the number.
        if -count.int > bitCount(ofInt: int) + 2 { return Value(0) }
        let unit = try power(ints: Value(10), Value(-count.int))
        let (quotient, rest) = try divide(ints: int, unit)
        let twice = try add(ints: rest, rest)
        let order = order(ofInts: twice, unit)
        let isOdd = try bitwise(.and, quotient, Value(1)) == Value(1)
        var result = try subtract(ints: int, rest)
        if order > 0 || order == 0 && isOdd { result = try add(ints: result, unit) }
        return result
    }
}
