import Foundation
import Gateway
import GatewayTestFunctions
import ManagedHeap
import Observe
import Quanta
import Testing

/// What is undone, deferred, done once; what is caught.
@Suite(.serialized) struct PromiseTests {
    static let text = """
        #include <string.h>
        static long taken, returned, seen, calls;
        long take(void) { return __atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST); }
        void put_back(long x) { __atomic_add_fetch(&returned, x != 0, __ATOMIC_SEQ_CST); }
        long balance(void) { long b = taken - returned; taken = returned = 0; return b; }
        long undone(void) { return returned; }
        static char log_text[1 << 16];
        static long used;
        void note(const char *text) {
          long n = (long)strlen(text);
          if (used + n < (long)sizeof log_text) memcpy(log_text + used, text, n), used += n;
        }
        const char *take_log(void) { log_text[used] = 0; used = 0; return log_text; }
        static long last, wrong;
        void follow(long n) { wrong += n != last + 1; last = n; }
        long take_last(void) { long l = last; last = 0; return l; }
        long take_wrong(void) { long w = wrong; wrong = 0; return w; }
        long count_call(void) { return __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST); }
        long take_calls(void) { long c = calls; calls = 0; return c; }
        static long inside;
        long crowd(void) {
          long now = __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);
          for (volatile int i = 0; i < 2000; i++) {}
          __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
          return now;
        }
        long increment(long x) { return x + ++seen; }
        int divide(int a, int b, int *quotient, int *remainder) {
          if (!b) return -1;
          *quotient = a / b; *remainder = a % b;
          return 0;
        }
        long fill(char *to, long room, int c) { long n = room < 5 ? room : 5; memset(to, c, n); return n; }
        """
    static let path = Result { try #require(try compiledLibrary("promises", text)) }
    static func bind(_ text: String) throws -> ForeignFunction {
        try Library(Library.Name(try path.get())).bind(text)
    }

    private enum Cell {
        static var shape: Shape { Shape(kind: 16, name: "cell", slots: 1) }
        static var count: Field<Int> { Field(0) }
    }
    private struct MakeCell: GuestTask {
        var cell: Value = .none
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            cell = Value(q.new(Cell.shape, Value(0)))
        }
    }
    /// Ten million calls from four threads where quanta are rolled back in earnest, with QUANTA_LONG_TESTS set.
    private static func steps(_ usual: Int, _ rig: Rig) -> Int {
        if ProcessInfo.processInfo.environment["QUANTA_LONG_TESTS"] == nil { return usual }
        return rig == .serial || rig == .serialAborting ? 100_000 : 2_500_000
    }
    /// What a call gets.
    private enum Argument {
        case none, count
        case text(String)
    }
    /// Calls amid conflicts: many quanta are rolled back.
    private struct Stepping: GuestTask {
        let function: ForeignFunction
        let shared: Reference
        let steps: Int
        let inAtomicBlock: Bool
        let argument: Argument
        var step = 0
        var largest = 0
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            while step < steps {
                if inAtomicBlock { q.enterAtomic() }
                q[shared, Cell.count] += 1
                var count = 1
                switch argument {
                case .none: count = 0
                case .count: q.frame[0] = Value(q[shared, Cell.count])
                case .text(let text):
                    q.frame[0] = Value(q.newBytes(.bytes, text + "\(q[shared, Cell.count]);")!)
                }
                let result = try q.call(
                    function, UnsafeBufferPointer<Value>(start: q.frame, count: count)
                ) { result in
                    var resumed = self
                    resumed.step += 1
                    resumed.largest = max(largest, result.int ?? 0)
                    return resumed
                }
                step += 1
                largest = max(largest, result.int ?? 0)
                if inAtomicBlock { q.leaveAtomic() }
                try q.qbreak(resumeAt: self)
            }
        }
        static func frameEnd(_ frame: Frame) -> Frame { frame + 4 }
    }
    @discardableResult
    private func step(
        _ rig: Rig, _ text: String, steps: Int, argument: Argument = .none,
        inAtomicBlock: Bool = false,
        threads: Int = 4
    ) throws -> (counted: Int, largest: Int, totals: Totals) {
        let machine = try rig.machine(for: Stepping.self, shapes: [Cell.shape])
        machine.host(MakeCell.self, drive: driver(machine.scheduler))
        let cell = try #require(try machine.run([MakeCell()]))[0].cell
        machine.heap.keep(cell)
        let task = Stepping(
            function: try PromiseTests.bind(text), shared: cell.reference, steps: steps,
            inAtomicBlock: inAtomicBlock, argument: argument)
        let done = try #require(try machine.run(Array(repeating: task, count: threads)))
        return (
            Value(bits: cell.reference.address[1]).int, done.map(\.largest).max() ?? 0,
            machine.totals()
        )
    }
    private func ask(_ text: String) throws -> Seen {
        try results([(PromiseTests.bind(text), [])])[0].result
    }

    /// Each rolled-back call is taken back once: what stays is one call for each step.
    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases, [false, true])
    func undoneOncePerAbort(rig: Rig, inAtomicBlock: Bool) throws {
        _ = try ask("arbitrary long balance(void)")
        let steps = PromiseTests.steps(200, rig)
        let seen = try step(
            rig, "undo: put_back($result) long take(void)", steps: steps,
            inAtomicBlock: inAtomicBlock)
        if rig == .serialAborting { #expect(try ask("arbitrary long undone(void)") != .int(0)) }
        #expect(try ask("arbitrary long balance(void)") == .int(4 * steps))
        #expect(seen.counted == 4 * steps)
        #expect(seen.totals[.foreignInevitable] == 0)
    }

    /// Deferred calls happen once, in the order of the commits.
    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases)
    func deferredInCommitOrder(rig: Rig) throws {
        _ = try ask("arbitrary const char *take_log(void)")
        let seen = try step(
            rig, "defer void note(const char *text)", steps: 100, argument: .text("n"))
        #expect(seen.counted == 400)
        let expected = (1...400).map { "n\($0);" }.joined()
        #expect(try ask("arbitrary const char *take_log(void)") == .text(expected))
    }

    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases)
    func manyDeferredInCommitOrder(rig: Rig) throws {
        for text in ["last", "wrong"] { _ = try ask("arbitrary long take_\(text)(void)") }
        let steps = PromiseTests.steps(500, rig)
        let seen = try step(rig, "defer void follow(long n)", steps: steps, argument: .count)
        #expect(seen.counted == 4 * steps)
        #expect(try ask("arbitrary long take_last(void)") == .int(4 * steps))
        #expect(try ask("arbitrary long take_wrong(void)") == .int(0))
    }

    @Test(
        .enabled(if: hasCompiler), arguments: Rig.allCases,
        ["atomic", "serialized \"calls\"", "arbitrary"])
    func everyCallHappensOnce(rig: Rig, effect: String) throws {
        let steps = effect == "atomic" ? PromiseTests.steps(500, rig) : 500
        _ = try ask("arbitrary long take_calls(void)")
        let seen = try step(rig, "\(effect) long count_call(void)", steps: steps)
        #expect(try ask("arbitrary long take_calls(void)") == .int(4 * steps))
        #expect(seen.counted == 4 * steps || effect != "arbitrary" && seen.counted >= 4 * steps)
    }

    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases, [false, true])
    func domainsExclude(rig: Rig, inAtomicBlock: Bool) throws {
        let seen = try step(
            rig, "serialized \"crowd\" long crowd(void)", steps: 100, inAtomicBlock: inAtomicBlock)
        #expect(seen.largest == 1)
    }

    // MARK: parameters that return something

    @Test(.enabled(if: hasCompiler)) func outParameters() throws {
        let divide = try PromiseTests.bind(
            "local int divide(int a, int b, out int *quotient, out int *remainder)")
        #expect(divide.route == .inside)
        let fill = try PromiseTests.bind(
            "local long fill(out(room, $result) char *to, long room, int c)")
        let seen = try results([
            (divide, [.int(17), .int(5)]), (divide, [.int(17), .int(0)]),
            (fill, [.int(3), .int(120)]), (fill, [.int(100), .int(121)]),
            (fill, [.int(-1), .int(0)]),
        ]).map(\.result)
        #expect(seen[0] == .tuple([.int(0), .int(3), .int(2)]))
        #expect(seen[1] == .tuple([.int(-1), .int(0), .int(0)]))
        #expect(seen[2] == .tuple([.int(3), .text("xxx")]))
        #expect(seen[3] == .tuple([.int(5), .text("yyyyy")]))
        guard case .failure(.length, _, _) = seen[4] else { throw Failed() }
        let print = try Library(.process).bind(
            "local int snprintf(out(size, $result) char *to, size_t size, const char *format, ...)")
        #expect(
            try results([
                (print, [.int(40), .text("%s-%d-%.1f"), .text("a"), .int(7), .double(0.5)])
            ])[0]
            .result == .tuple([.int(7), .text("a-7-0.5")]))
        let strdup = try Library(.process).bind(
            "undo: free($result) free: free const char *strdup(const char *text)"
                .replacingOccurrences(
                    of: "undo: free($result) ", with: "arbitrary "))
        #expect(try results([(strdup, [.text("copy")])])[0].result == .text("copy"))
    }
    struct Failed: Error {}

    // MARK: broken promises

    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases)
    func brokenPromisesAreCaught(rig: Rig) throws {
        // A declaration of its own for each backend: being caught is for ever.
        let name = ["a", "b", "c", "d", "e"][Rig.allCases.firstIndex(of: rig)!]
        let function = try PromiseTests.bind("pure long increment(long \(name))")
        let machine = try rig.machine(for: Caller.self)
        let calls = Array(
            repeating: Caller.Call(function: function, arguments: [.int(1)]), count: 2048)
        _ = try machine.run([Caller(calls: calls)])
        #expect(function.isDemoted)
        let honest = try Library(.process).bind("const int abs(int)")
        _ = try machine.run([
            Caller(
                calls: Array(repeating: .init(function: honest, arguments: [.int(-1)]), count: 2048)
            )
        ])
        #expect(!honest.isDemoted)
    }

    /// A deadline ends what would last an hour.
    @Test(arguments: Rig.allCases) func deadlines(rig: Rig) throws {
        let sleep = try Library(.process).bind(
            "atomic deadline 20 int usleep(unsigned long microseconds)")
        let machine = try rig.machine(for: RandomSignatureTests.Calling.self)
        let calls = RandomSignatureTests.Calling.Calls([
            .init(
                function: sleep, arguments: [.int(3_600_000_000)], expected: .int(-1)
            )
        ])
        let done = try #require(
            try machine.run([RandomSignatureTests.Calling(calls: calls)]))
        #expect(done[0].wrong == 0, "\(done[0].firstWrong)")
    }

    @Test(.enabled(if: hasCompiler)) func affinity() throws {
        let machine = try Rig.gil.machine(for: Caller.self)
        let main = try PromiseTests.bind("on: main arbitrary long count_call(void)")
        let caller = Caller(calls: [.init(function: main, arguments: [])])
        let done = try #require(try machine.run([caller, caller]))
        #expect(done[0].results.first != done[1].results.first)
        #expect(
            done[1].results == [
                .failure(
                    .thread, argument: nil,
                    text: "count_call: may be called on the main thread only")
            ])
    }
}
