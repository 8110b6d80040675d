import GILBackend
import InterpreterKit
import STMBackend
import SerialBackend
import Synchronization
import Testing

/// A machine with one task type hosted, on any backend, with heap checks and frequent collections.
enum Rig: CustomStringConvertible, CaseIterable {
    case gil
    case stm
    /// Transactions of random short lengths, many aborted on purpose, with many collections.
    case stmForced
    /// Aborts at almost every break.
    case stmShort
    /// Goes from transactions to running alone and back at every third break.
    case stmSwitching
    case serial
    case serialAborting

    var description: String {
        switch self {
        case .gil: "gil"
        case .stm: "stm"
        case .stmForced: "stm, forced aborts"
        case .stmShort: "stm, aborts at every other break"
        case .stmSwitching: "stm, alone and together in turns"
        case .serial: "serial"
        case .serialAborting: "serial, every quantum aborted once"
        }
    }

    var rollsBack: Bool { self != .gil && self != .serial }
    /// Whatever the threads do, there are transactions, and some are rolled back.
    var surelyRollsBack: Bool { rollsBack && self != .stm && self != .stmSwitching }

    func machine<T: GuestTask>(
        for type: T.Type, shapes: [Shape] = [], limit: Int = 1 << 30, checks: Bool = true,
        budget: Int = 1 << 18, output: Output = Output { _ in }
    ) throws -> VirtualMachine {
        let configuration = VirtualMachine.Configuration(
            heap: .init(limit: limit, minimumBudget: budget, checks: checks), threads: 4,
            stackWords: 1 << 16, nativeStackBytes: 1 << 20)
        func make(
            _ scheduler: Scheduler,
            _ drive: @escaping (ThreadContext, UnsafeMutablePointer<T>) -> Void
        ) throws -> VirtualMachine {
            let machine = try VirtualMachine(
                scheduler, shapes: shapes, configuration: configuration, output: output)
            machine.host(type, drive: drive)
            return machine
        }
        switch self {
        case .gil:
            let s = GILScheduler(sliceMicroseconds: 200)
            return try make(s) { s.drive($0, $1) }
        case .stm, .stmForced, .stmShort, .stmSwitching:
            var injection = FaultInjection()
            if self == .stmForced {
                injection.abortOneIn = 4
                injection.randomLength = 64
                injection.collectOneIn = 40
            } else if self == .stmShort {
                injection.abortOneIn = 2
                injection.randomLength = 1
            } else if self == .stmSwitching {
                injection.abortOneIn = 8
                injection.randomLength = 4
                injection.collectOneIn = 40
                injection.switchOneIn = 3
            }
            let s = STMScheduler(
                surelyRollsBack ? .transactions : .adaptive, seats: 4, injection: injection,
                arenaBytes: 1 << 26)
            return try make(s) { s.drive($0, $1) }
        case .serial, .serialAborting:
            let s = SerialScheduler(seed: 7, abortEveryQuantum: self == .serialAborting)
            return try make(s) { s.drive($0, $1) }
        }
    }
}

/// Collects what a machine prints.
final class Capture: @unchecked Sendable {
    private(set) var bytes: [UInt8] = []
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var lines: [Substring] { text.split(separator: "\n") }
    /// The output's lock guards the append.
    var output: Output { Output { [self] in bytes.append(contentsOf: $0) } }
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

/// Atomically, from code that runs outside the VM.
func addOne(_ word: UnsafeMutablePointer<UInt64>) {
    word.withMemoryRebound(to: Atomic<UInt64>.self, capacity: 1) {
        _ = $0.pointee.wrappingAdd(1, ordering: .relaxed)
    }
}
