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
    @inline(__always) init(code: CodePointer) { self.init(bits: UInt64(UInt(bitPattern: code))) }
    @inline(__always) var code: CodePointer {
        CodePointer(bitPattern: UInt(bits)).unsafelyUnwrapped
    }
    @inline(__always) init(pc: ProgramCounter) { self.init(bits: UInt64(UInt(bitPattern: pc))) }
    @inline(__always) var pc: ProgramCounter {
        ProgramCounter(bitPattern: UInt(bits)).unsafelyUnwrapped
    }
}

/// A compiled function, or the main part of a source: its ``Code`` and what reports need.
final class Function {
    let name: String
    /// Owned by the ``Program``, like all functions of it; nil for code that comes from no source.
    private unowned let syntax: Syntax?
    /// Result of compiling again lands in the same place: frames and globals point to it.
    let code: CodePointer
    /// It is what a thread starts with: nobody has called it.
    let isMain: Bool
    /// The node that each instruction comes from.
    private var nodes: [Int?] = []
    private var memory: UnsafeMutablePointer<Instruction>?

    init(_ name: String, _ syntax: Syntax? = nil, isMain: Bool = false) {
        self.name = name
        self.syntax = syntax
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
    deinit {
        memory?.deallocate()
        code.deallocate()
    }

    /// Puts `instructions` in place of the old ones. No guest thread may be running.
    func install(
        _ instructions: [Instruction], from nodes: [Int?] = [], parameters: Int, registers: Int
    ) {
        memory?.deallocate()
        let memory = UnsafeMutablePointer<Instruction>.allocate(capacity: instructions.count)
        memory.initialize(from: instructions, count: instructions.count)
        self.memory = memory
        self.nodes = nodes
        code.pointee.entry = ProgramCounter(memory)
        code.pointee.parameters = parameters
        code.pointee.registers = registers
    }

    /// The place of the instruction before `pc`.
    func place(before pc: ProgramCounter) -> Diagnostic.Place? {
        guard let memory, let syntax else { return nil }
        let index = pc - UnsafePointer(memory) - 1
        return nodes.indices.contains(index) ? nodes[index].map(syntax.place) : nil
    }
}
