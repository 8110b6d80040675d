import InterpreterKit

/// A compiled program, and what messages need to know about it.
///
/// The machine reads instructions from raw memory: nothing in its loop is reference-counted.
final class Program {
    struct Function {
        let name: String
        let parameters: Int
        /// Number of its first instruction.
        var entry = 0
        /// Length of a frame: parameters, variables, intermediate results.
        var registers = 0
    }

    let queue: WorkQueue
    let code: UnsafeMutablePointer<Instruction>
    let functions: UnsafeMutablePointer<Function>
    private let functionCount: Int
    private let source: Source
    /// Where each instruction comes from.
    private let offsets: [Int]

    init(
        _ source: Source, _ instructions: [Instruction], offsets: [Int], functions: [Function],
        queue: WorkQueue
    ) {
        self.source = source
        self.offsets = offsets
        self.queue = queue
        code = .allocate(capacity: instructions.count)
        code.initialize(from: instructions, count: instructions.count)
        functionCount = functions.count
        self.functions = .allocate(capacity: functions.count)
        self.functions.initialize(from: functions, count: functions.count)
    }
    deinit {
        code.deallocate()
        functions.deinitialize(count: functionCount)
        functions.deallocate()
    }

    func place(of instruction: Int) -> Diagnostic.Place {
        Diagnostic.Place(source, at: offsets[instruction])
    }
    func frame(at instruction: Int) -> Diagnostic.Frame {
        let function = (0..<functionCount).last { functions[$0].entry <= instruction } ?? 0
        return Diagnostic.Frame(name: functions[function].name, place: place(of: instruction))
    }

    // Every program begins with the code of its threads. The main one waits for jobs that nobody has
    // waited for.
    static let main = 0
    static let worker = 4
    static var threads: [Instruction] {
        [.call, .join, .wait, .end, .join, .wait, .end].map { Instruction(operation: $0) }
    }
}
