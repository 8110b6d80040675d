import Glibc
import InterpreterKit

extension ModuleBuilder {
    /// The module `math`.
    func math() {
        constant("pi", vm.value(Double.pi))
        constant("e", vm.value(M_E))
        constant("tau", vm.value(2 * Double.pi))
        constant("inf", vm.value(Double.infinity))
        constant("nan", vm.value(Double.nan))
        mathOfOneNumber()
        mathOfTwoNumbers()
        mathLogarithms()
        mathParts()
        mathVectors()
        mathIntegers()
        mathSums()
    }

    /// Functions that are the C library's, with its special values turned into errors.
    private func mathOfOneNumber() {
        let functions: [(StaticString, Bool, (Double) -> Double)] = [
            ("acos", false, acos), ("acosh", false, acosh), ("asin", false, asin),
            ("asinh", false, asinh), ("atan", false, atan), ("atanh", false, atanh),
            ("cbrt", false, cbrt), ("cos", false, cos), ("cosh", true, cosh),
            ("erf", false, erf), ("erfc", false, erfc), ("exp", true, exp), ("exp2", true, exp2),
            ("expm1", true, expm1), ("fabs", false, fabs), ("gamma", true, Gamma.gamma),
            ("lgamma", true, Gamma.logarithm), ("log1p", false, log1p), ("sin", false, sin),
            ("sinh", true, sinh), ("sqrt", false, sqrt), ("tan", false, tan),
            ("tanh", false, tanh),
        ]
        for (name, canOverflow, body) in functions {
            function(name, "(x, /)") { (vm, a) throws(Unwind) in
                let x = try vm.asFloat(a[0])
                return vm.value(try vm.checkedMath(body(x), x, canOverflow: canOverflow))
            }
        }
        function("degrees", "(x, /)") { (vm, a) throws(Unwind) in
            vm.value(try vm.asFloat(a[0]) * (180 / Double.pi))
        }
        function("radians", "(x, /)") { (vm, a) throws(Unwind) in
            vm.value(try vm.asFloat(a[0]) * (Double.pi / 180))
        }
        function("ulp", "(x, /)") { (vm, a) throws(Unwind) in
            let x = try vm.asFloat(a[0]).magnitude
            if !x.isFinite { return vm.value(x) }
            return vm.value(x == .greatestFiniteMagnitude ? x - x.nextDown : x.nextUp - x)
        }
        let tests: [(StaticString, (Double) -> Bool)] = [
            ("isnan", { $0.isNaN }), ("isinf", { $0.isInfinite }), ("isfinite", { $0.isFinite }),
        ]
        for (name, test) in tests {
            function(name, "(x, /)") { (vm, a) throws(Unwind) in
                Value(test(try vm.asFloat(a[0])))
            }
        }
    }

    private func mathOfTwoNumbers() {
        function("atan2", "(y, x, /)") { (vm, a) throws(Unwind) in
            let y = try vm.asFloat(a[0])
            return vm.value(atan2(y, try vm.asFloat(a[1])))
        }
        function("copysign", "(x, y, /)") { (vm, a) throws(Unwind) in
            let x = try vm.asFloat(a[0])
            return vm.value(copysign(x, try vm.asFloat(a[1])))
        }
        function("nextafter", "(x, y, /)") { (vm, a) throws(Unwind) in
            let x = try vm.asFloat(a[0])
            return vm.value(nextafter(x, try vm.asFloat(a[1])))
        }
        function("fmod", "(x, y, /)") { (vm, a) throws(Unwind) in
            let x = try vm.asFloat(a[0])
            let y = try vm.asFloat(a[1])
            if y.isInfinite && x.isFinite { return vm.value(x) }
            let result = fmod(x, y)
            if result.isNaN && !x.isNaN && !y.isNaN { throw vm.domainError() }
            return vm.value(result)
        }
        function("remainder", "(x, y, /)") { (vm, a) throws(Unwind) in
            let x = try vm.asFloat(a[0])
            let y = try vm.asFloat(a[1])
            let result = remainder(x, y)
            if result.isNaN && !x.isNaN && !y.isNaN { throw vm.domainError() }
            return vm.value(result)
        }
        function("pow", "(x, y, /)") { (vm, a) throws(Unwind) in
            let x = try vm.asFloat(a[0])
            let y = try vm.asFloat(a[1])
            let result = pow(x, y)
            if x.isFinite && y.isFinite {
                if result.isNaN || result.isInfinite && x == 0 { throw vm.domainError() }
                if result.isInfinite { throw vm.mathRangeError() }
            }
            return vm.value(result)
        }
        function("isclose", "(a, b, *, rel_tol=1e-09, abs_tol=0.0)") {
            (vm, a) throws(Unwind) in
            let x = try vm.asFloat(a[0])
            let y = try vm.asFloat(a[1])
            let relative = a.has(2) ? try vm.asFloat(a[2]) : 1e-9
            let absolute = a.has(3) ? try vm.asFloat(a[3]) : 0
            if relative < 0 || absolute < 0 {
                throw vm.raise(.valueError, "tolerances must be non-negative")
            }
            if x == y { return .true }
            if x.isInfinite || y.isInfinite { return .false }
            let difference = (y - x).magnitude
            return Value(
                difference <= (relative * y).magnitude || difference <= (relative * x).magnitude
                    || difference <= absolute)
        }
    }

