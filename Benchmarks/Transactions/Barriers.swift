import InterpreterKit

/// One access per step, to the objects of a ring in turn.
struct Barrier: GuestTask {
    enum Access { case follow, read, write, update }
    let access: Access
    var cell: Reference
    var left: Int

    @inline(never)
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        var sum = 0
        while left > 0 {
            // One break for 64 steps: what is measured is the access.
            var cell = self.cell
            switch access {
            case .follow:
                for _ in 0..<64 { cell = q[cell, Cell.next].reference }
            case .read:
                for _ in 0..<64 {
                    sum &+= q[cell, Cell.value]
                    cell = q[cell, Cell.next].reference
                }
            case .write:
                for i in 0..<64 {
                    q[cell, Cell.value] = i
                    cell = q[cell, Cell.next].reference
                }
            case .update:
                for _ in 0..<64 {
                    q[cell, Cell.value] = q[cell, Cell.value] &+ 1
                    cell = q[cell, Cell.next].reference
                }
            }
            self.cell = cell
            left &-= 64
            try q.qbreak(resumeAt: self)
        }
        if sum == 1 { print(sum) }
    }

    /// A ring of `count` cells in the order of their birth.
    static func ring(_ machine: VirtualMachine, _ count: Int) throws -> Reference {
        let array = try machine.cells(count)
        return try machine.quantum { q in
            for i in 0..<count { q[q[array, i].reference, Cell.next] = q[array, (i + 1) % count] }
            return q[array, 0].reference
        }
    }
}
