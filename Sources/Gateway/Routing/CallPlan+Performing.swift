import CForeign
import CHost
import Glibc
import ManagedHeap
import Observe
import Quanta

/// A call whose route has been chosen: where it may stay, how it is made, what becomes of its result.
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
    /// Its author says that it is brief, or it has been until now; if it is not this time, nobody waits who would
    /// have to end it, or they show this thread out.
    @inline(__always) func mayStayInside(_ t: ThreadContext) -> Bool {
        pointee.isBrief || pointee.pace.isBrief && (t.pointee.mayStay != 0 || World.isOnlyGuest(t))
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
        return owningText(outcome, words)
    }
    /// Nobody else's call can change the text then.
    private func owningText(
        _ outcome: Outcome, _ words: UnsafeMutablePointer<UInt64>
    ) -> Outcome {
        if outcome.state == .text { return outcome.owningText() }
        if outcome.state == .words, pointee.result == .string {
            return GeneralCall(self, words).owningText()
                ?? Outcome(.wordsOwningText, 0, errno: outcome.errno)
        }
        return outcome
    }

    /// The call, within the quantum. Throws when a guest function that it called back has aborted.
    /// - Parameters:
    ///   - isFinal: the quantum will not be rolled back.
    ///   - isExternal: the call might as well be made between two quanta.
    func performInside(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ t: ThreadContext, isFinal: Bool,
        isExternal: Bool = false
    ) throws(Abort) -> Outcome {
        var place = Place.inside
        if isFinal && t.pointee.journal == nil {
            if isExternal {
                if !World.isOnlyGuest(t) { place = .stay(.betweenQuanta) }
            } else if Stay.matters(t) {
                let isInBlock = Quantum<Dispatched>(t).atomicDepth != 0
                place = .stay(isInBlock ? .inBlock : .inQuantum)
            }
        }
        let (outcome, isAborted) = performInterruptibly(words, count, t, place)
        if isAborted { throw Abort() }
        return outcome
    }

    /// The call of a thunk, during which guest threads that wait may end the quantum.
    @inline(__always) func performStaying(
        _ arguments: UnsafeBufferPointer<Value>, _ t: ThreadContext
    ) throws(Abort) -> Outcome {
        var frame = foreign_frame(
            previous: foreign_current(), thread: UnsafeMutableRawPointer(t),
            description: pointee.description, words: nil, isOutside: 0, isStay: 1, problem: 0)
        Stay.begin(t, .betweenQuanta)
        let made = foreign_run_in(
            &frame, pointee.thunk.unsafelyUnwrapped, CallPlan.words(arguments))
        var outcome = Outcome(made.bits, facts: made.facts)
        if _slowPath(!outcome.isValue) { outcome = kept(outcome) }
        if _fastPath(frame.isStay != 0), try Stay.end(t) { pointee.pace.noteShownOut() }
        quanta_keep(arguments.baseAddress)
        return outcome
    }
    /// A result that will be the same when this thread comes back from where it was shown out to.
    @inline(never) private func kept(_ outcome: Outcome) -> Outcome {
        let outcome =
            outcome.state == .raw
            ? pointee.result.outcome(outcome.bits, errno: outcome.errno) : outcome
        return outcome.state == .text ? outcome.owningText() : outcome
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
    private enum Place {
        case inside, outside
        case stay(Stay.Kind)

        var isOutside: Bool { if case .outside = self { true } else { false } }
    }

    /// The call, in a frame where callbacks and crash reports find it.
    private func performInFrame(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ t: ThreadContext, _ place: Place
    ) -> (Outcome, isAborted: Bool) {
        let previous = foreign_current()
        var frame = foreign_frame(
            previous: previous, thread: UnsafeMutableRawPointer(t),
            description: pointee.description, words: words,
            isOutside: place.isOutside ? 1 : 0, isStay: 0, problem: 0)
        return withUnsafeMutablePointer(to: &frame) { frame in
            foreign_set_current(frame)
            let start = pointee.isObserved ? foreign_ticks() : 0
            if case .stay(let kind) = place {
                Stay.begin(t, kind)
                frame.pointee.isStay = 1
            }
            let isRecorded = t.pointee.journal != nil && !pointee.isRepeatable
            var outcome =
                isRecorded && !place.isOutside
                ? performRecorded(words, count, t) : perform(words, count)
            if frame.pointee.isStay != 0 {
                outcome = owningText(outcome, words)
                do throws(Abort) {
                    if try Stay.end(t) { pointee.pace.noteShownOut() }
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
