import InterpreterKit

extension VM {
    /// The type `bool`.
    func installBool() {
        build(.bool) { type in
            type.new("(cls, x=False, /)") { (vm, a) throws(Unwind) in
                Value(a.has(1) ? try vm.isTrue(a[1]) : false)
            }
            type.operators(NumberMethods.logic) { (vm, operation, a, b) throws(Unwind) in
                guard let (x, y) = vm.integerOperands(a, b) else { return .notImplemented }
                if a.isBool && b.isBool { return try vm.boolOperation(operation, a, b, x, y) }
                return try vm.integerOperation(operation, x, y)
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                vm.intern(a[0] == .true ? "True" : "False")
            }
        }
    }
}
