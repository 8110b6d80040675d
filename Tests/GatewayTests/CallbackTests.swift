import CHost
import Gateway
import ManagedHeap
import Quanta
import Testing

/// Guest functions that C calls: within quanta, outside them, on threads of C.
@Suite(.serialized) struct CallbackTests {
    /// C under test: each function says in its name what it does.
    static let text = """
        #include <pthread.h>
        #include <semaphore.h>
        #include <stdatomic.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <unistd.h>
        int apply(int (*f)(int), int x) { return f(x); }
        long fold(long (*f)(long, long), int n) { long r = 0; for (int i = 1; i <= n; i++) r = f(r, i); return r; }
        double many(double (*f)(int, double, int, float, long, int, int, int, int), int x) {
          return f(1, 2.5, 3, 4.5f, 5, 6, 7, 8, x);
        }
        typedef struct { int (*f)(int); int x, result; } job;
        static void *work(void *p) { job *j = p; j->result = j->f(j->x); return 0; }
        int on_thread(int (*f)(int), int x) {
          pthread_t t;
          job j = {f, x, -1};
          pthread_create(&t, 0, work, &j);
          pthread_join(t, 0);
          return j.result;
        }
        int abs(int);
        static int (*kept)(int);
        void keep(int (*f)(int)) { kept = f; }
        static pthread_t threads[8];
        static job jobs[8];
        static int started;
        int start(int (*f)(int), int x) {
          jobs[started] = (job){f, x, -1};
          return pthread_create(&threads[started], 0, work, &jobs[started]) ? -1 : ++started;
        }
        int join_all(void) {
          int n = started;
          while (started) pthread_join(threads[--started], 0);
          return n;
        }
        int call_kept(int x) { return kept(x); }
        int on_kept_thread(int x) { return on_thread(kept, x); }
        static atomic_int waiting, through;
        static char text[16];
        void pass(sem_t *gate) {
          if (!sem_trywait(gate)) return;
          through = 0;
          waiting = 1;
          sem_wait(gate);
          waiting = 0;
        }
        int await_waiter(void) {
          while (!waiting) usleep(1000);
          return 1;
        }
        const char *say_behind(sem_t *gate, int x) {
          snprintf(text, sizeof text, "%d", x);
          pass(gate);
          through = 1;
          return text;
        }
        int open_and_overwrite(sem_t *gate) {
          sem_post(gate);
          while (!through) usleep(1000);
          usleep(20000);
          snprintf(text, sizeof text, "overwritten");
          return 1;
        }
        int open_gate(sem_t *gate, int places) {
          waiting = 0;
          while (places--) sem_post(gate);
          return 0;
        }
        int call_kept_behind(sem_t *gate, int x) {
          pass(gate);
          return kept(x);
        }
        """
    static let path = Result { try #require(try compiledLibrary("callbacks", text)) }

    /// What guest functions are: numbers that say what they compute.
    enum Guest: Int {
        case add = 1, addPair, sumAll, fail, allocate, compareBytes, note, deeper, doze,
            haltWhileWaiting
    }
    static let calls = GuestCalls(isCallable: \.isInt) { (q, function, a) throws(Abort) in
        switch Guest(rawValue: function.int) {
        case .add: return Value(a[0].int + 1000)
        case .addPair: return Value(a[0].int + a[1].int)
        case .sumAll:
            return q.value(
                a.reduce(0) { $0 + ($1.isInt ? Double($1.int) : $1.asDouble ?? 0) })
        case .allocate:
            var kept = Value.none
            for i in 0..<20_000 { kept = Value(q.new(Cell.shape, Value(i))) }
            return Value(q[kept.reference, Cell.count] - 19_999 + a[0].int)
        case .compareBytes:
            let left = a[0].address!.load(as: Int32.self)
            let right = a[1].address!.load(as: Int32.self)
            return Value(left < right ? -1 : left > right ? 1 : 0)
        case .note:
            noted.append(a[0].int)
            return Value(a[0].int)
        case .deeper:
            let cell = q.new(Cell.shape, Value(a[0].int))
            for i in 0..<5_000 { _ = q.new(Cell.shape, Value(i)) }
            if a[0].int == 0 { return a[0] }
            let next = [Value(a[0].int - 1)]
            let result = try next.withUnsafeBufferPointer { (next) throws(Abort) in
                try q.callWithin(deeper.unsafelyUnwrapped, next)
            }
            guard case .value(let below, _) = result else { return nil }
            return Value(q[cell, Cell.count] + below.int)
        case .doze:
            for _ in 0..<3 { try q.sleep(until: host_monotonic_ns() + 3_000_000) }
            return a[0]
        case .haltWhileWaiting:
            while !q.isCalled { host_yield() }
            return Value(0)
        default: return nil
        }
    }
    nonisolated(unsafe) static var deeper: ForeignFunction?
    /// What the guest function ``Guest/note`` has been called with; the quanta that do it cannot be undone.
    nonisolated(unsafe) static var noted: [Int] = []
    enum Cell {
        static var shape: Shape { Shape(kind: 16, name: "cell", slots: 1) }
        static var count: Field<Int> { Field(0) }
    }

    /// Calls functions in order, each with a break behind it; several threads at once.
    struct Calling: GuestTask {
        final class Plan: Sendable {
            let calls: [(function: ForeignFunction, arguments: [Given])]
            init(_ calls: [(function: ForeignFunction, arguments: [Given])]) { self.calls = calls }
        }
        let plan: Plan
        let inAtomicBlock: Bool
        var seen: [Seen] = []
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            while seen.count < plan.calls.count {
                let call = plan.calls[seen.count]
                if inAtomicBlock { q.enterAtomic() }
                for (i, argument) in call.arguments.enumerated() { q.frame[i] = argument.build(q) }
                let thread = q.thread
                let result = try q.call(
                    call.function, UnsafeBufferPointer(start: q.frame, count: call.arguments.count)
                ) { result in
                    var resumed = self
                    resumed.seen.append(Seen(result, Quantum<B>(thread)))
                    return resumed
                }
                seen.append(Seen(result, q))
                if inAtomicBlock { q.leaveAtomic() }
                try q.qbreak(resumeAt: self)
            }
        }
        static func frameEnd(_ frame: Frame) -> Frame { frame + 4 }
    }
    private func run(
        _ rig: Rig, _ calls: [(String, [Given])], inAtomicBlock: Bool = false, threads: Int = 3
    ) throws -> [[Seen]] {
        let library = Library(
            Library.Name(try CallbackTests.path.get()), calls: CallbackTests.calls)
        let plan = Calling.Plan(
            try calls.map { (try library.bind($0.0), $0.1) })
        let machine = try rig.machine(for: Calling.self, shapes: [Cell.shape])
        let tasks = Array(
            repeating: Calling(plan: plan, inAtomicBlock: inAtomicBlock), count: threads)
        return try #require(try machine.run(tasks)).map(\.seen)
    }
    private func guest(_ guest: Guest) -> Given { .int(guest.rawValue) }

