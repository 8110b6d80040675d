import InterpreterKit

/// What all guest threads of one machine share, in raw memory: the tables of the program.
///
/// S1  Tables grow and code is installed only while no guest thread is running.
/// S2  Globals are written by the main program only, and never while transactions run; they are
///     managed objects all the same, so that a rollback of the main program undoes its writes.
@frozen @usableFromInline struct Shared {
    /// By symbol: the ``Kind/global`` of the name.
    @usableFromInline var globals: Table
    /// Constants of the code.
    @usableFromInline var literals: Table
    /// By number: the address of a function's ``Code``.
    @usableFromInline var functions: Table
    /// By ``TypeName``: its symbol.
    @usableFromInline var types: Table
    @usableFromInline var language: Unmanaged<Duhton>
    @usableFromInline var queue: Unmanaged<WorkQueue>

    var program: Program { language.takeUnretainedValue().program }

    init(language: Duhton, queue: WorkQueue) {
        (globals, literals, functions, types) = (Table(), Table(), Table(), Table())
        self.language = .passUnretained(language)
        self.queue = .passUnretained(queue)
    }
}

/// A growing table of values in raw memory.
@frozen @usableFromInline struct Table {
    @usableFromInline var base: Frame
    @usableFromInline var count: Int
    @usableFromInline var capacity: Int

    init() {
        (count, capacity) = (0, 64)
        base = .allocate(capacity: 64)
        base.initialize(repeating: .none, count: 64)
    }

    /// New entries are None.
    mutating func resize(_ wanted: Int) {
        count = max(count, wanted)
        guard count > capacity else { return }
        let larger = max(capacity * 2, count)
        let moved = Frame.allocate(capacity: larger)
        moved.initialize(repeating: .none, count: larger)
        moved.update(from: base, count: capacity)
        base.deallocate()
        base = moved
        capacity = larger
    }
    mutating func set(_ index: Int, _ bits: UInt64) {
        resize(index + 1)
        base[index] = Value(bits: bits)
    }
    func visit(_ tracer: inout Tracer) {
        for i in 0..<count { tracer.value(base[i]) }
    }
}
