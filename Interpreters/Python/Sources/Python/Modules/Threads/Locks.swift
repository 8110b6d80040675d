import InterpreterKit

/// `_thread.lock`: one field, changed by quanta.
///
/// Taking and giving back a free lock are writes like any other, so that quanta which only do that merge
/// and appear to others as never having held it. Only a thread that finds the lock taken leaves the VM.
enum LockObject {
    /// 1 while it is held.
    static var state: Field<Int> { Field(3) }
    static var waiters: Field<Int> { Field(4) }
    static let reserved = 2
}

/// `_thread.RLock`: a lock that its owner may take again.
enum ReentrantLock {
    /// The identity of the thread that holds it, or 0.
    static var owner: Field<Int> { Field(3) }
    static var waiters: Field<Int> { Field(4) }
    /// How often it is held.
    static var count: Field<Int> { Field(5) }
    static let reserved = 3
}

extension VM {
    /// What `get_ident()` says of this thread.
    var threadIdentity: Int { Int(bitPattern: thread) }

    /// The deadline that the arguments of `acquire(blocking, timeout)` mean; 0 for "do not wait".
    private func deadline(_ blocking: Value, _ timeout: Value) throws(Unwind) -> UInt64 {
        let blocks = blocking == .unbound ? true : try isTrue(blocking)
        let seconds = timeout == .unbound ? -1 : try duration(timeout)
        if !blocks {
            if seconds != -1 {
                throw raise(.valueError, "can't specify a timeout for a non-blocking call")
            }
            return 0
        }
        if seconds == -1 { return .max }
        if seconds < 0 {
            throw raise(.valueError, "timeout value must be positive")
        }
        return try deadline(in: seconds)
    }
    /// Seconds, of a float or anything that stands for an integer.
    func duration(_ value: Value) throws(Unwind) -> Double {
        guard let seconds = floatContent(value) else {
            return try double(ofInt: try integer(value))
        }
        if seconds.isNaN { throw raise(.valueError, "Invalid value NaN (not a number)") }
        return seconds
    }
    /// The time of the monotonic clock so many seconds from now.
    func deadline(in seconds: Double) throws(Unwind) -> UInt64 {
        if seconds > 9.2e18 {
            throw raise(.overflowError, "timestamp out of range for platform time_t")
        }
        if seconds > VM.longestTimeout { throw raise(.overflowError, "timeout value is too large") }
        return now &+ UInt64((seconds * 1e9).rounded(.up))
    }
    /// `threading.TIMEOUT_MAX`
    static var longestTimeout: Double { 9_223_372_036 }

    // MARK: lock