    @Test(
        .enabled(if: hasCompiler), arguments: Rig.allCases,
        ["local", "atomic", "serialized \"c\"", "arbitrary"])
    func everyEffect(rig: Rig, effect: String) throws {
        for inAtomicBlock in [false, true] {
            let seen = try run(
                rig,
                [
                    ("\(effect) int apply(int (*f)(int), int x)", [guest(.add), .int(7)]),
                    (
                        "\(effect) long fold(long (*f)(long, long), int n)",
                        [guest(.addPair), .int(9)]
                    ),
                    (
                        "\(effect) double many(double (*f)(int, double, int, float, long, int, int, "
                            + "int, int), int x)", [guest(.sumAll), .int(9)]
                    ),
                    ("\(effect) int apply(int (*f)(int), int x)", [guest(.allocate), .int(3)]),
                ], inAtomicBlock: inAtomicBlock)
            for thread in seen { #expect(thread == [.int(1007), .int(45), .double(46), .int(3)]) }
        }
    }

    /// The function's result is a failure, and the error is the language's to raise.
    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases, ["local", "atomic", "arbitrary"])
    func failingGuests(rig: Rig, effect: String) throws {
        let seen = try run(
            rig, [("\(effect) int apply(int (*f)(int), int x)", [guest(.fail), .int(7)])])
        for thread in seen {
            #expect(
                thread == [
                    .failure(
                        .callback, argument: nil,
                        text: "apply: a function that it called has failed")
                ])
        }
    }

    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases, ["atomic", "arbitrary"])
    func threadsOfCAreAdopted(rig: Rig, effect: String) throws {
        let seen = try run(
            rig,
            Array(
                repeating: (
                    "\(effect) int on_thread(adopt int (*f)(int), int x)", [guest(.add), .int(7)]
                ), count: 5))
        for thread in seen { #expect(thread == Array(repeating: .int(1007), count: 5)) }
    }
    /// The call that waits for the thread knows nothing of the function, and has been brief until then.
    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases)
    func threadsOfCAreAdoptedWhileOthersWaitForThem(rig: Rig) throws {
        CallbackTests.noted = []
        let join = ("atomic int join_all(void)", [Given]())
        let start = "atomic int start(kept adopt int (*f)(int), int x)"
        let seen = try run(
            rig,
            Array(repeating: join, count: 10)
                + [(start, [guest(.note), .int(1)]), (start, [guest(.note), .int(2)]), join],
            threads: 1)
        #expect(seen == [Array(repeating: .int(0), count: 10) + [.int(1), .int(2), .int(2)]])
        #expect(CallbackTests.noted.sorted() == [1, 2])
    }
    /// Without `kept`, C must forget the function when the call is over.
    @Test(.enabled(if: hasCompiler)) func lateCallsAreRefused() throws {
        let seen = try run(
            .gil,
            [
                ("arbitrary void keep(int (*f)(int))", [guest(.add)]),
                ("arbitrary int call_kept(int x)", [.int(5)]),
            ], threads: 1)
        #expect(seen == [[.none, .int(0)]])
    }
    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases)
    func threadsOfCAreRejected(rig: Rig) throws {
        let seen = try run(
            rig, [("arbitrary int on_thread(int (*f)(int), int x)", [guest(.add), .int(7)])],
            threads: 1)
        #expect(seen == [[.int(0)]])
    }
    /// The thread of C goes on with 0; the guest thread makes the call when it is back.
    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases, ["atomic", "arbitrary"])
    func callsOfThreadsOfCAreQueued(rig: Rig, effect: String) throws {
        CallbackTests.noted = []
        let call = "\(effect) int on_thread(kept queue int (*f)(int), int x)"
        let seen = try run(
            rig,
            (1...3).map { (call, [guest(.note), .int($0)]) }
                + [("const int abs(int)", [.int(-1)])], threads: 1)
        #expect(seen == [[.int(0), .int(0), .int(0), .int(1)]])
        #expect(CallbackTests.noted == [1, 2, 3])
    }
    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases)
    func keptFunctionsStay(rig: Rig) throws {
        let seen = try run(
            rig,
            [
                ("arbitrary void keep(kept int (*f)(int))", [guest(.allocate)]),
                ("arbitrary int call_kept(int x)", [.int(5)]),
                ("atomic int call_kept(int x)", [.int(6)]),
            ], threads: 1)
        #expect(seen == [[.none, .int(5), .int(6)]])
    }
    @Test(.enabled(if: hasCompiler)) func addressesPassToo() throws {
        let library = Library(Library.Name(try CallbackTests.path.get()))
        let apply = try library.bind("local int apply(int (*f)(int), int x)")
        let abs = try Library(.process).bind("const int abs(int)")
        #expect(abs.bindingError == nil)
        guard
            case .failure(.argumentType, argument: 0, _) = try results([
                (apply, [.int(1), .int(2)])
            ])[0].result
        else {
            Issue.record("a number was taken for a function")
            return
        }
    }

    /// `qsort` on private memory, with a guest function that compares.
    @Test(arguments: Rig.allCases) func sortingInPlace(rig: Rig) throws {
        let library = Library(.process, calls: CallbackTests.calls)
        let qsort = try library.bind(
            "local void qsort(inout(n) int *base, size_t n, size_t size, "
                + "int (*compare)(const void *, const void *))")
        let numbers = [5, -3, 9, 0, 7, 7, -20]
        let machine = try rig.machine(for: Caller.self)
        let caller = Caller(calls: [
            .init(
                function: qsort,
                arguments: [
                    .tuple(numbers.map { .int($0) }), .int(7), .int(4), guest(.compareBytes),
                ])
        ])
        let done = try #require(try machine.run([caller, caller]))
        for task in done {
            #expect(task.results == [.tuple(numbers.sorted().map { .int($0) })])
        }
    }
}
