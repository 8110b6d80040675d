import CHost
import ManagedHeap

/// The specialisation that asks the thread at each access which backend it is on.
///
/// Guest code whose size or rarity does not deserve a copy per backend is compiled once, against
/// `Quantum<Dispatched>`: built-in functions, slow paths. It may be called from any specialisation on
/// the same thread, because a quantum is nothing but its thread:
///
/// ```swift
/// func slowPath(_ t: ThreadContext) throws(Abort) {
///     let q = Quantum<Dispatched>(t)
///     q[object, Counter.value] += 1
/// }
/// ```
/// Cost over the specialised code: one predicted branch per access on the GIL; a virtual call on the others, except
/// for objects that the backend says are the thread's own.
@frozen public enum Dispatched: Backend {
    @inlinable @inline(__always)
    public static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int
    ) -> UInt64 {
        if _fastPath(t.pointee.isPlain != 0 || quanta_tag_at(unit) == t.pointee.ownTag) {
            return host_load_relaxed(unit + word)
        }
        return readSlowly(t, unit, word)
    }
    @inlinable @inline(__always)
    public static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ a: Int, _ b: Int
    ) -> (UInt64, UInt64) {
        if _fastPath(t.pointee.isPlain != 0 || quanta_tag_at(unit) == t.pointee.ownTag) {
            return (host_load_relaxed(unit + a), host_load_relaxed(unit + b))
        }
        return (readSlowly(t, unit, a), readSlowly(t, unit, b))
    }
    @inlinable @inline(__always)
    public static func copy(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int,
        to target: UnsafeMutablePointer<UInt64>, _ count: Int
    ) {
        if t.pointee.isPlain != 0 {
            target.update(from: unit + word, count: count)
        } else if quanta_tag_at(unit) == t.pointee.ownTag {
            host_move_words(target, unit + word, count)
        } else {
            copySlowly(t, unit, word, to: target, count)
        }
    }
    @inline(never) @usableFromInline
    static func copySlowly(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int,
        to target: UnsafeMutablePointer<UInt64>, _ count: Int
    ) {
        Scheduler.of(t)._withUnsafeGuaranteedRef { $0.copy(t, unit, word, to: target, count) }
    }
    @inlinable @inline(__always)
    public static func write(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int, _ bits: UInt64
    ) {
        if _fastPath(
            t.pointee.isPlain != 0
                || (host_load_relaxed(unit) ^ t.pointee.newWord) <= Header.kindMask)
        {
            return host_store_relaxed(unit + word, bits)
        }
        writeSlowly(t, unit, word, bits)
    }
    @inlinable @inline(__always)
    public static func own(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>) -> Bool {
        t.pointee.isPlain != 0
            || (host_load_relaxed(unit) ^ t.pointee.newWord) <= Header.kindMask
            || ownSlowly(t, unit)
    }
    @inlinable @inline(__always) public static func isPlain(_ t: ThreadContext) -> Bool {
        t.pointee.isPlain != 0
    }
    @inline(never) @usableFromInline
    static func ownSlowly(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>) -> Bool {
        Scheduler.of(t)._withUnsafeGuaranteedRef { $0.own(t, unit) }
    }
    @inlinable @inline(__always) public static func birth(_ t: ThreadContext) -> UInt64 {
        t.pointee.birth
    }
    @inline(never) @usableFromInline
    static func readSlowly(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int
    ) -> UInt64 {
        let content = host_load_relaxed(unit + word)
        return _fastPath(quanta_knows(t, unit)) ? content : ask(t, unit, word)
    }
    /// Apart from its caller, which then needs no stack.
    @inline(never) @usableFromInline
    static func ask(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int
    ) -> UInt64 {
        Scheduler.of(t)._withUnsafeGuaranteedRef { $0.read(t, unit, word) }
    }
    @inline(never) @usableFromInline
    static func writeSlowly(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int, _ bits: UInt64
    ) {
        Scheduler.of(t)._withUnsafeGuaranteedRef { $0.write(t, unit, word, bits) }
    }
    @inline(never) public static func poll(_ t: ThreadContext) -> Bool {
        Scheduler.of(t)._withUnsafeGuaranteedRef { $0.poll(t) }
    }
    @inlinable @inline(__always) public static var rollsBack: Bool { true }
    @inline(never) public static func finish(_ t: ThreadContext) throws(Abort) {
        try Scheduler.of(t).takeUnretainedValue().finish(t)
    }
    @inline(never) public static func start(_ t: ThreadContext) throws(Abort) {
        try Scheduler.of(t).takeUnretainedValue().start(t)
    }
    @inline(never) public static func startInevitable(_ t: ThreadContext) throws(Abort) {
        try Scheduler.of(t).takeUnretainedValue().startInevitable(t)
    }
    @inline(never) public static func merge(_ t: ThreadContext) throws(Abort) {
        try Scheduler.of(t).takeUnretainedValue().merge(t)
    }
    @inline(never) public static func leave(_ t: ThreadContext) {
        Scheduler.of(t).takeUnretainedValue().goOut(t)
    }
    @inline(never) public static func arrive(_ t: ThreadContext) {
        Scheduler.of(t).takeUnretainedValue().comeBack(t)
    }
    @inline(never) public static func becomeInevitable(
        _ t: ThreadContext, _ reason: StaticString
    ) throws(Abort) {
        try Scheduler.of(t).takeUnretainedValue().becomeInevitable(t, reason)
    }
}

extension Quantum where B == Dispatched {
    /// Runs `task` as a nested run, in the specialisation of the thread's backend.
    public func nested<T: GuestTask>(_ task: inout T) throws(Abort) {
        let frame = thread.pointee.frame
        Driver.enterNested(thread)
        let type = Unmanaged<TaskType>.fromOpaque(thread.pointee.taskType.unsafelyUnwrapped)
        try withUnsafeMutablePointer(to: &task) { (p) throws(Abort) in
            try type.takeUnretainedValue().run(thread, UnsafeMutableRawPointer(p))
        }
        Driver.leaveNested(thread)
        thread.pointee.frame = frame
    }
}

/// A guest thread as code that is compiled once passes it around: what `Quantum<Dispatched>` is made of.
public typealias ThreadHandle = ThreadContext
