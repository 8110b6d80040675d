import InterpreterKit

/// What the loop does itself at sets: small integers and strings, whose comparison calls nothing.
extension Python {
    /// Whether a set or the keys of a dict have a small integer or a string; unbound when it takes a call.
    @inline(never)
    static func contains<B>(
        _ q: borrowing Quantum<B>, _ container: Value, _ item: Value
    ) -> Value {
        guard container.isReference else { return .unbound }
        let r = container.reference
        if r.kind == Kind.set.kind || r.kind == Kind.frozenSet.kind {
            let wanted = hash(item)
            if wanted == .unbound { return .unbound }
            switch place(q, q[r, SetTable.table], item, wanted) {
            case .found: return .true
            case .free: return .false
            case .unknown: return .unbound
            }
        }
        guard r.kind == Kind.dict.kind, q[r, Dict.state] & 1 == 0 else { return .unbound }
        let n = entry(q, r, item)
        return n == -2 ? .unbound : Value(n >= 0)
    }

    /// `addToSet`
    @inline(never)
    static func add<B>(
        _ q: borrowing Quantum<B>, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter, _ i: Operands
    ) throws(Unwind) {
        let (set, item) = (fp[i.a].reference, fp[i.b])
        switch add(q, set, item) {
        case .done: break
        case .full:
            if !grow(q, set) { throw VM(q.thread, shared, fp, pc).outOfMemory() }
        case .unknown: try VM(q.thread, shared, fp, pc).add(set, item)
        }
    }
    /// What has come of adding an element: the set has it, the set has it and needs a larger table, it takes
    /// a call.
    enum Adding {
        case done, full, unknown
    }
    @inline(__always)
    static func add<B>(_ q: borrowing Quantum<B>, _ set: Reference, _ item: Value) -> Adding {
        let wanted = hash(item)
        if wanted == .unbound { return .unknown }
        let table = q[set, SetTable.table]
        switch place(q, table, item, wanted) {
        case .found: return .done
        case .unknown: return .unknown
        case .free(let i):
            var isFull = false
            if q[table, 2 &* i &+ 1] == .unbound {
                let filled = q[set, SetTable.filled] &+ 1
                q[set, SetTable.filled] = filled
                isFull = SetTable.isFull(filled, q.capacity(ofArray: table))
            }
            q[table, 2 &* i] = item
            q[table, 2 &* i &+ 1] = wanted
            q[set, SetTable.count] = q[set, SetTable.count] &+ 1
            return isFull ? .full : .done
        }
    }

    /// A larger table for a set that is full; false when there is no memory.
    static func grow<B>(_ q: borrowing Quantum<B>, _ set: Reference) -> Bool {
        let count = q[set, SetTable.count]
        return resize(q, set, count > 50000 ? count &* 2 : count &* 4)
    }
    /// A table for more than `wanted` keys, without the removed ones.
    @inline(never)
    static func resize<B>(_ q: borrowing Quantum<B>, _ set: Reference, _ wanted: Int) -> Bool {
        var size = 8
        while size <= wanted { size &*= 2 }
        guard let table = q.newArray(capacity: size &* 2, filling: .unbound) else { return false }
        let old = q[set, SetTable.table]
        let places = q.capacity(ofArray: old) &>> 1
        var i = 0
        while i < places {
            let key = q[old, 2 &* i]
            if key != .unbound { insert(q, table, key, q[old, 2 &* i &+ 1]) }
            i &+= 1
        }
        if old == SetTable.own(of: set) {
            i = 0
            while i < SetTable.least {
                q[old, i] = .unbound
                i &+= 1
            }
        }
        q[set, SetTable.table] = table
        q[set, SetTable.filled] = q[set, SetTable.count]
        return true
    }
    /// Puts a key that is not in the table into its place.
    @inline(__always)
    static func insert<B>(
        _ q: borrowing Quantum<B>, _ table: Reference, _ key: Value, _ hash: Value
    ) {
        let i = hash.int & (q.capacity(ofArray: table) &>> 1 &- 1)
        if q[table, 2 &* i &+ 1] == .unbound {
            q[table, 2 &* i] = key
            q[table, 2 &* i &+ 1] = hash
        } else {
            insertFurther(q, table, key, hash)
        }
    }
    @inline(never)
    private static func insertFurther<B>(
        _ q: borrowing Quantum<B>, _ table: Reference, _ key: Value, _ hash: Value
    ) {
        let mask = q.capacity(ofArray: table) &>> 1 &- 1
        var i = hash.int & mask
        var perturb = UInt(bitPattern: hash.int)
        while true {
            let first = i
            let last = i &+ SetTable.linearProbes <= mask ? i &+ SetTable.linearProbes : i
            while i <= last {
                if q[table, 2 &* i &+ 1] == .unbound {
                    q[table, 2 &* i] = key
                    q[table, 2 &* i &+ 1] = hash
                    return
                }
                i &+= 1
            }
            perturb &>>= 5
            i = Int(bitPattern: UInt(bitPattern: first &* 5 &+ 1) &+ perturb) & mask
        }
    }

    private enum Place {
        case found, free(Int), unknown
    }
    /// The hash as a table remembers it; unbound for other elements.
    @inline(__always) private static func hash(_ item: Value) -> Value {
        // Never that of a removed one.
        if item.isInt { return Value(NumberHash.int(item.int)) }
        return item.isString ? SetTable.hash(StringView(item).hash) : .unbound
    }
    /// The place that has the element, or where it belongs: mostly the one that its hash names.
    @inline(__always)
    private static func place<B>(
        _ q: borrowing Quantum<B>, _ table: Reference, _ item: Value, _ wanted: Value
    ) -> Place {
        let i = wanted.int & (q.capacity(ofArray: table) &>> 1 &- 1)
        let (element, known) = q.pair(table, 2 &* i)
        if known == .unbound { return .free(i) }
        if known == wanted && element == item { return .found }
        return search(q, table, item, wanted)
    }
    @inline(never)
    private static func search<B>(
        _ q: borrowing Quantum<B>, _ table: Reference, _ item: Value, _ wanted: Value
    ) -> Place {
        let mask = q.capacity(ofArray: table) &>> 1 &- 1
        var perturb = UInt(bitPattern: wanted.int)
        var i = wanted.int & mask
        var free = -1
        while true {
            let first = i
            let last = i &+ SetTable.linearProbes <= mask ? i &+ SetTable.linearProbes : i
            while i <= last {
                let (candidate, known) = q.pair(table, 2 &* i)
                if known == .unbound { return .free(free < 0 ? i : free) }
                if known == wanted {
                    if candidate == item { return .found }
                    if item.isInt {
                        if !candidate.isInt && candidate != .unbound { return .unknown }
                    } else if candidate.isString {
                        if StringView.equal(StringView(candidate), StringView(item)) {
                            return .found
                        }
                    } else if candidate != .unbound {
                        return .unknown
                    }
                } else if known == SetTable.removed {
                    free = i
                }
                i &+= 1
            }
            perturb &>>= 5
            i = Int(bitPattern: UInt(bitPattern: first &* 5 &+ 1) &+ perturb) & mask
        }
    }
}
