import InterpreterKit

/// Compiled code as the machine sees it: raw memory that lives as long as the language.
///
/// Its address is stored in frames and globals; being a multiple of 16, it looks like an integer to
/// the collector.
struct Code {
    var entry: ProgramCounter
    var parameters: Int
    var registers: Int
    let function: Unmanaged<Function>
    /// What ``Opcode/foreign`` calls.
    var foreign: ForeignFunction?
}
typealias CodePointer = UnsafeMutablePointer<Code>

extension Value {
    @inline(__always) init(pc: ProgramCounter) {
        self.init(native: UnsafeMutablePointer(mutating: pc))
    }
    @inline(__always) var pc: ProgramCounter { ProgramCounter(native(Instruction.self)) }
    @inline(__always) var code: CodePointer { native(Code.self) }
}

/// A compiled function, or the main part of a source: its ``Code`` and what reports need.
final class Function {
    let name: String
    /// Result of compiling again lands in the same place: frames and globals point to it.
    let code: CodePointer
    /// It is what a thread starts with: nobody has called it.
    let isMain: Bool
    private var memory: InstructionMemory<Instruction>?

    init(_ name: String, isMain: Bool = false) {
        self.name = name
        self.isMain = isMain
        code = .allocate(capacity: 1)
        let nowhere = ProgramCounter(bitPattern: 8).unsafelyUnwrapped
        code.initialize(
            to: Code(
                entry: nowhere, parameters: 0, registers: 0, function: .passUnretained(self)))
    }
    convenience init(
        _ name: String, parameters: Int = 0, registers: Int, _ instructions: [Instruction]
    ) {
        self.init(name)
        install(instructions, parameters: parameters, registers: registers)
    }
    deinit { code.deallocate() }

    /// Puts `instructions` in place of the old ones. No guest thread may be running.
    func install(
        _ instructions: [Instruction], from source: Source? = nil, at ranges: [Range<Int>?] = [],
        parameters: Int, registers: Int
    ) {
        let memory = InstructionMemory(instructions, from: source, at: ranges)
        self.memory = memory
        code.pointee.entry = memory.start
        code.pointee.parameters = parameters
        code.pointee.registers = registers
    }

    /// The place of the instruction before `pc`.
    func place(before pc: ProgramCounter) -> Diagnostic.Place? {
        memory?.place(before: pc)
    }
}
