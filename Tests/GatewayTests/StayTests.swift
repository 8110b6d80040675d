import CHost
import Gateway
import Glibc
import ManagedHeap
import Quanta
import Testing

// One after the other with the suite whose C functions they share.
extension CallbackTests {
    /// Calls within a quantum that wait for threads of C which call back: the quantum has to end for them.
    @Suite struct StayTests {
        /// Functions that keep their quantum, and with it everybody else out.
        static let effects = ["arbitrary", "brief atomic", "serialized \"c\""]

        private func library() throws -> Library {
            Library(Library.Name(try CallbackTests.path.get()), calls: CallbackTests.calls)
        }
        private func run(
            _ rig: Rig, _ calls: [(String, [Given])], inAtomicBlock: Bool, idlers: Int = 0
        ) throws -> [Seen]? {
            let library = try library()
            func task(_ calls: [(String, [Given])], inAtomicBlock: Bool) throws
                -> CallbackTests.Calling
            {
                .init(
                    plan: .init(try calls.map { (try library.bind($0.0), $0.1) }),
                    inAtomicBlock: inAtomicBlock)
            }
            let machine = try rig.machine(
                for: CallbackTests.Calling.self, shapes: [CallbackTests.Cell.shape])
            let other = try task(
                Array(
                    repeating: (
                        "local int apply(int (*f)(int), int x)", [guest(.allocate), .int(3)]
                    ),
                    count: 20), inAtomicBlock: false)
            let waiting = try task(calls, inAtomicBlock: inAtomicBlock)
            return try machine.run([waiting] + Array(repeating: other, count: idlers))?.first?.seen
        }
        private func guest(_ guest: CallbackTests.Guest) -> Given { .int(guest.rawValue) }
        private let start = "atomic int start(kept adopt int (*f)(int), int x)"

