import ManagedHeap
import Quanta

/// A Swift value that can be an argument of a foreign call.
public protocol ForeignArgument {
    /// As a guest value; nil when it needs more bits than guest values have.
    func guestValue<B: Backend>(_ q: borrowing Quantum<B>, strings: Shape) -> Value?
}
extension Value: ForeignArgument {
    @inlinable public func guestValue<B: Backend>(_ q: borrowing Quantum<B>, strings: Shape)
        -> Value?
    { self }
}
extension Int: ForeignArgument {
    @inlinable public func guestValue<B: Backend>(_ q: borrowing Quantum<B>, strings: Shape)
        -> Value?
    { Value(exactly: self) }
}
extension Double: ForeignArgument {
    @inlinable public func guestValue<B: Backend>(_ q: borrowing Quantum<B>, strings: Shape)
        -> Value?
    { q.value(self) }
}
extension Bool: ForeignArgument {
    @inlinable public func guestValue<B: Backend>(_ q: borrowing Quantum<B>, strings: Shape)
        -> Value?
    { self ? .true : .false }
}
extension String: ForeignArgument {
    @inlinable public func guestValue<B: Backend>(_ q: borrowing Quantum<B>, strings: Shape)
        -> Value?
    { q.newBytes(strings, self).map(Value.init) }
}

/// Calls with Swift values, for built-ins, examples and tests. Cost: an array for the arguments, and
/// a copy of each string.
extension Quantum {
    /// Calls `function` with Swift values, resuming with `next` if the quantum ends.
    ///
    /// ```swift
    /// let written = try q.call(Library.posix["write"], 1, "hello\n", 6) { result in self }
    /// ```
    public func call<T: GuestTask>(
        _ function: ForeignFunction, _ arguments: any ForeignArgument...,
        resumeWith next: (ForeignResult) -> T
    ) throws(Abort) -> ForeignResult {
        try withValues(function, arguments) { (q, values) throws(Abort) in
            try q.call(function, values, resumeWith: next)
        }
    }

    /// Calls `function` with Swift values, within the quantum.
    ///
    /// ```swift
    /// let root = try q.call(Library.math["sqrt"], 2.0).double
    /// ```
    public func call(_ function: ForeignFunction, _ arguments: any ForeignArgument...)
        throws(Abort) -> ForeignResult
    {
        try withValues(function, arguments) { (q, values) throws(Abort) in
            try q.callWithin(function, values)
        }
    }

    private func withValues(
        _ function: ForeignFunction, _ arguments: [any ForeignArgument],
        _ body: (borrowing Quantum<B>, UnsafeBufferPointer<Value>) throws(Abort) -> ForeignResult
    ) throws(Abort) -> ForeignResult {
        let t = thread
        return try withUnsafeTemporaryAllocation(of: Value.self, capacity: arguments.count) {
            (values) throws(Abort) -> ForeignResult in
            let q = Quantum(t)
            values.initialize(repeating: .none)
            for (i, argument) in arguments.enumerated() {
                guard let value = argument.guestValue(q, strings: function.strings) else {
                    let bits = (argument as? Int).map { UInt64(UInt(bitPattern: $0)) }
                    return .failure(
                        ForeignError(
                            function, bits == nil ? .memory : .argumentTooWide, argument: i,
                            bits: bits ?? 0))
                }
                values[i] = value
            }
            return try body(q, UnsafeBufferPointer(values))
        }
    }
}
