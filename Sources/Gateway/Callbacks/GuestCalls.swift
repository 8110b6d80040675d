import CHost
import ManagedHeap
import Quanta

/// How a language's functions are called by C code: given to a ``Library``, so that its functions take
/// guest functions for function pointers.
///
/// ```swift
/// let calls = GuestCalls(isCallable: { $0.isA(Kind.function) }) { q, function, arguments in
///     try run(q, function, arguments)  // nil when it has failed
/// }
/// ```
public final class GuestCalls: @unchecked Sendable {
    /// Runs a guest function as a nested run of the open quantum. Nil when the guest has failed: the
    /// language keeps the error and raises it when the foreign call has returned, which it learns from the
    /// call's failure, `.callback`.
    public typealias Run = (
        borrowing Quantum<Dispatched>, _ function: Value, _ arguments: UnsafeBufferPointer<Value>
    ) throws(Abort) -> Value?

    let isCallable: (Value) -> Bool
    let run: Run

    public init(isCallable: @escaping (Value) -> Bool, run: @escaping Run) {
        self.isCallable = isCallable
        self.run = run
    }
}
