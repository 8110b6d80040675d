import Glibc
import InterpreterKit

extension VM {
    /// The type `float`.
    func installFloat() {
        build(.float) { type in
            type.new("(cls, x=0, /, **kwargs)") { (vm, a) throws(Unwind) in
                if a.keywords.isDict && vm.count(ofDict: a.keywords.reference) > 0 {
                    try vm.checkOwnInitializer(a[0], .float)
                }
                let content = a.has(1) ? try vm.newFloat(a[1]) : vm.value(0.0)
                return try vm.newNumber(a[0], .float, content)
            }
            addFloatOperators(type)
            addFloatConversions(type)
            addFloatMethods(type)
        }
    }
    /// Keyword arguments are for the `__init__` of a derived class, if there is one.
    private func checkOwnInitializer(_ cls: Value, _ type: BuiltinType) throws(Unwind) {
        if cls.isType,
            lookup(cls.reference, name(.`init`)) != lookup(self.type(type), name(.`init`))
        {
            return
        }
        throw raise(.typeError, "\(type.facts.name)() takes no keyword arguments")
    }
    /// `float(value)`
    private func newFloat(_ value: Value) throws(Unwind) -> Value {
        if value.isFloat { return value }
        let type = type(of: value)
        let method = lookup(type, name(.float))
        if method != .unbound && value.isInstance {
            let result = try callSpecial(method, value)
            if let double = floatContent(result) { return self.value(double) }
            throw raise(
                .typeError,
                "\(typeName(value)).__float__ returned non-float (type \(typeName(result)))")
        }
        if method != .unbound || lookup(type, name(.index)) != .unbound {
            return self.value(try asFloat(value))
        }
        if let string = asString(value) {
            let view = StringView(string)
            if view.isASCII,
                let double = FloatText.parsePlain(
                    UnsafeBufferPointer(start: view.bytes, count: view.count))
            {
                return self.value(double)
            }
            return try parseFloat(numberText(string), shown: value)
        }
        if let bytes = try byteList(value) { return try parseFloat(bytes, shown: value) }
        throw raise(
            .typeError,
            "float() argument must be a string or a real number, not '\(typeName(value))'")
    }
    private func parseFloat(_ text: [UInt8], shown: Value) throws(Unwind) -> Value {
        if let double = FloatText.parse(text) { return value(double) }
        throw raise(
            .valueError, "could not convert string to float: \(self.text(try repr(shown)))")
    }
    /// The content of `self` in a method of float.
    func float(_ value: Value) throws(Unwind) -> Double {
        if let double = floatContent(value) { return double }
        throw raise(.typeError, "must be real number, not \(typeName(value))")
    }

