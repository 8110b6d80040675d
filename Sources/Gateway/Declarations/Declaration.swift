/// A C function as the gateway knows it: its prototype with an effect word in front.
///
/// ```swift
/// let sqrt = try Declaration("pure double sqrt(double x)")
/// let write = try Declaration("atomic ssize_t write(int fd, const void *buf, size_t count)")
/// let div = try Declaration("typedef struct { int quot, rem; } div_t; const div_t div(int, int)")
/// ```
/// Without an effect word the effect is `arbitrary`, and ``hasDeclaredEffect`` is false so that a
/// front end can warn. A final `;` may be there or not. docs/foreign-bindings.md has the whole grammar.
public struct Declaration: Hashable, Sendable, CustomStringConvertible {
    /// Which way data goes through a pointer.
    public enum Direction: String, Hashable, Sendable { case `in`, out, `inout` }

    public struct Parameter: Hashable, Sendable {
        public let type: CType
        /// The type as written, for messages.
        public let spelling: String
        public let name: String?
        /// Type and name as C writes them.
        let declarator: String
        /// `out` and `inout`: the gateway passes memory of its own, and what the callee leaves there is
        /// part of the result.
        public let direction: Direction
        /// What an `out` or `inout` pointer leads to.
        public let element: CType?
        /// Elements that the memory has room for; nil for one element.
        public internal(set) var capacity: Length?
        /// Elements that are there after the call; nil for all.
        public internal(set) var used: Length?
        public let callback: CallbackRules

        var isReturned: Bool { direction != .in }
        /// Guests pass a value for it.
        public var isGiven: Bool { direction != .out }
    }

    public let effect: Effect
    public let hasDeclaredEffect: Bool
    /// A call takes less than about a microsecond; never changes what a call means.
    public let isBrief: Bool
    /// `errno` is part of the result whatever the effect.
    public let capturesErrno: Bool
    /// A pointer of any type that it returns leads to text.
    public let returnsText: Bool
    /// That it may be missing is no mistake.
    public let isOptional: Bool
    /// A signal may interrupt the call: Ctrl-C does, and its deadline.
    public let isInterruptible: Bool
    /// Milliseconds after which an interruptible call is interrupted.
    public let deadline: Int?
    /// Frees the text that the function returns, once it has been copied.
    public let freesResultWith: String?
    public let affinity: ThreadAffinity
    /// The version of the symbol, `GLIBC_2.2.5` for example.
    public let version: String?
    public let name: String
    public let result: CType
    public let resultSpelling: String
    private let declarator: String
    public let parameters: [Parameter]
    /// Ends with `...`: further arguments are passed as their guest type demands.
    public let isVariadic: Bool

    init(
        attributes: FunctionAttributes = FunctionAttributes(), name: String, result: CType = .void,
        resultSpelling: String = "void", declarator: String = "", parameters: [Parameter] = [],
        isVariadic: Bool = false
    ) {
        effect = attributes.effect ?? .arbitrary
        hasDeclaredEffect = attributes.effect != nil
        isBrief = attributes.isBrief
        capturesErrno = attributes.capturesErrno
        returnsText = attributes.isText
        isOptional = attributes.isOptional
        isInterruptible = attributes.isInterruptible || attributes.deadline != nil
        deadline = attributes.deadline
        freesResultWith = attributes.freesResultWith
        affinity = attributes.affinity
        version = attributes.version
        self.name = name
        self.result = result
        self.resultSpelling = resultSpelling
        self.declarator = declarator
        self.parameters = parameters
        self.isVariadic = isVariadic
    }

    /// Parses `text`: definitions of types, if it needs any, and one function. Throws with the place of
    /// the first thing that is wrong.
    public init(_ text: String) throws(DeclarationError) {
        var scope = TypeScope()
        guard let declaration = try Declaration.parse(text, in: &scope) else {
            throw DeclarationError(
                message: text.utf8.contains(UInt8(ascii: ";"))
                    ? "the text defines types, but declares no function"
                    : "the declaration ends where it needs a type", text: text,
                range: text.utf8.count..<text.utf8.count)
        }
        self = declaration
    }
    /// Parses definitions, which go into `scope`, and the function behind them, if there is one.
    public static func parse(
        _ text: String, in scope: inout TypeScope
    ) throws(DeclarationError) -> Declaration? {
        var parser = DeclarationParser(text, scope)
        let declaration = try parser.text()
        scope = parser.scope
        return declaration
    }

