/// A guest error with its place: message, source line with a caret, and how the guest got there.
///
/// ```text
/// queens.duh:12:5: error: symbol not defined as a function: 'f'
///     (f 1)
///      ^
///   in solve, queens.duh:20:3
///   in the main program, queens.duh:31:1
/// ```
public struct Diagnostic: Error, Sendable {
    /// A place in a source: byte range.
    public struct Place: Sendable, CustomStringConvertible {
        public var source: Source
        public var start: Int
        public var length: Int
        public init(_ source: Source, at start: Int, length: Int = 1) {
            self.source = source
            self.start = start
            self.length = max(1, length)
        }
        /// `queens.duh:12:5`
        public var description: String {
            let (line, column) = source.position(at: start)
            return "\(source.name):\(line):\(column)"
        }
    }
    /// One guest frame below the error, innermost first.
    public struct Frame: Sendable {
        public var name: String
        public var place: Place?
        public init(name: String, place: Place?) {
            self.name = name
            self.place = place
        }
    }

    public var message: String
    public var place: Place?
    public var traceback: [Frame]
    /// The language has told the user already, in its own form: nobody prints the report once more.
    public var isReported = false

    public init(_ message: String, at place: Place? = nil, traceback: [Frame] = []) {
        self.message = message
        self.place = place
        self.traceback = traceback
    }

    /// The whole report, lines ended by newlines. `colour` adds terminal colours.
    public func report(colour: Bool = false) -> String {
        let (red, bold, plain) = colour ? ("\u{1B}[31m", "\u{1B}[1m", "\u{1B}[0m") : ("", "", "")
        var text = ""
        if let place {
            text += "\(bold)\(place): \(red)error:\(plain)\(bold) \(message)\(plain)\n"
            text += excerpt(place, red, plain)
        } else {
            text += "\(bold)\(red)error:\(plain)\(bold) \(message)\(plain)\n"
        }
        text += tracebackLines()
        return text
    }

    /// At most 100 columns around the place, with carets below.
    private func excerpt(_ place: Place, _ red: String, _ plain: String) -> String {
        let (line, column) = place.source.position(at: place.start)
        let scalars = Array(place.source.line(line).unicodeScalars)
        if scalars.isEmpty { return "" }
        let first = max(0, column - 1 - 60)
        let shown = scalars.dropFirst(first).prefix(100)
        var source = ""
        for scalar in shown { source.unicodeScalars.append(scalar == "\t" ? " " : scalar) }
        let indent = String(repeating: " ", count: column - 1 - first)
        let room = max(1, shown.count - (column - 1 - first))
        let carets = String(repeating: "^", count: max(1, min(place.length, room)))
        return "    \(source)\n    \(indent)\(red)\(carets)\(plain)\n"
    }

    /// Long tracebacks keep both ends.
    private func tracebackLines() -> String {
        var text = ""
        for (i, frame) in traceback.enumerated() {
            if traceback.count > 24 && i == 12 {
                text += "  ... \(traceback.count - 24) more frames ...\n"
            }
            if traceback.count > 24 && i >= 12 && i < traceback.count - 12 { continue }
            text += "  in \(frame.name)"
            if let place = frame.place { text += ", \(place)" }
            text += "\n"
        }
        return text
    }
}
