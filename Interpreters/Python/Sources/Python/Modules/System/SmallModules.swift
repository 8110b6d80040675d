import Glibc
import InterpreterKit

/// `errno`, `atexit`, `gc`: small modules about the process and its end.
extension ModuleBuilder {
    func errorNumbers() throws(Unwind) {
        let names = vm.newDict()
        for (name, number) in ErrorNumbers.all {
            constant(name, Value(Int(number)))
            let key = Value(Int(number))
            if try vm.get(names, key) == .unbound { try vm.set(names, key, vm.intern(name)) }
        }
        constant("errorcode", Value(names))
    }

    func atexit() throws(Unwind) {
        function("register", "(func, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
            if !vm.isCallable(a[0]) {
                throw vm.raise(.typeError, "the first argument must be callable")
            }
            let arguments =
                a.count > 1
                ? try vm.tuple(a.base + 1, a.count - 1) : vm.shared.pointee.emptyTuple
            let keywords = a.keywords == .unbound ? Value.none : a.keywords
            try vm.append(vm.exitFunctions, try vm.tuple(a[0], arguments, keywords))
            return a[0]
        }
        function("unregister", "(func, /)") { (vm, a) throws(Unwind) in
            let list = vm.exitFunctions
            var i = vm[list, List.count] - 1
            while i >= 0 {
                let known = vm.item(ofTuple: vm.item(ofList: list, i).reference, 0)
                if try vm.equal(known, a[0]), i < vm[list, List.count] {
                    _ = vm.remove(list, at: i)
                }
                i -= 1
            }
            return .none
        }
        function("_clear", "()") { (vm, a) throws(Unwind) in
            vm.clear(list: vm.exitFunctions)
            return .none
        }
        function("_ncallbacks", "()") { (vm, a) throws(Unwind) in
            Value(vm[vm.exitFunctions, List.count])
        }
        function("_run_exitfuncs", "()") { (vm, a) throws(Unwind) in
            try vm.runExitFunctions()
            return .none
        }
    }

    /// The collector works by itself; programs may ask for a collection.
    func gc() throws(Unwind) {
        function("collect", "(generation=2)") { (vm, a) throws(Unwind) in
            let generation = a.has(0) ? try vm.int32(a[0]) : 2
            if generation < 0 || generation > 2 {
                throw vm.raise(.valueError, "invalid generation")
            }
            vm.machine.collect(vm.thread)
            try vm.runWeakCallbacks()
            return Value(0)
        }
        for (name, isEnabled) in [("enable", true), ("disable", false)] as [(StaticString, Bool)] {
            function(name, "()") { (vm, a) throws(Unwind) in
                vm[vm.python.system[.collectorState].reference, Cell.content] = Value(isEnabled)
                return .none
            }
        }
        function("isenabled", "()") { (vm, a) throws(Unwind) in
            vm[vm.python.system[.collectorState].reference, Cell.content]
        }
        function("get_threshold", "()") { (vm, a) throws(Unwind) in
            try vm.tuple(Value(700), Value(10), Value(10))
        }
        function("set_threshold", "(threshold0, threshold1=10, threshold2=10, /)") {
            (vm, a) throws(Unwind) in
            for i in 0..<3 where a.has(i) { _ = try vm.int32(a[i], tellsSide: true) }
            return .none
        }
        function("get_count", "()") { (vm, a) throws(Unwind) in
            try vm.tuple(Value(0), Value(0), Value(0))
        }
        function("get_debug", "()") { (vm, a) throws(Unwind) in Value(0) }
        function("set_debug", "(flags, /)") { (vm, a) throws(Unwind) in .none }
        function("freeze", "()") { (vm, a) throws(Unwind) in .none }
        function("unfreeze", "()") { (vm, a) throws(Unwind) in .none }
        function("get_freeze_count", "()") { (vm, a) throws(Unwind) in Value(0) }
        function("get_objects", "(generation=None)") { (vm, a) throws(Unwind) in
            Value(try vm.newList())
        }
        for name: StaticString in ["get_referrers", "get_referents"] {
            function(name, "(*objs)") { (vm, a) throws(Unwind) in Value(try vm.newList()) }
        }
        function("is_tracked", "(obj, /)") { (vm, a) throws(Unwind) in
            Value(
                a[0].isReference && !a[0].isString && !a[0].isBytes && !a[0].isFloat
                    && !a[0].isA(Kind.bigInt))
        }
        function("is_finalized", "(obj, /)") { (vm, a) throws(Unwind) in .false }
        let statistics = try vm.newList()
        constant("garbage", Value(statistics))
        constant("callbacks", Value(try vm.newList()))
        function("get_stats", "()") { (vm, a) throws(Unwind) in
            let list = try vm.newList()
            for generation in 0..<3 {
                let facts = vm.newDict()
                let runs = generation == 2 ? vm.machine.heap.statistics.collections : 0
                try vm.set(facts, name: vm.intern("collections"), Value(runs))
                try vm.set(facts, name: vm.intern("collected"), Value(0))
                try vm.set(facts, name: vm.intern("uncollectable"), Value(0))
                try vm.append(list, Value(facts))
            }
            return Value(list)
        }
        constants([
            "DEBUG_STATS": 1, "DEBUG_COLLECTABLE": 2, "DEBUG_UNCOLLECTABLE": 4,
            "DEBUG_SAVEALL": 32, "DEBUG_LEAK": 38,
        ])
    }
}

