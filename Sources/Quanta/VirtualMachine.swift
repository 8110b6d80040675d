import CHost
import ManagedHeap
import Observe

/// One virtual machine: a heap, a backend, guest threads, output. A process may have several; they
/// share nothing.
///
/// ```swift
/// let machine = try VirtualMachine(GILScheduler(), shapes: Duhton.shapes) { bytes in … }
/// machine.host(MyTask.self) { t, p in scheduler.drive(t, p) }
/// let finished = try machine.run([MyTask()])
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

    /// Why a machine, a guest thread or objects for a program could not be made.
    public enum StartError: Error, CustomStringConvertible {
        case addressSpace
        case tooManyThreads(Int)
        case thread(errno: Int32)
        case memory

        public var description: String {
            switch self {
            case .addressSpace: "the system refused address space for the heap or a VM stack"
            case .tooManyThreads(let n): "more than \(n) guest threads"
            case .thread(let errno): "the system refused a thread (errno \(errno))"
            case .memory: "out of memory"
            }
        }
    }

    public let configuration: Configuration
    public let heap: Heap
    public let scheduler: Scheduler
    public let output: Output
    /// What SIGINT and `interrupt()` do: true when the main guest thread gets `Signal.interrupt`, false when
    /// the machine halts.
    public var deliversInterrupts = false
    /// How long spawned threads may be in foreign code, in nanoseconds, once the machine has halted; nil: as long as
    /// they like. They are left behind then: whoever sets this ends the process after the run.
    public var patienceAtEnd: UInt64?
    private var hasLeftThreads = false
    /// Where guest threads wait for each other.
    let parking = ParkingLot()

    let world = UnsafeMutablePointer<quanta_world>.allocate(capacity: 1)

    let threadsLock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private var countsForeignThreads = false
    public private(set) var threads: [ThreadContext] = []
    private var free: [ThreadContext] = []
    private var spawned: [Spawned] = []
    /// The first thread of a run.
    private var main: ThreadContext?
    /// An interrupt came before there was a first thread to hear of it.
    private var mainMissedInterrupt = false
    private var haltReason: Halt?
    private typealias Hosted = (
        task: ObjectIdentifier, type: TaskType,
        drive: (ThreadContext, UnsafeMutableRawPointer) -> Void
    )
    private var hosted: [Hosted] = []
    private var rootVisitors: [(visit: (inout Tracer) -> Void, isDigested: Bool)] = []
    /// Guest threads started in this run.
    private var numbered: UInt64 = 0
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
        threadsLock.initialize(to: 0)
        world.initialize(to: quanta_world())
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
        threadsLock.deallocate()
        world.deallocate()
    }

    /// The reserve behind the limit is gone within one quantum; nothing can be rescued. Overridable
    /// by the launcher.
    public var exhausted: () -> Never = { fatalError("out of memory") }

    @inline(__always) public static func of(_ t: ThreadContext) -> VirtualMachine {
        Unmanaged<VirtualMachine>.fromOpaque(t.pointee.machine.unsafelyUnwrapped)
            .takeUnretainedValue()
    }

    // MARK: threads

    /// Makes tasks of type `T` runnable. `drive` is the backend's driver, specialised for `T`; `run`
    /// is the task's own `run`, specialised for the backend, for nested runs of code that is not.
    public func host<T: GuestTask>(
        _: T.Type, drive: @escaping (ThreadContext, UnsafeMutablePointer<T>) -> Void,
        run: TaskTypeOf<T>.Run? = nil
    ) {
        hosted.removeAll { $0.task == ObjectIdentifier(T.self) }
        hosted.append(
            (
                ObjectIdentifier(T.self), TaskTypeOf<T>(run: run),
                { t, p in drive(t, p.assumingMemoryBound(to: T.self)) }
            ))
    }

    private func hosted<T: GuestTask>(_: T.Type) -> Hosted {
        guard let hosted = hosted.first(where: { $0.task == ObjectIdentifier(T.self) }) else {
            preconditionFailure("\(T.self) is not hosted by this machine")
        }
        return hosted
    }

    /// Roots outside managed memory. Visited with all threads stopped.
    public func addRoots(_ visit: @escaping (inout Tracer) -> Void) {
        host_locked(threadsLock) { rootVisitors.append((visit, true)) }
    }
    /// The same for what the schedule decides: ``digest()`` leaves it out.
    func addPassingRoots(_ visit: @escaping (inout Tracer) -> Void) {
        host_locked(threadsLock) { rootVisitors.append((visit, false)) }
    }

    /// The first guest thread of the run?
    public func isMain(_ t: ThreadContext) -> Bool { host_locked(threadsLock) { main == t } }

    func attach(_ type: TaskType) throws(StartError) -> ThreadContext {
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
            t.pointee.world = world
            t.pointee.machine = Unmanaged.passUnretained(self).toOpaque()
            t.pointee.scheduler = Unmanaged.passUnretained(scheduler).toOpaque()
            t.pointee.heap = Unmanaged.passUnretained(heap).toOpaque()
            t.pointee.unflushed = UnsafePointer(output.isFilled)
            let effects = Effects(self)
            self.effects.append(effects)
            t.pointee.effects = Unmanaged.passUnretained(effects).toOpaque()
            t.pointee.mayStay = scheduler.showsOut ? 1 : 0
            t.pointee.guardMask = scheduler.checksPromises ? 0 : 1023
            t.pointee.random = 0x9E37_79B9_7F4A_7C15 &* (t.pointee.id + 1)
            scheduler.attach(t)
            threads.append(t)
        }
        changeGuests(by: 1)
        t.pointee.taskType = Unmanaged.passUnretained(type).toOpaque()
        t.pointee.number = 0
        t.pointee.submitted = 0
        host_store_relaxed(quanta_signals(t), 0)
        // The first break looks whether the machine was halted before this thread was there.
        host_store_relaxed(quanta_poll(t), 1)
        Driver.reset(t)
        scheduler.willStart(t)
        return t
    }

    /// The start of `t` is certain.
    func number(_ t: ThreadContext) {
        host_locked(threadsLock) {
            numbered += 1
            t.pointee.number = numbered
        }
        scheduler.willRun(t)
    }

    func detach(_ t: ThreadContext) {
        if quanta_current() == t { quanta_set_current(nil) }
        Journal.detach(t)
        host_lock(threadsLock)
        t.pointee.saved = nil
        t.pointee.savedBytes = 0
        t.pointee.taskType = nil
        t.pointee.nativeBase = t.pointee.nativeTop
        t.pointee.lane = nil
        t.pointee.frame = t.pointee.stackBase + 3
        t.pointee.startFrame = t.pointee.frame
        t.pointee.lowMark = t.pointee.stackBase
        t.pointee.highMark = t.pointee.stackBase
        t.pointee.cover = t.pointee.stackBase
        free.append(t)
        changeGuests(by: -1)
        host_unlock(threadsLock)
    }

    /// Under `threadsLock`.
    private func changeGuests(by n: Int) {
        let guests = quanta_guests(world)
        host_store_relaxed(guests, host_load_relaxed(guests) &+ UInt64(bitPattern: Int64(n)))
    }
    /// As one more guest thread, which is there all the time.
    func countForeignThreads() {
        host_locked(threadsLock) {
            if countsForeignThreads { return }
            countsForeignThreads = true
            changeGuests(by: 1)
        }
    }

    /// A task on its way to a thread of its own.
    private final class Start<T: GuestTask> {
        let context: ThreadContext
        let saved: UnsafeMutablePointer<T>
        private(set) var handle: UInt = 0
        private(set) var finished: T?

        init(_ context: ThreadContext, _ task: T) {
            self.context = context
            saved = .allocate(capacity: 1)
            saved.initialize(to: task)
            context.pointee.saved = UnsafeMutableRawPointer(saved)
            context.pointee.savedBytes = UInt64(MemoryLayout<T>.size)
        }
        deinit { saved.deallocate() }

        /// Starts the OS thread. It waits at the gate, if there is one.
        func launch(
            _ machine: VirtualMachine,
            _ drive: @escaping (ThreadContext, UnsafeMutableRawPointer) -> Void,
            _ gate: Gate? = nil
        ) -> Int32 {
            let body = AnyStart { [self] in
                defer { gate?.isFinished = true }
                if let gate, !gate.wait() { return }
                drive(context, UnsafeMutableRawPointer(saved))
                finished = saved.move()
                machine.detach(context)
            }
            let argument = Unmanaged.passRetained(body).toOpaque()
            let error = host_thread_start(
                &handle, machine.configuration.nativeStackBytes,
                { Unmanaged<AnyStart>.fromOpaque($0).takeRetainedValue().run() }, argument)
            if error != 0 {
                Unmanaged<AnyStart>.fromOpaque(argument).release()
                abandon(machine)
            }
            return error
        }

        /// It does not start after all.
        func abandon(_ machine: VirtualMachine) {
            saved.deinitialize(count: 1)
            machine.scheduler.didNotStart(context)
            machine.detach(context)
        }
    }

    private func prepare<T: GuestTask>(_ task: T) throws(StartError) -> Start<T> {
        let context = try attach(hosted(T.self).type)
        // The task's references are roots from here on.
        return host_locked(threadsLock) { Start(context, task) }
    }

    /// Runs tasks to their ends, each on a guest thread of its own; the caller waits. Returns them as
    /// they ended, or nil when the machine halted first.
    public func run<T: GuestTask>(_ tasks: [T]) throws(StartError) -> [T]? {
        var starts: [Start<T>] = []
        numbered = 0
        do throws(StartError) {
            for task in tasks {
                let start = try prepare(task)
                starts.append(start)
                number(start.context)
            }
        } catch {
            for start in starts { start.abandon(self) }
            throw error
        }
        host_locked(threadsLock) {
            main = starts.first?.context
            if let main, mainMissedInterrupt {
                mainMissedInterrupt = false
                _ = host_fetch_or(quanta_signals(main), Signal.interrupt.rawValue)
            }
        }
        defer { host_locked(threadsLock) { main = nil } }
        let drive = hosted(T.self).drive
        var error: Int32 = 0
        for start in starts where error == 0 { error = start.launch(self, drive) }
        if error != 0 {
            halt(.failed(StartError.thread(errno: error)))
            for start in starts.drop(while: { $0.handle != 0 }).dropFirst() { start.abandon(self) }
        }
        for start in starts where start.handle != 0 { host_thread_join(start.handle) }
        join()
        if error != 0 { throw .thread(errno: error) }
        return isHalted ? nil : starts.compactMap(\.finished)
    }

    /// Starts another guest thread. ``run(_:)`` waits for it too.
    public func spawn<T: GuestTask>(_ task: T) throws(StartError) {
        let gate = Gate(isOpen: false)
        number(try spawn(task, gate).0)
        gate.open(forUse: true)
    }
    /// Starts another guest thread, which waits at `gate`; returns it and what takes it back.
    @discardableResult
    func spawn<T: GuestTask>(
        _ task: T, _ gate: Gate
    ) throws(StartError) -> (ThreadContext, takeBack: () -> Void) {
        joinFinished()
        let start = try prepare(task)
        let error = start.launch(self, hosted(T.self).drive, gate)
        if error != 0 { throw .thread(errno: error) }
        host_locked(threadsLock) { spawned.append((start.handle, gate)) }
        return (start.context, { [unowned self] in start.abandon(self) })
    }
    private typealias Spawned = (handle: UInt, gate: Gate)

    /// Gives back the stacks of spawned threads that have ended.
    private func joinFinished() {
        let finished = host_locked(threadsLock) {
            let finished = spawned.filter { $0.gate.isFinished }
            if !finished.isEmpty { spawned.removeAll { $0.gate.isFinished } }
            return finished
        }
        for (handle, _) in finished { host_thread_join(handle) }
    }
    /// Waits for every spawned guest thread.
    private func join() {
        while true {
            let threads = host_locked(threadsLock) {
                let threads = spawned
                spawned = []
                return threads
            }
            if threads.isEmpty { break }
            for (handle, gate) in threads {
                if waits(for: gate) { host_thread_join(handle) } else { leave(handle) }
            }
        }
        output.flush()
    }

    /// False when the thread is not worth the wait.
    private func waits(for gate: Gate) -> Bool {
        guard let patienceAtEnd else { return true }
        var end: UInt64?
        while !gate.isFinished {
            let now = host_monotonic_ns()
            if isHalted && end == nil { end = now + patienceAtEnd }
            if let end, now >= end { return false }
            gate.doze(microseconds: 10_000)
        }
        return true
    }
    /// The thread stays in foreign code; if it ever comes back, it finds the machine halted.
    private func leave(_ handle: UInt) {
        if !hasLeftThreads { _ = Unmanaged.passRetained(self) }
        hasLeftThreads = true
    }

    // MARK: halting

    public var isHalted: Bool { host_load_acquire(quanta_halted(world)) != 0 }
    public var halt: Halt? { host_locked(threadsLock) { haltReason } }

    /// Stops every guest thread at its next break. The first reason stands.
    public func halt(_ reason: Halt) {
        host_lock(threadsLock)
        if haltReason == nil { haltReason = reason }
        host_store_release(quanta_halted(world), 1)
        for t in threads {
            poke(t)
            VirtualMachine.rouse(t)
        }
        host_unlock(threadsLock)
    }
    /// Ready to run again, once no guest thread is running.
    public func clearHalt() {
        if hasLeftThreads { return }
        host_locked(threadsLock) {
            haltReason = nil
            mainMissedInterrupt = false
        }
        host_store_release(quanta_halted(world), 0)
    }
    /// The user wants the guest to stop. Callable from any thread, not from a signal handler. False when the
    /// guest has not even heard of the last time, or will not hear of any: stronger means are needed next
    /// time.
    @discardableResult
    public func interrupt() -> Bool {
        if !deliversInterrupts {
            halt(.interrupted)
            return false
        }
        host_lock(threadsLock)
        defer { host_unlock(threadsLock) }
        guard let main else {
            let isFirst = !mainMissedInterrupt
            mainMissedInterrupt = true
            return isFirst
        }
        let before = host_fetch_or(quanta_signals(main), Signal.interrupt.rawValue)
        poke(main)
        VirtualMachine.rouse(main)
        return before & Signal.interrupt.rawValue == 0
    }
    /// Ends a wait of `t`, which looks whether it has reason to go on.
    static func rouse(_ t: ThreadContext) {
        _ = host_fetch_add32(quanta_wake(t), 1)
        host_futex_wake(quanta_wake(t), 1)
    }
    private func poke(_ t: ThreadContext) { host_store_relaxed(quanta_poll(t), 1) }

    // MARK: collection

    /// Collects now, on guest thread `t`, which is inside the VM; if another thread is collecting,
    /// waits for it instead.
    public func collect(_ t: ThreadContext) {
        quanta_record_native(t)
        if !scheduler.runsInParallel { return host_locked(threadsLock) { collectStopped(1) } }
        if host_exchange(quanta_stop_request(world), 1) != 0 { return World.safepoint(t) }
        // One that waits, as the main thread for the others, has no use for a cache.
        let running = host_locked(threadsLock) {
            threads.count {
                $0 == t || host_load_relaxed(quanta_inside($0)) != 0 && Heap.hasTakenBlocks($0)
            }
        }
        // Not under the lock: a thread on its way to a safepoint may need it. Threads attached from
        // here on cannot go inside before the request is withdrawn.
        for other in host_locked(threadsLock, { threads }) where other != t {
            var spins = 0
            // Pairs with the release in `World.goOutside`: what the thread did inside is visible.
            while host_load_acquire(quanta_inside(other)) != 0 {
                poke(other)
                spins += 1
                if spins > 100 { host_yield() } else { host_pause() }
            }
        }
        host_locked(threadsLock) { collectStopped(running) }
        host_store_seqcst(quanta_stop_request(world), 0)
        _ = host_fetch_add32(quanta_restarts(world), 1)
        host_futex_wake(quanta_restarts(world), Int32.max)
    }

    /// `running` threads have been at work until now.
    private func collectStopped(_ running: Int) {
        heap.collect(threads: threads, running: running) { tracer in
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
            for (visit, _) in rootVisitors { visit(&tracer) }
        }
        if heap.hasReadyFinalizers { host_store_relaxed(quanta_reclaimed(world), 1) }
        scheduler.didCollect(self)
    }

    /// What the guest has left behind: equal for two runs that have done the same, whatever the schedule.
    /// No guest thread is running.
    public func digest() -> Digest {
        heap.digest { tracer in
            for (visit, isDigested) in rootVisitors where isDigested { visit(&tracer) }
        }
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

/// A closure that a C thread can carry.
private final class AnyStart {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}
