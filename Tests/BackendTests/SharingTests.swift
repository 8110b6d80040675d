import InterpreterKit
import STMBackend
import Testing

/// Tables and counters: what several threads do to them at once is right on every backend, and where the
/// documentation says that there is no conflict, no transaction is rolled back.
@Suite struct SharingTests {
    @Test(arguments: Rig.allCases, [1, 2, 4])
    func nothingIsLost(rig: Rig, threads: Int) throws {
        let rounds = 300
        let machine = try rig.machine(for: Adder.self)
        let made = try makeObjects(machine, keys: 40)
        let tasks = (0..<threads).map { _ in Adder(made, first: 0, keys: 40, rounds: rounds) }
        _ = try #require(try machine.run(tasks))
        let seen = try look(machine, made)
        #expect(seen.sum == threads * rounds * 40)
        #expect(seen.content == (0..<40).reduce(into: [:]) { $0[$1] = threads * rounds })
        if rig.surelyRollsBack { #expect(machine.totals()[.aborts] > 0) }
    }

    /// Keys whose hashes are all different, and keys that share few hashes.
    @Test(arguments: Rig.allCases, [7, 1 << 60])
    func keysComeAndGo(rig: Rig, hashes: Int) throws {
        let (threads, steps) = (4, 200)
        let machine = try rig.machine(for: Keeper.self)
        let made = try makeObjects(machine, keys: 0)
        let tasks = (0..<threads).map {
            Keeper(
                table: made.table.reference, hashes: hashes, first: $0, stride: threads,
                steps: steps)
        }
        _ = try #require(try machine.run(tasks))
        let seen = try look(machine, made)
        let left = (0..<(threads * steps)).filter { $0 / threads % 3 != 0 }
        #expect(seen.content == left.reduce(into: [:]) { $0[$1] = $1 })
        #expect(seen.count == left.count)
        #expect(seen.entries == left.count)
    }

    /// Each thread has keys of its own, but all add to one counter.
    @Test func keysAndCountersDoNotConflict() throws {
        let (threads, rounds) = (4, 2000)
        let scheduler = STMScheduler(.transactions, seats: 4, arenaBytes: 1 << 26)
        let machine = try VirtualMachine(
            scheduler, shapes: [],
            configuration: .init(
                heap: .init(limit: 1 << 30), threads: 4, stackWords: 1 << 16,
                nativeStackBytes: 1 << 20), output: Output { _ in })
        machine.host(Adder.self, drive: driver(scheduler))
        let made = try makeObjects(machine, keys: 40)
        let tasks = (0..<threads).map {
            Adder(made, first: $0 * 10, keys: 10, rounds: rounds)
        }
        _ = try #require(try machine.run(tasks))
        #expect(try look(machine, made).sum == threads * rounds * 10)
        // Threads make their cells of the counter once.
        #expect(machine.totals()[.aborts] <= threads * threads)
    }

    @Test func countersKeepTheirBounds() throws {
        struct Filler: GuestTask {
            var outcome: [Bool] = []
            var sum: Int?
            mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
                let counter = q.newCounter()
                let most = 1 << 61 - 1
                outcome = [
                    q.add(.max, to: counter), q.add(most, to: counter), q.add(1, to: counter),
                    q.add(-1, to: counter),
                ]
                sum = q.sum(of: counter)
            }
        }
        let machine = try Rig.gil.machine(for: Filler.self)
        let done = try #require(try machine.run([Filler()]))[0]
        #expect(done.outcome == [false, true, false, true])
        #expect(done.sum == 1 << 61 - 2)
    }
}

/// A counter, and a table with keys from 0 on that have the value 0.
private struct SetUp: GuestTask {
    let keys: Int
    var table: Value = .none
    var counter: Value = .none
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        let made = q.newTable()
        for key in 0..<keys { q.insert(Value(key), Value(0), hash: key, into: made) }
        (table, counter) = (Value(made), Value(q.newCounter()))
    }
}
private func makeObjects(_ machine: VirtualMachine, keys: Int) throws -> SetUp {
    machine.host(SetUp.self, drive: driver(machine.scheduler))
    let made = try #require(try machine.run([SetUp(keys: keys)]))[0]
    machine.heap.keep(made.table)
    machine.heap.keep(made.counter)
    return made
}

/// Reads all.
private struct Reader: GuestTask {
    let table: Reference
    let counter: Reference
    var sum: Int?
    var count = 0
    var entries = 0
    var content: [Int: Int] = [:]
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        sum = q.sum(of: counter)
        count = q.count(of: table)
        (entries, content) = (0, [:])
        q.forEachEntry(of: table) { entry in
            entries += 1
            content[q[entry, TableEntry.key].int] = q[entry, TableEntry.value].int
        }
    }
}
private func look(_ machine: VirtualMachine, _ made: SetUp) throws -> Reader {
    machine.host(Reader.self, drive: driver(machine.scheduler))
    let reader = Reader(table: made.table.reference, counter: made.counter.reference)
    return try #require(try machine.run([reader]))[0]
}

/// Adds 1 to the values of its keys in turn, and to the counter.
private struct Adder: GuestTask {
    let table: Reference
    let counter: Reference
    let first: Int
    let keys: Int
    var left: Int

    init(_ made: SetUp, first: Int, keys: Int, rounds: Int) {
        (table, counter) = (made.table.reference, made.counter.reference)
        (self.first, self.keys, left) = (first, keys, rounds * keys)
    }
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while left > 0 {
            let entry = q.firstEntry(of: table, hash: first + left % keys)!
            q[entry, TableEntry.value] = Value(q[entry, TableEntry.value].int + 1)
            _ = q.add(1, to: counter)
            left -= 1
            try q.qbreak(resumeAt: self)
        }
    }
}

/// Puts in its keys, each with itself as value, and takes every third of them out again five steps later.
private struct Keeper: GuestTask {
    let table: Reference
    let hashes: Int
    let first: Int
    let stride: Int
    let steps: Int
    var step = 0

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while step < steps + 5 {
            let (new, old) = (first + step * stride, first + (step - 5) * stride)
            if step < steps { q.insert(Value(new), Value(new), hash: new % hashes, into: table) }
            if step >= 5 && (step - 5) % 3 == 0 {
                var entry = q.firstEntry(of: table, hash: old % hashes)!
                while q[entry, TableEntry.key].int != old { entry = q.entry(after: entry)! }
                q.remove(entry, from: table)
            }
            step += 1
            try q.qbreak(resumeAt: self)
        }
    }
}
