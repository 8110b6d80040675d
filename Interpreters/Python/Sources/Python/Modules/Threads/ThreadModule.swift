import InterpreterKit

/// `_thread`: threads and locks.
extension ModuleBuilder {
    func threads() throws(Unwind) {
        let module = self
        let lockType = vm.addLock(to: module)
        vm.addReentrantLock(to: module)
        vm.addThreadLocal(to: module)
        module.constant("LockType", Value(lockType))
        module.constant("error", Value(vm.type(.runtimeError)))
        module.constant("TIMEOUT_MAX", vm.value(VM.longestTimeout))
        for name: StaticString in ["allocate_lock", "allocate"] {
            module.function(name, "()") { (vm, a) throws(Unwind) in try vm.newLock(lockType) }
        }
        for name: StaticString in ["start_new_thread", "start_new"] {
            module.function(name, "(function, args, kwargs={}, /)") { (vm, a) throws(Unwind) in
                try vm.startThread(a[0], a[1], a.value(2, or: .none), .none)
            }
        }
        module.function("_start", "(thread, function, /)") { (vm, a) throws(Unwind) in
            try vm.startThread(a[1], vm.shared.pointee.emptyTuple, .none, a[0])
        }
        module.function("get_ident", "()") { (vm, a) throws(Unwind) in Value(vm.threadIdentity) }
        module.function("get_native_id", "()") { (vm, a) throws(Unwind) in
            Value(vm.q.systemThread)
        }
        module.function("_main_ident", "()") { (vm, a) throws(Unwind) in
            Value(vm.python.system.mainThread)
        }
        module.function("_current", "()") { (vm, a) throws(Unwind) in vm.threadObject }
        module.function("_set_current", "(thread, /)") { (vm, a) throws(Unwind) in
            // The word is no managed object: who asks again after a rollback finds nothing.
            if vm.threadObject == .none {
                let thread = vm.thread
                vm.q.onAbort {
                    thread.pointee.stackBase[ThreadWord.thread] = Value.none.bits
                }
            }
            vm.threadObject = a[0]
            return .none
        }
        for name: StaticString in ["exit", "exit_thread"] {
            module.function(name, "()") { (vm, a) throws(Unwind) in throw vm.raise(.systemExit) }
        }
        module.function("interrupt_main", "(signum=2, /)") { (vm, a) throws(Unwind) in
            let machine = vm.machine
            vm.q.onCommit { machine.interrupt() }
            return .none
        }
        module.function("stack_size", "(size=0, /)") { (vm, a) throws(Unwind) in
            let size = a.has(0) ? try vm.index(a[0]) : 0
            if size != 0 && size < 32768 {
                throw vm.raise(.valueError, "size not valid: \(size) bytes")
            }
            return Value(0)
        }
        module.function("_print_exception", "(heading, exception, /)") { (vm, a) throws(Unwind) in
            try vm.report(exception: a[1], heading: vm.text(a[0]))
            return .none
        }
    }
}

extension VM {
    /// Starts a guest thread that calls `function`; its identity.
    fileprivate func startThread(
        _ function: Value, _ arguments: Value, _ keywords: Value, _ object: Value
    ) throws(Unwind) -> Value {
        if !isCallable(function) { throw raise(.typeError, "first arg must be callable") }
        guard let positional = arguments.isTuple ? arguments : payload(arguments, .tuple) else {
            throw raise(.typeError, "2nd arg must be a tuple")
        }
        if keywords != .none && asDict(keywords) == nil {
            throw raise(.typeError, "optional 3rd arg must be a dictionary")
        }
        var task = Python.Task(shared, starting: python.bootstrap(.thread))
        let dict = keywords == .none ? Value.none : asDict(keywords).map(Value.init) ?? .none
        task.arguments = try tuple(function, positional, dict)
        task.object = object
        do throws(VirtualMachine.StartError) {
            return Value(Int(bitPattern: try q.spawn(task)))
        } catch { throw raise(.runtimeError, "can't start new thread") }
    }

    /// What stands above the traceback of an exception that has ended a thread of `_thread`.
    func threadHeading() throws(Unwind) -> [UInt8] {
        let task = fp[1]
        let function =
            task.isTuple ? text(try repr(item(ofTuple: task.reference, 0))) : "a thread"
        return Array("Exception ignored in thread started by: \(function)\n".utf8)
    }
}
