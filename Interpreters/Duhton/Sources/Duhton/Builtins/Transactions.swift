import InterpreterKit

/// Transactions: a job is a tuple of a function's ``Code`` and its arguments.
///
/// X1  A job runs from `nextJob` to `endJob` inside an atomic block: one quantum, which also takes the
///     job from the queue and submits the jobs that it makes.
/// X2  `run-transactions` in a transaction runs what this transaction has submitted and what follows
///     from that, in the same quantum; `Task.floor` tells these jobs from others of the thread.
extension Site {
    /// The function is in window `window`, `count` arguments behind it.
    @inlinable @inline(never)
    func submit<B>(_ q: borrowing Quantum<B>, _ window: Frame, _ count: Int) throws(Abort) {
        try checkCall(q, window[2].code, count, window + 3)
        let job = q.newTuple(count: count + 1) { slots in
            slots[0] = window[2]
            for i in 0..<count { slots[i + 1] = window[i + 3] }
        }
        guard let job else { try fail(q, "out of memory") }
        shared.pointee.queue._withUnsafeGuaranteedRef { q.submit(Value(job), to: $0) }
    }

    /// Puts a job's arguments into the frame that will run it.
    @inlinable @inline(__always)
    func unpack<B>(
        _ q: borrowing Quantum<B>, _ job: Value, _ callee: Frame
    ) throws(Abort) -> CodePointer {
        let code = q.tupleElement(job.reference, 0).code
        if _slowPath(callee + Int(code.pointee.registers) > q.stackLimit) {
            try fail(q, "recursion too deep")
        }
        for i in 1..<q.tupleCount(job.reference) {
            callee[i - 1] = q.tupleElement(job.reference, i)
        }
        return code
    }

    /// This thread begins to take jobs; `role` in register `register` says as what: true for the
    /// main program, which goes on when no jobs are left, false for a worker.
    ///
    /// Between two quanta, because a retry must not do it again.
    @inline(never) @usableFromInline
    func join<B>(
        _ q: borrowing Quantum<B>, _ register: Int, as role: Value
    ) throws(Abort) {
        let language = shared.pointee.language.takeUnretainedValue()
        let thread = q.thread
        try q.arrange(
            between: {
                Quantum<B>(thread).join(language.queue)
                if role == .true { language.startWorkers() }
            },
            resumeWith: { _ in
                fp[register] = role
                return Duhton.Task(shared, at: pc)
            })
    }

    /// The program ends; for the main program that ends the workers too.
    @inline(never) @usableFromInline
    func stop<B>(_ q: borrowing Quantum<B>) {
        let language = shared.pointee.language.takeUnretainedValue()
        if fp[-1].code != language.worker.code { q.onCommit { language.queue.close() } }
    }
}

extension Duhton {
    /// Code of the threads that only run transactions.
    static func worker() -> Function {
        let worker = Function(name: "a worker")
        worker.install(
            [
                Instruction(.enlist, c: 1), Instruction(.nextJob, a: 0, b: 2, c: 1),
                Instruction(.endJob), Instruction(.stop),
            ], parameters: 0, registers: 5)
        return worker
    }

    /// One thread for each that is configured, besides the main program's. Fewer if the system
    /// refuses some: the work is shared by those there are.
    func startWorkers() {
        if hasWorkers { return }
        hasWorkers = true
        for _ in 1..<max(1, machine.configuration.threads) {
            try? machine.spawn(Task(shared, starting: worker.code))
        }
    }
}
