import Glibc
import InterpreterKit

extension ModuleBuilder {
    /// Numbers of various distributions, by the same methods as Python's own library, so that equal
    /// seeds give equal numbers.
    func addDistributions(_ type: TypeBuilder) {
        type.method("uniform", "(self, a, b)") { (vm, a) throws(Unwind) in
            let width = try vm.binary(.subtract, a[2], a[1])
            let part = vm.value(try RandomSource(vm, a[0]).double())
            return try vm.binary(.add, a[1], try vm.binary(.multiply, width, part))
        }
        type.method("triangular", "(self, low=0.0, high=1.0, mode=None)") {
            (vm, a) throws(Unwind) in
            var low = a.has(1) ? try vm.asFloat(a[1]) : 0
            var high = a.has(2) ? try vm.asFloat(a[2]) : 1
            var u = try RandomSource(vm, a[0]).double()
            var c = 0.5
            if a.has(3) && a[3] != .none {
                if high == low { return a.value(1, or: vm.value(0.0)) }
                c = (try vm.asFloat(a[3]) - low) / (high - low)
            }
            if u > c {
                u = 1 - u
                c = 1 - c
                swap(&low, &high)
            }
            return vm.value(low + (high - low) * sqrt(u * c))
        }
        type.method("gauss", "(self, mu=0.0, sigma=1.0)") { (vm, a) throws(Unwind) in
            let (mu, sigma) = try vm.parameters(a, 0, 1)
            let object = a[0].reference
            let next = vm[object, VM.nextGauss]
            vm[object, VM.nextGauss] = .none
            if next != .none { return vm.value(mu + (try vm.asFloat(next)) * sigma) }
            let source = try RandomSource(vm, a[0])
            let angle = try source.double() * (2 * Double.pi)
            let radius = sqrt(-2 * log(1 - (try source.double())))
            vm[object, VM.nextGauss] = vm.value(sin(angle) * radius)
            return vm.value(mu + cos(angle) * radius * sigma)
        }
        type.method("normalvariate", "(self, mu=0.0, sigma=1.0)") { (vm, a) throws(Unwind) in
            let (mu, sigma) = try vm.parameters(a, 0, 1)
            return vm.value(try RandomSource(vm, a[0]).normal(mu, sigma))
        }
        type.method("lognormvariate", "(self, mu, sigma)") { (vm, a) throws(Unwind) in
            let (mu, sigma) = try vm.parameters(a, 0, 1)
            let x = try RandomSource(vm, a[0]).normal(mu, sigma)
            return vm.value(try vm.checkedMath(exp(x), x, canOverflow: true))
        }
        type.method("expovariate", "(self, lambd)") { (vm, a) throws(Unwind) in
            let rate = try vm.asFloat(a[1])
            return try vm.floatOperation(
                .trueDivide, -log(1 - (try RandomSource(vm, a[0]).double())), rate)
        }
        type.method("vonmisesvariate", "(self, mu, kappa)") { (vm, a) throws(Unwind) in
            let (mu, kappa) = try vm.parameters(a, 0, 1)
            return vm.value(try RandomSource(vm, a[0]).vonMises(mu, kappa))
        }
        type.method("gammavariate", "(self, alpha, beta)") { (vm, a) throws(Unwind) in
            let (alpha, beta) = try vm.parameters(a, 1, 1)
            return vm.value(try RandomSource(vm, a[0]).gamma(alpha, beta))
        }
        type.method("betavariate", "(self, alpha, beta)") { (vm, a) throws(Unwind) in
            let (alpha, beta) = try vm.parameters(a, 1, 1)
            let source = try RandomSource(vm, a[0])
            let y = try source.gamma(alpha, 1)
            return vm.value(y == 0 ? 0 : y / (y + (try source.gamma(beta, 1))))
        }
        type.method("paretovariate", "(self, alpha)") { (vm, a) throws(Unwind) in
            let alpha = try vm.asFloat(a[1])
            let u = 1 - (try RandomSource(vm, a[0]).double())
            if alpha == 0 { throw vm.raise(.zeroDivisionError, "float division by zero") }
            return try vm.floatPower(u, -1 / alpha)
        }
        type.method("weibullvariate", "(self, alpha, beta)") { (vm, a) throws(Unwind) in
            let (alpha, beta) = try vm.parameters(a, 1, 1)
            let u = 1 - (try RandomSource(vm, a[0]).double())
            if beta == 0 { throw vm.raise(.zeroDivisionError, "float division by zero") }
            return vm.value(alpha * pow(-log(u), 1 / beta))
        }
    }
}

extension VM {
    /// The two arguments of a distribution.
    fileprivate func parameters(
        _ a: CallArguments, _ first: Double, _ second: Double
    ) throws(Unwind) -> (Double, Double) {
        (a.has(1) ? try asFloat(a[1]) : first, a.has(2) ? try asFloat(a[2]) : second)
    }
}

extension RandomSource {
    /// Kinderman and Monahan's ratio of uniform numbers.
    fileprivate func normal(_ mu: Double, _ sigma: Double) throws(Unwind) -> Double {
        let magic = 4 * exp(-0.5) / sqrt(2)
        while true {
            let u = try double()
            let v = 1 - (try double())
            let z = magic * (u - 0.5) / v
            if z * z / 4 <= -log(v) { return mu + z * sigma }
        }
    }
    /// Fisher's method.
    fileprivate func vonMises(_ mu: Double, _ kappa: Double) throws(Unwind) -> Double {
        if kappa <= 1e-6 { return 2 * Double.pi * (try double()) }
        let s = 0.5 / kappa
        let r = s + sqrt(1 + s * s)
        var z = 0.0
        while true {
            z = cos(Double.pi * (try double()))
            let d = z / (r + z)
            let u = try double()
            if u < 1 - d * d || u <= (1 - d) * exp(d) { break }
        }
        let q = 1 / r
        let f = (q + z) / (1 + q * z)
        let angle = try double() > 0.5 ? mu + acos(f) : mu - acos(f)
        return FloatMath.modulo(angle, 2 * Double.pi)
    }
    /// Cheng's method above 1, Kennedy and Gentle's GS below.
    fileprivate func gamma(_ alpha: Double, _ beta: Double) throws(Unwind) -> Double {
        if alpha <= 0 || beta <= 0 {
            throw vm.raise(.valueError, "gammavariate: alpha and beta must be > 0.0")
        }
        if alpha == 1 { return -log(1 - (try double())) * beta }
        if alpha > 1 {
            let a = sqrt(2 * alpha - 1)
            let b = alpha - log(4)
            let c = alpha + a
            while true {
                let u = try double()
                if !(1e-7 < u && u < 0.9999999) { continue }
                let w = 1 - (try double())
                let v = log(u / (1 - u)) / a
                let x = alpha * exp(v)
                let z = u * u * w
                let r = b + c * v - x
                if r + (1 + log(4.5)) - 4.5 * z >= 0 || r >= log(z) { return x * beta }
            }
        }
        while true {
            let b = (M_E + alpha) / M_E
            let p = b * (try double())
            let x = p <= 1 ? pow(p, 1 / alpha) : -log((b - p) / alpha)
            let u = try double()
            if p > 1 ? u <= pow(x, alpha - 1) : u <= exp(-x) { return x * beta }
        }
    }
}
