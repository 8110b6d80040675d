import InterpreterKit

extension ModuleBuilder {
    func mathSums() {
        function("fsum", "(seq, /)") { (vm, a) throws(Unwind) in
            var sum = ExactSum()
            try vm.iterate(a[0]) { (item) throws(Unwind) in
                if sum.add(try vm.asFloat(item)) { return true }
                throw vm.raise(.overflowError, "intermediate overflow in fsum")
            }
            switch sum.result {
            case .value(let double): return vm.value(double)
            case .opposites: throw vm.raise(.valueError, "-inf + inf in fsum")
            }
        }
        function("prod", "(iterable, /, *, start=1)") { (vm, a) throws(Unwind) in
            var product = a.value(1, or: Value(1))
            try vm.iterate(a[0]) { (item) throws(Unwind) in
                product = try vm.binary(.multiply, product, item)
                return true
            }
            return product
        }
    }
}

/// A sum of doubles without any loss, as doubles that do not overlap, in the order of their size.
struct ExactSum {
    private var partials: [Double] = []
    private var special = 0.0
    private var hasSpecial = false
    private var hasInfinity = false
    private var hasOpposite = false

    enum Result { case value(Double), opposites }

    /// False when it is beyond all doubles.
    mutating func add(_ value: Double) -> Bool {
        var x = value
        var kept = 0
        for var y in partials {
            if x.magnitude < y.magnitude { swap(&x, &y) }
            let high = x + y
            let low = y - (high - x)
            if low != 0 {
                partials[kept] = low
                kept += 1
            }
            x = high
        }
        partials.removeSubrange(kept...)
        if x == 0 { return true }
        if x.isFinite {
            partials.append(x)
            return true
        }
        if value.isFinite { return false }
        if value.isInfinite {
            hasOpposite = hasOpposite || hasInfinity && special != value && !special.isNaN
            hasInfinity = true
        }
        special += value
        hasSpecial = true
        partials.removeAll()
        return true
    }

    /// Rounded once.
    var result: Result {
        if hasSpecial {
            if special.isNaN && hasOpposite { return .opposites }
            return .value(special)
        }
        guard var high = partials.last else { return .value(0) }
        var low = 0.0
        var n = partials.count - 1
        while n > 0 {
            n -= 1
            let x = high
            let y = partials[n]
            high = x + y
            low = y - (high - x)
            if low != 0 { break }
        }
        // Half of a unit, and what is left decides to which side.
        if n > 0 && (low < 0 && partials[n - 1] < 0 || low > 0 && partials[n - 1] > 0) {
            let twice = low * 2
            let x = high + twice
            if twice == x - high { high = x }
        }
        return .value(high)
    }
}
