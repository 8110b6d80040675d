import CForeign
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
            if _fastPath(outcome.isValue) {
                return .value(Value(bits: outcome.bits), errno: outcome.errno)
            }
            if outcome.state != .again { return finish(plan, outcome) }
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
        guard t.pointee.isPlain != 0, t.pointee.journal == nil, !Stay.matters(t),
            arguments.count == plan.pointee.count,
            !leaves || plan.mayStayInside(t)
        else { return Outcome(.again, 0) }
        Driver.flushOutput(t)
        let start = leaves ? plan.pointee.pace.start() : 0
        let made = foreign_run_framed(
            plan.pointee.thunk.unsafelyUnwrapped, CallPlan.words(arguments), t)
        let outcome = Outcome(made.bits, facts: made.facts)
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
            let outcome = try plan.performInside(words, number, t, isFinal: true)
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

extension UnsafePointer where Pointee == CallPlan {
    var about: CallPlan.About { pointee.about.takeUnretainedValue() }

    /// What must not run at the same time. Where the quantum may be ended by others, it does not exclude calls of
    /// functions that promise nothing.
    func domain(_ t: ThreadContext) -> LockDomain? {
        about.domain ?? (pointee.route == .inevitable && Stay.matters(t) ? .arbitrary : nil)
    }

    /// A call that may leave the virtual machine, and had better not: it is brief, and here nothing is
    /// ever rolled back.
    @usableFromInline func staysInside(_ t: ThreadContext) -> Bool {
        t.pointee.isPlain != 0 && t.pointee.journal == nil && about.domain == nil
            && !pointee.isInterruptible && mayStayInside(t)
    }
    /// Its author says that it is brief, or it has been until now, and if it is not this time, nobody waits who
    /// would have to end it.
    @inline(__always) func mayStayInside(_ t: ThreadContext) -> Bool {
        pointee.isBrief || pointee.pace.isBrief && World.isOnlyGuest(t)
    }

    @inline(never) @usableFromInline func noteBetween() {
        if pointee.isObserved { about.ledger?.note(.between) }
    }

    /// Arguments into `words`, and whatever else can be wrong before the quantum is touched.
    @inline(never) @usableFromInline
    func prepare(
        _ values: UnsafeBufferPointer<Value>, _ words: UnsafeMutablePointer<UInt64>,
        _ t: ThreadContext
    ) -> Outcome {
        if pointee.hasAffinity, !about.home.admits(t, about.declaration.affinity) {
            return .failure(.thread, 0)
        }
        return pointee.tier == .general
            ? GeneralCall(self, words).fill(values, t) : marshal(values, words)
    }
    /// What the call needed is given back.
    @inline(never) @usableFromInline func release(_ words: UnsafeMutablePointer<UInt64>) {
        if pointee.tier == .general { GeneralCall(self, words).release() }
    }

    /// The call, outside the virtual machine, in its lock domain. Results are safe from later calls.
    @inline(never) @usableFromInline
    func performOutside(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ t: ThreadContext
    ) -> Outcome {
        if pointee.isPlainOutside {
            // Reading the clock may cost more than all the rest.
            let start = pointee.pace.isBrief ? pointee.pace.start() : foreign_ticks()
            let (outcome, _) = performInFrame(words, count, t, .outside)
            if start != 0 { pointee.pace.note(since: start) }
            return settled(outcome, words, t)
        }
        let isHeld = about.domain?.lock(outside: t) ?? false
        defer { if isHeld { about.domain?.unlock() } }
        if World.isHalted(t) && !isHeld && about.domain != nil { return .failure(.callback, 0) }
        let scheduler = Scheduler.of(t).takeUnretainedValue()
        if pointee.admitsThreads { scheduler.stepAside(t) }
        let start = foreign_ticks()
        let (outcome, _) = performInterruptibly(words, count, t, .outside)
        pointee.pace.note(since: start)
        if pointee.admitsThreads { scheduler.stepBack(t) }
        return settled(outcome, words, t)
    }
    /// Before the thread waits to come back in.
    @inline(__always) private func settled(
        _ outcome: Outcome, _ words: UnsafeMutablePointer<UInt64>, _ t: ThreadContext
    ) -> Outcome {
        if _fastPath(outcome.isValue && QueuedCallbacks.isEmpty) { return outcome }
        if !QueuedCallbacks.isEmpty { Callback.runQueuedOutside(t) }
        if outcome.state == .text { return outcome.owningText() }
        if outcome.state == .words, pointee.result == .string {
            return GeneralCall(self, words).owningText()
                ?? Outcome(.wordsOwningText, 0, errno: outcome.errno)
        }
        return outcome
    }

