import InterpreterKit

/// The modules `_heapq` and `_bisect`.
extension VM {
    private func heap(
        _ value: Value, _ function: StaticString, _ argument: StaticString
    ) throws(Unwind) -> Reference {
        if let list = asList(value) { return list.reference }
        throw raise(
            .typeError, "\(function)() \(argument) must be list, not \(typeName(value))")
    }
    /// Is the item at `i` to be above that at `j`?
    @inline(__always)
    private func isAbove(_ a: Value, _ b: Value, _ isMax: Bool) throws(Unwind) -> Bool {
        try isMax ? holds(.less, b, a) : holds(.less, a, b)
    }
    private func heapItem(_ list: Reference, _ i: Int, _ count: Int) throws(Unwind) -> Value {
        if self[list, List.count] != count {
            throw raise(.runtimeError, "list changed size during iteration")
        }
        return item(ofList: list, i)
    }
    /// Moves the item at `place` up to where it belongs, not above `top`.
    private func siftUp(
        _ list: Reference, from place: Int, to top: Int, _ isMax: Bool
    ) throws(Unwind) {
        let count = self[list, List.count]
        var i = place
        let item = item(ofList: list, i)
        while i > top {
            let parent = (i &- 1) &>> 1
            let above = try heapItem(list, parent, count)
            if try !isAbove(item, above, isMax) { break }
            _ = try heapItem(list, parent, count)
            let items = self[list, List.items].reference
            self[items, i] = above
            self[items, parent] = item
            i = parent
        }
    }
    /// Lets the item at `top` sink to a leaf along the better children, and rise from there.
    private func siftDown(_ list: Reference, from top: Int, _ isMax: Bool) throws(Unwind) {
        let count = self[list, List.count]
        var i = top
        while true {
            var child = 2 &* i &+ 1
            if child >= count { break }
            if child &+ 1 < count {
                let (a, b) = (
                    try heapItem(list, child, count), try heapItem(list, child &+ 1, count)
                )
                if try !isAbove(a, b, isMax) { child &+= 1 }
            }
            _ = try heapItem(list, child, count)
            let items = self[list, List.items].reference
            let item = self[items, i]
            self[items, i] = self[items, child]
            self[items, child] = item
            i = child
        }
        try siftUp(list, from: i, to: top, isMax)
    }
    private func heapPop(_ list: Reference, _ isMax: Bool) throws(Unwind) -> Value {
        let count = self[list, List.count]
        if count == 0 { throw raise(.indexError, "index out of range") }
        let last = remove(list, at: count &- 1)
        if count == 1 { return last }
        let top = item(ofList: list, 0)
        self[self[list, List.items].reference, 0] = last
        try siftDown(list, from: 0, isMax)
        return top
    }
    private func heapReplace(
        _ list: Reference, _ item: Value, _ isMax: Bool
    ) throws(Unwind) -> Value {
        if self[list, List.count] == 0 { throw raise(.indexError, "index out of range") }
        let top = self.item(ofList: list, 0)
        self[self[list, List.items].reference, 0] = item
        try siftDown(list, from: 0, isMax)
        return top
    }
    private func heapify(_ list: Reference, _ isMax: Bool) throws(Unwind) {
        var i = self[list, List.count] / 2 - 1
        while i >= 0 {
            try siftDown(list, from: i, isMax)
            i -= 1
        }
    }

