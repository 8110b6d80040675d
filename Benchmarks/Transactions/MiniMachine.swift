import InterpreterKit

/// A register machine in small: what an interpreter does at each instruction, with fields of objects, an
/// array, calls, and short-lived objects.
struct MiniMachine: GuestTask {
    enum Operation: UInt8 { case add, getField, setField, getItem, setItem, new, call, back, loop }
    struct Instruction {
        let operation: Operation
        let a: UInt8
        let b: UInt8
        let c: UInt8
    }
    typealias Code = UnsafePointer<Instruction>

    let code: Code
    let object: Reference
    let array: Reference
    var pc = 0
    var left: Int

    static func frameEnd(_ frame: Frame) -> Frame { frame + 16 }

    /// `left` rounds of a loop of twelve instructions.
    @inline(never)
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        var pc = code + self.pc
        let r = q.frame
        if self.pc == 0 {
            for i in 0..<16 { r[i] = Value(0) }
            r[1] = Value(object)
            r[2] = Value(array)
            r[3] = Value(1)
        }
        while true {
            let i = pc.pointee
            pc += 1
            let (a, b, c) = (Int(i.a), Int(i.b), Int(i.c))
            switch i.operation {
            case .add:
                guard r[b].isInt, r[c].isInt else { return }
                r[a] = Value(r[b].int &+ r[c].int)
            case .getField:
                guard r[b].isReference else { return }
                r[a] = Value(q[r[b].reference, Cell.value])
            case .setField:
                guard r[a].isReference else { return }
                q[r[a].reference, Cell.value] = r[b].int
            case .getItem:
                r[a] = q[r[b].reference, r[c].int & 1023]
            case .setItem:
                q[r[a].reference, r[b].int & 1023] = r[c]
            case .new:
                r[a] = Value(q.new(Cell.shape, r[b], .none))
            case .call:
                r[15] = Value(Int(bitPattern: pc) &>> 2)
                pc = code + c
                self.pc = pc - code
                try q.qbreak(resumeAt: self)
            case .back:
                pc = Code(bitPattern: r[15].int &<< 2).unsafelyUnwrapped
            case .loop:
                left &-= 1
                if left == 0 { return }
                pc = code
                self.pc = 1
                pc += 1
                try q.qbreak(resumeAt: self)
            }
        }
    }

    nonisolated(unsafe) static let program: Code = {
        let text: [Instruction] = [
            .init(operation: .add, a: 4, b: 4, c: 3),
            .init(operation: .add, a: 4, b: 4, c: 3),
            .init(operation: .getField, a: 5, b: 1, c: 0),
            .init(operation: .add, a: 5, b: 5, c: 3),
            .init(operation: .setField, a: 1, b: 5, c: 0),
            .init(operation: .getItem, a: 6, b: 2, c: 4),
            .init(operation: .call, a: 0, b: 0, c: 10),
            .init(operation: .setItem, a: 2, b: 4, c: 7),
            .init(operation: .new, a: 8, b: 7, c: 0),
            .init(operation: .loop, a: 0, b: 0, c: 0),
            .init(operation: .add, a: 7, b: 6, c: 5),
            .init(operation: .getField, a: 9, b: 1, c: 0),
            .init(operation: .back, a: 0, b: 0, c: 0),
        ]
        let code = UnsafeMutablePointer<Instruction>.allocate(capacity: text.count)
        code.initialize(from: text, count: text.count)
        return Code(code)
    }()

    static func make(_ machine: VirtualMachine, rounds: Int) throws -> MiniMachine {
        // Far from those of the others: two threads that write one cache line are not independent.
        let own = try machine.cells(9)
        return try machine.quantum { q in
            let array = q.newArray(capacity: 1024, filling: Value(1))!
            machine.heap.keep(Value(array))
            return MiniMachine(
                code: program, object: q[own, 4].reference, array: array, left: rounds)
        }
    }
}
