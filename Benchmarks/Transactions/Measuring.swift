import GILBackend
import InterpreterKit
import STMBackend

/// What makes quanta atomic in a measurement, and for how many threads.
enum Setting: CaseIterable {
    case gil, gil2, gil8
    /// As users get it: alone while one thread is inside, transactions otherwise.
    case stm, stm2, stm8
    /// Transactions even for one thread.
    case transactions

    var threads: Int {
        switch self {
        case .gil, .stm, .transactions: 1
        case .gil2, .stm2: 2
        case .gil8, .stm8: 8
        }
    }
    var name: String {
        switch self {
        case .gil, .gil2, .gil8: "gil-\(threads)"
        case .stm, .stm2, .stm8: "stm-\(threads)"
        case .transactions: "transactions-1"
        }
    }
    var isGIL: Bool { self == .gil || self == .gil2 || self == .gil8 }
}

enum Cell {
    static var shape: Shape { Shape(kind: Shape.firstLanguageKind, name: "cell", slots: 2) }
    static var value: Field<Int> { Field(0) }
    static var next: Field<Value> { Field(1) }
}

/// Machines for tasks of one type, and what they took. Inlined where the task's type is known, so
/// that guest code is specialised.
struct Workload {
    let name: String
    let settings: [Setting]
    /// Seconds of one run with this setting, divided by operations.
    let run: (Setting) throws -> Double

    @inline(__always)
    init<T: GuestTask>(
        _ name: String, _ settings: [Setting], operations: Int,
        tasks: @escaping (VirtualMachine, _ threads: Int) throws -> [T]
    ) {
        self.name = name
        self.settings = settings
        run = { setting in
            let machine: VirtualMachine
            if setting.isGIL {
                let scheduler = GILScheduler()
                machine = try Workload.machine(scheduler)
                machine.host(T.self, drive: { scheduler.drive($0, $1) })
            } else {
                let scheduler = STMScheduler(setting == .transactions ? .transactions : .adaptive)
                machine = try Workload.machine(scheduler)
                machine.host(T.self, drive: { scheduler.drive($0, $1) })
            }
            let made = try tasks(machine, setting.threads)
            let time = try ContinuousClock().measure {
                guard try machine.run(made) != nil else { fatalError("halted") }
            }
            if Workload.reports {
                let totals = machine.totals()
                print(
                    "#", name, setting.name, "commits", totals[.commits], "aborts",
                    totals[.aborts], machine.scheduler.report.map(\.text).joined(separator: "; "))
            }
            return time / .nanoseconds(operations)
        }
    }
    /// Print what each machine did, in lines that begin with `#`.
    nonisolated(unsafe) static var reports = false

    private static func machine(_ scheduler: Scheduler) throws -> VirtualMachine {
        try VirtualMachine(
            scheduler, shapes: [Cell.shape],
            configuration: .init(stackWords: 1 << 14, nativeStackBytes: 1 << 20),
            output: Output { _ in })
    }
}

extension VirtualMachine {
    /// An array of new cells, each holding `value` and none next.
    func cells(_ count: Int, _ value: Int = 1000) throws -> Reference {
        let array = try quantum { q in
            let array = q.newArray(capacity: count)!
            heap.keep(Value(array))
            return array
        }
        var made = 0
        while made < count {
            let end = min(count, made + 10_000)
            try quantum { q in
                for i in made..<end { q[array, i] = Value(q.new(Cell.shape, Value(value), .none)) }
            }
            made = end
        }
        return array
    }
}

/// Random numbers that a retry repeats, because they are part of the task.
struct Dice {
    private var state: UInt64
    init(_ seed: Int) { state = UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15 }
    @inline(__always) mutating func roll(_ n: Int) -> Int {
        state ^= state &<< 13
        state ^= state &>> 7
        state ^= state &<< 17
        return Int(truncatingIfNeeded: ((state &>> 32) &* UInt64(truncatingIfNeeded: n)) &>> 32)
    }
}
