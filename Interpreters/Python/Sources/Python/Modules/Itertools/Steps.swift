import InterpreterKit

/// The next item of the iterators of `itertools`. What their slots hold:
///
/// | type | source | position | extra | more |
/// | --- | --- | --- | --- | --- |
/// | count | the next number | | the step | |
/// | cycle | an iterator, None when it has ended | next index of what was saved | a list of what was seen | |
/// | repeat | the object | times left, -1 for ever | | |
/// | accumulate | an iterator | 1 while the total is to be given | the function or None | the total, or unbound |
/// | chain | an iterator of iterables | | the iterator in use or None | |
/// | compress | an iterator | | iterator of selectors | |
/// | dropwhile, takewhile | an iterator | 1 when decided | the predicate | |
/// | filterfalse | an iterator | | the predicate | |
/// | groupby | an iterator | number of the group | the key function | an array, see ``Grouping`` |
/// | its groups | the groupby | number of the group | the key | |
/// | islice | an iterator | items consumed | index of the next one | tuple: stop or -1, step |
/// | pairwise | an iterator | | the item before or unbound | |
/// | starmap | an iterator | | the function | |
/// | tee | the shared iterator | | an array: item or unbound, the following array | |
/// | zip_longest | array of iterators, None for ended ones | those not ended | the filler | how many |
///
/// For the combinatoric ones see Combinatorics.swift.
extension VM {
    func nextOfTools(_ iterator: Reference) throws(Unwind) -> Value {
        switch iteratorType(iterator) {
        case .countIterator:
            let number = self[iterator, Iterator.source]
            let step = self[iterator, Iterator.extra]
            self[iterator, Iterator.source] =
                Value.bothInt(number, step)
                ? try int(number.int &+ step.int) : try binary(.add, number, step)
            return number
        case .repeatIterator:
            let left = self[iterator, Iterator.position]
            if left == 0 { return .unbound }
            if left > 0 { self[iterator, Iterator.position] = left &- 1 }
            return self[iterator, Iterator.source]
        case .cycleIterator: return try nextCycled(iterator)
        case .accumulateIterator: return try nextAccumulated(iterator)
        case .chainIterator: return try nextChained(iterator)
        case .compressIterator:
            while true {
                let item = try next(self[iterator, Iterator.source])
                if item == .unbound { return .unbound }
                let selector = try next(self[iterator, Iterator.extra])
                if selector == .unbound { return .unbound }
                if try isTrue(selector) { return item }
            }
        case .dropWhileIterator:
            while true {
                let item = try next(self[iterator, Iterator.source])
                if item == .unbound || self[iterator, Iterator.position] != 0 { return item }
                if try !isTrue(try call(self[iterator, Iterator.extra], item)) {
                    self[iterator, Iterator.position] = 1
                    return item
                }
            }
        case .takeWhileIterator:
            if self[iterator, Iterator.position] != 0 { return .unbound }
            let item = try next(self[iterator, Iterator.source])
            if item == .unbound { return .unbound }
            if try isTrue(try call(self[iterator, Iterator.extra], item)) { return item }
            self[iterator, Iterator.position] = 1
            return .unbound
        case .filterFalseIterator:
            while true {
                let item = try next(self[iterator, Iterator.source])
                if item == .unbound { return .unbound }
                if try !passes(self[iterator, Iterator.extra], item) { return item }
            }
        case .groupByIterator: return try nextGroup(iterator)
        case .groupIterator: return try nextOfGroup(iterator)
        case .sliceIterator: return try nextSliced(iterator)
        case .pairIterator:
            let source = self[iterator, Iterator.source]
            if source == .none { return .unbound }
            var before = self[iterator, Iterator.extra]
            if before == .unbound {
                before = try next(source)
                if before == .unbound { return try end(iterator) }
                self[iterator, Iterator.extra] = before
            }
            let item = try next(source)
            if item == .unbound { return try end(iterator) }
            self[iterator, Iterator.extra] = item
            return try tuple(before, item)
        case .starMapIterator:
            let item = try next(self[iterator, Iterator.source])
            if item == .unbound { return .unbound }
            return try call(self[iterator, Iterator.extra], arguments: try tuple(of: item))
        case .teeIterator: return try nextShared(iterator)
        case .zipLongestIterator: return try nextZippedLongest(iterator)
        case .productIterator: return try nextProduct(iterator)
        case .permutationIterator: return try nextPermutation(iterator)
        case .combinationIterator: return try nextCombination(iterator)
        case .multisetIterator: return try nextMultiset(iterator)
        case .dequeIterator, .dequeReverseIterator: return try nextOfDeque(iterator)
        default: return .unbound
        }
    }
    private func end(_ iterator: Reference) throws(Unwind) -> Value {
        self[iterator, Iterator.source] = .none
        self[iterator, Iterator.extra] = .none
        return .unbound
    }

