import InterpreterKit

/// `tuple` as the guest sees it.
extension VM {
    private func tuple(self value: Value) throws(Unwind) -> Reference {
        if let tuple = asTuple(value) { return tuple.reference }
        throw wrongReceiver(value, "tuple")
    }
    /// `tuple(iterable)`
    func tuple(of iterable: Value) throws(Unwind) -> Value {
        if iterable.isTuple { return iterable }
        if iterable.isList { return try tuple(ofList: iterable.reference) }
        return try tuple(ofList: try newList(of: iterable))
    }
    /// `count` items from `start` on, each `step` after the one before.
    func slice(
        ofTuple tuple: Reference, _ start: Int, _ step: Int, _ count: Int
    ) throws(Unwind) -> Value {
        if count == 0 { return shared.pointee.emptyTuple }
        if count == q.tupleCount(tuple) && step == 1 { return Value(tuple) }
        return Value(
            try checked(
                q.newTuple(count: count) {
                    for n in 0..<count { $0[n] = q.tupleElement(tuple, start &+ n &* step) }
                }))
    }
    func concatenate(tuple a: Reference, _ b: Reference) throws(Unwind) -> Value {
        let (m, n) = (q.tupleCount(a), q.tupleCount(b))
        if n == 0 { return Value(a) }
        if m == 0 { return Value(b) }
        return Value(
            try checked(
                q.newTuple(count: m &+ n) {
                    for i in 0..<m { $0[i] = q.tupleElement(a, i) }
                    for i in 0..<n { $0[m &+ i] = q.tupleElement(b, i) }
                }))
    }
    private func repeated(tuple: Reference, _ times: Int) throws(Unwind) -> Value {
        let count = q.tupleCount(tuple)
        if count == 0 || times == 0 { return shared.pointee.emptyTuple }
        if times == 1 { return Value(tuple) }
        let (total, overflow) = count.multipliedReportingOverflow(by: times)
        if overflow || total > 1 << 48 { throw outOfMemory() }
        return Value(
            try checked(
                q.newTuple(count: total) {
                    var n = 0
                    for _ in 0..<times {
                        for i in 0..<count { $0[n &+ i] = q.tupleElement(tuple, i) }
                        n &+= count
                    }
                }))
    }
    func getItem(ofTuple tuple: Reference, _ key: Value) throws(Unwind) -> Value {
        let count = q.tupleCount(tuple)
        if key.isA(Kind.slice) {
            let bounds = try bounds(ofSlice: key.reference)
            let (start, n) = bounds.selection(of: count)
            return try slice(ofTuple: tuple, start, bounds.step, n)
        }
        var i = try sequenceIndex(key, "tuple")
        if i < 0 { i = i &+ count }
        if i < 0 || i >= count { throw raise(.indexError, "tuple index out of range") }
        return q.tupleElement(tuple, i)
    }

    func installTuple() {
        build(.tuple) { type in
            type.new("(cls, iterable=(), /)") { (vm, a) throws(Unwind) in
                let content = a.has(1) ? try vm.tuple(of: a[1]) : vm.shared.pointee.emptyTuple
                return try vm.made(a[0], .tuple, content)
            }
            type.method("__getnewargs__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.tuple(Value(try vm.tuple(self: a[0])))
            }
            type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in
                Value(vm.q.tupleCount(try vm.tuple(self: a[0])))
            }
            type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
                vm.newIterator(.tupleIterator, Value(try vm.tuple(self: a[0])))
            }
            type.method("__contains__", "(self, key, /)") { (vm, a) throws(Unwind) in
                Value(try vm.position(of: a[1], in: Value(try vm.tuple(self: a[0]))) >= 0)
            }
            type.method("__getitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
                try vm.getItem(ofTuple: try vm.tuple(self: a[0]), a[1])
            }
            type.method("__add__", "(self, value, /)") { (vm, a) throws(Unwind) in
                let tuple = try vm.tuple(self: a[0])
                guard let other = vm.asTuple(a[1]) else {
                    throw vm.raise(
                        .typeError,
                        "can only concatenate tuple (not \"\(vm.typeName(a[1]))\") to tuple")
                }
                return try vm.concatenate(tuple: tuple, other.reference)
            }
            type.method("__mul__", "(self, value, /)") { (vm, a) throws(Unwind) in
                let tuple = try vm.tuple(self: a[0])
                return try vm.repeated(tuple: tuple, try vm.repetitions(a[1]))
            }
            type.method("__rmul__", "(self, value, /)") { (vm, a) throws(Unwind) in
                let tuple = try vm.tuple(self: a[0])
                return try vm.repeated(tuple: tuple, try vm.repetitions(a[1]))
            }
            for comparison in Comparison.allCases {
                type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                    let tuple = try vm.tuple(self: a[0])
                    guard let other = vm.asTuple(a[1]) else { return .notImplemented }
                    return try vm.compareSequences(comparison, Value(tuple), other)
                }
            }
            type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.int(try vm.hash(Value(try vm.tuple(self: a[0]))))
            }
            type.method(
                "index", "(self, value, start=0, stop=sys.maxsize, /)"
            ) { (vm, a) throws(Unwind) in
                let tuple = try vm.tuple(self: a[0])
                let count = vm.q.tupleCount(tuple)
                let (start, stop) = try vm.searchBounds(a[2], a[3], count)
                var i = start
                while i < min(stop, count) {
                    if try vm.same(vm.q.tupleElement(tuple, i), a[1]) { return Value(i) }
                    i &+= 1
                }
                throw vm.raise(.valueError, "tuple.index(x): x not in tuple")
            }
            type.method("count", "(self, value, /)") { (vm, a) throws(Unwind) in
                Value(try vm.occurrences(of: a[1], in: Value(try vm.tuple(self: a[0]))))
            }
            addClassItem(type)
        }
    }
}
