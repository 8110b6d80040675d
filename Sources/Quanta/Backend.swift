import CHost
import ManagedHeap

/// One *specialisation* of guest code: what the inlined operations of `Quantum` do.
///
/// `Raw` reads and writes plainly; a transactional backend tracks them. Hot requirements never
/// throw; those that may end a quantum run only on slow paths. What differs between backends that
/// share a specialisation is the ``Scheduler``.
///
/// To write a backend: conform an enum without cases, mark every requirement
/// `@inlinable @inline(__always)`, keep slow work in `@inline(never)` functions, and provide a
/// scheduler with a `drive` function. See docs/writing-a-backend.md.
public protocol Backend {
    /// The content of word `word` (1 is the first slot) of the conflict unit at `unit`.
    static func read(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int)
        -> UInt64
    /// The same of two and of three words of one unit, for which a backend may have to look after the unit only once.
    static func read(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ a: Int, _ b: Int)
        -> (UInt64, UInt64)
    static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ a: Int, _ b: Int, _ c: Int
    ) -> (UInt64, UInt64, UInt64)
    /// A word and, if `next` knows one for its content, another one of the same unit.
    static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int,
        then next: (UInt64) -> Int?
    ) -> (UInt64, UInt64?)
    /// Copies `count` words of one unit, from `word` on, to memory that only this thread writes.
    static func copy(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int,
        to target: UnsafeMutablePointer<UInt64>, _ count: Int)
    static func write(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int, _ bits: UInt64)
    /// Makes the words of the conflict unit at `unit` readable and writable in place until the quantum
    /// ends; false when they must be reached one by one.
    static func own(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>) -> Bool
    /// Are accesses now nothing but loads and stores?
    static func isPlain(_ t: ThreadContext) -> Bool
    /// Header bits, above the shape's, of an object born now.
    static func birth(_ t: ThreadContext) -> UInt64
    /// Should this break take the slow path?
    static func poll(_ t: ThreadContext) -> Bool
    /// Must the VM stack be restorable?
    static var rollsBack: Bool { get }

    /// Ends the quantum for good, or rolls it back and throws.
    static func finish(_ t: ThreadContext) throws(Abort)
    /// Begins the next quantum, after whatever the thread owes between two (collections, hand-over).
    static func start(_ t: ThreadContext) throws(Abort)
    /// The same in the middle of native code: the quantum cannot abort. Throws when the machine has halted.
    static func startInevitable(_ t: ThreadContext) throws(Abort)
    /// A break that may not end the quantum.
    static func merge(_ t: ThreadContext) throws(Abort)
    /// Goes out of the VM and comes back; only between `finish` and `start`.
    static func leave(_ t: ThreadContext)
    static func arrive(_ t: ThreadContext)
    /// From here on the current quantum cannot abort; or rolls it back and throws.
    static func becomeInevitable(_ t: ThreadContext, _ reason: StaticString) throws(Abort)
}

extension Backend {
    @inlinable @inline(__always) public static func isPlain(_ t: ThreadContext) -> Bool { false }
    @inlinable @inline(__always)
    public static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ a: Int, _ b: Int
    ) -> (UInt64, UInt64) { (read(t, unit, a), read(t, unit, b)) }
    @inlinable @inline(__always)
    public static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ a: Int, _ b: Int, _ c: Int
    ) -> (UInt64, UInt64, UInt64) { (read(t, unit, a), read(t, unit, b), read(t, unit, c)) }
    @inlinable @inline(__always)
    public static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int,
        then next: (UInt64) -> Int?
    ) -> (UInt64, UInt64?) {
        let content = read(t, unit, word)
        return (content, next(content).map { read(t, unit, $0) })
    }
    @inlinable @inline(__always)
    public static func copy(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int,
        to target: UnsafeMutablePointer<UInt64>, _ count: Int
    ) { for i in 0..<count { host_store_relaxed(target + i, read(t, unit, word &+ i)) } }
}

/// Slow-path decisions of one machine's backend, and its part in a collection. Subclassed by
/// backends; never called on a hot path.
open class Scheduler: @unchecked Sendable {
    public init() {}

    /// Name as on the command line.
    open var name: String { fatalError("a scheduler has a name") }
    /// True when several threads can be inside at once, so that a collection must stop them.
    open var runsInParallel: Bool { false }
    /// Guest threads that wait to come in show out whoever is in a call that might be made outside, see ``Stay``: so
    /// that brief calls may stay within their quantum.
    open var showsOut: Bool { false }
    /// Every foreign call that is declared pure is made twice and compared, not one in 1024.
    open var checksPromises: Bool { false }
    /// Gives a new thread its backend state; takes it back.
    open func attach(_ t: ThreadContext) {}
    open func detach(_ t: ThreadContext) {}
    /// A task is about to be started on `t`; in the order of the starts.
    open func willStart(_ t: ThreadContext) {}
    /// It could not be started after all.
    open func didNotStart(_ t: ThreadContext) {}

