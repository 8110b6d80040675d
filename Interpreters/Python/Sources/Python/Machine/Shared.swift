import InterpreterKit
import Synchronization

/// What all guest threads of one machine share, in raw memory.
///
/// S1  `types`, `kinds` and `singleCharacters` are written while the interpreter starts, before the
///     first guest instruction.
/// S2  Names and maps grow under their own locks and never move.
@frozen @usableFromInline struct Shared {
    @usableFromInline var python: Unmanaged<Python>
    /// By ``BuiltinType``: the type object.
    @usableFromInline var types: Frame
    /// By shape kind: the type object of its objects, or none.
    @usableFromInline var kinds: Frame
    /// Strings of one character below 256.
    @usableFromInline var characters: Frame
    /// By ``Name``.
    @usableFromInline var names: Frame
    /// `object.__new__` and `object.__init__`.
    @usableFromInline var objectNew: Value
    @usableFromInline var objectInit: Value
    /// `object.__getattribute__` and `object.__setattr__`.
    @usableFromInline var objectGetAttribute: Value
    @usableFromInline var objectSetAttribute: Value
    /// Functions under a thread's first frame: see ``Bootstrap``.
    @usableFromInline var starters: Frame
    /// By ``Consumer``.
    @usableFromInline var consumers: UnsafeMutablePointer<CodePointer>
    /// `list.append`.
    @usableFromInline var listAppend: Value
    @usableFromInline var emptyTuple: Value
    @usableFromInline var emptyString: Value
    @usableFromInline var emptyBytes: Value
    @usableFromInline var namespaces = (builtins: Value.none, modules: Value.none)
    /// Frames at most.
    @usableFromInline var recursionLimit: Int
    /// Next version number for a type. Numbers are never used twice, so that a cache filled in a
    /// transaction that did not happen can never match.
    @usableFromInline var nextVersion: UnsafeMutablePointer<UInt64>
    /// See ``LookupCache``.
    @usableFromInline var lookups: UnsafeMutablePointer<LookupCache.Entry>
    /// Decimal digits that a text of an int may have; 0 for any number.
    @usableFromInline var digitLimit = 4300

    /// The dict of the module `builtins`.
    @inlinable var builtins: Reference { namespaces.builtins.reference }
    /// `sys.modules`.
    @inlinable var modules: Reference { namespaces.modules.reference }
}

/// The exact place in guest code, and the door to everything a built-in function may do.
///
/// Built-in functions are compiled once for all backends: they reach managed objects through this
/// value, never directly. It is four words; pass it on freely.
///
/// Rules for built-in functions:
/// - A ``Value`` held in a Swift local is seen by the collector. One inside a Swift array, dictionary,
///   class or closure context is not: between two allocations keep values in managed objects.
/// - Nothing but managed objects, and output through ``write(_:)``, may be changed: the quantum may be
///   rolled back and run again.
@frozen @usableFromInline struct VM {
    @usableFromInline let thread: ThreadHandle
    @usableFromInline let shared: UnsafeMutablePointer<Shared>
    /// The calling guest frame.
    @usableFromInline let fp: Frame
    /// The instruction after the calling one.
    @usableFromInline let pc: ProgramCounter
    /// First free word of the VM stack.
    @usableFromInline let top: Frame

    @inlinable @inline(__always)
    init(
        _ thread: ThreadHandle, _ shared: UnsafeMutablePointer<Shared>, _ fp: Frame,
        _ pc: ProgramCounter
    ) {
        self.thread = thread
        self.shared = shared
        self.fp = fp
        self.pc = pc
        top = fp + Link.size(fp)
    }

    @inlinable @inline(__always) var q: Quantum<Dispatched> { Quantum(thread) }
    @usableFromInline var python: Python { shared.pointee.python.takeUnretainedValue() }
    var machine: VirtualMachine { python.machine }

    // MARK: fields

    @inlinable @inline(__always)
    subscript<C: SlotContent>(object: Reference, field: Field<C>) -> C {
        get { Quantum<Dispatched>(thread)[object, field] }
        nonmutating set { Quantum<Dispatched>(thread)[object, field] = newValue }
    }
    @inlinable @inline(__always)
    subscript<C: SlotContent>(object: Reference, field: ImmutableField<C>) -> C {
        Quantum<Dispatched>(thread)[object, field]
    }
    /// Slot `i` of an array.
    @inlinable @inline(__always)
    subscript(array: Reference, i: Int) -> Value {
        get { Quantum<Dispatched>(thread)[array, i] }
        nonmutating set { Quantum<Dispatched>(thread)[array, i] = newValue }
    }

    // MARK: thread words, at the bottom of the VM stack

    /// The exception that is being raised; ``Unwind/raise`` says that there is one.
    @inlinable @inline(__always) var pending: Value {
        get { Value(bits: thread.pointee.stackBase[ThreadWord.pending]) }
        nonmutating set { thread.pointee.stackBase[ThreadWord.pending] = newValue.bits }
    }
    /// The `threading.Thread` of this guest thread, or none.
    var threadObject: Value {
        get { Value(bits: thread.pointee.stackBase[ThreadWord.thread]) }
        nonmutating set { thread.pointee.stackBase[ThreadWord.thread] = newValue.bits }
    }

    /// Guest output; appears when the quantum commits.
    func write(_ bytes: some Sequence<UInt8>) { Quantum<Dispatched>(thread).write(bytes) }

    // MARK: types

    @inlinable @inline(__always) func type(_ type: BuiltinType) -> Reference {
        shared.pointee.types[Int(type.rawValue)].reference
    }
}

/// Words of a guest thread that belong to no frame. The collector takes them for values. Not rolled
/// back: `pending` is only used between two instructions, the others are set before the thread's first
/// instruction.
@usableFromInline enum ThreadWord {
    @inlinable static var pending: Int { 3 }
    @inlinable static var thread: Int { 4 }
    /// What a nested run has returned.
    @inlinable static var result: Int { 5 }
    /// Nested runs and native recursion in progress.
    @inlinable static var nesting: Int { 6 }
    /// True when a generator asked by a nested run has ended, else 0.
    @inlinable static var stopped: Int { 7 }
    /// A dict with the functions of `sys.set_asyncgen_hooks`, by their names.
    static var asyncHooks: Int { 8 }
    /// The table of ``VM/localDict(_:)``.
    static var locals: Int { 9 }
    /// A dict with the files that this thread has written to and nobody has flushed.
    static var files: Int { 10 }
    /// The innermost object that is being shown, 0 for none.
    static var shown: Int { 11 }
    /// What the last foreign call of this thread has left in `errno`.
    static var foreignError: Int { 12 }
    /// See ``VM/ending``.
    static var ending: Int { 13 }
    /// The entry that was last found in a dict, as an integer; the next words are the key that was asked for, a
    /// small integer or a string, and the one that the entry has.
    @inlinable static var entry: Int { 14 }
    /// First word of the first frame.
    @inlinable static var count: Int { 17 }
}

/// Why a function could not return: swift errors carry no payload here.
@frozen @usableFromInline enum Unwind: Error {
    /// The quantum did not happen: leave at once, touch nothing.
    case abort
    /// ``VM/pending`` is being raised.
    case raise
}
