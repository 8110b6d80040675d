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
    /// Of the two writers, then one that only the thread in the block touches.
    let boxes: Reference
    let stage: Unmanaged<Stage>
    var step = 0

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        switch role {
        case .parked(let way): try park(q, way)
        case .writer(let number):
            while !stage._withUnsafeGuaranteedRef({ $0.isOver }) {
                for i in 0..<Parked.boxes {
                    q[q[boxes, number * Parked.boxes + i].reference, Parked.content] = step
                }
                step += 1
                try q.qbreak(resumeAt: self)
                // What is rolled back is reported once.
                stage._withUnsafeGuaranteedRef { $0.report(number, step) }
            }
        }
    }
    private func park<B: Backend>(_ q: borrowing Quantum<B>, _ way: Way) throws(Abort) {
        // First all are at work.
        while !stage._withUnsafeGuaranteedRef({ $0.haveBegun }) { try q.qbreak(resumeAt: self) }
        q.enterAtomic()
        let own = q[boxes, 2 * Parked.boxes].reference
        let before = way == .reader ? read(q) : (0, 0)
        if way == .writer { q[own, Parked.content] = q[own, Parked.content] + 1 }
        stage._withUnsafeGuaranteedRef { $0.park() }
        while stage._withUnsafeGuaranteedRef({ $0.isParked }) { try q.qbreak(resumeAt: self) }
        if way == .reader && read(q) != before { q.write("changed\n") }
        q.leaveAtomic()
        try q.qbreak(resumeAt: self)
        stage._withUnsafeGuaranteedRef { $0.end() }
    }
    private func read<B: Backend>(_ q: borrowing Quantum<B>) -> (Int, Int) {
        (
            q[q[boxes, 7].reference, Parked.content],
            q[q[boxes, Parked.boxes + 7].reference, Parked.content]
        )
    }
}

/// How far all are.
private final class Stage: Sendable {
    /// Nil: until each writer has done so many steps since.
    private let seconds: Double?
    private static let steps = 300

    private struct State {
        var done = [0, 0]
        var isOver = false
        var parked: ContinuousClock.Instant?
        var doneBefore = [0, 0]
        var lastStep: [ContinuousClock.Instant] = []
        var memory = 0
        /// The longest time in which a writer did nothing, while the other stood in the block.
        var standstill = Duration.zero
        var growth = 0
    }
    private let state = Mutex(State())

    init(seconds: Double?) { self.seconds = seconds }

    var haveBegun: Bool { state.withLock { $0.done.allSatisfy { $0 > 0 } } }
    var isOver: Bool { state.withLock { $0.isOver } }
    func report(_ writer: Int, _ steps: Int) {
        state.withLock { state in
            state.done[writer] = max(state.done[writer], steps)
            if state.parked == nil { return }
            let now = ContinuousClock.now
            state.standstill = max(state.standstill, now - state.lastStep[writer])
            state.lastStep[writer] = now
            state.growth = max(state.growth, Stage.residentBytes() - state.memory)
        }
    }
    /// The thread is in its block; a retry does not begin anew.
    func park() {
        state.withLock { state in
            if state.parked != nil { return }
            let now = ContinuousClock.now
            state.parked = now
            state.lastStep = [now, now]
            state.doneBefore = state.done
            state.memory = Stage.residentBytes()
        }
    }
    var isParked: Bool {
        state.withLock { state in
            let time = ContinuousClock.now - state.parked!
            if time > .seconds(60) { return false }
            if let seconds { return time < .seconds(seconds) }
            return zip(state.done, state.doneBefore).contains { $0 < $1 + Stage.steps }
        }
    }
    func end() { state.withLock { $0.isOver = true } }

    /// While the thread stood in its block.
    var outcome: (time: Duration, steps: Int, standstill: Duration, growth: Int) {
        state.withLock {
            (
                ContinuousClock.now - $0.parked!, zip($0.done, $0.doneBefore).map(-).min()!,
                $0.standstill, $0.growth
            )
        }
    }
    private static func residentBytes() -> Int {
        guard let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        else { return 0 }
        return (Int(statm.split(separator: " ")[1]) ?? 0) << 12
    }
}
private struct MakeBoxes: GuestTask {
    var boxes: Value = .none
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        let count = 2 * Parked.boxes + 1
        guard let array = q.newArray(capacity: count) else { return }
        for i in 0..<count { q[array, i] = Value(q.new(Parked.shape, Value(0))) }
        boxes = Value(array)
    }
}

/// A thread that stands in an atomic block for long: the others run on, though they may keep little of what they
/// change meanwhile.
@Suite(.serialized) struct ParkedThreadTests {
    private static let isLong = ProcessInfo.processInfo.environment["QUANTA_LONG_TESTS"] != nil
    /// Half of it for old versions of committed transactions: what a writer writes in a few dozen quanta.
    private static let arenaBytes = 1 << 19

    /// Until the others have left 4 MB of old versions each.
    @Test(arguments: Parked.Way.allCases)
    fileprivate func othersRunOn(way: Parked.Way) throws {
        let outcome = try run(way, seconds: nil, arenaBytes: ParkedThreadTests.arenaBytes)
        #expect(outcome.time < .seconds(60))
    }
    /// For ten seconds, with QUANTA_LONG_TESTS set, also with as much memory as users have.
    @Test(.enabled(if: isLong), arguments: Parked.Way.allCases, [arenaBytes, 8 << 30])
    fileprivate func othersRunOnForLong(way: Parked.Way, arenaBytes: Int) throws {
        let outcome = try run(way, seconds: 10, arenaBytes: arenaBytes)
        #expect(outcome.steps > 1000 && outcome.standstill < .seconds(1), "\(outcome)")
        #expect(outcome.growth < 32 << 20, "\(outcome)")
    }

    private func run(_ way: Parked.Way, seconds: Double?, arenaBytes: Int) throws
        -> (time: Duration, steps: Int, standstill: Duration, growth: Int)
    {
        let scheduler = STMScheduler(.transactions, seats: 3, arenaBytes: arenaBytes)
        let capture = Capture()
        let machine = try VirtualMachine(
            scheduler, shapes: [Parked.shape],
            configuration: .init(threads: 3, stackWords: 1 << 14, nativeStackBytes: 1 << 20),
            output: capture.output)
        machine.host(Parked.self, drive: driver(scheduler))
        machine.host(MakeBoxes.self, drive: driver(scheduler))
        let boxes = try #require(try machine.run([MakeBoxes()]))[0].boxes
        machine.heap.keep(boxes)
        let stage = Stage(seconds: seconds)
        let roles: [Parked.Role] = [.parked(way), .writer(0), .writer(1)]
        _ = try #require(
            try machine.run(
                roles.map {
                    Parked(role: $0, boxes: boxes.reference, stage: .passUnretained(stage))
                }))
        #expect(capture.text == "")
        return stage.outcome
    }
}
