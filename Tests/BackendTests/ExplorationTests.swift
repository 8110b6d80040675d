import InterpreterKit
import SerialBackend
import Testing

/// Runs programs under every schedule with few pre-emptions.
@Suite struct ExplorationTests {
    /// Outcomes, with a schedule that repeats each.
    private func explore<T: GuestTask>(
        within limits: ScheduleSearch.Limits = .init(), _ tasks: (Reference) -> [T]
    ) throws -> (outcomes: [String: String], search: ScheduleSearch) {
        var search = ScheduleSearch(within: limits)
        var outcomes: [String: String] = [:]
        while let schedule = search.next() {
            let outcome = try run(SerialScheduler(schedule), tasks)
            outcomes[outcome] = outcomes[outcome] ?? search.turns.description
        }
        return (outcomes, search)
    }
    /// The content of a shared object, or why the run failed.
    private func run<T: GuestTask>(
        _ scheduler: SerialScheduler, _ tasks: (Reference) -> [T]
    ) throws -> String {
        let machine = try VirtualMachine(
            scheduler, shapes: [Cells.shape],
            configuration: .init(
                heap: .init(limit: 1 << 20), stackWords: 1 << 10, nativeStackBytes: 1 << 18),
            output: Output { _ in })
        machine.host(T.self) { t, p in scheduler.drive(t, p) }
        let cells = try machine.quantum { q in q.new(Cells.shape, Value(0), Value(0)) }
        machine.heap.keep(Value(cells))
        _ = try machine.run(tasks(cells))
        if case .failed(let error) = machine.halt { return "\(error)" }
        return try machine.quantum { q in "\(q[cells, Cells.first])" }
    }

    @Test func findsALostUpdate() throws {
        let tasks = { (cells: Reference) in [Adder(cells: cells), Adder(cells: cells)] }
        let (outcomes, search) = try explore(tasks)
        #expect(Set(outcomes.keys) == ["1", "2"])
        #expect(search.isComplete)
        for (outcome, schedule) in outcomes {
            let turns = try #require(Turns(schedule))
            for _ in 0..<3 {
                #expect(try run(SerialScheduler(following: turns), tasks) == outcome)
            }
        }
    }

    @Test func provesThatAtomicBlocksLoseNothing() throws {
        let (outcomes, search) = try explore { cells in
            [Adder(cells: cells, isAtomic: true), Adder(cells: cells, isAtomic: true)]
        }
        #expect(Set(outcomes.keys) == ["2"])
        #expect(search.isComplete && search.total > 1)
    }

    @Test func findsADeadlockThatNeedsOnePreemption() throws {
        let tasks = { (cells: Reference) in
            [TwoLocks(cells: cells, order: 0), TwoLocks(cells: cells, order: 1)]
        }
        var limits = ScheduleSearch.Limits()
        limits.preemptions = 0
        #expect(try explore(within: limits, tasks).outcomes.keys.sorted() == ["0"])
        limits.preemptions = 1
        let outcomes = try explore(within: limits, tasks).outcomes
        let deadlock = "deadlock: every guest thread waits for another"
        #expect(Set(outcomes.keys) == ["0", deadlock])
        let turns = try #require(Turns(outcomes[deadlock] ?? "none"))
        #expect(try run(SerialScheduler(following: turns), tasks) == deadlock)
    }

    @Test func theSameOrderOfLocksHasNoDeadlock() throws {
        let (outcomes, search) = try explore { cells in
            [TwoLocks(cells: cells, order: 0), TwoLocks(cells: cells, order: 0)]
        }
        #expect(Set(outcomes.keys) == ["0"])
        #expect(search.isComplete)
    }

    @Test func aThreadThatTurnsRoundUntilAnotherActsMakesWay() throws {
        let (outcomes, _) = try explore { cells in
            [Spinner(cells: cells, waits: true), Spinner(cells: cells, waits: false)]
        }
        #expect(Set(outcomes.keys) == ["1"])
    }

