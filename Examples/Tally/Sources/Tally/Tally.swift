import InterpreterKit

/// A language with shared cells, functions and tasks.
///
/// ```text
/// cell hits
///
/// fn count(n)
///     while 0 < n
///         hits = hits + 1
///         n = n - 1
///     end
/// end
///
/// spawn count(1000)
/// spawn count(1000)
/// wait
/// print hits
/// ```
public final class Tally: Language {
    public static let name = "tally"
    public static let fileExtensions = ["tally"]
    public static var shapes: [Shape] { [Cell.shape] }
    public static let repeatsHeap = true

    /// A variable that all tasks see.
    enum Cell {
        static var shape: Shape { Shape(kind: Shape.firstLanguageKind, name: "cell", slots: 1) }
        static var content: Field<Int> { Field(0) }
    }

    private let machine: VirtualMachine
    private let queue: WorkQueue
    private var cells: [String: Reference] = [:]
    /// Threads refer to their programs without retaining them.
    private var programs: [Program] = []

    public init(_ host: Host) {
        machine = host.machine
        queue = WorkQueue(machine)
    }

    public func tasks(for source: Source) throws(Diagnostic) -> [Task] {
        var compiler = try Compiler(source, cell: cell)
        let program = try compiler.compile(queue: queue)
        programs.append(program)
        queue.reset()
        let workers = machine.configuration.threads - 1
        return [Task(program, isMain: true)]
            + (0..<workers).map { _ in Task(program, isMain: false) }
    }

    /// The cell of this name, made when it is first declared.
    private func cell(_ name: String) throws(Diagnostic) -> Reference {
        if let cell = cells[name] { return cell }
        do {
            let cell = try machine.quantum { q in q.new(Cell.shape, Value(0)) }
            machine.heap.keep(Value(cell))
            cells[name] = cell
            return cell
        } catch { throw Diagnostic("\(error)") }
    }
}
