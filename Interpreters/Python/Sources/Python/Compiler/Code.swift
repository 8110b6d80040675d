import InterpreterKit
import PythonSyntax

/// Compiled code as the machine sees it: raw memory that lives as long as the process.
///
/// Its address is stored in frames and functions; being a multiple of 16, it looks like an integer to
/// the collector.
@frozen @usableFromInline struct Code {
    @usableFromInline var entry: ProgramCounter
    /// Constants; kept alive by the interpreter for ever.
    @usableFromInline var constants: Frame
    /// Interned names.
    @usableFromInline var names: Frame
    /// Registers of a frame, r[0] included.
    @usableFromInline var registers: Int32
    /// Parameters without `*args` and keyword-only ones.
    @usableFromInline var positional: Int32
    @usableFromInline var positionalOnly: Int32
    @usableFromInline var keywordOnly: Int32
    @usableFromInline var flags: CodeFlags
    /// Arguments of a call that only links frames; -1 when every call takes more.
    @usableFromInline var linkedArguments: Int32
    @usableFromInline var description: Unmanaged<CodeDescription>
    /// By parameter, without `*args` and `**kwargs`: its interned name.
    @usableFromInline var parameterNames: UnsafePointer<UInt64>
    /// Innermost first; nil when there are none.
    private var handlers: UnsafePointer<Handler>?
    private var handlerCount: Int32

    init(
        entry: ProgramCounter, constants: Frame, names: Frame, registers: Int, positional: Int,
        positionalOnly: Int = 0, keywordOnly: Int = 0, flags: CodeFlags,
        parameterNames: [UInt64] = [], handlers: [Handler],
        description: Unmanaged<CodeDescription>
    ) {
        self.entry = entry
        self.constants = constants
        self.names = names
        self.registers = Int32(registers)
        self.positional = Int32(positional)
        self.positionalOnly = Int32(positionalOnly)
        self.keywordOnly = Int32(keywordOnly)
        self.flags = flags
        linkedArguments = flags.isSimple ? Int32(positional) : -1
        self.description = description
        let names = UnsafeMutablePointer<UInt64>.allocate(capacity: parameterNames.count + 1)
        names.initialize(from: parameterNames, count: parameterNames.count)
        self.parameterNames = UnsafePointer(names)
        handlerCount = Int32(handlers.count)
        if handlers.isEmpty { return }
        let memory = UnsafeMutablePointer<Handler>.allocate(capacity: handlers.count)
        memory.initialize(from: handlers, count: handlers.count)
        self.handlers = UnsafePointer(memory)
    }

    /// The register for an exception at this instruction, and where it goes on.
    func handler(at index: Int) -> (register: Int, target: Int)? {
        for i in 0..<Int(handlerCount) {
            let handler = handlers.unsafelyUnwrapped + i
            if index >= handler.pointee.start && index < handler.pointee.end {
                return (handler.pointee.register, handler.pointee.target)
            }
        }
        return nil
    }
    /// The register of the exception that is being handled at this instruction, the innermost that is at
    /// least number `first`; and its number.
    func handled(at index: Int, from first: Int) -> (register: Int, number: Int)? {
        for i in first..<max(first, Int(handlerCount)) {
            let handler = handlers.unsafelyUnwrapped + i
            if index >= handler.pointee.bodyStart && index < handler.pointee.bodyEnd {
                return (handler.pointee.register, i)
            }
        }
        return nil
    }

    /// Parameters, with `*args` and `**kwargs`.
    @inline(__always) var parameters: Int {
        Int(positional) &+ Int(keywordOnly) &+ Int(flags.rawValue & 1)
            &+ Int(flags.rawValue &>> 1 & 1)
    }
}
@usableFromInline typealias CodePointer = UnsafeMutablePointer<Code>

@frozen @usableFromInline struct CodeFlags: OptionSet {
    @usableFromInline let rawValue: UInt32
    @usableFromInline init(rawValue: UInt32) { self.rawValue = rawValue }
    /// A plain test of one bit: the generic ones are calls.
    @inline(__always) var isSimple: Bool { rawValue & 32 != 0 }
    @inline(__always) var isGeneratorKind: Bool { rawValue & (4 | 8 | 16) != 0 }
    /// Not a part of the program: tracebacks leave it out.
    @inline(__always) var isHidden: Bool { rawValue & 1024 != 0 }
    static let starred = CodeFlags(rawValue: 1)  // has *args
    static let doubleStarred = CodeFlags(rawValue: 2)  // has **kwargs
    static let generator = CodeFlags(rawValue: 4)
    static let coroutine = CodeFlags(rawValue: 8)
    static let asyncGenerator = CodeFlags(rawValue: 16)
    /// Exactly `positional` parameters, no cells among them, no generator: a call only links frames.
    static let simple = CodeFlags(rawValue: 32)
    /// Names of the body live in a namespace object: modules, classes, `exec`.
    static let hasNamespace = CodeFlags(rawValue: 128)
    static let nested = CodeFlags(rawValue: 256)
    static let future = CodeFlags(rawValue: 512)  // from __future__ import annotations
    static let hidden = CodeFlags(rawValue: 1024)
}

/// What is needed beyond running: names, places, handlers.
@usableFromInline final class CodeDescription {
    let name: String
    let qualifiedName: String
    let source: Source
    let firstLine: Int
    /// By register: the parameter or local variable it holds (r[0] and temporaries: "").
    var registerNames: [String] = []
    /// Registers up to the last one with a name.
    var namedRegisters: Int { (registerNames.lastIndex { !$0.isEmpty } ?? -1) + 1 }
    /// Registers whose variable is in a cell; free variables come in the order of the closure tuple.
    var cellRegisters: [Int] = []
    var freeRegisters: [Int] = []
    /// The register of the cell with the class that the function belongs to, for `super()`; else -1.
    var classRegister = -1
    /// By instruction index.
    var spans: [Span] = []
    /// Parameters, with `*args` and `**kwargs`.
    var parameterCount = 0
    /// Comprehensions that run in this frame, innermost first.
    var inlined: [InlinedCode] = []
    /// What it was made of.
    var unit: CodeUnit?
    /// Interned.
    var nameValue = Value.none
    var qualifiedNameValue = Value.none
    let code: CodePointer
    /// Its code object, once somebody asked for it; kept alive by the interpreter.
    var object: Value = .none

    init(name: String, qualifiedName: String, source: Source, firstLine: Int, code: CodePointer) {
        self.name = name
        self.qualifiedName = qualifiedName
        self.source = source
        self.firstLine = firstLine
        self.code = code
    }
}

/// Instructions `start ..< end` are protected: an exception goes to r[register] and execution to
/// `target`. Between `bodyStart` and `bodyEnd` that exception is the one being handled.
@usableFromInline struct Handler {
    var start: Int
    var end: Int
    var target: Int
    var register: Int
    /// Instructions during which the exception in r[register] is what `sys.exc_info()` and a bare
    /// `raise` mean.
    var bodyStart: Int
    var bodyEnd: Int
}
