import Glibc
import Quanta

/// The outcome of a call as a recording keeps it: with the text that a result leads to.
@usableFromInline struct RecordedOutcome: Recordable {
    @usableFromInline let outcome: Outcome

    @inlinable init(_ outcome: Outcome) { self.outcome = outcome }

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
        self.init(outcome)
    }
    @usableFromInline var recorded: [UInt8] {
        var bytes: [UInt8] = []
        for word in [outcome.bits, outcome.facts] {
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        if outcome.state == .text || outcome.state == .ownedText { bytes += outcome.text }
        return bytes
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
