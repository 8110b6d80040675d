import InterpreterKit
import STMBackend
import Synchronization
import Testing

private enum Cell {
    static var shape: Shape { Shape(kind: 16, name: "cell", slots: 2) }
    static func flag(_ i: Int) -> Field<Int> { Field(i) }
}

private struct MakeCell: GuestTask {
    var cell: Value = .none
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        cell = Value(q.new(Cell.shape, Value(0), Value(0)))
    }
}

private func machine<T: GuestTask>(_ scheduler: STMScheduler, _: T.Type, threads: Int = 4) throws
    -> (VirtualMachine, cell: Reference)
{
    let machine = try VirtualMachine(
        scheduler, shapes: [Cell.shape],
        configuration: .init(threads: threads, stackWords: 1 << 14, nativeStackBytes: 1 << 20),
        output: Output { _ in })
    machine.host(T.self, drive: driver(scheduler))
    machine.host(MakeCell.self, drive: driver(scheduler))
    let cell = try #require(try machine.run([MakeCell()]))[0].cell
    machine.heap.keep(cell)
    return (machine, cell.reference)
}

/// Adds 1, in quanta of one step each, or in atomic blocks of several.
private struct Adder: GuestTask {
    let cell: Reference
    let steps: Int
    var block = 1
    var step = 0
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while step < steps {
            q.enterAtomic()
            for _ in 1..<block {
                q[cell, Cell.flag(0)] += 1
                try q.qbreak(resumeAt: self)
            }
            q[cell, Cell.flag(0)] += 1
            q.leaveAtomic()
            step += 1
            try q.qbreak(resumeAt: self)
        }
    }
}

/// Says that it is there, and waits for the other without leaving the VM.
private struct Meeting: GuestTask {
    let cell: Reference
    let mine: Int
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        q[cell, Cell.flag(mine)] = 1
        while q[cell, Cell.flag(1 - mine)] == 0 { try q.qbreak(resumeAt: self) }
    }
}

/// Adds 1 until the scheduler has had enough of conflicts.
private struct Quarrel: GuestTask {
    let cell: Reference
    let scheduler: Unmanaged<STMScheduler>
    let id: Int
    var added = 0
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while true {
            q[cell, Cell.flag(0)] += 1
            added += 1
            try q.qbreak(resumeAt: self)
            if added & 63 == 0 {
                let so = scheduler._withUnsafeGuaranteedRef { $0.admissions }
                if so.contendedPeriods > 0 && so.handOvers > 4 { q[cell, Cell.flag(1)] = 1 }
                if q[cell, Cell.flag(1)] != 0 { return }
            }
        }
    }
}

/// One thread stands in an atomic block, in transactions, until the other one has got on or seems to stand still.
private struct Staying: GuestTask {
    enum Role { case inBlock, other }
    static let patience = 300_000_000
    static let enough = 8

    let cell: Reference
    let role: Role
    let steps: Unmanaged<Steps>
    var othersDone = 0
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        switch role {
        case .other:
            while !steps._withUnsafeGuaranteedRef({ $0.isOver }) {
                q[cell, Cell.flag(0)] += 1
                try q.qbreak(resumeAt: self)
                steps._withUnsafeGuaranteedRef { $0.count() }
            }
        case .inBlock:
            while !B.rollsBack || stepsDone == 0 { try q.qbreak(resumeAt: self) }
            q.enterAtomic()
            let before = stepsDone
            var breaks = 0
            while stepsDone < before + Staying.enough && breaks < Staying.patience {
                breaks += 1
                try q.qbreak(resumeAt: self)
            }
            othersDone = stepsDone - before
            q.leaveAtomic()
            steps._withUnsafeGuaranteedRef { $0.end() }
        }
    }
    private var stepsDone: Int { steps._withUnsafeGuaranteedRef { $0.done } }
}
private final class Steps: Sendable {
    private let number = Atomic<Int>(0)
    private let over = Atomic<Bool>(false)
    var done: Int { number.load(ordering: .relaxed) }
    func count() { number.add(1, ordering: .relaxed) }
    var isOver: Bool { over.load(ordering: .relaxed) }
    func end() { over.store(true, ordering: .relaxed) }
}

/// Knows how many threads are inside at a time.
private final class Census: Sendable {
    private let inside = Atomic<Int>(0)
    private let most = Atomic<Int>(0)
    var maximum: Int { most.load(ordering: .relaxed) }
    func visit() {
        let now = inside.add(1, ordering: .acquiringAndReleasing).newValue
        most.max(now, ordering: .relaxed)
        for _ in 0..<200 { _ = most.load(ordering: .relaxed) }
        inside.subtract(1, ordering: .acquiringAndReleasing)
    }
}

