import InterpreterKit

/// `functools.lru_cache`: a function that remembers its results.
///
/// U1  The dict of results is in the order of use, the result used last at the end; without a limit the
///     order means nothing and is left alone.
private enum LRUCache {
    static var function: Field<Value> { Instance.slot(0) }
    /// The largest number of results, or None.
    static var limit: Field<Value> { Instance.slot(1) }
    /// True if arguments of different types are different.
    static var isTyped: Field<Value> { Instance.slot(2) }
    static var results: Field<Value> { Instance.slot(3) }
    static var hits: Field<Int> { Instance.integerSlot(4) }
    static var misses: Field<Int> { Instance.integerSlot(5) }
    /// The type of what `cache_info` returns.
    static var info: Field<Value> { Instance.slot(6) }
    static let slots = 7
}

extension VM {
    static func addLRUCache(_ module: ModuleBuilder) {
        module.type("_lru_cache_wrapper", reserved: LRUCache.slots, hasDict: true) { type in
            type.constant("__module__", module.vm.intern("functools"))
            type.new("(cls, user_function, maxsize, typed, cache_info_type)") {
                (vm, a) throws(Unwind) in
                if !vm.isCallable(a[1]) {
                    throw vm.raise(.typeError, "the first argument must be callable")
                }
                var limit = Value.none
                if a[2] != .none {
                    if !vm.isInteger(a[2]) {
                        throw vm.raise(.typeError, "maxsize should be integer or None")
                    }
                    limit = Value(max(0, try vm.index(a[2])))
                }
                let cache = try vm.newInstance(a[0].reference)
                vm[cache, LRUCache.function] = a[1]
                vm[cache, LRUCache.limit] = limit
                vm[cache, LRUCache.isTyped] = Value(try vm.isTrue(a[3]))
                vm[cache, LRUCache.results] = Value(vm.newDict())
                vm[cache, LRUCache.hits] = 0
                vm[cache, LRUCache.misses] = 0
                vm[cache, LRUCache.info] = a[4]
                return Value(cache)
            }
            type.method("__call__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                try vm.callCached(try vm.object(a[0], slots: LRUCache.slots), a)
            }
            type.method("__get__", "(self, instance, owner=None, /)") { (vm, a) throws(Unwind) in
                a[1] == .none ? a[0] : Value(vm.q.new(Kind.method, a[0], a[1]))
            }
            type.method("cache_info", "(self, /)") { (vm, a) throws(Unwind) in
                let cache = try vm.object(a[0], slots: LRUCache.slots)
                let counts = try vm.newList()
                try vm.append(counts, Value(vm[cache, LRUCache.hits]))
                try vm.append(counts, Value(vm[cache, LRUCache.misses]))
                try vm.append(counts, vm[cache, LRUCache.limit])
                let results = vm[cache, LRUCache.results].reference
                try vm.append(counts, Value(vm.count(ofDict: results)))
                return try vm.call(vm[cache, LRUCache.info], arguments: Value(counts))
            }
            type.method("cache_clear", "(self, /)") { (vm, a) throws(Unwind) in
                let cache = try vm.object(a[0], slots: LRUCache.slots)
                vm[cache, LRUCache.hits] = 0
                vm[cache, LRUCache.misses] = 0
                vm.clear(vm[cache, LRUCache.results].reference)
                return .none
            }
            type.method("__reduce__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.getAttribute(a[0], vm.name(.qualname))
            }
            type.method("__copy__", "(self, /)") { (vm, a) throws(Unwind) in a[0] }
            type.method("__deepcopy__", "(self, memo, /)") { (vm, a) throws(Unwind) in a[0] }
        }
    }

    private func callCached(_ cache: Reference, _ a: CallArguments) throws(Unwind) -> Value {
        let function = self[cache, LRUCache.function]
        let limit = self[cache, LRUCache.limit]
        if limit == Value(0) {
            self[cache, LRUCache.misses] = self[cache, LRUCache.misses] &+ 1
            return try callUncached(function, a)
        }
        let key = try key(cache, a)
        let hash = try hash(key)
        let results = self[cache, LRUCache.results].reference
        let n = try find(results, key, hash: hash)
        if n >= 0 {
            self[cache, LRUCache.hits] = self[cache, LRUCache.hits] &+ 1
            let value = value(results, entry: n)
            if limit != .none && n != fill(results) &- 1, let (known, _) = entry(results, n) {
                _ = remove(results, entry: n)
                try append(results, known, value, hash: hash)
            }
            return value
        }
        self[cache, LRUCache.misses] = self[cache, LRUCache.misses] &+ 1
        let value = try callUncached(function, a)
        // The call may have found the same result, or cleared the cache.
        if try find(results, key, hash: hash) >= 0 { return value }
        if limit != .none && self[results, Dict.count] >= limit.int {
            let oldest = firstEntry(results)
            if oldest >= 0 { _ = remove(results, entry: oldest) }
        }
        try append(results, key, value, hash: hash)
        return value
    }
    private func callUncached(_ function: Value, _ a: CallArguments) throws(Unwind) -> Value {
        if a.keywords == .unbound {
            switch a.count {
            case 2: return try call(function, a[1])
            case 3: return try call(function, a[1], a[2])
            default: break
            }
        }
        return try call(
            function, arguments: try tuple(a.base + 1, a.count - 1),
            keywords: a.keywords == .unbound ? .none : a.keywords)
    }
    /// What stands for the arguments in the dict: one int or string itself, else a tuple.
    private func key(_ cache: Reference, _ a: CallArguments) throws(Unwind) -> Value {
        let isTyped = self[cache, LRUCache.isTyped] == .true
        if a.keywords == .unbound && !isTyped {
            if a.count == 2 && (a[1].isInt || a[1].isString) { return a[1] }
            return try tuple(a.base + 1, a.count - 1)
        }
        let parts = try newList()
        for i in 1..<max(1, a.count) { try append(parts, a[i]) }
        if let keywords = asDict(a.keywords) {
            // The cache itself separates positional arguments from others.
            try append(parts, Value(cache))
            for i in 0..<fill(keywords) {
                guard let (name, value) = entry(keywords, i) else { continue }
                try append(parts, name)
                try append(parts, value)
            }
        }
        if isTyped {
            for i in 1..<max(1, a.count) { try append(parts, Value(type(of: a[i]))) }
            if let keywords = asDict(a.keywords) {
                for i in 0..<fill(keywords) {
                    guard let (_, value) = entry(keywords, i) else { continue }
                    try append(parts, Value(type(of: value)))
                }
            }
        }
        return try tuple(ofList: parts)
    }
}
