import CHost
import ManagedHeap
import Observe

/// Jobs that guest threads submit and take, as parts of their quanta.
///
/// A job is any value, usually a reference to what shall be run. It becomes visible to others when
/// the quantum that submitted it commits; a quantum that is rolled back has submitted and taken
/// nothing. Each thread takes its newest job first; a thread without jobs steals the oldest half of
/// another's. With one thread the order is depth-first and deterministic.
///
/// W1  A lane's `jobs[bottom ..< start]` are committed; those in `top ..< start` are taken by the
///     owner's open quantum and come back on abort.
/// W2  `bottom`, `top`, `start` change only under the lane's lock; `pending` belongs to the owner.
/// W3  `active` counts threads that may still produce jobs; when it is 0 all lanes are empty, but those of threads
///     that are no members, where `keepsUntilJoined`.
/// W4  `isMember` changes under `lock` and the lane's lock.
public final class WorkQueue: @unchecked Sendable {
    @usableFromInline struct Lane {
        let queue: Unmanaged<WorkQueue>
        let lock: UnsafeMutablePointer<UInt32>
        var jobs: UnsafeMutablePointer<UInt64>
        /// Beside each job its name: thread and number.
        var names: UnsafeMutablePointer<JobName>
        var capacity: Int
        var bottom = 0
        var top = 0
        var start = 0
        var pending: UnsafeMutablePointer<UInt64>
        var pendingCapacity: Int
        var pendingCount = 0
        /// Counted in `active` while it has work.
        var isMember = false
        /// The job at `top` was stolen for the owner's next take: two thieves without work would
        /// otherwise steal one job from each other for ever.
        var isReserved = false
        var gap: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)
    }
    @usableFromInline typealias LanePointer = UnsafeMutablePointer<Lane>

    private unowned let machine: VirtualMachine
    private let keepsUntilJoined: Bool
    /// By thread id; a lane, once there, stays.
    private let lanes = UnsafeMutablePointer<UInt64>.allocate(capacity: Int(QUANTA_MAX_THREADS))
    private let laneCount = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    private let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private let sequence = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private let idlers = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    private var active = 0
    private var closed = false
    /// On a replay: jobs that have been submitted and not taken.
    private var named: [JobName: UInt64] = [:]

    /// - Parameter keepsUntilJoined: what a thread has submitted that is no member stays with it until it joins,
    ///   so that nothing runs before the program says so.
    public init(_ machine: VirtualMachine, keepsUntilJoined: Bool = false) {
        self.machine = machine
        self.keepsUntilJoined = keepsUntilJoined
        lanes.initialize(repeating: 0, count: Int(QUANTA_MAX_THREADS))
        laneCount.initialize(to: 0)
        lock.initialize(to: 0)
        sequence.initialize(to: 0)
        idlers.initialize(to: 0)
        machine.addPassingRoots { [unowned self] tracer in visitRoots(&tracer) }
    }
    deinit {
        forEachLane { lane in
            lane.pointee.jobs.deallocate()
            lane.pointee.names.deallocate()
            lane.pointee.pending.deallocate()
            lane.pointee.lock.deallocate()
            lane.deallocate()
        }
        lanes.deallocate()
        laneCount.deallocate()
        lock.deallocate()
        sequence.deallocate()
        idlers.deallocate()
    }

    /// Threads inside ``Quantum/next(from:resumeAt:)`` as workers get nil from now on.
    public func close() {
        host_lock(lock)
        closed = true
        host_unlock(lock)
        wakeAll()
    }
    /// Forgets all jobs and members; no guest thread is running.
    public func reset() {
        host_lock(lock)
        forEachLane { lane in
            lane.pointee.bottom = 0
            lane.pointee.top = 0
            lane.pointee.start = 0
            lane.pointee.pendingCount = 0
            lane.pointee.isMember = false
            lane.pointee.isReserved = false
        }
        active = 0
        closed = false
        named = [:]
        host_store_release(idlers, 0)
        host_unlock(lock)
    }

    // MARK: the owner's side

    @inline(__always) private static func lane(_ t: ThreadContext) -> LanePointer? {
        t.pointee.lane?.assumingMemoryBound(to: Lane.self)
    }

    private func laneOfThread(_ id: Int) -> LanePointer? {
        LanePointer(bitPattern: UInt(host_load_acquire(lanes + id)))  // pairs with `lane(for:)`
    }
    private func forEachLane(_ body: (LanePointer) -> Void) {
        for id in 0..<Int(laneCount.pointee) { if let lane = laneOfThread(id) { body(lane) } }
    }

    @inline(never) fileprivate func lane(for t: ThreadContext) -> LanePointer {
        if let lane = WorkQueue.lane(t) { return lane }
        host_lock(lock)
        defer { host_unlock(lock) }
        let id = Int(t.pointee.id)
        let lane =
            laneOfThread(id)
            ?? {
                let lane = LanePointer.allocate(capacity: 1)
                let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
                lock.initialize(to: 0)
                lane.initialize(
                    to: Lane(
                        queue: .passUnretained(self), lock: lock, jobs: .allocate(capacity: 64),
                        names: .allocate(capacity: 64), capacity: 64,
                        pending: .allocate(capacity: 64), pendingCapacity: 64))
                // Publishes the lane to thieves.
                host_store_release(lanes + id, UInt64(UInt(bitPattern: lane)))
                host_store_relaxed(laneCount, max(laneCount.pointee, UInt64(id + 1)))
                return lane
            }()
        t.pointee.lane = UnsafeMutableRawPointer(lane)
        return lane
    }

    @inline(never) func submit(_ job: Value, _ t: ThreadContext) {
        let lane = lane(for: t)
        let n = lane.pointee.pendingCount
        if n == lane.pointee.pendingCapacity {
            let bigger = UnsafeMutablePointer<UInt64>.allocate(capacity: n * 2)
            bigger.update(from: lane.pointee.pending, count: n)
            lane.pointee.pending.deallocate()
            lane.pointee.pending = bigger
            lane.pointee.pendingCapacity = n * 2
        }
        lane.pointee.pending[n] = job.bits
        lane.pointee.pendingCount = n + 1
        t.pointee.pendingEffects |= Effects.jobs
        if host_load_relaxed(idlers) != 0 { host_store_relaxed(quanta_poll(t), 1) }
    }

    /// The newest job of this thread's own, as part of its quantum.
    @inline(never) @usableFromInline
    func takeOwn(_ t: ThreadContext) -> Value? {
        let lane = lane(for: t)
        let n = lane.pointee.pendingCount
        if n > 0 {
            lane.pointee.pendingCount = n - 1
            t.pointee.pendingEffects |= Effects.jobs
            t.count(.jobs)
            return Value(bits: lane.pointee.pending[n - 1])
        }
        let journal = Journal.of(t)
        if let journal, journal.isReplay { return takeNamed(t, journal) }
        host_lock(lane.pointee.lock)
        defer { host_unlock(lane.pointee.lock) }
        if lane.pointee.isReserved {
            lane.pointee.isReserved = false
        } else if lane.pointee.top > lane.pointee.bottom {
            lane.pointee.top -= 1
        } else {
            return nil
        }
        t.pointee.pendingEffects |= Effects.jobs
        t.count(.jobs)
        if let journal { journal.take(lane.pointee.names[lane.pointee.top]) }
        return Value(bits: lane.pointee.jobs[lane.pointee.top])
    }
    /// The job that the recording names, if it names one here.
    private func takeNamed(_ t: ThreadContext, _ journal: Journal) -> Value? {
        guard let name = journal.nextJob(t), let job = named.removeValue(forKey: name) else {
            return nil
        }
        t.count(.jobs)
        return Value(bits: job)
    }

    /// Jobs that the open quantum of `t` has submitted.
    public static func forEachSubmitted(_ t: ThreadContext, _ body: (Value) -> Void) {
        guard let lane = lane(t) else { return }
        for i in 0..<lane.pointee.pendingCount { body(Value(bits: lane.pointee.pending[i])) }
    }

    static func commit(_ t: ThreadContext) {
        guard let lane = lane(t) else { return }
        let n = lane.pointee.pendingCount
        let first = t.pointee.submitted
        t.pointee.submitted = first &+ UInt64(n)
        func name(_ i: Int) -> JobName {
            JobName(thread: t.pointee.number, number: first &+ UInt64(i))
        }
        lane.pointee.pendingCount = 0
        if let journal = Journal.of(t), journal.isReplay {
            lane.pointee.queue._withUnsafeGuaranteedRef { queue in
                for i in 0..<n { queue.named[name(i)] = lane.pointee.pending[i] }
            }
            return
        }
        host_lock(lane.pointee.lock)
        push(lane, lane.pointee.pending, n, name)
        host_unlock(lane.pointee.lock)
        if n > 0 {
            lane.pointee.queue._withUnsafeGuaranteedRef { queue in
                if host_load_seqcst(queue.idlers) != 0 { queue.wakeAll() }
            }
        }
    }
    static func abort(_ t: ThreadContext) {
        guard let lane = lane(t) else { return }
        host_lock(lane.pointee.lock)
        lane.pointee.top = lane.pointee.start
        lane.pointee.isReserved = false
        host_unlock(lane.pointee.lock)
        lane.pointee.pendingCount = 0
    }

    /// Under the lane's lock: what the quantum took is gone, `n` jobs come on top.
    @inline(__always) private static func push(
        _ lane: LanePointer, _ jobs: UnsafePointer<UInt64>, _ n: Int, _ name: (Int) -> JobName
    ) {
        let live = lane.pointee.top - lane.pointee.bottom
        if lane.pointee.top + n > lane.pointee.capacity {
            let old = (jobs: lane.pointee.jobs, names: lane.pointee.names)
            if live + n > lane.pointee.capacity / 2 {
                lane.pointee.capacity = max(lane.pointee.capacity * 2, live + n)
                lane.pointee.jobs = .allocate(capacity: lane.pointee.capacity)
                lane.pointee.names = .allocate(capacity: lane.pointee.capacity)
            }
            lane.pointee.jobs.update(from: old.jobs + lane.pointee.bottom, count: live)
            lane.pointee.names.update(from: old.names + lane.pointee.bottom, count: live)
            if lane.pointee.jobs != old.jobs {
                old.jobs.deallocate()
                old.names.deallocate()
            }
            lane.pointee.bottom = 0
            lane.pointee.top = live
        }
        (lane.pointee.jobs + lane.pointee.top).update(from: jobs, count: n)
        for i in 0..<n { lane.pointee.names[lane.pointee.top + i] = name(i) }
        lane.pointee.top += n
        lane.pointee.start = lane.pointee.top
    }

    // MARK: the thief's side

    /// Between two quanta, nothing left of its own: steals, or waits. False when there is nothing
    /// more to do: all threads are without work (for a coordinator), or the queue is closed.
    @inline(never) @usableFromInline
    func findWork(_ t: ThreadContext, coordinator: Bool) -> Bool {
        guard let journal = Journal.of(t) else { return search(t, coordinator: coordinator) }
        let found: Bool
        if journal.isReplay {
            found = journal.nextFound(t)
            if !found { setMember(lane(for: t), false) }
        } else {
            found = search(t, coordinator: coordinator)
            if !World.isHalted(t) { journal.find(found) }
        }
        return found
    }
    private func search(_ t: ThreadContext, coordinator: Bool) -> Bool {
        let own = lane(for: t)
        if steal(own, t) { return true }
        host_lock(lock)
        active -= 1
        let last = active == 0
        host_unlock(lock)
        _ = host_fetch_add(idlers, 1)
        if last { wakeAll() }
        defer { _ = host_fetch_add(idlers, ~0) }
        while !World.isHalted(t) {
            let seen = host_load32_acquire(sequence)
            host_lock(lock)
            if closed || (coordinator && active == 0) {
                setMember(own, false)
                host_unlock(lock)
                return false
            }
            let mayHaveWork = hasCommittedJobs
            if mayHaveWork { active += 1 }
            host_unlock(lock)
            if mayHaveWork {
                if steal(own, t) { return true }
                host_lock(lock)
                active -= 1
                let last = active == 0
                host_unlock(lock)
                // A coordinator may have looked while this thread was counted.
                if last { wakeAll() }
            }
            machine.output.flush()
            Scheduler.of(t)._withUnsafeGuaranteedRef { $0.idle(t, sequence, seen: seen) }
        }
        return true  // `start` throws
    }

    /// Becomes a member: from here on this thread may have jobs. A quantum that is run again joins
    /// again, without effect.
    @inline(never) @usableFromInline func join(_ t: ThreadContext) {
        let lane = lane(for: t)
        host_lock(lock)
        if !lane.pointee.isMember {
            setMember(lane, true)
            active += 1
        }
        host_unlock(lock)
        // What it has kept may be taken now.
        if keepsUntilJoined && host_load_seqcst(idlers) != 0 { wakeAll() }
    }
    private func setMember(_ lane: LanePointer, _ isMember: Bool) {
        host_lock(lane.pointee.lock)
        lane.pointee.isMember = isMember
        host_unlock(lane.pointee.lock)
    }
    /// How many jobs others may take. Under the lane's lock.
    private func available(_ lane: LanePointer) -> Int {
        if keepsUntilJoined && !lane.pointee.isMember { return 0 }
        return lane.pointee.top - lane.pointee.bottom
    }

    @inline(never) @usableFromInline func isMember(_ t: ThreadContext) -> Bool {
        lane(for: t).pointee.isMember
    }

    private func steal(_ own: LanePointer, _ t: ThreadContext) -> Bool {
        let first = Int(t.pointee.id)
        let count = Int(host_load_relaxed(laneCount))
        for offset in 1...max(1, count) {
            guard let victim = laneOfThread((first + offset) % count), victim != own else {
                continue
            }
            host_lock(victim.pointee.lock)
            let n = min((available(victim) + 1) / 2, 4096)
            if n > 0 {
                let stolen = UnsafeMutablePointer<UInt64>.allocate(capacity: n)
                let names = UnsafeMutablePointer<JobName>.allocate(capacity: n)
                stolen.update(from: victim.pointee.jobs + victim.pointee.bottom, count: n)
                names.update(from: victim.pointee.names + victim.pointee.bottom, count: n)
                victim.pointee.bottom = victim.pointee.bottom + n
                host_unlock(victim.pointee.lock)
                host_lock(own.pointee.lock)
                WorkQueue.push(own, stolen, n) { names[$0] }
                own.pointee.top -= 1
                own.pointee.isReserved = true
                host_unlock(own.pointee.lock)
                stolen.deallocate()
                names.deallocate()
                return true
            }
            host_unlock(victim.pointee.lock)
        }
        return false
    }

    private var hasCommittedJobs: Bool {
        var found = false
        forEachLane { lane in
            host_lock(lane.pointee.lock)
            found = found || available(lane) > 0
            host_unlock(lane.pointee.lock)
        }
        return found
    }

    private func wakeAll() {
        _ = host_fetch_add32(sequence, 1)
        host_futex_wake(sequence, Int32.max)
    }

    private func visitRoots(_ tracer: inout Tracer) {
        for job in named.values { tracer.value(Value(bits: job)) }
        forEachLane { lane in
            let jobs = lane.pointee.jobs
            tracer.values(from: jobs + lane.pointee.bottom, to: jobs + lane.pointee.start)
            let pending = lane.pointee.pending
            tracer.values(from: pending, to: pending + lane.pointee.pendingCount)
        }
    }
}

