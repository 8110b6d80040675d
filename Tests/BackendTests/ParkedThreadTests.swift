import Foundation
import InterpreterKit
import STMBackend
import Synchronization
import Testing

/// One thread stands in an atomic block, while others change objects in one quantum after the other.
private struct Parked: GuestTask {
    enum Role { case parked(Way), writer(Int) }
    /// What the block has done before it stands still: nothing, read what the others change, written.
    enum Way: CaseIterable { case idle, reader, writer }
    static let boxes = 200
    static var shape: Shape { Shape(kind: 16, name: "box", slots: 1) }
    static var content: Field<Int> { Field(0) }

    let role: Role
    let writers: Int
    /// One that only the thread in the block touches, then those of each writer.
    let boxes: Reference
    let stage: Unmanaged<Stage>
    var step = 0

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        switch role {
        case .parked(let way): try park(q, way)
        case .writer(let number):
            while !stage._withUnsafeGuaranteedRef({ $0.isOver }) {
                for i in 0..<Parked.boxes {
                    q[q[boxes, 1 + number * Parked.boxes + i].reference, Parked.content] = step
                }
                step += 1
                try q.qbreak(resumeAt: self)
                stage._withUnsafeGuaranteedRef { $0.report(number, step) }
            }
        }
    }
    private func park<B: Backend>(_ q: borrowing Quantum<B>, _ way: Way) throws(Abort) {
        // First all are at work.
        while !stage._withUnsafeGuaranteedRef({ $0.haveBegun }) { try q.qbreak(resumeAt: self) }
        q.enterAtomic()
        let own = q[boxes, 0].reference
        let before = way == .reader ? read(q) : (0, 0)
        if way == .writer { q[own, Parked.content] = q[own, Parked.content] + 1 }
        var watch = stage._withUnsafeGuaranteedRef { $0.begin() }
        while stage._withUnsafeGuaranteedRef({ watch.stays($0) }) { try q.qbreak(resumeAt: self) }
        if way == .reader && read(q) != before { q.write("changed\n") }
        q.leaveAtomic()
        try q.qbreak(resumeAt: self)
        stage._withUnsafeGuaranteedRef { $0.end() }
    }
    private func read<B: Backend>(_ q: borrowing Quantum<B>) -> (Int, Int) {
        (
            q[q[boxes, 7].reference, Parked.content],
            q[q[boxes, writers * Parked.boxes - 7].reference, Parked.content]
        )
    }
}

/// How far all are. Without a lock, which the thread in the block would hold nearly always.
private final class Stage: Sendable {
    private let first = Atomic<Int>(0)
    private let second = Atomic<Int>(0)
    private let over = Atomic<Bool>(false)
    private let mostBreaks = Atomic<Int>(0)
    private let mostGrowth = Atomic<Int>(0)
    private let writers: Int
    /// Of each writer, while the thread stands in its block.
    let steps: Int

    init(writers: Int, steps: Int) {
        self.writers = writers
        self.steps = steps
    }

    var haveBegun: Bool { (0..<writers).allSatisfy { stepsDone($0) > 0 } }
    func stepsDone(_ writer: Int) -> Int {
        writer == 0 ? first.load(ordering: .relaxed) : second.load(ordering: .relaxed)
    }
    func report(_ writer: Int, _ steps: Int) {
        if writer == 0 {
            first.store(steps, ordering: .relaxed)
        } else {
            second.store(steps, ordering: .relaxed)
        }
    }
    func note(standstill: Int, growth: Int) {
        mostBreaks.max(standstill, ordering: .relaxed)
        mostGrowth.max(growth, ordering: .relaxed)
    }
    var isOver: Bool { over.load(ordering: .relaxed) }
    func end() { over.store(true, ordering: .relaxed) }

    /// The most breaks in the block between two steps of a writer, and by how much memory grew.
    var outcome: (standstill: Int, growth: Int) {
        (mostBreaks.load(ordering: .relaxed), mostGrowth.load(ordering: .relaxed))
    }
    func begin() -> Watch {
        let done = (0..<writers).map(stepsDone)
        return Watch(
            doneBefore: done, done: done, breaksAtLastStep: done.map { _ in 0 },
            memory: Stage.residentBytes())
    }
    fileprivate static func residentBytes() -> Int {
        guard let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        else { return 0 }
        return (Int(statm.split(separator: " ")[1]) ?? 0) << 12
    }
}

