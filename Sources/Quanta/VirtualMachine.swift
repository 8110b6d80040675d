import CHost
import ManagedHeap
import Observe

/// One virtual machine: a heap, a backend, guest threads, output. A process may have several; they
/// share nothing.
///
/// ```swift
/// let machine = try VirtualMachine(GILScheduler(), shapes: Duhton.shapes) { bytes in … }
/// machine.host(MyTask.self) { t, p in scheduler.drive(t, p) }
/// let finished = try machine.run(MyTask())
/// ```
///
/// M1  `threads` and thread states change only under `threadsLock`; a collection holds it.
/// M2  A thread context, once made, is reused but never freed before the machine: logs of a backend
///     may still lead into it.
public final class VirtualMachine: @unchecked Sendable {
    public struct Configuration: Sendable {
        public var heap: Heap.Configuration
        /// Guest threads that a language with a pool of workers should use.
        public var threads: Int
        /// Words of VM stack per guest thread.
        public var stackWords: Int
        /// Bytes of native stack per guest thread.
        public var nativeStackBytes: Int

        public init(
            heap: Heap.Configuration = .init(), threads: Int? = nil, stackWords: Int? = nil,
            nativeStackBytes: Int = 64 << 20
        ) {
            self.heap = heap
            self.threads = threads ?? Int(host_core_count())
            self.stackWords = stackWords ?? VMStack.defaultWords
            self.nativeStackBytes = nativeStackBytes
        }
    }

    /// Why a machine stopped before its task ended.
    public enum Halt: Sendable {
        /// The guest failed; the error says how, in the guest's terms.
        case failed(any Error)
        /// The guest asked to end with this status.
        case exit(Int32)
        /// Ctrl-C, or `interrupt()`.
        case interrupted
    }

    /// Why a machine or a guest thread could not be made.
    public enum StartError: Error, CustomStringConvertible {
        case addressSpace
        case tooManyThreads(Int)
        case thread(errno: Int32)

        public var description: String {
            switch self {
            case .addressSpace: "the system refused address space for the heap or a VM stack"
            case .tooManyThreads(let n): "more than \(n) guest threads"
            case .thread(let errno): "the system refused a thread (errno \(errno))"
            }
        }
    }

    public let configuration: Configuration
    public let heap: Heap
    public let scheduler: Scheduler
    public let output: Output
    /// Guards commits of quanta with ordered effects (E1).
    public let effectsLock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    /// Called after SIGINT or `interrupt()`: true when guest threads get `Signal.interrupt`, false
    /// when the machine halts.
    public var deliversInterrupts = false

    // Shared words, each on its own line.
    let stopRequest = UnsafeMutablePointer<UInt64>.allocate(capacity: 16)
    let restarts = UnsafeMutablePointer<UInt32>.allocate(capacity: 32)
    let halted = UnsafeMutablePointer<UInt64>.allocate(capacity: 16)

    let threadsLock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    public private(set) var threads: [ThreadContext] = []
    private var free: [ThreadContext] = []
    private var running: [(UInt64, UInt)] = []
    private var haltReason: Halt?
    private var types: [ObjectIdentifier: TaskType] = [:]
    private var drivers: [ObjectIdentifier: (ThreadContext, UnsafeMutableRawPointer) -> Void] = [:]
    private var rootVisitors: [(inout Tracer) -> Void] = []
    private var effects: [Effects] = []

    public init(
        _ scheduler: Scheduler, shapes: [Shape] = [], configuration: Configuration = .init(),
        output: Output
    ) throws(StartError) {
        guard let heap = Heap(configuration.heap, shapes: shapes) else { throw .addressSpace }
        self.heap = heap
        self.configuration = configuration
        self.scheduler = scheduler
        self.output = output
        effectsLock.initialize(to: 0)
        threadsLock.initialize(to: 0)
        stopRequest.initialize(repeating: 0, count: 16)
        restarts.initialize(repeating: 0, count: 32)
        halted.initialize(repeating: 0, count: 16)
        heap.onPressure = { [unowned self] t in collect(t) }
        heap.onLimit = { t in
            _ = host_fetch_or(quanta_signals(t), Signal.memory.rawValue)
            Driver.breakSoon(t)
        }
        heap.onExhaustion = { [unowned self] _ in
            self.output.flush()
            exhausted()
        }
    }

