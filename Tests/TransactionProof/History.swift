/// What the threads of a run have done, and whether there is an order in which they could have done it.
///
/// Every value written is unique, so a value that is read tells who wrote it.
struct History {
    /// One attempt of a transaction.
    struct Attempt {
        enum End {
            /// At `stamp`: a change of its own, or a reader of what is there.
            case committed(stamp: UInt64, changes: Bool)
            case rolledBack
        }
        let thread: Int
        let begun: Int
        let snapshot: UInt64
        /// First reads of cells that it had not written.
        var reads: [(cell: Int, value: Int)] = []
        var writes: [(cell: Int, value: Int)] = []
        var end = End.rolledBack
        var ended = 0
    }

    let cells: Int
    private(set) var attempts: [Attempt] = []

    init(cells: Int) { self.cells = cells }
    mutating func add(_ attempt: Attempt) { attempts.append(attempt) }

    /// All states there have been, with the stamps that made them; a sentence when stamps are not unique.
    private func states() -> Result<[(stamp: UInt64, values: [Int])], Flaw> {
        var changes: [(stamp: UInt64, attempt: Attempt)] = []
        for attempt in attempts {
            if case .committed(let stamp, true) = attempt.end { changes.append((stamp, attempt)) }
        }
        changes.sort { $0.stamp < $1.stamp }
        var states = [(stamp: UInt64(0), values: [Int](repeating: 0, count: cells))]
        for (stamp, attempt) in changes {
            var values = states[states.count - 1].values
            if states[states.count - 1].stamp == stamp {
                return .failure(Flaw("two commits have the stamp \(stamp)"))
            }
            for (cell, value) in attempt.writes { values[cell] = value }
            states.append((stamp, values))
        }
        return .success(states)
    }

    /// What is wrong with the run that has left `final` behind; nil when nothing is.
    func flaw(final: [Int]) -> Flaw? {
        let states: [(stamp: UInt64, values: [Int])]
        switch self.states() {
        case .failure(let flaw): return flaw
        case .success(let all): states = all
        }
        func agrees(_ attempt: Attempt, _ values: [Int]) -> Bool {
            attempt.reads.allSatisfy { values[$0.cell] == $0.value }
        }
        for attempt in attempts {
            switch attempt.end {
            case .committed(let stamp, let changes):
                // Serialisable: it has read what was there at its place in the order.
                let place = states.lastIndex {
                    changes ? $0.stamp < stamp : $0.stamp <= stamp
                }
                if !agrees(attempt, states[place ?? 0].values) {
                    return Flaw(
                        "thread \(attempt.thread) committed at \(stamp)\(changes ? "" : ", reading only,")"
                            + " and read \(attempt.reads), which was not there")
                }
            case .rolledBack:
                // Opaque: what it has read was there at one time, not before its beginning.
                let first = states.lastIndex { $0.stamp <= attempt.snapshot } ?? 0
                if !states[first...].contains(where: { agrees(attempt, $0.values) }) {
                    return Flaw(
                        "thread \(attempt.thread), rolled back, has read \(attempt.reads), which was"
                            + " never there at one time")
                }
            }
        }
        if let flaw = orderFlaw() { return flaw }
        if states[states.count - 1].values != final {
            return Flaw("at the end there is \(final), not \(states[states.count - 1].values)")
        }
        return nil
    }

    /// Whoever began after another had ended stands behind it.
    private func orderFlaw() -> Flaw? {
        for a in attempts {
            guard case .committed(let first, let firstChanges) = a.end else { continue }
            for b in attempts where b.begun > a.ended {
                guard case .committed(let second, let changes) = b.end else { continue }
                if second < first || second == first && changes && firstChanges {
                    return Flaw(
                        "thread \(b.thread) stands at \(second), before thread \(a.thread) at \(first),"
                            + " which had ended when it began")
                }
            }
        }
        return nil
    }
}

/// What must not be.
struct Flaw: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
