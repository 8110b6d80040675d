import InterpreterKit
import PythonSyntax

/// Compiled units become code: instructions in native memory, constants as objects.
extension VM {
    func install(_ unit: CodeUnit, _ source: Source) throws(Unwind) -> CodePointer {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: MemoryLayout<Code>.stride, alignment: 16)
        let code = memory.bindMemory(to: Code.self, capacity: 1)
        let description = CodeDescription(
            name: unit.name, qualifiedName: unit.qualifiedName, source: source,
            firstLine: unit.firstLine, code: code)
        let instructions = ProgramCounter.allocate(capacity: unit.instructions.count + 1)
        instructions.initialize(from: unit.instructions, count: unit.instructions.count)
        let constants = Frame.allocate(capacity: unit.constants.count + 1)
        let names = Frame.allocate(capacity: unit.names.count + 1)
        for (i, constant) in unit.constants.enumerated() {
            let value = try install(constant, source)
            if value.isReference { machine.heap.keep(value) }
            constants[i] = value
        }
        for (i, name) in unit.names.enumerated() { names[i] = intern(name) }
        description.nameValue = intern(unit.name)
        description.qualifiedNameValue = intern(unit.qualifiedName)
        description.registerNames = unit.registerNames
        description.cellRegisters = unit.cellRegisters
        description.freeRegisters = unit.freeRegisters
        description.classRegister =
            (unit.freeRegisters + unit.cellRegisters).first {
                unit.registerNames[$0] == "__class__"
            } ?? -1
        description.spans = unit.spans
        description.inlined = unit.inlined
        description.unit = unit
        var flags = unit.flags
        let parameters =
            unit.positional + unit.keywordOnly + (flags.contains(.starred) ? 1 : 0)
            + (flags.contains(.doubleStarred) ? 1 : 0)
        description.parameterCount = parameters
        let parameterNames = (0..<(unit.positional + unit.keywordOnly)).map {
            intern(unit.registerNames[1 + $0]).bits
        }
        if unit.keywordOnly == 0 && flags.isDisjoint(with: [.starred, .doubleStarred]) {
            flags.insert(.simple)
        }
        code.initialize(
            to: Code(
                entry: instructions, constants: constants, names: names,
                // Room for an inserted argument behind a full window.
                registers: unit.registers + 4, positional: unit.positional,
                positionalOnly: unit.positionalOnly, keywordOnly: unit.keywordOnly,
                flags: flags, parameterNames: parameterNames, handlers: unit.handlers,
                description: .passRetained(description)))
        python.codes.withLock { $0.append(UInt(bitPattern: code)) }
        return code
    }

    /// A constant that has no code in it.
    func value(of constant: Constant) throws(Unwind) -> Value {
        try install(constant, Source(name: "", bytes: []))
    }
    private func install(_ constant: Constant, _ source: Source) throws(Unwind) -> Value {
        switch constant {
        case .none: return .none
        case .true: return .true
        case .false: return .false
        case .ellipsis: return .ellipsis
        case .int(let i):
            if let small = Value(exactly: i) { return small }
            return try int(magnitude: UInt64(i.magnitude), isNegative: i < 0)
        case .bigInt(let hex): return try int(hex: hex)
        case .float(let d): return value(d)
        case .imaginary(let d): return try complex(0, d)
        case .text(let text):
            let string = try string(utf8: text.bytes)
            return looksLikeName(text.bytes) ? intern(string) : string
        case .bytes(let content): return try bytes(content)
        case .tuple(let items):
            let list = try newList(capacity: items.count)
            for item in items { try append(list, try install(item, source)) }
            return try tuple(ofList: list)
        case .frozenSet(let items):
            let list = try newList(capacity: items.count)
            for item in items { try append(list, try install(item, source)) }
            // The order of items is that of a set made of another, as elsewhere.
            let first = try call(Value(type(.frozenset)), Value(list))
            let again = try newList(of: first)
            return try call(Value(type(.frozenset)), Value(again))
        case .code(let unit): return Value(native: try install(unit, source))
        }
    }
    private func looksLikeName(_ bytes: [UInt8]) -> Bool {
        bytes.count < 64
            && bytes.allSatisfy {
                ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == 0x5F || ($0 >= 0x30 && $0 <= 0x39)
            }
    }
}
