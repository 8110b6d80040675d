import InterpreterKit

/// The functions of `sys`.
extension ModuleBuilder {
    func addRunning() {
        function("exit", "(status=None, /)") { (vm, a) throws(Unwind) in
            let exception =
                a.has(0)
                ? try vm.call(Value(vm.type(.systemExit)), a[0])
                : try vm.call(Value(vm.type(.systemExit)))
            throw vm.raise(exception)
        }
        function("getrecursionlimit", "()") { (vm, a) throws(Unwind) in
            Value(vm.shared.pointee.recursionLimit)
        }
        function("setrecursionlimit", "(limit, /)") { (vm, a) throws(Unwind) in
            let limit = try vm.int32(a[0])
            if limit < 1 {
                throw vm.raise(.valueError, "recursion limit must be greater or equal than 1")
            }
            try vm.irrevocably("recursion limit")
            vm.shared.pointee.recursionLimit = min(limit, Link.deepest)
            return .none
        }
        function("get_int_max_str_digits", "()") { (vm, a) throws(Unwind) in
            Value(vm.shared.pointee.digitLimit)
        }
        function("set_int_max_str_digits", "(maxdigits)") { (vm, a) throws(Unwind) in
            let limit = try vm.index(a[0])
            if limit != 0 && limit < 640 {
                throw vm.raise(.valueError, "maxdigits must be 0 or larger than 640")
            }
            try vm.irrevocably("digit limit")
            vm.shared.pointee.digitLimit = limit
            return .none
        }
        function("getswitchinterval", "()") { (vm, a) throws(Unwind) in vm.value(0.005) }
        function("setswitchinterval", "(interval, /)") { (vm, a) throws(Unwind) in
            if try vm.asFloat(a[0]) <= 0 {
                throw vm.raise(.valueError, "switch interval must be strictly positive")
            }
            return .none
        }
        for name: StaticString in ["getdefaultencoding", "getfilesystemencoding"] {
            function(name, "()") { (vm, a) throws(Unwind) in vm.intern("utf-8") }
        }
        function("getfilesystemencodeerrors", "()") { (vm, a) throws(Unwind) in
            vm.intern("surrogateescape")
        }
        function("is_finalizing", "()") { (vm, a) throws(Unwind) in .false }
        function("_getframe", "(depth=0, /)") { (vm, a) throws(Unwind) in
            let depth = a.has(0) ? try vm.int32(a[0]) : 0
            guard let frame = vm.frameObject(depth: max(0, depth)) else {
                throw vm.raise(.valueError, "call stack is not deep enough")
            }
            return frame
        }
        function("_current_frames", "()") { (vm, a) throws(Unwind) in
            let frames = vm.newDict()
            if let frame = vm.frameObject(depth: 0) {
                try vm.set(frames, Value(vm.threadIdentity), frame)
            }
            return Value(frames)
        }
    }

    func addExceptions() {
        function("exc_info", "()") { (vm, a) throws(Unwind) in
            let exception = vm.handledException()
            if exception == .none { return try vm.tuple(.none, .none, .none) }
            return try vm.tuple(
                Value(vm.type(of: exception)), exception,
                vm[exception.reference, Exception.traceback])
        }
        function("exception", "()") { (vm, a) throws(Unwind) in vm.handledException() }
        function("excepthook", "(exctype, value, traceback, /)") { (vm, a) throws(Unwind) in
            guard vm.isInstance(a[1], .baseException) else {
                try vm.writeError(
                    Array(
                        "TypeError: print_exception(): Exception expected for value, \(vm.typeName(a[1])) found\n"
                            .utf8))
                return .none
            }
            let exception = a[1].reference
            if a[2] != .none { vm[exception, Exception.traceback] = a[2] }
            try vm.report(exception: a[1])
            return .none
        }
        function("unraisablehook", "(unraisable, /)") { (vm, a) throws(Unwind) in
            try vm.report(unraisable: a[0])
            return .none
        }
        function("displayhook", "(object, /)") { (vm, a) throws(Unwind) in
            try vm.display(a[0])
            return .none
        }
        // The originals, for programs that set their own.
        let namespace = vm[module, ModuleObject.namespace]
        let originals: [(StaticString, StaticString)] = [
            ("excepthook", "__excepthook__"), ("unraisablehook", "__unraisablehook__"),
            ("displayhook", "__displayhook__"),
        ]
        for (name, original) in originals {
            constant(original, vm.find(namespace, name: vm.intern(name)))
        }
    }

