import InterpreterKit

/// A small Forth that shows what a mapping is.
///
/// | word | does |
/// | --- | --- |
/// | `7` | pushes a number |
/// | `@x` | pushes the content of cell x (0 at first) |
/// | `!x` | pops into cell x |
/// | `+` `-` `*` | pop two numbers, push the result |
/// | `.` | pops a number and prints it |
/// | `[` … `]` | what lies between is one quantum |
/// | `times` … `end` | pops a number and repeats what lies between that often |
/// | `; text` | a comment, to the end of the line |
///
/// The program runs on `--threads` guest threads at once, each with a stack of its own; the cells are
/// shared. When all have ended, the content of every cell is printed. `--mapping` says where quanta
/// end, see ``Mapping``. Start reading at ``Task``.
public final class Mini: Language {
    public static let name = "mini"
    public static let fileExtensions = ["mini"]
    public static let options = [
        LanguageOption(
            "mapping", Mapping.allCases.map(\.rawValue),
            help: "A quantum ends after each word, each access to a cell, or each line.")
    ]
    public static var shapes: [Shape] { [Cell.shape] }

    /// A named cell: an object with one mutable slot.
    enum Cell {
        static var shape: Shape { Shape(kind: Shape.firstLanguageKind, name: "cell", slots: 1) }
        static var content: Field<Int> { Field(0) }
    }

    private let machine: VirtualMachine
    private let mapping: Mapping
    private var cells: [(name: String, cell: Reference)] = []
    private var cellNumbers: [String: Int] = [:]
    private var programs: [Code] = []

    public init(_ host: Host) {
        machine = host.machine
        mapping = Mapping(rawValue: host["mapping"])!
    }

    /// The same program on every guest thread.
    public func tasks(for source: Source) throws(Diagnostic) -> [Task] {
        let code = try Compiler(source, mapping, cell).compile()
        programs.append(code)
        return .init(repeating: Task(code: code), count: machine.configuration.threads)
    }

    public func isIncomplete(_ source: Source) -> Bool {
        let words = Word.all(in: source).map(\.text)
        return words.count { $0 == "[" || $0 == "times" } > words.count { $0 == "]" || $0 == "end" }
    }

    public func epilogue() -> String {
        let contents = try? machine.quantum { q in cells.map { q[$0.cell, Cell.content] } }
        return zip(cells, contents ?? []).map { "\($0.name) = \($1)\n" }.joined()
    }

    /// The cell called `name`, made when it is first heard of.
    private func cell(_ name: String) throws -> Reference {
        if let known = cellNumbers[name] { return cells[known].cell }
        let cell = try machine.quantum { q in q.new(Cell.shape, Value(0)) }
        machine.heap.keep(Value(cell))
        cellNumbers[name] = cells.count
        cells.append((name, cell))
        return cell
    }

    /// One guest thread. It is a value: what a retry must restore is its place in the program. The
    /// operands are in its frame on the VM stack, which the framework restores.
    public struct Task: GuestTask {
        unowned(unsafe) let code: Code
        var pc: UnsafePointer<Instruction>

        init(code: Code) {
            self.code = code
            pc = code.start
        }

        public mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            while true {
                let word = pc.pointee
                let top = q.frame + Int(word.depth)
                pc += 1
                switch word.operation {
                case .push: top[0] = Value(word.operand)
                case .load: top[0] = Value(q[word.cell, Cell.content])
                case .store: q[word.cell, Cell.content] = top[-1].int
                case .add: try replace(top, top[-2].int.addingReportingOverflow(top[-1].int), q)
                case .subtract:
                    try replace(top, top[-2].int.subtractingReportingOverflow(top[-1].int), q)
                case .multiply:
                    try replace(top, top[-2].int.multipliedReportingOverflow(by: top[-1].int), q)
                case .print: print(top[-1].int, q)
                case .enter: q.enterAtomic()
                case .leave: q.leaveAtomic()
                case .times: if top[-1].int <= 0 { pc += word.operand }
                case .end:
                    top[-1] = Value(top[-1].int - 1)
                    if top[-1].int > 0 { pc -= word.operand }
                case .stop: return
                }
                if word.endsQuantum { try q.qbreak(resumeAt: self) }
            }
        }

        /// Two operands become one result.
        private func replace<B: Backend>(
            _ top: Frame, _ result: (partialValue: Int, overflow: Bool), _ q: borrowing Quantum<B>
        ) throws(Abort) {
            guard !result.overflow, let value = Value(exactly: result.partialValue) else {
                try fail("the result needs more than 62 bits", q)
            }
            top[-2] = value
        }

        // What is rare, or counts references, stays out of the loop.

        @inline(never)
        private func print<B: Backend>(_ number: Int, _ q: borrowing Quantum<B>) {
            q.write("\(number)\n")
        }
        @inline(never)
        private func fail<B: Backend>(
            _ message: String, _ q: borrowing Quantum<B>
        ) throws(Abort) -> Never {
            try q.halt(.failed(Diagnostic(message, at: code.place(before: pc))))
        }

        public static func frameEnd(_ frame: Frame) -> Frame { frame + Code.stackSlots }
    }
}

/// Where quanta end: the whole difference between three concurrent languages.
///
/// A turn of a loop always ends one, so that every program can be stopped.
enum Mapping: String, CaseIterable {
    /// After each word: `@x 1 + !x` can lose an update.
    case word
    /// After each access to a cell: it still can.
    case access
    /// At the end of each line of the program: what stands on one line is atomic.
    case block

    func endsQuantum(_ operation: Instruction.Operation, last: Bool) -> Bool {
        switch self {
        case _ where operation == .end: true
        case .word: true
        case .access: operation == .load || operation == .store
        case .block: last
        }
    }
}

/// One word, compiled: two machine words, nothing to count or to free.
struct Instruction {
    enum Operation: UInt8 {
        case push, load, store, add, subtract, multiply, print, enter, leave, times, end, stop
    }
    var operation: Operation
    /// Operands on the stack before this word.
    var depth: UInt8
    var endsQuantum: Bool
    /// A number, the bits of a cell, or the distance of a jump.
    var operand: Int

    var cell: Reference { Value(bits: UInt64(bitPattern: Int64(operand))).reference }
}

/// A compiled program; its language keeps it for as long as tasks may run it.
typealias Code = InstructionMemory<Instruction>

extension Code {
    static var stackSlots: Int { 32 }
}
