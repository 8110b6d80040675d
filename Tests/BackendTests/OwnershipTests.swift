import InterpreterKit
import Testing

private enum Node {
    static var shape: Shape { Shape(kind: 16, name: "node", slots: 3) }
    static var number: Field<Int> { Field(0) }
    static var next: Field<Value> { Field(1) }
    static var items: Field<Value> { Field(2) }
}

/// Two threads pass chains of nodes to each other. Each makes its chain piece by piece, in many quanta and
/// without anybody else knowing of it, then puts it into the box, and adds 1 to every node of the chain
/// that it takes out in exchange.
private struct Giver: GuestTask {
    let box: Reference
    let length: Int
    var rounds: Int
    /// Of the chain in the making.
    var made = 0
    var chain: Value = .none
    var sum = 0

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        // References survive a collection on the VM stack.
        let frame = q.frame
        while rounds > 0 {
            while made < length {
                let array = q.newArray(capacity: 70, filling: Value(0))!
                q[array, made % 70] = Value(made)
                let node = q.new(Node.shape, Value(made), chain, Value(array))
                chain = Value(node)
                // What was made earlier is still its own, and written again.
                let last = q[node, Node.next]
                if last != .none { q[last.reference, Node.number] = made }
                made += 1
                frame[0] = chain
                try q.qbreak(resumeAt: self)
            }
            let other = q[box, Node.next]
            q[box, Node.next] = chain
            var node = other
            var i = length
            while node != .none {
                i -= 1
                let array = q[node.reference, Node.items].reference
                sum += q[array, i % 70].int + q[node.reference, Node.number] - 2 * i
                q[node.reference, Node.number] = i
                q[array, i % 70] = Value(i + 1)
                q[array, i % 70] = Value(i)
                node = q[node.reference, Node.next]
            }
            chain = .none
            made = 0
            rounds -= 1
            frame[0] = .none
            try q.qbreak(resumeAt: self)
        }
    }
    static func frameEnd(_ frame: Frame) -> Frame { frame + 1 }
}

private struct BoxMaker: GuestTask {
    var box: Value = .none
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        box = Value(q.new(Node.shape, Value(0), .none, .none))
    }
}

@Suite struct OwnershipTests {
    /// The longest chains are more than a commit looks at when it gives them away.
    @Test(arguments: Rig.allCases, [3, 40, 1000])
    func chainsChangeHandsWhole(rig: Rig, length: Int) throws {
        let machine = try rig.machine(for: Giver.self, shapes: [Node.shape])
        machine.host(BoxMaker.self, drive: driver(machine.scheduler))
        let box = try #require(try machine.run([BoxMaker()]))[0].box
        machine.heap.keep(box)
        let rounds = max(3, 1200 / length)
        let tasks = (0..<2).map { _ in
            Giver(box: box.reference, length: length, rounds: rounds)
        }
        let done = try #require(try machine.run(tasks))
        // Every node but a chain's last holds its own number plus 1 when it is given, and counts once.
        let surplus = done.map(\.sum).reduce(0, +)
        #expect(surplus == (2 * rounds - 1) * (length - 1))
    }
}
