import Glibc
import InterpreterKit

/// How a program ends: other threads, functions registered with `atexit`, files, in this order.
extension VM {
    /// A list of triples: function, arguments, keywords.
    var exitFunctions: Reference { python.system[.exitFunctions].reference }

    /// Kept objects that modules change.
    func startSystem() throws(Unwind) {
        let system = python.system
        system.keep(.exitFunctions, Value(try newList()), self)
        system.keep(.collectorState, Value(q.new(Kind.cell, .true)), self)
        system.keep(.weakCallbackLimit, Value(q.new(Kind.cell, Value(256))), self)
        system.keep(.interruptHandler, Value(q.new(Kind.cell, .none)), self)
    }

    /// Waits for the threads that keep the program alive, and does what was left for the end.
    func finishProgram() throws(Unwind) {
        try quietly { () throws(Unwind) in
            let threading = find(shared.pointee.modules, name: intern("threading"))
            if threading.isA(Kind.module) { _ = try callMethod(threading, intern("_shutdown")) }
        }
        try runExitFunctions()
        try quietly { () throws(Unwind) in try flushUnsaved(nil) }
        try flushReplacedStreams()
    }
    /// The last registered first; an exception is reported and the next one runs.
    func runExitFunctions() throws(Unwind) {
        let list = exitFunctions
        while self[list, List.count] > 0 {
            let entry = remove(list, at: self[list, List.count] - 1).reference
            let function = item(ofTuple: entry, 0)
            do throws(Unwind) {
                _ = try call(
                    function, arguments: item(ofTuple: entry, 1), keywords: item(ofTuple: entry, 2))
            } catch {
                if error == .abort { throw error }
                let exception = pending
                pending = .none
                let heading = "Exception ignored in atexit callback: \(text(try repr(function)))\n"
                try report(exception: exception, heading: heading)
            }
        }
    }
    /// `sys.stdout` and `sys.stderr` may be files by now.
    private func flushReplacedStreams() throws(Unwind) {
        let sys = find(shared.pointee.modules, name: intern("sys"))
        if sys == .unbound { return }
        for (name, kept)
            in [("stdout", .standardOutput), ("stderr", .standardError)]
            as [(StaticString, SystemState.Kept)]
        {
            try quietly { () throws(Unwind) in
                let stream = try findAttribute(sys, intern(name))
                if stream == .unbound || stream == .none || stream == python.system[kept] { return }
                if try isClosed(stream) { return }
                _ = try callMethod(stream, self.name(.flush))
            }
        }
    }
    /// Runs `body`; an exception is reported.
    private func quietly(_ body: () throws(Unwind) -> Void) throws(Unwind) {
        do throws(Unwind) { try body() } catch {
            if error == .abort { throw error }
            let exception = pending
            pending = .none
            try report(exception: exception)
        }
    }

    /// The main thread has come to its end, or to an exception that nothing has caught: nothing returns.
    func endProgram(with exception: Value?) throws(Unwind) {
        var end = VirtualMachine.Halt.exit(0)
        if let exception { end = try reportEnd(exception) }
        try finishProgram()
        try halt(end)
    }
    func halt(_ reason: VirtualMachine.Halt) throws(Unwind) {
        do throws(Abort) { try q.halt(reason) } catch { throw .abort }
    }
    /// Says what has ended the program.
    func reportEnd(_ exception: Value) throws(Unwind) -> VirtualMachine.Halt {
        if isInstance(exception, .systemExit) {
            let code = try getAttribute(exception, name(.code_))
            if code == .none { return .exit(0) }
            if let number = asInt(code) {
                return .exit(number.isInt ? Int32(truncatingIfNeeded: number.int) & 0xFF : 0xFF)
            }
            try writeError(utf8(try str(code)) + [0x0A])
            return .exit(1)
        }
        let sys = find(shared.pointee.modules, name: intern("sys"))
        let hook = sys == .unbound ? .unbound : try findAttribute(sys, intern("excepthook"))
        if hook == .unbound || hook.isA(Kind.native) {
            try report(exception: exception)
        } else {
            let traceback = self[exception.reference, Exception.traceback]
            do throws(Unwind) {
                _ = try call(hook, Value(type(of: exception)), exception, traceback)
            } catch {
                if error == .abort { throw error }
                let second = pending
                pending = .none
                if isInstance(second, .systemExit) { return try reportEnd(second) }
                try report(exception: second, heading: "Error in sys.excepthook:\n")
                try report(exception: exception, heading: "\nOriginal exception was:\n")
            }
        }
        if isInstance(exception, .keyboardInterrupt) { return .interrupted }
        return .failed(try diagnostic(of: exception))
    }
}
