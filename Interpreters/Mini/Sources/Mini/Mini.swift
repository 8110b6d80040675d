import InterpreterKit

/// A five-word Forth that shows what a mapping is.
///
/// | word | does |
/// | --- | --- |
/// | `7` | pushes a number |
/// | `@x` | pushes the content of cell x (0 at first) |
/// | `!x` | pops into cell x |
/// | `+` | pops two numbers, pushes their sum |
/// | `[` `]` | what lies between is one quantum |
///
/// The program runs on `--threads` guest threads at once and ends with the content of all cells.
public final class Mini: Language {
    public static let name = "mini"
    public static let fileExtensions = ["mini"]
    public static var shapes: [Shape] { [Cell.shape] }

    /// A named cell: one mutable slot.
    @usableFromInline enum Cell {
        @inlinable static var shape: Shape { Shape(kind: 16, name: "cell", slots: 1) }
        @inlinable static var content: Field<Int> { Field(0) }
    }

    public init(_ host: Host) {}
    public func tasks(for source: Source) throws(Diagnostic) -> [Task] { [] }

    public struct Task: GuestTask {
        @usableFromInline var pc = 0
        @inlinable
        public mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            while pc < 10_000_000 { pc += 1; try q.qbreak(resumeAt: self) }
        }
    }
}
