import CHost
import Glibc
import InterpreterKit

/// What a run of a guest program showed.
public struct Observation: Sendable {
    public var output: String
    public var outcome: Outcome
    /// Counted under stress only: those of the start, and all.
    var allocationsAtStart = 0
    var allocations = 0

    var lines: [Substring] {
        var lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
    /// Two runs with equal summaries differ at most in the order of lines.
    var summary: [String] {
        let ending =
            switch outcome {
            case .finished: "finished"
            case .failed(let diagnostic): "error: \(diagnostic.message)"
            case .exited(let status): "exit \(status)"
            case .interrupted: "interrupted"
            }
        return lines.map(String.init).sorted() + [ending]
    }

    /// Runs a program, or an endless one until `stop` milliseconds have passed.
    ///
    /// - Throws: ``Failure`` when the program does not end in `limit` seconds. A machine that does not
    ///   react to that ends the process: nothing could be trusted afterwards.
    static func of<L: Language>(
        _ source: Source, in language: L.Type, _ setting: Setting, memory: Int = 64 << 20,
        limit: Int = 60, stop: Int? = nil
    ) throws -> Observation {
        let capture = Capture()
        let interpreter = try setting.interpreter(
            for: language, memory: memory, output: capture.output)
        let allocationsAtStart = interpreter.machine.heap.allocations
        let alarm = Alarm(interpreter.machine, milliseconds: stop ?? limit * 1000)
        let outcome = try alarm.during { try interpreter.run(source) }
        if stop == nil && alarm.hasRung {
            throw Failure("'\(source.name)' has not ended after \(limit) s with \(setting)")
        }
        var seen = Observation(output: capture.text, outcome: outcome)
        seen.allocationsAtStart = allocationsAtStart
        seen.allocations = interpreter.machine.heap.allocations
        return seen
    }
}

/// Collects what a machine prints. The output's lock guards `bytes`.
final class Capture: @unchecked Sendable {
    private var bytes: [UInt8] = []
    var output: Output { Output { [self] in bytes.append(contentsOf: $0) } }
    /// Once the machine is at rest.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// A language does not do what every language must.
public struct Failure: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Interrupts a machine when its time is over.
final class Alarm: @unchecked Sendable {
    private let machine: VirtualMachine
    private let milliseconds: Int
    /// 0 while waiting, 1 when the work is done first.
    private let isDone = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    /// Written by the alarm's thread, read after that has ended.
    private(set) var hasRung = false

    init(_ machine: VirtualMachine, milliseconds: Int) {
        self.machine = machine
        self.milliseconds = milliseconds
        isDone.initialize(to: 0)
    }
    deinit { isDone.deallocate() }

    func during<R>(_ work: () throws -> R) throws -> R {
        var handle: UInt = 0
        let error = host_thread_start(
            &handle, 256 << 10,
            { Unmanaged<Alarm>.fromOpaque($0).takeUnretainedValue().wait() },
            Unmanaged.passUnretained(self).toOpaque())
        if error != 0 { throw VirtualMachine.StartError.thread(errno: error) }
        defer {
            _ = host_fetch_add32(isDone, 1)
            host_futex_wake(isDone, 1)
            host_thread_join(handle)
        }
        return try work()
    }

    private func wait() {
        if isDone(after: milliseconds) { return }
        hasRung = true
        machine.interrupt()
        if isDone(after: 20_000) { return }
        StandardError.write("the machine does not react to an interrupt\n")
        abort()
    }
    private func isDone(after milliseconds: Int) -> Bool {
        let end = host_monotonic_ns() + UInt64(milliseconds) * 1_000_000
        while host_load32_acquire(isDone) == 0 {
            let now = host_monotonic_ns()
            if now >= end { return false }
            host_futex_wait(isDone, 0, max(1, (end - now) / 1000))
        }
        return true
    }
}
