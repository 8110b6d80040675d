import InterpreterKit
import Testing

private enum Cell {
    static var shape: Shape { Shape(kind: 16, name: "cell", slots: 2) }
    static var count: Field<Int> { Field(0) }
    static var list: Field<Value> { Field(1) }
}
private enum Pair {
    static var shape: Shape { Shape(kind: 17, name: "pair", slots: 2) }
    static var head: ImmutableField<Value> { ImmutableField(0) }
    static var tail: ImmutableField<Value> { ImmutableField(1) }
}

/// Adds to a shared counter, conses onto a shared list and onto a list of its own, in one atomic
/// block per step; makes garbage between.
private struct Contender: GuestTask {
    let shared: Reference
    let own: Reference
    let array: Reference
    let id: Int
    let steps: Int
    var step = 0
    /// A retry starts at the top of the loop: what has been done stands here.
    var sharedDone = false

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while step < steps {
            if !sharedDone {
                q.enterAtomic()
                let count = q[shared, Cell.count]
                for _ in 0..<3 { _ = q.new(Pair.shape, Value(step), .none) }
                try q.qbreak(resumeAt: self)  // merges
                let list = q[shared, Cell.list]
                q[shared, Cell.list] = Value(q.new(Pair.shape, Value(count), list))
                q[shared, Cell.count] = count + 1
                q.leaveAtomic()
                sharedDone = true
                try q.qbreak(resumeAt: self)
            }
            q[own, Cell.list] = Value(q.new(Pair.shape, Value(step), q[own, Cell.list]))
            q[array, (id * 997 + step) % 1000] = Value(step)
            step += 1
            sharedDone = false
            try q.qbreak(resumeAt: self)
        }
    }
}

private struct SetUp: GuestTask {
    let threads: Int
    var shared: Value = .none
    var array: Value = .none
    var own: [Reference] = []
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        shared = Value(q.new(Cell.shape, Value(0), .none))
        array = Value(q.newArray(capacity: 1000, filling: Value(0))!)
        own = []
        for _ in 0..<threads { own.append(q.new(Cell.shape, Value(0), .none)) }
    }
}

@Suite struct SharedObjectTests {
    @Test(arguments: Rig.allCases, [1, 2, 4])
    func noUpdateIsLost(rig: Rig, threads: Int) throws {
        let steps = 1500
        let machine = try rig.machine(for: Contender.self, shapes: [Cell.shape, Pair.shape])
        machine.host(SetUp.self, drive: setUpDriver(rig, machine))
        let made = try #require(try machine.run([SetUp(threads: threads)]))[0]
        for value in [made.shared, made.array] + made.own.map(Value.init) {
            machine.heap.keep(value)
        }
        let tasks = (0..<threads).map {
            Contender(
                shared: made.shared.reference, own: made.own[$0], array: made.array.reference,
                id: $0, steps: steps)
        }
        let done = try #require(try machine.run(tasks))
        #expect(done.count == threads)
        let shared = made.shared.reference
        #expect(slot(shared, 0).int == steps * threads)
        #expect(elements(slot(shared, 1)).elementsEqual((0..<(steps * threads)).reversed()) == true)
        for own in made.own {
            #expect(elements(slot(own, 1)).elementsEqual((0..<steps).reversed()) == true)
        }
        if rig != .serial && rig != .gil || threads == 1 {
            #expect(machine.heap.statistics.collections > 0)
        }
        if rig.surelyRollsBack { #expect(machine.totals()[.aborts] > 0) }
    }
}

/// The set-up runs on the same scheduler: one machine has one.
private func setUpDriver(_ rig: Rig, _ machine: VirtualMachine)
    -> (ThreadContext, UnsafeMutablePointer<SetUp>) -> Void
{
    driver(machine.scheduler)
}

private func slot(_ object: Reference, _ i: Int) -> Value { Value(bits: object.address[1 + i]) }
private func elements(_ list: Value) -> [Int] {
    var list = list
    var found: [Int] = []
    while list.isReference {
        found.append(slot(list.reference, 0).int)
        list = slot(list.reference, 1)
    }
    return found
}
