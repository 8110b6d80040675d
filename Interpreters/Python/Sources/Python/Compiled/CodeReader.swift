import PythonSyntax

/// Makes compiled code of the bytes of a ``CodeWriter``. What makes no sense is refused, wherever it is.
struct CodeReader {
    struct Malformed: Error {}

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var texts: [String] = []
    /// Units and tuples around this point.
    private var depth = 0
    /// Far more than the parser lets a program nest.
    private static let deepest = 500

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    static func unit(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> CodeUnit {
        var reader = CodeReader(bytes)
        let count = try reader.count(ofAtLeast: 4)
        reader.texts.reserveCapacity(count)
        for _ in 0..<count {
            let text = try reader.take(try reader.number())
            reader.texts.append(String(decoding: text, as: UTF8.self))
        }
        let unit = try reader.unit()
        if reader.position != bytes.count { throw Malformed() }
        return unit
    }

    private mutating func unit() throws(Malformed) -> CodeUnit {
        try enter()
        defer { depth -= 1 }
        let (name, qualifiedName) = (try text(), try text())
        let unit = CodeUnit(name: name, qualifiedName: qualifiedName, firstLine: try number())
        unit.registers = try number()
        unit.positional = try number()
        unit.positionalOnly = try number()
        unit.keywordOnly = try number()
        unit.flags = CodeFlags(rawValue: UInt32(try number()))
        let count = try number()
        unit.instructions = try array(count)
        unit.spans = try array(count)
        unit.names = try list { (reader) throws(Malformed) in try reader.text() }
        unit.registerNames = try list { (reader) throws(Malformed) in try reader.text() }
        unit.cellNames = try list { (reader) throws(Malformed) in try reader.text() }
        unit.freeNames = try list { (reader) throws(Malformed) in try reader.text() }
        unit.cellRegisters = try list { (reader) throws(Malformed) in try reader.register(of: unit)
        }
        unit.freeRegisters = try list { (reader) throws(Malformed) in try reader.register(of: unit)
        }
        let parameters = unit.positional + unit.keywordOnly
        if unit.registerNames.count < unit.registers || parameters >= unit.registers {
            throw Malformed()
        }
        unit.handlers = try list { (reader) throws(Malformed) in
            Handler(
                start: try reader.number(), end: try reader.number(), target: try reader.number(),
                register: try reader.number(), bodyStart: try reader.number(),
                bodyEnd: try reader.number())
        }
        unit.inlined = try list { (reader) throws(Malformed) in
            InlinedCode(
                start: try reader.number(), end: try reader.number(), name: try reader.text(),
                span: try reader.plain())
        }
        unit.constants = try list { (reader) throws(Malformed) in try reader.constant() }
        let docstring = try constant()
        if case .text = docstring { unit.docstring = docstring }
        return unit
    }

    private mutating func constant() throws(Malformed) -> Constant {
        let first: UInt8 = try plain()
        guard let kind = ConstantKind(rawValue: first) else { throw Malformed() }
        switch kind {
        case .none: return .none
        case .true: return .true
        case .false: return .false
        case .ellipsis: return .ellipsis
        case .int: return .int(try plain())
        case .bigInt:
            return .bigInt(hex: String(decoding: try take(try number()), as: UTF8.self))
        case .float: return .float(try plain())
        case .imaginary: return .imaginary(try plain())
        case .text: return .text(Text(bytes: [UInt8](try take(try number()))))
        case .bytes: return .bytes([UInt8](try take(try number())))
        case .tuple: return .tuple(try items())
        case .frozenSet: return .frozenSet(try items())
        case .code: return .code(try unit())
        }
    }
    private mutating func items() throws(Malformed) -> [Constant] {
        try enter()
        defer { depth -= 1 }
        return try list { (reader) throws(Malformed) in try reader.constant() }
    }

    // MARK: pieces

    private mutating func enter() throws(Malformed) {
        if depth >= CodeReader.deepest { throw Malformed() }
        depth += 1
    }
    private mutating func take(_ count: Int) throws(Malformed) -> UnsafeRawBufferPointer {
        if count > bytes.count - position { throw Malformed() }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }
    private mutating func plain<T: BitwiseCopyable>() throws(Malformed) -> T {
        let size = MemoryLayout<T>.size
        if size > bytes.count - position { throw Malformed() }
        defer { position += size }
        return bytes.loadUnaligned(fromByteOffset: position, as: T.self)
    }
    private mutating func number() throws(Malformed) -> Int {
        let word: UInt32 = try plain()
        return Int(word)
    }
    /// A number of things, of which each takes some bytes.
    private mutating func count(ofAtLeast size: Int) throws(Malformed) -> Int {
        let count = try number()
        if count > (bytes.count - position) / size { throw Malformed() }
        return count
    }
    private mutating func text() throws(Malformed) -> String {
        let i = try number()
        if i >= texts.count { throw Malformed() }
        return texts[i]
    }
    private mutating func register(of unit: CodeUnit) throws(Malformed) -> Int {
        let register = try number()
        if register >= unit.registers { throw Malformed() }
        return register
    }
    private mutating func list<T>(
        _ item: (inout CodeReader) throws(Malformed) -> T
    ) throws(Malformed) -> [T] {
        let count = try count(ofAtLeast: 1)
        var items: [T] = []
        items.reserveCapacity(count)
        for _ in 0..<count { items.append(try item(&self)) }
        return items
    }
    private mutating func array<T: BitwiseCopyable>(_ count: Int) throws(Malformed) -> [T] {
        if count > (bytes.count - position) / MemoryLayout<T>.stride { throw Malformed() }
        let memory = try take(count * MemoryLayout<T>.stride)
        return [T](unsafeUninitializedCapacity: count) { (items, initialized) in
            if let source = memory.baseAddress, let target = items.baseAddress {
                UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: memory.count)
            }
            initialized = count
        }
    }
}
