import CHost
import GILBackend
import Gateway
import GatewayTestFunctions
import ManagedHeap
import Quanta
import STMBackend
import SerialBackend
import Testing

/// A machine on any backend, with heap checks and frequent collections.
enum Rig: CaseIterable, CustomStringConvertible {
    case gil, stm, stmAborting, serial, serialAborting

    var description: String {
        switch self {
        case .gil: "gil"
        case .stm: "stm"
        case .stmAborting: "stm, aborts at every other break"
        case .serial: "serial"
        case .serialAborting: "serial, every quantum aborted once"
        }
    }

    func machine<T: GuestTask>(
        for _: T.Type, shapes: [Shape] = [], output: Output = Output { _ in }
    ) throws -> VirtualMachine {
        let configuration = VirtualMachine.Configuration(
            heap: .init(limit: 1 << 28, minimumBudget: 1 << 18, checks: true), threads: 4,
            stackWords: 1 << 16, nativeStackBytes: 1 << 20)
        func make(
            _ scheduler: Scheduler,
            _ drive: @escaping (ThreadContext, UnsafeMutablePointer<T>) -> Void
        ) throws -> VirtualMachine {
            let machine = try VirtualMachine(
                scheduler, shapes: shapes, configuration: configuration, output: output)
            machine.host(T.self, drive: drive)
            return machine
        }
        switch self {
        case .gil:
            let s = GILScheduler(sliceMicroseconds: 200)
            return try make(s) { s.drive($0, $1) }
        case .stm, .stmAborting:
            var injection = FaultInjection()
            if self == .stmAborting {
                injection.abortOneIn = 2
                injection.randomLength = 1
                injection.collectOneIn = 40
            }
            let s = STMScheduler(
                self == .stm ? .adaptive : .transactions, injection: injection,
                arenaBytes: 1 << 26)
            return try make(s) { s.drive($0, $1) }
        case .serial, .serialAborting:
            let s = SerialScheduler(seed: 7, abortEveryQuantum: self == .serialAborting)
            return try make(s) { s.drive($0, $1) }
        }
    }
}

/// The driver of whatever backend a machine has.
func driver<T: GuestTask>(_ scheduler: Scheduler) -> (ThreadContext, UnsafeMutablePointer<T>) ->
    Void
{
    switch scheduler {
    case let s as GILScheduler: { s.drive($0, $1) }
    case let s as STMScheduler: { s.drive($0, $1) }
    case let s as SerialScheduler: { s.drive($0, $1) }
    default: fatalError("unknown scheduler")
    }
}

/// The test function that `declaration` names.
func testFunction(_ declaration: String) throws -> ForeignFunction {
    let declaration = try Declaration(declaration)
    let address = try #require(test_function(declaration.name))
    return try ForeignFunction(declaration, at: address)
}

/// An argument that is not yet a guest value.
enum Given: Sendable {
    case value(Value)
    case double(Double)
    case bytes([UInt8])
    case tuple([Given])
    static func int(_ i: Int) -> Given { .value(Value(i)) }
    static func text(_ text: String) -> Given { .bytes(Array(text.utf8)) }
    static var none: Given { .value(.none) }
}

extension Given {
    /// The value, in the heap of the quantum's machine. Its parts are in native frames meanwhile.
    func build<B: Backend>(_ q: borrowing Quantum<B>) -> Value {
        switch self {
        case .value(let value): return value
        case .double(let d): return q.value(d)
        case .bytes(let bytes):
            let object = q.newBytes(count: bytes.count) { target in
                bytes.withUnsafeBytes {
                    target.copyMemory(
                        from: $0.baseAddress ?? UnsafeRawPointer(target), byteCount: bytes.count)
                }
            }
            return Value(object!)
        case .tuple(let parts):
            let tuple = q.newTuple(count: parts.count) {
                $0.update(repeating: .none, count: parts.count)
            }!
            for (i, part) in parts.enumerated() {
                host_store_relaxed(tuple.address + (i + 2), part.build(q).bits)
            }
            return Value(tuple)
        }
    }
}

/// A result that outlives the machine.
enum Seen: Equatable, Sendable {
    case int(Int)
    case double(Double)
    case text(String)
    case tuple([Seen])
    case address(UInt)
    case bool(Bool)
    case none
    case failure(ForeignError.Problem, argument: Int?, text: String)
    case other

    init<B: Backend>(_ result: ForeignResult, _ q: borrowing Quantum<B>) {
        switch result {
        case .failure(let error):
            self = .failure(error.problem, argument: error.argument, text: error.description)
        case .value(let value, _): self.init(value, q)
        }
    }
    init<B: Backend>(_ value: Value, _ q: borrowing Quantum<B>) {
        if value.isInt {
            self = .int(value.int)
        } else if let d = value.asDouble {
            self = .double(d)
        } else if value.isA(.bytes) {
            let address = value.reference.address
            let bytes = UnsafeRawBufferPointer(
                start: address + 2, count: Value(bits: address[1]).int)
            self = .text(String(decoding: bytes, as: UTF8.self))
        } else if value.isA(.tuple) {
            self = .tuple(
                (0..<q.tupleCount(value.reference)).map {
                    Seen(q.tupleElement(value.reference, $0), q)
                })
        } else if value.isAddress {
            self = .address(UInt(bitPattern: value.address))
        } else if value == .true || value == .false {
            self = .bool(value == .true)
        } else {
            self = value == .none ? .none : .other
        }
    }
}

/// Makes calls one after the other, all within one quantum.
struct Caller: GuestTask {
    struct Call: Sendable {
        let function: ForeignFunction
        let arguments: [Given]
    }
    let calls: [Call]
    var results: [Seen] = []
    var errors: [Int32] = []

    mutating func run<B: Backend>(_ q: borrowing Quantum<B>) throws(Abort) {
        results = []
        errors = []
        let frame = q.frame
        for call in calls {
            for (i, argument) in call.arguments.enumerated() {
                frame[i] = argument.build(q)
            }
            let arguments = UnsafeBufferPointer<Value>(start: frame, count: call.arguments.count)
            let result = try q.callWithin(call.function, arguments)
            results.append(Seen(result, q))
            if case .value(_, let errno) = result { errors.append(errno) } else { errors.append(0) }
        }
    }
    static func frameEnd(_ frame: Frame) -> Frame { frame + 32 }
}

/// Calls on the GIL, with their results and what they left in `errno`.
func results(_ calls: [(ForeignFunction, [Given])]) throws -> [(result: Seen, errno: Int32)] {
    let machine = try Rig.gil.machine(for: Caller.self)
    let calls = calls.map { Caller.Call(function: $0.0, arguments: $0.1) }
    let done = try #require(try machine.run([Caller(calls: calls)]))[0]
    return Array(zip(done.results, done.errors))
}
func result(_ declaration: String, _ arguments: Given...) throws -> Seen {
    try results([(testFunction(declaration), arguments)])[0].result
}
