import InterpreterKit

extension ModuleBuilder {
    func addArrayOperators(_ type: TypeBuilder) {
        type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(ArrayObject(vm, a[0]).count)
        }
        type.method("__add__", "(self, value, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            return try array.like(array.allBytes + (try array.appending(a[1]).allBytes))
        }
        type.method("__iadd__", "(self, value, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            guard vm.asArray(a[1], like: array) != nil else {
                throw vm.raise(
                    .typeError,
                    "can only extend with array (not \"\(vm.typeName(a[1]))\")")
            }
            try array.append(bytes: try array.appending(a[1]).allBytes)
            return a[0]
        }
        for name: StaticString in ["__mul__", "__rmul__"] {
            type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                let array = ArrayObject(vm, a[0])
                return try array.like(try array.repeated(a[1]))
            }
        }
        type.method("__imul__", "(self, value, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            try array.replace(0, array.count, with: try array.repeated(a[1]))
            return a[0]
        }
        type.method("__contains__", "(self, key, /)") { (vm, a) throws(Unwind) in
            Value(try ArrayObject(vm, a[0]).position(of: a[1], 0, .max) >= 0)
        }
        type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.newIterator(.sequenceIterator, a[0])
        }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            var text = StringBuilder()
            text.append(string: vm[vm.type(of: a[0]), TypeObject.name])
            text.append("('")
            text.append(UInt32(array.code))
            text.append("'")
            if array.count > 0 {
                text.append(", ")
                try vm.show(
                    array.isText ? try array.text() : try array.list(), into: &text)
            }
            text.append(")")
            return try text.string(vm)
        }
        for (comparison, name) in NumberMethods.comparisons {
            type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                let array = ArrayObject(vm, a[0])
                guard let other = vm.asArray(a[1], like: array) else { return .notImplemented }
                return try array.compare(comparison, other)
            }
        }
    }

    func addArrayItems(_ type: TypeBuilder) {
        type.method("__getitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            if a[1].isA(Kind.slice) {
                let bounds = try vm.bounds(ofSlice: a[1].reference)
                let (start, count) = bounds.selection(of: array.count)
                if bounds.step == 1 { return try array.like(array.bytes(start, start + count)) }
                var bytes: [UInt8] = []
                for k in 0..<count {
                    let i = start &+ k &* bounds.step
                    bytes += array.bytes(i, i + 1)
                }
                return try array.like(bytes)
            }
            return try array.item(try array.place(a[1], "array index out of range"))
        }
        type.method("__setitem__", "(self, key, value, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            if a[1].isA(Kind.slice) {
                try array.setSlice(a[1].reference, a[2])
            } else {
                let i = try array.place(a[1], "array assignment index out of range")
                try array.setItem(i, a[2])
            }
            return .none
        }
        type.method("__delitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            let array = ArrayObject(vm, a[0])
            if a[1].isA(Kind.slice) {
                try array.removeSlice(a[1].reference)
            } else {
                let i = try array.place(a[1], "array assignment index out of range")
                try array.replace(i, i + 1, with: [])
            }
            return .none
        }
    }
}

extension ArrayObject {
    /// An index that counts from either end.
    func place(_ key: Value, _ complaint: String) throws(Unwind) -> Int {
        if !vm.isInteger(key) && vm.lookup(typeOf: key, vm.name(.index)) == .unbound {
            throw vm.raise(.typeError, "array indices must be integers")
        }
        let given = try vm.index(key, overflow: .indexError)
        let count = count
        let i = given < 0 ? given + count : given
        if i < 0 || i >= count { throw vm.raise(.indexError, complaint) }
        return i
    }
    /// The first place of an equal item in start ..< stop, or -1.
    func position(of value: Value, _ start: Int, _ stop: Int) throws(Unwind) -> Int {
        var i = start
        while i < stop && i < count {
            if try vm.equal(try item(i), value) { return i }
            i += 1
        }
        return -1
    }
    func list() throws(Unwind) -> Value {
        let list = try vm.newList(capacity: count)
        for i in 0..<count { try vm.append(list, try item(i)) }
        return Value(list)
    }
    func text() throws(Unwind) -> Value {
        let bytes = allBytes
        let points = stride(from: 0, to: bytes.count, by: 4).map { at in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
        }
        if let c = points.first(where: { $0 > 0x10FFFF }) {
            throw vm.raise(
                .valueError,
                "character U+\(String(c, radix: 16)) is not in range [U+0000; U+10ffff]")
        }
        return try vm.string(codePoints: points)
    }
    fileprivate func compare(
        _ comparison: Comparison, _ other: ArrayObject
    ) throws(Unwind) -> Value {
        let isEquality = comparison == .equal || comparison == .notEqual
        if isEquality && count != other.count { return Value(comparison == .notEqual) }
        var i = 0
        while i < count && i < other.count {
            let (x, y) = (try item(i), try other.item(i))
            if !(try vm.holds(.equal, x, y)) {
                return isEquality
                    ? Value(comparison == .notEqual) : try vm.compare(comparison, x, y)
            }
            i += 1
        }
        return Value(
            comparison.holds(count < other.count ? -1 : count == other.count ? 0 : 1))
    }

    fileprivate func setSlice(_ slice: Reference, _ value: Value) throws(Unwind) {
        guard let other = vm.asArray(value, like: self) else {
            throw vm.raise(
                .typeError,
                "can only assign array (not \"\(vm.typeName(value))\") to array slice")
        }
        let items = try appending(value).allBytes
        let bounds = try vm.bounds(ofSlice: slice)
        let (start, n) = bounds.selection(of: count)
        if bounds.step == 1 { return try replace(start, start + n, with: items) }
        if other.count != n {
            throw vm.raise(
                .valueError,
                "attempt to assign array of size \(other.count) to extended slice of size \(n)")
        }
        let size = itemSize
        for k in 0..<n {
            let i = start &+ k &* bounds.step
            try replace(i, i + 1, with: Array(items[k * size..<(k + 1) * size]))
        }
    }
    fileprivate func removeSlice(_ slice: Reference) throws(Unwind) {
        let bounds = try vm.bounds(ofSlice: slice)
        let (start, n) = bounds.selection(of: count)
        if n == 0 { return }
        if bounds.step == 1 { return try replace(start, start + n, with: []) }
        let last = start &+ (n - 1) &* bounds.step
        let (low, stride) = bounds.step > 0 ? (start, bounds.step) : (last, -bounds.step)
        let bytes = allBytes
        var kept: [UInt8] = []
        let size = itemSize
        for i in 0..<count where i < low || (i - low) % stride != 0 || (i - low) / stride >= n {
            kept += bytes[i * size..<(i + 1) * size]
        }
        try replace(0, count, with: kept)
    }
}
