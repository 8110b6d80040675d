import InterpreterKit

extension VM {
    /// The built-in functions about numbers and order.
    func installNumberFunctions() {
        function("abs", "(x, /)") { (vm, a) throws(Unwind) in try vm.absolute(a[0]) }
        function("divmod", "(x, y, /)") { (vm, a) throws(Unwind) in try vm.divmod(a[0], a[1]) }
        function("pow", "(base, exp, mod=None)") { (vm, a) throws(Unwind) in
            try vm.power(a[0], a[1], modulus: a.value(2, or: .none))
        }
        function("round", "(number, ndigits=None)") { (vm, a) throws(Unwind) in
            try vm.round(a[0], a.value(1, or: .none))
        }
        function("hash", "(obj, /)") { (vm, a) throws(Unwind) in
            try vm.int(try vm.hash(a[0]))
        }
        for (name, radix) in [("hex", 16), ("oct", 8), ("bin", 2)] as [(StaticString, Int)] {
            function(name, "(number, /)") { (vm, a) throws(Unwind) in
                try vm.prefixed(try vm.integer(a[0]), radix: radix)
            }
        }
        build(function: "sum", "(iterable, /, start=0)", .sum) { (vm, a) throws(Unwind) in
            try vm.sum(a[0], a.value(1, or: Value(0)))
        }
        build(function: "min", "(*args, key=None, default=None)", .min) { (vm, a) throws(Unwind) in
            try vm.extreme(a, "min", .less)
        }
        build(function: "max", "(*args, key=None, default=None)", .max) { (vm, a) throws(Unwind) in
            try vm.extreme(a, "max", .greater)
        }
    }

    func absolute(_ value: Value) throws(Unwind) -> Value {
        if let int = plainInteger(value) { return try magnitude(ofInt: int) }
        if let double = value.asDouble { return self.value(double.magnitude) }
        let method = lookup(typeOf: value, name(.abs))
        if method == .unbound {
            throw raise(.typeError, "bad operand type for abs(): '\(typeName(value))'")
        }
        return try callSpecial(method, value)
    }
    private func round(_ value: Value, _ digits: Value) throws(Unwind) -> Value {
        if let double = value.asDouble {
            if digits == .none { return try int(truncating: double.rounded(.toNearestOrEven)) }
            return try round(double, digits: try clampedIndex(digits))
        }
        let method = lookup(typeOf: value, name(.round))
        if method == .unbound {
            throw raise(
                .typeError, "type \(typeName(value)) doesn't define __round__ method")
        }
        return digits == .none
            ? try callSpecial(method, value) : try callSpecial(method, value, digits)
    }

    // MARK: sum

    private func sum(_ iterable: Value, _ start: Value) throws(Unwind) -> Value {
        if asString(start) != nil {
            throw raise(.typeError, "sum() can't sum strings [use ''.join(seq) instead]")
        }
        if asBytes(start) != nil {
            throw raise(.typeError, "sum() can't sum bytes [use b''.join(seq) instead]")
        }
        if asByteArray(start) != nil {
            throw raise(.typeError, "sum() can't sum bytearray [use b''.join(seq) instead]")
        }
        var sum = RunningSum(self, start)
        if iterable.isList {
            // While nothing but small integers and doubles come, nobody changes the list.
            let list = iterable.reference
            let items = self[list, List.items]
            let count = self[list, List.count]
            var i = 0
            while i < count && sum.add(small: self[items.reference, i]) { i &+= 1 }
            while i < self[list, List.count] {
                try sum.add(item(ofList: list, i))
                i &+= 1
            }
        } else {
            try iterate(iterable) { (item) throws(Unwind) in
                if !sum.add(small: item) { try sum.add(item) }
                return true
            }
        }
        return try sum.result()
    }

    // MARK: min and max

    private func extreme(
        _ a: CallArguments, _ name: StaticString, _ comparison: Comparison
    ) throws(Unwind) -> Value {
        var key = Value.none
        var standard = Value.unbound
        if a.keywords.isDict {
            let given = find(a.keywords.reference, name: intern("key"))
            if given != .unbound { key = given }
            standard = find(a.keywords.reference, name: intern("default"))
        }
        if a.count == 0 {
            throw raise(.typeError, "\(name) expected at least 1 argument, got 0")
        }
        var best = Value.unbound
        var bestKey = Value.unbound
        func consider(_ item: Value) throws(Unwind) {
            let itemKey = key == .none ? item : try call(key, item)
            if best == .unbound {
                (best, bestKey) = (item, itemKey)
                return
            }
            if try holds(comparison, itemKey, bestKey) { (best, bestKey) = (item, itemKey) }
        }
        if a.count > 1 {
            if standard != .unbound {
                throw raise(
                    .typeError,
                    "Cannot specify a default for \(name)() with multiple positional arguments")
            }
            for i in 0..<a.count { try consider(a[i]) }
            return best
        }
        try iterate(a[0]) { (item) throws(Unwind) in
            try consider(item)
            return true
        }
        if best != .unbound { return best }
        if standard != .unbound { return standard }
        throw raise(.valueError, "\(name)() arg is an empty sequence")
    }
}

/// A sum that is a machine word or a double as long as all items are small integers and doubles.
private struct RunningSum {
    private enum Mode { case words, doubles, objects }

    private let vm: VM
    private var mode: Mode
    private var word: Int
    private var double: Double
    private var object: Value

    init(_ vm: VM, _ start: Value) {
        self.vm = vm
        word = start.isInt ? start.int : 0
        double = start.asDouble ?? 0
        object = start
        mode = start.isInt ? .words : start.isFloat ? .doubles : .objects
    }
    /// False when the item was left out, for ``add(_:)``.
    @inline(__always) mutating func add(small item: Value) -> Bool {
        switch mode {
        case .words:
            if item.isInt {
                let (next, overflow) = word.addingReportingOverflow(item.int)
                if overflow { return false }
                word = next
                return true
            }
            guard let number = item.asDouble else { return false }
            double = Double(word) + number
            mode = .doubles
            return true
        case .doubles:
            if let number = item.asDouble {
                double += number
                return true
            }
            if !item.isInt { return false }
            double += Double(item.int)
            return true
        case .objects: return false
        }
    }
    mutating func add(_ item: Value) throws(Unwind) {
        object = try vm.binary(.add, try result(), item)
        mode = .objects
    }
    func result() throws(Unwind) -> Value {
        switch mode {
        case .words: try vm.int(word)
        case .doubles: vm.value(double)
        case .objects: object
        }
    }
}