    /// It will run: its number is known.
    open func willRun(_ t: ThreadContext) {}
    /// The quantum of `t` that halts the machine has committed.
    open func willHalt(_ t: ThreadContext) {}

    /// Goes into the VM from outside, waiting for permission; goes out.
    open func enter(_ t: ThreadContext) { fatalError("enter") }
    open func leave(_ t: ThreadContext) { fatalError("leave") }
    /// As `enter`, then begins an inevitable quantum, for a thread of foreign code that has become a guest thread:
    /// whoever is inside may be in a foreign call that waits for it, see ``Stay``. `givesUp` is asked every few
    /// milliseconds of waiting. False when it said so: the thread is outside.
    open func comeIn(_ t: ThreadContext, unless givesUp: () -> Bool) -> Bool {
        fatalError("comeIn")
    }
    /// Raw code at a break whose poll fired, with no quantum open. A scheduler that clears `isPlain` here
    /// has the thread go on in another specialisation.
    open func pause(_ t: ThreadContext) { fatalError("pause") }
    /// The same where raw native code must go on: the thread is alone afterwards.
    open func pauseInMiddle(_ t: ThreadContext) { pause(t) }
    /// Waits outside, between two quanta, until `word` has changed from `seen` or the machine halts.
    open func idle(_ t: ThreadContext, _ word: UnsafeMutablePointer<UInt32>, seen: UInt32) {
        leave(t)
        while host_load32_acquire(word) == seen && !World.isHalted(t) {
            host_futex_wait(word, seen, 20_000)
        }
        enter(t)
    }

    /// Outside, between two quanta, until `wait` is due. Whoever ends the wait rouses `t`; `sleep` waits
    /// until then, or for a while.
    open func rest(
        _ t: ThreadContext, _ wait: Wait,
        sleep: (_ word: UnsafeMutableRawPointer, _ seen: UInt32) -> Void
    ) {
        leave(t)
        while true {
            let seen = host_load32_acquire(quanta_wake(t))
            if wait.isDue { break }
            sleep(quanta_wake(t), seen)
        }
        enter(t)
    }

    /// Outside, before and after a foreign call during which other OS threads may become guest threads. A
    /// backend that keeps its permission during foreign calls passes it on meanwhile.
    open func stepAside(_ t: ThreadContext) {}
    open func stepBack(_ t: ThreadContext) {}

    // MARK: operations of the backend, for code that is compiled once (see ``Dispatched``)

    open func read(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int) -> UInt64
    {
        fatalError("read")
    }
    open func write(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int, _ bits: UInt64
    ) { fatalError("write") }
    open func copy(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int,
        to target: UnsafeMutablePointer<UInt64>, _ count: Int
    ) { for i in 0..<count { host_store_relaxed(target + i, read(t, unit, word &+ i)) } }
    open func own(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>) -> Bool { false }
    open func poll(_ t: ThreadContext) -> Bool { Raw.poll(t) }
    open func finish(_ t: ThreadContext) throws(Abort) { try Raw.finish(t) }
    open func start(_ t: ThreadContext) throws(Abort) { try Raw.start(t) }
    open func startInevitable(_ t: ThreadContext) throws(Abort) { try Raw.start(t) }
    open func merge(_ t: ThreadContext) throws(Abort) { try Raw.merge(t) }
    open func goOut(_ t: ThreadContext) { Raw.leave(t) }
    open func comeBack(_ t: ThreadContext) { Raw.arrive(t) }
    open func becomeInevitable(_ t: ThreadContext, _ reason: StaticString) throws(Abort) {}

    /// References that only the backend holds: logs, old versions. World stopped.
    open func visitRoots(_ t: ThreadContext, _ tracer: inout Tracer) {}
    /// After a collection, world still stopped.
    open func didCollect(_ machine: VirtualMachine) {}

    /// Lines for `--stats` that only this backend has.
    open var report: [(name: String, text: String)] { [] }
}

extension Scheduler {
    /// The scheduler of a thread, without reference counting.
    @inline(__always) public static func of(_ t: ThreadContext) -> Unmanaged<Scheduler> {
        Unmanaged.fromOpaque(t.pointee.scheduler.unsafelyUnwrapped)
    }
}

