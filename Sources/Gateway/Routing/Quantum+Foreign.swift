import CForeign
import CHost
import ManagedHeap
import Observe
import Quanta

/// Calling C from guest code. The effect of the function decides how.
extension Quantum {
    /// Calls `function` with guest values.
    ///
    /// | effect | what happens | in an atomic block |
    /// | --- | --- | --- |
    /// | `const` `pure` `pure+errno` `reads` `local` | called within the quantum | the same |
    /// | `undo:` | called within the quantum; a rollback takes it back | the same |
    /// | `defer` | called when the quantum commits | the same |
    /// | `atomic` `serialized` | the quantum ends; called outside the virtual machine, once; a new one begins | as `arbitrary` |
    /// | `arbitrary` | the quantum becomes inevitable; called within it | the same |
    ///
    /// The result is returned in every case. `next` is for the case that the quantum ends: it gets the
    /// result, too, and makes the task from which a retry of the next quantum goes on; outside that
    /// case it may or may not be called. Arguments that do not fit the declaration are a `.failure`
    /// before the quantum is touched.
    ///
    /// `arguments` must lie on the VM stack or the native stack, where the collector sees them: a byte
    /// string is passed in place and must live as long as the call.
    ///
    /// Throws when the quantum was rolled back; the function has not been called then, unless its
    /// effect allows a repetition.
    ///
    /// Cost: about 6 ns for a scalar function within the quantum.
    @inlinable @inline(__always)
    public func call<T: GuestTask>(
        _ function: ForeignFunction, _ arguments: UnsafeBufferPointer<Value>,
        resumeWith next: (ForeignResult) -> T
    ) throws(Abort) -> ForeignResult {
        let plan = function.plan
        if _fastPath(plan.pointee.isDirect && mayCall(plan)) {
            thread.count(.foreignInside)
            let isChecked = thread[.foreignInside] & thread.pointee.guardMask == 0
            let outcome =
                _slowPath(isChecked) ? plan.callTwice(arguments) : plan.call(arguments)
            if _fastPath(outcome.isValue) {
                return .value(Value(bits: outcome.bits), errno: outcome.errno)
            }
            return plan.finish(outcome, arguments, thread)
        }
        if plan.pointee.isSimple {
            let outcome = try Quantum<Dispatched>(thread).callSimply(plan, arguments, isAtomic)
            if outcome.state != .again {
                let result = finish(plan, outcome)
                // The quantum may end here, as if the call had been made outside.
                if host_load_relaxed(quanta_poll(thread)) != 0, plan.pointee.route == .between {
                    try endAfterCall(result, next)
                }
                return result
            }
        }
        return try callOutside(plan, arguments, next)
    }

    /// Calls `function` within the quantum, whatever its effect: for code that has no place to resume
    /// from, such as a nested run. Functions that are not called inside make the quantum inevitable.
    @inlinable
    public func callWithin(
        _ function: ForeignFunction, _ arguments: UnsafeBufferPointer<Value>
    ) throws(Abort) -> ForeignResult {
        let plan = function.plan
        if plan.pointee.isDirect && mayCall(plan) {
            thread.count(.foreignInside)
            let isChecked = thread[.foreignInside] & thread.pointee.guardMask == 0
            let outcome =
                _slowPath(isChecked) ? plan.callTwice(arguments) : plan.call(arguments)
            if _fastPath(outcome.isValue) {
                return .value(Value(bits: outcome.bits), errno: outcome.errno)
            }
            return plan.finish(outcome, arguments, thread)
        }
        return try Quantum<Dispatched>(thread).callWithin(plan, arguments)
    }

    /// Nothing about the call is recorded or read from a recording.
    @inlinable @inline(__always)
    func mayCall(_ plan: UnsafePointer<CallPlan>) -> Bool {
        thread.pointee.journal == nil || plan.pointee.isRepeatable
    }

    @inlinable @inline(never)
    func endAfterCall<T: GuestTask>(
        _ result: ForeignResult, _ next: (ForeignResult) -> T
    ) throws(Abort) {
        if isAtomic || !B.poll(thread) { return }
        try arrange(between: {}, resumeWith: { next(result) })
    }

    @inlinable @inline(never)
    func callOutside<T: GuestTask>(
        _ plan: UnsafePointer<CallPlan>, _ arguments: UnsafeBufferPointer<Value>,
        _ next: (ForeignResult) -> T
    ) throws(Abort) -> ForeignResult {
        let t = thread
        if plan.pointee.route != .between || isAtomic || plan.staysInside(t) {
            return try Quantum<Dispatched>(t).callWithinAsPrepared(plan, arguments)
        }
        return try withUnsafeTemporaryAllocation(
            of: UInt64.self, capacity: plan.words(for: arguments.count)
        ) { (buffer) throws(Abort) -> ForeignResult in
            try Quantum(t).callBetween(
                plan, arguments, buffer.baseAddress.unsafelyUnwrapped, next)
        }
    }