/// What the thread in the block sees of the others. Whether one of them stands still is counted, not timed: in breaks
/// that this thread comes to meanwhile, which are as slow as the machine is.
private struct Watch {
    /// More breaks than this without a step of each writer: they wait for the thread in the block.
    static let patience = 100_000_000

    let doneBefore: [Int]
    var done: [Int]
    var breaksAtLastStep: [Int]
    let memory: Int
    var breaks = 0

    /// At each break: should the thread stay?
    mutating func stays(_ stage: Stage) -> Bool {
        breaks += 1
        var isBehind = false
        for writer in done.indices {
            let now = stage.stepsDone(writer)
            let standstill = breaks - breaksAtLastStep[writer]
            if now != done[writer] || standstill > Watch.patience {
                stage.note(standstill: standstill, growth: Stage.residentBytes() - memory)
                if standstill > Watch.patience { return false }
                done[writer] = now
                breaksAtLastStep[writer] = breaks
            }
            isBehind = isBehind || now < doneBefore[writer] + stage.steps
        }
        return isBehind
    }
}
private struct MakeBoxes: GuestTask {
    let count: Int
    var boxes: Value = .none
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        guard let array = q.newArray(capacity: count) else { return }
        for i in 0..<count { q[array, i] = Value(q.new(Parked.shape, Value(0))) }
        boxes = Value(array)
    }
}

/// A thread that stands in an atomic block for long: the others run on, though they may keep little of what they
/// change meanwhile, and memory stays as it is.
@Suite(.serialized) struct ParkedThreadTests {
    private static let isLong = ProcessInfo.processInfo.environment["QUANTA_LONG_TESTS"] != nil
    /// Half of it for old versions of committed transactions: what a writer writes in a few dozen quanta.
    private static let arenaBytes = 1 << 19

    /// Until each of the others has left 4 MB of old versions, in transactions of one quantum or of several.
    @Test(arguments: Parked.Way.allCases, [(writers: 1, merge: false), (2, false), (2, true)])
    fileprivate func othersRunOn(way: Parked.Way, others: (writers: Int, merge: Bool)) throws {
        try run(
            way, writers: others.writers, merge: others.merge, steps: 300,
            arenaBytes: ParkedThreadTests.arenaBytes)
    }
    /// The same fifty times as long, with QUANTA_LONG_TESTS set, also with as much memory as users have.
    @Test(.enabled(if: isLong), arguments: Parked.Way.allCases, [arenaBytes, 8 << 30])
    fileprivate func othersRunOnForLong(way: Parked.Way, arenaBytes: Int) throws {
        let growth = try run(way, writers: 2, merge: true, steps: 15_000, arenaBytes: arenaBytes)
        #expect(growth < 32 << 20)
    }

    /// By how much memory grew meanwhile.
    @discardableResult
    private func run(_ way: Parked.Way, writers: Int, merge: Bool, steps: Int, arenaBytes: Int)
        throws -> Int
    {
        var injection = FaultInjection()
        if !merge { injection.randomLength = 1 }
        let scheduler = STMScheduler(
            .transactions, seats: writers + 1, injection: injection, arenaBytes: arenaBytes)
        let capture = Capture()
        let machine = try VirtualMachine(
            scheduler, shapes: [Parked.shape],
            configuration: .init(
                threads: writers + 1, stackWords: 1 << 14, nativeStackBytes: 1 << 20),
            output: capture.output)
        machine.host(Parked.self, drive: driver(scheduler))
        machine.host(MakeBoxes.self, drive: driver(scheduler))
        let made = try #require(try machine.run([MakeBoxes(count: 1 + writers * Parked.boxes)]))
        let boxes = made[0].boxes
        machine.heap.keep(boxes)
        let stage = Stage(writers: writers, steps: steps)
        let roles = [Parked.Role.parked(way)] + (0..<writers).map { .writer($0) }
        _ = try #require(
            try machine.run(
                roles.map {
                    Parked(
                        role: $0, writers: writers, boxes: boxes.reference,
                        stage: .passUnretained(stage))
                }))
        #expect(capture.text == "")
        let outcome = stage.outcome
        #expect(outcome.standstill <= Watch.patience)
        return outcome.growth
    }
}
