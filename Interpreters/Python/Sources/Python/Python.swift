import InterpreterKit
import PythonSyntax
import Synchronization

/// Python 3.11 for programs that run on several threads at once, with the semantics of a global
/// interpreter lock and without one.
///
/// **Mapping.** Atomicity may end at calls and at backward jumps; everything between is one quantum.
/// `with transaction.atomic:` makes a block one quantum.
///
/// Where things are: module `PythonSyntax` makes a tree of text; `Compiler` makes code of the tree;
/// `Machine` runs code; `Objects`, `Builtins` and `Modules` are what programs see.
public final class Python: Language {
    public static let name = "python"
    public static let fileExtensions = ["py"]
    public static var shapes: [Shape] { Kind.all }
    public static let showsAddresses = true
    public static let prompts = (first: ">>> ", more: "... ")

    @usableFromInline let machine: VirtualMachine
    @usableFromInline let shared: UnsafeMutablePointer<Shared>
    let names = Names()
    let arguments: [String]
    let foreign: ForeignCode
    let library = Library()
    let system: SystemState
    /// The addresses of all ``Code`` made from sources.
    let codes = Mutex<[UInt]>([])
    let evaluatedTexts = EvaluatedTexts()
    /// What the main thread is about to run.
    private(set) var program: Program?
    /// What guest threads begin with, by their role.
    private var bootstraps: [CodePointer] = []

    public init(_ host: Host) {
        machine = host.machine
        machine.deliversInterrupts = true
        arguments = host.arguments
        system = SystemState(Settings(host))
        if system.settings.isUnbuffered { machine.output.flushesAlways = true }
        shared = .allocate(capacity: 1)
        foreign = ForeignCode(host.foreignPolicy, shared)
        do {
            try machine.quantum { q in boot(q.thread) }
        } catch {
            fatalError("the heap limit leaves no room for the built-in types")
        }
        bootstraps = Bootstrap.Role.allCases.map { Bootstrap.code(shared, $0) }
    }

    /// The source of a program that is a module: its text is the module's name.
    static var moduleName: String { "<module>" }

    struct Program {
        let source: Source
        let kind: Kind
        enum Kind {
            /// The text of a file, of standard input or of the command line.
            case script
            /// A module by its name.
            case module
            /// One input of an embedding program.
            case input
            /// What the user types.
            case session
        }
    }

    private func boot(_ thread: ThreadHandle) {
        let types = Frame.allocate(capacity: BuiltinType.count)
        let kinds = Frame.allocate(capacity: Kind.count)
        kinds.initialize(repeating: .none, count: Kind.count)
        let characters = Frame.allocate(capacity: 256)
        let version = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        version.initialize(to: 1)
        shared.initialize(
            to: Shared(
                python: .passUnretained(self), types: types, kinds: kinds, characters: characters,
                names: .allocate(capacity: Name.allCases.count), objectNew: .none,
                objectInit: .none, objectGetAttribute: .none, objectSetAttribute: .none,
                starters: .allocate(capacity: Starter.count),
                consumers: .allocate(capacity: Consumer.allCases.count), listAppend: .none,
                emptyTuple: .none, emptyString: .none, emptyBytes: .none, recursionLimit: 1000,
                nextVersion: version, lookups: LookupCache.make()))
        let fp = UnsafeMutableRawPointer(thread.pointee.stackBase + 64)
            .assumingMemoryBound(to: Value.self)
        for word in 0..<64 { thread.pointee.stackBase[word] = 0 }
        fp[below: 2] = Link(distance: 0, .exit, to: 0, depth: 0).value
        let vm = VM(
            thread, shared, fp,
            ProgramCounter(bitPattern: 16).unsafelyUnwrapped)
        do throws(Unwind) {
            try vm.start()
        } catch {
            fatalError("the built-in modules cannot be made")
        }
    }

    public func tasks(for source: Source) throws(Diagnostic) -> [Task] {
        start(source, source.name == Python.moduleName ? .module : .script)
    }
    public func interactiveTasks(for source: Source) throws(Diagnostic) -> [Task] {
        start(source, .input)
    }
    public func sessionTasks() -> [Task] { start(Source(name: "<stdin>", text: ""), .session) }
    private func start(_ source: Source, _ kind: Program.Kind) -> [Task] {
        program = Program(source: source, kind: kind)
        system.continuesInSession = kind == .session || kind == .input || system.settings.inspects
        return [Task(shared, starting: bootstrap(kind == .input ? .input : .program))]
    }

    /// Made while the interpreter starts, read by any thread.
    func bootstrap(_ role: Bootstrap.Role) -> CodePointer {
        bootstraps[role.rawValue]
    }
}