    deinit {
        for t in threads {
            scheduler.detach(t)
            VMStack.detach(t)
            quanta_thread_destroy(t)
        }
        effectsLock.deallocate()
        threadsLock.deallocate()
        stopRequest.deallocate()
        restarts.deallocate()
        halted.deallocate()
    }

    /// The reserve behind the limit is gone within one quantum; nothing can be rescued. Overridable
    /// by the launcher.
    public var exhausted: () -> Never = { fatalError("out of memory") }

    @inline(__always) public static func of(_ t: ThreadContext) -> VirtualMachine {
        Unmanaged<VirtualMachine>.fromOpaque(t.pointee.machine.unsafelyUnwrapped)
            .takeUnretainedValue()
    }

    // MARK: threads

    /// Makes tasks of type `T` runnable. `drive` is the backend's driver, specialised for `T`.
    public func host<T: GuestTask>(
        _: T.Type, drive: @escaping (ThreadContext, UnsafeMutablePointer<T>) -> Void
    ) {
        types[ObjectIdentifier(T.self)] = TaskTypeOf<T>()
        drivers[ObjectIdentifier(T.self)] = { t, p in drive(t, p.assumingMemoryBound(to: T.self)) }
    }

    /// Roots outside managed memory. Visited with all threads stopped.
    public func addRoots(_ visit: @escaping (inout Tracer) -> Void) { rootVisitors.append(visit) }

    private func attach(_ type: TaskType) throws(StartError) -> ThreadContext {
        host_lock(threadsLock)
        defer { host_unlock(threadsLock) }
        let t: ThreadContext
        if let reused = free.popLast() {
            t = reused
        } else {
            guard threads.count < Int(QUANTA_MAX_THREADS) - 1 else {
                throw .tooManyThreads(threads.count)
            }
            guard let fresh = quanta_thread_create() else { throw .addressSpace }
            t = fresh
            guard VMStack.attach(t, words: configuration.stackWords) else {
                quanta_thread_destroy(t)
                throw .addressSpace
            }
            t.pointee.id = UInt64(threads.count)
            t.pointee.slot = ~0
            t.pointee.machine = Unmanaged.passUnretained(self).toOpaque()
            t.pointee.scheduler = Unmanaged.passUnretained(scheduler).toOpaque()
            t.pointee.heap = Unmanaged.passUnretained(heap).toOpaque()
            let effects = Effects(self)
            self.effects.append(effects)
            t.pointee.effects = Unmanaged.passUnretained(effects).toOpaque()
            t.pointee.random = 0x9E37_79B9_7F4A_7C15 &* (t.pointee.id + 1)
            scheduler.attach(t)
            threads.append(t)
        }
        t.pointee.taskType = Unmanaged.passUnretained(type).toOpaque()
        host_store_relaxed(quanta_signals(t), 0)
        Driver.reset(t)
        return t
    }

    private func detach(_ t: ThreadContext) {
        host_lock(threadsLock)
        t.pointee.saved = nil
        t.pointee.savedBytes = 0
        t.pointee.taskType = nil
        t.pointee.nativeTop = 0
        t.pointee.nativeBase = 0
        t.pointee.lane = nil
        t.pointee.frame = t.pointee.stackBase + 3
        t.pointee.lowMark = t.pointee.stackBase
        t.pointee.highMark = t.pointee.stackBase
        running.removeAll { $0.0 == t.pointee.id }
        free.append(t)
        host_unlock(threadsLock)
    }

