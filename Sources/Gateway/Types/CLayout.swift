import CForeign
import CHost
import ManagedHeap
import Quanta

/// Guest values as C lays them out in memory, and back: structs, arrays, complex numbers, and scalars
/// as members.
///
/// | C type | guest value |
/// | --- | --- |
/// | struct | a tuple of its members; the raw bytes; an address, from which it is copied |
/// | union | the raw bytes; an address |
/// | array of `char` | a byte string that is not longer; the rest is filled with zeros |
/// | other arrays | a tuple of the elements |
/// | complex | a tuple of real and imaginary part; a number |
///
/// A layout is worked out once and never freed, so that calls share it without reference counts: make one for
/// each type, not for each value.
public struct CLayout: @unchecked Sendable {
    private struct Node {
        enum Form: UInt8 { case scalar, extended, complex, structure, union, text, array }
        let form: Form
        /// `void` when it is none.
        let scalar: Scalar
        /// What an integer must lie in.
        let low: Int
        let high: Int
        let size: Int
        /// In the struct whose member it is.
        let offset: Int
        /// Members or elements; the parts of an array or complex number are all like the first.
        let count: Int
        let parts: UnsafePointer<Node>?

        init(_ type: CType, at offset: Int = 0) {
            let form: Form
            var parts: [Node] = []
            var count = 1
            switch type {
            case .longDouble: form = .extended
            case .complexFloat, .complexDouble, .complexLongDouble:
                form = .complex
                count = 2
                parts = [
                    Node(
                        type == .complexFloat
                            ? .float : type == .complexDouble ? .double : .longDouble)
                ]
            case .aggregate(let aggregate):
                form = aggregate.kind == .union ? .union : .structure
                parts = aggregate.members.map { Node($0.type, at: $0.offset) }
                count = parts.count
            case .array(let element, let n):
                form = element == .char ? .text : .array
                parts = [Node(element)]
                count = n
            default: form = .scalar
            }
            self.form = form
            scalar = type.scalar ?? .void
            let range = type.range ?? 0...0
            low = range.lowerBound
            high = range.upperBound
            size = type.size
            self.offset = offset
            self.count = count
            self.parts = parts.isEmpty ? nil : CLayout.kept(parts)
        }
    }
    private let root: UnsafePointer<Node>

    public init(_ type: CType) { root = CLayout.kept([Node(type)]) }

    private static func kept(_ nodes: [Node]) -> UnsafePointer<Node> {
        let memory = UnsafeMutablePointer<Node>.allocate(capacity: nodes.count)
        memory.initialize(from: nodes, count: nodes.count)
        return UnsafePointer(memory)
    }

    var size: Int { root.pointee.size }

    // MARK: writing

    /// Writes `value` to `target`, which has room for the type. Returns what is wrong with it.
    ///
    /// - Parameter strings: the kind of the language's byte strings.
    public func write(
        _ value: Value, to target: UnsafeMutableRawPointer, strings: Int
    ) -> ForeignError.Problem? {
        CLayout.write(value, to: target, root, strings)
    }

    private static func write(
        _ value: Value, to target: UnsafeMutableRawPointer, _ node: UnsafePointer<Node>,
        _ strings: Int
    ) -> ForeignError.Problem? {
        let size = node.pointee.size
        switch node.pointee.form {
        case .scalar:
            var word: UInt64 = 0
            let problem = node.pointee.scalar.store(
                value, in: &word, low: node.pointee.low, high: node.pointee.high, strings)
            if problem == nil { store(word, target, size) }
            return problem
        case .extended:
            guard let d = value.isInt ? Double(value.int) : value.asDouble else {
                return .argumentType
            }
            storeExtended(d, target)
            return nil
        case .complex:
            if value.isA(.tuple) { return writeParts(value, to: target, node, strings) }
            target.initializeMemory(as: UInt8.self, repeating: 0, count: size)
            return write(value, to: target, node.pointee.parts.unsafelyUnwrapped, strings)
        case .structure, .union:
            if value.isAddress, let source = value.address {
                target.copyMemory(from: source, byteCount: size)
                return nil
            }
            if value.isReference && value.reference.kind == strings {
                let bytes = ByteString(value.reference)
                guard bytes.count == size else { return .size }
                target.copyMemory(from: bytes.pointer, byteCount: size)
                return nil
            }
            guard node.pointee.form == .structure else { return .argumentType }
        case .text, .array:
            if size == node.pointee.count, value.isReference, value.reference.kind == strings {
                let text = ByteString(value.reference)
                if text.count > size { return .size }
                target.initializeMemory(as: UInt8.self, repeating: 0, count: size)
                target.copyMemory(from: text.pointer, byteCount: text.count)
                return nil
            }
        }
        guard value.isA(.tuple) else { return .argumentType }
        return writeParts(value, to: target, node, strings)
    }

    private static func writeParts(
        _ value: Value, to target: UnsafeMutableRawPointer, _ node: UnsafePointer<Node>,
        _ strings: Int
    ) -> ForeignError.Problem? {
        let tuple = value.reference
        let count = node.pointee.count
        guard Value(bits: tuple.address[1]).int == count else { return .size }
        let isStructure = node.pointee.form == .structure
        // What lies between members is zero.
        if isStructure {
            target.initializeMemory(as: UInt8.self, repeating: 0, count: node.pointee.size)
        }
        for i in 0..<count {
            let (part, offset) = part(i, of: node)
            let element = Value(bits: tuple.address[i + 2])
            if let problem = write(element, to: target + offset, part, strings) { return problem }
        }
        return nil
    }

