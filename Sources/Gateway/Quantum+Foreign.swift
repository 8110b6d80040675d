import CHost
import Glibc
import ManagedHeap
import Observe
import Quanta

/// Calling C from guest code. The effect of the function decides how.
extension Quantum {
    /// Calls `function` with guest values.
    ///
    /// | effect | what happens | in an atomic block |
    /// | --- | --- | --- |
    /// | `const` `pure` `pure+errno` `reads` | called within the quantum | the same |
    /// | `atomic` | the quantum ends; called outside the virtual machine, once; a new one begins | as `arbitrary` |
    /// | all others | the quantum becomes inevitable; called within it | the same |
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
        if _fastPath(plan.pointee.route == .inside && mayCall(plan)) {
            thread.count(.foreignInside)
            return finish(plan, plan.call(arguments))
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
        if plan.pointee.route == .inside && mayCall(plan) {
            thread.count(.foreignInside)
            return finish(plan, plan.call(arguments))
        }
        let t = thread
        return try withUnsafeTemporaryAllocation(
            of: UInt64.self, capacity: plan.words(for: arguments.count)
        ) { (buffer) throws(Abort) -> ForeignResult in
            let words = buffer.baseAddress.unsafelyUnwrapped
            if plan.pointee.route == .inside {
                return Quantum(t).callObserved(plan, arguments, words)
            }
            return try Quantum(t).callInevitably(plan, arguments, words)
        }
    }

    /// Nothing about the call is recorded or read from a recording.
    @inlinable @inline(__always)
    func mayCall(_ plan: UnsafePointer<CallPlan>) -> Bool {
        thread.pointee.journal == nil || plan.pointee.isRepeatable
    }
    @inlinable @inline(never)
    func callObserved(
        _ plan: UnsafePointer<CallPlan>, _ arguments: UnsafeBufferPointer<Value>,
        _ words: UnsafeMutablePointer<UInt64>
    ) -> ForeignResult {
        let ready = plan.marshal(arguments, words)
        if ready.isFailure { return finish(plan, ready) }
        thread.count(.foreignInside)
        let outcome = observe(plan, words, arguments)
        return finish(plan, outcome)
    }
    /// Calls, or takes the result from a recording. Text is the caller's own then.
    @inlinable @inline(__always)
    func observe(
        _ plan: UnsafePointer<CallPlan>, _ words: UnsafeMutablePointer<UInt64>,
        _ arguments: UnsafeBufferPointer<Value>
    ) -> Outcome {
        if _fastPath(thread.pointee.journal == nil) {
            let outcome = plan.perform(words, arguments.count)
            quanta_keep(arguments.baseAddress)
            return outcome
        }
        let recorded = observe { () -> RecordedOutcome in
            let outcome = plan.perform(words, arguments.count)
            quanta_keep(arguments.baseAddress)
            return RecordedOutcome(outcome)
        }
        return recorded.outcome
    }

    @inlinable @inline(never)
    func callOutside<T: GuestTask>(
        _ plan: UnsafePointer<CallPlan>, _ arguments: UnsafeBufferPointer<Value>,
        _ next: (ForeignResult) -> T
    ) throws(Abort) -> ForeignResult {
        let t = thread
        return try withUnsafeTemporaryAllocation(
            of: UInt64.self, capacity: plan.words(for: arguments.count)
        ) { (buffer) throws(Abort) -> ForeignResult in
            let q = Quantum(t)
            let words = buffer.baseAddress.unsafelyUnwrapped
            if plan.pointee.route == .inside { return q.callObserved(plan, arguments, words) }
            if plan.pointee.route == .between && !q.isAtomic {
                return try q.callBetween(plan, arguments, words, next)
            }
            return try q.callInevitably(plan, arguments, words)
        }
    }