extension Quantum {
    /// Makes `job` available to all members of `queue` when this quantum commits.
    public func submit(_ job: Value, to queue: WorkQueue) { queue.submit(job, thread) }

    /// This thread begins to take jobs; before its first ``next(from:coordinator:resumeAt:)``.
    public func join(_ queue: WorkQueue) { queue.join(thread) }

    /// The next job: the newest of this thread's own, as part of the current quantum; else the
    /// quantum ends, and a job is stolen or waited for.
    ///
    /// Nil for a `coordinator` when no thread has work left, for others when the queue is closed;
    /// the thread is no member then, until it joins again.
    @inlinable
    public func next<T: GuestTask>(
        from queue: WorkQueue, coordinator: Bool, resumeAt next: @autoclosure () -> T
    ) throws(Abort) -> Value? {
        while true {
            if let job = queue.takeOwn(thread) { return job }
            // A quantum that is run again after it has heard that there is nothing hears it again.
            if !queue.isMember(thread) { return nil }
            try B.finish(thread)
            Driver.save(thread, next())
            let found = queue.findWork(thread, coordinator: coordinator)
            try B.start(thread)
            if !found { return nil }
        }
    }

    /// The newest job that this quantum itself has submitted and not yet taken, if more than `floor`
    /// are left.
    public func nextPending(in queue: WorkQueue, above floor: Int) -> Value? {
        queue.pendingCount(thread) > floor ? queue.takeOwn(thread) : nil
    }
    /// Jobs submitted by this quantum and not yet taken.
    public func pendingCount(in queue: WorkQueue) -> Int { queue.pendingCount(thread) }
}

extension WorkQueue {
    fileprivate func pendingCount(_ t: ThreadContext) -> Int { lane(for: t).pointee.pendingCount }
}
