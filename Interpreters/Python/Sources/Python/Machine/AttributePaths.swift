import InterpreterKit

/// What the loop does itself at accesses to attributes: it goes by what the word at `pc` remembers.
extension Python {
    /// The object as the ``InlineCache/Attribute/key`` that describes it.
    @inline(__always)
    private static func key<B>(_ q: borrowing Quantum<B>, _ object: Reference) -> UInt64 {
        let kind = object.kind
        if kind == Kind.instance.kind { return q[object, Instance.map].bits }
        return kind == Kind.module.kind || kind == Kind.type.kind
            ? UInt64(UInt(bitPattern: object.address)) : UInt64(kind)
    }

    /// The attribute; unbound when it takes a call.
    @inline(__always)
    static func loadAttribute<B>(
        _ q: borrowing Quantum<B>, _ object: Value, _ word: UInt64
    ) -> Value {
        guard object.isReference else { return .unbound }
        let r = object.reference
        if r.kind == Kind.instance.kind {
            let (_, value) = q[
                r, Instance.map,
                then: { map in
                    if let field = InlineCache.field(of: r, word, map.bits) { return field }
                    // Of objects of several classes, a slot of their own is what is mostly asked for.
                    guard let first = InlineCache.attribute(word) else { return nil }
                    return InlineCache.field(of: r, first, map.bits)
                }]
            if let value { return value }
        }
        guard let cache = InlineCache.attribute(word) else { return .unbound }
        return loadCached(q, r, cache)
    }
    @inline(never)
    private static func loadCached<B>(
        _ q: borrowing Quantum<B>, _ object: Reference,
        _ first: UnsafeMutablePointer<InlineCache.Attribute>
    ) -> Value {
        guard let cache = find(key(q, object), first) else { return .unbound }
        switch cache.pointee.form {
        case .slot:
            let slot = cache.pointee.slot
            let further = slot &- Instance.capacity(object)
            if further < 0 { return q[object, Instance.slot(slot)] }
            let overflow = q[object, Instance.overflow]
            return overflow == .none ? .unbound : q[overflow.reference, further]
        case .value:
            return isCurrent(q, cache) ? cache.pointee.value : .unbound
        case .global:
            return q[cache.pointee.value.reference, Field<Value>(0)]
        case .method, .transition:
            return .unbound
        }
    }
    @inline(__always)
    private static func find(
        _ key: UInt64, _ first: UnsafeMutablePointer<InlineCache.Attribute>
    ) -> UnsafeMutablePointer<InlineCache.Attribute>? {
        var cache = first
        while cache.pointee.key != key {
            guard let next = cache.pointee.next else { return nil }
            cache = next
        }
        return cache
    }
    /// Does the class still say what it said?
    @inline(__always)
    private static func isCurrent<B>(
        _ q: borrowing Quantum<B>, _ cache: UnsafeMutablePointer<InlineCache.Attribute>
    ) -> Bool {
        q[cache.pointee.type, TypeObject.version] == cache.pointee.version
    }

    /// Sets the attribute; false when it takes a call.
    @inline(__always)
    static func storeAttribute<B>(
        _ q: borrowing Quantum<B>, _ object: Value, _ word: UInt64, _ value: Value
    ) -> Bool {
        guard object.isInstance else { return false }
        let r = object.reference
        let map = q[r, Instance.map].bits
        if let field = InlineCache.field(of: r, word, map) {
            q[r, field] = value
            return true
        }
        guard let cache = InlineCache.attribute(word) else { return false }
        // What `__init__` does.
        if cache.pointee.key == map, cache.pointee.form == .transition,
            cache.pointee.slot < Instance.capacity(r), isCurrent(q, cache)
        {
            q[r, Instance.map] = cache.pointee.value
            q[r, Instance.slot(cache.pointee.slot)] = value
            return true
        }
        return storeCached(q, r, cache, value)
    }
    @inline(never)
    private static func storeCached<B>(
        _ q: borrowing Quantum<B>, _ object: Reference,
        _ first: UnsafeMutablePointer<InlineCache.Attribute>, _ value: Value
    ) -> Bool {
        guard let cache = find(key(q, object), first) else { return false }
        let slot = cache.pointee.slot
        let further = slot &- Instance.capacity(object)
        switch cache.pointee.form {
        case .slot where further >= 0:
            let overflow = q[object, Instance.overflow]
            if overflow == .none { return false }
            q[overflow.reference, further] = value
        case .slot:
            q[object, Instance.slot(slot)] = value
        case .transition:
            guard further < 0, isCurrent(q, cache) else { return false }
            q[object, Instance.map] = cache.pointee.value
            q[object, Instance.slot(slot)] = value
        case .method, .value, .global: return false
        }
        return true
    }

    /// `loadMethod`; false when it takes a call.
    @inline(__always)
    static func loadMethod<B>(
        _ q: borrowing Quantum<B>, _ fp: Frame, _ pc: ProgramCounter, _ i: Operands
    ) -> Bool {
        let object = fp[i.b]
        guard object.isReference, let first = InlineCache.attribute(pc.cache()) else {
            return false
        }
        let r = object.reference
        let isInstance = r.kind == Kind.instance.kind
        guard let cache = find(isInstance ? q[r, Instance.map].bits : key(q, r), first) else {
            return false
        }
        if _fastPath(cache.pointee.form == .method) {
            // What built-in types say does not change.
            guard !isInstance && cache.pointee.key < Shape.kindCount || isCurrent(q, cache) else {
                return false
            }
            fp[i.a] = cache.pointee.value
            fp[i.a &+ 1] = object
            return true
        }
        let value = loadCached(q, r, cache)
        if value == .unbound { return false }
        fp[i.a] = .unbound
        fp[i.a &+ 1] = value
        return true
    }
}
