// Prints `WORKLOAD SETTING NANOSECONDS` for each run: per operation, all threads together.
//
//     transactions [--repeats N] [--setting SETTING] [--stats] [WORKLOAD...]
import InterpreterKit

func barrier(_ name: String, _ access: Barrier.Access, _ count: Int) -> Workload {
    let steps = 8_000_000
    return Workload("barrier-\(name)-\(count)", [.gil, .stm, .transactions], operations: steps) {
        machine, _ in
        [Barrier(access: access, cell: try Barrier.ring(machine, count), left: steps)]
    }
}
let one: [Setting] = [.gil, .stm, .transactions]
let two: [Setting] = [.gil, .gil2, .stm, .stm2, .transactions]
let many: [Setting] = [.gil, .gil8, .stm, .stm8, .transactions]

func bank(_ accounts: Int, _ settings: [Setting], _ name: String = "bank") -> Workload {
    let steps = 30_000_000
    return Workload("\(name)-\(accounts)", settings, operations: steps) { machine, threads in
        let array = try machine.cells(accounts)
        return (0..<threads).map {
            Teller(accounts: array, count: accounts, dice: Dice($0), left: steps / threads)
        }
    }
}

var workloads: [Workload] = []
for count in [64, 1024, 8192] {
    workloads += [
        barrier("follow", .follow, count), barrier("read", .read, count),
        barrier("write", .write, count), barrier("update", .update, count),
    ]
}
// Long enough that finding out whether transactions pay does not decide a row.
let rounds = 12_000_000
let searches = 1_600_000
let shuffles = 16_000_000
workloads += [
    Workload("interpreter", two, operations: rounds * 12) { machine, threads in
        try (0..<threads).map { _ in try MiniMachine.make(machine, rounds: rounds / threads) }
    },
    bank(2, two), bank(16, two), bank(1024, two), bank(65536, two),
    Workload("skip-list", two, operations: searches) { machine, threads in
        try SkipLister.make(machine, threads, keys: 4096, steps: searches)
    },
    Workload("shared-array", two, operations: shuffles) { machine, threads in
        let array = try machine.quantum { q in
            let array = q.newArray(capacity: 1 << 16, filling: Value(0))!
            machine.heap.keep(Value(array))
            return array
        }
        return (0..<threads).map {
            Shuffler(array: array, count: 1 << 16, dice: Dice($0), left: shuffles / threads)
        }
    },
    Workload("hot-counter", two, operations: 200_000_000) { machine, threads in
        let array = try machine.cells(1)
        let cell = try machine.quantum { q in q[array, 0].reference }
        return (0..<threads).map { _ in Adder(cell: cell, left: 200_000_000 / threads) }
    },
    // One task in eight writes what is shared.
    Workload("rare-sharing", [.gil, .stm8], operations: 1_600_000) { machine, _ in
        let shared = try machine.cells(1)
        return try (0..<16).map { i in
            let (ring, cell) = (
                try Barrier.ring(machine, 64), try machine.quantum { q in q[shared, 0].reference }
            )
            return Worker(cell: ring, shared: cell, writes: i % 8 == 0, left: 100_000)
        }
    },
    bank(64, many, "crowd"), bank(65536, many, "crowd"),
    Workload("crowd-interpreter", many, operations: rounds * 12) { machine, threads in
        try (0..<threads).map { _ in try MiniMachine.make(machine, rounds: rounds / threads) }
    },
]

var arguments = Array(CommandLine.arguments.dropFirst())
var repeats = 5
if arguments.first == "--repeats", arguments.count > 1 {
    repeats = Int(arguments[1]) ?? repeats
    arguments.removeFirst(2)
}
var only: String?
if arguments.first == "--setting", arguments.count > 1 {
    only = arguments[1]
    arguments.removeFirst(2)
}
if arguments.first == "--stats" {
    Workload.reports = true
    arguments.removeFirst()
}
let chosen = workloads.filter { w in
    arguments.isEmpty || arguments.contains { w.name.hasPrefix($0) }
}
for workload in chosen {
    for _ in 0..<repeats {
        for setting in workload.settings where only == nil || only == setting.name {
            print(workload.name, setting.name, try workload.run(setting))
        }
    }
}
