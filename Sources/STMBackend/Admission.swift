import CHost
import ManagedHeap
import Quanta

/// Who is inside, and how: one thread *alone*, which runs guest code raw; or up to `seats` threads
/// *together*, in transactions.
///
/// A thread that wants in while another is alone asks it to open: at its next break the thread that
/// was alone goes on in a transaction, and both are together. A thread that finds itself the only one for a
/// while closes again. Together, threads keep their seats over many transactions; when more threads
/// than seats want in, a seat is handed on after a time slice. While transactions collide too often
/// (see ``Contention``) everybody wants to be alone, and the one seat is passed on like a lock.
///
/// N1  `word` says how many are seated and whether the one who is is alone. It is changed by one
///     atomic operation, or under `lock` while `queued` keeps newcomers away.
/// N2  `queue` changes only under `lock`; `queued` is set while it is not empty.
/// N3  Nobody is in a transaction while a thread is alone: a seat is left only between two quanta, after
///     every stamp of the last one. Leaving and taking a seat are acquire-release operations on `word`, so
///     plain accesses of a thread alone and transactions of others never race.
/// N4  Versions stay true without being touched while a thread is alone: a header keeps a stamp that no
///     later snapshot is older than, and objects born meanwhile have stamp 0.
final class Admission: @unchecked Sendable {
    /// How a thread can use a seat.
    enum Need {
        case any
        /// Raw native code in mid-quantum.
        case alone
        /// Better alone, but not at the price of waiting for long: see ``settleForLess()``.
        case ratherAlone
    }

    private static let seatedMask: UInt64 = 0xFFFF
    private static let aloneBit: UInt64 = 1 << 16
    private static let queuedBit: UInt64 = 1 << 17
    /// The thread alone, as its id.
    private static let holderShift: UInt64 = 32
    /// After this long as the only one, transactions are no longer worth their price.
    static let closingNanoseconds: UInt64 = 100_000
    private static let sliceNanoseconds: UInt64 = 5_000_000
    /// The same while transactions collide: what the threads work on moves from cache to cache with the seat.
    private static let contendedSliceNanoseconds: UInt64 = 10_000_000
    /// Looks at whether there is a seat before a thread sleeps, at first and after asking.
    private static let (spins, spinsForBreak) = (50, 500)