private struct Visitor: GuestTask {
    let cell: Reference
    let census: Unmanaged<Census>
    var step = 0
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while step < 2000 {
            census._withUnsafeGuaranteedRef { $0.visit() }
            q[cell, Cell.flag(0)] += 1
            step += 1
            try q.qbreak(resumeAt: self)
        }
    }
}

/// Goes out of the VM in the middle of built-in functions, which come back to code of the
/// specialisation they were called from.
private struct Traveller: GuestTask {
    let cell: Reference
    var step = 0
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while step < 400 {
            q[cell, Cell.flag(0)] += 1
            try q.outside("test") { for _ in 0..<50 { addOne(tripCount) } }
            q[cell, Cell.flag(1)] += 1
            if step & 1 == 0 {
                let t = q.thread
                try Quantum<Dispatched>(t).outside("test") { addOne(tripCount) }
                Quantum<Dispatched>(t)[cell, Cell.flag(1)] += 0
            }
            step += 1
            try q.qbreak(resumeAt: self)
        }
    }
}
nonisolated(unsafe) private let tripCount: UnsafeMutablePointer<UInt64> = {
    let word = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
    word.initialize(to: 0)
    return word
}()

private func value(_ cell: Reference, _ i: Int) -> Int { Value(bits: cell.address[1 + i]).int }

@Suite struct AdmissionTests {
    @Test func oneThreadNeedsNoTransactions() throws {
        let scheduler = STMScheduler()
        let (machine, cell) = try machine(scheduler, Adder.self)
        _ = try machine.run([Adder(cell: cell, steps: 100_000)])
        #expect(value(cell, 0) == 100_000)
        #expect(machine.totals()[.commits] == 0)
        #expect(scheduler.admissions.openings == 0)
    }

    @Test func twoThreadsInsideAreInTransactions() throws {
        let scheduler = STMScheduler(seats: 2)
        let (machine, cell) = try machine(scheduler, Meeting.self)
        _ = try #require(
            try machine.run([Meeting(cell: cell, mine: 0), Meeting(cell: cell, mine: 1)]))
        #expect(scheduler.admissions.openings > 0)
        #expect(machine.totals()[.commits] > 0)
    }

    @Test func onOneCoreThereAreNoTransactions() throws {
        let scheduler = STMScheduler(seats: 1)
        let (machine, cell) = try machine(scheduler, Meeting.self)
        _ = try #require(
            try machine.run([Meeting(cell: cell, mine: 0), Meeting(cell: cell, mine: 1)]))
        #expect(machine.totals()[.commits] == 0)
        #expect(scheduler.admissions.handOvers > 0)
    }

    @Test func afterwardsOneIsAloneAgain() throws {
        let scheduler = STMScheduler(seats: 2)
        let (machine, cell) = try machine(scheduler, Meeting.self)
        machine.host(Adder.self, drive: driver(scheduler))
        _ = try machine.run([Meeting(cell: cell, mine: 0), Meeting(cell: cell, mine: 1)])
        let before = value(cell, 0)
        // Long enough for any clock: until it has been alone from beginning to end.
        var (commits, commitsBefore) = (machine.totals()[.commits], UInt64.max)
        while commits != commitsBefore {
            _ = try machine.run([Adder(cell: cell, steps: 100_000)])
            (commits, commitsBefore) = (machine.totals()[.commits], commits)
        }
        #expect((value(cell, 0) - before) % 100_000 == 0)
    }

    @Test func threadsThatCollideTooOftenRunOneAtATime() throws {
        // Every transaction is rolled back eight times before it commits: nearly all work is lost.
        var injection = FaultInjection()
        injection.abortOneIn = 1
        let scheduler = STMScheduler(seats: 2, injection: injection)
        let (machine, cell) = try machine(scheduler, Quarrel.self)
        let done = try #require(
            try machine.run(
                (0..<2).map {
                    Quarrel(cell: cell, scheduler: .passUnretained(scheduler), id: $0)
                }))
        #expect(value(cell, 0) == done.reduce(0) { $0 + $1.added })
        #expect(scheduler.admissions.contendedPeriods > 0)
    }

    /// A thread that would rather be alone does not wait for one that stays in transactions.
    @Test func nobodyWaitsForALongBlock() throws {
        var injection = FaultInjection()
        injection.randomLength = 1
        injection.switchOneIn = 2
        let scheduler = STMScheduler(seats: 2, injection: injection)
        let (machine, cell) = try machine(scheduler, Staying.self)
        let steps = Steps()
        let done = try #require(
            try machine.run(
                [.inBlock, .other].map {
                    Staying(cell: cell, role: $0, steps: .passUnretained(steps))
                }))
        #expect(done[0].othersDone >= Staying.enough)
    }

    @Test(arguments: [0, 3] as [UInt64])
    func noMoreThreadsAreInsideThanThereAreSeats(switchOneIn: UInt64) throws {
        var injection = FaultInjection()
        injection.randomLength = 8
        injection.switchOneIn = switchOneIn
        let scheduler = STMScheduler(seats: 2, injection: injection)
        let (machine, cell) = try machine(scheduler, Visitor.self)
        let census = Census()
        _ = try machine.run(
            (0..<8).map { _ in Visitor(cell: cell, census: .passUnretained(census)) })
        #expect(value(cell, 0) == 8 * 2000)
        #expect(census.maximum <= 2)
    }

    @Test(arguments: [Rig.stm, .stmForced, .stmSwitching, .gil])
    func nativeCodeComesBackToItsSpecialisation(rig: Rig) throws {
        let machine = try rig.machine(for: Traveller.self, shapes: [Cell.shape])
        machine.host(MakeCell.self, drive: driver(machine.scheduler))
        let cell = try #require(try machine.run([MakeCell()]))[0].cell
        machine.heap.keep(cell)
        _ = try #require(
            try machine.run((0..<4).map { _ in Traveller(cell: cell.reference) }))
        #expect(value(cell.reference, 0) == 4 * 400)
        #expect(value(cell.reference, 1) == 4 * 400)
    }

    /// The pace in atomic blocks is that of the breaks that merge.
    @Test func whatAtomicBlocksCostIsFoundOut() throws {
        let scheduler = STMScheduler(seats: 2)
        let (machine, cell) = try machine(scheduler, Adder.self)
        var done = 0
        while scheduler.admissions.prices == 0 {
            _ = try machine.run((0..<2).map { _ in Adder(cell: cell, steps: 2000, block: 100) })
            done += 2 * 2000 * 100
        }
        #expect(value(cell, 0) == done)
    }

    @Test func aQuantumIsRolledBackABoundedNumberOfTimes() throws {
        var injection = FaultInjection()
        injection.abortOneIn = 1
        injection.randomLength = 1
        let scheduler = STMScheduler(.transactions, injection: injection)
        let (machine, cell) = try machine(scheduler, Adder.self)
        let before = machine.totals()
        _ = try machine.run([Adder(cell: cell, steps: 500)])
        let after = machine.totals()
        #expect(value(cell, 0) == 500)
        let commits = after[.commits] - before[.commits]
        #expect(commits >= 500)
        #expect(after[.aborts] - before[.aborts] == 8 * commits)
        #expect(after[.inevitable] - before[.inevitable] == commits)
    }
}

