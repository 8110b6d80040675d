import Foundation
import Gateway
import GatewayTestFunctions
import ManagedHeap
import Observe
import Quanta
import Testing

private enum Cell {
    static var shape: Shape { Shape(kind: 16, name: "cell", slots: 1) }
    static var count: Field<Int> { Field(0) }
}
private enum Callable {
    static var shape: Shape { Shape(kind: 17, name: "foreign function", slots: 1) }
    static var function: ImmutableField<ForeignFunction> { ImmutableField(0) }
}

/// Calls a function that counts, and counts itself in a shared cell: both must come to the same.
private struct Counting: GuestTask {
    let function: ForeignFunction
    let argument: Value
    let shared: Reference
    let inAtomicBlock: Bool
    let steps: Int
    var step = 0
    /// A retry starts at the top of the loop; this says that the call has been made.
    var called = false
    var last = ""

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        while step < steps {
            if inAtomicBlock { q.enterAtomic() }
            q[shared, Cell.count] += 0  // a conflict, so that quanta are rolled back
            if !called {
                q.frame[0] = argument
                let arguments = UnsafeBufferPointer<Value>(
                    start: q.frame, count: argument == .none ? 0 : 1)
                let result = try q.call(function, arguments) { result in
                    var resumed = self
                    resumed.note(result)
                    return resumed
                }
                note(result)
            }
            q[shared, Cell.count] += 1
            called = false
            step += 1
            if inAtomicBlock { q.leaveAtomic() }
            try q.qbreak(resumeAt: self)
        }
    }
    private mutating func note(_ result: ForeignResult) {
        called = true
        if let double = result.double {
            last = "\(double)"
        } else if let value = result.value, value.isA(.bytes) {
            last = "text of \(Value(bits: value.reference.address[1]).int)"
        } else {
            last = "\(result.int ?? -1)"
        }
    }
    static func frameEnd(_ frame: Frame) -> Frame { frame + 4 }
}

private struct MakeCell: GuestTask {
    var cell: Value = .none
    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        cell = Value(q.new(Cell.shape, Value(0)))
    }
}

