import InterpreterKit

/// `exit`, `quit`, `copyright`, `credits`, `license`: for people at the prompt.
extension VM {
    func installSiteBuiltins() {
        let quitter = newBuiltinType(
            "Quitter", base: type(.object), module: "_sitebuiltins", reserved: 1, payload: .native)
        let methods = TypeBuilder(vm: self, type: quitter, name: "Quitter")
        methods.method("__call__", "(self, code=None)") { (vm, a) throws(Unwind) in
            throw vm.raise(try vm.call(Value(vm.type(.systemExit)), a.value(1, or: .none)))
        }
        methods.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let name = vm.text(vm[a[0].reference, Instance.slot(0)])
            return try vm.string("Use \(name)() or Ctrl-D (i.e. EOF) to exit")
        }
        let printer = newBuiltinType(
            "_Printer", base: type(.object), module: "_sitebuiltins", reserved: 1,
            payload: .native)
        let printing = TypeBuilder(vm: self, type: printer, name: "_Printer")
        printing.method("__call__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.call(
                vm.find(vm.shared.pointee.builtins, name: vm.intern("print")),
                vm[a[0].reference, Instance.slot(0)])
        }
        printing.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            vm[a[0].reference, Instance.slot(0)]
        }
        define(quitter, [("exit", "exit"), ("quit", "quit")])
        define(
            printer,
            [
                ("copyright", "Copyright (c) the Quanta authors."),
                ("credits", "Thanks to everybody who has made Python what it is."),
                ("license", "See the file LICENSE of the distribution."),
            ])
    }
    /// Objects of a type, each with a text.
    private func define(_ type: Reference, _ objects: [(StaticString, StaticString)]) {
        touch(type)
        for (name, text) in objects {
            do throws(Unwind) {
                let object = try newInstance(type)
                self[object, Instance.slot(0)] = intern(text)
                try set(shared.pointee.builtins, name: intern(name), Value(object))
            } catch {}
        }
    }
}