    /// The call, within the quantum. Throws when a guest function that it called back has aborted.
    /// - Parameter isFinal: the quantum will not be rolled back.
    func performInside(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ t: ThreadContext, isFinal: Bool
    ) throws(Abort) -> Outcome {
        let mayStay = isFinal && Stay.matters(t) && t.pointee.journal == nil
        let (outcome, isAborted) = performInterruptibly(words, count, t, mayStay ? .stay : .inside)
        if isAborted { throw Abort() }
        return outcome
    }

    private func performInterruptibly(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ t: ThreadContext, _ place: Place
    ) -> (Outcome, isAborted: Bool) {
        if !pointee.isInterruptible { return performInFrame(words, count, t, place) }
        var interruptible = foreign_interruptible()
        foreign_interruptible_begin(&interruptible, Int32(about.declaration.deadline ?? 0))
        defer { foreign_interruptible_end(&interruptible) }
        return performInFrame(words, count, t, place)
    }

    /// Where the guest thread is during a call: in a quantum, in one that others may end, or outside.
    private enum Place { case inside, stay, outside }

    /// The call, in a frame where callbacks and crash reports find it.
    private func performInFrame(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ t: ThreadContext, _ place: Place
    ) -> (Outcome, isAborted: Bool) {
        let previous = foreign_current()
        var frame = foreign_frame(
            previous: previous, thread: UnsafeMutableRawPointer(t),
            description: pointee.description, words: words,
            isOutside: place == .outside ? 1 : 0, isStay: 0, problem: 0)
        return withUnsafeMutablePointer(to: &frame) { frame in
            foreign_set_current(frame)
            let start = pointee.isObserved ? foreign_ticks() : 0
            if place == .stay {
                Stay.begin(t)
                frame.pointee.isStay = 1
            }
            let isRecorded = t.pointee.journal != nil && !pointee.isRepeatable
            let outcome =
                isRecorded && place != .outside
                ? performRecorded(words, count, t) : perform(words, count)
            if frame.pointee.isStay != 0 {
                do throws(Abort) {
                    try Stay.end(t)
                } catch { _ = Callback.giveUp(frame, .abort) }
            }
            if pointee.isObserved { about.ledger?.note(ticks: foreign_ticks() &- start) }
            foreign_set_current(previous)
            let problem = frame.pointee.problem
            return (
                problem == 0 ? outcome : .failure(.callback, 0),
                problem == Callback.Problem.abort.rawValue
            )
        }
    }

    /// A direct call has come to something that is no value yet.
    @inline(never) @usableFromInline
    func finish(
        _ outcome: Outcome, _ values: UnsafeBufferPointer<Value>, _ t: ThreadContext
    ) -> ForeignResult {
        finish(finished(outcome, values), nil, t)
    }

