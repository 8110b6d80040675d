import CGMP
import InterpreterKit

extension ModuleBuilder {
    /// Functions on ints.
    func mathIntegers() {
        function("gcd", "(*integers)") { (vm, a) throws(Unwind) in
            var result = Value(0)
            for i in 0..<a.count {
                result = try vm.greatestCommonDivisor(result, try vm.integer(a[i]))
            }
            return result
        }
        function("lcm", "(*integers)") { (vm, a) throws(Unwind) in
            var result = Value(1)
            for i in 0..<a.count {
                let other = try vm.integer(a[i])
                let divisor = try vm.greatestCommonDivisor(result, other)
                if divisor == Value(0) { continue }
                let part = try vm.divide(ints: result, divisor).quotient
                result = try vm.magnitude(ofInt: try vm.multiply(ints: part, other))
            }
            return result
        }
        function("factorial", "(x, /)") { (vm, a) throws(Unwind) in
            let int = try vm.integer(a[0])
            guard let n = vm.word(ofInt: int) else {
                throw vm.isNegative(int: int)
                    ? vm.raise(.valueError, "factorial() not defined for negative values")
                    : vm.raise(
                        .overflowError, "factorial() argument should not exceed \(Int.max)")
            }
            if n < 0 {
                throw vm.raise(.valueError, "factorial() not defined for negative values")
            }
            return try vm.factorial(n)
        }
        function("perm", "(n, k=None, /)") { (vm, a) throws(Unwind) in
            if !a.has(1) || a[1] == .none {
                let n = try vm.integer(a[0])
                if vm.isNegative(int: n) {
                    throw vm.raise(
                        .valueError, "factorial() not defined for negative values")
                }
                return try vm.factorial(try vm.index(n))
            }
            let (n, k) = try vm.countOperands(a[0], a[1])
            if vm.order(ofInts: k, n) > 0 { return Value(0) }
            return try vm.fallingProduct(n, try vm.smallCount(k))
        }
        function("comb", "(n, k, /)") { (vm, a) throws(Unwind) in
            var (n, k) = try vm.countOperands(a[0], a[1])
            let rest = try vm.subtract(ints: n, k)
            if vm.isNegative(int: rest) { return Value(0) }
            if vm.order(ofInts: rest, k) < 0 { k = rest }
            let count = try vm.smallCount(k)
            if n.isInt, let small = MathIntegers.combinations(n.int, count) {
                return try vm.int(small)
            }
            let above = try vm.fallingProduct(n, count)
            return try vm.divide(ints: above, try vm.factorial(count)).quotient
        }
        function("isqrt", "(n, /)") { (vm, a) throws(Unwind) in
            let n = try vm.integer(a[0])
            if vm.isNegative(int: n) {
                throw vm.raise(.valueError, "isqrt() argument must be nonnegative")
            }
            return try vm.integerRoot(n)
        }
    }
}

extension VM {
    /// The arguments of `perm` and `comb`.
    fileprivate func countOperands(_ a: Value, _ b: Value) throws(Unwind) -> (Value, Value) {
        let n = try integer(a)
        let k = try integer(b)
        if isNegative(int: n) { throw raise(.valueError, "n must be a non-negative integer") }
        if isNegative(int: k) { throw raise(.valueError, "k must be a non-negative integer") }
        return (n, k)
    }
    fileprivate func smallCount(_ k: Value) throws(Unwind) -> Int {
        if let count = word(ofInt: k) { return count }
        throw raise(.overflowError, "min(n - k, k) must not exceed \(Int.max)")
    }

    fileprivate func factorial(_ n: Int) throws(Unwind) -> Value {
        if n < 2 { return Value(1) }
        // log2(n!) is more than n * (log2(n) - 1.5).
        try checkSize(limbs: n / 64 * max(1, Int.bitWidth - n.leadingZeroBitCount - 3))
        return try product(from: 2, through: n)
    }
    /// n (n - 1) … (n - k + 1)
    fileprivate func fallingProduct(_ n: Value, _ k: Int) throws(Unwind) -> Value {
        if k == 0 { return Value(1) }
        let (bits, overflow) = bitCount(ofInt: n).multipliedReportingOverflow(by: k)
        if overflow { throw outOfMemory() }
        try checkSize(limbs: bits / 128)
        if n.isInt { return try product(from: n.int - k + 1, through: n.int) }
        return try fallingHalves(n, k)
    }
    private func fallingHalves(_ n: Value, _ k: Int) throws(Unwind) -> Value {
        if k == 1 { return n }
        let half = k / 2
        let low = try fallingHalves(try subtract(ints: n, Value(half)), k - half)
        return try multiply(ints: try fallingHalves(n, half), low)
    }
    /// Of all integers from `a` to `b`, by halves, so that factors are of equal length.
    private func product(from a: Int, through b: Int) throws(Unwind) -> Value {
        var result = 1
        var i = a
        while i <= b {
            let (next, overflow) = result.multipliedReportingOverflow(by: i)
            if overflow { break }
            result = next
            i += 1
        }
        if i > b { return try int(result) }
        if b - a < 8 {
            var product = try int(result)
            while i <= b {
                product = try multiply(ints: product, Value(i))
                i += 1
            }
            return product
        }
        let middle = a + (b - a) / 2
        let low = try self.product(from: a, through: middle)
        return try multiply(ints: low, try self.product(from: middle + 1, through: b))
    }

    /// The largest int whose square is not more than `n`.
    fileprivate func integerRoot(_ n: Value) throws(Unwind) -> Value {
        if n.isInt {
            var root = Int(Double(n.int).squareRoot())
            while root &* root > n.int { root -= 1 }
            while (root + 1) &* (root + 1) <= n.int { root += 1 }
            return Value(root)
        }
        return try withOperand(n) { (x) throws(Unwind) in
            let count = (x.count + 1) / 2
            return try withLimbs(count) { (root) throws(Unwind) in
                gmp_square_root(root, x.limbs, x.count)
                return try int(limbs: root, count, isNegative: false)
            }
        }
    }
}

enum MathIntegers {
    /// Nil when a step does not fit a machine word.
    static func combinations(_ n: Int, _ k: Int) -> Int? {
        if k > 64 { return nil }
        var result = 1
        var i = 0
        while i < k {
            let (product, overflow) = result.multipliedReportingOverflow(by: n - i)
            if overflow { return nil }
            result = product / (i + 1)
            i += 1
        }
        return result
    }
}
