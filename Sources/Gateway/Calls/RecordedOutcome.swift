import CHost
import Glibc
import ManagedHeap
import Quanta

/// The outcome of a call as a recording keeps it: with the text that a result leads to.
@usableFromInline struct RecordedOutcome: Recordable {
    let outcome: Outcome
    /// What a general call has left in its words, and where they lead.
    let left: [UInt8]
    /// Not read from a recording.
    var isMade = false

    init(_ outcome: Outcome, left: [UInt8] = []) {
        self.outcome = outcome
        self.left = left
    }

    /// Two words, then the text.
    @usableFromInline init?(recorded bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 16 else { return nil }
        func word(_ at: Int) -> UInt64 {
            bytes.dropFirst(at).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard var outcome = Outcome(bits: word(0), facts: word(8)) else { return nil }
        if outcome.state == .text || outcome.state == .ownedText {
            outcome = .owned(Array(bytes.dropFirst(16)), errno: outcome.errno)
        }
        let hasWords = outcome.state == .words || outcome.state == .wordsOwningText
        self.init(outcome, left: hasWords ? Array(bytes.dropFirst(16)) : [])
    }
    @usableFromInline var recorded: [UInt8] {
        var bytes: [UInt8] = []
        for word in [outcome.bits, outcome.facts] {
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        if outcome.state == .text || outcome.state == .ownedText { bytes += outcome.text }
        return bytes + left
    }
}

extension Outcome {
    /// Nil for facts that no call has.
    fileprivate init?(bits: UInt64, facts: UInt64) {
        guard State(rawValue: UInt8(truncatingIfNeeded: facts >> 32)) != nil,
            ForeignError.Problem(rawValue: UInt8(truncatingIfNeeded: facts >> 40)) != nil
        else { return nil }
        self.init(bits, facts: facts)
    }
    fileprivate static func owned(_ text: [UInt8], errno: Int32) -> Outcome {
        guard let copy = malloc(text.count + 1) else { return .failure(.memory, 0) }
        copy.copyMemory(from: text, byteCount: text.count)
        copy.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
        return Outcome(.ownedText, UInt64(UInt(bitPattern: copy)), errno: errno)
    }
}

/// A call during which guest functions ran: what they did is not in the result.
final class CallWithCallback {
    let outcome: Outcome
    init(_ outcome: Outcome) { self.outcome = outcome }
}

extension UnsafePointer where Pointee == CallPlan {
    /// The call, noted down; or what was noted, in its place.
    func performRecorded(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ t: ThreadContext
    ) -> Outcome {
        let q = Quantum<Dispatched>(t)
        if about.takesCallbacks {
            // What it does follows from its arguments and the guest: a replay calls it again.
            if pointee.route == .inside { return perform(words, count) }
            return q.observe { CallWithCallback(perform(words, count)) }.outcome
        }
        return outcome(of: q.observe { noted(perform(words, count), words) }, words)
    }
    /// The same, outside the virtual machine: the caller observes.
    @inline(never) @usableFromInline
    func performNoted(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ t: ThreadContext
    ) -> RecordedOutcome {
        if t.pointee.journal != nil && about.takesCallbacks {
            let q = Quantum<Dispatched>(t)
            return RecordedOutcome(
                q.observe { CallWithCallback(performOutside(words, count, t)) }.outcome)
        }
        let outcome = performOutside(words, count, t)
        if t.pointee.journal != nil { return noted(outcome, words) }
        var result = RecordedOutcome(outcome)
        result.isMade = true
        return result
    }
    private func noted(
        _ outcome: Outcome, _ words: UnsafeMutablePointer<UInt64>
    ) -> RecordedOutcome {
        let hasWords = outcome.state == .words || outcome.state == .wordsOwningText
        var result = RecordedOutcome(
            outcome, left: hasWords ? GeneralCall(self, words).left : [])
        result.isMade = true
        return result
    }
    /// What the call has come to. What a recorded one has left goes to where it belongs.
    @inline(never) @usableFromInline
    func outcome(
        of noted: RecordedOutcome, _ words: UnsafeMutablePointer<UInt64>
    ) -> Outcome {
        if noted.isMade || noted.left.isEmpty { return noted.outcome }
        let ownsText = GeneralCall(self, words).take(noted.left)
        return Outcome(ownsText ? .wordsOwningText : .words, 0, errno: noted.outcome.errno)
    }
}
