import CForeign
import ManagedHeap
import Quanta

/// A callback that takes two pointers and returns an integer, as comparisons do: what C calls very often. All
/// that such a call needs is here, in raw memory, so that no reference is counted; what is not as usual is done by
/// its ``Callback``.
struct ComparisonCallback {
    /// First, because the functions that C calls look there.
    let seenByC: foreign_comparison
    let owner: ThreadContext
    let function: Value
    /// What the result must lie in.
    let low: Int
    let high: Int
    let calls: Unmanaged<GuestCalls>
    let callback: Unmanaged<Callback>

    init(
        owner: ThreadContext, function: Value, low: Int, high: Int, calls: GuestCalls,
        callback: Callback
    ) {
        seenByC = foreign_comparison(thread: owner, usual: ComparisonCallback.usual)
        self.owner = owner
        self.function = function
        self.low = low
        self.high = high
        self.calls = .passUnretained(calls)
        self.callback = .passUnretained(callback)
    }

    /// What C gets within a quantum of the owner.
    private static let usual: foreign_comparing = { memory, frame, words in
        let me = memory.assumingMemoryBound(to: ComparisonCallback.self)
        let values = UnsafeMutableRawPointer(words).assumingMemoryBound(to: Value.self)
        return me.pointee.calls._withUnsafeGuaranteedRef { me.pointee.run($0, frame, values) }
    }
    /// What C gets otherwise.
    static let other: foreign_handler = { memory, words in
        let me = memory.assumingMemoryBound(to: ComparisonCallback.self)
        return me.pointee.callback._withUnsafeGuaranteedRef { $0.answer(words) }
    }

    @inline(__always) private func run(
        _ calls: GuestCalls, _ frame: UnsafeMutablePointer<foreign_frame>,
        _ values: UnsafeMutablePointer<Value>
    ) -> UInt64 {
        do throws(Abort) {
            let answer = try calls.run(
                Quantum<Dispatched>(owner), function,
                UnsafeBufferPointer(start: values, count: 2))
            guard let answer else { return Callback.giveUp(frame, .guest) }
            if answer.isInt && answer.int >= low && answer.int <= high {
                return UInt64(bitPattern: Int64(answer.int))
            }
            let bits = callback._withUnsafeGuaranteedRef { $0.bits(of: answer) }
            return bits ?? Callback.giveUp(frame, .guest)
        } catch {
            return Callback.giveUp(frame, .abort)
        }
    }
}
