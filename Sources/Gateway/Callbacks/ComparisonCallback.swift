import CForeign
import ManagedHeap
import Quanta

/// A callback that takes pointers and returns an integer, as comparisons do: what C calls very often. All that
/// such a call needs is here, in raw memory, so that no reference is counted; what is not as usual is done by its
/// ``Callback``.
struct ComparisonCallback {
    let owner: ThreadContext
    let function: Value
    let count: Int
    /// What the result must lie in.
    let low: Int
    let high: Int
    let calls: Unmanaged<GuestCalls>
    let callback: Unmanaged<Callback>

    /// What C gets for pointers in `words`, which become the guest's values where they are.
    static let answer: foreign_handler = { memory, words in
        let me = memory.assumingMemoryBound(to: ComparisonCallback.self)
        let count = me.pointee.count
        var all: UInt64 = 0
        for i in 0..<count { all |= words[i] }
        guard let frame = foreign_current(),
            frame.pointee.thread == UnsafeMutableRawPointer(me.pointee.owner),
            frame.pointee.problem | frame.pointee.isOutside == 0, all &>> 61 == 0
        else { return me.pointee.callback._withUnsafeGuaranteedRef { $0.answer(words) } }
        let values = UnsafeMutableRawPointer(words).assumingMemoryBound(to: Value.self)
        for i in 0..<count {
            let address = words[i]
            values[i] = address == 0 ? .none : Value(bits: address &<< 3 | 3)
        }
        foreign_set_current(nil)
        let result = me.pointee.calls._withUnsafeGuaranteedRef { calls in
            me.pointee.run(calls, frame, values)
        }
        foreign_set_current(frame)
        return result
    }

    @inline(__always) private func run(
        _ calls: GuestCalls, _ frame: UnsafeMutablePointer<foreign_frame>,
        _ values: UnsafeMutablePointer<Value>
    ) -> UInt64 {
        do throws(Abort) {
            let answer = try calls.run(
                Quantum<Dispatched>(owner), function,
                UnsafeBufferPointer(start: values, count: count))
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
