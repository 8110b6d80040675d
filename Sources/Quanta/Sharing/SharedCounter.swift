import CHost
import ManagedHeap

/// A sum that many guest threads add to without conflict.
///
/// Each thread adds to a cell of its own, an object and so a conflict unit; who asks for the sum reads all cells
/// and conflicts with whoever adds meanwhile. The array of cells is written once per thread.
///
/// ```swift
/// let counter = q.newCounter()
/// _ = q.add(1, to: counter)
/// let sum = q.sum(of: counter)
/// ```
/// N1  The cell of a thread is the slot with its number, modulo the slots: beyond 16 threads some share one.
///     Numbers of threads are recorded, so a replay adds to the same cells.
@usableFromInline enum SharedCounter {
    @inlinable static var cells: Int { 16 }
    /// Of a cell, which is a tuple.
    @inlinable static var content: Field<Int> { Field(1) }
}

extension Quantum {
    /// A new counter, which is 0. Some 150 bytes, and 32 for each thread that adds.
    @inlinable public func newCounter() -> Reference {
        newArray(.counter, capacity: SharedCounter.cells).unsafelyUnwrapped
    }

    /// Adds to a counter. False, and nothing is added, where the part of this thread would leave 62 bits.
    ///
    /// Cost: a read and a write of two objects; no conflict with others that add.
    @inlinable public func add(_ n: Int, to counter: Reference) -> Bool {
        let index = Int(truncatingIfNeeded: thread.pointee.number) & (SharedCounter.cells - 1)
        let cell = self[counter, index]
        guard cell.isReference else {
            guard Value(exactly: n) != nil else { return false }
            self[counter, index] = Value(newTuple(count: 1) { $0[0] = Value(n) }.unsafelyUnwrapped)
            return true
        }
        let (sum, overflows) = self[cell.reference, SharedCounter.content].addingReportingOverflow(
            n)
        if overflows || Value(exactly: sum) == nil { return false }
        self[cell.reference, SharedCounter.content] = sum
        return true
    }

    /// What has been added in all; nil beyond 64 bits. Conflicts with everybody who adds.
    @inlinable public func sum(of counter: Reference) -> Int? {
        var sum = 0
        for i in 0..<SharedCounter.cells {
            let cell = self[counter, i]
            if !cell.isReference { continue }
            let (next, overflows) = sum.addingReportingOverflow(
                self[cell.reference, SharedCounter.content])
            if overflows { return nil }
            sum = next
        }
        return sum
    }
}