    @inlinable @inline(__always)
    func callBetween<T: GuestTask>(
        _ plan: UnsafePointer<CallPlan>, _ arguments: UnsafeBufferPointer<Value>,
        _ words: UnsafeMutablePointer<UInt64>, _ next: (ForeignResult) -> T
    ) throws(Abort) -> ForeignResult {
        let t = thread
        let ready = plan.prepare(arguments, words, t)
        if ready.isFailure { return finish(plan, ready) }
        defer { plan.release(words) }
        var result: ForeignResult?
        func resume(_ outcome: Outcome) -> T {
            t.count(.foreignBetween)
            plan.noteBetween()
            // Between two quanta, so nothing mutable may be made here: text and boxes are not.
            let finished = Quantum(t).finish(plan, outcome, words)
            result = finished
            return next(finished)
        }
        // Byte strings are kept while collections may run.
        if t.pointee.journal == nil {
            try call(
                between: {
                    let outcome = plan.performOutside(words, arguments.count, t)
                    quanta_keep(arguments.baseAddress)
                    return outcome
                }, resumeWith: resume)
        } else {
            try call(
                between: {
                    let noted = plan.performNoted(words, arguments.count, t)
                    quanta_keep(arguments.baseAddress)
                    return noted
                },
                resumeWith: { (noted: RecordedOutcome) in resume(plan.outcome(of: noted, words)) })
        }
        try Quantum<Dispatched>(t).runQueuedCallbacks()
        return result.unsafelyUnwrapped
    }

    /// The outcome of a call as what the guest gets.
    @inlinable @inline(__always)
    func finish(
        _ plan: UnsafePointer<CallPlan>, _ outcome: Outcome,
        _ words: UnsafeMutablePointer<UInt64>? = nil
    ) -> ForeignResult {
        if _fastPath(outcome.isValue) {
            return .value(Value(bits: outcome.bits), errno: outcome.errno)
        }
        return plan.finish(outcome, words, thread)
    }
}

extension Quantum where B == Dispatched {
    /// Calls `function` in the middle of a built-in function, which has no point to resume from.
    ///
    /// As ``call(_:_:resumeWith:)``, but after a call between two quanta the second one is inevitable until
    /// its next break, because native code above could not be run again.
    public func callInMiddle(
        _ function: ForeignFunction, _ arguments: UnsafeBufferPointer<Value>
    ) throws(Abort) -> ForeignResult {
        let plan = function.plan
        if plan.pointee.isDirect && mayCall(plan) { return try callWithin(function, arguments) }
        return try callWithin(plan, arguments, mayDivide: atomicDepth == 0)
    }

    /// A call of scalars that stays within the quantum, where nothing is ever rolled back. `.again` when it is not
    /// as simple as that; nothing has happened then.
    @inline(never) @usableFromInline
    func callSimply(
        _ plan: UnsafePointer<CallPlan>, _ arguments: UnsafeBufferPointer<Value>, _ isAtomic: Bool
    ) throws(Abort) -> Outcome {
        let t = thread
        let leaves = plan.pointee.route == .between && !isAtomic
        guard t.pointee.isPlain != 0, t.pointee.journal == nil,
            arguments.count == plan.pointee.count,
            leaves ? plan.mayStayInside(t) : !Stay.matters(t)
        else { return Outcome(.again, 0) }
        Driver.flushOutput(t)
        let start = leaves ? plan.pointee.pace.start() : 0
        let outcome: Outcome
        if leaves && !World.isOnlyGuest(t) {
            outcome = try plan.performStaying(arguments, t)
        } else {
            let made = foreign_run_framed(
                plan.pointee.thunk.unsafelyUnwrapped, CallPlan.words(arguments), t)
            outcome = Outcome(made.bits, facts: made.facts)
        }
        if outcome.facts == CallPlan.again { return outcome }
        if start != 0 { plan.pointee.pace.note(since: start) }
        t.count(leaves ? .foreignInside : .foreignInevitable)
        if _fastPath(outcome.isValue && QueuedCallbacks.isEmpty) { return outcome }
        return try finishSimply(plan, outcome, arguments)
    }
    @inline(never) private func finishSimply(
        _ plan: UnsafePointer<CallPlan>, _ outcome: Outcome,
        _ arguments: UnsafeBufferPointer<Value>
    ) throws(Abort) -> Outcome {
        if outcome.state == .givenUp {
            if outcome.bits == UInt64(Callback.Problem.abort.rawValue) { throw Abort() }
            return .failure(.callback, 0)
        }
        try runQueuedCallbacks()
        return plan.finished(outcome, arguments)
    }

