import InterpreterKit

/// Transactions: a job is a tuple of a function's ``Code`` and its arguments.
///
/// X1  A job runs from `nextJob` to `endJob` inside an atomic block: one quantum, which also takes the
///     job from the queue and submits the jobs that it makes.
/// X2  `run-transactions` in a transaction runs what this transaction has submitted and what follows
///     from that, in the same quantum; `Task.floor` tells these jobs from others of the thread.
extension Site {
    /// The function is in window `window`, `count` arguments behind it.
    @inline(never) func submit(_ window: Frame, _ count: Int) throws(Abort) {
        try checkCall(window[2].code, count, window + 3)
        let job = q.newTuple(count: count + 1) { slots in
            slots.update(from: window + 2, count: count + 1)
        }
        guard let job else { try fail("out of memory") }
        shared.pointee.queue._withUnsafeGuaranteedRef { q.submit(Value(job), to: $0) }
    }

    /// Puts a job's arguments into the frame that will run it.
    @inline(__always) func unpack(_ job: Value, _ callee: Frame) throws(Abort) -> CodePointer {
        let code = q.tupleElement(job.reference, 0).code
        if _slowPath(callee + code.pointee.registers > q.stackLimit) {
            try fail("recursion too deep")
        }
        for i in 1..<q.tupleCount(job.reference) {
            callee[i - 1] = q.tupleElement(job.reference, i)
        }
        return code
    }

    /// The next job: of this quantum's own if `own` says how many to leave, else any.
    @inline(never) func nextJob(_ own: Value) throws(Abort) -> Value? {
        let queue = shared.pointee.queue.takeUnretainedValue()
        if own.isInt { return q.nextPending(in: queue, above: own.int) }
        return try q.next(
            from: queue, coordinator: own == .true, resumeAt: Duhton.Task(shared, at: pc - 1))
    }
    @inline(never) func pendingCount() -> Int {
        q.pendingCount(in: shared.pointee.queue.takeUnretainedValue())
    }

    /// This thread begins to take jobs; `role` in register `register` says as what: true for the
    /// main program, which goes on when no jobs are left, false for a worker.
    ///
    /// Between two quanta, because a retry must not do it again.
    @inline(never) func join(_ register: Int, as role: Value) throws(Abort) {
        let language = shared.pointee.language
        try q.arrange(
            between: {
                q.join(language.queue)
                if role == .true { language.startWorkers() }
            },
            resumeWith: { _ in
                fp[register] = role
                return Duhton.Task(shared, at: pc)
            })
    }

    /// The program ends; for the main program that ends the workers too.
    @inline(never) func stop() {
        let language = shared.pointee.language
        if fp[-1].code != language.worker.code { q.onCommit { language.queue.close() } }
    }
}

extension Duhton {
    /// One thread for each that is configured, besides the main program's. Fewer if the system
    /// refuses some: the work is shared by those there are.
    func startWorkers() {
        if hasWorkers { return }
        hasWorkers = true
        for _ in 1..<max(1, machine.configuration.threads) {
            try? machine.spawn(Task(shared, at: worker.code.pointee.entry, start: worker.code))
        }
    }
}