        @Test(.enabled(if: hasCompiler), arguments: Rig.allCases, effects)
        func callsMayWaitForThreadsThatCallBack(rig: Rig, effect: String) throws {
            for inAtomicBlock in [false, true] {
                CallbackTests.noted = []
                let round: [(String, [Given])] = [
                    (start, [guest(.note), .int(1)]), (start, [guest(.allocate), .int(2)]),
                    (start, [guest(.note), .int(3)]), ("\(effect) int join_all(void)", []),
                ]
                let seen = try run(
                    rig, Array(repeating: round, count: 10).flatMap { $0 },
                    inAtomicBlock: inAtomicBlock, idlers: 2)
                #expect(
                    seen
                        == Array(repeating: [.int(1), .int(2), .int(3), .int(3)], count: 10)
                        .flatMap { $0 })
                #expect(
                    CallbackTests.noted.sorted()
                        == [1, 3].flatMap { Array(repeating: $0, count: 10) })
            }
        }
        /// What is called back waits for another thread of C, five deep, and each allocates.
        @Test(.enabled(if: hasCompiler), arguments: Rig.allCases, [false, true])
        func visitorsMayWaitForVisitors(rig: Rig, inAtomicBlock: Bool) throws {
            CallbackTests.deeper = try library().bind("arbitrary int on_kept_thread(int x)")
            let seen = try run(
                rig,
                [
                    ("atomic void keep(kept adopt int (*f)(int))", [guest(.deeper)]),
                    ("arbitrary int on_kept_thread(int x)", [.int(5)]),
                    ("const int abs(int)", [.int(-1)]),
                ], inAtomicBlock: inAtomicBlock, idlers: 2)
            #expect(seen == [.none, .int(15), .int(1)])
        }
        /// C gets 0; what has failed is for the language to report.
        @Test(.enabled(if: hasCompiler), arguments: Rig.allCases)
        func callsThatWaitSurviveFailures(rig: Rig) throws {
            let seen = try run(
                rig,
                [
                    ("atomic void keep(kept adopt int (*f)(int))", [guest(.fail)]),
                    ("arbitrary int on_kept_thread(int x)", [.int(5)]),
                    ("const int abs(int)", [.int(-1)]),
                ], inAtomicBlock: true)
            #expect(seen == [.none, .int(0), .int(1)])
        }
        /// The call begins while the threads it waits for are in the middle of what they were called for.
        @Test(.enabled(if: hasCompiler), arguments: Rig.allCases, [false, true])
        func visitorsMayComeBackIn(rig: Rig, inAtomicBlock: Bool) throws {
            let round: [(String, [Given])] = [
                (start, [guest(.doze), .int(1)]), (start, [guest(.doze), .int(2)]),
                ("arbitrary int join_all(void)", []), ("arbitrary int join_all(void)", []),
            ]
            let seen = try run(
                rig, Array(repeating: round, count: 5).flatMap { $0 },
                inAtomicBlock: inAtomicBlock, idlers: 1)
            let expected = Array(repeating: [1, 2, 2, 0].map(Seen.int), count: 5)
            #expect(seen == expected.flatMap { $0 })
        }
        /// A guest thread that makes `calls`, the last of which waits at `gate`, the others being brief; and one that
        /// makes `others` as soon as the first waits. What they have seen; nil when the machine was halted.
        private func runBehind(
            _ gate: UnsafeMutablePointer<sem_t>, _ rig: Rig, _ calls: [(String, [Given])],
            whileWaiting others: [(String, [Given])], haltsThen: Bool = false
        ) throws -> [[Seen]]? {
            let library = try library()
            let machine = try rig.machine(
                for: CallbackTests.Calling.self, shapes: [CallbackTests.Cell.shape])
            let tasks = try [calls, [("atomic int await_waiter(void)", [])] + others].map { calls in
                CallbackTests.Calling(
                    plan: .init(try calls.map { (try library.bind($0.0), $0.1) }),
                    inAtomicBlock: false)
            }
            if !haltsThen { return try machine.run(tasks)?.map(\.seen) }
            let halt = Halt(machine: machine, gate: gate)
            var handle: UInt = 0
            _ = host_thread_start(
                &handle, 1 << 16, { Unmanaged<Halt>.fromOpaque($0).takeUnretainedValue().run() },
                Unmanaged.passUnretained(halt).toOpaque())
            defer { host_thread_join(handle) }
            return try machine.run(tasks)?.map(\.seen)
        }
        private final class Halt {
            let machine: VirtualMachine
            let gate: UnsafeMutablePointer<sem_t>
            init(machine: VirtualMachine, gate: UnsafeMutablePointer<sem_t>) {
                (self.machine, self.gate) = (machine, gate)
            }
            /// When the call waits, and the other guest thread has had time to be done.
            func run() {
                typealias Function = @convention(c) () -> Int32
                let name = try? CallbackTests.path.get()
                if let function = dlsym(dlopen(name, RTLD_NOW), "await_waiter") {
                    _ = unsafeBitCast(function, to: Function.self)()
                }
                usleep(100_000)
                machine.halt(.interrupted)
                sem_post(gate)
            }
        }
        private func withGate(
            _ free: UInt32, _ body: (UnsafeMutablePointer<sem_t>, Given) throws -> Void
        ) throws {
            let gate = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
            defer { gate.deallocate() }
            sem_init(gate, 0, free)
            try body(gate, .value(Value(address: gate)))
        }
        private let allocating: (String, [Given]) = (
            "local int apply(int (*f)(int), int x)",
            [.int(CallbackTests.Guest.allocate.rawValue), .int(3)]
        )
        private let open = "arbitrary int open_gate(void *gate, int places)"
        /// Where guest threads show out whoever stays, and some where nobody does.
        static let showing: [(Rig, String)] = [
            (.gil, "brief atomic"), (.gil, "atomic"), (.stm, "brief atomic"), (.stm, "atomic"),
            (.stmAborting, "atomic"), (.serial, "atomic"),
        ]

        /// What the function returned is what the guest gets, though others call it before the thread is back.
        @Test(.enabled(if: hasCompiler), arguments: showing)
        func guestThreadsShowOut(rig: Rig, effect: String) throws {
            try withGate(21) { gate, address in
                let say = "\(effect) const char *say_behind(void *gate, int x)"
                let seen = try runBehind(
                    gate, rig, (1...22).map { (say, [address, .int($0)]) },
                    whileWaiting: [
                        allocating, ("arbitrary int open_and_overwrite(void *gate)", [address]),
                        allocating,
                    ])
                #expect(seen?[0] == (1...22).map { .text("\($0)") })
                #expect(seen?[1] == [.int(1), .int(3), .int(1), .int(3)])
            }
        }
        /// A function that waits now and then does not keep the others waiting each time.
        @Test(.enabled(if: hasCompiler)) func whoKeptOthersWaitingLeavesFromThenOn() throws {
            try withGate(30) { gate, address in
                let library = try library()
                func task(_ calls: [(String, [Given])]) throws -> CallbackTests.Calling {
                    .init(
                        plan: .init(try calls.map { (try library.bind($0.0), $0.1) }),
                        inAtomicBlock: false)
                }
                let rounds = 8
                let pass = try library.bind("atomic void pass(void *gate)")
                let passing = CallbackTests.Calling(
                    plan: .init(Array(repeating: (pass, [address]), count: 31 * rounds)),
                    inAtomicBlock: false)
                let opening = try task(
                    (0..<rounds).flatMap { _ in
                        [("atomic int await_waiter(void)", []), (open, [address, .int(31)])]
                    })
                let machine = try Rig.gil.machine(for: CallbackTests.Calling.self)
                _ = try #require(try machine.run([passing, opening]))
                // Those of the first round but the first few.
                #expect(machine.totals()[.foreignInside] < 40)
            }
        }
        /// C calls back when its thread has been shown out, and when not.
        @Test(.enabled(if: hasCompiler), arguments: showing)
        func whoWasShownOutMayCallBack(rig: Rig, effect: String) throws {
            try withGate(12) { gate, address in
                let call = "\(effect) int call_kept_behind(void *gate, int x)"
                let seen = try runBehind(
                    gate, rig,
                    [("arbitrary void keep(kept int (*f)(int))", [guest(.allocate)])]
                        + (1...13).map { (call, [address, .int($0)]) },
                    whileWaiting: [
                        allocating, (open, [address, .int(1)]), allocating,
                    ])
                #expect(seen?[0] == [.none] + (1...13).map { .int($0) })
                #expect(seen?[1] == [.int(1), .int(3), .int(0), .int(3)])
            }
        }
        /// The machine halts while the thread is out.
        @Test(.enabled(if: hasCompiler), arguments: showing)
        func whoWasShownOutHearsOfHalts(rig: Rig, effect: String) throws {
            try withGate(20) { gate, address in
                let say = "\(effect) const char *say_behind(void *gate, int x)"
                let seen = try runBehind(
                    gate, rig, (1...21).map { (say, [address, .int($0)]) },
                    whileWaiting: [allocating], haltsThen: true)
                #expect(seen == nil)
            }
        }
        /// A function that lies about what it does keeps a thread of C waiting until the machine is halted.
        @Test(.enabled(if: hasCompiler), .timeLimit(.minutes(1)), arguments: Rig.allCases)
        func haltsEndAllWaits(rig: Rig) throws {
            let library = try library()
            let machine = try rig.machine(
                for: CallbackTests.Calling.self, shapes: [CallbackTests.Cell.shape])
            let plan = CallbackTests.Calling.Plan([
                (
                    try library.bind("atomic void keep(kept adopt int (*f)(int))"),
                    [guest(.haltWhileWaiting)]
                ), (try library.bind("local int on_kept_thread(int x)"), [.int(5)]),
                (try library.bind("arbitrary int on_kept_thread(int x)"), [.int(5)]),
            ])
            var handle: UInt = 0
            _ = host_thread_start(
                &handle, 1 << 16,
                { machine in
                    usleep(300_000)
                    Unmanaged<VirtualMachine>.fromOpaque(machine).takeUnretainedValue()
                        .halt(.interrupted)
                }, Unmanaged.passUnretained(machine).toOpaque())
            let done = try machine.run([CallbackTests.Calling(plan: plan, inAtomicBlock: false)])
            host_thread_join(handle)
            #expect(done == nil)
        }
    }
}
