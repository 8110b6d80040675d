import Foundation
import Gateway
import ManagedHeap

/// Random signatures of every kind, as C and as a model that computes the same.
struct RandomSignature: Sendable {
    let number: Int
    let result: RandomType
    let parameters: [RandomType]

    static let effects = [
        "const", "pure", "pure+errno", "reads", "local", "undo: random_back(7)", "defer", "atomic",
        "brief atomic", "serialized \"random\"", "arbitrary",
    ]
    /// A function that calls back promises less; only what is in one register can be undone.
    func mayBe(_ effect: String) -> Bool {
        switch effect {
        case "const", "pure", "pure+errno", "defer":
            !parameters.contains { if case .callback = $0 { true } else { false } }
        case "undo: random_back(7)":
            switch result {
            case .structure, .complex, .longDouble, .array, .callback: false
            default: true
            }
        default: true
        }
    }

    static let all: [RandomSignature] = {
        var random = SplitMix(seed: 2027)
        return (0..<1040).map { number in
            var structs = 0
            let count = number % 4 == 0 ? 1 + random.below(16) : 1 + random.below(7)
            let parameters = (0..<count).map { _ in
                type(&random, number, &structs, depth: 0, allowsCallback: true)
            }
            let result = type(&random, number, &structs, depth: 0, allowsCallback: false)
            return RandomSignature(number: number, result: result, parameters: parameters)
        }
    }()

    private static func scalar(_ random: inout SplitMix) -> RandomType {
        let bits = [8, 16, 32, 64][random.below(4)]
        switch random.below(8) {
        case 0...1: return .signed(bits)
        case 2...3: return .unsigned(bits)
        case 4: return .bool
        case 5: return .float
        case 6: return .double
        default: return .pointer
        }
    }
    private static func type(
        _ random: inout SplitMix, _ number: Int, _ structs: inout Int, depth: Int,
        allowsCallback: Bool
    ) -> RandomType {
        switch random.below(12) {
        case 0: return .longDouble
        case 1: return .complex([.float, .double, .longDouble][random.below(3)])
        case 2 where allowsCallback:
            structs += 1
            let count = random.below(9)
            return .callback(
                name: "f\(number)_\(structs)", (0..<count).map { _ in scalar(&random) },
                result: scalar(&random))
        case 2...6 where depth < 3:
            structs += 1
            let name = "s\(number)_\(structs)"
            var members: [RandomType] = []
            for _ in 0...random.below(5) {
                var member = type(
                    &random, number, &structs, depth: depth + 1, allowsCallback: false)
                if depth > 0 || random.below(4) == 0 {
                    // Char arrays are text; the others are tuples.
                    let element = scalar(&random)
                    if element.size > 1 { member = .array(element, 1 + random.below(3)) }
                }
                if RandomType.structure(name: name, members + [member]).size > 64 { break }
                members.append(member)
            }
            return members.isEmpty ? scalar(&random) : .structure(name: name, members)
        default: return scalar(&random)
        }
    }

    private func prototype(_ result: String, _ name: String) -> String {
        let list = parameters.enumerated().map { "\($1.spelling) a\($0)" }.joined(separator: ", ")
        return "\(result) \(name)_\(number)(\(list))"
    }
    private var prototype: String { prototype(result.spelling, "random") }
    private var silentPrototype: String { prototype("void", "silent") }
    private var definitions: String { (parameters + [result]).map(\.definition).joined() }

    /// With the types that it needs in front. What is deferred has no result; it adds to the sum.
    func declaration(_ effect: String) -> String {
        "\(definitions)\(effect) \(effect == "defer" ? silentPrototype : prototype)"
    }

    var cText: String {
        let mixing = parameters.enumerated().flatMap { i, parameter in
            parameter.leaves("a\(i)").map { $0.type.mix($0.text) }
        }
        let making = result.leaves("r").map { "\($0.text) = \($0.type.made); h = mix(h, 1);" }
        return """
            \(definitions)\(prototype) {
              uint64_t h = \(number);
              \(mixing.joined(separator: "\n  "))
              \(result.spelling) r;
              \(making.joined(separator: "\n  "))
              return r;
            }
            \(silentPrototype) {
              uint64_t h = \(number);
              \(mixing.joined(separator: "\n  "))
              add(h);
            }

            """
    }
    static var cText: String {
        """
        #include <complex.h>
        #include <stdbool.h>
        #include <stdint.h>
        #include <string.h>
        static uint64_t mix(uint64_t h, uint64_t x) {
          h = (h ^ x) * 0x9E3779B97F4A7C15u;
          return h ^ (h >> 29);
        }
        static uint64_t mix_real(uint64_t h, double x) {
          uint64_t bits;
          memcpy(&bits, &x, sizeof bits);
          return mix(h, bits);
        }
        static int64_t sum;
        static void add(uint64_t h) { __atomic_add_fetch(&sum, h >> 24, __ATOMIC_RELAXED); }
        int64_t take_sum(void) { return __atomic_exchange_n(&sum, 0, __ATOMIC_RELAXED); }
        void random_back(int x) {}
        \(all.map(\.cText).joined())
        """
    }

    /// The model.
    func expected(_ arguments: [Given]) -> Seen {
        var h = hash(arguments)
        return result.result(&h)
    }
    /// What a deferred call adds to the sum.
    func addend(_ arguments: [Given]) -> Int { Int(hash(arguments) >> 24) }
    private func hash(_ arguments: [Given]) -> UInt64 {
        var h = UInt64(number)
        for (parameter, argument) in zip(parameters, arguments) { parameter.mix(&h, argument) }
        return h
    }
}

/// A shared library made of C text with the system's compiler; nil when there is none.
func compiledLibrary(_ name: String, _ text: String, optimization: String = "-O1") throws
    -> String?
{
    let folder = FileManager.default.temporaryDirectory.appending(path: "quanta-gateway-tests")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let unique = "\(name)-\(ProcessInfo.processInfo.processIdentifier)"
    let source = folder.appending(path: unique + ".c")
    let library = folder.appending(path: unique + ".so")
    try text.write(to: source, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
        "cc", optimization, "-shared", "-fPIC", "-w", "-Wno-psabi", "-o", library.path, source.path,
    ]
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? library.path : nil
}
let hasCompiler: Bool = ["/usr/bin/cc", "/usr/local/bin/cc"].contains {
    FileManager.default.isExecutableFile(atPath: $0)
}
