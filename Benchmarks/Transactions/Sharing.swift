import InterpreterKit

/// Moves money between random accounts.
struct Teller: GuestTask {
    let accounts: Reference
    let count: Int
    var dice: Dice
    var left: Int

    @inline(never)
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while left > 0 {
            let from = q[accounts, dice.roll(count)].reference
            let to = q[accounts, dice.roll(count)].reference
            q[from, Cell.value] = q[from, Cell.value] &- 1
            q[to, Cell.value] = q[to, Cell.value] &+ 1
            left &-= 1
            try q.qbreak(resumeAt: self)
        }
    }
}

/// Reads three random elements of an array and writes one.
struct Shuffler: GuestTask {
    let array: Reference
    let count: Int
    var dice: Dice
    var left: Int

    @inline(never)
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while left > 0 {
            var sum = 0
            for _ in 0..<3 { sum &+= q[array, dice.roll(count)].int & 1 }
            q[array, dice.roll(count)] = Value(sum)
            left &-= 1
            try q.qbreak(resumeAt: self)
        }
    }
}

/// Adds to one counter.
struct Adder: GuestTask {
    let cell: Reference
    var left: Int

    @inline(never)
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while left > 0 {
            q[cell, Cell.value] = q[cell, Cell.value] &+ 1
            left &-= 1
            try q.qbreak(resumeAt: self)
        }
    }
}

/// Changes objects of its own; some tasks add to a container of all, every 200th step.
struct Worker: GuestTask {
    var cell: Reference
    let shared: Reference
    let writes: Bool
    var left: Int

    @inline(never)
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while left > 0 {
            for _ in 0..<64 {
                q[cell, Cell.value] = q[cell, Cell.value] &+ 1
                cell = q[cell, Cell.next].reference
            }
            if writes && left % 200 == 0 { q[shared, Cell.value] = q[shared, Cell.value] &+ 1 }
            left &-= 1
            try q.qbreak(resumeAt: self)
        }
    }
}

/// Looks up keys in a sorted list with express lanes, inserts some and removes some.
struct SkipLister: GuestTask {
    static let levels = 12
    /// A node is an array: key, then the next node of each level.
    let head: Reference
    let keys: Int
    var dice: Dice
    var left: Int

    @inline(never)
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while left > 0 {
            var dice = self.dice
            let key = dice.roll(keys)
            let action = dice.roll(10)
            let height = min(
                SkipLister.levels, 1 + dice.roll(1 << 20).trailingZeroBitCount % SkipLister.levels)
            step(q, key, action, height)
            self.dice = dice
            left &-= 1
            try q.qbreak(resumeAt: self)
        }
    }

    @inline(__always)
    private func step<B: Backend>(
        _ q: borrowing Quantum<B>, _ key: Int, _ action: Int, _ height: Int
    ) {
        let before = q.frame
        var node = head
        var level = SkipLister.levels
        while level > 0 {
            while true {
                let next = q[node, level]
                if !next.isReference || q[next.reference, 0].int >= key { break }
                node = next.reference
            }
            before[level] = Value(node)
            level -= 1
        }
        let found = q[node, 1]
        let isThere = found.isReference && q[found.reference, 0].int == key
        if action == 0 && !isThere {
            guard let new = q.newArray(capacity: height + 1) else { return }
            q[new, 0] = Value(key)
            for level in 1...height {
                let previous = before[level].reference
                q[new, level] = q[previous, level]
                q[previous, level] = Value(new)
            }
        } else if action == 1 && isThere {
            let gone = found.reference
            for level in 1...SkipLister.levels {
                let previous = before[level].reference
                let next = q[previous, level]
                if !next.isReference || next.reference.address != gone.address { break }
                q[previous, level] = q[gone, level]
            }
        }
    }

    static func frameEnd(_ frame: Frame) -> Frame { frame + levels + 1 }

    static func make(_ machine: VirtualMachine, _ threads: Int, keys: Int, steps: Int) throws
        -> [SkipLister]
    {
        let head = try machine.quantum { q in
            let head = q.newArray(capacity: levels + 1)!
            q[head, 0] = Value(-1)
            machine.heap.keep(Value(head))
            return head
        }
        return (0..<threads).map {
            SkipLister(head: head, keys: keys, dice: Dice($0), left: steps / threads)
        }
    }
}
