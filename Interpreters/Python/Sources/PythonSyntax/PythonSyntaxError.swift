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
    }
    public var kind: Kind
    public var message: String
    /// From 1. Nil: the text as a whole is at fault; attributes `lineno` to `end_offset` are None.
    public var line: Int?
    /// In characters, from 1. Nil is None.
    public var offset: Int?
    public var endLine: Int?
    /// 0 and -1 stand for an unknown end, as in CPython.
    public var endOffset: Int?
    /// The line at fault. Nil where CPython looks it up in the file, if there is one: errors that
    /// ``analyze(_:)`` finds.
    public var text: String?
    /// The program ended inside brackets, a string or a block: at the prompt, more lines may
    /// complete it.
    public var isIncomplete = false

    public init(
        _ kind: Kind = .syntaxError, _ message: String, line: Int? = nil, offset: Int? = nil,
        endLine: Int? = nil, endOffset: Int? = nil, text: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.line = line
        self.offset = offset
        self.endLine = endLine
        self.endOffset = endOffset
        self.text = text
    }

    static let tooDeep = PythonSyntaxError(
        .recursionError, "maximum recursion depth exceeded during compilation")
}