/// The system's numbers of errors.
private enum ErrorNumbers {
    static let all: [(StaticString, Int32)] = [
        ("EPERM", EPERM), ("ENOENT", ENOENT), ("ESRCH", ESRCH), ("EINTR", EINTR), ("EIO", EIO),
        ("ENXIO", ENXIO), ("E2BIG", E2BIG), ("ENOEXEC", ENOEXEC), ("EBADF", EBADF),
        ("ECHILD", ECHILD), ("EAGAIN", EAGAIN), ("EWOULDBLOCK", EWOULDBLOCK), ("ENOMEM", ENOMEM),
        ("EACCES", EACCES), ("EFAULT", EFAULT), ("ENOTBLK", ENOTBLK), ("EBUSY", EBUSY),
        ("EEXIST", EEXIST), ("EXDEV", EXDEV), ("ENODEV", ENODEV), ("ENOTDIR", ENOTDIR),
        ("EISDIR", EISDIR), ("EINVAL", EINVAL), ("ENFILE", ENFILE), ("EMFILE", EMFILE),
        ("ENOTTY", ENOTTY), ("ETXTBSY", ETXTBSY), ("EFBIG", EFBIG), ("ENOSPC", ENOSPC),
        ("ESPIPE", ESPIPE), ("EROFS", EROFS), ("EMLINK", EMLINK), ("EPIPE", EPIPE), ("EDOM", EDOM),
        ("ERANGE", ERANGE), ("EDEADLK", EDEADLK), ("ENAMETOOLONG", ENAMETOOLONG),
        ("ENOLCK", ENOLCK), ("ENOSYS", ENOSYS), ("ENOTEMPTY", ENOTEMPTY), ("ELOOP", ELOOP),
        ("ENOMSG", ENOMSG), ("EIDRM", EIDRM), ("EPROTO", EPROTO), ("EBADMSG", EBADMSG),
        ("EOVERFLOW", EOVERFLOW), ("EILSEQ", EILSEQ), ("EUSERS", EUSERS), ("ENOTSOCK", ENOTSOCK),
        ("EDESTADDRREQ", EDESTADDRREQ), ("EMSGSIZE", EMSGSIZE), ("EPROTOTYPE", EPROTOTYPE),
        ("ENOPROTOOPT", ENOPROTOOPT), ("EPROTONOSUPPORT", EPROTONOSUPPORT),
        ("EOPNOTSUPP", EOPNOTSUPP), ("ENOTSUP", ENOTSUP), ("EAFNOSUPPORT", EAFNOSUPPORT),
        ("EADDRINUSE", EADDRINUSE), ("EADDRNOTAVAIL", EADDRNOTAVAIL), ("ENETDOWN", ENETDOWN),
        ("ENETUNREACH", ENETUNREACH), ("ENETRESET", ENETRESET), ("ECONNABORTED", ECONNABORTED),
        ("ECONNRESET", ECONNRESET), ("ENOBUFS", ENOBUFS), ("EISCONN", EISCONN),
        ("ENOTCONN", ENOTCONN), ("ESHUTDOWN", ESHUTDOWN), ("ETIMEDOUT", ETIMEDOUT),
        ("ECONNREFUSED", ECONNREFUSED), ("EHOSTDOWN", EHOSTDOWN), ("EHOSTUNREACH", EHOSTUNREACH),
        ("EALREADY", EALREADY), ("EINPROGRESS", EINPROGRESS), ("ESTALE", ESTALE),
        ("EDQUOT", EDQUOT), ("ECANCELED", ECANCELED), ("EOWNERDEAD", EOWNERDEAD),
        ("ENOTRECOVERABLE", ENOTRECOVERABLE),
    ]
}