    private func nextCycled(_ iterator: Reference) throws(Unwind) -> Value {
        let source = self[iterator, Iterator.source]
        let saved = self[iterator, Iterator.extra].reference
        if source != .none {
            let item = try next(source)
            if item != .unbound {
                try append(saved, item)
                return item
            }
            self[iterator, Iterator.source] = .none
        }
        let count = self[saved, List.count]
        if count == 0 { return .unbound }
        let i = self[iterator, Iterator.position]
        self[iterator, Iterator.position] = i &+ 1 >= count ? 0 : i &+ 1
        return item(ofList: saved, i)
    }

    private func nextAccumulated(_ iterator: Reference) throws(Unwind) -> Value {
        let total = self[iterator, Iterator.more]
        if self[iterator, Iterator.position] != 0 {
            self[iterator, Iterator.position] = 0
            return total
        }
        let item = try next(self[iterator, Iterator.source])
        if item == .unbound { return .unbound }
        var result = item
        if total != .unbound {
            let function = self[iterator, Iterator.extra]
            result =
                function == .none
                ? try binary(.add, total, item) : try call(function, total, item)
        }
        self[iterator, Iterator.more] = result
        return result
    }

    private func nextChained(_ iterator: Reference) throws(Unwind) -> Value {
        while true {
            let active = self[iterator, Iterator.extra]
            if active != .none {
                let item = try next(active)
                if item != .unbound { return item }
                self[iterator, Iterator.extra] = .none
            }
            let source = self[iterator, Iterator.source]
            if source == .none { return .unbound }
            let iterable = try next(source)
            if iterable == .unbound { return try end(iterator) }
            do throws(Unwind) {
                self[iterator, Iterator.extra] = try self.iterator(of: iterable)
            } catch {
                self[iterator, Iterator.source] = .none
                throw error
            }
        }
    }

    private func nextSliced(_ iterator: Reference) throws(Unwind) -> Value {
        let source = self[iterator, Iterator.source]
        if source == .none { return .unbound }
        let rules = self[iterator, Iterator.more].reference
        let (stop, step) = (q.tupleElement(rules, 0).int, q.tupleElement(rules, 1).int)
        let wanted = self[iterator, Iterator.extra].int
        while self[iterator, Iterator.position] < wanted {
            if try next(source) == .unbound { return try end(iterator) }
            self[iterator, Iterator.position] = self[iterator, Iterator.position] &+ 1
        }
        if stop >= 0 && self[iterator, Iterator.position] >= stop { return try end(iterator) }
        let item = try next(source)
        if item == .unbound { return try end(iterator) }
        self[iterator, Iterator.position] = self[iterator, Iterator.position] &+ 1
        let following = wanted &+ step
        let isPast = following < wanted || following > 1 << 60 || stop >= 0 && following > stop
        self[iterator, Iterator.extra] = Value(isPast ? (stop >= 0 ? stop : 1 << 60) : following)
        return item
    }

