import InterpreterKit

/// Union, intersection, difference and the like. Other operands are any iterables; their order and
/// that of the sets decide the order of the results as is traditional (E4).
extension VM {
    func copy(set: Reference, _ shape: Shape) throws(Unwind) -> Reference {
        let result = newSet(shape)
        try merge(result, set)
        return result
    }
    func union(_ set: Reference, _ iterable: Value, _ shape: Shape) throws(Unwind) -> Reference {
        let result = try copy(set: set, shape)
        try update(set: result, iterable)
        return result
    }

    /// Calls `body` with each key and its hash. The set may change meanwhile.
    @inline(__always)
    func forEach(
        inSet set: Reference, _ body: (Value, Int) throws(Unwind) -> Bool
    ) throws(Unwind) {
        var i = 0
        while i < places(set) {
            let key = key(set, i)
            if key != .unbound {
                if !(try body(key, keyHash(set, i))) { return }
            }
            i &+= 1
        }
    }

    func intersection(
        _ set: Reference, _ iterable: Value, _ shape: Shape
    ) throws(Unwind) -> Reference {
        if let other = asSet(iterable) {
            if other == set { return try copy(set: set, shape) }
            let result = newSet(shape)
            var (small, large) = (other, set)
            if self[other, SetTable.count] > self[set, SetTable.count] {
                (small, large) = (set, other)
            }
            try forEach(inSet: small) { (key, hash) throws(Unwind) in
                if try place(large, key, hash: hash) >= 0 { try add(result, key, hash: hash) }
                return true
            }
            return result
        }
        let result = newSet(shape)
        try iterate(iterable) { (key) throws(Unwind) in
            let hash = try hash(key)
            if try place(set, key, hash: hash) >= 0 { try add(result, key, hash: hash) }
            return true
        }
        return result
    }

    func difference(
        _ set: Reference, _ iterable: Value, _ shape: Shape
    ) throws(Unwind) -> Reference {
        let other = asSet(iterable)
        let otherCount =
            other.map { self[$0, SetTable.count] }
            ?? (iterable.isDict ? count(ofDict: iterable.reference) : Int.max)
        // Iterables, and sets that are much smaller, take their elements out of a copy.
        if otherCount == .max || self[set, SetTable.count] &>> 2 > otherCount {
            let result = try copy(set: set, shape)
            if otherCount == .max || other != nil {
                try differenceUpdate(result, iterable)
            } else {
                try removeKeys(result, iterable)
            }
            return result
        }
        let result = newSet(shape)
        try forEach(inSet: set) { (key, hash) throws(Unwind) in
            let isThere: Bool
            if let other {
                isThere = try place(other, key, hash: hash) >= 0
            } else {
                isThere = try find(iterable.reference, key, hash: hash) >= 0
            }
            if !isThere { try add(result, key, hash: hash) }
            return true
        }
        return result
    }
    private func removeKeys(_ set: Reference, _ iterable: Value) throws(Unwind) {
        try iterate(iterable) { (key) throws(Unwind) in
            _ = try discard(set, key, hash: try hash(key))
            return true
        }
    }

    func differenceUpdate(_ set: Reference, _ iterable: Value) throws(Unwind) {
        if let other = asSet(iterable) {
            if other == set { return clear(set: set) }
            var source = other
            if self[other, SetTable.count] &>> 3 > self[set, SetTable.count] {
                source = try intersection(set, Value(other), Kind.set)
            }
            try forEach(inSet: source) { (key, hash) throws(Unwind) in
                _ = try discard(set, key, hash: hash)
                return true
            }
        } else {
            try removeKeys(set, iterable)
        }
        try tidy(set)
    }

    func symmetricDifferenceUpdate(_ set: Reference, _ iterable: Value) throws(Unwind) {
        func toggle(_ key: Value, _ hash: Int) throws(Unwind) {
            if !(try discard(set, key, hash: hash)) { try add(set, key, hash: hash) }
        }
        if iterable.isDict {
            return try iterate(iterable) { (key) throws(Unwind) in
                try toggle(key, try hash(key))
                return true
            }
        }
        var other = asSet(iterable)
        if other == set { return clear(set: set) }
        if other == nil {
            let elements = newSet()
            try update(set: elements, iterable)
            other = elements
        }
        if let other {
            try forEach(inSet: other) { (key, hash) throws(Unwind) in
                try toggle(key, hash)
                return true
            }
        }
    }

    func isSubset(_ set: Reference, of other: Reference) throws(Unwind) -> Bool {
        if self[set, SetTable.count] > self[other, SetTable.count] { return false }
        var isSubset = true
        try forEach(inSet: set) { (key, hash) throws(Unwind) in
            isSubset = try place(other, key, hash: hash) >= 0
            return isSubset
        }
        return isSubset
    }
    func isDisjoint(_ set: Reference, _ iterable: Value) throws(Unwind) -> Bool {
        var isDisjoint = true
        if let other = asSet(iterable) {
            if other == set { return self[set, SetTable.count] == 0 }
            let isSmaller = self[other, SetTable.count] <= self[set, SetTable.count]
            let (small, large) = isSmaller ? (other, set) : (set, other)
            try forEach(inSet: small) { (key, hash) throws(Unwind) in
                isDisjoint = try place(large, key, hash: hash) < 0
                return isDisjoint
            }
            return isDisjoint
        }
        try iterate(iterable) { (key) throws(Unwind) in
            isDisjoint = try place(set, key, hash: try hash(key)) < 0
            return isDisjoint
        }
        return isDisjoint
    }
    func compareSets(
        _ comparison: Comparison, _ a: Reference, _ b: Reference
    ) throws(Unwind) -> Bool {
        let (m, n) = (self[a, SetTable.count], self[b, SetTable.count])
        switch comparison {
        case .equal, .notEqual:
            var isSame = m == n
            if isSame && a.kind == Kind.frozenSet.kind && b.kind == Kind.frozenSet.kind {
                let (h, k) = (self[a, SetTable.extra], self[b, SetTable.extra])
                if h.isInt && k.isInt && h != k { isSame = false }
            }
            if isSame { isSame = try isSubset(a, of: b) }
            return isSame == (comparison == .equal)
        case .less: return m < n ? try isSubset(a, of: b) : false
        case .lessEqual: return try isSubset(a, of: b)
        case .greater: return n < m ? try isSubset(b, of: a) : false
        case .greaterEqual: return try isSubset(b, of: a)
        }
    }

    /// A hash to look for an element with: sets stand for the frozensets they equal.
    func lookupHash(_ key: Value) throws(Unwind) -> Int {
        if let set = asSet(key), lookup(typeOf: key, name(.hash)) == .none {
            return hash(ofSet: set)
        }
        return try hash(key)
    }
}
