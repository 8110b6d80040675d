import InterpreterKit

/// `product`, `permutations`, `combinations` and `combinations_with_replacement`.
///
/// | type | source | extra | more |
/// | --- | --- | --- | --- |
/// | product | tuple of tuples | array of indices, one for each | |
/// | permutations | tuple of items | array of indices of all items | tuple: length, array of cycles |
/// | the others | tuple of items | array of indices | length |
///
/// `position` is 0 before the first result, 1 after it, 2 when there are no more.
extension VM {
    private func indices(_ count: Int, _ value: (Int) -> Int) throws(Unwind) -> Reference {
        let array = try checked(q.newArray(capacity: count))
        for i in 0..<count { self[array, i] = Value(value(i)) }
        return array
    }
    private func finish(_ iterator: Reference) -> Value {
        self[iterator, Iterator.position] = 2
        return .unbound
    }
    /// A tuple of `count` items of `pool`, as an array of indices says.
    private func selection(
        _ pool: Reference, _ indices: Reference, _ count: Int
    ) throws(Unwind) -> Value {
        if count == 0 { return shared.pointee.emptyTuple }
        return Value(
            try checked(
                q.newTuple(count: count) {
                    for i in 0..<count { $0[i] = q.tupleElement(pool, self[indices, i].int) }
                }))
    }

    func newProduct(_ pools: Value) throws(Unwind) -> Value {
        let count = q.tupleCount(pools.reference)
        return newIterator(
            .productIterator, pools, extra: Value(try indices(count) { _ in 0 }))
    }
    func nextProduct(_ iterator: Reference) throws(Unwind) -> Value {
        let state = self[iterator, Iterator.position]
        if state == 2 { return .unbound }
        let pools = self[iterator, Iterator.source].reference
        let indices = self[iterator, Iterator.extra].reference
        let count = q.tupleCount(pools)
        if state == 0 {
            for i in 0..<count where q.tupleCount(q.tupleElement(pools, i).reference) == 0 {
                return finish(iterator)
            }
            self[iterator, Iterator.position] = 1
        } else {
            var i = count &- 1
            while i >= 0 {
                let next = self[indices, i].int &+ 1
                if next < q.tupleCount(q.tupleElement(pools, i).reference) {
                    self[indices, i] = Value(next)
                    break
                }
                self[indices, i] = Value(0)
                i &-= 1
            }
            if i < 0 { return finish(iterator) }
        }
        if count == 0 { return shared.pointee.emptyTuple }
        return Value(
            try checked(
                q.newTuple(count: count) {
                    for i in 0..<count {
                        let pool = q.tupleElement(pools, i).reference
                        $0[i] = q.tupleElement(pool, self[indices, i].int)
                    }
                }))
    }

    func newPermutations(_ pool: Value, _ length: Int) throws(Unwind) -> Value {
        let count = q.tupleCount(pool.reference)
        if length > count { return newIterator(.permutationIterator, pool, position: 2) }
        let indices = try indices(count) { $0 }
        let cycles = try self.indices(length) { count - $0 }
        return newIterator(
            .permutationIterator, pool, extra: Value(indices),
            more: try tuple(Value(length), Value(cycles)))
    }
    func nextPermutation(_ iterator: Reference) throws(Unwind) -> Value {
        let state = self[iterator, Iterator.position]
        if state == 2 { return .unbound }
        let pool = self[iterator, Iterator.source].reference
        let indices = self[iterator, Iterator.extra].reference
        let facts = self[iterator, Iterator.more].reference
        let (length, cycles) = (q.tupleElement(facts, 0).int, q.tupleElement(facts, 1).reference)
        if state == 0 {
            self[iterator, Iterator.position] = 1
            return try selection(pool, indices, length)
        }
        let count = q.tupleCount(pool)
        var i = length &- 1
        while i >= 0 {
            let left = self[cycles, i].int &- 1
            if left > 0 {
                self[cycles, i] = Value(left)
                let k = count &- left
                let index = self[indices, i]
                self[indices, i] = self[indices, k]
                self[indices, k] = index
                return try selection(pool, indices, length)
            }
            // The cycle is over: the index goes to the end.
            let index = self[indices, i]
            for k in i..<(count &- 1) { self[indices, k] = self[indices, k &+ 1] }
            self[indices, count &- 1] = index
            self[cycles, i] = Value(count &- i)
            i &-= 1
        }
        return finish(iterator)
    }

    func newCombinations(
        _ type: BuiltinType, _ pool: Value, _ length: Int
    ) throws(Unwind) -> Value {
        let count = q.tupleCount(pool.reference)
        let isEmpty =
            type == .combinationIterator ? length > count : count == 0 && length > 0
        if isEmpty { return newIterator(type, pool, position: 2) }
        let first = try indices(length) { type == .combinationIterator ? $0 : 0 }
        return newIterator(type, pool, extra: Value(first), more: Value(length))
    }
    func nextCombination(_ iterator: Reference) throws(Unwind) -> Value {
        try nextSelection(iterator) { (i, count, length) in count &- length &+ i }
    }
    func nextMultiset(_ iterator: Reference) throws(Unwind) -> Value {
        try nextSelection(iterator) { (_, count, _) in count &- 1 }
    }
    /// `last` is the largest index that place i may have.
    @inline(__always)
    private func nextSelection(
        _ iterator: Reference, last: (Int, Int, Int) -> Int
    ) throws(Unwind) -> Value {
        let state = self[iterator, Iterator.position]
        if state == 2 { return .unbound }
        let pool = self[iterator, Iterator.source].reference
        let indices = self[iterator, Iterator.extra].reference
        let length = self[iterator, Iterator.more].int
        if state == 0 {
            self[iterator, Iterator.position] = 1
            return try selection(pool, indices, length)
        }
        let count = q.tupleCount(pool)
        var i = length &- 1
        while i >= 0 && self[indices, i].int == last(i, count, length) { i &-= 1 }
        if i < 0 { return finish(iterator) }
        var index = self[indices, i].int &+ 1
        let isStrict = iteratorType(iterator) == .combinationIterator
        while i < length {
            self[indices, i] = Value(index)
            if isStrict { index &+= 1 }
            i &+= 1
        }
        return try selection(pool, indices, length)
    }
}