/// The specialisation without barriers: one thread at a time is inside, so reads and writes are
/// plain and nothing is ever rolled back. The GIL runs it; so may any backend that knows it is alone.
@frozen public enum Raw: Backend {
    @inlinable @inline(__always)
    public static func read(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int
    ) -> UInt64 { host_load_relaxed(unit + word) }
    @inlinable @inline(__always)
    public static func write(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int, _ bits: UInt64
    ) { host_store_relaxed(unit + word, bits) }
    @inlinable @inline(__always)
    public static func own(_ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>) -> Bool {
        true
    }
    @inlinable @inline(__always)
    public static func copy(
        _ t: ThreadContext, _ unit: UnsafeMutablePointer<UInt64>, _ word: Int,
        to target: UnsafeMutablePointer<UInt64>, _ count: Int
    ) { target.update(from: unit + word, count: count) }
    @inlinable @inline(__always) public static func isPlain(_ t: ThreadContext) -> Bool { true }
    @inlinable @inline(__always) public static func birth(_ t: ThreadContext) -> UInt64 { 0 }
    @inlinable @inline(__always) public static func poll(_ t: ThreadContext) -> Bool {
        _slowPath(host_load_relaxed(quanta_poll(t)) != 0) && isOver(t)
    }
    /// A scheduler that wants to know how fast raw code is sets `budget` (``Driver/beginBreaks``) and `poll`: that many
    /// breaks are counted before one takes its slow path, with `budget` -1, or more, to the end of an atomic block.
    /// 0: nothing is counted. With `countsTwice` each counts for two, by way of the same instructions, which shows how
    /// long counting takes.
    @inline(never) @usableFromInline static func isOver(_ t: ThreadContext) -> Bool {
        if _fastPath(t.pointee.budget <= 0) { return true }
        if t.pointee.countsTwice != 0 && isLast(t) { return true }
        t.pointee.budget &-= 1
        if t.pointee.budget > 0 { return false }
        t.pointee.budget = -1
        return true
    }
    /// In a block that lasts longer counting stops.
    private static var mostCounted: Int { 1 << 13 }
    @inline(never) private static func isLast(_ t: ThreadContext) -> Bool {
        t.pointee.countsTwice = 0
        defer { t.pointee.countsTwice = 1 }
        return isOver(t)
    }
    @inlinable @inline(__always) public static var rollsBack: Bool { false }
    @inline(never) public static func finish(_ t: ThreadContext) throws(Abort) {
        t.count(.quanta)
        if t.pointee.pendingEffects != 0 { Effects.of(t).commit(t) }
    }
    @inline(never) public static func start(_ t: ThreadContext) throws(Abort) {
        // First cleared, then looked: whoever sets it after that is heard at the next break.
        host_store_seqcst(quanta_poll(t), 0)
        Scheduler.of(t)._withUnsafeGuaranteedRef { $0.pause(t) }
        try World.checkHalt(t)
        // Not alone any more: the driver goes on from here in the specialisation that tracks accesses.
        if t.pointee.isPlain == 0 { throw Abort() }
    }
    @inline(never) public static func startInevitable(_ t: ThreadContext) throws(Abort) {
        host_store_seqcst(quanta_poll(t), 0)
        Scheduler.of(t)._withUnsafeGuaranteedRef { $0.pauseInMiddle(t) }
        try World.checkHalt(t)
    }
    @inline(never) public static func merge(_ t: ThreadContext) throws(Abort) {
        // First cleared, then looked: whoever sets it after that is heard at the next break. A break that
        // may end the quantum takes its slow path anyway, because this one is overdue.
        host_store_seqcst(quanta_poll(t), 0)
        if t.pointee.budget == -1 && Driver.breaksCovered(t) < mostCounted {
            // What is counted goes on until the quantum may end.
            Driver.allowBreaks(t, Int64(mostCounted))
            host_store_relaxed(quanta_poll(t), 1)
        } else {
            t.pointee.budget = 0
        }
        try World.checkHalt(t)
    }
    @inline(never) public static func leave(_ t: ThreadContext) {
        Scheduler.of(t)._withUnsafeGuaranteedRef { $0.leave(t) }
    }
    @inline(never) public static func arrive(_ t: ThreadContext) {
        Scheduler.of(t)._withUnsafeGuaranteedRef { $0.enter(t) }
    }
    @inlinable @inline(__always)
    public static func becomeInevitable(_ t: ThreadContext, _ reason: StaticString) throws(Abort) {}
}
