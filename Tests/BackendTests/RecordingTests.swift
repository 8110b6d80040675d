import InterpreterKit
import STMBackend
import SerialBackend
import Synchronization
import Testing

/// Runs on STM, written down and done again on Serial.
@Suite struct RecordingTests {
    /// Records a run of `tasks`, with many forced aborts, and replays it.
    private func check<T: GuestTask>(
        _ tasks: @escaping (World) -> [T], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let recorded = Tape()
        let recorder = Recorder(to: recorded.add)
        var faults = FaultInjection()
        faults.abortOneIn = 3
        faults.randomLength = 7
        let stm = STMScheduler(injection: faults, recorder: recorder)
        recorder.begin([("a", "b")])
        let first = try World(stm, T.self) { t, p in stm.drive(t, p) }
        let summary = try first.run(tasks(first))
        recorder.finish(summary)

        let recording = try Recording(recorded.bytes)
        #expect(recording.summary == summary)
        #expect(recording.description == ["a": "b"])
        #expect(recording.refusal == nil)
        let serial = SerialScheduler(Replay(recording))
        let second = try World(serial, T.self) { t, p in serial.drive(t, p) }
        let again = try second.run(tasks(second))
        #expect(again == summary, sourceLocation: sourceLocation)
        #expect(second.failure == nil, sourceLocation: sourceLocation)
        #expect(first.queue != nil)
    }

    @Test func racesComeOutTheSame() throws {
        for _ in 0..<5 { try check { world in (0..<4).map { _ in Racer(world: world) } } }
    }
    @Test func whatIsLearnedFromOutsideIsRepeated() throws {
        try check { world in (0..<3).map { _ in Learner(world: world) } }
    }
    @Test func jobsGoToTheSameThreads() throws {
        for _ in 0..<5 {
            try check { world in (0..<4).map { Worker(world: world, isFirst: $0 == 0) } }
        }
    }
    @Test func threadsAreStartedAndWaitedFor() throws {
        try check { world in [Parent(world: world), Parent(world: world)] }
    }
    @Test func whoeverHaltsDoesSoLast() throws {
        try check { world in (0..<4).map { Halting(world: world, halts: $0 == 2) } }
    }

    // MARK: what is wrong with a file

    private func recording() throws -> [UInt8] {
        let tape = Tape()
        let recorder = Recorder(to: tape.add)
        let stm = STMScheduler(recorder: recorder)
        let world = try World(stm, Racer.self) { t, p in stm.drive(t, p) }
        recorder.begin([("a", "b")])
        recorder.finish(try world.run([Racer(world: world), Racer(world: world)]))
        return tape.bytes
    }

    @Test func everyDamageIsReportedWithItsPlace() throws {
        let bytes = try recording()
        for length in 0..<bytes.count {
            #expect(throws: Recording.Damage.self) { try Recording(Array(bytes[..<length])) }
        }
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0x10
            #expect(throws: Recording.Damage.self, "byte \(place)") { try Recording(damaged) }
        }
        #expect(throws: Recording.Damage.self) { try Recording(bytes + [0]) }
        do throws(Recording.Damage) {
            _ = try Recording(Array(bytes.dropLast(3)))
        } catch {
            #expect(error.offset > 18)
            #expect(error.reason == "the file ends before the recorded run does")
        }
    }

    @Test func anotherProgramIsFoundOut() throws {
        let serial = SerialScheduler(Replay(try Recording(try recording())))
        let world = try World(serial, Learner.self) { t, p in serial.drive(t, p) }
        _ = try world.run([Learner(world: world), Learner(world: world)])
        let failure = try #require(world.failure)
        #expect(failure.hasPrefix("the run does not go as recorded: quantum "))
        #expect(failure.contains(" of thread "))
    }
    @Test func fewerThreadsAreFoundOut() throws {
        let serial = SerialScheduler(Replay(try Recording(try recording())))
        let world = try World(serial, Racer.self) { t, p in serial.drive(t, p) }
        _ = try world.run([Racer(world: world)])
        #expect(world.failure == "the run does not go as recorded: thread 2 does not run")
    }
    @Test func moreQuantaThanRecordedAreFoundOut() throws {
        let serial = SerialScheduler(Replay(try Recording(try recording())))
        let world = try World(serial, Racer.self) { t, p in serial.drive(t, p) }
        let summary = try world.run((0..<2).map { _ in Racer(world: world, rounds: 5000) })
        #expect(world.failure != nil || summary.ending == .interrupted)
    }
    @Test func whatCannotBeRecordedIsSaid() throws {
        struct Odd { let closure: () -> Void }
        let tape = Tape()
        let recorder = Recorder(to: tape.add)
        let stm = STMScheduler(recorder: recorder)
        let world = try World(stm, Racer.self) { t, p in stm.drive(t, p) }
        recorder.begin([])
        struct Task: GuestTask {
            mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
                _ = q.observe { Odd(closure: {}) }
            }
        }
        world.machine.host(Task.self) { t, p in stm.drive(t, p) }
        _ = try world.machine.run([Task()])
        recorder.finish(world.summary)
        let refusal = try Recording(tape.bytes).refusal
        #expect(refusal == "a result of type Odd cannot be recorded")
    }
}

/// A machine with a shared object, a queue, and what a run of it leaves behind.
private final class World: @unchecked Sendable {
    let machine: VirtualMachine
    let cells: Reference
    let queue: WorkQueue?