    /// A call for which the quantum does not end, or only in the middle.
    @inline(never) @usableFromInline
    func callWithin(
        _ plan: UnsafePointer<CallPlan>, _ arguments: UnsafeBufferPointer<Value>,
        mayDivide: Bool = false
    ) throws(Abort) -> ForeignResult {
        if plan.pointee.isSimple {
            let outcome = try callSimply(plan, arguments, !mayDivide)
            if outcome.state != .again { return finish(plan, outcome) }
        }
        return try callWithinAsPrepared(plan, arguments, mayDivide: mayDivide)
    }

    /// The same, when it is not simple.
    @inline(never) @usableFromInline
    func callWithinAsPrepared(
        _ plan: UnsafePointer<CallPlan>, _ arguments: UnsafeBufferPointer<Value>,
        mayDivide: Bool = false
    ) throws(Abort) -> ForeignResult {
        let t = thread
        return try withUnsafeTemporaryAllocation(
            of: UInt64.self, capacity: plan.words(for: arguments.count)
        ) { (buffer) throws(Abort) -> ForeignResult in
            let q = Quantum<Dispatched>(t)
            let words = buffer.baseAddress.unsafelyUnwrapped
            let ready = plan.prepare(arguments, words, t)
            if ready.isFailure { return plan.finish(ready, words, t) }
            defer { plan.release(words) }
            let outcome = try q.performWithin(plan, arguments, words, mayDivide)
            let result = q.finish(plan, outcome, words)
            try q.runQueuedCallbacks()
            quanta_keep(arguments.baseAddress)
            return result
        }
    }

    private func performWithin(
        _ plan: UnsafePointer<CallPlan>, _ arguments: UnsafeBufferPointer<Value>,
        _ words: UnsafeMutablePointer<UInt64>, _ mayDivide: Bool
    ) throws(Abort) -> Outcome {
        let t = thread
        let number = arguments.count
        let isPlain = t.pointee.isPlain != 0
        switch plan.pointee.route {
        case _ where plan.pointee.admitsThreads,
            .between where mayDivide && !plan.staysInside(t):
            count(.foreignBetween, plan, .between)
            let noted = try outside("foreign call") { plan.performNoted(words, number, t) }
            return plan.outcome(of: noted, words)
        case .inside:
            count(.foreignInside, plan, .inside)
            return try plan.performInside(words, number, t, isFinal: isPlain)
        case .undoable:
            count(.foreignInside, plan, .inside)
            let outcome = try plan.performInside(words, number, t, isFinal: isPlain)
            if let undo = plan.undo(words, outcome) { onAbort(undo) }
            return outcome
        case .atCommit:
            guard let call = DeferredCall(plan, arguments, words) else {
                return .failure(.memory, 0)
            }
            count(.foreignDeferred, plan, .deferred)
            onCommit { call.perform() }
            return Outcome(.value, Value.none.bits)
        case .between where plan.staysInside(t):
            count(.foreignInside, plan, .inside)
            Driver.flushOutput(t)
            let start = plan.pointee.pace.start()
            let outcome = try plan.performInside(
                words, number, t, isFinal: true, isExternal: true)
            if start != 0 { plan.pointee.pace.note(since: start) }
            return outcome
        case .between, .inevitable:
            do throws(Abort) {
                try becomeInevitable(reason: "foreign call")
            } catch {
                plan.about.ledger?.noteAbort()
                throw error
            }
            let domain = plan.domain(t)
            let isHeld = if let domain { try enter(domain) } else { false }
            defer { if isHeld { domain?.unlock() } }
            count(.foreignInevitable, plan, .inevitable)
            Driver.flushOutput(t)
            return try plan.performInside(words, number, t, isFinal: true)
        }
    }

    private func count(
        _ counter: Counter, _ plan: UnsafePointer<CallPlan>, _ place: CallLedger.Place
    ) {
        thread.count(counter)
        if plan.pointee.isObserved { plan.about.ledger?.note(place) }
    }

    /// Whoever holds the lock may need what this thread holds, if the function calls back: so the wait
    /// is outside, and an atomic block is atomic before and after it.
    /// False when the call goes along with the one that holds the lock.
    private func enter(_ domain: LockDomain) throws(Abort) -> Bool {
        if domain.tryLock(thread) { return true }
        let t = thread
        // Functions that call back are not recorded, so nobody waits for this thread.
        if t.pointee.journal != nil { return domain.lock(outside: t) }
        return try outside("lock domain") { domain.lock(outside: t) }
    }

    /// Calls that threads of foreign code have left to this guest thread; see `queue`. They run when a
    /// foreign call of this thread has returned; a language may run them at other times, too.
    public func runQueuedCallbacks() throws(Abort) {
        if QueuedCallbacks.isEmpty { return }
        try becomeInevitable(reason: "queued callback")
        while let (callback, words) = QueuedCallbacks.next(for: thread) {
            try callback.runQueued(words, thread)
        }
    }
}
