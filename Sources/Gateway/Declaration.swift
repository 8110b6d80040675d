/// A C function as the gateway knows it: its prototype with an effect word in front.
///
/// ```swift
/// let sqrt = try Declaration("pure double sqrt(double x)")
/// let write = try Declaration("atomic ssize_t write(int fd, const void *buf, size_t count)")
/// ```
/// Without an effect word the effect is `arbitrary`, and ``hasDeclaredEffect`` is false so that a
/// front end can warn. `brief` next to the effect says that a call takes less than about a
/// microsecond; it never changes what a call means. A final `;` may be there or not.
/// docs/foreign-bindings.md has the whole grammar.
public struct Declaration: Equatable, Sendable, CustomStringConvertible {
    public struct Parameter: Equatable, Sendable {
        public let type: CType
        /// The type as written, for messages.
        public let spelling: String
        public let name: String?
    }

    public let effect: Effect
    public let hasDeclaredEffect: Bool
    public let isBrief: Bool
    public let name: String
    public let result: CType
    public let resultSpelling: String
    public let parameters: [Parameter]
    /// Ends with `...`: further arguments are passed as their guest type demands.
    public let isVariadic: Bool

    init(
        effect: Effect?, isBrief: Bool, name: String, result: CType, resultSpelling: String,
        parameters: [Parameter], isVariadic: Bool
    ) {
        self.effect = effect ?? .arbitrary
        hasDeclaredEffect = effect != nil
        self.isBrief = isBrief
        self.name = name
        self.result = result
        self.resultSpelling = resultSpelling
        self.parameters = parameters
        self.isVariadic = isVariadic
    }

    /// Parses `text`. Throws with the place of the first thing that is wrong or not supported.
    public init(_ text: String) throws(DeclarationError) {
        var parser = DeclarationParser(text)
        self = try parser.declaration()
    }

    /// The C prototype, in one spelling.
    public var prototype: String {
        var list = parameters.map { Declaration.join($0.spelling, $0.name ?? "") }
        if isVariadic { list.append("...") }
        let body = list.isEmpty ? "void" : list.joined(separator: ", ")
        return "\(Declaration.join(resultSpelling, name))(\(body))"
    }
    /// Effect and prototype, so that parsing it gives an equal declaration.
    public var description: String {
        var words: [String] = []
        if isBrief { words.append("brief") }
        if hasDeclaredEffect { words.append(effect.word) }
        return (words + [prototype]).joined(separator: " ")
    }
    private static func join(_ type: String, _ name: String) -> String {
        type.hasSuffix("*") || name.isEmpty ? type + name : "\(type) \(name)"
    }
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
