/// One block of names: a module, a class body, or anything that runs in a frame of its own.
///
/// S1  Names are mangled: inside `class C`, `__x` is stored and looked up as `_C__x`
///     (``mangled(_:)``).
/// S2  A name that is `.cell` here is `.free` in some scope below; a name that is `.free` here is
///     `.cell` in the nearest scope above that binds it, and `.free` in all between.
/// S3  `__class__` is a cell of a class body, apart from its own names, when a function inside
///     asks for it (``needsClassCell``).
public final class Scope {
    public enum Kind: Sendable { case module, classBody, function, lambda, comprehension }

    public let kind: Kind
    /// As a code object has it: `<module>`, `<lambda>`, `<listcomp>`, `f`.
    public let name: String
    /// Dotted path as in `__qualname__`: `C.f.<locals>.g`.
    public private(set) var qualifiedName: String
    /// Of the node that opens the scope.
    public let span: Span
    public private(set) weak var parent: Scope?
    /// In the order of the source.
    public private(set) var children: [Scope] = []
    /// All names, in the order of first occurrence; parameters first.
    public internal(set) var symbols: [Symbol] = []
    private var index: [String: Int] = [:]

    /// The class whose name mangles `__x`.
    let privateName: String?
    /// Inside a function, at any depth.
    public let isNested: Bool
    /// Contains `yield`; a generator expression is one too.
    public internal(set) var isGenerator = false
    /// `async def`, or a comprehension that awaits. Not other functions, even if they say `await`
    /// by mistake. With ``isGenerator``: an async generator.
    public internal(set) var isCoroutine = false
    /// A class body whose functions refer to `__class__`.
    public internal(set) var needsClassCell = false
    /// How many of `symbols`, from the first, are parameters. Of a comprehension: 1, named `.0`.
    public internal(set) var parameterCount = 0

    /// Of the next name that the scope binds.
    var nextOrder = 0
    /// `global` and `nonlocal`, with mangled names.
    var directives: [(name: String, span: Span)] = []

    init(_ kind: Kind, _ name: String, _ span: Span, in parent: Scope?, privateName: String?) {
        self.kind = kind
        self.name = name
        self.span = span
        self.parent = parent
        self.privateName = privateName
        isNested = parent.map { $0.isNested || $0.runsAsFunction } ?? false
        qualifiedName = name
        parent?.children.append(self)
    }

    /// A function or class that its parent declares global has no path.
    func qualify() {
        guard let parent, parent.kind != .module else { return }
        let isDefinition = kind == .function || kind == .classBody
        if isDefinition && parent.flags(parent.mangled(name)).contains(.global) { return }
        let isInFunction = parent.kind == .function || parent.kind == .lambda
        qualifiedName = parent.qualifiedName + (isInFunction ? ".<locals>." : ".") + name
    }

    /// Whether names live in frame slots and cells rather than in a dictionary.
    public var runsAsFunction: Bool { kind != .module && kind != .classBody }
    public var isAsyncGenerator: Bool { isGenerator && isCoroutine }

    /// The symbol of a name as written in the source, mangled or not.
    public func symbol(_ name: String) -> Symbol? { index[mangled(name)].map { symbols[$0] } }

    /// What the name means here; a name that the scope does not mention is global.
    public func resolution(of name: String) -> Symbol.Resolution {
        symbol(name)?.resolution ?? .globalImplicit
    }

    /// Names bound here, cells included: parameters first, then as first bound.
    public var locals: [String] {
        symbols.filter { $0.resolution == .local || $0.resolution == .cell }
            .sorted { $0.order < $1.order }.map(\.name)
    }
    /// Names bound here that scopes below use.
    public var cells: [String] { names(.cell) }
    /// Names of scopes above, in alphabetical order as in `co_freevars`. In a class body also
    /// names that only its functions use.
    public var frees: [String] {
        symbols.filter { $0.resolution == .free || $0.flags.contains(.freeBelow) }.map(\.name)
            .sorted()
    }
    private func names(_ resolution: Symbol.Resolution) -> [String] {
        symbols.filter { $0.resolution == resolution }.map(\.name).sorted()
    }

    /// The name under which `__name` of a class is stored.
    public func mangled(_ name: String) -> String {
        guard let privateName, name.utf8.starts(with: "__".utf8) else { return name }
        return Scope.mangle(name, for: privateName)
    }
    static func mangle(_ name: String, for privateName: String) -> String {
        let stripped = privateName.drop { $0 == "_" }
        if stripped.isEmpty || name.hasSuffix("__") || name.contains(".") { return name }
        return "_" + stripped + name
    }

    /// The symbol of a mangled name, made when absent.
    func modify(_ mangled: String, _ body: (inout Symbol) -> Void) {
        let i = index[mangled] ?? symbols.count
        if i == symbols.count {
            index[mangled] = i
            symbols.append(Symbol(name: mangled))
        }
        body(&symbols[i])
    }
    func flags(_ mangled: String) -> Symbol.Flags { index[mangled].map { symbols[$0].flags } ?? [] }
}

/// A name in a scope.
public struct Symbol: Sendable {
    public enum Resolution: UInt8, Sendable {
        /// A slot of the frame; in modules and class bodies, an entry of their dictionary.
        case local
        /// Local, and shared with scopes below.
        case cell
        /// Declared `global`.
        case globalExplicit
        /// Bound in no function around: a global or a builtin.
        case globalImplicit
        /// A cell of a scope above.
        case free
    }
    public struct Flags: OptionSet, Sendable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }
        public static let global = Flags(rawValue: 1)
        public static let assigned = Flags(rawValue: 1 << 1)
        public static let parameter = Flags(rawValue: 1 << 2)
        public static let nonlocal = Flags(rawValue: 1 << 3)
        public static let referenced = Flags(rawValue: 1 << 4)
        public static let imported = Flags(rawValue: 1 << 5)
        public static let annotated = Flags(rawValue: 1 << 6)
        /// Iteration variable of a comprehension.
        public static let iteration = Flags(rawValue: 1 << 7)
        /// Of a class body that has a name of its own too: functions in it see the one above.
        public static let freeBelow = Flags(rawValue: 1 << 8)

        /// The name belongs to the scope unless declared otherwise.
        static let bound: Flags = [.assigned, .parameter, .imported]
    }
    /// Mangled (S1).
    public let name: String
    public internal(set) var flags: Flags = []
    public internal(set) var resolution: Resolution = .globalImplicit
    /// Rank among the names that the scope binds, by first binding; parameters come first.
    var order = Int.max

    init(name: String) { self.name = name }
}
