import InterpreterKit
import Testing

private enum Cell {
    static var shape: Shape { Shape(kind: 16, name: "cell", slots: 1) }
    static var count: Field<Int> { Field(0) }
}

private struct MakeCells: GuestTask {
    var cells: Value = .none
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        let made = q.newArray(capacity: 5)!
        for i in 0..<5 { q[made, i] = Value(q.new(Cell.shape, Value(0))) }
        cells = Value(made)
    }
}

/// Adds to what all threads share, within the quantum of its caller.
private struct Inner: GuestTask {
    let shared: Reference
    let steps: Int
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        for i in 0..<steps {
            q[shared, Cell.count] += 1
            try q.qbreak(resumeAt: self)
            if i == steps / 2 { try q.becomeInevitable(reason: "a test") }
        }
    }
}

/// Native code that is left by ``Abort``: what it does on the way out has not happened either, even when it
/// goes on as if nothing were wrong.
private struct Outer: GuestTask {
    enum WayOut: CaseIterable { case leaves, goesOn, goesOnToHalt }

    let cells: Reference
    let id: Int
    let steps: Int
    let wayOut: WayOut
    var step = 0

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        let (shared, own) = (q[cells, 0].reference, q[cells, 1 + id].reference)
        while step < steps {
            let before = q[own, Cell.count]
            q[own, Cell.count] = -1
            var inner = Inner(shared: shared, steps: 20)
            do throws(Abort) { try q.nested(&inner) } catch {
                // As code does that puts things back where they were.
                if q[own, Cell.count] != -1 { q.write("something else is seen\n") }
                q[own, Cell.count] = before
                q[shared, Cell.count] = 1_000_000
                q[cells, 1 + id] = Value(q.new(Cell.shape, Value(7)))
                q.write("on the way out\n")
                q.onCommit { fatalError("committed on the way out") }
                if wayOut == .leaves { throw error }
                if wayOut == .goesOnToHalt { try q.halt(.exit(3)) }
                try q.becomeInevitable(reason: "a test that goes on")
            }
            q[own, Cell.count] = before + 1
            step += 1
            try q.qbreak(resumeAt: self)
        }
    }
}

@Suite(.serialized) struct UnwindingTests {
    @Test(arguments: Rig.allCases, [1, 2, 4])
    fileprivate func whatHappensOnTheWayOutHasNotHappened(rig: Rig, threads: Int) throws {
        for wayOut in Outer.WayOut.allCases {
            let capture = Capture()
            let machine = try rig.machine(
                for: Outer.self, shapes: [Cell.shape], output: capture.output)
            machine.host(MakeCells.self, drive: driver(machine.scheduler))
            let made = try #require(try machine.run([MakeCells()]))[0].cells
            machine.heap.keep(made)
            let cells = made.reference
            let steps = 100
            let done = try #require(
                try machine.run(
                    (0..<threads).map { Outer(cells: cells, id: $0, steps: steps, wayOut: wayOut) })
            )
            #expect(done.count == threads)
            #expect(capture.text == "")
            let counts = try machine.quantum { q in
                (0..<5).map { q[q[cells, $0].reference, Cell.count] }
            }
            #expect(counts[0] == 20 * steps * threads)
            #expect(counts.dropFirst().prefix(threads).allSatisfy { $0 == steps })
            if rig.surelyRollsBack { #expect(machine.totals()[.aborts] > 0) }
        }
    }
}