/// Tests that share the counter of the C side run one after the other.
@Suite(.serialized) struct RoutingTests {
    private func count(
        _ rig: Rig, _ text: String, argument: Value = .none, inAtomicBlock: Bool = false,
        threads: Int = 3
    ) throws -> (calls: Int, counted: Int, totals: Totals, last: String) {
        let machine = try rig.machine(for: Counting.self, shapes: [Cell.shape])
        machine.host(MakeCell.self, drive: driver(machine.scheduler))
        let cell = try #require(try machine.run([MakeCell()]))[0].cell
        machine.heap.keep(cell)
        test_reset_bumps()
        let task = Counting(
            function: try testFunction(text), argument: argument, shared: cell.reference,
            inAtomicBlock: inAtomicBlock, steps: 200)
        let done = try #require(
            try machine.run(Array(repeating: task, count: threads)))
        let counted = Value(bits: cell.reference.address[1]).int
        return (Int(test_bumps()), counted, machine.totals(), done[0].last)
    }

    @Test(arguments: Rig.allCases) func atomicCallsStandBetweenQuanta(rig: Rig) throws {
        let seen = try count(rig, "atomic int64_t bump(void)")
        #expect(seen.calls == 600 && seen.counted == 600)
        #expect(seen.totals[.foreignInevitable] == 0)
        // Where nothing is ever rolled back, brief calls stay inside.
        #expect(seen.totals[.foreignBetween] + seen.totals[.foreignInside] == 600)
        #expect(rig == .gil || rig == .stm || seen.totals[.foreignInside] == 0)
    }

    @Test(arguments: Rig.allCases) func atomicCallsInAtomicBlocksHappenOnce(rig: Rig) throws {
        let seen = try count(rig, "atomic int64_t bump(void)", inAtomicBlock: true)
        #expect(seen.calls == 600 && seen.counted == 600)
        #expect(seen.totals[.foreignBetween] == 0)
        #expect(seen.totals[.foreignInevitable] + seen.totals[.foreignInside] == 600)
        #expect(rig == .gil || rig == .stm || seen.totals[.foreignInside] == 0)
    }

    @Test(arguments: Rig.allCases, [false, true])
    func arbitraryCallsHappenOnce(rig: Rig, inAtomicBlock: Bool) throws {
        let seen = try count(rig, "int64_t bump(void)", inAtomicBlock: inAtomicBlock)
        #expect(seen.calls == 600 && seen.counted == 600)
        #expect(seen.totals[.foreignInevitable] == 600)
    }

    @Test(arguments: Rig.allCases) func pureCallsMayBeRepeated(rig: Rig) throws {
        let seen = try count(rig, "reads int64_t bump(void)")
        #expect(seen.counted == 600 && seen.calls >= 600)
        #expect(seen.totals[.foreignInside] == UInt64(seen.calls))
        #expect(seen.totals[.foreignInevitable] == 0 && seen.totals[.foreignBetween] == 0)
    }

    /// Results that need memory of their own, made between two quanta.
    @Test(arguments: Rig.allCases, ["atomic", "arbitrary"])
    func resultsThatNeedMemory(rig: Rig, effect: String) throws {
        let text = try count(
            rig, "\(effect) const char *bump_text(int length)", argument: Value(17))
        #expect(text.calls == 600 && text.counted == 600 && text.last == "text of 17")
        let huge = try count(rig, "\(effect) double bump_huge(void)")
        #expect(huge.calls == 600 && huge.counted == 600 && huge.last == "1e+300")
    }

    /// What is wrong with arguments shows before anything irrevocable happens.
    @Test(arguments: Rig.allCases, ["pure", "atomic", "arbitrary"])
    func wrongArgumentsCallNothing(rig: Rig, effect: String) throws {
        let seen = try count(rig, "\(effect) int64_t bump(void)", argument: Value(1), threads: 1)
        #expect(seen.calls == 0 && seen.counted == 200 && seen.last == "-1")
        #expect(seen.totals[.foreignInevitable] == 0 && seen.totals[.foreignBetween] == 0)
    }

    // MARK: byte strings

    /// Passes fresh byte strings out of the machine while other threads allocate and collect.
    private struct Passing: GuestTask {
        let function: ForeignFunction
        let steps: Int
        var step = 0
        var wrong = 0
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            while step < steps {
                q.frame[0] = Value(q.newBytes(.bytes, "abcdefghijklmnopqrstuvwxyz")!)
                let result = try q.call(
                    function, UnsafeBufferPointer<Value>(start: q.frame, count: 1)
                ) { result in
                    var resumed = self
                    resumed.note(result)
                    return resumed
                }
                note(result)
                for _ in 0..<2000 { _ = q.new(Cell.shape, Value(0)) }
                try q.qbreak(resumeAt: self)
            }
        }
        private mutating func note(_ result: ForeignResult) {
            step += 1
            if result.int != 2847 { wrong += 1 }
        }
        static func frameEnd(_ frame: Frame) -> Frame { frame + 4 }
    }

    @Test(arguments: Rig.allCases) func byteStringsOutliveTheCall(rig: Rig) throws {
        let machine = try rig.machine(for: Passing.self, shapes: [Cell.shape])
        let task = Passing(
            function: try testFunction("atomic int sum_slowly(const char *text)"), steps: 60)
        let done = try #require(try machine.run([task, task, task]))
        #expect(done.allSatisfy { $0.wrong == 0 && $0.step >= 60 })
        #expect(machine.heap.statistics.collections > 0)
    }

    // MARK: output

    private struct Speaking: GuestTask {
        let function: ForeignFunction
        let text: Value
        let inAtomicBlock: Bool
        var step = 0
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            while step < 3 {
                if inAtomicBlock { q.enterAtomic() }
                q.write("guest \(step), ")
                q.frame[0] = text
                let arguments = UnsafeBufferPointer<Value>(start: q.frame, count: 1)
                _ = try q.call(function, arguments) { _ in
                    var resumed = self
                    resumed.step += 1
                    return resumed
                }
                step += 1
                if inAtomicBlock { q.leaveAtomic() }
                try q.qbreak(resumeAt: self)
            }
            q.write("end")
        }
        static func frameEnd(_ frame: Frame) -> Frame { frame + 4 }
    }

    @Test(arguments: Rig.allCases, ["atomic", "arbitrary"])
    func guestOutputComesBeforeForeignOutput(rig: Rig, effect: String) throws {
        for inAtomicBlock in [false, true] {
            #expect(
                try spoken(rig, effect, inAtomicBlock)
                    == "guest 0, foreign, guest 1, foreign, guest 2, foreign, end")
        }
    }
    private func spoken(_ rig: Rig, _ effect: String, _ inAtomicBlock: Bool) throws -> String {
        let machine = try rig.machine(
            for: Speaking.self, output: Output { test_log($0.baseAddress!, $0.count) })
        let text = strdup("foreign, ")
        defer { free(text) }
        let function = try testFunction("\(effect) void log_text(const char *text)")
        _ = try machine.run([
            Speaking(function: function, text: Value(address: text), inAtomicBlock: inAtomicBlock)
        ])
        var log = [CChar](repeating: 0, count: 4096)
        let count = test_take_log(&log, log.count)
        return String(decoding: log[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: functions as slots of objects

    private struct Holding: GuestTask {
        let function: ForeignFunction
        var root: Double?
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            let object = q.new(Callable.shape, function.slot)
            root = try q.call(q[object, Callable.function], 9.0).double
        }
    }
    @Test(arguments: Rig.allCases) func objectsHoldFunctions(rig: Rig) throws {
        let machine = try rig.machine(for: Holding.self, shapes: [Callable.shape])
        let sqrt = try Library("libm.so.6").bind("pure double sqrt(double)")
        let done = try #require(try machine.run([Holding(function: sqrt)]))
        #expect(done[0].root == 3)
    }
}
