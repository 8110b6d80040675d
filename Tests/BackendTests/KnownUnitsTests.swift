#if DEBUG
    import InterpreterKit
    import Testing
    @testable import Quanta
    @testable import STMBackend

    private enum Cell {
        static var shape: Shape { Shape(kind: 16, name: "cell", slots: 2) }
        static var next: Field<Value> { Field(0) }
    }
    private struct MakeRing: GuestTask {
        let count: Int
        var cell: Value = .none
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            let first = q.new(Cell.shape, .none, .none)
            var cell = first
            for _ in 1..<count { cell = q.new(Cell.shape, Value(cell), .none) }
            q[first, Cell.next] = Value(cell)
            self.cell = Value(cell)
        }
    }
    /// Goes around a ring in one transaction, then along a few of its cells in many, and says what its thread
    /// keeps about them.
    private struct Walker: GuestTask {
        var cell: Reference
        let steps: Int
        let small: Int
        var done = 0
        var most = (places: 0, log: 0)
        var last = (places: 0, log: 0)

        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            if done == 0 {
                q.enterAtomic()
                var cell = cell
                for _ in 0..<steps { cell = q[cell, Cell.next].reference }
                most = Walker.size(q)
                q.leaveAtomic()
                done = 1
                try q.qbreak(resumeAt: self)
            }
            while done <= small {
                for _ in 0..<10 { cell = q[cell, Cell.next].reference }
                done += 1
                try q.qbreak(resumeAt: self)
            }
            last = Walker.size(q)
        }
        private static func size<B: Backend>(_ q: borrowing Quantum<B>) -> (Int, Int) {
            (ReadLog.places(q.thread), TransactionState(q.thread).pointee.logCapacity)
        }
    }

    /// What a transaction keeps about the units that it has read.
    @Suite struct KnownUnitsTests {
        private func walk(ring: Int, rounds: Int, small: Int = 0) throws -> Walker {
            var injection = FaultInjection()
            injection.randomLength = 1
            let scheduler = STMScheduler(.transactions, injection: injection)
            let machine = try VirtualMachine(
                scheduler, shapes: [Cell.shape],
                configuration: .init(stackWords: 1 << 14, nativeStackBytes: 1 << 20),
                output: Output { _ in })
            machine.host(Walker.self, drive: driver(scheduler))
            machine.host(MakeRing.self, drive: driver(scheduler))
            let cell = try #require(try machine.run([MakeRing(count: ring)]))[0].cell
            machine.heap.keep(cell)
            return try #require(
                try machine.run([
                    Walker(cell: cell.reference, steps: rounds * ring, small: small)
                ]))[0]
        }

        @Test func theTableGrowsWithUnitsThatTakeTurns() throws {
            let walker = try walk(ring: 3000, rounds: 20, small: 1000)
            #expect(walker.most.places >= 4096)
            #expect(walker.last.places == 1024)
        }
        @Test func theTableDoesNotGrowWithUnitsThatATransactionOnlyPasses() throws {
            #expect(try walk(ring: 100_000, rounds: 1).most.places == 1024)
        }
        /// More than the largest table has room for, again and again.
        @Test func theLogIsAsLongAsWhatIsReadIsLarge() throws {
            let walker = try walk(ring: 150_000, rounds: 12, small: 100)
            #expect(walker.most.log <= 4 * 150_000)
            #expect(walker.last.log == 4096)
        }
    }
#endif