    let seats: UInt64
    private let mayBeAlone: Bool
    private let switching: Bool
    /// Own cache line.
    private let word = UnsafeMutablePointer<UInt64>.allocate(capacity: 16)
    /// Somebody waits for those inside; own cache line. They look between two quanta. 2: one of them has seen it and
    /// stays.
    private let askedWord = UnsafeMutablePointer<UInt64>.allocate(capacity: 16)
    /// When the price of transactions is to be measured again.
    private let probeWord = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    private let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)

    // Under `lock`.
    private var queue: [(thread: ThreadContext, need: Need)] = []
    private var contention = Contention()
    private var history = AdmissionHistory()
    private var aloneSince: UInt64
    /// Since when the thread alone has had its seat.
    private var seatedSince: UInt64 = 0

    init(seats: Int, mayBeAlone: Bool, switching: Bool) {
        self.seats = UInt64(max(1, seats))
        self.mayBeAlone = mayBeAlone
        self.switching = switching
        word.initialize(repeating: 0, count: 16)
        askedWord.initialize(repeating: 0, count: 16)
        probeWord.initialize(to: .max)
        lock.initialize(to: 0)
        aloneSince = host_monotonic_ns()
        if mayBeAlone { word.pointee = Admission.aloneBit }
    }
    deinit {
        word.deallocate()
        askedWord.deallocate()
        probeWord.deallocate()
        lock.deallocate()
        threads.deallocate()
    }

    @inline(__always) var isAsked: Bool { host_load_relaxed(askedWord) != 0 }
    /// The one thread inside, in transactions for no reason.
    @inline(__always) var isSolitary: Bool { mayBeAlone && host_load_relaxed(word) == 1 }

    private func aloneWord(_ t: ThreadContext) -> UInt64 {
        Admission.aloneBit | 1 | t.pointee.id &<< Admission.holderShift
    }
    private func holder(_ word: UInt64) -> UInt64 { word >> Admission.holderShift }

    // MARK: in and out

    /// Takes a seat; waits, outside, while there is none.
    func enter(_ t: ThreadContext, _ need: Need = .any) {
        if takesSeat(t, need) { return }
        queueUp(t, need)
        wait(t)
    }
    /// The same for somebody who may give up while waiting: false then.
    func enter(_ t: ThreadContext, unless givesUp: () -> Bool) -> Bool {
        if takesSeat(t, .any) { return true }
        queueUp(t, .any)
        return wait(t, unless: givesUp)
    }
    /// False when there is none.
    private func takesSeat(_ t: ThreadContext, _ need: Need) -> Bool {
        let seen = host_load_acquire(word)
        let isAlone = seen == Admission.aloneBit
        if !isAlone && (seen >= seats || need != .any) { return false }
        if !host_cas(word, seen, isAlone ? aloneWord(t) : seen + 1) { return false }
        sit(t, alone: isAlone)
        return true
    }
    private func queueUp(_ t: ThreadContext, _ need: Need) {
        host_lock(lock)
        queue.append((t, need))
        _ = host_fetch_or(word, Admission.queuedBit)
        fill()
        host_unlock(lock)
    }

    /// Gives the seat up. Between two quanta.
    func leave(_ t: ThreadContext) {
        if t.pointee.isPlain != 0 { quanta_record_native(t) } else { World.goOutside(t) }
        if vacate(t) & Admission.queuedBit != 0 {
            host_lock(lock)
            fill()
            host_unlock(lock)
        }
    }

    /// Publishes what was done on the seat to whoever takes it.
    private func vacate(_ t: ThreadContext) -> UInt64 {
        let mine = t.pointee.isPlain != 0 ? 1 | t.pointee.id &<< Admission.holderShift : 1
        return host_fetch_add(word, 0 &- mine)
    }

    private func sit(_ t: ThreadContext, alone: Bool) {
        if alone {
            // Raw code stores references without barriers.
            Ownership.endEra(t, TransactionState(t))
            t.pointee.isPlain = 1
            t.pointee.budget = 0
            VMStack.settle(t)
            if switching { host_store_relaxed(quanta_poll(t), 1) }
        } else {
            t.pointee.isPlain = 0
            World.goInside(t)
        }
    }

    // MARK: between two quanta

    /// The thread alone, at a break: passes the seat on, or opens, when somebody has asked. `isReady` false
    /// puts opening off; then the result is true.
    func pause(_ t: ThreadContext, isReady: Bool) -> Bool {
        if !isAsked { return false }
        quanta_record_native(t)
        host_lock(lock)
        if queue.isEmpty {
            host_store_relaxed(askedWord, 0)
            host_unlock(lock)
        } else if queue[0].need != .any || isContended() {
            host_store_relaxed(askedWord, 0)
            history.handOvers += 1
            moveToQueue(t, .any)
            wait(t)
        } else if isReady {
            host_store_relaxed(askedWord, 0)
            open(locked: t)
        } else {
            host_unlock(lock)
            return true
        }
        return false
    }
    /// The thread alone goes on together with those that wait.
    func open(_ t: ThreadContext) {
        host_lock(lock)
        open(locked: t)
    }
    /// Releases the lock.
    private func open(locked t: ThreadContext) {
        VMStack.settle(t)
        // Inside before others are: they may collect.
        World.goInside(t)
        t.pointee.isPlain = 0
        wentTogether()
        // Publishes what was written while alone.
        _ = host_fetch_add(word, 1 &- aloneWord(t))
        fill()
        host_unlock(lock)
    }

    /// A thread in transactions, which somebody has asked for a seat, or which must not be among others.
    func yield(_ t: ThreadContext, _ need: Need = .any) {
        World.goOutside(t)
        host_lock(lock)
        if need == .any && queue.isEmpty && !isContended() {
            host_store_relaxed(askedWord, 0)
            host_unlock(lock)
            return World.goInside(t)
        }
        host_store_relaxed(askedWord, 0)
        history.handOvers += 1
        moveToQueue(t, need)
        wait(t)
    }

    /// The only thread inside goes on alone, unless somebody comes.
    func close(_ t: ThreadContext) {
        host_lock(lock)
        if queue.isEmpty && host_cas(word, 1, aloneWord(t)) {
            World.goOutside(t)
            history.closings += 1
            aloneSince = host_monotonic_ns()
            sit(t, alone: true)
        }
        host_unlock(lock)
    }

    /// What transactions of a thread have done and lost lately, in nanoseconds, and what it has found out
    /// about their price.
    func weigh(_ t: ThreadContext, useful: UInt64, lost: UInt64, price: Double?) {
        if !mayBeAlone { return }
        host_lock(lock)
        let now = host_monotonic_ns()
        if let price {
            let next = contention.measured(price)
            history.prices += 1
            host_store_relaxed(probeWord, now + next)
        }
        let seated = Int(host_load_relaxed(word) & Admission.seatedMask)
        switch contention.weigh(
            t.pointee.id, useful: useful, lost: lost, parallel: seated, now: now)
        {
        case .tooEarly: break
        case .together: wantsPrice(by: history.prices > 0 ? now + Contention.firstProbe : now)
        case .unknown: wantsPrice(by: now)
        case .oneAtATime:
            history.contendedPeriods += 1
            host_store_relaxed(askedWord, 1)
            // The next trial shows first whether they still collide.
            host_store_relaxed(probeWord, .max)
        }
        history.price = contention.price
        host_unlock(lock)
    }

    /// Under the lock: unless it is to be measured already.
    private func wantsPrice(by due: UInt64) {
        if host_load_relaxed(probeWord) == .max { host_store_relaxed(probeWord, due) }
    }
    /// Is it time to find out again what transactions cost? Tells one thread.
    func wantsProbe(now: UInt64) -> Bool {
        let due = host_load_relaxed(probeWord)
        return mayBeAlone && now >= due && host_cas(probeWord, due, now + Contention.longest)
    }

    /// Should threads run one at a time?
    private func isContended() -> Bool {
        mayBeAlone && (seats == 1 || contention.holds { host_monotonic_ns() })
    }

    // MARK: the queue

    /// Under the lock, which it releases.
    private func moveToQueue(_ t: ThreadContext, _ need: Need) {
        // Who is to be measured is alone for a moment only, and all depends on what it finds out.
        queue.insert((t, need), at: need == .ratherAlone ? 0 : queue.count)
        _ = host_fetch_or(word, Admission.queuedBit)
        _ = vacate(t)
        fill()
        host_unlock(lock)
    }

    /// Under the lock: gives free seats to the first in the queue, and asks those inside for what the next
    /// one needs.
    private func fill() {
        while let (thread, need) = queue.first {
            let contended = isContended()
            let seen = host_load_acquire(word)
            let seated = seen & Admission.seatedMask
            let wasAlone = seen & Admission.aloneBit != 0
            let alone =
                switch need {
                case .alone, .ratherAlone: true
                case .any: contended || mayBeAlone && seated == 0 && queue.count == 1
                }
            if alone ? seated != 0 : seated == seats || (wasAlone && seated != 0) {
                return press(need, wasAlone, contended, seen)
            }
            var next = alone ? aloneWord(thread) : seated + 1
            if queue.count > 1 { next |= Admission.queuedBit }
            if !host_cas(word, seen, next) { continue }
            if alone {
                seatedSince = host_monotonic_ns()
                if !wasAlone { aloneSince = seatedSince }
            }
            if !alone && wasAlone { wentTogether() }
            queue.removeFirst()
            host_store32_release(quanta_seat(thread), alone ? 2 : 1)
            _ = host_fetch_add32(quanta_wake(thread), 1)
            host_futex_wake(quanta_wake(thread), 1)
        }
    }
    /// Where waiting for a slice would gain nothing.
    private func press(_ need: Need, _ isAlone: Bool, _ contended: Bool, _ seen: UInt64) {
        if isAlone {
            if need == .any && !contended { ask(seen) }
        } else if need != .any || contended {
            host_store_relaxed(askedWord, 1)
        }
    }
    /// A thread in the middle of a long atomic block, which may have no end before others have got on.
    func stay() { if isAsked { host_store_relaxed(askedWord, 2) } }
    /// Under the lock: nobody waits for such a thread who need not.
    private func settleForLess() {
        if host_load_relaxed(askedWord) != 2 { return }
        if isContended() { contention.putOff(now: host_monotonic_ns()) }
        for i in queue.indices where queue[i].need == .ratherAlone { queue[i].need = .any }
    }
    private func ask(_ seen: UInt64) {
        host_store_relaxed(askedWord, 1)
        if seen & Admission.aloneBit != 0 && seen & Admission.seatedMask != 0 {
            host_store_seqcst(quanta_poll(threads[Int(holder(seen))]), 1)
        }
    }

    /// Until a seat has been given to `t`. What the thread recorded when it left stays: somebody may be
    /// scanning it right now.
    /// False when `t` has given up.
    @discardableResult
    private func wait(_ t: ThreadContext, unless givesUp: () -> Bool = { false }) -> Bool {
        var spins = Admission.spins
        var hasWaited = false
        var patience = Admission.sliceNanoseconds
        while true {
            let seen = host_load32_acquire(quanta_wake(t))
            let seat = host_load32_acquire(quanta_seat(t))  // pairs with `fill`
            if seat != 0 {
                host_store32_release(quanta_seat(t), 0)
                sit(t, alone: seat == 2)
                return true
            }
            if spins > 0 {
                spins -= 1
                host_pause()
                continue
            }
            Stay.makeWay(for: t, isOverdue: hasWaited)
            host_futex_wait(quanta_wake(t), seen, patience / 1000)
            hasWaited = true
            if host_load32_acquire(quanta_seat(t)) != 0 { continue }
            if givesUp() {
                if !withdraw(t) {
                    wait(t)
                    leave(t)
                }
                return false
            }
            host_lock(lock)
            if queue.first?.thread == t {
                settleForLess()
                fill()
                if queue.first?.thread == t {
                    patience = restOfSlice()
                    if patience == 0 {
                        patience = Admission.sliceNanoseconds
                        ask(host_load_acquire(word))
                        // Most breaks are near: whoever is awake takes the seat over at once.
                        spins = Admission.spinsForBreak
                    }
                }
            }
            host_unlock(lock)
        }
    }

    /// Under the lock: for how long the seat is not to be passed on yet.
    private func restOfSlice() -> UInt64 {
        if !isContended() { return 0 }
        let end = seatedSince + Admission.contendedSliceNanoseconds
        let now = host_monotonic_ns()
        // A futex waits for whole microseconds.
        return end > now + 1000 ? end - now : 0
    }

    /// False when a seat has been given to `t` meanwhile.
    private func withdraw(_ t: ThreadContext) -> Bool {
        host_lock(lock)
        defer { host_unlock(lock) }
        guard let place = queue.firstIndex(where: { $0.thread == t }) else { return false }
        queue.remove(at: place)
        if queue.isEmpty { _ = host_fetch_and(word, ~Admission.queuedBit) }
        return true
    }

    // MARK: who is who, and what was

    /// By id; a thread is in it before it takes a seat.
    private let threads = UnsafeMutablePointer<ThreadContext>.allocate(
        capacity: Int(QUANTA_MAX_THREADS))
    func attach(_ t: ThreadContext) { threads[Int(t.pointee.id)] = t }

    private func wentTogether() {
        history.openings += 1
        history.aloneNanoseconds += host_monotonic_ns() - aloneSince
    }
    func report() -> AdmissionHistory {
        host_lock(lock)
        defer { host_unlock(lock) }
        var report = history
        if host_load_acquire(word) & Admission.aloneBit != 0 {
            report.aloneNanoseconds += host_monotonic_ns() - aloneSince
        }
        return report
    }
}

/// How often threads went from alone to together and back, and why.
public struct AdmissionHistory: Sendable {
    /// From one thread alone to transactions, and back because no other thread was inside.
    public var openings = 0
    public var closings = 0
    /// Time in which at most one thread was inside, raw.
    public var aloneNanoseconds: UInt64 = 0
    /// Times at which too much work had been rolled back, so that threads ran one at a time for a while.
    public var contendedPeriods = 0
    /// Seats passed on to a thread that waited.
    public var handOvers = 0
    /// How often it has been measured how much longer work takes in transactions than raw, and the result.
    public var prices = 0
    public var price = Contention.usualPrice
}
