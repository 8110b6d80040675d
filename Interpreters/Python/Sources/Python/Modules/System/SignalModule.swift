import Glibc
import InterpreterKit

/// `signal`: what Ctrl-C does, and signals to processes. Handlers run in the main thread, between two
/// bytecodes; only that of SIGINT is ever asked for by the system.
extension ModuleBuilder {
    func signals() throws(Unwind) {
        let numbers: [(StaticString, Int32)] = [
            ("SIGHUP", SIGHUP), ("SIGINT", SIGINT), ("SIGQUIT", SIGQUIT), ("SIGILL", SIGILL),
            ("SIGTRAP", SIGTRAP), ("SIGABRT", SIGABRT), ("SIGBUS", SIGBUS), ("SIGFPE", SIGFPE),
            ("SIGKILL", SIGKILL), ("SIGUSR1", SIGUSR1), ("SIGSEGV", SIGSEGV), ("SIGUSR2", SIGUSR2),
            ("SIGPIPE", SIGPIPE), ("SIGALRM", SIGALRM), ("SIGTERM", SIGTERM), ("SIGCHLD", SIGCHLD),
            ("SIGCONT", SIGCONT), ("SIGSTOP", SIGSTOP), ("SIGTSTP", SIGTSTP), ("SIGTTIN", SIGTTIN),
            ("SIGTTOU", SIGTTOU), ("SIGWINCH", SIGWINCH),
        ]
        for (name, number) in numbers { constant(name, Value(Int(number))) }
        constant("SIG_DFL", Value(0))
        constant("SIG_IGN", Value(1))
        constant("NSIG", Value(65))
        let interrupt = vm.newNative(
            "default_int_handler", "(signalnum, frame, /)", .function, owner: nil,
            { (vm, a) throws(Unwind) in throw vm.raise(.keyboardInterrupt) }, Value(module))
        constant("default_int_handler", interrupt)
        vm[vm.python.system[.interruptHandler].reference, Cell.content] = interrupt
        let handlers = vm.newDict()
        try vm.set(handlers, Value(Int(SIGINT)), interrupt)
        constant("_handlers", Value(handlers))
        addHandlers(handlers)
        function("raise_signal", "(signalnum, /)") { (vm, a) throws(Unwind) in
            let number = try vm.signalNumber(a[0])
            if number == SIGINT {
                try vm.runInterruptHandler()
                return .none
            }
            let handler = try vm.get(handlers, Value(Int(number)))
            if handler != .unbound && !handler.isInt {
                _ = try vm.call(handler, Value(Int(number)), vm.frameObject(depth: 0) ?? .none)
                return .none
            }
            vm.machine.output.flush()
            try vm.system { Int(Glibc.raise(number)) }
            return .none
        }
        function("strsignal", "(signalnum, /)") { (vm, a) throws(Unwind) in
            try vm.string(String(cString: Glibc.strsignal(try vm.signalNumber(a[0]))))
        }
        function("set_wakeup_fd", "(fd, /, *, warn_on_full_buffer=True)") {
            (vm, a) throws(Unwind) in Value(-1)
        }
        function("siginterrupt", "(signalnum, flag, /)") { (vm, a) throws(Unwind) in .none }
    }

    private func addHandlers(_ handlers: Reference) {
        vm.machine.heap.keep(Value(handlers))
        function("getsignal", "(signalnum, /)") { (vm, a) throws(Unwind) in
            let number = try vm.signalNumber(a[0])
            let known = try vm.get(handlers, Value(Int(number)))
            return known == .unbound ? Value(0) : known
        }
        function("signal", "(signalnum, handler, /)") { (vm, a) throws(Unwind) in
            let number = try vm.signalNumber(a[0])
            if vm.threadIdentity != vm.python.system.mainThread {
                throw vm.raise(
                    .valueError, "signal only works in main thread of the main interpreter")
            }
            if a[1] != Value(0) && a[1] != Value(1) && !vm.isCallable(a[1]) {
                throw vm.raise(
                    .typeError,
                    "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
            }
            if number == SIGKILL || number == SIGSTOP { throw vm.raiseOSError(EINVAL) }
            let known = try vm.get(handlers, Value(Int(number)))
            try vm.set(handlers, Value(Int(number)), a[1])
            if number == SIGINT {
                vm[vm.python.system[.interruptHandler].reference, Cell.content] = a[1]
            }
            return known == .unbound ? Value(0) : known
        }
    }
}

extension VM {
    fileprivate func signalNumber(_ value: Value) throws(Unwind) -> Int32 {
        let number = try int32(value)
        if number < 1 || number > 64 {
            throw raise(.valueError, "signal number out of range")
        }
        return Int32(number)
    }
    /// What Ctrl-C does: by itself it raises KeyboardInterrupt.
    func runInterruptHandler() throws(Unwind) {
        let handler = self[python.system[.interruptHandler].reference, Cell.content]
        if handler == Value(1) { return }
        if handler == .none || handler == Value(0) { throw raise(.keyboardInterrupt) }
        _ = try call(handler, Value(Int(SIGINT)), frameObject(depth: 0) ?? .none)
    }
}
