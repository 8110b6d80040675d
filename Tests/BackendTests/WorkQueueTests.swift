import InterpreterKit
import Testing

private enum Cell {
    static var shape: Shape { Shape(kind: 16, name: "cell", slots: 1) }
    static var count: Field<Int> { Field(0) }
}

/// A pool of threads that run jobs; a job is a depth. Each adds one to a shared counter (or to a
/// thread's own) and submits `fan` jobs of one depth less.
private struct Worker: GuestTask {
    let queue: WorkQueue
    let coordinator: Bool
    let cell: Reference
    let fan: Int
    let seeds: [Int]
    let prints: Bool
    var stage = 0

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        if stage == 0 {
            q.join(queue)
            for seed in seeds { q.submit(Value(seed), to: queue) }
            stage = 1
            try q.qbreak(resumeAt: self)
        }
        while true {
            guard let job = try q.next(from: queue, coordinator: coordinator, resumeAt: self) else {
                break
            }
            q.enterAtomic()
            if prints { q.write("\(job.int)\n") }
            q[cell, Cell.count] = q[cell, Cell.count] + 1
            if job.int > 0 { for _ in 0..<fan { q.submit(Value(job.int - 1), to: queue) } }
            try q.qbreak(resumeAt: self)
            q.leaveAtomic()
            try q.qbreak(resumeAt: self)
        }
        if coordinator { queue.close() }
    }
}

private struct MakeCell: GuestTask {
    var cell: Value = .none
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        cell = Value(q.new(Cell.shape, Value(0)))
    }
}

@Suite struct WorkQueueTests {
    private func run(
        _ rig: Rig, threads: Int, fan: Int, seeds: [Int], prints: Bool = false,
        output: Output = Output { _ in }
    ) throws -> (count: Int, machine: VirtualMachine) {
        let machine = try rig.machine(for: Worker.self, shapes: [Cell.shape], output: output)
        machine.host(MakeCell.self, drive: driver(machine.scheduler))
        let cell = try #require(try machine.run([MakeCell()]))[0].cell
        machine.heap.keep(cell)
        let queue = WorkQueue(machine)
        let tasks = (0..<threads).map {
            Worker(
                queue: queue, coordinator: $0 == 0, cell: cell.reference, fan: fan,
                seeds: $0 == 0 ? seeds : [], prints: prints)
        }
        _ = try #require(try machine.run(tasks))
        return (Value(bits: cell.reference.address[1]).int, machine)
    }

    @Test(arguments: Rig.allCases, [1, 2, 4])
    func everyJobRunsOnce(rig: Rig, threads: Int) throws {
        // A tree of depth 6 with fan 3: (3^7 - 1) / 2 jobs.
        let (count, machine) = try run(rig, threads: threads, fan: 3, seeds: [6])
        #expect(count == 1093)
        // Jobs taken by quanta that were rolled back count again.
        #expect(machine.totals()[.jobs] >= 1093)
    }

    @Test(arguments: Rig.allCases)
    func manySeeds(rig: Rig) throws {
        let (count, _) = try run(rig, threads: 3, fan: 1, seeds: Array(repeating: 1, count: 700))
        #expect(count == 1400)
    }

    /// Newest first, and a job's children before its elder siblings.
    @Test(arguments: Rig.allCases)
    func oneThreadIsDepthFirst(rig: Rig) throws {
        let capture = Capture()
        _ = try run(
            rig, threads: 1, fan: 2, seeds: [1, 2], prints: true, output: capture.output)
        #expect(capture.text.split(separator: "\n").joined(separator: " ") == "2 1 0 0 1 0 0 1 0 0")
    }
}