    private final class Start<T: GuestTask> {
        let machine: VirtualMachine
        let context: ThreadContext
        let task: UnsafeMutablePointer<T>
        let drive: (ThreadContext, UnsafeMutableRawPointer) -> Void
        var done: ((T) -> Void)?
        init(
            _ machine: VirtualMachine, _ context: ThreadContext, _ task: T,
            _ drive: @escaping (ThreadContext, UnsafeMutableRawPointer) -> Void
        ) {
            self.machine = machine
            self.context = context
            self.task = .allocate(capacity: 1)
            self.task.initialize(to: task)
            self.drive = drive
        }
        func run() {
            drive(context, UnsafeMutableRawPointer(task))
            let finished = task.move()
            task.deallocate()
            machine.detach(context)
            done?(finished)
        }
    }

    private func start<T: GuestTask>(_ task: T, done: ((T) -> Void)? = nil) throws(StartError)
        -> (id: UInt64, handle: UInt)
    {
        guard let type = types[ObjectIdentifier(T.self)],
            let drive = drivers[ObjectIdentifier(T.self)]
        else { preconditionFailure("\(T.self) is not hosted by this machine") }
        let context = try attach(type)
        let id = context.pointee.id
        let start = Start(self, context, task, drive)
        start.done = done
        let argument = Unmanaged.passRetained(AnyStart(start.run)).toOpaque()
        var handle: UInt = 0
        let error = host_thread_start(
            &handle, configuration.nativeStackBytes,
            { Unmanaged<AnyStart>.fromOpaque($0).takeRetainedValue().run() }, argument)
        if error != 0 {
            Unmanaged<AnyStart>.fromOpaque(argument).release()
            start.task.deinitialize(count: 1)
            start.task.deallocate()
            detach(context)
            throw .thread(errno: error)
        }
        return (id, handle)
    }

    /// Runs a task to its end on a guest thread of its own; the caller waits. Nil when the machine
    /// halted first.
    public func run<T: GuestTask>(_ task: T) throws(StartError) -> T? {
        let result = Box<T>()
        let (_, handle) = try start(task) { result.content = $0 }
        host_thread_join(handle)
        output.flush()
        return isHalted ? nil : result.content
    }

    /// Starts another guest thread; ``join()`` waits for all of them.
    public func spawn<T: GuestTask>(_ task: T) throws(StartError) {
        let started = try start(task)
        host_lock(threadsLock)
        running.append(started)
        host_unlock(threadsLock)
        joinable.append(started.handle)
    }
    private var joinable: [UInt] = []

    /// Waits for every spawned guest thread. Only from outside guest threads.
    public func join() {
        while true {
            host_lock(threadsLock)
            let handles = joinable
            joinable = []
            host_unlock(threadsLock)
            if handles.isEmpty { break }
            for handle in handles { host_thread_join(handle) }
        }
        output.flush()
    }

    // MARK: halting

    public var isHalted: Bool { host_load_acquire(halted) != 0 }
    public var halt: Halt? { host_locked(threadsLock) { haltReason } }

    /// Stops every guest thread at its next break. The first reason stands.
    public func halt(_ reason: Halt) {
        host_lock(threadsLock)
        if haltReason == nil { haltReason = reason }
        host_store_release(halted, 1)
        for t in threads { poke(t) }
        host_unlock(threadsLock)
    }
    /// Ready to run again, once no guest thread is running.
    public func clearHalt() {
        host_locked(threadsLock) { haltReason = nil }
        host_store_release(halted, 0)
    }
    @inline(__always) public func checkStop() throws(Abort) {
        if host_load_relaxed(halted) != 0 { throw Abort() }
    }

