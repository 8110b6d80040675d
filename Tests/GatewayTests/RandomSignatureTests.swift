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
        let expected: Seen
        /// What the call adds to the sum of deferred calls.
        var addend = 0
    }

    /// Makes all calls, one after the other, each followed by a break.
    struct Calling: GuestTask {
        let calls: Calls
        var step = 0
        var inAtomicBlock = false
        var wrong = 0
        var firstWrong = ""

        final class Calls: Sendable {
            let list: [Prepared]
            init(_ list: [Prepared]) { self.list = list }
        }

        mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
            while step < calls.list.count {
                let call = calls.list[step]
                if inAtomicBlock { q.enterAtomic() }
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
                if inAtomicBlock { q.leaveAtomic() }
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

    /// Every signature under every effect that it may have, by effect.
    static let prepared: Result<[[Prepared]], any Error> = Result {
        let callbacks = Callbacks()
        let calls = guestCalls { callbacks.all[$0] }
        var random = SplitMix(seed: 99)
        let arguments = RandomSignature.all.map { signature in
            signature.parameters.map { $0.random(&random, &callbacks.all) }
        }
        let path = Library.Name(try RandomSignatureTests.path.get())
        return try RandomSignature.effects.map { effect in
            let library = Library(path, calls: calls)
            return try zip(RandomSignature.all, arguments).compactMap { signature, arguments in
                if !signature.mayBe(effect) { return nil }
                let isSilent = effect == "defer"
                return Prepared(
                    function: try library.bind(signature.declaration(effect)),
                    arguments: arguments,
                    expected: isSilent ? .none : signature.expected(arguments),
                    addend: isSilent ? signature.addend(arguments) : 0)
            }
        }
    }
    static let path = Result {
        // Compilation is most of the time of the short form.
        try #require(
            try compiledLibrary(
                "random", RandomSignature.cText, optimization: isLong ? "-O1" : "-O0"))
    }
    static let isLong = ProcessInfo.processInfo.environment["QUANTA_LONG_TESTS"] != nil
    /// Guest functions by number; complete before the first call.
    final class Callbacks: @unchecked Sendable { var all: [RandomType] = [] }

    /// With QUANTA_LONG_TESTS set every signature under every effect; else one in eleven, others for each setting.
    @Test(.enabled(if: hasCompiler), arguments: Rig.allCases, [false, true])
    func allComputeTheSame(rig: Rig, inAtomicBlock: Bool) throws {
        let prepared = try RandomSignatureTests.prepared.get()
        var list = prepared.flatMap { $0 }
        if !RandomSignatureTests.isLong {
            let setting = 2 * Rig.allCases.firstIndex(of: rig)! + (inAtomicBlock ? 1 : 0)
            list = prepared.flatMap { calls in
                stride(from: setting, to: calls.count, by: 11).map { calls[$0] }
            }
        }
        let take = try Library(Library.Name(try RandomSignatureTests.path.get()))
            .bind("arbitrary int64_t take_sum(void)")
        _ = try results([(take, [])])
        let machine = try rig.machine(for: Calling.self)
        let task = Calling(calls: .init(list), inAtomicBlock: inAtomicBlock)
        let done = try #require(try machine.run(Array(repeating: task, count: 4)))
        for task in done {
            #expect(task.wrong == 0, "\(task.firstWrong)")
            #expect(task.step == list.count)
        }
        let sum = 4 * list.reduce(0) { $0 + $1.addend }
        #expect(try results([(take, [])])[0].result == .int(sum))
        print("\(rig), \(inAtomicBlock ? "in" : "outside") atomic blocks: \(4 * list.count) calls")
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
