// Prints `BACKEND/NAME NANOSECONDS` for calls of the functions in the library that is given, best of nine. A second
// argument chooses one row.
import InterpreterKit

let library = CommandLine.arguments.dropFirst().first ?? "process"
let functions = [
    ("sqrt", "libm.so.6", "pure double sqrt(double)"),
    ("abs", "process", "const int abs(int)"),
    ("strlen", "process", "pure size_t strlen(const char *)"),
    ("toupper", "process", "reads int toupper(int)"),
    ("five", library, "const int five(int, int, int, int, int)"),
    ("mixed", library, "const double mixed(int, double, long, float)"),
    // More than the registers hold, and a struct by value, which a tuple is made into.
    ("nine", library, "const long nine(long, long, long, long, long, long, long, long, long)"),
    ("struct", library, "const double box(struct box { long n; double x; })"),
    ("abs, atomic", "process", "atomic int abs(int)"),
    ("abs, arbitrary", "process", "arbitrary int abs(int)"),
    // As where there are several guest threads; too long to stay within the quantum; and with two threads that call.
    ("abs, among others", "process", "atomic int abs(int)"),
    ("slow, atomic", library, "atomic long slow(long)"),
    ("abs, 2 threads", "process", "atomic int abs(int first)|atomic int abs(int second)"),
    (
        "qsort", "process",
        "arbitrary void qsort(void *, size_t, size_t, int (*)(const void *, const void *))"
    ),
]
let chosen = CommandLine.arguments.dropFirst(2).first
for backend in [BackendChoice.gil, .stm] {
    for (name, library, declaration) in functions where chosen == nil || chosen == name {
        let threads = declaration.split(separator: "|").count
        let interpreter = try Interpreter<ForeignCalls>(
            backend: backend, configuration: .init(threads: threads), output: Output { _ in })
        if name == "abs, among others" {
            interpreter.machine.expectForeignThreads(atAnyTime: true)
        }
        let count = name == "qsort" ? 10 : name == "slow, atomic" ? 100_000 : 1_000_000
        var best = Duration.seconds(3600)
        for _ in 0..<9 {
            let source = Source(name: "bench", text: "\(library) \(count) \(declaration)")
            let time = try ContinuousClock().measure {
                guard case .finished = try interpreter.run(source) else { fatalError(declaration) }
            }
            best = min(best, time)
        }
        print("\(backend.rawValue)/\(name) \(best / .nanoseconds(count * threads))")
    }
}
