#if DEBUG
    import CHost
    import Glibc
    import ManagedHeap
    import ProofFibers
    @testable import Quanta
    @testable import STMBackend

    /// One schedule: a few threads, each a fiber, and a seed that decides at each shared atomic step who goes
    /// on. The same seed gives the same run.
    final class Run {
        static let threads = 3
        static let most = 200_000

        let seed: UInt64
        var random: Randomness
        var history: History
        private(set) var cells: [Reference] = []
        let transactions: Int
        private(set) var steps = 0

        private let machine: VirtualMachine
        private let fibers: [OpaquePointer]
        private(set) var guests: [Guest] = []
        private var current = 0
        private var pausedUntil: [Int]
        /// One in this many steps lets another thread go on.
        private let stickiness: Int

        nonisolated(unsafe) private static var now: Run?

        init(seed: UInt64, on fibers: [OpaquePointer]) throws {
            self.seed = seed
            self.fibers = fibers
            random = Randomness(seed)
            let count = 1 + random.below(2)
            history = History(cells: count)
            transactions = 2 + random.below(2)
            stickiness = 1 + random.below(6)
            pausedUntil = .init(repeating: 0, count: fibers.count)
            machine = try VirtualMachine(
                STMScheduler(), shapes: [Cell.shape, Cell.leaf],
                configuration: .init(
                    heap: .init(limit: 1 << 20, minimumBudget: 1 << 30, checks: false),
                    stackWords: 1 << 9),
                output: Output { _ in })
            cells = try machine.quantum { q in
                (0..<count).map { _ in
                    q.new(Cell.shape, Value(0), Value(0), Value(q.new(Cell.leaf, Value(0))))
                }
            }
            for number in fibers.indices {
                let t = try machine.attach(Run.idle)
                guests.append(Guest(number, t, self))
            }
        }
        private struct Idle: GuestTask {
            mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {}
        }
        private static let idle = TaskTypeOf<Idle>()

        /// Returns the number of steps.
        func execute() -> Int {
            Run.now = self
            for (fiber, guest) in zip(fibers, guests) {
                fiber_prepare(
                    fiber, { Unmanaged<Guest>.fromOpaque($0).takeUnretainedValue().body() },
                    Unmanaged.passUnretained(guest).toOpaque())
            }
            host_hook_steps { Run.now.unsafelyUnwrapped.step() }
            while let next = choose() {
                current = next
                fiber_resume(fibers[next])
            }
            host_hook_steps(nil)
            Run.now = nil
            if let flaw = history.flaw(final: final()) { fail("\(flaw)") }
            return steps
        }

        private func choose() -> Int? {
            let alive = fibers.indices.filter { !fiber_has_ended(fibers[$0]) }
            let awake = alive.filter { pausedUntil[$0] <= steps }
            if awake.isEmpty { return alive.min { pausedUntil[$0] < pausedUntil[$1] } }
            return awake[random.below(awake.count)]
        }
        private func step() {
            steps += 1
            if steps > Run.most { fail("no end after \(steps) steps") }
            if random.strikes(stickiness) { fiber_yield() }
        }
        /// The current thread stands still for a while.
        func pause() {
            pausedUntil[current] = steps + random.below(100)
            fiber_yield()
        }

        /// The values at the end, as they lie in memory.
        private func final() -> [Int] {
            cells.map { cell in
                let words = cell.address
                let leaf = Value(bits: words[3]).reference.address
                let values = [words[1], words[2], leaf[1]].map { Value(bits: $0).int }
                if values.contains(where: { $0 != values[0] }) {
                    fail("at the end an object is torn: \(values)")
                }
                for header in [words[0], leaf[0]] where TransactionHeader.isLocked(header) {
                    // Nobody has come upon what became everybody's with the end of an era.
                    if TransactionHeader.isOwned(header), !isPresent(header) { continue }
                    fail("at the end an object is locked")
                }
                return values[0]
            }
        }

        private func isPresent(_ owned: UInt64) -> Bool {
            guests[0].log.thread(in: TransactionHeader.era(ofOwned: owned)) != nil
        }

        /// Ends the process: fibers cannot be left otherwise.
        func fail(_ reason: String) -> Never {
            host_hook_steps(nil)
            print("schedule \(seed), step \(steps): \(reason)")
            fflush(nil)
            _exit(1)
        }
    }
#endif
