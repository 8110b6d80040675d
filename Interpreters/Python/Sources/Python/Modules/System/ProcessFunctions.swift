import Glibc
import InterpreterKit

/// `posix`: the process, its surroundings, other processes.
extension ModuleBuilder {
    func addProcess() {
        for (name, body)
            in [
                ("getpid", { Int(getpid()) }), ("getppid", { Int(getppid()) }),
                ("getuid", { Int(getuid()) }), ("geteuid", { Int(geteuid()) }),
                ("getgid", { Int(getgid()) }), ("getegid", { Int(getegid()) }),
                ("sched_yield", { Int(sched_yield()) }),
                ("cpu_count", { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }),
            ] as [(StaticString, () -> Int)]
        {
            function(name, "()") { (vm, a) throws(Unwind) in Value(body()) }
        }
        function("umask", "(mask, /)") { (vm, a) throws(Unwind) in
            let mask = mode_t(truncatingIfNeeded: try vm.int32(a[0]))
            try vm.irrevocably("umask")
            return Value(Int(Glibc.umask(mask)))
        }
        function("kill", "(pid, signal, /)") { (vm, a) throws(Unwind) in
            let process = pid_t(truncatingIfNeeded: try vm.int32(a[0], tellsSide: true))
            let signal = Int32(truncatingIfNeeded: try vm.int32(a[1]))
            vm.machine.output.flush()
            try vm.system { Int(Glibc.kill(process, signal)) }
            return .none
        }
        function("_exit", "(status)") { (vm, a) throws(Unwind) in
            let status = Int32(truncatingIfNeeded: try vm.int32(a[0]))
            try vm.irrevocably("exit")
            Glibc._exit(status)
        }
        function("abort", "()") { (vm, a) throws(Unwind) in
            try vm.irrevocably("abort")
            Glibc.abort()
        }
        function("system", "(command)") { (vm, a) throws(Unwind) in
            let command = try vm.path(a[0], "command", function: "system")
            try vm.irrevocably("system")
            vm.machine.output.flush()
            return Value(try vm.outside("system") { ShellCommand.run(command) })
        }
        function("waitpid", "(pid, options, /)") { (vm, a) throws(Unwind) in
            let process = pid_t(truncatingIfNeeded: try vm.int32(a[0], tellsSide: true))
            let options = Int32(truncatingIfNeeded: try vm.int32(a[1]))
            var status: Int32 = 0
            let found = try vm.system { Int(Glibc.waitpid(process, &status, options)) }
            return try vm.tuple(Value(found), Value(Int(status)))
        }
        function("waitstatus_to_exitcode", "(status)") { (vm, a) throws(Unwind) in
            let status = try vm.int32(a[0])
            return Value(status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F))
        }
        function("strerror", "(code, /)") { (vm, a) throws(Unwind) in
            try vm.string(
                String(cString: Glibc.strerror(Int32(truncatingIfNeeded: try vm.int32(a[0])))))
        }
        for name: StaticString in ["urandom", "getrandom"] {
            function(name, "(size, flags=0, /)") { (vm, a) throws(Unwind) in
                let size = try vm.index(a[0])
                if size < 0 { throw vm.raise(.valueError, "negative argument not allowed") }
                try vm.checkSize(limbs: size / 8)
                return try vm.bytes(vm.q.observe { SystemRandom.bytes(size) })
            }
        }
        function("uname", "()") { (vm, a) throws(Unwind) in
            let list = try vm.newList()
            for part in SystemName.parts { try vm.append(list, try vm.string(part)) }
            return try vm.tuple(ofList: list)
        }
        function("times", "()") { (vm, a) throws(Unwind) in
            var times = tms()
            let elapsed = Glibc.times(&times)
            let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
            let list = try vm.newList()
            for part in [
                times.tms_utime, times.tms_stime, times.tms_cutime, times.tms_cstime, elapsed,
            ] {
                try vm.append(list, vm.value(Double(part) / ticks))
            }
            return try vm.tuple(ofList: list)
        }
        function("getloadavg", "()") { (vm, a) throws(Unwind) in
            var loads = [Double](repeating: 0, count: 3)
            if Glibc.getloadavg(&loads, 3) != 3 {
                throw vm.raise(.osError, "Load averages are unobtainable")
            }
            return try vm.tuple(vm.value(loads[0]), vm.value(loads[1]), vm.value(loads[2]))
        }
        function("fspath", "(path)") { (vm, a) throws(Unwind) in
            let plain = try vm.plainPath(a[0])
            if vm.asString(plain) != nil || vm.asBytes(plain) != nil { return plain }
            if plain == a[0] {
                throw vm.raise(
                    .typeError,
                    "expected str, bytes or os.PathLike object, not \(vm.typeName(a[0]))")
            }
            throw vm.raise(
                .typeError,
                "expected \(vm.typeName(a[0])).__fspath__() to return str or bytes, not \(vm.typeName(plain))"
            )
        }
    }

    func addEnvironment() throws(Unwind) {
        let variables = vm.newDict()
        var i = 0
        while let entry = environ[i] {
            i += 1
            let bytes = Array(UnsafeRawBufferPointer(start: entry, count: strlen(entry)))
            guard let end = bytes.dropFirst().firstIndex(of: 0x3D) else { continue }
            let key = try vm.fileSystemString(Array(bytes[..<end]))
            if try vm.get(variables, key) != .unbound { continue }
            try vm.set(variables, key, try vm.fileSystemString(Array(bytes[(end + 1)...])))
        }
        constant("environ", Value(variables))
        function("putenv", "(name, value, /)") { (vm, a) throws(Unwind) in
            let name = try vm.path(a[0], "name")
            let value = try vm.path(a[1], "value")
            if name.contains(CChar(0x3D)) {
                throw vm.raise(.valueError, "illegal environment variable name")
            }
            try vm.irrevocably("putenv")
            if setenv(name, value, 1) != 0 { throw vm.raiseOSError(errno) }
            return .none
        }
        function("unsetenv", "(name, /)") { (vm, a) throws(Unwind) in
            let name = try vm.path(a[0], "name")
            try vm.irrevocably("unsetenv")
            if Glibc.unsetenv(name) != 0 { throw vm.raiseOSError(errno) }
            return .none
        }
    }

    func addPosixNumbers() {
        constants([
            "F_OK": 0, "X_OK": 1, "W_OK": 2, "R_OK": 4,
            "O_RDONLY": Int(O_RDONLY), "O_WRONLY": Int(O_WRONLY), "O_RDWR": Int(O_RDWR),
            "O_CREAT": Int(O_CREAT), "O_EXCL": Int(O_EXCL), "O_TRUNC": Int(O_TRUNC),
            "O_APPEND": Int(O_APPEND), "O_NONBLOCK": Int(O_NONBLOCK), "O_SYNC": Int(O_SYNC),
            "O_CLOEXEC": Int(O_CLOEXEC), "O_DIRECTORY": Int(O_DIRECTORY),
            "O_NOFOLLOW": Int(O_NOFOLLOW), "SEEK_SET": 0, "SEEK_CUR": 1, "SEEK_END": 2,
            "WNOHANG": Int(WNOHANG), "EX_OK": 0, "EX_USAGE": 64, "EX_DATAERR": 65,
            "EX_NOINPUT": 66, "EX_SOFTWARE": 70, "EX_OSERR": 71, "EX_IOERR": 74,
            "EX_CONFIG": 78,
        ])
    }
}

