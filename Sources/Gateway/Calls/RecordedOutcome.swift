import CHost
import Glibc
import ManagedHeap
import Quanta

/// The outcome of a call as a recording keeps it: with the text that a result leads to.
struct RecordedOutcome: Recordable {
    let outcome: Outcome
    /// What a general call has left in its words, and where they lead.
    let left: [UInt8]

    init(_ outcome: Outcome, left: [UInt8] = []) {
        self.outcome = outcome
        self.left = left
    }

    /// Two words, then the text.
    init?(recorded bytes: ArraySlice<UInt8>) {
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
    var recorded: [UInt8] {
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
            return q.observe { CallWithCallback(perform(words, count)) }.outcome
        }
        var isMade = false
        let recorded = q.observe { () -> RecordedOutcome in
            isMade = true
            let outcome = perform(words, count)
            guard outcome.state == .words else { return RecordedOutcome(outcome) }
            return RecordedOutcome(outcome, left: GeneralCall(self, words).left)
        }
        if isMade || recorded.left.isEmpty { return recorded.outcome }
        let ownsText = GeneralCall(self, words).take(recorded.left)
        return Outcome(ownsText ? .wordsOwningText : .words, 0, errno: recorded.outcome.errno)
    }
}
