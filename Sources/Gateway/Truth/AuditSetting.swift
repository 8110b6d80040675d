import CForeign
import Glibc

/// The arguments of an audited call, in memory that both calls find in the same state.
#if arch(x86_64)
    final class AuditSetting {
        /// Bytes for each pointer.
        private static let room = 8192
        private let memory: UnsafeMutableRawPointer
        private let memoryBytes: Int
        private var words: [UInt64]
        private let stackWords: Int
        private let kind: foreign_result

        init(
            _ declaration: Declaration, _ given: [Audit.Argument]
        ) throws(Audit.Failure) {
            let parameters = declaration.parameters
            if declaration.isVariadic { throw .unsupported("it takes '...'") }
            if given.count > parameters.count { throw .unsupported("so many arguments") }
            memoryBytes = (parameters.count + 1) * AuditSetting.room
            guard
                let pages = mmap(
                    nil, memoryBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                pages != MAP_FAILED
            else { throw .refused }
            memory = pages
            var assignment = Assignment()
            kind = Assignment.result(declaration.result)
            words = [UInt64](repeating: 0, count: Assignment.registers + 256)
            if kind == FOREIGN_RESULT_MEMORY {
                let result = memory + parameters.count * AuditSetting.room
                words[assignment.place(.integer).first] = UInt64(UInt(bitPattern: result))
            }
            for (i, parameter) in parameters.enumerated() {
                guard let scalar = parameter.type.scalar else {
                    throw .unsupported("it takes '\(parameter.spelling)'")
                }
                let place = assignment.place(parameter.type)
                let argument = i < given.count ? given[i] : nil
                if place.first >= words.count { throw .unsupported("too many arguments") }
                words[place.first] = AuditSetting.word(
                    scalar, parameter, argument, memory + i * AuditSetting.room)
            }
            stackWords = assignment.stackWords
        }
        deinit { munmap(memory, memoryBytes) }

        /// What is not given is made up: small numbers, short text, memory full of them.
        private static func word(
            _ scalar: Scalar, _ parameter: Declaration.Parameter, _ given: Audit.Argument?,
            _ memory: UnsafeMutableRawPointer
        ) -> UInt64 {
            let text: String
            switch (scalar, given) {
            case (.double, .real(let d)): return d.bitPattern
            case (.double, .integer(let i)): return Double(i).bitPattern
            case (.double, _): return (2.0).bitPattern
            case (.float, .real(let d)): return UInt64(Float(d).bitPattern)
            case (.float, .integer(let i)): return UInt64(Float(i).bitPattern)
            case (.float, _): return UInt64(Float(2).bitPattern)
            case (.string, .text(let given)), (.constPointer, .text(let given)),
                (.pointer, .text(let given)):
                text = given
            case (.string, _): text = "hello"
            case (.constPointer, .integer(0)), (.pointer, .integer(0)): return 0
            case (.pointer, _), (.constPointer, _):
                if case .callback = parameter.type {
                    return UInt64(UInt(bitPattern: foreign_compare_integers()))
                }
                let pointee = parameter.element ?? .int32
                // Lengths that a function reads from its arguments must be those of real memory.
                let count: Int = parameter.capacity == nil && pointee.isInteger ? 1 : 64
                for i in 0..<count where parameter.direction != .out {
                    let value = parameter.direction == .inout && count == 1 ? room / 2 : 97 - i
                    withUnsafeBytes(of: value.littleEndian) {
                        (memory + i * max(1, min(8, pointee.size))).copyMemory(
                            from: $0.baseAddress!, byteCount: max(1, min(8, pointee.size)))
                    }
                }
                return UInt64(UInt(bitPattern: memory))
            case (_, .integer(let i)): return UInt64(bitPattern: Int64(i))
            case (.bool, _): return 1
            default: return 5
            }
            let bytes = Array(text.utf8.prefix(room - 1)) + [0]
            memory.copyMemory(from: bytes, byteCount: bytes.count)
            return UInt64(UInt(bitPattern: memory))
        }

        func run(_ address: UnsafeRawPointer, _ report: inout foreign_audit_report) -> Bool {
            words.withUnsafeBufferPointer { words in
                let start = words.baseAddress.unsafelyUnwrapped
                var call = foreign_audit_call(
                    function: address, words: start, stack: start + Assignment.registers,
                    stackCount: stackWords, kind: Int32(kind.rawValue), memory: memory,
                    memoryBytes: memoryBytes)
                return foreign_audit(&call, &report)
            }
        }
    }
#endif