/// `system(3)`, which Swift does not offer.
private enum ShellCommand {
    static func run(_ command: [CChar]) -> Int {
        var process = pid_t()
        var status: Int32 = 0
        let error = "/bin/sh".withCString { shell in
            "-c".withCString { flag in
                command.withUnsafeBufferPointer { text in
                    var arguments: [UnsafeMutablePointer<CChar>?] = [
                        UnsafeMutablePointer(mutating: shell), UnsafeMutablePointer(mutating: flag),
                        UnsafeMutablePointer(mutating: text.baseAddress), nil,
                    ]
                    return posix_spawn(&process, shell, nil, nil, &arguments, environ)
                }
            }
        }
        if error != 0 { return 127 << 8 }
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return Int(status)
    }
}

/// Random bytes from the system.
enum SystemRandom {
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes = [UInt8]()
        bytes.reserveCapacity(count)
        while bytes.count < count {
            var word = generator.next()
            for _ in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return bytes
    }
}

/// What `uname` says: system, host, release, version, machine.
enum SystemName {
    static var parts: [String] {
        var name = utsname()
        if uname(&name) != 0 { return ["Linux", "", "", "", ""] }
        func text<T>(_ field: T) -> String {
            withUnsafeBytes(of: field) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
        }
        return [
            text(name.sysname), text(name.nodename), text(name.release), text(name.version),
            text(name.machine),
        ]
    }
}
