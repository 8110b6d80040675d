import InterpreterKit

/// Built-in functions about classes and attributes.
extension VM {
    func installTypes() {
        installObject()
        installType()
        installProperty()
        installWrappedMethods()
        installSuper()
        installFunction()
        installMethods()
        installCode()
        installSmallObjects()
        installGenericAlias()
        installUnionType()
        installFrame()
        installTraceback()
        installTypeFunctions()
        installAttributeFunctions()
    }

    private func installTypeFunctions() {
        function("isinstance", "(obj, class_or_tuple, /)") { (vm, a) throws(Unwind) in
            Value(try vm.isInstance(a[0], of: a[1]))
        }
        function("issubclass", "(cls, class_or_tuple, /)") { (vm, a) throws(Unwind) in
            Value(try vm.isSubclass(a[0], of: a[1]))
        }
        function("callable", "(obj, /)") { (vm, a) throws(Unwind) in
            Value(vm.isCallable(a[0]))
        }
        function("id", "(obj, /)") { (vm, a) throws(Unwind) in
            Value(Int(vm.identity(a[0]) & 0x0FFF_FFFF_FFFF_FFFF))
        }
    }

    private func installAttributeFunctions() {
        function("getattr", "(object, name, default=None, /)") { (vm, a) throws(Unwind) in
            let name = try vm.attributeName(a[1])
            if !a.has(2) { return try vm.getAttribute(a[0], name) }
            let found = try vm.findAttribute(a[0], name)
            return found == .unbound ? a[2] : found
        }
        function("hasattr", "(obj, name, /)") { (vm, a) throws(Unwind) in
            let name = try vm.attributeName(a[1])
            return Value(try vm.findAttribute(a[0], name) != .unbound)
        }
        function("setattr", "(obj, name, value, /)") { (vm, a) throws(Unwind) in
            try vm.setAttribute(a[0], try vm.attributeName(a[1]), a[2])
            return .none
        }
        function("delattr", "(obj, name, /)") { (vm, a) throws(Unwind) in
            try vm.deleteAttribute(a[0], try vm.attributeName(a[1]))
            return .none
        }
        function("vars", "(object=None, /)") { (vm, a) throws(Unwind) in
            if !a.has(0) { return try vm.callerLocals() }
            let dict = try vm.findAttribute(a[0], .dict)
            if dict != .unbound { return dict }
            throw vm.raise(.typeError, "vars() argument must have __dict__ attribute")
        }
        function("dir", "(object=None, /)") { (vm, a) throws(Unwind) in
            if a.has(0) { return try vm.directory(a[0]) }
            let names = try vm.list(ofIterable: try vm.callerLocals())
            _ = try vm.callMethod(Value(names), vm.intern("sort"))
            return Value(names)
        }
    }
}