    @inline(never) @usableFromInline
    func finish(
        _ outcome: Outcome, _ words: UnsafeMutablePointer<UInt64>?, _ t: ThreadContext
    ) -> ForeignResult {
        switch outcome.state {
        case .raw, .again, .givenUp:
            fatalError("\(about.declaration.name): a call that is not finished")
        case .value: return .value(Value(bits: outcome.bits), errno: outcome.errno)
        case .double:
            let q = Quantum<Dispatched>(t)
            return .value(q.value(Double(bitPattern: outcome.bits)), errno: outcome.errno)
        case .text, .ownedText:
            let text = outcome.text
            let copy = Quantum<Dispatched>(t).newBytes(pointee.strings, count: text.count) {
                $0.copyMemory(from: text.baseAddress.unsafelyUnwrapped, byteCount: text.count)
            }
            if outcome.state == .ownedText { outcome.freeText() }
            guard let copy else {
                return .failure(
                    ForeignError(ForeignFunction(self), .memory, argument: nil, bits: 0))
            }
            return .value(Value(copy), errno: outcome.errno)
        case .words, .wordsOwningText:
            return GeneralCall(self, words.unsafelyUnwrapped).finish(
                t, errno: outcome.errno, ownsText: outcome.state == .wordsOwningText)
        case .failure:
            return .failure(
                ForeignError(
                    ForeignFunction(self), outcome.problem,
                    argument: outcome.argument, bits: outcome.bits))
        }
    }

    // MARK: words of a prepared call

    /// Copies the words of a prepared call, whatever their alignment.
    func move(
        _ words: UnsafeMutablePointer<UInt64>, to target: UnsafeMutablePointer<UInt64>,
        _ count: Int
    ) {
        let from = pointee.tier == .general ? GeneralCall(self, words).start : words
        let to = pointee.tier == .general ? GeneralCall(self, target).start : target
        to.update(from: from, count: pointee.tier == .general ? count - 1 : count)
    }

    /// What takes the call back; nil when it has failed, so that there is nothing to take back.
    func undo(
        _ words: UnsafeMutablePointer<UInt64>, _ outcome: Outcome
    ) -> (() -> Void)? {
        guard case .undo(let undo) = about.declaration.effect, let address = about.undo else {
            return nil
        }
        let result: UInt64
        switch pointee.tier {
        case .general: result = GeneralCall(self, words).resultBits
        case _ where outcome.state == .text: result = outcome.bits
        default:
            let value = Value(bits: outcome.bits)
            result =
                value.isInt
                ? UInt64(bitPattern: Int64(value.int))
                : value.isAddress ? UInt64(UInt(bitPattern: value.address)) : 0
        }
        let isNumber = about.declaration.result.isInteger
        if isNumber ? Int64(bitPattern: result) < 0 : result == 0 { return nil }
        var operands: [UInt64] = undo.operands.map { operand in
            switch operand {
            case .result: result
            case .number(let n): UInt64(bitPattern: Int64(n))
            case .parameter(let i): word(ofArgument: i, words)
            }
        }
        operands += [UInt64](repeating: 0, count: Int(FOREIGN_INTEGERS) - operands.count)
        let ready = operands
        return { _ = foreign_call_integers(address, ready) }
    }
    private func word(ofArgument i: Int, _ words: UnsafeMutablePointer<UInt64>) -> UInt64 {
        if pointee.tier == .general { return GeneralCall(self, words).word(ofItem: i) }
        return words[Int(pointee.arguments[i].word)]
    }
}

/// Text that a call has returned.
extension Outcome {
    var text: UnsafeRawBufferPointer {
        let start = UnsafePointer<CChar>(bitPattern: UInt(bits)).unsafelyUnwrapped
        return UnsafeRawBufferPointer(start: start, count: strlen(start))
    }
    /// A copy that stays as it is while this thread waits to come back into the virtual machine.
    @inline(never) func owningText() -> Outcome {
        let text = self.text
        guard let copy = malloc(text.count + 1) else { return .failure(.memory, 0) }
        copy.copyMemory(from: text.baseAddress.unsafelyUnwrapped, byteCount: text.count)
        copy.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
        return Outcome(.ownedText, UInt64(UInt(bitPattern: copy)), errno: errno)
    }
    @inline(never) func freeText() {
        free(UnsafeMutableRawPointer(bitPattern: UInt(bits)))
    }
}