    private func nextShared(_ iterator: Reference) throws(Unwind) -> Value {
        let link = self[iterator, Iterator.extra].reference
        if self[link, 0] == .unbound {
            if self[link, 2] == .true {
                throw raise(.runtimeError, "cannot re-enter the tee iterator")
            }
            self[link, 2] = .true
            let item: Value
            do throws(Unwind) {
                item = try next(self[iterator, Iterator.source])
            } catch {
                self[link, 2] = .none
                throw error
            }
            self[link, 2] = .none
            if item == .unbound { return .unbound }
            self[link, 1] = Value(try newTeeLink())
            self[link, 0] = item
        }
        self[iterator, Iterator.extra] = self[link, 1]
        return self[link, 0]
    }
    /// An item that the iterators of a `tee` share, and the way to the next.
    func newTeeLink() throws(Unwind) -> Reference {
        let link = try checked(q.newArray(capacity: 3))
        self[link, 0] = .unbound
        return link
    }

    private func nextZippedLongest(_ iterator: Reference) throws(Unwind) -> Value {
        let count = self[iterator, Iterator.more].int
        if self[iterator, Iterator.position] == 0 { return .unbound }
        let iterators = self[iterator, Iterator.source].reference
        let items = try newList(capacity: count)
        for i in 0..<count {
            var item = self[iterators, i]
            if item != .none {
                let source = item
                do throws(Unwind) {
                    item = try next(source)
                } catch {
                    self[iterator, Iterator.position] = 0
                    throw error
                }
                if item == .unbound {
                    let left = self[iterator, Iterator.position] &- 1
                    self[iterator, Iterator.position] = max(0, left)
                    if left <= 0 { return .unbound }
                    self[iterators, i] = .none
                    item = self[iterator, Iterator.extra]
                }
            } else {
                item = self[iterator, Iterator.extra]
            }
            try append(items, item)
        }
        return try tuple(ofList: items)
    }

    // MARK: groups

    /// The state that a `groupby` shares with its groups: an array.
    private enum Grouping {
        /// The key of the group in progress, or unbound before the first.
        static let target = 0
        /// Key and value read last, unbound when they have been used.
        static let key = 1
        static let value = 2
    }
    func newGrouping() throws(Unwind) -> Reference {
        try checked(q.newArray(capacity: 4, filling: .unbound))
    }
    /// False at the end.
    private func readGrouped(_ iterator: Reference) throws(Unwind) -> Bool {
        let state = self[iterator, Iterator.more].reference
        let value = try next(self[iterator, Iterator.source])
        if value == .unbound { return false }
        let function = self[iterator, Iterator.extra]
        let key = function == .none ? value : try call(function, value)
        self[state, Grouping.value] = value
        self[state, Grouping.key] = key
        return true
    }
    private func nextGroup(_ iterator: Reference) throws(Unwind) -> Value {
        let state = self[iterator, Iterator.more].reference
        let number = self[iterator, Iterator.position] &+ 1
        self[iterator, Iterator.position] = number
        while true {
            let (target, key) = (self[state, Grouping.target], self[state, Grouping.key])
            if key != .unbound {
                if target == .unbound { break }
                if try !same(target, key) { break }
            }
            if try !readGrouped(iterator) { return .unbound }
        }
        let key = self[state, Grouping.key]
        self[state, Grouping.target] = key
        let group = newIterator(.groupIterator, Value(iterator), position: number, extra: key)
        return try tuple(key, group)
    }
    private func nextOfGroup(_ iterator: Reference) throws(Unwind) -> Value {
        let parent = self[iterator, Iterator.source].reference
        if self[parent, Iterator.position] != self[iterator, Iterator.position] { return .unbound }
        let state = self[parent, Iterator.more].reference
        if self[state, Grouping.value] == .unbound {
            if try !readGrouped(parent) { return .unbound }
        }
        if try !same(self[iterator, Iterator.extra], self[state, Grouping.key]) { return .unbound }
        let value = self[state, Grouping.value]
        self[state, Grouping.value] = .unbound
        self[state, Grouping.key] = .unbound
        return value
    }
}
