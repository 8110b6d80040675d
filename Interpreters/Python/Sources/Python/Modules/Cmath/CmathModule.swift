import Glibc
import InterpreterKit

extension ModuleBuilder {
    /// The module `cmath`.
    func cmath() throws(Unwind) {
        constant("pi", vm.value(Double.pi))
        constant("e", vm.value(M_E))
        constant("tau", vm.value(2 * Double.pi))
        constant("inf", vm.value(Double.infinity))
        constant("nan", vm.value(Double.nan))
        constant("infj", try vm.complex(0, .infinity))
        constant("nanj", try vm.complex(0, .nan))
        typealias Function = (VM.Complex) -> VM.Complex
        let functions: [(StaticString, Function)] = [
            ("acos", ComplexFunctions.acos), ("acosh", ComplexFunctions.acosh),
            ("asin", ComplexFunctions.asin), ("asinh", ComplexFunctions.asinh),
            ("atan", ComplexFunctions.atan), ("atanh", ComplexFunctions.atanh),
            ("cos", ComplexFunctions.cos), ("cosh", ComplexFunctions.cosh),
            ("exp", ComplexFunctions.exp), ("log10", ComplexFunctions.log10),
            ("sin", ComplexFunctions.sin), ("sinh", ComplexFunctions.sinh),
            ("sqrt", ComplexFunctions.sqrt), ("tan", ComplexFunctions.tan),
            ("tanh", ComplexFunctions.tanh),
        ]
        for (name, body) in functions {
            function(name, "(z, /)") { (vm, a) throws(Unwind) in
                let z = try vm.complexArgument(a[0])
                let (re, im) = try vm.checked(body(z), z)
                return try vm.complex(re, im)
            }
        }
        function("log", "(z, base=<unrepresentable>, /)") { (vm, a) throws(Unwind) in
            let z = try vm.complexArgument(a[0])
            var result = try vm.checked(ComplexFunctions.log(z), z)
            if a.has(1) {
                let base = try vm.complexArgument(a[1])
                let other = try vm.checked(ComplexFunctions.log(base), base)
                result = try vm.complexQuotient(result, other)
            }
            return try vm.complex(result.re, result.im)
        }
        addPolar()
        addTests()
    }

    private func addPolar() {
        function("phase", "(z, /)") { (vm, a) throws(Unwind) in
            let z = try vm.complexArgument(a[0])
            return vm.value(atan2(z.im, z.re))
        }
        function("polar", "(z, /)") { (vm, a) throws(Unwind) in
            let z = try vm.complexArgument(a[0])
            let length = vm.value(try vm.complexMagnitude(z))
            return try vm.tuple(length, vm.value(atan2(z.im, z.re)))
        }
        function("rect", "(r, phi, /)") { (vm, a) throws(Unwind) in
            let r = try vm.asFloat(a[0])
            let phi = try vm.asFloat(a[1])
            if phi.isInfinite && r != 0 && !r.isNaN { throw vm.domainError() }
            // An angle of zero keeps its sign.
            return phi == 0
                ? try vm.complex(r, r * phi) : try vm.complex(r * cos(phi), r * sin(phi))
        }
    }
    private func addTests() {
        let tests: [(StaticString, (VM.Complex) -> Bool)] = [
            ("isfinite", { $0.re.isFinite && $0.im.isFinite }),
            ("isinf", { $0.re.isInfinite || $0.im.isInfinite }),
            ("isnan", { $0.re.isNaN || $0.im.isNaN }),
        ]
        for (name, test) in tests {
            function(name, "(z, /)") { (vm, a) throws(Unwind) in
                Value(test(try vm.complexArgument(a[0])))
            }
        }
        function("isclose", "(a, b, *, rel_tol=1e-09, abs_tol=0.0)") {
            (vm, a) throws(Unwind) in
            let x = try vm.complexArgument(a[0])
            let y = try vm.complexArgument(a[1])
            let relative = a.has(2) ? try vm.asFloat(a[2]) : 1e-9
            let absolute = a.has(3) ? try vm.asFloat(a[3]) : 0
            if relative < 0 || absolute < 0 {
                throw vm.raise(.valueError, "tolerances must be non-negative")
            }
            if x == y { return .true }
            if x.re.isInfinite || x.im.isInfinite || y.re.isInfinite || y.im.isInfinite {
                return .false
            }
            let difference = hypot(x.re - y.re, x.im - y.im)
            return Value(
                difference <= relative * hypot(y.re, y.im)
                    || difference <= relative * hypot(x.re, x.im) || difference <= absolute)
        }
    }
}

extension VM {
    fileprivate func complexArgument(_ value: Value) throws(Unwind) -> Complex {
        if let complex = complexContent(value) { return complex }
        if let complex = try complexByMethod(value) { return complex }
        return (try asFloat(value), 0)
    }
    /// A result that says by its value that there is none becomes an error.
    fileprivate func checked(_ result: Complex, _ z: Complex) throws(Unwind) -> Complex {
        if result.re.isFinite && result.im.isFinite || !z.re.isFinite || !z.im.isFinite {
            return result
        }
        // The poles are 0 of the logarithm, 1 and -1 of atanh, and the same times i of atan.
        let isPole =
            z.re == 0 && (z.im == 0 || z.im.magnitude == 1) || z.im == 0 && z.re.magnitude == 1
        throw isPole ? domainError() : mathRangeError()
    }
}
