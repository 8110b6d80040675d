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
        function("sum", "(iterable, /, start=0)") { (vm, a) throws(Unwind) in
            try vm.sum(a[0], a.value(1, or: Value(0)))
        }
        function("min", "(*args, key=None, default=None)") { (vm, a) throws(Unwind) in
            try vm.extreme(a, "min", .less)
        }
        function("max", "(*args, key=None, default=None)") { (vm, a) throws(Unwind) in
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
        var total = start
        // While all are small integers or doubles, the total is a machine word or a double.
        var word = start.isInt ? start.int : 0
        var double = start.asDouble ?? 0
        var mode = start.isInt ? Mode.words : start.isFloat ? .doubles : .objects
        try iterate(iterable) { (item) throws(Unwind) in
            switch mode {
            case .words:
                if item.isInt {
                    let (next, overflow) = word.addingReportingOverflow(item.int)
                    if !overflow {
                        word = next
                        return true
                    }
                } else if let number = item.asDouble {
                    double = Double(word) + number
                    mode = .doubles
                    return true
                }
                total = try int(word)
                mode = .objects
            case .doubles:
                if let number = item.asDouble {
                    double += number
                    return true
                }
                if item.isInt {
                    double += Double(item.int)
                    return true
                }
                total = value(double)
                mode = .objects
            case .objects: break
            }
            total = try binary(.add, total, item)
            return true
        }
        switch mode {
        case .words: return try int(word)
        case .doubles: return value(double)
        case .objects: return total
        }
    }
    private enum Mode { case words, doubles, objects }

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