    func addObjects() {
        function("intern", "(string, /)") { (vm, a) throws(Unwind) in
            guard a[0].isString else {
                throw vm.raise(
                    .typeError,
                    vm.asString(a[0]) != nil
                        ? "can't intern \(vm.typeName(a[0]))"
                        : "intern() argument must be str, not \(vm.typeName(a[0]))")
            }
            return vm.intern(a[0])
        }
        function("getsizeof", "(object, default=None)") { (vm, a) throws(Unwind) in
            let method = try vm.findAttribute(
                Value(vm.type(of: a[0])), vm.name(.sizeof))
            if method == .unbound {
                if a.has(1) { return a[1] }
                throw vm.raise(
                    .typeError, "Type \(vm.typeName(a[0])) doesn't define __sizeof__")
            }
            let size = try vm.index(
                try vm.callSpecial(vm.lookup(typeOf: a[0], vm.name(.sizeof)), a[0]))
            if size < 0 { throw vm.raise(.valueError, "__sizeof__() should return >= 0") }
            return Value(size)
        }
        // Objects are not counted. What lives for ever is told apart from what does not.
        function("getrefcount", "(object, /)") { (vm, a) throws(Unwind) in
            Value(a[0].isReference ? 2 : 1_000_000_000)
        }
        function("getallocatedblocks", "()") { (vm, a) throws(Unwind) in
            Value(vm.machine.heap.bytesInUse / 64)
        }
        function("_clear_type_cache", "()") { (vm, a) throws(Unwind) in .none }
    }

    func addTracing() {
        for (getter, setter)
            in [("gettrace", "settrace"), ("getprofile", "setprofile")]
            as [(StaticString, StaticString)]
        {
            function(getter, "()") { (vm, a) throws(Unwind) in .none }
            function(setter, "(function, /)") { (vm, a) throws(Unwind) in .none }
        }
        function("audit", "(event, /, *args)") { (vm, a) throws(Unwind) in .none }
        function("addaudithook", "(hook)") { (vm, a) throws(Unwind) in .none }
        function("get_coroutine_origin_tracking_depth", "()") { (vm, a) throws(Unwind) in
            Value(0)
        }
        function("set_coroutine_origin_tracking_depth", "(depth)") { (vm, a) throws(Unwind) in
            .none
        }
        function("call_tracing", "(func, args, /)") { (vm, a) throws(Unwind) in
            try vm.call(a[0], arguments: try vm.tuple(ofIterable: a[1]))
        }
    }
}

extension VM {
    /// `sys.displayhook`: the value of an expression statement typed at the prompt.
    func display(_ value: Value) throws(Unwind) {
        if value == .none { return }
        let last = intern("_")
        try set(shared.pointee.builtins, name: last, .none)
        let text = try repr(value)
        let sys = find(shared.pointee.modules, name: intern("sys"))
        let stream = sys == .unbound ? .unbound : try findAttribute(sys, name(.stdout))
        if stream == .unbound || stream == .none {
            throw raise(.runtimeError, "lost sys.stdout")
        }
        if stream == python.system[.standardOutput] {
            write(try utf8Output(text) + [0x0A])
        } else {
            _ = try callMethod(stream, name(.writeName), text)
            _ = try callMethod(stream, name(.writeName), shared.pointee.characters[10])
        }
        try set(shared.pointee.builtins, name: last, value)
    }
    /// For standard output: characters that have no encoding are shown as escapes.
    private func utf8Output(_ string: Value) throws(Unwind) -> [UInt8] {
        if StringView(string).isASCII { return utf8(string) }
        return Array(BytesView(try encode(string, "utf-8", "backslashreplace")).buffer)
    }

    fileprivate func report(unraisable arguments: Value) throws(Unwind) {
        let exception = try getAttribute(arguments, intern("exc_value"))
        let message = try findAttribute(arguments, intern("err_msg"))
        let object = try findAttribute(arguments, intern("object"))
        var heading = asString(message).map(text) ?? "Exception ignored in"
        if object != .unbound && object != .none { heading += ": \(text(try repr(object)))" }
        if isInstance(exception, .baseException) {
            try report(exception: exception, heading: heading + "\n")
        } else {
            try writeError(Array((heading + "\n").utf8))
        }
    }
}
