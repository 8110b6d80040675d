#if DEBUG
    import CHost
    import ManagedHeap
    import Observe
    @testable import Quanta
    @testable import STMBackend

    /// An object whose first two slots, and the only slot of the object that the third leads to, always
    /// hold the same number, in every committed state.
    enum Cell {
        static let shape = Shape(kind: 16, name: "cell", slots: 3)
        static let leaf = Shape(kind: 17, name: "leaf", slots: 1)
        static let first = Field<Int>(0)
        static let second = Field<Int>(1)
        static let third = Field<Reference>(2)
        static let number = Field<Int>(0)
    }

    /// One thread of a run: a few transactions, each tried until it commits.
    final class Guest {
        private let number: Int
        private let t: ThreadContext
        private let state: TransactionState
        private unowned let run: Run
        private var values = 0
        /// Written by the open attempt.
        private var own: [Int: Int] = [:]
        /// A leaf that only this thread knows, and what it holds; as of the last commit, and now.
        private typealias Secret = (leaf: Reference, value: Int)
        private var secret: Secret?
        private var secretNow: Secret?
        /// Every number that it has committed, or tried to.
        private var offered: Set<Int> = [0]

        init(_ number: Int, _ t: ThreadContext, _ run: Run) {
            self.number = number
            self.t = t
            self.run = run
            state = TransactionState(t)
        }

        var log: CommitLog { state.pointee.log }

        func body() {
            // With the smallest table, now that steps are watched.
            ReadLog.detach(t, state)
            ReadLog.attach(t, state)
            for _ in 0..<run.transactions {
                var tries = 0
                while !attempt() {
                    tries += 1
                    if tries > 8 { state.pointee.wantsInevitable = true }
                }
            }
        }

        private func attempt() -> Bool {
            let begun = run.steps
            if run.random.strikes(2) { Transaction.reclaim(t, state) }
            Transaction.begin(t, state)
            // The table of known units, which is empty, is made smaller.
            while run.random.strikes(2) { ReadLog.fit(t, state, 0) }
            if state.pointee.wantsInevitable || run.random.strikes(12) {
                if !Transaction.becomeInevitable(t, state, waiting: true) {
                    Transaction.rollback(t, state)
                    return false
                }
                state.pointee.wantsInevitable = false
            }
            own = [:]
            secretNow = secret
            var attempt = History.Attempt(
                thread: number, begun: begun, snapshot: state.pointee.snapshot)
            for _ in 0..<1 + run.random.below(4) { operate(&attempt) }
            let changed = !own.isEmpty
            inject()
            offered.formUnion(attempt.writes.map(\.value) + [secretNow?.value ?? 0])
            if Transaction.commit(t, state) {
                let (stamp, changes) = state.pointee.position
                // Its own object counts when its era has ended.
                let wroteOwn = secretNow?.value != secret?.value
                if changes != changed && !(changes && wroteOwn) {
                    run.fail("a commit knows not whether it has changed anything")
                }
                secret = secretNow
                attempt.end = .committed(stamp: stamp, changes: changes)
            } else {
                Transaction.rollback(t, state)
            }
            attempt.ended = run.steps
            run.history.add(attempt)
            if case .committed = attempt.end { return true }
            return false
        }

        private func operate(_ attempt: inout History.Attempt) {
            inject()
            let cell = run.random.below(run.cells.count)
            if run.random.strikes(2) { hide() }
            if run.random.strikes(10) { spy() }
            switch run.random.below(8) {
            case 0: if state.pointee.health == .normal { _ = Transaction.extend(t, state) }
            case 1...4:
                let value = read(cell)
                if let own = own[cell] {
                    if own != value { run.fail("a transaction does not see its own write") }
                } else if let before = attempt.reads.first(where: { $0.cell == cell })?.value {
                    if before != value { run.fail("a transaction reads \(before), then \(value)") }
                } else {
                    attempt.reads.append((cell, value))
                }
            default:
                values += 1
                let value = number << 20 | values
                own[cell] = value
                attempt.writes.append((cell, value))
                write(cell, value)
            }
        }

        /// Reads and writes the secret leaf.
        private func hide() {
            let q = Quantum<Transactional>(t)
            if let (leaf, value) = secretNow {
                if q[leaf, Cell.number] != value { run.fail("a thread's own object has changed") }
                if run.random.strikes(2) { return }
                inject()
                values += 1
                let value = number << 20 | values
                q[leaf, Cell.number] = value
                secretNow = (leaf, value)
            } else {
                secretNow = (q.new(Cell.leaf, Value(0)), 0)
            }
            // References may leave with the commit.
            if run.random.strikes(8) { t.pointee.pendingEffects |= Effects.actions }
        }

        /// Comes upon another thread's secret, as through a table past the transactions.
        private func spy() {
            let guests = run.guests
            let other = guests[run.random.below(guests.count)]
            guard other !== self, let (leaf, _) = other.secret else { return }
            let value = Quantum<Transactional>(t)[leaf, Cell.number]
            let header = CHost.host_load_relaxed(leaf.address)
            if quanta_tag(header) == t.pointee.ownTag { return }
            // Written by itself, and no cell's any more.
            if header &>> 54 == t.pointee.lockTag { return }
            // Its owner's transaction did not end soon.
            if TransactionHeader.isOwned(header) { return }
            if own.values.contains(value) { return }
            if !guests.contains(where: { $0.offered.contains(value) }) {
                run.fail("\(value) has been read before a commit")
            }
        }

        private func read(_ cell: Int) -> Int {
            let q = Quantum<Transactional>(t)
            let object = run.cells[cell]
            var (first, second) = (0, 0)
            let way = run.random.below(4)
            switch way {
            case 0: (first, second) = q[object, Cell.first, Cell.second]
            case 1:
                let (a, b) = q[object, Cell.first, then: { _ in Cell.second }]
                (first, second) = (a, b!)
            case 2:
                withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 3) { words in
                    Transactional.copy(t, object.address, 1, to: words.baseAddress!, 3)
                    (first, second) = (Value(bits: words[0]).int, Value(bits: words[1]).int)
                }
            default: first = q[object, Cell.first]
            }
            inject()
            let leaf = q[object, Cell.third]
            let third = q[leaf, Cell.number]
            inject()
            if way == 3 { second = q[object, Cell.second] }
            if first != second || first != third {
                run.fail("a transaction sees a torn object: \(first), \(second), \(third)")
            }
            return first
        }
        private func write(_ cell: Int, _ value: Int) {
            let q = Quantum<Transactional>(t)
            let object = run.cells[cell]
            q[object, Cell.second] = value
            inject()
            if run.random.strikes(2) {
                q[q[object, Cell.third], Cell.number] = value
            } else if let (leaf, _) = secretNow, run.random.strikes(2) {
                // The secret is out.
                q[leaf, Cell.number] = value
                q[object, Cell.third] = leaf
                secretNow = nil
            } else {
                q[object, Cell.third] = q.new(Cell.leaf, Value(value))
            }
            inject()
            q[object, Cell.first] = value
        }

        /// At every barrier: lose, be told to lose, or stand still for a while.
        private func inject() {
            let isInevitable = state.pointee.inevitable
            if run.random.strikes(40), !isInevitable { doom(.abortsForced) }
            if run.random.strikes(60), !isInevitable {
                if !Transaction.becomeInevitable(t, state, waiting: false) { doom(.abortsForced) }
            }
            if run.random.strikes(80) { CHost.host_store32_release(quanta_doomed(t), 1) }
            if CHost.host_load32_acquire(quanta_doomed(t)) != 0, !state.pointee.inevitable {
                doom(.abortsRemote)
            }
            if run.random.strikes(20) { moveOn() }
            while run.random.strikes(3) { ReadLog.widen(t, state) }
            if run.random.strikes(16) { run.pause() }
        }
        /// Others may reuse what was replaced before that: else they might wait for it, and it for them.
        private func moveOn() {
            if state.pointee.inevitable { return }
            let time = CHost.host_load_acquire(log.clock)
            Transaction.moveOn(t, state)
            if CHost.host_load_acquire(quanta_slot(t)) < time {
                run.fail("a transaction has moved on and keeps what is older than \(time)")
            }
        }
        private func doom(_ cause: Counter) { Transaction.doom(t, state, cause) }
    }
#endif
