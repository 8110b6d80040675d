/// Instructions in raw memory, where a loop reads them without counting references, and where in a source each of
/// them comes from.
///
/// ```swift
/// let code = InstructionMemory(instructions, from: source, at: ranges)
/// var pc = code.start
/// let place = code.place(before: pc + 1)  // of the first one
/// ```
public final class InstructionMemory<Instruction: BitwiseCopyable> {
    public let start: UnsafePointer<Instruction>
    private let source: Source?
    private let ranges: [Range<Int>?]

    /// - Parameter ranges: of each instruction the bytes of the source; nil, or missing at the end, where there
    ///   are none.
    public init(_ instructions: [Instruction], from source: Source?, at ranges: [Range<Int>?]) {
        let memory = UnsafeMutablePointer<Instruction>.allocate(capacity: instructions.count)
        memory.initialize(from: instructions, count: instructions.count)
        start = UnsafePointer(memory)
        self.source = source
        self.ranges = ranges
    }
    deinit { start.deallocate() }

    /// The place of the instruction before `pc`, which is where a loop usually stands when one fails.
    public func place(before pc: UnsafePointer<Instruction>) -> Diagnostic.Place? {
        let index = pc - start - 1
        guard let source, ranges.indices.contains(index), let range = ranges[index] else {
            return nil
        }
        return Diagnostic.Place(source, at: range.lowerBound, length: range.count)
    }
}