    init<T: GuestTask>(
        _ scheduler: Scheduler, _: T.Type,
        _ drive: @escaping (ThreadContext, UnsafeMutablePointer<T>) -> Void
    ) throws {
        machine = try VirtualMachine(
            scheduler, shapes: [World.shape],
            configuration: .init(
                heap: .init(limit: 64 << 20, minimumBudget: 1 << 16, checks: true),
                stackWords: 1 << 12, nativeStackBytes: 1 << 18),
            output: Output { _ in })
        machine.host(T.self, drive: drive)
        machine.output.beginDigest()
        cells = try machine.quantum { q in q.new(World.shape, Value(0), .none) }
        machine.heap.keep(Value(cells))
        queue = WorkQueue(machine)
    }
    static var shape: Shape { Shape(kind: 16, name: "cells", slots: 2) }
    static var number: Field<Int> { Field(0) }
    static var list: Field<Value> { Field(1) }

    func run<T: GuestTask>(_ tasks: [T]) throws -> RunSummary {
        _ = try machine.run(tasks)
        return summary
    }
    var summary: RunSummary {
        var ending = RunSummary.Ending.finished
        switch machine.halt {
        case nil: break
        case .exit: ending = .exited
        case .failed: ending = .failed
        case .interrupted: ending = .interrupted
        }
        return RunSummary(ending, output: machine.output.digest, heap: machine.digest())
    }
    var failure: String? {
        guard case .failed(let error) = machine.halt else { return nil }
        return "\(error)"
    }
}
private final class Tape: @unchecked Sendable {
    var bytes: [UInt8] = []
    func add(_ more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }
}

/// Loses updates, allocates, prints what it sees.
private struct Racer: GuestTask {
    let world: World
    var rounds = 200
    var seen: Int?
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while rounds > 0 {
            if let seen {
                q[world.cells, World.number] = seen + 1
                if rounds % 16 == 0 {
                    q[world.cells, World.list] = Value(
                        q.new(World.shape, Value(seen), q[world.cells, World.list]))
                    q.write("\(seen)\n")
                }
                self.seen = nil
                rounds -= 1
            } else {
                seen = q[world.cells, World.number]
            }
            try q.qbreak(resumeAt: self)
        }
    }
}

/// Puts into the heap what no two runs learn alike.
private struct Learner: GuestTask {
    private static let clock = Atomic<Int>(0)
    let world: World
    var rounds = 50
    private static func tick() -> Int { clock.wrappingAdd(1, ordering: .relaxed).newValue }

    private func add<B: Backend>(_ number: Int, _ q: borrowing Quantum<B>) {
        q[world.cells, World.number] = (q[world.cells, World.number] &* 31 &+ number) & 0xFFFFF
    }
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while rounds > 0 {
            rounds -= 1
            switch rounds % 3 {
            case 0: add(q.observe { Learner.tick() }, q)
            case 1:
                let next = self
                let text = try q.call(between: { "\(Learner.tick())" }) { (_: String) in next }
                // A retry begins behind this, and must come to the same breaks.
                if text.isEmpty { return }
                continue
            default:
                let bytes = try q.outside("test") { [UInt8(truncatingIfNeeded: Learner.tick())] }
                add(Int(bytes[0]), q)
                q.write("\(bytes)\n")
            }
            try q.qbreak(resumeAt: self)
        }
    }
}

/// Takes jobs that make jobs; what they have seen is printed.
private struct Worker: GuestTask {
    let world: World
    let isFirst: Bool
    var hasJoined = false
    var hasSubmitted = false
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        guard let queue = world.queue else { return }
        if !hasJoined {
            hasJoined = true
            let (thread, next) = (q.thread, self)
            try q.arrange(between: { Quantum<B>(thread).join(queue) }) { _ in next }
        }
        if isFirst && !hasSubmitted {
            hasSubmitted = true
            for _ in 0..<8 { q.submit(Value(6), to: queue) }
            try q.qbreak(resumeAt: self)
        }
        while let job = try q.next(from: queue, coordinator: isFirst, resumeAt: self) {
            let seen = q[world.cells, World.number]
            q[world.cells, World.number] = (seen &* 3 &+ job.int) & 0xFFFFFFFF
            if job.int > 0 {
                q.submit(Value(job.int - 1), to: queue)
                q.submit(Value(job.int - 2), to: queue)
            }
            if job.int == 3 { q.write("\(seen)\n") }
            try q.qbreak(resumeAt: self)
        }
        if isFirst { q.onCommit { queue.close() } }
    }
}

/// Starts threads and waits until they have counted up.
private struct Parent: GuestTask {
    let world: World
    var children = 3
    var isChild = false
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        if isChild {
            q[world.cells, World.number] += 1
            q.write("child \(q[world.cells, World.number])\n")
            q.unpark(1)
            return
        }
        while children > 0 {
            children -= 1
            _ = try? q.spawn(Parent(world: world, isChild: true))
            try q.qbreak(resumeAt: self)
        }
        while q[world.cells, World.number] < 6 {
            let end = try q.park(on: 1)
            q.write("\(end)\n")
        }
    }
}

/// One ends the machine in the middle of what the others do.
private struct Halting: GuestTask {
    let world: World
    let halts: Bool
    var round = 0
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while true {
            round += 1
            q[world.cells, World.number] = (q[world.cells, World.number] &* 5 &+ round) & 0xFFFFF
            q.write("\(round)\n")
            if halts && round == 30 { try q.halt(.exit(7)) }
            try q.qbreak(resumeAt: self)
        }
    }
}
