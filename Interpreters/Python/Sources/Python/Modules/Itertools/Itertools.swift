import InterpreterKit

/// The module `itertools`.
extension VM {
    static func makeItertools(_ module: ModuleBuilder) throws(Unwind) {
        let vm = module.vm
        vm.buildNumberIterators()
        vm.buildFilters()
        vm.buildGroupers()
        vm.buildSlicers()
        vm.buildCombinatorics()
        var i = BuiltinType.countIterator.rawValue
        while i <= BuiltinType.multisetIterator.rawValue {
            if let type = BuiltinType(rawValue: i), type != .teeIterator {
                module.constant(type.facts.name, Value(vm.type(type)))
            }
            i += 1
        }
        module.constant("_tee", Value(vm.type(.teeIterator)))
        module.function("tee", "(iterable, n=2, /)") { (vm, a) throws(Unwind) in
            let count = a.has(1) ? try vm.index(a[1]) : 2
            if count < 0 { throw vm.raise(.valueError, "n must be >= 0") }
            if count > 1 << 32 { throw vm.outOfMemory() }
            var first = a[0]
            if !first.isA(Kind.iterator) || vm.iteratorType(first.reference) != .teeIterator {
                let iterator = try vm.iterator(of: first)
                first = vm.newIterator(
                    .teeIterator, iterator, extra: Value(try vm.newTeeLink()))
            }
            let all = try vm.newList(capacity: count)
            for i in 0..<count {
                try vm.append(all, i == 0 && first != a[0] ? first : vm.copy(tee: first.reference))
            }
            return try vm.tuple(ofList: all)
        }
    }
    private func copy(tee: Reference) -> Value {
        newIterator(.teeIterator, self[tee, Iterator.source], extra: self[tee, Iterator.extra])
    }

    /// `type(…)` makes an iterator; this registers how.
    private func tool(
        _ kind: BuiltinType, _ signature: StaticString,
        _ make: @escaping (VM, CallArguments) throws(Unwind) -> Value,
        _ more: (TypeBuilder) -> Void = { _ in }
    ) {
        build(kind) { type in
            type.new(signature) { (vm, a) throws(Unwind) in
                try vm.made(a[0], kind, try make(vm, a))
            }
            addIteration(type)
            more(type)
        }
    }

