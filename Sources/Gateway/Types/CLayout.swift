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
extension CType {
    /// Writes `value` to `target`, which has room for this type. Returns what is wrong with it.
    ///
    /// - Parameter strings: the kind of the language's byte strings.
    public func write(
        _ value: Value, to target: UnsafeMutableRawPointer, strings: Int
    ) -> ForeignError.Problem? {
        switch self {
        case .longDouble: return CType.writeReal(value) { CType.storeExtended($0, target) }
        case .complexFloat, .complexDouble, .complexLongDouble:
            let part: CType =
                self == .complexFloat ? .float : self == .complexDouble ? .double : .longDouble
            if value.isA(.tuple) {
                return CType.writeElements(value, strings, [(part, 0), (part, part.size)], target)
            }
            target.initializeMemory(as: UInt8.self, repeating: 0, count: size)
            return part.write(value, to: target, strings: strings)
        case .aggregate(let aggregate):
            if value.isAddress, let source = value.address {
                target.copyMemory(from: source, byteCount: aggregate.size)
                return nil
            }
            if value.isReference && value.reference.kind == strings {
                return CType.writeBytes(value, target, exactly: aggregate.size)
            }
            guard value.isA(.tuple), aggregate.kind == .struct else { return .argumentType }
            target.initializeMemory(as: UInt8.self, repeating: 0, count: aggregate.size)
            return CType.writeElements(
                value, strings, aggregate.members.map { ($0.type, $0.offset) }, target)
        case .array(let element, let count):
            if element.size == 1, value.isReference, value.reference.kind == strings {
                let text = ByteString(value.reference)
                if text.count > count { return .size }
                target.initializeMemory(as: UInt8.self, repeating: 0, count: count)
                target.copyMemory(from: text.pointer, byteCount: text.count)
                return nil
            }
            guard value.isA(.tuple) else { return .argumentType }
            return CType.writeElements(
                value, strings, (0..<count).map { (element, $0 * element.size) }, target)
        default:
            guard let scalar else { return .argumentType }
            var word: UInt64 = 0
            let range = scalar.range ?? 0...0
            let problem = scalar.store(
                value, in: &word, low: range.lowerBound, high: range.upperBound, strings)
            if problem == nil { target.copyMemory(from: &word, byteCount: scalar.size) }
            return problem
        }
    }

    private static func writeElements(
        _ value: Value, _ strings: Int, _ parts: [(type: CType, offset: Int)],
        _ target: UnsafeMutableRawPointer
    ) -> ForeignError.Problem? {
        let tuple = value.reference
        guard Value(bits: tuple.address[1]).int == parts.count else { return .size }
        for (i, part) in parts.enumerated() {
            let element = Value(bits: tuple.address[i + 2])
            if let problem = part.type.write(element, to: target + part.offset, strings: strings) {
                return problem
            }
        }
        return nil
    }
    private static func writeBytes(
        _ value: Value, _ target: UnsafeMutableRawPointer, exactly count: Int
    ) -> ForeignError.Problem? {
        let text = ByteString(value.reference)
        guard text.count == count else { return .size }
        target.copyMemory(from: text.pointer, byteCount: count)
        return nil
    }
    private static func writeReal(_ value: Value, _ store: (Double) -> Void)
        -> ForeignError.Problem?
    {
        guard let d = value.isInt ? Double(value.int) : value.asDouble else { return .argumentType }
        store(d)
        return nil
    }
    private static func storeExtended(_ d: Double, _ target: UnsafeMutableRawPointer) {
        #if arch(x86_64)
            target.initializeMemory(as: UInt8.self, repeating: 0, count: 16)
            var extended = Float80(d)
            target.copyMemory(from: &extended, byteCount: 10)
        #endif
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

    /// The value of this type at `source`. Nil when it is no guest value, or memory has run out.
    public func read(
        _ source: UnsafeRawPointer, _ q: borrowing Quantum<Dispatched>, strings: Shape
    ) -> Value? {
        switch self {
        case .longDouble: return q.value(CType.loadExtended(source))
        case .complexFloat, .complexDouble, .complexLongDouble:
            let part: CType =
                self == .complexFloat ? .float : self == .complexDouble ? .double : .longDouble
            return CType.tuple(q, 2) { (q, i) in
                part.read(source + i * part.size, q, strings: strings)
            }
        case .aggregate(let aggregate):
            if aggregate.kind == .union {
                return q.newBytes(strings, count: aggregate.size) {
                    $0.copyMemory(from: source, byteCount: aggregate.size)
                }.map { Value($0) }
            }
            return CType.tuple(q, aggregate.members.count) { (q, i) in
                let member = aggregate.members[i]
                return member.type.read(source + member.offset, q, strings: strings)
            }
        case .array(.char, let count):
            let end = foreign_find_zero(source, count)
            return q.newBytes(strings, count: end) {
                $0.copyMemory(from: source, byteCount: end)
            }.map { Value($0) }
        case .array(let element, let count):
            return CType.tuple(q, count) { (q, i) in
                element.read(source + i * element.size, q, strings: strings)
            }
        default:
            guard let scalar else { return nil }
            var word: UInt64 = 0
            withUnsafeMutableBytes(of: &word) {
                $0.copyMemory(from: UnsafeRawBufferPointer(start: source, count: scalar.size))
            }
            let outcome = scalar.outcome(word, errno: 0)
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
