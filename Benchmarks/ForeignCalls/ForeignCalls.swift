import Glibc
import InterpreterKit

/// Calls of C functions, many times: `LIBRARY COUNT DECLARATION`. Several declarations, with a bar between them, are
/// called by a guest thread each.
final class ForeignCalls: Language {
    static let name = "foreign-calls"
    static let fileExtensions: [String] = []
    static var shapes: [Shape] { [] }

    init(_ host: Host) {}

    /// A guest function is a number; this one compares two `int`.
    private static let calls = GuestCalls(isCallable: \.isInt) { (q, function, a) throws(Abort) in
        let left = a[0].address.unsafelyUnwrapped.load(as: Int32.self)
        let right = a[1].address.unsafelyUnwrapped.load(as: Int32.self)
        return Value(left < right ? -1 : left > right ? 1 : 0)
    }
    static let sorted = 10_000

    func tasks(for source: Source) throws(Diagnostic) -> [Task] {
        let words = source.text.split(separator: " ", maxSplits: 2)
        guard words.count == 3, let count = Int(words[1]) else {
            throw Diagnostic("LIBRARY COUNT DECLARATION is needed")
        }
        do {
            let library = Library(Library.Name(String(words[0])), calls: ForeignCalls.calls)
            return try words[2].split(separator: "|").map { declaration in
                Task(function: try library.bind(String(declaration)), left: count)
            }
        } catch {
            throw Diagnostic("\(error)")
        }
    }

    struct Task: GuestTask {
        let function: ForeignFunction
        var left: Int

        static func frameEnd(_ frame: Frame) -> Frame { frame + 8 }

        @inline(never)
        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            let frame = q.frame
            let count = function.declaration.givenParameters.count
            let arguments = UnsafeBufferPointer<Value>(start: frame, count: count)
            if function.name == "qsort" { return try sort(q, arguments) }
            for (i, parameter) in function.declaration.givenParameters.enumerated() {
                switch parameter.type {
                case .double, .float: frame[i] = q.value(Double(i) + 2)
                case .string:
                    frame[i] = q.newBytes(.bytes, "sixteen bytes ok").map(Value.init) ?? .none
                case .aggregate:
                    let real = q.value(2.0)
                    frame[i] =
                        q.newTuple(count: 2) {
                            $0[0] = Value(97); $0[1] = real
                        }
                        .map(Value.init) ?? .none
                default: frame[i] = Value(97 + i)
                }
            }
            while left > 0 {
                left -= 1
                let result = try q.call(function, arguments) { [self] _ in self }
                if result.value == nil { fatalError("\(result)") }
            }
        }

        private mutating func sort<B: Backend>(
            _ q: borrowing Quantum<B>, _ arguments: UnsafeBufferPointer<Value>
        ) throws(Abort) {
            let numbers = UnsafeMutablePointer<Int32>.allocate(capacity: ForeignCalls.sorted)
            defer { numbers.deallocate() }
            let frame = q.frame
            frame[0] = Value(address: numbers)
            frame[1] = Value(ForeignCalls.sorted)
            frame[2] = Value(4)
            frame[3] = Value(1)
            while left > 0 {
                left -= 1
                var seed: UInt32 = 12345
                for i in 0..<ForeignCalls.sorted {
                    seed = seed &* 1_664_525 &+ 1_013_904_223
                    numbers[i] = Int32(bitPattern: seed >> 1)
                }
                _ = try q.call(function, arguments) { [self] _ in self }
            }
        }
    }
}
