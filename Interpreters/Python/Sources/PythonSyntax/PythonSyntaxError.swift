/// Why a text is no Python program, with the type, message and place that CPython 3.11 reports.
public struct PythonSyntaxError: Error, Sendable {
    /// The exception to raise.
    public enum Kind: Sendable {
        case syntaxError
        case indentationError
        case tabError
        /// Nested deeper than the parser goes: `MemoryError`, without a message.
        case memoryError
        /// Nested deeper than a compiler may go: `RecursionError`.
        case recursionError
        /// A null byte where CPython raises `ValueError`.
        case valueError
    }
    public var kind: Kind
    public var message: String
    /// From 1.
    public var line: Int
    /// In characters, from 1. Nil prints as None.
    public var offset: Int?
    /// Nil prints as None; 0 where CPython has no end.
    public var endLine: Int?
    public var endOffset: Int?
    /// The source line with its newline, as attribute `text`. Nil prints as None.
    public var text: String?
    /// The text ended inside brackets, a string or a block: at the prompt, more lines may
    /// complete it.
    public var isIncomplete: Bool

    public init(
        _ kind: Kind = .syntaxError, _ message: String, line: Int, offset: Int?,
        endLine: Int? = nil, endOffset: Int? = nil, text: String? = nil,
        isIncomplete: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.line = line
        self.offset = offset
        self.endLine = endLine
        self.endOffset = endOffset
        self.text = text
        self.isIncomplete = isIncomplete
    }
}
