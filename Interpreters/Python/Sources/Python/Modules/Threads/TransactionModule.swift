import InterpreterKit

/// `_transaction`: atomic blocks, for the module `transaction` written in Python.
extension ModuleBuilder {
    func transactions() {
        let type = type("atomic", in: "transaction", isBase: false)
        type.method("__enter__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.q.enterAtomic()
            return a[0]
        }
        type.method("__exit__", "(self, /, *exc_info)") { (vm, a) throws(Unwind) in
            if vm.q.atomicDepth == 0 {
                throw vm.raise(.runtimeError, "leaving an atomic block that was not entered")
            }
            vm.q.leaveAtomic()
            return .none
        }
        type.method("__call__", "(self, function, /)") { (vm, a) throws(Unwind) in
            let module = try vm.importModule("transaction")
            return try vm.call(try vm.getAttribute(module, vm.intern("_atomic_function")), a[1])
        }
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            vm.intern("<transaction.atomic>")
        }
        let made = type.type
        do throws(Unwind) { constant("atomic", Value(try vm.newInstance(made))) } catch {}
        function("is_atomic", "()") { (vm, a) throws(Unwind) in Value(vm.q.atomicDepth > 0) }
        function("hint_commit_soon", "()") { (vm, a) throws(Unwind) in
            vm.q.breakSoon()
            return .none
        }
        tables()
        counters()
        constant("processors", Value(vm.machine.configuration.threads))
    }
}