    @inline(__always) private static func part(
        _ i: Int, of node: UnsafePointer<Node>
    ) -> (UnsafePointer<Node>, offset: Int) {
        let parts = node.pointee.parts.unsafelyUnwrapped
        if node.pointee.form == .structure { return (parts + i, parts[i].offset) }
        return (parts, i * parts.pointee.size)
    }
    @inline(__always) private static func store(
        _ word: UInt64, _ target: UnsafeMutableRawPointer, _ size: Int
    ) {
        switch size {
        case 8: target.storeBytes(of: word, as: UInt64.self)
        case 4: target.storeBytes(of: UInt32(truncatingIfNeeded: word), as: UInt32.self)
        case 2: target.storeBytes(of: UInt16(truncatingIfNeeded: word), as: UInt16.self)
        default: target.storeBytes(of: UInt8(truncatingIfNeeded: word), as: UInt8.self)
        }
    }
    private static func storeExtended(_ d: Double, _ target: UnsafeMutableRawPointer) {
        #if arch(x86_64)
            target.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
            var extended = Float80(d)
            target.copyMemory(from: &extended, byteCount: 10)
        #endif
    }

    // MARK: reading

    /// The value of the type at `source`. Nil when it is no guest value, or memory has run out.
    public func read(
        _ source: UnsafeRawPointer, _ q: borrowing Quantum<Dispatched>, strings: Shape
    ) -> Value? {
        CLayout.read(source, q, root, strings)
    }

    private static func read(
        _ source: UnsafeRawPointer, _ q: borrowing Quantum<Dispatched>,
        _ node: UnsafePointer<Node>, _ strings: Shape
    ) -> Value? {
        func bytes(_ count: Int) -> Value? {
            q.newBytes(strings, count: count) { $0.copyMemory(from: source, byteCount: count) }
                .map { Value($0) }
        }
        switch node.pointee.form {
        case .extended: return q.value(loadExtended(source))
        case .union: return bytes(node.pointee.size)
        case .text: return bytes(foreign_find_zero(source, node.pointee.size))
        case .complex, .structure, .array:
            return tuple(q, node.pointee.count) { (q, i) in
                let (part, offset) = part(i, of: node)
                return read(source + offset, q, part, strings)
            }
        case .scalar:
            let outcome = node.pointee.scalar.outcome(load(source, node.pointee.size), errno: 0)
            switch outcome.state {
            case .value: return Value(bits: outcome.bits)
            case .double: return q.value(Double(bitPattern: outcome.bits))
            case .text:
                let text = outcome.text
                return q.newBytes(strings, count: text.count) {
                    $0.copyMemory(
                        from: text.baseAddress.unsafelyUnwrapped, byteCount: text.count)
                }.map { Value($0) }
            default: return nil
            }
        }
    }

    @inline(__always) private static func load(_ source: UnsafeRawPointer, _ size: Int) -> UInt64 {
        switch size {
        case 8: source.loadUnaligned(as: UInt64.self)
        case 4: UInt64(source.loadUnaligned(as: UInt32.self))
        case 2: UInt64(source.loadUnaligned(as: UInt16.self))
        case 1: UInt64(source.load(as: UInt8.self))
        default: 0
        }
    }
    private static func loadExtended(_ source: UnsafeRawPointer) -> Double {
        #if arch(x86_64)
            var extended: Float80 = 0
            withUnsafeMutableBytes(of: &extended) {
                $0.copyMemory(from: UnsafeRawBufferPointer(start: source, count: 10))
            }
            return Double(extended)
        #else
            return 0
        #endif
    }

    /// A new tuple of what is read or converted.
    static func tuple(
        _ q: borrowing Quantum<Dispatched>, _ count: Int,
        _ element: (borrowing Quantum<Dispatched>, Int) -> Value?
    ) -> Value? {
        var isComplete = true
        let tuple = q.foreignTuple(count: count) { (q, i) in
            guard isComplete, let value = element(q, i) else {
                isComplete = false
                return .none
            }
            return value
        }
        return isComplete ? tuple : nil
    }
}

extension Quantum {
    /// A new tuple whose elements may need memory themselves: a struct or array for C, for example. It is
    /// filled after its birth, while nobody else can know it. Nil beyond the heap limit.
    @inlinable
    public func foreignTuple<E: Error>(
        count: Int, element: (borrowing Quantum<B>, Int) throws(E) -> Value
    ) throws(E) -> Value? {
        guard
            let tuple = newTuple(
                count: count, initialise: { $0.update(repeating: .none, count: count) })
        else { return nil }
        for i in 0..<count {
            host_store_relaxed(tuple.address + (i + 2), try element(self, i).bits)
        }
        quanta_keep(tuple.address)
        return Value(tuple)
    }
}

extension ByteString {
    var pointer: UnsafeRawPointer {
        UnsafeRawPointer(bitPattern: UInt(address)).unsafelyUnwrapped
    }
}
