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