    private func addFloatOperators(_ type: TypeBuilder) {
        type.operators(NumberMethods.binary + NumberMethods.division) {
            (vm, operation, a, b) throws(Unwind) in
            guard let (x, y) = try vm.floatOperands(a, b) else { return .notImplemented }
            return try vm.floatOperation(operation, x, y)
        }
        type.power { (vm, a, b, modulus) throws(Unwind) in
            if modulus != .none {
                throw vm.raise(
                    .typeError,
                    "pow() 3rd argument not allowed unless all arguments are integers")
            }
            guard let (x, y) = try vm.floatOperands(a, b) else { return .notImplemented }
            return try vm.floatPower(x, y)
        }
        for (comparison, name) in NumberMethods.comparisons {
            type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                let x = try vm.float(a[0])
                if let y = vm.floatContent(a[1]) { return Value(comparison.holds(x, y)) }
                guard let int = vm.asInt(a[1]) else { return .notImplemented }
                return Value(vm.compare(comparison, x, int: int))
            }
        }
        type.method("__neg__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.value(-(try vm.float(a[0])))
        }
        type.method("__pos__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.value(try vm.float(a[0]))
        }
        type.method("__abs__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.value(try vm.float(a[0]).magnitude)
        }
        type.method("__bool__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(try vm.float(a[0]) != 0)
        }
        type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.int(NumberHash.double(try vm.float(a[0]), a[0]))
        }
    }

    private func addFloatConversions(_ type: TypeBuilder) {
        type.method("__float__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.value(try vm.float(a[0]))
        }
        type.method("conjugate", "(self, /)") { (vm, a) throws(Unwind) in
            vm.value(try vm.float(a[0]))
        }
        type.attribute("real") { (vm, a) throws(Unwind) in vm.value(try vm.float(a[0])) }
        type.attribute("imag") { (vm, a) throws(Unwind) in vm.value(0.0) }
        for name: StaticString in ["__int__", "__trunc__"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
                try vm.int(truncating: try vm.float(a[0]))
            }
        }
        type.method("__floor__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.int(truncating: try vm.float(a[0]).rounded(.down))
        }
        type.method("__ceil__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.int(truncating: try vm.float(a[0]).rounded(.up))
        }
        type.method("__round__", "(self, ndigits=None, /)") { (vm, a) throws(Unwind) in
            let double = try vm.float(a[0])
            if !a.has(1) || a[1] == .none {
                return try vm.int(truncating: double.rounded(.toNearestOrEven))
            }
            return try vm.round(double, digits: try vm.clampedIndex(a[1]))
        }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.repr(ofFloat: try vm.float(a[0]))
        }
        type.method("__format__", "(self, format_spec, /)") { (vm, a) throws(Unwind) in
            try vm.format(number: a[0], a[1])
        }
        type.method("__getnewargs__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.tuple(vm.value(try vm.float(a[0])))
        }
    }

    private func addFloatMethods(_ type: TypeBuilder) {
        type.method("is_integer", "(self, /)") { (vm, a) throws(Unwind) in
            let double = try vm.float(a[0])
            return Value(double.isFinite && double == double.rounded(.down))
        }
        type.method("as_integer_ratio", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.integerRatio(try vm.float(a[0]))
        }
        type.method("hex", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.string(HexFloat.text(try vm.float(a[0])))
        }
        type.classMethod("fromhex", "(cls, string, /)") { (vm, a) throws(Unwind) in
            guard let string = vm.asString(a[1]) else {
                throw vm.raise(
                    .typeError, "bad argument type for built-in operation")
            }
            switch HexFloat.parse(vm.utf8(string)) {
            case .value(let double):
                let float = vm.value(double)
                return a[0] == Value(vm.type(.float)) ? float : try vm.call(a[0], float)
            case .malformed:
                throw vm.raise(.valueError, "invalid hexadecimal floating-point string")
            case .tooLarge:
                throw vm.raise(
                    .overflowError, "hexadecimal value too large to represent as a float")
            }
        }
        type.classMethod("__getformat__", "(cls, typestr, /)") { (vm, a) throws(Unwind) in
            guard let kind = vm.asString(a[1]) else {
                throw vm.raise(
                    .typeError,
                    "__getformat__() argument must be str, not \(vm.typeName(a[1]))")
            }
            switch vm.text(kind) {
            case "double", "float": return try vm.string("IEEE, little-endian")
            default:
                throw vm.raise(
                    .valueError, "__getformat__() argument 1 must be 'double' or 'float'")
            }
        }
    }
    /// Numerator and denominator without common factors.
    private func integerRatio(_ d: Double) throws(Unwind) -> Value {
        if d.isInfinite {
            throw raise(.overflowError, "cannot convert Infinity to integer ratio")
        }
        if d.isNaN { throw raise(.valueError, "cannot convert NaN to integer ratio") }
        if d == 0 { return try tuple(Value(0), Value(1)) }
        var exponent: CInt = 0
        var significand = frexp(d, &exponent)
        // At most 53 doublings make it whole.
        while significand != significand.rounded(.down) {
            significand *= 2
            exponent -= 1
        }
        let whole = Value(Int(significand))
        let power = Value(abs(Int(exponent)))
        if exponent >= 0 { return try tuple(try shiftLeft(int: whole, by: power), Value(1)) }
        return try tuple(whole, try shiftLeft(int: Value(1), by: power))
    }
}