    private func buildNumberIterators() {
        tool(
            .countIterator, "(cls, start=0, step=1)",
            { (vm, a) throws(Unwind) in
                let (start, step) = (a.value(1, or: Value(0)), a.value(2, or: Value(1)))
                for number in [1, 2] where a.has(number) && !vm.isNumber(a[number]) {
                    throw vm.raise(.typeError, "a number is required")
                }
                return vm.newIterator(.countIterator, start, extra: step)
            },
            { type in
                type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                    let iterator = try vm.iterator(a[0])
                    let step = vm[iterator, Iterator.extra]
                    var text = "count(" + vm.text(try vm.repr(vm[iterator, Iterator.source]))
                    if step != Value(1) { text += ", " + vm.text(try vm.repr(step)) }
                    return try vm.string(text + ")")
                }
                addReduce(type) { (vm, i) throws(Unwind) in
                    let (number, step) = (vm[i, Iterator.source], vm[i, Iterator.extra])
                    return step == Value(1) ? try vm.tuple(number) : try vm.tuple(number, step)
                }
            })
        tool(
            .repeatIterator, "(cls, object, times=-1)",
            { (vm, a) throws(Unwind) in
                let times = a.has(2) ? max(0, try vm.index(a[2])) : -1
                return vm.newIterator(.repeatIterator, a[1], position: times)
            },
            { type in
                type.method("__length_hint__", "(self, /)") { (vm, a) throws(Unwind) in
                    let left = vm[try vm.iterator(a[0]), Iterator.position]
                    if left < 0 { throw vm.raise(.typeError, "len() of unsized object") }
                    return Value(left)
                }
                type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                    let iterator = try vm.iterator(a[0])
                    let left = vm[iterator, Iterator.position]
                    let text = vm.text(try vm.repr(vm[iterator, Iterator.source]))
                    return try vm.string("repeat(\(text)\(left < 0 ? "" : ", \(left)"))")
                }
                addReduce(type) { (vm, i) throws(Unwind) in
                    let (object, left) = (vm[i, Iterator.source], vm[i, Iterator.position])
                    return left < 0 ? try vm.tuple(object) : try vm.tuple(object, Value(left))
                }
            })
        tool(.cycleIterator, "(cls, iterable, /)") { (vm, a) throws(Unwind) in
            let iterator = try vm.iterator(of: a[1])
            return vm.newIterator(.cycleIterator, iterator, extra: Value(try vm.newList()))
        }
        tool(
            .accumulateIterator, "(cls, iterable, func=None, *, initial=None)"
        ) { (vm, a) throws(Unwind) in
            let iterator = try vm.iterator(of: a[1])
            let initial = a.value(3, or: .none)
            return vm.newIterator(
                .accumulateIterator, iterator, position: initial == .none ? 0 : 1,
                extra: a.value(2, or: .none), more: initial == .none ? .unbound : initial)
        }
    }
    private func isNumber(_ value: Value) -> Bool {
        let type = type(of: value)
        return value.isInt || value.isFloat || isInteger(value)
            || [Name.index, .float, .complex].contains { lookup(type, name($0)) != .unbound }
    }

    private func buildFilters() {
        tool(.compressIterator, "(cls, data, selectors)") { (vm, a) throws(Unwind) in
            let iterator = try vm.iterator(of: a[1])
            return vm.newIterator(
                .compressIterator, iterator, extra: try vm.iterator(of: a[2]))
        }
        for kind: BuiltinType in [.dropWhileIterator, .takeWhileIterator] {
            tool(kind, "(cls, predicate, iterable, /)") { (vm, a) throws(Unwind) in
                vm.newIterator(kind, try vm.iterator(of: a[2]), extra: a[1])
            }
        }
        tool(.filterFalseIterator, "(cls, function, iterable, /)") { (vm, a) throws(Unwind) in
            vm.newIterator(.filterFalseIterator, try vm.iterator(of: a[2]), extra: a[1])
        }
        tool(.starMapIterator, "(cls, function, iterable, /)") { (vm, a) throws(Unwind) in
            vm.newIterator(.starMapIterator, try vm.iterator(of: a[2]), extra: a[1])
        }
    }

    private func buildGroupers() {
        tool(.groupByIterator, "(cls, iterable, key=None)") { (vm, a) throws(Unwind) in
            let iterator = try vm.iterator(of: a[1])
            return vm.newIterator(
                .groupByIterator, iterator, extra: a.value(2, or: .none),
                more: Value(try vm.newGrouping()))
        }
        build(.groupIterator) { addIteration($0) }
        tool(.pairIterator, "(cls, iterable, /)") { (vm, a) throws(Unwind) in
            vm.newIterator(.pairIterator, try vm.iterator(of: a[1]), extra: .unbound)
        }
        tool(.zipLongestIterator, "(cls, *iterables, fillvalue=None)") { (vm, a) throws(Unwind) in
            let count = max(0, a.count - 1)
            let iterators = try vm.checked(vm.q.newArray(capacity: count))
            for i in 0..<count { vm[iterators, i] = try vm.iterator(of: a[i + 1]) }
            var filler = Value.none
            if a.keywords != .unbound {
                let value = vm.find(a.keywords.reference, name: vm.intern("fillvalue"))
                if value != .unbound { filler = value }
            }
            return vm.newIterator(
                .zipLongestIterator, Value(iterators), position: count, extra: filler,
                more: Value(count))
        }
        build(.teeIterator) { type in
            addIteration(type)
            type.new("(cls, iterable, /)") { (vm, a) throws(Unwind) in
                if a[1].isA(Kind.iterator) && vm.iteratorType(a[1].reference) == .teeIterator {
                    return vm.copy(tee: a[1].reference)
                }
                return vm.newIterator(
                    .teeIterator, try vm.iterator(of: a[1]), extra: Value(try vm.newTeeLink()))
            }
            type.method("__copy__", "(self, /)") { (vm, a) throws(Unwind) in
                vm.copy(tee: try vm.iterator(a[0]))
            }
        }
    }

    private func buildSlicers() {
        tool(
            .chainIterator, "(cls, *iterables)",
            { (vm, a) throws(Unwind) in
                let iterables = try vm.newList(capacity: a.count)
                for i in 1..<max(1, a.count) { try vm.append(iterables, a[i]) }
                return vm.newIterator(
                    .chainIterator, try vm.iterator(of: try vm.tuple(ofList: iterables)))
            },
            { type in
                type.classMethod("from_iterable", "(cls, iterable, /)") { (vm, a) throws(Unwind) in
                    try vm.made(
                        a[0], .chainIterator,
                        vm.newIterator(.chainIterator, try vm.iterator(of: a[1])))
                }
                addClassItem(type)
            })
        tool(.sliceIterator, "(cls, iterable, start, stop=None, step=None, /)") {
            (vm, a) throws(Unwind) in
            var (start, stop, step) = (0, -1, 1)
            let range = "must be None or an integer: 0 <= x <= sys.maxsize."
            let end = a.has(3) ? a[3] : a[2]
            if end != .none {
                if let n = try vm.sliceBound(end), n >= 0 {
                    stop = n
                } else {
                    throw vm.raise(.valueError, "Stop argument for islice() " + range)
                }
            }
            if a.has(3) && a[2] != .none {
                guard let n = try vm.sliceBound(a[2]), n >= 0 else {
                    throw vm.raise(.valueError, "Indices for islice() " + range)
                }
                start = n
            }
            if a.has(4) && a[4] != .none {
                guard let n = try vm.sliceBound(a[4]), n >= 1 else {
                    throw vm.raise(
                        .valueError, "Step for islice() must be a positive integer or None.")
                }
                step = n
            }
            let iterator = try vm.iterator(of: a[1])
            return vm.newIterator(
                .sliceIterator, iterator, extra: Value(start),
                more: try vm.tuple(Value(stop), Value(step)))
        }
    }
    /// An argument of `islice` as a word, or nil.
    private func sliceBound(_ value: Value) throws(Unwind) -> Int? {
        do throws(Unwind) {
            let n = try index(value)
            return n > 1 << 60 ? nil : n
        } catch {
            if catches(.typeError, error) || catches(.overflowError, error) { return nil }
            throw error
        }
    }

    private func buildCombinatorics() {
        tool(.productIterator, "(cls, *iterables, repeat=1)") { (vm, a) throws(Unwind) in
            var times = 1
            if a.keywords != .unbound {
                let value = vm.find(a.keywords.reference, name: vm.intern("repeat"))
                if value != .unbound { times = try vm.index(value) }
            }
            if times < 0 { throw vm.raise(.valueError, "repeat argument cannot be negative") }
            let count = max(0, a.count - 1)
            if times > 0 && count > 1 << 32 / times { throw vm.outOfMemory() }
            let pools = try vm.newList(capacity: count * times)
            for i in 0..<(times == 0 ? 0 : count) {
                try vm.append(pools, try vm.tuple(of: a[i + 1]))
            }
            for i in 0..<(times <= 1 ? 0 : count * (times - 1)) {
                try vm.append(pools, vm.item(ofList: pools, i))
            }
            return try vm.newProduct(try vm.tuple(ofList: pools))
        }
        tool(.permutationIterator, "(cls, iterable, r=None)") { (vm, a) throws(Unwind) in
            let pool = try vm.tuple(of: a[1])
            var length = vm.q.tupleCount(pool.reference)
            if a.has(2) && a[2] != .none {
                if !vm.isInteger(a[2]) {
                    throw vm.raise(.typeError, "Expected int as r")
                }
                length = try vm.index(a[2])
                if length < 0 { throw vm.raise(.valueError, "r must be non-negative") }
            }
            return try vm.newPermutations(pool, length)
        }
        for kind: BuiltinType in [.combinationIterator, .multisetIterator] {
            tool(kind, "(cls, iterable, r)") { (vm, a) throws(Unwind) in
                let pool = try vm.tuple(of: a[1])
                let length = try vm.index(a[2])
                if length < 0 { throw vm.raise(.valueError, "r must be non-negative") }
                if length > 1 << 32 && kind == .multisetIterator { throw vm.outOfMemory() }
                return try vm.newCombinations(kind, pool, length)
            }
        }
    }
}