    func addLock(to module: ModuleBuilder) -> Reference {
        let type = module.type(
            "lock", in: "_thread", reserved: LockObject.reserved, isBase: false)
        type.method("acquire", "(self, blocking=True, timeout=-1)") { (vm, a) throws(Unwind) in
            Value(try vm.acquire(lock: a[0].reference, try vm.deadline(a[1], a[2])))
        }
        type.method("acquire_lock", "(self, blocking=True, timeout=-1)") {
            (vm, a) throws(Unwind) in
            Value(try vm.acquire(lock: a[0].reference, try vm.deadline(a[1], a[2])))
        }
        for name: StaticString in ["release", "release_lock"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
                try vm.release(lock: a[0].reference)
                return .none
            }
        }
        for name: StaticString in ["locked", "locked_lock"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
                Value(vm[a[0].reference, LockObject.state] != 0)
            }
        }
        type.method("__enter__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(try vm.acquire(lock: a[0].reference, .max))
        }
        type.method("__exit__", "(self, /, *exc_info)") { (vm, a) throws(Unwind) in
            try vm.release(lock: a[0].reference)
            return .none
        }
        type.method("_at_fork_reinit", "(self, /)") { (vm, a) throws(Unwind) in
            vm[a[0].reference, LockObject.state] = 0
            return .none
        }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let state = vm[a[0].reference, LockObject.state] != 0 ? "locked" : "unlocked"
            return try vm.string("<\(state) _thread.lock object at \(vm.addressText(a[0]))>")
        }
        return type.type
    }
    func newLock(_ type: Reference) throws(Unwind) -> Value {
        let lock = try newInstance(type)
        self[lock, LockObject.state] = 0
        self[lock, LockObject.waiters] = 0
        return Value(lock)
    }
    private func acquire(lock: Reference, _ deadline: UInt64) throws(Unwind) -> Bool {
        if self[lock, LockObject.state] == 0 {
            self[lock, LockObject.state] = 1
            return true
        }
        if deadline == 0 { return false }
        return try wait(for: lock, LockObject.waiters, until: deadline) { () throws(Unwind) in
            if self[lock, LockObject.state] != 0 { return false }
            self[lock, LockObject.state] = 1
            return true
        }
    }
    private func release(lock: Reference) throws(Unwind) {
        if self[lock, LockObject.state] == 0 {
            throw raise(.runtimeError, "release unlocked lock")
        }
        self[lock, LockObject.state] = 0
        if self[lock, LockObject.waiters] > 0 { unpark(lock, count: 1) }
    }

    // MARK: reentrant lock

    func addReentrantLock(to module: ModuleBuilder) {
        let type = module.type("RLock", in: "_thread", reserved: ReentrantLock.reserved)
        type.new("(cls)") { (vm, a) throws(Unwind) in
            let lock = try vm.newInstance(a[0].reference)
            vm[lock, ReentrantLock.owner] = 0
            vm[lock, ReentrantLock.waiters] = 0
            vm[lock, ReentrantLock.count] = 0
            return Value(lock)
        }
        type.method("acquire", "(self, blocking=True, timeout=-1)") { (vm, a) throws(Unwind) in
            Value(try vm.acquire(reentrant: a[0].reference, try vm.deadline(a[1], a[2]), 1))
        }
        type.method("__enter__", "(self, /)") { (vm, a) throws(Unwind) in
            Value(try vm.acquire(reentrant: a[0].reference, .max, 1))
        }
        type.method("release", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.release(reentrant: a[0].reference)
            return .none
        }
        type.method("__exit__", "(self, /, *exc_info)") { (vm, a) throws(Unwind) in
            try vm.release(reentrant: a[0].reference)
            return .none
        }
        type.method("_is_owned", "(self, /)") { (vm, a) throws(Unwind) in
            Value(vm[a[0].reference, ReentrantLock.owner] == vm.threadIdentity)
        }
        type.method("_release_save", "(self, /)") { (vm, a) throws(Unwind) in
            let lock = a[0].reference
            let count = vm[lock, ReentrantLock.count]
            if count == 0 { throw vm.raise(.runtimeError, "cannot release un-acquired lock") }
            let owner = vm[lock, ReentrantLock.owner]
            vm.free(reentrant: lock)
            return try vm.tuple(Value(count), Value(owner))
        }
        type.method("_acquire_restore", "(self, state, /)") { (vm, a) throws(Unwind) in
            guard a[1].isTuple, vm.count(ofTuple: a[1].reference) == 2 else {
                throw vm.raise(.typeError, "_acquire_restore() argument 1 must be a pair")
            }
            let count = try vm.index(vm.item(ofTuple: a[1].reference, 0))
            _ = try vm.acquire(reentrant: a[0].reference, .max, count)
            return .none
        }
        type.method("_at_fork_reinit", "(self, /)") { (vm, a) throws(Unwind) in
            vm.free(reentrant: a[0].reference)
            return .none
        }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let lock = a[0].reference
            let count = vm[lock, ReentrantLock.count]
            return try vm.string(
                "<\(count > 0 ? "locked" : "unlocked") \(vm.fullName(ofType: vm.type(of: a[0]))) object owner=\(vm[lock, ReentrantLock.owner]) count=\(count) at \(vm.addressText(a[0]))>"
            )
        }
        touch(type.type)
    }
    private func acquire(
        reentrant lock: Reference, _ deadline: UInt64, _ times: Int
    ) throws(Unwind) -> Bool {
        let mine = threadIdentity
        if self[lock, ReentrantLock.owner] == mine {
            self[lock, ReentrantLock.count] &+= times
            return true
        }
        if deadline == 0 && self[lock, ReentrantLock.owner] != 0 { return false }
        return try wait(for: lock, ReentrantLock.waiters, until: deadline) { () throws(Unwind) in
            if self[lock, ReentrantLock.owner] != 0 { return false }
            self[lock, ReentrantLock.owner] = mine
            self[lock, ReentrantLock.count] = times
            return true
        }
    }
    private func release(reentrant lock: Reference) throws(Unwind) {
        if self[lock, ReentrantLock.owner] != threadIdentity {
            throw raise(.runtimeError, "cannot release un-acquired lock")
        }
        let count = self[lock, ReentrantLock.count] &- 1
        if count > 0 { self[lock, ReentrantLock.count] = count } else { free(reentrant: lock) }
    }
    private func free(reentrant lock: Reference) {
        self[lock, ReentrantLock.owner] = 0
        self[lock, ReentrantLock.count] = 0
        if self[lock, ReentrantLock.waiters] > 0 { unpark(lock, count: 1) }
    }
}
