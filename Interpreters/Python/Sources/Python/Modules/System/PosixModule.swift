import Glibc
import InterpreterKit

/// `posix`: calls of the system, which the module `os`, written in Python, makes available.
extension ModuleBuilder {
    func posix() throws(Unwind) {
        let statType = StructType(
            vm, "stat_result", in: "os",
            [
                "st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size",
                "_atime", "_mtime", "_ctime", "st_atime", "st_mtime", "st_ctime", "st_atime_ns",
                "st_mtime_ns", "st_ctime_ns", "st_blksize", "st_blocks", "st_rdev",
            ], visible: 10)
        constant("stat_result", Value(statType.type))
        constant("error", Value(vm.type(.osError)))
        addFolders()
        addFiles()
        addStatus(statType)
        addFolderScan(statType)
        addDescriptors()
        addProcess()
        try addEnvironment()
        addPosixNumbers()
        addSpawning()
    }

    private func addFolders() {
        function("getcwd", "()") { (vm, a) throws(Unwind) in
            try vm.fileSystemString(try vm.workingFolder())
        }
        function("getcwdb", "()") { (vm, a) throws(Unwind) in
            try vm.bytes(try vm.workingFolder())
        }
        function("chdir", "(path)") { (vm, a) throws(Unwind) in
            let path = try vm.path(a[0], function: "chdir", allowsNumber: true)
            try vm.system(a[0]) { Int(Glibc.chdir(path)) }
            return .none
        }
        function("mkdir", "(path, mode=511, *, dir_fd=None)") { (vm, a) throws(Unwind) in
            let path = try vm.path(a[0], function: "mkdir")
            let mode = a.has(1) ? try vm.int32(a[1]) : 0o777
            try vm.system(try vm.plainPath(a[0])) {
                Int(Glibc.mkdir(path, mode_t(truncatingIfNeeded: mode)))
            }
            return .none
        }
        function("rmdir", "(path, *, dir_fd=None)") { (vm, a) throws(Unwind) in
            let path = try vm.path(a[0], function: "rmdir")
            try vm.system(try vm.plainPath(a[0])) { Int(Glibc.rmdir(path)) }
            return .none
        }
        function("listdir", "(path=None)") { (vm, a) throws(Unwind) in
            let given = a.has(0) && a[0] != .none ? a[0] : vm.shared.pointee.characters[0x2E]
            let entries = try vm.entries(ofFolder: given, function: "listdir")
            let isBytes = vm.asBytes(given) != nil
            let names = try vm.newList(capacity: entries.count)
            for entry in entries {
                try vm.append(
                    names,
                    isBytes ? try vm.bytes(entry.name) : try vm.fileSystemString(entry.name))
            }
            return Value(names)
        }
    }
    private func addFiles() {
        for name: StaticString in ["remove", "unlink"] {
            function(name, "(path, *, dir_fd=None)") { (vm, a) throws(Unwind) in
                let path = try vm.path(a[0], function: "\(name)")
                try vm.system(try vm.plainPath(a[0])) { Int(Glibc.unlink(path)) }
                return .none
            }
        }
        for name: StaticString in ["rename", "replace"] {
            function(name, "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)") {
                (vm, a) throws(Unwind) in
                let from = try vm.path(a[0], "src", function: "\(name)")
                let to = try vm.path(a[1], "dst", function: "\(name)")
                try vm.system(try vm.plainPath(a[0]), try vm.plainPath(a[1])) {
                    Int(Glibc.rename(from, to))
                }
                return .none
            }
        }
        function("link", "(src, dst, *, follow_symlinks=True)") { (vm, a) throws(Unwind) in
            let from = try vm.path(a[0], "src", function: "link")
            let to = try vm.path(a[1], "dst", function: "link")
            try vm.system(try vm.plainPath(a[0]), try vm.plainPath(a[1])) {
                Int(Glibc.link(from, to))
            }
            return .none
        }
        function("symlink", "(src, dst, target_is_directory=False, *, dir_fd=None)") {
            (vm, a) throws(Unwind) in
            let from = try vm.path(a[0], "src", function: "symlink")
            let to = try vm.path(a[1], "dst", function: "symlink")
            try vm.system(try vm.plainPath(a[0]), try vm.plainPath(a[1])) {
                Int(Glibc.symlink(from, to))
            }
            return .none
        }
        function("readlink", "(path, *, dir_fd=None)") { (vm, a) throws(Unwind) in
            let path = try vm.path(a[0], function: "readlink")
            let plain = try vm.plainPath(a[0])
            var buffer = [UInt8](repeating: 0, count: 4096)
            let n = try vm.system(plain) {
                buffer.withUnsafeMutableBytes {
                    Glibc.readlink(
                        path, $0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self),
                        4096)
                }
            }
            let content = Array(buffer.prefix(n))
            return vm.asBytes(plain) != nil
                ? try vm.bytes(content) : try vm.fileSystemString(content)
        }
        function("chmod", "(path, mode, *, dir_fd=None, follow_symlinks=True)") {
            (vm, a) throws(Unwind) in
            let mode = mode_t(truncatingIfNeeded: try vm.int32(a[1]))
            let path = try vm.path(a[0], function: "chmod", allowsNumber: true)
            try vm.system(try vm.plainPath(a[0])) { Int(Glibc.chmod(path, mode)) }
            return .none
        }
        function(
            "access", "(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)"
        ) {
            (vm, a) throws(Unwind) in
            let mode = Int32(truncatingIfNeeded: try vm.int32(a[1]))
            let path = try vm.path(a[0], function: "access")
            return Value(Glibc.access(path, mode) == 0)
        }
        function("truncate", "(path, length)") { (vm, a) throws(Unwind) in
            let path = try vm.path(a[0], function: "truncate", allowsNumber: true)
            let length = try vm.index(a[1])
            try vm.system(try vm.plainPath(a[0])) { Int(Glibc.truncate(path, length)) }
            return .none
        }
        function("utime", "(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True)") {
            (vm, a) throws(Unwind) in
            try vm.setTimes(a)
            return .none
        }
    }

    private func addDescriptors() {
        function("open", "(path, flags, mode=511, *, dir_fd=None)") { (vm, a) throws(Unwind) in
            let path = try vm.path(a[0], function: "open")
            let flags = Int32(truncatingIfNeeded: try vm.int32(a[1]))
            let mode = a.has(2) ? try vm.int32(a[2]) : 0o777
            return Value(
                try vm.system(try vm.plainPath(a[0])) {
                    Int(Glibc.open(path, flags | O_CLOEXEC, mode_t(truncatingIfNeeded: mode)))
                })
        }
        function("close", "(fd)") { (vm, a) throws(Unwind) in
            let descriptor = try vm.descriptor(number: a[0])
            try vm.system { Int(Glibc.close(descriptor)) }
            return .none
        }
        function("read", "(fd, length, /)") { (vm, a) throws(Unwind) in
            let count = try vm.index(a[1])
            if count < 0 { throw vm.raiseOSError(EINVAL) }
            try vm.checkSize(limbs: count / 8)
            let content = try vm.readDescriptor(try vm.descriptor(number: a[0]), count)
            guard let content else { throw vm.raiseOSError(EAGAIN) }
            return try vm.bytes(content)
        }
        function("write", "(fd, data, /)") { (vm, a) throws(Unwind) in
            let content = try vm.bytesLike(a[1])
            let descriptor = try vm.descriptor(number: a[0])
            if descriptor == STDOUT_FILENO { vm.machine.output.flush() }
            guard let n = try vm.writeDescriptor(descriptor, content.buffer) else {
                throw vm.raiseOSError(EAGAIN)
            }
            return Value(n)
        }
        function("lseek", "(fd, position, how, /)") { (vm, a) throws(Unwind) in
            Value(
                try vm.seekDescriptor(
                    try vm.descriptor(number: a[0]), try vm.index(a[1]),
                    Int32(truncatingIfNeeded: try vm.int32(a[2]))))
        }
        for (name, body)
            in [
                ("fsync", { Int(Glibc.fsync($0)) }), ("fdatasync", { Int(Glibc.fdatasync($0)) }),
                ("fchdir", { Int(Glibc.fchdir($0)) }),
            ] as [(StaticString, (Int32) -> Int)]
        {
            function(name, "(fd)") { (vm, a) throws(Unwind) in
                let descriptor = try vm.descriptor(number: a[0])
                try vm.system { body(descriptor) }
                return .none
            }
        }
        function("ftruncate", "(fd, length, /)") { (vm, a) throws(Unwind) in
            let descriptor = try vm.descriptor(number: a[0])
            let length = try vm.index(a[1])
            try vm.system { Int(Glibc.ftruncate(descriptor, length)) }
            return .none
        }
        function("dup", "(fd, /)") { (vm, a) throws(Unwind) in
            let descriptor = try vm.descriptor(number: a[0])
            return Value(try vm.system { Int(Glibc.fcntl(descriptor, F_DUPFD_CLOEXEC, 0)) })
        }
        function("dup2", "(fd, fd2, inheritable=True)") { (vm, a) throws(Unwind) in
            let (from, to) = (try vm.descriptor(number: a[0]), try vm.descriptor(number: a[1]))
            vm.machine.output.flush()
            return Value(try vm.system { Int(Glibc.dup2(from, to)) })
        }
        function("pipe", "()") { (vm, a) throws(Unwind) in
            var ends: [Int32] = [-1, -1]
            try vm.system { Int(Glibc.pipe(&ends)) }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return try vm.tuple(Value(Int(ends[0])), Value(Int(ends[1])))
        }
        function("isatty", "(fd, /)") { (vm, a) throws(Unwind) in
            Value(Glibc.isatty(try vm.descriptor(number: a[0])) == 1)
        }
        function("get_blocking", "(fd, /)") { (vm, a) throws(Unwind) in
            let descriptor = try vm.descriptor(number: a[0])
            return Value(try vm.system { Int(fcntl(descriptor, F_GETFL)) } & Int(O_NONBLOCK) == 0)
        }
        function("set_blocking", "(fd, blocking, /)") { (vm, a) throws(Unwind) in
            let descriptor = try vm.descriptor(number: a[0])
            let blocks = try vm.isTrue(a[1])
            try vm.system {
                let flags = fcntl(descriptor, F_GETFL)
                if flags < 0 { return -1 }
                return Int(
                    fcntl(descriptor, F_SETFL, blocks ? flags & ~O_NONBLOCK : flags | O_NONBLOCK))
            }
            return .none
        }
        function("get_terminal_size", "(fd=1, /)") { (vm, a) throws(Unwind) in
            let descriptor = a.has(0) ? try vm.descriptor(number: a[0]) : STDOUT_FILENO
            var size = winsize()
            if ioctl(descriptor, UInt(TIOCGWINSZ), &size) != 0 { throw vm.raiseOSError(errno) }
            return try vm.tuple(Value(Int(size.ws_col)), Value(Int(size.ws_row)))
        }
    }
}

