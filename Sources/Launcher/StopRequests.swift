import CHost
import Glibc
import InterpreterKit

/// Reasons to stop a running guest that arise outside it: Ctrl-C, and output that nobody takes.
///
/// Both arise where no lock may be taken, in a signal handler and in the middle of a commit. They
/// go through a pipe to a thread that tells the machine.
///
/// R1  One reader at a time: the watcher while a program runs, the prompt otherwise.
/// R2  A request is one byte: 0 is Ctrl-C, `finished` ends a watch, others are error numbers of
///     failed output.
/// R3  From the beginning, and again after each watch, Ctrl-C is a request; the first one during a watch
///     restores the system's behaviour.
final class StopRequests: Sendable {
    private static let interrupt: UInt8 = 0
    private static let finished: UInt8 = 255

    private let readEnd: Int32
    private let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        if pipe(&ends) != 0 { throw Refusal(errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        readEnd = ends[0]
        writeEnd = ends[1]
        host_pipe_interrupts(writeEnd)
    }
    /// No pipe could be made.
    struct Refusal: Error, CustomStringConvertible {
        let errno: Int32
        var description: String { "the system refused a pipe: \(explain(errno))" }
    }
    deinit {
        host_default_interrupts()
        close(readEnd)
        close(writeEnd)
    }

    private func send(_ request: UInt8) {
        _ = withUnsafeBytes(of: request) { writeAll($0, to: writeEnd) }
    }
    private func receive() -> UInt8 {
        var request = StopRequests.finished
        while read(readEnd, &request, 1) < 0 && errno == EINTR {}
        return request
    }

    /// Standard output is broken. Callable in the middle of a commit.
    func outputFailed(_ error: Int32) {
        send(UInt8(clamping: min(error, Int32(StopRequests.finished) - 1)))
    }

    // MARK: while a program runs

    /// Runs `body` while requests reach `machine`; a Ctrl-C after one that the guest has not heard ends the
    /// process at once.
    ///
    /// Returns the error number with which standard output failed, 0 when all is well.
    func watch(_ machine: VirtualMachine, during body: () throws -> Void) throws -> Int32 {
        let watcher = Watcher(self, machine)
        var handle: UInt = 0
        let error = host_thread_start(
            &handle, 256 << 10,
            { Unmanaged<Watcher>.fromOpaque($0).takeUnretainedValue().run() },
            Unmanaged.passUnretained(watcher).toOpaque())
        if error != 0 { throw VirtualMachine.StartError.thread(errno: error) }
        let result = Result { try body() }
        send(StopRequests.finished)
        host_thread_join(handle)
        machine.clearHalt()
        host_pipe_interrupts(writeEnd)
        try result.get()
        return watcher.outputError
    }

    private final class Watcher {
        let requests: StopRequests
        let machine: VirtualMachine
        var outputError: Int32 = 0

        init(_ requests: StopRequests, _ machine: VirtualMachine) {
            self.requests = requests
            self.machine = machine
        }

        func run() {
            while true {
                switch requests.receive() {
                case StopRequests.finished: return
                case StopRequests.interrupt:
                    if !machine.interrupt() { host_default_interrupts() }
                    ForeignSignals.interruptCalls()
                case let error:
                    outputError = Int32(error)
                    machine.halt(.interrupted)
                }
            }
        }
    }

    // MARK: at the prompt

    /// What ended the wait of a prompt.
    enum Event { case readable, interrupted }

    /// Waits for input on `descriptor`, or for Ctrl-C.
    func wait(for descriptor: Int32) -> Event {
        while true {
            var sources = [
                pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0),
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            ]
            if poll(&sources, 2, -1) < 0 { continue }
            if sources[0].revents != 0 {
                if receive() == StopRequests.interrupt { return .interrupted }
                continue
            }
            return .readable
        }
    }
}
