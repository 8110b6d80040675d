import InterpreterKit
import Testing

private enum Cell {
    static var shape: Shape { Shape(kind: 16, name: "cell", slots: 1) }
    static var count: Field<Int> { Field(0) }
}

private nonisolated(unsafe) let calls = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)

/// Each step: an external call between two quanta, one inside an atomic block, a line of output.
private struct Caller: GuestTask {
    let id: Int
    let steps: Int
    var step = 0
    var stage = 0
    var answers = 0

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while step < steps {
            if stage == 0 {
                try q.call(
                    between: { addOne(calls) },
                    resumeWith: { _ in
                        answers += 1
                        stage = 1
                        return self
                    })
            }
            if stage == 1 {
                q.enterAtomic()
                q.write("\(id) \(step) begins\n")
                try q.qbreak(resumeAt: self)
                try q.call(between: { addOne(calls) }, resumeWith: { _ in self })
                q.write("\(id) \(step) ends\n")
                q.leaveAtomic()
                stage = 2
                try q.qbreak(resumeAt: self)
            }
            step += 1
            stage = 0
            try q.qbreak(resumeAt: self)
        }
    }
}

@Suite(.serialized) struct EffectTests {
    @Test(arguments: Rig.allCases, [1, 2, 4])
    func externalCallsHappenOnceAndOutputIsWhole(rig: Rig, threads: Int) throws {
        let capture = Capture()
        let machine = try rig.machine(for: Caller.self, output: capture.output)
        calls.initialize(to: 0)
        let steps = 300
        let tasks = (0..<threads).map { Caller(id: $0, steps: steps) }
        let done = try #require(try machine.run(tasks))
        #expect(calls.pointee == UInt64(2 * steps * threads))
        #expect(done.allSatisfy { $0.answers == steps })
        let lines = capture.lines
        #expect(lines.count == 2 * steps * threads)
        // Both lines of an atomic block stand together, and each thread's blocks in order.
        var next = [Int](repeating: 0, count: threads)
        for i in stride(from: 0, to: lines.count - 1, by: 2) {
            let words = lines[i].split(separator: " ")
            let id = Int(words[0])!
            #expect(lines[i] == "\(id) \(next[id]) begins")
            #expect(lines[i + 1] == "\(id) \(next[id]) ends")
            next[id] += 1
        }
    }

    /// Output that depends on a shared counter appears in the counter's order: commit order.
    @Test(arguments: Rig.allCases)
    func outputIsInCommitOrder(rig: Rig) throws {
        let capture = Capture()
        let machine = try rig.machine(
            for: Ticket.self, shapes: [Cell.shape], output: capture.output)
        machine.host(MakeCell.self, drive: driver(machine.scheduler))
        let cell = try #require(try machine.run([MakeCell()]))[0].cell
        machine.heap.keep(cell)
        _ = try machine.run((0..<4).map { _ in Ticket(cell: cell.reference, steps: 500) })
        #expect(capture.lines.elementsEqual((0..<2000).map { Substring("\($0)") }) == true)
    }

    /// Actions at commit run once per quantum that happened; those at abort once per one that did not.
    @Test(arguments: Rig.allCases)
    func actions(rig: Rig) throws {
        let machine = try rig.machine(for: Actor.self)
        let (committed, aborted) = (Tally(), Tally())
        _ = try machine.run([Actor(steps: 200, committed: committed, aborted: aborted)])
        #expect(committed.count == 200)
        if rig == .serialAborting { #expect(aborted.count >= 200) }
        if !rig.rollsBack { #expect(aborted.count == 0) }
    }

    @Test(arguments: Rig.allCases, [1, 3])
    func haltStopsEveryThreadAndKeepsOutput(rig: Rig, threads: Int) throws {
        let capture = Capture()
        let machine = try rig.machine(for: Halter.self, output: capture.output)
        let tasks = (0..<threads).map { Halter(halts: $0 == 0) }
        #expect(try machine.run(tasks) == nil)
        #expect(capture.text == "before\n")
        guard case .exit(3) = machine.halt else {
            Issue.record("halted as \(String(describing: machine.halt))")
            return
        }
    }
}

private struct MakeCell: GuestTask {
    var cell: Value = .none
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        cell = Value(q.new(Cell.shape, Value(0)))
    }
}
private struct Ticket: GuestTask {
    let cell: Reference
    let steps: Int
    var step = 0
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while step < steps {
            q.enterAtomic()
            let n = q[cell, Cell.count]
            q.write("\(n)\n")
            q[cell, Cell.count] = n + 1
            q.leaveAtomic()
            step += 1
            try q.qbreak(resumeAt: self)
        }
    }
}

private final class Tally: @unchecked Sendable { var count = 0 }
private struct Actor: GuestTask {
    let steps: Int
    let committed: Tally
    let aborted: Tally
    var step = 0
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while step < steps {
            let (committed, aborted) = (committed, aborted)
            q.onCommit { committed.count += 1 }
            q.onAbort { aborted.count += 1 }
            step += 1
            try q.qbreak(resumeAt: self)
        }
    }
}
private struct Halter: GuestTask {
    let halts: Bool
    var i = 0
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while true {
            i += 1
            if halts && i == 50 {
                q.enterAtomic()
                q.write("before\n")
                try q.halt(.exit(3))
            }
            try q.qbreak(resumeAt: self)
        }
    }
}
