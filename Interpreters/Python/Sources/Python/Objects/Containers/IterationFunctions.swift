import InterpreterKit

/// The built-in functions about iteration: `iter`, `next`, `sorted`, `all`, `any`, `len`.
extension VM {
    func installIterationFunctions() {
        function("len", "(obj, /)") { (vm, a) throws(Unwind) in try vm.int(try vm.length(a[0])) }
        function("iter", "(object, sentinel=<unrepresentable>, /)") { (vm, a) throws(Unwind) in
            if !a.has(1) { return try vm.iterator(of: a[0]) }
            if !vm.isCallable(a[0]) {
                throw vm.raise(.typeError, "iter(v, w): v must be callable")
            }
            return vm.newIterator(.callableIterator, a[0], extra: a[1])
        }
        build(function: "next", "(iterator, default=<unrepresentable>, /)", .next) {
            (vm, a) throws(Unwind) in
            if a.has(1) {
                let item = try vm.next(a[0])
                return item == .unbound ? a[1] : item
            }
            return try vm.nextOrStop(a[0])
        }
        function("sorted", "(iterable, /, *, key=None, reverse=False)") { (vm, a) throws(Unwind) in
            let list = try vm.newList(of: a[0])
            let reverse = a.has(2) ? try vm.isTrueOption(a[2]) : false
            try vm.sort(list, key: a.value(1, or: .none), reverse: reverse)
            return Value(list)
        }
        build(function: "all", "(iterable, /)", .all) { (vm, a) throws(Unwind) in
            var answer = true
            try vm.iterate(a[0]) { (item) throws(Unwind) in
                answer = try vm.isTrue(item)
                return answer
            }
            return Value(answer)
        }
        build(function: "any", "(iterable, /)", .any) { (vm, a) throws(Unwind) in
            var answer = false
            try vm.iterate(a[0]) { (item) throws(Unwind) in
                answer = try vm.isTrue(item)
                return !answer
            }
            return Value(answer)
        }
    }

    /// The next item; at the end StopIteration, with the value that a generator returned.
    func nextOrStop(_ iterator: Value) throws(Unwind) -> Value {
        if iterator.isA(Kind.iterator) {
            return try advanceOrStop(iterator.reference)
        }
        let method = lookup(typeOf: iterator, name(.next))
        if method == .unbound {
            throw raise(.typeError, "'\(typeName(iterator))' object is not an iterator")
        }
        return try callSpecial(method, iterator)
    }
}
