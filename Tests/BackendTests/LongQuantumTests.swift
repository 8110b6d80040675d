import InterpreterKit
import STMBackend
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

@Suite struct LongQuantumTests {
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