extension VM {
    /// A descriptor as an argument.
    func descriptor(number value: Value) throws(Unwind) -> Int32 {
        Int32(truncatingIfNeeded: try int32(value))
    }
    fileprivate func workingFolder() throws(Unwind) -> [UInt8] {
        guard let path = getcwd(nil, 0) else { throw raiseOSError(errno) }
        defer { free(path) }
        return Array(UnsafeRawBufferPointer(start: path, count: strlen(path)))
    }
    /// The members of a folder but for itself and its parent, in the system's order.
    func entries(ofFolder value: Value, function: String) throws(Unwind) -> [FolderEntry] {
        let plain = try plainPath(value)
        let path = try path(value, function: function, allowsNumber: true)
        var entries: [FolderEntry] = []
        try system(plain) {
            guard let directory = opendir(path) else { return -1 }
            defer { closedir(directory) }
            while let entry = readdir(directory) {
                let entry = FolderEntry(entry)
                if entry.name != [0x2E] && entry.name != [0x2E, 0x2E] { entries.append(entry) }
            }
            return 0
        }
        return entries
    }
    fileprivate func setTimes(_ a: CallArguments) throws(Unwind) {
        // UTIME_NOW
        var times = [timespec](repeating: timespec(tv_sec: 0, tv_nsec: (1 << 30) - 1), count: 2)
        if a.has(1) && a[1] != .none && a.has(2) && a[2] != .none {
            throw raise(
                .valueError, "utime: you may specify either 'times' or 'ns' but not both")
        }
        if a.has(1) && a[1] != .none {
            guard a[1].isTuple, count(ofTuple: a[1].reference) == 2 else {
                throw raise(
                    .typeError, "utime: 'times' must be either a tuple of two ints or None")
            }
            for i in 0..<2 {
                let seconds = try asFloat(item(ofTuple: a[1].reference, i))
                let whole = seconds.rounded(.down)
                if abs(whole) > 9e15 || whole.isNaN {
                    throw raise(.overflowError, "timestamp out of range for platform time_t")
                }
                times[i] = timespec(tv_sec: Int(whole), tv_nsec: Int((seconds - whole) * 1e9))
            }
        } else if a.has(2) && a[2] != .none {
            guard a[2].isTuple, count(ofTuple: a[2].reference) == 2 else {
                throw raise(.typeError, "utime: 'ns' must be a tuple of two ints")
            }
            for i in 0..<2 {
                let nanoseconds = try index(item(ofTuple: a[2].reference, i))
                let rest = ((nanoseconds % 1_000_000_000) + 1_000_000_000) % 1_000_000_000
                times[i] = timespec(
                    tv_sec: (nanoseconds - rest) / 1_000_000_000, tv_nsec: rest)
            }
        }
        let follows = a.has(4) ? try isTrue(a[4]) : true
        let path = try path(a[0], function: "utime", allowsNumber: true)
        try system(try plainPath(a[0])) {
            Int(utimensat(AT_FDCWD, path, times, follows ? 0 : AT_SYMLINK_NOFOLLOW))
        }
    }
}
