import InterpreterKit

/// Compiled code as the machine sees it: raw memory that lives as long as the language.
///
/// Its address is stored in frames and globals; being a multiple of 16, it looks like an integer to
/// the collector.
@frozen @usableFromInline struct Code {
    @usableFromInline var entry: ProgramCounter
    @usableFromInline var parameters: Int32
    @usableFromInline var registers: Int32
    @usableFromInline var function: Unmanaged<Function>
    /// The global function of its name; never again anything else if it is the only one (S2).
    @usableFromInline var isDefined = false
}
@usableFromInline typealias CodePointer = UnsafeMutablePointer<Code>

extension Value {
    @inlinable @inline(__always) init(code: CodePointer) {
        self.init(bits: UInt64(UInt(bitPattern: code)))
    }
    @inlinable @inline(__always) var code: CodePointer {
        CodePointer(bitPattern: UInt(bits)).unsafelyUnwrapped
    }
    @inlinable @inline(__always) init(pc: ProgramCounter) {
        self.init(bits: UInt64(UInt(bitPattern: pc)))
    }
    @inlinable @inline(__always) var pc: ProgramCounter {
        ProgramCounter(bitPattern: UInt(bits)).unsafelyUnwrapped
    }
}

/// A compiled function, or the main part of a source: its ``Code`` and what reports need.
@usableFromInline final class Function {
    let name: String
    let syntax: Syntax?
    /// The `defun` form; nil for code that is no function of the program.
    let node: Int?
    /// Result of compiling again lands in the same place: frames and globals point to it.
    let code: CodePointer
    /// The node that each instruction comes from.
    var positions: [Int32] = []
    var messages: [String] = []
    private var memory: UnsafeMutablePointer<Instruction>?

    init(name: String, syntax: Syntax? = nil, node: Int? = nil) {
        self.name = name
        self.syntax = syntax
        self.node = node
        code = .allocate(capacity: 1)
        code.initialize(
            to: Code(
                entry: ProgramCounter(bitPattern: 8)!, parameters: 0, registers: 0,
                function: .passUnretained(self)))
    }
    deinit {
        memory?.deallocate()
        code.deallocate()
    }

    /// Puts `instructions` in place of the old ones. No guest thread may be running.
    func install(_ instructions: [Instruction], parameters: Int, registers: Int) {
        memory?.deallocate()
        let memory = UnsafeMutablePointer<Instruction>.allocate(capacity: instructions.count)
        memory.initialize(from: instructions, count: instructions.count)
        self.memory = memory
        code.pointee.entry = ProgramCounter(memory)
        code.pointee.parameters = Int32(parameters)
        code.pointee.registers = Int32(registers)
    }

    /// Its name.
    var symbol: Int? {
        guard let syntax, let node else { return nil }
        return syntax.symbol(syntax.child(node, 1))
    }

    /// The place of the instruction before `pc`.
    func place(before pc: ProgramCounter) -> Diagnostic.Place? {
        guard let memory, let syntax else { return nil }
        let index = pc - UnsafePointer(memory) - 1
        guard positions.indices.contains(index), positions[index] >= 0 else { return nil }
        return syntax.place(Int(positions[index]))
    }
}

extension Diagnostic.Place {
    /// As at the head of a report.
    var heading: String {
        let (line, column) = source.position(at: start)
        return "\(source.name):\(line):\(column): "
    }
}
