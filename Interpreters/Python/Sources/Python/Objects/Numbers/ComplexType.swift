import InterpreterKit

extension VM {
    /// The type `complex`.
    func installComplex() {
        build(.complex) { type in
            type.new("(cls, real=0, imag=0)") { (vm, a) throws(Unwind) in
                try vm.newNumber(a[0], .complex, try vm.newComplex(a[1], a[2]))
            }
            addComplexOperators(type)
            for name: StaticString in ["real", "imag"] {
                let isReal = name.utf8Start[0] == 0x72
                type.attribute(name) { (vm, a) throws(Unwind) in
                    let content = try vm.complex(a[0])
                    return vm.value(isReal ? content.re : content.im)
                }
            }
            type.method("conjugate", "(self, /)") { (vm, a) throws(Unwind) in
                let (re, im) = try vm.complex(a[0])
                return try vm.complex(re, -im)
            }
            type.method("__complex__", "(self, /)") { (vm, a) throws(Unwind) in
                let (re, im) = try vm.complex(a[0])
                return try vm.complex(re, im)
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                var text = StringBuilder()
                try vm.appendRepr(complex: a[0], to: &text)
                return try text.string(vm)
            }
            type.method("__format__", "(self, format_spec, /)") { (vm, a) throws(Unwind) in
                try vm.format(number: a[0], a[1])
            }
            type.method("__getnewargs__", "(self, /)") { (vm, a) throws(Unwind) in
                let (re, im) = try vm.complex(a[0])
                let first = vm.value(re)
                return try vm.tuple(first, vm.value(im))
            }
        }
    }
    private func addComplexOperators(_ type: TypeBuilder) {
        type.operators(NumberMethods.binary) { (vm, operation, a, b) throws(Unwind) in
            guard let x = try vm.asComplex(a), let y = try vm.asComplex(b) else {
                return .notImplemented
            }
            return try vm.complexOperation(operation, x, y)
        }
        type.power { (vm, a, b, modulus) throws(Unwind) in
            guard let x = try vm.asComplex(a), let y = try vm.asComplex(b) else {
                return .notImplemented
            }
            if modulus != .none { throw vm.raise(.valueError, "complex modulo") }
            return try vm.complexOperation(.power, x, y)
        }
        for (comparison, name) in NumberMethods.comparisons {
            type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                guard comparison == .equal || comparison == .notEqual,
                    let equal = vm.equal(complex: try vm.complex(a[0]), a[1])
                else { return .notImplemented }
                return Value(equal == (comparison == .equal))
            }
        }
        type.method("__neg__", "(self, /)") { (vm, a) throws(Unwind) in
            let (re, im) = try vm.complex(a[0])
            return try vm.complex(-re, -im)
        }
        type.method("__pos__", "(self, /)") { (vm, a) throws(Unwind) in
            let (re, im) = try vm.complex(a[0])
            return try vm.complex(re, im)
        }
        type.method("__abs__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.value(try vm.complexMagnitude(try vm.complex(a[0])))
        }
        type.method("__bool__", "(self, /)") { (vm, a) throws(Unwind) in
            let (re, im) = try vm.complex(a[0])
            return Value(re != 0 || im != 0)
        }
        type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
            let (re, im) = try vm.complex(a[0])
            return try vm.int(NumberHash.complex(re, im, a[0]))
        }
    }
    /// The content of `self` in a method of complex.
    private func complex(_ value: Value) throws(Unwind) -> Complex {
        if let complex = complexContent(value) { return complex }
        throw raise(.typeError, "must be complex number, not \(typeName(value))")
    }
    /// With a number of any built-in type; nil for what is no number.
    private func equal(complex a: Complex, _ b: Value) -> Bool? {
        if let other = complexContent(b) { return a.re == other.re && a.im == other.im }
        if let double = floatContent(b) { return a.re == double && a.im == 0 }
        guard let int = asInt(b) else { return nil }
        return a.im == 0 && compare(.equal, a.re, int: int)
    }

    private func newComplex(_ real: Value, _ imaginary: Value) throws(Unwind) -> Value {
        if let string = asString(real) {
            if imaginary != .unbound {
                throw raise(
                    .typeError, "complex() can't take second arg if first is a string")
            }
            guard let (re, im) = ComplexText.parse(numberText(string)) else {
                // What an underscore may stand between is checked before all else.
                if StringView(string).contains(0x5F) {
                    throw raise(
                        .valueError,
                        "could not convert string to complex: \(self.text(try repr(real)))")
                }
                throw raise(.valueError, "complex() arg is a malformed string")
            }
            return try complex(re, im)
        }
        if imaginary != .unbound && asString(imaginary) != nil {
            throw raise(.typeError, "complex() second arg can't be a string")
        }
        let first: Complex = real == .unbound ? (0, 0) : try complexPart(real, "first")
        if imaginary == .unbound {
            return real.isA(Kind.complex) ? real : try complex(first.re, first.im)
        }
        let second = try complexPart(imaginary, "second")
        // (a + bi) + (c + di)i
        let hasImaginary = complexContent(imaginary) != nil
        return try complex(
            hasImaginary ? first.re - second.im : first.re,
            complexContent(real) != nil || lookup(typeOf: real, name(.complex)) != .unbound
                ? second.re + first.im : second.re)
    }
    /// An argument of `complex()` through `__complex__`, `__float__` or `__index__`.
    private func complexPart(_ value: Value, _ which: StaticString) throws(Unwind) -> Complex {
        if value.isA(Kind.complex), let complex = complexContent(value) { return complex }
        if value != .unbound, let complex = try complexByMethod(value) { return complex }
        if value.isFloat || plainInteger(value) != nil { return (try asFloat(value), 0) }
        let type = type(of: value)
        if lookup(type, name(.float)) == .unbound && lookup(type, name(.index)) == .unbound {
            throw raise(
                .typeError,
                which.utf8Start[0] == 0x66
                    ? "complex() first argument must be a string or a number, not '\(typeName(value))'"
                    : "complex() second argument must be a number, not '\(typeName(value))'")
        }
        return (try asFloat(value), 0)
    }
    /// What `__complex__` gives, or nil.
    func complexByMethod(_ value: Value) throws(Unwind) -> Complex? {
        let method = lookup(typeOf: value, name(.complex))
        if method == .unbound { return nil }
        let result = try callSpecial(method, value)
        if let complex = complexContent(result) { return complex }
        throw raise(
            .typeError, "__complex__ returned non-complex (type \(typeName(result)))")
    }
}