    @inlinable @inline(__always)
    func callInevitably(
        _ plan: UnsafePointer<CallPlan>, _ arguments: UnsafeBufferPointer<Value>,
        _ words: UnsafeMutablePointer<UInt64>
    ) throws(Abort) -> ForeignResult {
        let ready = plan.marshal(arguments, words)
        if ready.isFailure { return finish(plan, ready) }
        try becomeInevitable(reason: "foreign call")
        thread.count(.foreignInevitable)
        Driver.flushOutput(thread)
        return finish(plan, observe(plan, words, arguments))
    }

    @inlinable @inline(__always)
    func callBetween<T: GuestTask>(
        _ plan: UnsafePointer<CallPlan>, _ arguments: UnsafeBufferPointer<Value>,
        _ words: UnsafeMutablePointer<UInt64>, _ next: (ForeignResult) -> T
    ) throws(Abort) -> ForeignResult {
        let t = thread
        let ready = plan.marshal(arguments, words)
        if ready.isFailure { return finish(plan, ready) }
        var result: ForeignResult?
        try call(
            between: {
                let outcome = plan.perform(words, arguments.count)
                quanta_keep(arguments.baseAddress)  // byte strings, while collections may run
                return RecordedOutcome(outcome.state == .text ? outcome.owningText() : outcome)
            },
            resumeWith: { (recorded: RecordedOutcome) -> T in
                t.count(.foreignBetween)
                // Between two quanta, so nothing mutable may be made here: text and boxes are not.
                let finished = Quantum(t).finish(plan, recorded.outcome)
                result = finished
                return next(finished)
            })
        return result.unsafelyUnwrapped
    }

    /// The outcome of a call as what the guest gets.
    @inlinable @inline(__always)
    func finish(_ plan: UnsafePointer<CallPlan>, _ outcome: Outcome) -> ForeignResult {
        if _fastPath(outcome.isValue) {
            return .value(Value(bits: outcome.bits), errno: outcome.errno)
        }
        return finishSlowly(plan, outcome)
    }

    @inlinable @inline(never)
    func finishSlowly(_ plan: UnsafePointer<CallPlan>, _ outcome: Outcome) -> ForeignResult {
        switch outcome.state {
        case .value: return .value(Value(bits: outcome.bits), errno: outcome.errno)
        case .double:
            return .value(value(Double(bitPattern: outcome.bits)), errno: outcome.errno)
        case .text, .ownedText:
            let text = outcome.text
            let copy = newBytes(plan.pointee.strings, count: text.count) {
                $0.copyMemory(from: text.baseAddress.unsafelyUnwrapped, byteCount: text.count)
            }
            if outcome.state == .ownedText { outcome.freeText() }
            guard let copy else {
                return .failure(
                    ForeignError(ForeignFunction(plan), .memory, argument: nil, bits: 0))
            }
            return .value(Value(copy), errno: outcome.errno)
        case .failure:
            return .failure(
                ForeignError(
                    ForeignFunction(plan), outcome.problem,
                    argument: outcome.argument, bits: outcome.bits))
        }
    }
}

/// Text that a call has returned.
extension Outcome {
    @usableFromInline var text: UnsafeRawBufferPointer {
        let start = UnsafePointer<CChar>(bitPattern: UInt(bits)).unsafelyUnwrapped
        return UnsafeRawBufferPointer(start: start, count: strlen(start))
    }
    /// A copy that stays as it is while this thread waits to come back into the virtual machine.
    @inline(never) @usableFromInline func owningText() -> Outcome {
        let text = self.text
        guard let copy = malloc(text.count + 1) else { return .failure(.memory, 0) }
        copy.copyMemory(from: text.baseAddress.unsafelyUnwrapped, byteCount: text.count)
        copy.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
        return Outcome(.ownedText, UInt64(UInt(bitPattern: copy)), errno: errno)
    }
    @inline(never) @usableFromInline func freeText() {
        free(UnsafeMutableRawPointer(bitPattern: UInt(bits)))
    }
}
