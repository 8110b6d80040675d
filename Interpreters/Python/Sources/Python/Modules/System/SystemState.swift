import Glibc
import InterpreterKit
import Synchronization

/// What belongs to the process rather than to the guest's objects.
final class SystemState: Sendable {
    /// The identity of the thread that runs the program; 0 before it has begun.
    private let main = Atomic<Int>(0)
    var mainThread: Int {
        get { main.load(ordering: .relaxed) }
        set { main.store(newValue, ordering: .relaxed) }
    }
    /// After the program, or instead of one, the user types statements.
    private let session = Atomic<Bool>(false)
    var continuesInSession: Bool {
        get { session.load(ordering: .relaxed) }
        set { session.store(newValue, ordering: .relaxed) }
    }
    /// What the command line says.
    let settings: Settings
    let descriptors = OpenDescriptors()
    let started = Clock.monotonic
    /// Objects that built-in functions look for, kept alive.
    private let kept = Mutex([UInt64](repeating: Value.none.bits, count: Kept.allCases.count))

    enum Kept: Int, CaseIterable {
        /// The streams that `sys` began with.
        case standardOutput, standardError, standardInput
        /// `io.UnsupportedOperation`
        case unsupportedOperation
        /// A list of triples: function, arguments, keywords.
        case exitFunctions
        /// A cell with what `gc.isenabled()` says.
        case collectorState
        /// A cell with the number of weak references with callbacks at which the dead are looked for.
        case weakCallbackLimit
        /// A cell with the function that Ctrl-C calls.
        case interruptHandler
        /// What `sys.meta_path` begins with.
        case builtinFinder, pathFinder
    }
    init(_ settings: Settings) { self.settings = settings }

    /// Set while the interpreter starts.
    subscript(object: Kept) -> Value {
        kept.withLock { Value(bits: $0[object.rawValue]) }
    }
    func keep(_ object: Kept, _ value: Value, _ vm: VM) {
        vm.machine.heap.keep(value)
        kept.withLock { $0[object.rawValue] = value.bits }
    }
}

/// Descriptors that file objects own, so that a file which nobody has closed is closed when its object is
/// reclaimed, and no other file that has got the same number since.
final class OpenDescriptors: Sendable {
    private struct State {
        var serials: [Int32: Int] = [:]
        var last = 0
    }
    private let state = Mutex(State())

    func add(_ descriptor: Int32) -> Int {
        state.withLock {
            $0.last += 1
            $0.serials[descriptor] = $0.last
            return $0.last
        }
    }
    /// True when the descriptor still was the one meant.
    func remove(_ descriptor: Int32, _ serial: Int) -> Bool {
        state.withLock {
            if $0.serials[descriptor] != serial { return false }
            $0.serials[descriptor] = nil
            return true
        }
    }
}

/// What the command line says about the interpreter.
struct Settings: Sendable {
    /// `-i`, `-q`, `-u`
    var inspects = false
    var isQuiet = false
    var isUnbuffered = false
    /// The arguments of `-W` and `-X`.
    var warnings: [String] = []
    var implementation: [String] = []
    /// `-B`: compiled code is not kept.
    var writesCompiled = true
    /// Where compiled code of all sources goes; nil for folders beside them.
    var compiledFolder: String?
    /// Where it goes when it cannot be written beside its source.
    var userCompiledFolder: String?
    /// `-E`, `-I`
    private var readsEnvironment = true

    init(_ host: Host) {
        inspects = host.flag("i")
        isQuiet = host.flag("q")
        isUnbuffered = host.flag("u")
        warnings = host.texts("W")
        implementation = host.texts("X")
        readsEnvironment = !host.flag("E") && !host.flag("I")
        writesCompiled = !host.flag("B") && environment("PYTHONDONTWRITEBYTECODE") == nil
        let prefix = "pycache_prefix="
        compiledFolder =
            implementation.last { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
            ?? environment("PYTHONPYCACHEPREFIX")
        let caches =
            Settings.variable("XDG_CACHE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? Settings.variable("HOME").map { $0 + "/.cache" }
        userCompiledFolder = caches.map { $0 + "/quanta/pycache" }
    }

    /// A variable of the environment that is there for Python.
    func environment(_ name: String) -> String? {
        readsEnvironment ? Settings.variable(name) : nil
    }
    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
