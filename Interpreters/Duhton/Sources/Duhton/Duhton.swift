import InterpreterKit

/// Duhton: a small Lisp whose `transaction`s run in parallel, each as one atomic step.
///
/// **Types.** `None`, `int` (32 bits, wrapping), `float`, `symbol`, `string`, `cons` (an immutable
/// pair), `list` (a growing array), `container` (a box), `foreign` (a C function).
///
/// **Names.** A name means a variable and a function, independently. Functions have their own
/// frame and see the global one; they cannot assign globals. There are no closures.
///
/// **Transactions.** `(transaction f a…)` queues a call. When the main program has ended, or at
/// `(run-transactions)`, all queued calls and those they queue run, on all threads.
///
/// **Mapping.** The main program may break at every call and at every turn of a loop. A transaction is
/// one quantum, however long: it runs in an atomic block.
///
/// Where things are: ``Reader`` makes ``Syntax`` of text, ``Compiler`` makes ``Code`` of syntax,
/// ``Duhton/Task`` runs code, `Builtins` has what single instructions do.
public final class Duhton: Language {
    public static let name = "duhton"
    public static let fileExtensions = ["duh", "duhton"]
    public static var shapes: [Shape] { Kind.all }
    public static let prompts = (first: "))) ", more: "... ")
    public static let alwaysPrompts = true

    let machine: VirtualMachine
    let queue: WorkQueue
    let shared: UnsafeMutablePointer<Shared>
    let program: Program
    /// What threads run that only take jobs.
    let worker = Function(
        "a worker", registers: 5,
        [
            Instruction(.enlist, c: 1), Instruction(.nextJob, a: 0, b: 2, c: 1),
            Instruction(.endJob), Instruction(.stop),
        ])
    let foreignPolicy: GatewayPolicy
    /// How C calls functions of the program.
    let callbacks: GuestCalls
    /// By library and declaration. Only an inevitable quantum uses it, of which there is one at a time.
    var foreignFunctions: [String: Function] = [:]
    /// Workers of this run have been started.
    var hasWorkers = false

    public init(_ host: Host) {
        machine = host.machine
        foreignPolicy = host.foreignPolicy
        queue = WorkQueue(host.machine, keepsUntilJoined: true)
        shared = .allocate(capacity: 1)
        callbacks = Duhton.makeCallbacks(shared)
        program = Program(host.machine)
        shared.initialize(
            to: Shared(
                globals: program.globals, functions: program.functions, literals: program.literals,
                queue: .passUnretained(queue), language: self))
    }
    public func tasks(for source: Source) throws(Diagnostic) -> [Task] {
        try tasks(source, interactive: false)
    }
    public func interactiveTasks(for source: Source) throws(Diagnostic) -> [Task] {
        try tasks(source, interactive: true)
    }
    private func tasks(_ source: Source, interactive: Bool) throws(Diagnostic) -> [Task] {
        queue.reset()
        hasWorkers = false
        let main = try program.load(source, interactive: interactive)
        return [Task(shared, at: main.code.pointee.entry, start: main.code)]
    }

    public func isIncomplete(_ source: Source) -> Bool {
        var reader = Reader(source)
        var symbols = Symbols()
        do throws(Diagnostic) { _ = try reader.read(&symbols) } catch { return reader.endedEarly }
        return false
    }
}
