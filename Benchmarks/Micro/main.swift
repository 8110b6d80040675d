// Prints `BACKEND LOOP NANOSECONDS` for each loop on each of the two fast backends, best of five.
import InterpreterKit

let count = 5_000_000
for backend in [BackendChoice.gil, .stm] {
    for loop in Micro.Loop.allCases {
        let configuration = VirtualMachine.Configuration(threads: 1)
        let interpreter = try Interpreter<Micro>(
            backend: backend, configuration: configuration, output: Output { _ in })
        var best = Duration.seconds(3600)
        for _ in 0..<5 {
            let source = Source(name: "micro", text: "\(loop.rawValue) \(count)")
            let time = try ContinuousClock().measure {
                guard case .finished = try interpreter.run(source) else { fatalError("failed") }
            }
            best = min(best, time)
        }
        print(backend.rawValue, loop.rawValue, best / .nanoseconds(count))
    }
}
