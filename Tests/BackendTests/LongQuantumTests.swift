import InterpreterKit
import STMBackend
import Synchronization
import Testing

private enum Pair {
    static var shape: Shape { Shape(kind: 16, name: "pair", slots: 2) }
    static var head: Field<Value> { Field(0) }
    static var tail: Field<Value> { Field(1) }
}

/// Builds and drops lists within one atomic block, keeping one alive in a Swift local and checking it.
private struct Builder: GuestTask {
    let rounds: Int
    var done = false

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        if done { return }
        q.enterAtomic()
        var kept = Value.none
        for i in 0..<100 { kept = Value(q.new(Pair.shape, Value(i), kept)) }
        for round in 0..<rounds {
            var list = Value.none
            for i in 0..<200 { list = Value(q.new(Pair.shape, Value(i), list)) }
            q[kept.reference, Pair.head] = Value(round)
            try q.qbreak(resumeAt: self)
        }
        var length = 0
        while kept.isReference {
            length += 1
            kept = q[kept.reference, Pair.tail]
        }
        q.write("\(length)\n")
        q.leaveAtomic()
        done = true
        try q.qbreak(resumeAt: self)
    }
}

/// Overwrites one shared cell in an endless row of quanta, or reads it for long within one.
private struct OldReader: GuestTask {
    let cell: Reference
    let reads: Bool
    let steps: Int
    var step = 0
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        if reads {
            q.enterAtomic()
            let first = q[cell, Pair.head]
            for _ in 0..<steps {
                if q[cell, Pair.head] != first { q.write("changed\n") }
                try q.qbreak(resumeAt: self)
            }
            q.leaveAtomic()
            return
        }
        while step < steps {
            q[cell, Pair.head] = Value(q.new(Pair.shape, Value(step), .none))
            step += 1
            try q.qbreak(resumeAt: self)
        }
    }
}

private struct MakePair: GuestTask {
    var pair: Value = .none
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        pair = Value(q.new(Pair.shape, Value(0), .none))
    }
}

/// One thread stands in an atomic block until the others have done all they have to do.
private struct Parked: GuestTask {
    enum Role { case parked(reads: Bool), writer }
    let role: Role
    let cells: Reference
    let atWork: Unmanaged<Counter>
    var step = 0
    static let count = 200

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        switch role {
        case .parked(let reads):
            q.enterAtomic()
            let cell = q[cells, 7].reference
            let before = reads ? q[cell, Pair.head] : .none
            let begin = ContinuousClock.now
            while atWork._withUnsafeGuaranteedRef({ $0.value }) > 0 {
                try q.qbreak(resumeAt: self)
                if ContinuousClock.now - begin > .seconds(60) { break }
            }
            if reads && q[cell, Pair.head] != before { q.write("changed\n") }
            q.leaveAtomic()
        case .writer:
            while step < 400 {
                for i in 0..<Parked.count {
                    q[q[cells, i].reference, Pair.head] = Value(step)
                }
                step += 1
                try q.qbreak(resumeAt: self)
            }
            atWork._withUnsafeGuaranteedRef { $0.finish() }
        }
    }
}
private final class Counter: Sendable {
    private let count: Atomic<Int>
    init(_ count: Int) { self.count = Atomic(count) }
    var value: Int { count.load(ordering: .relaxed) }
    func finish() { count.subtract(1, ordering: .relaxed) }
}
private struct MakeCells: GuestTask {
    var cells: Value = .none
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        guard let array = q.newArray(capacity: Parked.count) else { return }
        for i in 0..<Parked.count { q[array, i] = Value(q.new(Pair.shape, Value(-1), .none)) }
        cells = Value(array)
    }
}

@Suite struct LongQuantumTests {
    /// A thread that stays in an atomic block for long stops nobody, though others may keep little of what they
    /// change meanwhile: 5 MB, where half an arena of 512 KB is allowed.
    @Test(arguments: [false, true])
    func nobodyWaitsForAThreadInALongBlock(reads: Bool) throws {
        var injection = FaultInjection()
        injection.randomLength = 1
        let scheduler = STMScheduler(
            .transactions, seats: 2, injection: injection, arenaBytes: 1 << 19)
        let capture = Capture()
        let machine = try VirtualMachine(
            scheduler, shapes: [Pair.shape],
            configuration: .init(threads: 2, stackWords: 1 << 14, nativeStackBytes: 1 << 20),
            output: capture.output)
        machine.host(Parked.self, drive: driver(scheduler))
        machine.host(MakeCells.self, drive: driver(scheduler))
        let cells = try #require(try machine.run([MakeCells()]))[0].cells
        machine.heap.keep(cells)
        let atWork = Counter(1)
        let begin = ContinuousClock.now
        _ = try #require(
            try machine.run(
                [Parked.Role.parked(reads: reads), .writer].map {
                    Parked(role: $0, cells: cells.reference, atWork: .passUnretained(atWork))
                }))
        #expect(atWork.value == 0)
        #expect(capture.text == "")
        #expect(ContinuousClock.now - begin < .seconds(60))
    }

    /// 200 MB of garbage in one quantum, under a limit of 16 MB.
    @Test(arguments: Rig.allCases, [1, 3])
    func garbageInOneQuantumIsCollected(rig: Rig, threads: Int) throws {
        let capture = Capture()
        let rounds = rig == .stmShort ? 600 : 3000
        let machine = try rig.machine(
            for: Builder.self, shapes: [Pair.shape], limit: 16 << 20, output: capture.output)
        _ = try #require(
            try machine.run(Array(repeating: Builder(rounds: rounds), count: threads)))
        #expect(capture.lines.elementsEqual(Array(repeating: "100", count: threads)) == true)
        #expect(machine.heap.statistics.collections > 10)
        #expect(machine.heap.statistics.peakBytes <= 16 << 20)
    }

    /// A long reader keeps its snapshot while others commit, and old versions do not pile up without
    /// bound.
    @Test(arguments: [Rig.stm, .stmForced, .gil, .serial])
    func oldSnapshotsStayReadable(rig: Rig) throws {
        let capture = Capture()
        let machine = try rig.machine(
            for: OldReader.self, shapes: [Pair.shape], limit: 64 << 20, output: capture.output)
        machine.host(MakePair.self, drive: driver(machine.scheduler))
        let cell = try #require(try machine.run([MakePair()]))[0].pair
        machine.heap.keep(cell)
        let tasks = [true, false, false].map {
            OldReader(cell: cell.reference, reads: $0, steps: 60_000)
        }
        _ = try #require(try machine.run(tasks))
        #expect(capture.text == "")
    }
}
