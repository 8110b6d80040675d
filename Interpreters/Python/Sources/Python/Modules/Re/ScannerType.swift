import InterpreterKit

/// Iterators over matches, and scanners, which are the same with methods that may be mixed.
extension VM {
    func addMatchIterator(_ type: TypeBuilder, _ types: RegexTypes) {
        type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in a[0] }
        type.method("__next__", "(self, /)") { (vm, a) throws(Unwind) in
            let match = try vm.nextMatch(types, a[0].reference, isAnchored: false)
            if match == .none { throw vm.raise(.stopIteration) }
            return match
        }
    }
    func addScannerMethods(_ type: TypeBuilder, _ types: RegexTypes) {
        type.method("search", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.nextMatch(types, a[0].reference, isAnchored: false)
        }
        type.method("match", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.nextMatch(types, a[0].reference, isAnchored: true)
        }
        type.attribute(
            "pattern", get: { (vm, a) throws(Unwind) in vm[a[0].reference, MatchIterator.pattern] })
    }
    /// An iterator or a scanner, whichever the type is.
    func matches(
        _ type: Reference, _ pattern: Reference, _ string: Value, _ start: Value, _ end: Value
    ) throws(Unwind) -> Value {
        let subject = try subject(string, for: pattern)
        let (from, to) = try window(start, end, subject.count)
        let iterator = try newInstance(type)
        self[iterator, MatchIterator.pattern] = Value(pattern)
        self[iterator, MatchIterator.string] = string
        self[iterator, MatchIterator.end] = to
        self[iterator, MatchIterator.next] = from
        self[iterator, MatchIterator.notEmptyAt] = -1
        self[iterator, MatchIterator.start] = from
        return Value(iterator)
    }
    /// The next match, or None at the end and ever after.
    private func nextMatch(
        _ types: RegexTypes, _ iterator: Reference, isAnchored: Bool
    ) throws(Unwind) -> Value {
        let string = self[iterator, MatchIterator.string]
        if string == .none { return .none }
        let pattern = self[iterator, MatchIterator.pattern].reference
        let subject = try subject(string, for: pattern)
        let end = min(self[iterator, MatchIterator.end], subject.count)
        let place = self[iterator, MatchIterator.next]
        var run = run(pattern, subject, end: end)
        run.notEmptyAt = self[iterator, MatchIterator.notEmptyAt]
        if place > end || !(isAnchored ? run.match(at: place) : run.search(from: place)) {
            if run.isExhausted { throw exhausted() }
            self[iterator, MatchIterator.string] = .none
            return .none
        }
        let match = try newMatch(
            types, pattern, subject, self[iterator, MatchIterator.start], run)
        self[iterator, MatchIterator.next] = run.advance()
        self[iterator, MatchIterator.notEmptyAt] = run.notEmptyAt
        return match
    }
}