@Suite struct ContentionTests {
    private let window = Contention.window
    private func expect(_ expected: Bool, _ holds: Bool) { #expect(holds == expected) }
    private func expect(_ isContended: Bool, _ verdict: Contention.Verdict) {
        #expect((verdict == .oneAtATime) == isContended)
    }

    @Test func lessThanOneThreadWouldDoIsTooLittle() {
        var contention = Contention()
        _ = contention.measured(1)
        expect(false, contention.weigh(1, useful: window * 2, lost: window, parallel: 2, now: 1))
        expect(false, contention.holds { 2 })
        expect(true, contention.weigh(1, useful: window, lost: window * 2, parallel: 2, now: 3))
        expect(true, contention.holds { 4 })
    }
    @Test func moreThreadsMayLoseMore() {
        var contention = Contention()
        _ = contention.measured(1)
        func weigh(_ thread: UInt64, _ lost: UInt64) -> Contention.Verdict {
            contention.weigh(thread, useful: window / 8, lost: lost / 8, parallel: 8, now: 1)
        }
        for thread in 0..<8 { expect(false, weigh(UInt64(thread), window * 2)) }
        expect(true, weigh(0, window * 8))
    }
    @Test func aHighPriceIsNotPaid() {
        var contention = Contention()
        // The first one may be a mistake, too.
        let first = contention.measured(1.5)
        let usual = contention.measured(1.5)
        #expect(first < usual)
        expect(false, contention.weigh(1, useful: window, lost: 0, parallel: 2, now: 1))
        // One measurement may be a mistake, and is soon made again.
        #expect(contention.measured(2.4) < usual)
        expect(false, contention.weigh(1, useful: window, lost: 0, parallel: 2, now: 1))
        _ = contention.measured(2.2)
        expect(true, contention.weigh(1, useful: window, lost: 0, parallel: 2, now: 2))
    }
    /// A price that was wrong must not be true for ever, though each trial is short.
    @Test func afterAPeriodThePriceIsMeasuredAgain() {
        var contention = Contention()
        for _ in 0..<2 { _ = contention.measured(5) }
        let begin = Contention.longest
        expect(true, contention.weigh(1, useful: window, lost: 0, parallel: 2, now: begin))
        let now = begin + Contention.shortest
        expect(false, contention.holds { now })
        func weigh() -> Contention.Verdict {
            contention.weigh(1, useful: window, lost: 0, parallel: 2, now: now)
        }
        #expect(weigh() == .unknown)
        // Once is enough.
        #expect(weigh() == .tooEarly)
        _ = contention.measured(5)
        #expect(weigh() == .oneAtATime)
    }
    @Test func oneHighPriceAmongLowOnesChangesLittle() {
        var contention = Contention()
        _ = contention.measured(1)
        let calm = contention.measured(1.1)
        #expect(contention.measured(3) < calm)
        #expect(contention.measured(1) == calm)
        expect(false, contention.weigh(1, useful: window, lost: 0, parallel: 2, now: 1))
    }
    @Test func aPlainLossIsSeenSooner() {
        var contention = Contention()
        _ = contention.measured(1)
        let short = Contention.shortWindow
        expect(false, contention.weigh(1, useful: short, lost: short / 2, parallel: 2, now: 1))
        var other = Contention()
        _ = other.measured(1)
        let now = Contention.longest
        expect(false, other.weigh(1, useful: 0, lost: short / 2, parallel: 2, now: now))
        expect(true, other.weigh(1, useful: short / 8, lost: short / 2, parallel: 2, now: now))
        // Less is known, so it stands for a shorter time.
        expect(true, other.holds { now + Contention.shortest / 2 - 1 })
        expect(false, other.holds { now + Contention.shortest / 2 })
    }
    @Test func whatFailedBeforeIsNotTriedForLong() {
        let short = Contention.shortWindow
        var contention = Contention()
        _ = contention.measured(1)
        var now = Contention.longest * 10
        func weigh(_ thread: UInt64, _ useful: UInt64, _ lost: UInt64) -> Contention.Verdict {
            contention.weigh(thread, useful: useful, lost: lost, parallel: 2, now: now)
        }
        // Nobody has failed yet.
        expect(false, weigh(1, 0, 0))
        expect(false, weigh(2, short * 2, short * 3))
        expect(true, weigh(2, 0, window))
        now += Contention.shortest + 1
        expect(false, contention.holds { now })
        // The other one has not even begun.
        expect(false, weigh(1, short * 2, short * 3))
        expect(true, weigh(2, short / 8, 0))
    }
    @Test func whoHasNoCoreIsNotWaitedForAtAHighPrice() {
        for (price, isHigh) in [(1.3, false), (1.9, true)] {
            var contention = Contention()
            for _ in 0..<2 { _ = contention.measured(price) }
            expect(isHigh, contention.weigh(1, useful: window, lost: 0, parallel: 2, now: 1))
            var other = Contention()
            for _ in 0..<2 { _ = other.measured(price) }
            expect(false, other.weigh(1, useful: window / 2, lost: 0, parallel: 2, now: 1))
            expect(false, other.weigh(2, useful: window / 2, lost: 0, parallel: 2, now: 1))
        }
    }
    @Test func aVerdictThatIsNotCarriedOutIsPutOff() {
        var contention = Contention()
        func weigh(now: UInt64) -> Contention.Verdict {
            contention.weigh(1, useful: 0, lost: window, parallel: 2, now: now)
        }
        expect(true, weigh(now: 1))
        contention.putOff(now: 2)
        expect(false, contention.holds { 3 })
        expect(false, weigh(now: 1 + Contention.respite))
        expect(true, weigh(now: 2 + Contention.respite))
    }
    @Test func oneThreadAloneHasNoContention() {
        var contention = Contention()
        expect(false, contention.weigh(1, useful: 0, lost: window, parallel: 1, now: 1))
    }
    @Test func aPeriodEnds() {
        var contention = Contention()
        expect(true, contention.weigh(1, useful: 0, lost: window, parallel: 2, now: 1000))
        expect(true, contention.holds { 1000 + Contention.shortest - 1 })
        expect(false, contention.weigh(1, useful: 0, lost: window, parallel: 2, now: 1001))
        expect(false, contention.holds { 1000 + 2 * Contention.shortest })
    }
    @Test func periodsGrowWhileTransactionsFailAtOnce() {
        var contention = Contention()
        var now = Contention.longest * 10
        var lengths: [UInt64] = []
        for _ in 0..<10 {
            expect(true, contention.weigh(1, useful: 0, lost: window, parallel: 2, now: now))
            let begin = now
            while contention.holds(now: { now }) { now += Contention.shortest / 4 }
            lengths.append(now - begin)
        }
        #expect(lengths[0] == Contention.shortest)
        #expect(lengths[1] == 2 * Contention.shortest)
        #expect(lengths[9] == Contention.longest)
        // After a long time without trouble it is short again.
        now += 2 * Contention.longest
        expect(true, contention.weigh(1, useful: 0, lost: window, parallel: 2, now: now))
        now += 2 * Contention.shortest
        expect(false, contention.holds { now })
    }
}