    /// Parameters that the guest passes, in order.
    public var givenParameters: [Parameter] { parameters.filter(\.isGiven) }

    /// The C prototype, in one spelling.
    public var prototype: String {
        var list = parameters.map(\.declarator)
        if isVariadic { list.append("...") }
        let body = list.isEmpty ? "void" : list.joined(separator: ", ")
        return "\(declarator)(\(body))"
    }
    /// Attributes and prototype, so that parsing it among the same types gives an equal declaration.
    public var description: String {
        var words: [String] = []
        if isBrief { words.append("brief") }
        if hasDeclaredEffect { words.append(effect.spelled(parameters)) }
        if capturesErrno { words.append("errno") }
        if returnsText { words.append("text") }
        if isOptional { words.append("optional") }
        if isInterruptible && deadline == nil { words.append("interruptible") }
        if let deadline { words.append("deadline \(deadline)") }
        if let freesResultWith { words.append("free: \(freesResultWith)") }
        if affinity != .any { words.append("on: \(affinity.rawValue)") }
        if let version { words.append("version \"\(version)\"") }
        var list = parameters.map { $0.words(parameters) + $0.declarator }
        if isVariadic { list.append("...") }
        let body = list.isEmpty ? "void" : list.joined(separator: ", ")
        return (words + ["\(declarator)(\(body))"]).joined(separator: " ")
    }
}

extension Declaration.Parameter {
    fileprivate func words(_ all: [Declaration.Parameter]) -> String {
        var text = direction == .in ? "" : direction.rawValue
        if let capacity {
            let lengths = [capacity] + (used.map { [$0] } ?? [])
            text += "(\(lengths.map { $0.spelled(all) }.joined(separator: ", ")))"
        }
        if !text.isEmpty { text += " " }
        if type.holdsCallback {
            if callback.isKept { text += "kept " }
            if callback.onForeignThread != .reject {
                text += "\(callback.onForeignThread.rawValue) "
            }
        }
        return text
    }
}

/// On which guest thread a function may be called.
public enum ThreadAffinity: String, Hashable, Sendable {
    /// The first of the program.
    case main
    /// The one that called it first.
    case same
    case any
}

/// What a declaration says about a function pointer that it passes.
public struct CallbackRules: Hashable, Sendable {
    public enum ForeignThread: String, Hashable, Sendable {
        /// The thread becomes a guest thread for the time of the call.
        case adopt
        /// The call waits until the guest thread that passed the function is out of C, and nobody waits
        /// for its result.
        case queue
        /// Nothing is called; a report names the function.
        case reject
    }
    /// C may call it after the function that got it has returned, until the program ends.
    public internal(set) var isKept = false
    public internal(set) var onForeignThread = ForeignThread.reject
    public init() {}
}

/// A declaration that cannot be used, and the place in it.
///
/// ```text
/// unknown type 'real'; did you mean 'float'?
///     pure double sqrt(real x)
///                      ^^^^
/// ```
public struct DeclarationError: Error, Equatable, Sendable, CustomStringConvertible {
    public let message: String
    /// The text that was parsed.
    public let text: String
    /// Bytes of ``text`` that the message is about; never empty except at the end of the text.
    public let range: Range<Int>

    /// Message, the line with the place, and carets below it.
    public var description: String {
        let bytes = Array(text.utf8)
        let start = min(range.lowerBound, bytes.count)
        let lineStart = bytes[..<start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let lineEnd = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
        func columns(_ from: Int, _ to: Int) -> Int {
            String(decoding: bytes[from..<max(from, to)], as: UTF8.self).unicodeScalars.count
        }
        let line = String(decoding: bytes[lineStart..<lineEnd], as: UTF8.self)
        let shown = String(
            String.UnicodeScalarView(line.unicodeScalars.map { $0 == "\t" ? " " : $0 }))
        let indent = String(repeating: " ", count: columns(lineStart, start))
        let width = max(1, columns(start, min(range.upperBound, lineEnd)))
        return "\(message)\n    \(shown)\n    \(indent)\(String(repeating: "^", count: width))"
    }
}