    /// The user wants the guest to stop. Callable from any thread, not from a signal handler.
    public func interrupt() {
        if !deliversInterrupts { return halt(.interrupted) }
        host_lock(threadsLock)
        for t in threads {
            _ = host_fetch_or(quanta_signals(t), Signal.interrupt.rawValue)
            poke(t)
        }
        host_unlock(threadsLock)
    }
    private func poke(_ t: ThreadContext) { host_store_relaxed(quanta_poll(t), 1) }

    // MARK: collection

    /// Collects now, on guest thread `t`, which is inside the VM; if another thread is collecting,
    /// waits for it instead.
    public func collect(_ t: ThreadContext) {
        quanta_record_native(t)
        if !scheduler.runsInParallel {
            host_lock(threadsLock)
            collectStopped()
            host_unlock(threadsLock)
            return
        }
        if host_exchange(stopRequest, 1) != 0 { return safepoint(t) }
        host_lock(threadsLock)
        for other in threads where other != t {
            var spins = 0
            // Pairs with the release in `goOutside`: what the thread did inside is visible.
            while host_load_acquire(quanta_inside(other)) != 0 {
                poke(other)
                spins += 1
                if spins > 100 { host_yield() } else { host_pause() }
            }
        }
        collectStopped()
        host_unlock(threadsLock)
        host_store_seqcst(stopRequest, 0)
        _ = host_fetch_add32(restarts, 1)
        host_futex_wake(restarts, Int32.max)
    }

    private func collectStopped() {
        heap.collect(threads: threads) { tracer in
            for t in threads {
                VMStack.visitRoots(t, &tracer)
                if let saved = t.pointee.saved {
                    let base = UInt64(UInt(bitPattern: saved))
                    tracer.native(from: base, to: base + t.pointee.savedBytes)
                }
                tracer.native(from: t.pointee.nativeTop, to: t.pointee.nativeBase)
                for i in 0..<12 { tracer.word(UInt(quanta_registers(t)[i])) }
                scheduler.visitRoots(t, &tracer)
            }
            for visit in rootVisitors { visit(&tracer) }
        }
        scheduler.didCollect(self)
    }

    /// Between two quanta: what reclaimed objects asked for.
    public func runFinalizers() {
        for action in heap.takeReadyFinalizers() { action() }
    }

    /// Goes inside; waits while a collection runs.
    public func goInside(_ t: ThreadContext) {
        while true {
            // Dekker with `collect`: announce, then look; it asks, then looks at the announcement.
            _ = host_exchange(quanta_inside(t), 1)
            if host_load_seqcst(stopRequest) == 0 { return }
            host_store_release(quanta_inside(t), 0)
            let seen = host_load32_acquire(restarts)
            if host_load_acquire(stopRequest) != 0 { host_futex_wait(restarts, seen, 2000) }
        }
    }
    /// Goes outside: a collection may run from here on.
    public func goOutside(_ t: ThreadContext) {
        quanta_record_native(t)
        // Publishes everything done inside to a collector that sees 0.
        host_store_release(quanta_inside(t), 0)
    }
    /// A collection may run here, in the middle of a quantum.
    @inline(never) public func safepoint(_ t: ThreadContext) {
        if host_load_acquire(stopRequest) == 0 { return }
        goOutside(t)
        goInside(t)
    }

    // MARK: reports

    public func totals() -> Totals {
        var totals = Totals()
        host_locked(threadsLock) { for t in threads { totals.add(t) } }
        return totals
    }

    private func host_locked<R>(_ lock: UnsafeMutablePointer<UInt32>, _ body: () -> R) -> R {
        host_lock(lock)
        defer { host_unlock(lock) }
        return body()
    }
}

private final class Box<Content> {
    var content: Content?
}

/// A closure that a C thread can carry.
private final class AnyStart {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}

extension VirtualMachine {
    /// Asks guest thread `id` to take the slow path at its next break.
    public func poke(thread id: Int) {
        host_lock(threadsLock)
        let t = threads[id]
        host_unlock(threadsLock)
        host_store_relaxed(quanta_poll(t), 1)
    }
}
