import Foundation
import Gateway
import ManagedHeap
import Quanta
import Testing

/// Every kind of signature, from four threads, under each effect and backend, against C.
@Suite(.serialized) struct RandomSignatureTests {
    struct Prepared: Sendable {
        let function: ForeignFunction
        let arguments: [Given]
        let callbacks: [RandomType]
        let expected: Seen
    }

    /// Makes all calls, one after the other, each followed by a break.
    struct Calling: GuestTask {
        let calls: Calls
        var step: Int
        var wrong = 0
        var firstWrong = ""

        final class Calls: Sendable {
            let list: [Prepared]
            init(_ list: [Prepared]) { self.list = list }
        }

        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            while step < calls.list.count {
                let call = calls.list[step]
                for (i, argument) in call.arguments.enumerated() {
                    q.frame[i] = argument.build(q)
                }
                let thread = q.thread
                let result = try q.call(
                    call.function, UnsafeBufferPointer(start: q.frame, count: call.arguments.count)
                ) { result in
                    var resumed = self
                    resumed.note(Seen(result, Quantum<B>(thread)), call)
                    return resumed
                }
                note(Seen(result, q), call)
                try q.qbreak(resumeAt: self)
            }
        }
        private mutating func note(_ seen: Seen, _ call: Prepared) {
            step += 1
            if seen == call.expected { return }
            wrong += 1
            if firstWrong.isEmpty {
                firstWrong = "\(call.function.declaration): \(seen), not \(call.expected)"
            }
        }
        static func frameEnd(_ frame: Frame) -> Frame { frame + 20 }
    }

    /// A guest function is its number times 2^32 plus the number of the call.
    static func guestCalls(_ calls: @escaping @Sendable (Int) -> RandomType) -> GuestCalls {
        GuestCalls(isCallable: \.isInt) { (q, function, arguments) throws(Abort) in
            guard case .callback(_, let parameters, let result) = calls(function.int) else {
                return nil
            }
            let given: [Given] = arguments.map { value in
                value.asDouble.map { .double($0) } ?? .value(value)
            }
            return result.value(RandomType.answer(parameters, given)).build(q)
        }
    }

    static let prepared: Result<[Prepared], any Error> = Result {
        let path = try #require(try compiledLibrary("random", RandomSignature.cText))
        let callbacks = Callbacks()
        let calls = guestCalls { callbacks.all[$0] }
        let library = Library(Library.Name(path), calls: calls)
        var random = SplitMix(seed: 99)
        return try RandomSignature.all.map { signature in
            let function = try library.bind(signature.declaration)
            let arguments = signature.parameters.map { $0.random(&random, &callbacks.all) }
            return Prepared(
                function: function, arguments: arguments, callbacks: [],
                expected: signature.expected(arguments))
        }
    }
    /// Guest functions by number; complete before the first call.
    final class Callbacks: @unchecked Sendable { var all: [RandomType] = [] }

    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases)
    func allComputeTheSame(rig: Rig) throws {
        let prepared = try RandomSignatureTests.prepared.get()
        let machine = try rig.machine(for: Calling.self)
        let calls = Calling.Calls(prepared)
        let done = try #require(
            try machine.run((0..<4).map { _ in Calling(calls: calls, step: 0) }))
        for task in done {
            #expect(task.wrong == 0, "\(task.firstWrong)")
            #expect(task.step == prepared.count)
        }
    }

    /// The case that libffi 3.4.4 gets wrong, and its relatives.
    @Test(.enabled(if: hasCompiler)) func structsBehindFullRegisters() throws {
        let text = """
            typedef struct { long a; double b; } mixed;
            typedef struct { double a; long b; } turned;
            double first(double x, long a, long b, long c, long d, long e, mixed m) {
              return x * 1e6 + a + b + c + d + e + m.a * 100 + m.b;
            }
            double second(double x, long a, long b, long c, long d, long e, turned m, double y) {
              return x * 1e6 + a + b + c + d + e + m.b * 100 + m.a + y * 1e7;
            }
            double third(long a, long b, long c, long d, long e, long f, mixed m, double y) {
              return a + b + c + d + e + f + m.a * 100 + m.b + y * 1e7;
            }
            """
        let path = try #require(try compiledLibrary("mixed", text))
        let types =
            "typedef struct { long a; double b; } mixed; typedef struct { double a; long b; } turned;"
        let library = Library(Library.Name(path))
        let longs: [Given] = [.int(1), .int(2), .int(3), .int(4), .int(5)]
        let first = try library.bind(
            "\(types) const double first(double, long, long, long, long, long, mixed)")
        let second = try library.bind(
            "\(types) const double second(double, long, long, long, long, long, turned, double)")
        let third = try library.bind(
            "\(types) const double third(long, long, long, long, long, long, mixed, double)")
        let seen = try results([
            (first, [.double(3)] + longs + [.tuple([.int(7), .double(0.5)])]),
            (second, [.double(3)] + longs + [.tuple([.double(0.5), .int(7)]), .double(2)]),
            (third, longs + [.int(6), .tuple([.int(7), .double(0.5)]), .double(2)]),
        ]).map(\.result)
        #expect(seen == [.double(3_000_715.5), .double(23_000_715.5), .double(20_000_721.5)])
    }
}