    private func mathLogarithms() {
        function("log", "(x, base=math.e, /)") { (vm, a) throws(Unwind) in
            let x = try vm.logarithm(a[0], log)
            if !a.has(1) { return vm.value(x) }
            let base = try vm.logarithm(a[1], log)
            return try vm.floatOperation(.trueDivide, x, base)
        }
        function("log2", "(x, /)") { (vm, a) throws(Unwind) in
            vm.value(try vm.logarithm(a[0], log2))
        }
        function("log10", "(x, /)") { (vm, a) throws(Unwind) in
            vm.value(try vm.logarithm(a[0], log10))
        }
    }

    private func mathParts() {
        function("frexp", "(x, /)") { (vm, a) throws(Unwind) in
            let x = try vm.asFloat(a[0])
            var exponent: CInt = 0
            let significand = x.isFinite && x != 0 ? frexp(x, &exponent) : x
            return try vm.tuple(vm.value(significand), Value(Int(exponent)))
        }
        function("modf", "(x, /)") { (vm, a) throws(Unwind) in
            let x = try vm.asFloat(a[0])
            if x.isInfinite { return try vm.tuple(vm.value(copysign(0, x)), a[0]) }
            let whole = x.rounded(.towardZero)
            let fraction = vm.value(x.isNaN ? x : copysign(x - whole, x))
            return try vm.tuple(fraction, vm.value(whole))
        }
        function("ldexp", "(x, i, /)") { (vm, a) throws(Unwind) in
            let x = try vm.asFloat(a[0])
            guard let exponent = vm.asInt(a[1]) else {
                throw vm.raise(.typeError, "Expected an int as second argument to ldexp.")
            }
            if x == 0 || !x.isFinite { return vm.value(x) }
            let n =
                vm.word(ofInt: exponent) ?? (vm.isNegative(int: exponent) ? -100_000 : 100_000)
            let result = scalbn(x, Int32(max(-100_000, min(n, 100_000))))
            if result.isInfinite { throw vm.mathRangeError() }
            return vm.value(result)
        }
        let roundings: [(StaticString, Name, FloatingPointRoundingRule)] = [
            ("floor", .floor, .down), ("ceil", .ceil, .up),
        ]
        for (name, special, rule) in roundings {
            function(name, "(x, /)") { (vm, a) throws(Unwind) in
                if let double = a[0].asDouble {
                    return try vm.int(truncating: double.rounded(rule))
                }
                let method = vm.lookup(typeOf: a[0], vm.name(special))
                if method != .unbound { return try vm.callSpecial(method, a[0]) }
                return try vm.int(truncating: try vm.asFloat(a[0]).rounded(rule))
            }
        }
        function("trunc", "(x, /)") { (vm, a) throws(Unwind) in
            if let double = a[0].asDouble { return try vm.int(truncating: double) }
            let method = vm.lookup(typeOf: a[0], vm.name(.trunc))
            if method != .unbound { return try vm.callSpecial(method, a[0]) }
            throw vm.raise(
                .typeError, "type \(vm.typeName(a[0])) doesn't define __trunc__ method")
        }
    }
}

extension VM {
    func domainError() -> Unwind { raise(.valueError, "math domain error") }
    func mathRangeError() -> Unwind { raise(.overflowError, "math range error") }

    /// A result that says by its value that there is none becomes an error.
    @inline(__always)
    func checkedMath(_ result: Double, _ x: Double, canOverflow: Bool) throws(Unwind) -> Double {
        if _fastPath(result.isFinite) { return result }
        if result.isNaN && !x.isNaN { throw domainError() }
        if result.isInfinite && x.isFinite { throw canOverflow ? mathRangeError() : domainError() }
        return result
    }
    /// Of floats and of ints of any size.
    fileprivate func logarithm(
        _ value: Value, _ function: (Double) -> Double
    ) throws(Unwind) -> Double {
        if let int = asInt(value) {
            if sign(ofInt: int) <= 0 { throw domainError() }
            if bitCount(ofInt: int) < 1024 { return function(try double(ofInt: int)) }
            let (significand, exponent) = parts(ofInt: int)
            return function(significand) + function(2) * Double(exponent)
        }
        let x = try asFloat(value)
        if x <= 0 { throw domainError() }
        return function(x)
    }
}
