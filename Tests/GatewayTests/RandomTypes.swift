import Gateway
import ManagedHeap

/// A C type of the random signatures: how the generated C treats a value of it, and the same in Swift.
/// Both sides take values apart into leaves, in the same order.
indirect enum RandomType: Sendable {
    case signed(Int), unsigned(Int)
    case bool, float, double, longDouble
    case pointer
    case complex(RandomType)
    case structure(name: String, [RandomType])
    case array(RandomType, Int)
    case callback(name: String, [RandomType], result: RandomType)

    var spelling: String {
        switch self {
        case .signed(let bits): "int\(bits)_t"
        case .unsigned(let bits): "uint\(bits)_t"
        case .bool: "bool"
        case .float: "float"
        case .double: "double"
        case .longDouble: "long double"
        case .pointer: "void *"
        case .complex(let part): "\(part.spelling) _Complex"
        case .structure(let name, _), .callback(let name, _, _): name
        case .array(let element, _): element.spelling
        }
    }
    var size: Int {
        switch self {
        case .signed(let bits), .unsigned(let bits): bits / 8
        case .bool: 1
        case .float: 4
        case .double, .pointer, .callback: 8
        case .longDouble: 16
        case .complex(let part): 2 * part.size
        case .array(let element, let count): element.size * count
        case .structure(_, let members):
            members.reduce(0) { ($0 + $1.alignment - 1) / $1.alignment * $1.alignment + $1.size }
        }
    }
    var alignment: Int {
        switch self {
        case .complex(let part): part.size
        case .array(let element, _): element.alignment
        case .structure(_, let members): members.map(\.alignment).max() ?? 1
        default: size
        }
    }

    /// The definition that C and the declaration share; empty for types that need none.
    var definition: String {
        switch self {
        case .structure(let name, let members):
            let fields = members.enumerated().map { i, member in
                if case .array(let element, let count) = member {
                    return "\(element.spelling) m\(i)[\(count)];"
                }
                return "\(member.spelling) m\(i);"
            }
            return members.map(\.definition).joined()
                + "typedef struct { \(fields.joined(separator: " ")) } \(name);\n"
        case .callback(let name, let parameters, let result):
            let list = parameters.map(\.spelling).joined(separator: ", ")
            return "typedef \(result.spelling) (*\(name))(\(list.isEmpty ? "void" : list));\n"
        case .array(let element, _): return element.definition
        default: return ""
        }
    }

    /// The leaves of the C expression `text`.
    func leaves(_ text: String) -> [(text: String, type: RandomType)] {
        switch self {
        case .complex(let part): [("__real__ \(text)", part), ("__imag__ \(text)", part)]
        case .structure(_, let members):
            members.enumerated().flatMap { $1.leaves("\(text).m\($0)") }
        case .array(let element, let count):
            (0..<count).flatMap { element.leaves("\(text)[\($0)]") }
        default: [(text, self)]
        }
    }

    /// C: mixes a leaf into `h`.
    func mix(_ leaf: String) -> String {
        switch self {
        case .float, .double, .longDouble: "h = mix_real(h, (double)(\(leaf)));"
        case .pointer: "h = mix(h, (uint64_t)(uintptr_t)(\(leaf)));"
        case .callback(_, let parameters, let result):
            // Arguments come from the state of the hash; what comes back is mixed in.
            """
            { \(parameters.enumerated().map { "\($1.spelling) c\($0) = \($1.made); h = mix(h, \($0)); " }.joined())\
            \(result.spelling) r = \(leaf)(\(parameters.indices.map { "c\($0)" }.joined(separator: ", "))); \
            \(result.mix("r")) }
            """
        default: "h = mix(h, (uint64_t)(\(leaf)));"
        }
    }
    /// C: a leaf made of `h`. 64-bit integers keep to what a guest integer holds.
    var made: String {
        switch self {
        case .signed(64): "(int64_t)h >> 3"
        case .unsigned(64): "(uint64_t)(((int64_t)h >> 3) & (INT64_MAX >> 3))"
        case .bool: "h & 1"
        case .float: "(float)(int16_t)h / 8"
        case .double, .longDouble: "(\(spelling))(int32_t)h / 1024"
        case .pointer: "(void *)(uintptr_t)(h >> 17 | 1)"
        default: "(\(spelling))h"
        }
    }

    // MARK: the model

    /// Swift: the same leaf as a guest value.
    func value(_ h: UInt64) -> Given {
        switch self {
        case .signed(let bits):
            return .int(bits == 64 ? Int(Int64(bitPattern: h) >> 3) : RandomType.narrow(h, bits))
        case .unsigned(let bits):
            if bits == 64 { return .int(Int(Int64(bitPattern: h) >> 3) & Int.max >> 3) }
            return .int(Int(h & (1 << UInt64(bits) - 1)))
        case .bool: return .value(h & 1 == 1 ? .true : .false)
        case .float: return .double(Double(Int16(truncatingIfNeeded: h)) / 8)
        case .double, .longDouble: return .double(Double(Int32(truncatingIfNeeded: h)) / 1024)
        case .pointer:
            return .value(
                Value(address: UnsafeMutableRawPointer(bitPattern: UInt(h >> 17 | 1))))
        default: return .none
        }
    }
    private static func narrow(_ h: UInt64, _ bits: Int) -> Int {
        Int(Int64(bitPattern: h << UInt64(64 - bits)) >> Int64(64 - bits))
    }

    /// A random value; callbacks are numbered.
    func random(_ random: inout SplitMix, _ callbacks: inout [RandomType]) -> Given {
        switch self {
        case .complex(let part):
            return .tuple([part.random(&random, &callbacks), part.random(&random, &callbacks)])
        case .structure(_, let members):
            return .tuple(members.map { $0.random(&random, &callbacks) })
        case .array(let element, let count):
            return .tuple((0..<count).map { _ in element.random(&random, &callbacks) })
        case .callback:
            callbacks.append(self)
            return .int(callbacks.count - 1)
        default: return value(random.next())
        }
    }

    /// Swift: what `mix` does.
    func mix(_ h: inout UInt64, _ given: Given) {
        switch (self, given) {
        case (.complex(let part), .tuple(let parts)):
            for value in parts { part.mix(&h, value) }
        case (.structure(_, let members), .tuple(let parts)):
            for (member, value) in zip(members, parts) { member.mix(&h, value) }
        case (.array(let element, _), .tuple(let parts)):
            for value in parts { element.mix(&h, value) }
        case (.callback(_, let parameters, let result), _):
            var arguments: [Given] = []
            for (i, parameter) in parameters.enumerated() {
                arguments.append(parameter.value(h))
                h = RandomType.mixed(h, UInt64(i))
            }
            result.mix(&h, result.value(RandomType.answer(parameters, arguments)))
        case (_, .double(let d)): h = RandomType.mixed(h, d.bitPattern)
        case (_, .value(let value)):
            let word: UInt64 =
                value.isInt
                ? UInt64(bitPattern: Int64(value.int))
                : value.isAddress
                    ? UInt64(UInt(bitPattern: value.address)) : value == .true ? 1 : 0
            h = RandomType.mixed(h, word)
        default: break
        }
    }
    /// Swift: a whole result made of `h`, leaf by leaf.
    func result(_ h: inout UInt64) -> Seen {
        switch self {
        case .complex(let part): return .tuple([part.result(&h), part.result(&h)])
        case .structure(_, let members): return .tuple(members.map { $0.result(&h) })
        case .array(let element, let count):
            return .tuple((0..<count).map { _ in element.result(&h) })
        default:
            let given = value(h)
            h = RandomType.mixed(h, 1)
            return Seen(given)
        }
    }
    /// What a guest function that is called back computes of its arguments.
    static func answer(_ parameters: [RandomType], _ arguments: [Given]) -> UInt64 {
        var h: UInt64 = 77
        for (parameter, argument) in zip(parameters, arguments) { parameter.mix(&h, argument) }
        return h
    }
    static func mixed(_ h: UInt64, _ x: UInt64) -> UInt64 {
        let product = (h ^ x) &* 0x9E37_79B9_7F4A_7C15
        return product ^ (product >> 29)
    }
}

extension Seen {
    /// As a call would return it.
    init(_ given: Given) {
        switch given {
        case .double(let d): self = .double(d)
        case .value(let value) where value.isInt: self = .int(value.int)
        case .value(let value) where value.isAddress:
            self = .address(UInt(bitPattern: value.address))
        case .value(let value): self = .bool(value == .true)
        default: self = .other
        }
    }
}
