import InterpreterKit

/// What all guest threads of one machine share, in raw memory: the tables of the program.
///
/// S1  Tables grow and code is installed only while no guest thread is running.
/// S2  Globals are written by the main program only, and never while transactions run; they are
///     managed objects all the same, so that a rollback of the main program undoes its writes.
@frozen @usableFromInline struct Shared {
    /// By symbol: the ``Kind/global`` of the name.
    @usableFromInline var globals: ValueTable
    /// Constants of the code.
    @usableFromInline var literals: ValueTable
    /// By number: the address of a function's ``Code``.
    @usableFromInline var functions: ValueTable
    /// By ``TypeName``: its symbol.
    @usableFromInline var types: ValueTable
    @usableFromInline var language: Unmanaged<Duhton>
    @usableFromInline var queue: Unmanaged<WorkQueue>

    var program: Program { language.takeUnretainedValue().program }

    init(language: Duhton, queue: WorkQueue, machine: VirtualMachine) {
        globals = ValueTable(machine)
        literals = ValueTable(machine)
        functions = ValueTable(machine)
        types = ValueTable(machine)
        self.language = .passUnretained(language)
        self.queue = .passUnretained(queue)
    }
}