    static func makeHeaps(_ module: ModuleBuilder) throws(Unwind) {
        module.function("heappush", "(heap, item, /)") { (vm, a) throws(Unwind) in
            let heap = try vm.heap(a[0], "heappush", "argument 1")
            try vm.append(heap, a[1])
            try vm.siftUp(heap, from: vm[heap, List.count] - 1, to: 0, false)
            return .none
        }
        module.function("heappushpop", "(heap, item, /)") { (vm, a) throws(Unwind) in
            let heap = try vm.heap(a[0], "heappushpop", "argument 1")
            if vm[heap, List.count] == 0 { return a[1] }
            if try !vm.holds(.less, vm.item(ofList: heap, 0), a[1]) { return a[1] }
            return try vm.heapReplace(heap, a[1], false)
        }
        for (pop, replace, heapify, isMax) in [
            ("heappop", "heapreplace", "heapify", false),
            ("_heappop_max", "_heapreplace_max", "_heapify_max", true),
        ] as [(StaticString, StaticString, StaticString, Bool)] {
            module.function(pop, "(heap, /)") { (vm, a) throws(Unwind) in
                try vm.heapPop(try vm.heap(a[0], pop, "argument"), isMax)
            }
            module.function(replace, "(heap, item, /)") { (vm, a) throws(Unwind) in
                try vm.heapReplace(try vm.heap(a[0], replace, "argument 1"), a[1], isMax)
            }
            module.function(heapify, "(heap, /)") { (vm, a) throws(Unwind) in
                try vm.heapify(try vm.heap(a[0], heapify, "argument"), isMax)
                return .none
            }
        }
    }

    static func makeBisect(_ module: ModuleBuilder) throws(Unwind) {
        let signature: StaticString = "(a, x, lo=0, hi=None, *, key=None)"
        for (find, insert, isRight) in [
            ("bisect_left", "insort_left", false), ("bisect_right", "insort_right", true),
        ] as [(StaticString, StaticString, Bool)] {
            module.function(find, signature) { (vm, a) throws(Unwind) in
                Value(try vm.bisect(a, a[1], isRight))
            }
            module.function(insert, signature) { (vm, a) throws(Unwind) in
                let key = a.value(4, or: .none)
                let wanted = key == .none ? a[1] : try vm.call(key, a[1])
                let i = try vm.bisect(a, wanted, isRight)
                if a[0].isList {
                    try vm.insert(a[0].reference, at: i, a[1])
                } else {
                    _ = try vm.callMethod(a[0], vm.intern("insert"), Value(i), a[1])
                }
                return .none
            }
        }
        let namespace = module.vm[module.module, ModuleObject.namespace]
        for (alias, name) in [("bisect", "bisect_right"), ("insort", "insort_right")]
            as [(StaticString, StaticString)]
        {
            module.constant(alias, module.vm.find(namespace, name: module.vm.intern(name)))
        }
    }
    private func bisect(
        _ a: CallArguments, _ wanted: Value, _ isRight: Bool
    ) throws(Unwind) -> Int {
        var low = a.has(2) ? try index(a[2]) : 0
        if low < 0 { throw raise(.valueError, "lo must be non-negative") }
        var high =
            a.has(3) && a[3] != .none
            ? try index(a[3])
            : a[0].isList ? self[a[0].reference, List.count] : try length(a[0])
        let key = a.value(4, or: .none)
        if a[0].isList, wanted.isInt, key == .none, high <= self[a[0].reference, List.count] {
            // Nobody is called as long as there are small integers.
            let items = self[a[0].reference, List.items]
            while low < high {
                let middle = low &+ (high &- low) / 2
                let item = self[items.reference, middle]
                guard item.isInt else { break }
                // Nobody can tell beforehand, so it is no jump.
                let goesLeft = isRight ? wanted.int < item.int : wanted.int <= item.int
                high = goesLeft ? middle : high
                low = goesLeft ? low : middle &+ 1
            }
        }
        while low < high {
            let middle = low &+ (high &- low) / 2
            var item: Value
            if a[0].isList, middle < self[a[0].reference, List.count] {
                item = self.item(ofList: a[0].reference, middle)
            } else {
                item = try getItem(a[0], Value(middle))
            }
            if key != .none { item = try call(key, item) }
            let goesLeft =
                isRight ? try holds(.less, wanted, item) : try !holds(.less, item, wanted)
            if goesLeft { high = middle } else { low = middle &+ 1 }
        }
        return low
    }
}