    @Test func endlessProgramsAreSaidToBeEndless() throws {
        var limits = ScheduleSearch.Limits()
        limits.turns = 5000
        limits.schedules = 10
        let (outcomes, _) = try explore(within: limits) { cells in
            [Spinner(cells: cells, waits: true)]
        }
        #expect(Set(outcomes.keys) == ["the program has not ended after 5000 turns"])
    }

    @Test func theLimitIsKeptAndSaid() throws {
        var limits = ScheduleSearch.Limits()
        limits.schedules = 20
        let (_, search) = try explore(within: limits) { cells in
            [Adder(cells: cells, rounds: 5), Adder(cells: cells, rounds: 5)]
        }
        #expect(search.total == 20)
        #expect(!search.isComplete)
        limits.schedules = 100_000
        limits.forks = 100
        let (_, bounded) = try explore(within: limits) { cells in
            [Adder(cells: cells, rounds: 50), Adder(cells: cells, rounds: 50)]
        }
        #expect(!bounded.isComplete && bounded.total < 100)
    }

    @Test func sleepersMayWakeAtAnyTime() throws {
        let (outcomes, _) = try explore { cells in
            [Sleeper(cells: cells, sleeps: true), Sleeper(cells: cells, sleeps: false)]
        }
        #expect(Set(outcomes.keys) == ["1", "2"])
    }

    @Test(arguments: ["1", "1x3,2,1x2", "12x7", ""]) func turnsAreReadAsTheyAreWritten(text: String)
    {
        #expect(Turns(text)?.description == text)
    }
    @Test(arguments: [",", "0", "1x", "x1", "1x0", "-1", "1x2x3", "a", "1 2", "1,"])
    func whatIsNoScheduleIsRefused(text: String) { #expect(Turns(text) == nil) }

    @Test func aScheduleForAThreadThatCannotRunSaysSo() throws {
        let turns = try #require(Turns("1,3"))
        let said = try run(SerialScheduler(following: turns)) { [Adder(cells: $0)] }
        #expect(
            said == "turn 2 of the schedule is for thread 3, which cannot run; those that can: 1")
    }
}

private enum Cells {
    static var shape: Shape { Shape(kind: 16, name: "cells", slots: 2) }
    static var first: Field<Int> { Field(0) }
    static var second: Field<Int> { Field(1) }
}

/// Reads, breaks, and writes one more.
private struct Adder: GuestTask {
    let cells: Reference
    var isAtomic = false
    var rounds = 1
    var seen: Int?
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while rounds > 0 {
            if let seen {
                q[cells, Cells.first] = seen + 1
                if isAtomic { q.leaveAtomic() }
                self.seen = nil
                rounds -= 1
            } else {
                if isAtomic { q.enterAtomic() }
                seen = q[cells, Cells.first]
            }
            try q.qbreak(resumeAt: self)
        }
    }
}

/// Takes two locks, and gives them back.
private struct TwoLocks: GuestTask {
    let cells: Reference
    let order: Int
    var held = 0
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while held < 2 {
            let lock = (order + held) & 1
            let field = lock == 0 ? Cells.first : Cells.second
            if q[cells, field] == 0 {
                q[cells, field] = 1
                held += 1
                try q.qbreak(resumeAt: self)
            } else {
                _ = try q.park(on: UInt(lock + 1))
            }
        }
        q[cells, Cells.first] = 0
        q[cells, Cells.second] = 0
        q.unpark(1)
        q.unpark(2)
    }
}

/// Turns round and round until the other has written.
private struct Spinner: GuestTask {
    let cells: Reference
    let waits: Bool
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while waits && q[cells, Cells.first] == 0 { try q.qbreak(resumeAt: self) }
        if !waits { q[cells, Cells.first] = 1 }
    }
}

/// One writes 1; the other sleeps for an hour and writes 2.
private struct Sleeper: GuestTask {
    let cells: Reference
    let sleeps: Bool
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        if sleeps { try q.sleep(until: .max - 1) }
        q[cells, Cells.first] = sleeps ? 2 : 1
    }
}
