import Glibc
import InterpreterKit

extension ModuleBuilder {
    func addChoices(_ type: TypeBuilder) {
        type.method("choice", "(self, seq)") { (vm, a) throws(Unwind) in
            let count = try vm.length(a[1])
            if count == 0 {
                throw vm.raise(.indexError, "Cannot choose from an empty sequence")
            }
            return try vm.getItem(a[1], Value(try RandomSource(vm, a[0]).below(count)))
        }
        type.method("shuffle", "(self, x)") { (vm, a) throws(Unwind) in
            let source = try RandomSource(vm, a[0])
            var i = try vm.length(a[1]) - 1
            while i > 0 {
                let j = try source.below(i + 1)
                let item = try vm.getItem(a[1], Value(i))
                try vm.setItem(a[1], Value(i), try vm.getItem(a[1], Value(j)))
                try vm.setItem(a[1], Value(j), item)
                i -= 1
            }
            return .none
        }
        type.method("sample", "(self, population, k, *, counts=None)") {
            (vm, a) throws(Unwind) in
            try vm.randomSample(a[0], a[1], a[2], counts: a.value(3, or: .none))
        }
        type.method("choices", "(self, population, weights=None, *, cum_weights=None, k=1)") {
            (vm, a) throws(Unwind) in
            try vm.randomChoices(
                a[0], a[1], weights: a.value(2, or: .none), sums: a.value(3, or: .none),
                a.has(4) ? try vm.index(a[4]) : 1)
        }
    }
}

extension VM {
    private func isSequence(_ value: Value) -> Bool {
        if value.isList || value.isTuple || asString(value) != nil { return true }
        let type = type(of: value)
        if isInstance(value, .dict) || isInstance(value, .set) || isInstance(value, .frozenset) {
            return false
        }
        return lookup(type, name(.getitem)) != .unbound && lookup(type, name(.len)) != .unbound
    }

    fileprivate func randomSample(
        _ object: Value, _ population: Value, _ k: Value, counts: Value
    ) throws(Unwind) -> Value {
        if !isSequence(population) {
            throw raise(
                .typeError,
                "Population must be a sequence.  For dicts or sets, use sorted(d).")
        }
        let n = try length(population)
        if counts != .none { return try randomSample(object, population, n, k, counts) }
        let count = try index(k)
        if count < 0 || count > n {
            throw raise(.valueError, "Sample larger than population or is negative")
        }
        let result = try newList(capacity: count)
        let source = try RandomSource(self, object)
        // The same choice of method as everybody's, for the same sequence of numbers.
        var setSize = 21
        if count > 5 { setSize += 1 << (2 * Int((log(Double(count * 3)) / log(4)).rounded(.up))) }
        if n <= setSize {
            let pool = try newList(capacity: n)
            try iterate(population) { (item) throws(Unwind) in
                try append(pool, item)
                return true
            }
            for i in 0..<count {
                let last = n - i - 1
                let j = try source.below(n - i)
                if max(last, j) >= self[pool, List.count] {
                    throw raise(.indexError, "list index out of range")
                }
                try append(result, item(ofList: pool, j))
                self[self[pool, List.items].reference, j] = item(ofList: pool, last)
            }
            return Value(result)
        }
        var chosen: Set<Int> = []
        for _ in 0..<count {
            var j = try source.below(n)
            while !chosen.insert(j).inserted { j = try source.below(n) }
            try append(result, try getItem(population, Value(j)))
        }
        return Value(result)
    }
    /// From a population in which each item stands for several.
    private func randomSample(
        _ object: Value, _ population: Value, _ n: Int, _ k: Value, _ counts: Value
    ) throws(Unwind) -> Value {
        let sums = try runningSums(counts)
        if self[sums, List.count] != n || n == 0 {
            throw raise(
                .valueError, "The number of counts does not match the population")
        }
        guard let total = asInt(item(ofList: sums, n - 1)) else {
            throw raise(.typeError, "Counts must be integers")
        }
        if sign(ofInt: total) <= 0 {
            throw raise(.valueError, "Total of counts must be greater than zero")
        }
        let numbers = try randomSample(
            object, newRange(Value(0), total, Value(1)), k, counts: .none)
        let result = try newList(capacity: self[numbers.reference, List.count])
        for i in 0..<self[numbers.reference, List.count] {
            let place = try bisect(sums, item(ofList: numbers.reference, i), n - 1)
            try append(result, try getItem(population, Value(place)))
        }
        return Value(result)
    }
    private func runningSums(_ numbers: Value) throws(Unwind) -> Reference {
        let sums = try newList()
        var total = Value.unbound
        try iterate(numbers) { (item) throws(Unwind) in
            total = total == .unbound ? item : try binary(.add, total, item)
            try append(sums, total)
            return true
        }
        return sums
    }
    /// The first place in 0 ... end whose item is greater than `x`, or `end`.
    private func bisect(_ sums: Reference, _ x: Value, _ end: Int) throws(Unwind) -> Int {
        var (low, high) = (0, end)
        while low < high {
            let middle = (low + high) / 2
            if try holds(.less, x, item(ofList: sums, middle)) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }

    fileprivate func randomChoices(
        _ object: Value, _ population: Value, weights: Value, sums: Value, _ k: Int
    ) throws(Unwind) -> Value {
        let source = try RandomSource(self, object)
        let n = try length(population)
        let result = try newList()
        if weights == .none && sums == .none {
            let count = Double(n)
            var i = 0
            while i < k {
                let place = Int(try source.double() * count)
                try append(result, try getItem(population, Value(place)))
                i += 1
            }
            return Value(result)
        }
        if weights != .none && sums != .none {
            throw raise(
                .typeError, "Cannot specify both weights and cumulative weights")
        }
        if weights != .none && isInteger(weights) {
            throw raise(
                .typeError,
                "The number of choices must be a keyword argument: k=\(text(try repr(weights)))")
        }
        let limits = try newList()
        try iterate(weights == .none ? sums : Value(try runningSums(weights))) {
            (item) throws(Unwind) in
            try append(limits, item)
            return true
        }
        if self[limits, List.count] != n {
            throw raise(
                .valueError, "The number of weights does not match the population")
        }
        if n == 0 { throw raise(.indexError, "list index out of range") }
        let total = try asFloat(item(ofList: limits, n - 1))
        if total <= 0 { throw raise(.valueError, "Total of weights must be greater than zero") }
        if !total.isFinite { throw raise(.valueError, "Total of weights must be finite") }
        var i = 0
        while i < k {
            let place = try bisect(limits, value(try source.double() * total), n - 1)
            try append(result, try getItem(population, Value(place)))
            i += 1
        }
        return Value(result)
    }
}
