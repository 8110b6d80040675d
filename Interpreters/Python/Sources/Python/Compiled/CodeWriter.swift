import PythonSyntax

/// Makes a row of bytes of compiled code: texts that are used in several places, then the units, each with its
/// numbers, its arrays as they are in memory, and its constants. ``CodeReader`` makes code of them again.
struct CodeWriter {
    private var body: [UInt8] = []
    private var table: [UInt8] = []
    private var known: [String: Int] = [:]

    /// The bytes of a unit and of all units in it.
    static func bytes(of unit: CodeUnit) -> [UInt8] {
        var writer = CodeWriter()
        writer.write(unit)
        var count = UInt32(writer.known.count)
        let head = withUnsafeBytes(of: &count) { Array($0) }
        return head + writer.table + writer.body
    }

    private mutating func write(_ unit: CodeUnit) {
        write(unit.name)
        write(unit.qualifiedName)
        for number in [
            unit.firstLine, unit.registers, unit.positional, unit.positionalOnly, unit.keywordOnly,
            Int(unit.flags.rawValue),
        ] {
            write(number)
        }
        write(unit.instructions.count)
        unit.instructions.withUnsafeBytes { body += $0 }
        unit.spans.withUnsafeBytes { body += $0 }
        for texts in [unit.names, unit.registerNames, unit.cellNames, unit.freeNames] {
            write(texts.count)
            for text in texts { write(text) }
        }
        for registers in [unit.cellRegisters, unit.freeRegisters] {
            write(registers.count)
            for register in registers { write(register) }
        }
        write(unit.handlers.count)
        for handler in unit.handlers {
            for number in [
                handler.start, handler.end, handler.target, handler.register, handler.bodyStart,
                handler.bodyEnd,
            ] {
                write(number)
            }
        }
        write(unit.inlined.count)
        for inner in unit.inlined {
            write(inner.start)
            write(inner.end)
            write(inner.name)
            withUnsafeBytes(of: inner.span) { body += $0 }
        }
        write(unit.constants.count)
        for constant in unit.constants { write(constant) }
        write(unit.docstring ?? .none)
    }

    private mutating func write(_ constant: Constant) {
        switch constant {
        case .none: write(ConstantKind.none)
        case .true: write(ConstantKind.true)
        case .false: write(ConstantKind.false)
        case .ellipsis: write(ConstantKind.ellipsis)
        case .int(let value):
            write(ConstantKind.int)
            withUnsafeBytes(of: value) { body += $0 }
        case .bigInt(let hex):
            write(ConstantKind.bigInt)
            write(Array(hex.utf8))
        case .float(let value):
            write(ConstantKind.float)
            withUnsafeBytes(of: value) { body += $0 }
        case .imaginary(let value):
            write(ConstantKind.imaginary)
            withUnsafeBytes(of: value) { body += $0 }
        case .text(let text):
            write(ConstantKind.text)
            write(text.bytes)
        case .bytes(let bytes):
            write(ConstantKind.bytes)
            write(bytes)
        case .tuple(let items):
            write(ConstantKind.tuple)
            write(items.count)
            for item in items { write(item) }
        case .frozenSet(let items):
            write(ConstantKind.frozenSet)
            write(items.count)
            for item in items { write(item) }
        case .code(let unit):
            write(ConstantKind.code)
            write(unit)
        }
    }

    private mutating func write(_ kind: ConstantKind) { body.append(kind.rawValue) }
    private mutating func write(_ number: Int) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: number)) { body += $0 }
    }
    private mutating func write(_ bytes: [UInt8]) {
        write(bytes.count)
        body += bytes
    }
    /// A text of the table.
    private mutating func write(_ text: String) {
        if let number = known[text] { return write(number) }
        let number = known.count
        known[text] = number
        withUnsafeBytes(of: UInt32(text.utf8.count)) { table += $0 }
        table += text.utf8
        write(number)
    }
}

/// How a constant begins in the bytes.
enum ConstantKind: UInt8 {
    case none, `true`, `false`, ellipsis, int, bigInt, float, imaginary, text, bytes, tuple
    case frozenSet, code
}
