import Glibc
import InterpreterKit

/// `io.FileIO`: a descriptor.
enum FileObject {
    /// -1 once it is closed.
    static var descriptor: Field<Int> { Field(4) }
    /// Bits: see ``Mode``.
    static var mode: Field<Int> { Field(5) }
    static var name: Field<Value> { Field(6) }
    /// Which opening of this number it is, for ``OpenDescriptors``.
    static var serial: Field<Int> { Field(7) }
    static let reserved = 5

    struct Mode: OptionSet {
        let rawValue: Int
        static let readable = Mode(rawValue: 1)
        static let writable = Mode(rawValue: 2)
        static let appending = Mode(rawValue: 4)
        static let creating = Mode(rawValue: 8)
        /// Closing the object closes the descriptor.
        static let owned = Mode(rawValue: 16)
        /// Standard output or standard error of the interpreter: written in commit order.
        static let standard = Mode(rawValue: 32)
        static let updating = Mode(rawValue: 64)
    }
}

extension VM {
    func installFileIO() {
        build(.fileIO) { type in
            type.method("__init__", "(self, file, mode='r', closefd=True, opener=None)") {
                (vm, a) throws(Unwind) in
                let mode =
                    a.has(2)
                    ? vm.text(try vm.string(a[2], "FileIO() argument 'mode' must be str")) : "r"
                let closes = a.has(3) ? try vm.isTrue(a[3]) : true
                try vm.open(
                    a[0].reference, a[1], mode: mode, closes: closes, opener: a.value(4, or: .none))
                return .none
            }
            addFileTransfer(type)
            addFilePlace(type)
            addFileFacts(type)
        }
    }

    private func addFileTransfer(_ type: TypeBuilder) {
        type.method("read", "(self, size=-1, /)") { (vm, a) throws(Unwind) in
            let size = try vm.size(a, 1)
            return size < 0
                ? try vm.readAll(file: a[0].reference) : try vm.read(file: a[0].reference, size)
        }
        type.method("readall", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.readAll(file: a[0].reference)
        }
        type.method("readinto", "(self, buffer, /)") { (vm, a) throws(Unwind) in
            let size = try vm.bytesLike(a[1]).count
            let content = try vm.read(file: a[0].reference, size)
            if content == .none { return .none }
            try vm.store(ByteContent(content), into: a[1])
            return Value(BytesView(content).count)
        }
        type.method("write", "(self, b, /)") { (vm, a) throws(Unwind) in
            let content = try vm.bytesLike(a[1])
            guard let n = try vm.write(file: a[0].reference, content) else { return .none }
            return Value(n)
        }
        type.method("close", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.close(file: a[0].reference)
            return .none
        }
    }
    private func addFilePlace(_ type: TypeBuilder) {
        type.method("seek", "(self, pos, whence=0, /)") { (vm, a) throws(Unwind) in
            let whence = a.has(2) ? try vm.int32(a[2]) : 0
            return Value(try vm.seek(file: a[0].reference, try vm.index(a[1]), whence))
        }
        type.method("tell", "(self, /)") { (vm, a) throws(Unwind) in
            Value(try vm.seek(file: a[0].reference, 0, Int(SEEK_CUR)))
        }
        type.method("truncate", "(self, size=None, /)") { (vm, a) throws(Unwind) in
            let file = a[0].reference
            let descriptor = try vm.descriptor(file)
            if !vm.mode(file).contains(.writable) {
                throw vm.unsupported("File not open for writing")
            }
            let size =
                a.has(1) && a[1] != .none
                ? try vm.index(a[1]) : try vm.seek(file: file, 0, Int(SEEK_CUR))
            try vm.system { Int(ftruncate(descriptor, size)) }
            return Value(size)
        }
        type.method("seekable", "(self, /)") { (vm, a) throws(Unwind) in
            let descriptor = try vm.descriptor(a[0].reference)
            return Value(lseek(descriptor, 0, SEEK_CUR) >= 0)
        }
    }
    private func addFileFacts(_ type: TypeBuilder) {
        type.method("readable", "(self, /)") { (vm, a) throws(Unwind) in
            _ = try vm.descriptor(a[0].reference)
            return Value(vm.mode(a[0].reference).contains(.readable))
        }
        type.method("writable", "(self, /)") { (vm, a) throws(Unwind) in
            _ = try vm.descriptor(a[0].reference)
            return Value(vm.mode(a[0].reference).contains(.writable))
        }
        type.method("fileno", "(self, /)") { (vm, a) throws(Unwind) in
            Value(Int(try vm.descriptor(a[0].reference)))
        }
        type.method("isatty", "(self, /)") { (vm, a) throws(Unwind) in
            Value(isatty(try vm.descriptor(a[0].reference)) == 1)
        }
        type.attribute(
            "closed",
            get: { (vm, a) throws(Unwind) in
                Value(vm[a[0].reference, FileObject.descriptor] < 0)
            })
        type.attribute(
            "closefd",
            get: { (vm, a) throws(Unwind) in Value(vm.mode(a[0].reference).contains(.owned)) })
        type.attribute(
            "mode", get: { (vm, a) throws(Unwind) in try vm.string(vm.modeText(a[0].reference)) })
        type.attribute(
            "name",
            get: { (vm, a) throws(Unwind) in
                let name = vm[a[0].reference, FileObject.name]
                if name == .unbound { throw vm.noAttribute(a[0], vm.intern("name")) }
                return name
            },
            set: { (vm, a) throws(Unwind) in
                vm[a[0].reference, FileObject.name] = a[1]
                return .none
            })
        type.attribute(
            "_blksize", get: { (vm, a) throws(Unwind) in Value(BufferedFile.standardSize) })
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let file = a[0].reference
            if vm[file, FileObject.descriptor] < 0 { return try vm.string("<_io.FileIO [closed]>") }
            let closes = vm.mode(file).contains(.owned) ? "True" : "False"
            return try vm.string(
                "<_io.FileIO name=\(vm.text(try vm.repr(vm[file, FileObject.name]))) mode='\(vm.modeText(file))' closefd=\(closes)>"
            )
        }
    }

    // MARK: parts

    func mode(_ file: Reference) -> FileObject.Mode {
        FileObject.Mode(rawValue: self[file, FileObject.mode])
    }
    private func modeText(_ file: Reference) -> String {
        let mode = mode(file)
        if mode.contains(.creating) { return mode.contains(.readable) ? "xb+" : "xb" }
        if mode.contains(.appending) { return mode.contains(.readable) ? "ab+" : "ab" }
        if mode.contains(.readable) { return mode.contains(.writable) ? "rb+" : "rb" }
        return "wb"
    }
    func descriptor(_ file: Reference) throws(Unwind) -> Int32 {
        let descriptor = self[file, FileObject.descriptor]
        if descriptor < 0 || self[file, FileObject.name] == .none {
            throw closedFile("I/O operation on closed file")
        }
        return Int32(truncatingIfNeeded: descriptor)
    }

    /// Makes `file` a file object for a descriptor.
    func adopt(
        _ file: Reference, _ descriptor: Int32, _ mode: FileObject.Mode, _ name: Value
    ) {
        self[file, FileObject.descriptor] = Int(descriptor)
        self[file, FileObject.mode] = mode.rawValue
        self[file, FileObject.name] = name
        self[file, FileObject.serial] = 0
        if !mode.contains(.owned) || mode.contains(.standard) { return }
        let open = python.system.descriptors
        let serial = open.add(descriptor)
        self[file, FileObject.serial] = serial
        q.onReclaim(file) { if open.remove(descriptor, serial) { Glibc.close(descriptor) } }
    }

    private func open(
        _ file: Reference, _ name: Value, mode text: String, closes: Bool, opener: Value
    ) throws(Unwind) {
        self[file, FileObject.descriptor] = -1
        self[file, FileObject.mode] = 0
        var (mode, flags) = try parseRawMode(text)
        if closes { mode.insert(.owned) }
        if !name.isReference || isInteger(name), let number = asInt(name) {
            let descriptor = try int32(number)
            if descriptor < 0 { throw raise(.valueError, "negative file descriptor") }
            var info = stat()
            if fstat(Int32(descriptor), &info) != 0 { throw raiseOSError(errno) }
            try refuseFolder(info, name)
            return adopt(file, Int32(descriptor), mode, name)
        }
        let path = try path(name)
        if !closes {
            throw raise(.valueError, "Cannot use closefd=False with file name")
        }
        let descriptor: Int
        if opener != .none {
            descriptor = try index(try call(opener, name, Value(Int(flags | O_CLOEXEC))))
            if descriptor < 0 {
                throw raise(.valueError, "opener returned \(descriptor)")
            }
        } else {
            try flushUnsaved(path)
            descriptor = try openDescriptor(path, flags | O_CLOEXEC, try plainPath(name))
        }
        let number = Int32(truncatingIfNeeded: descriptor)
        var info = stat()
        if fstat(number, &info) == 0, info.st_mode & S_IFMT == S_IFDIR {
            Glibc.close(number)
            throw raiseOSError(EISDIR, filename: try plainPath(name))
        }
        if mode.contains(.appending) { lseek(number, 0, SEEK_END) }
        adopt(file, number, mode, name)
    }
    private func refuseFolder(_ info: stat, _ name: Value) throws(Unwind) {
        if info.st_mode & S_IFMT == S_IFDIR { throw raiseOSError(EISDIR, filename: name) }
    }
    /// When there are too many open files, those that nobody refers to any more are closed first.
    private func openDescriptor(
        _ path: [CChar], _ flags: Int32, _ name: Value
    ) throws(Unwind) -> Int {
        do throws(Unwind) {
            return try system(name) { Int(Glibc.open(path, flags, 0o666)) }
        } catch {
            guard error == .raise, pending.isInstance, isInstance(pending, .osError),
                self[pending.reference, OSErrorFields.number] == Value(Int(EMFILE))
            else { throw error }
            pending = .none
            try flushUnsaved(nil)
            machine.collect(thread)
            for action in machine.heap.takeReadyFinalizers() { action() }
            return try system(name) { Int(Glibc.open(path, flags, 0o666)) }
        }
    }
    private func parseRawMode(_ text: String) throws(Unwind) -> (FileObject.Mode, Int32) {
        var mode: FileObject.Mode = []
        var flags: Int32 = 0
        var kinds = 0
        var plus = 0
        for c in text {
            switch c {
            case "r":
                kinds += 1
                mode.insert(.readable)
            case "w":
                kinds += 1
                mode.insert(.writable)
                flags |= O_CREAT | O_TRUNC
            case "a":
                kinds += 1
                mode.formUnion([.writable, .appending])
                flags |= O_CREAT | O_APPEND
            case "x":
                kinds += 1
                mode.formUnion([.writable, .creating])
                flags |= O_CREAT | O_EXCL
            case "+": plus += 1
            case "b": break
            default: throw raise(.valueError, "invalid mode: \(text)")
            }
        }
        if kinds != 1 || plus > 1 {
            throw raise(
                .valueError,
                "Must have exactly one of create/read/write/append mode and at most one plus")
        }
        if plus == 1 { mode.formUnion([.readable, .writable]) }
        flags |=
            mode.isSuperset(of: [.readable, .writable])
            ? O_RDWR : mode.contains(.readable) ? O_RDONLY : O_WRONLY
        return (mode, flags)
    }

    func read(file: Reference, _ size: Int) throws(Unwind) -> Value {
        let descriptor = try descriptor(file)
        if !mode(file).contains(.readable) { throw unsupported("File not open for reading") }
        try checkSize(limbs: size / 8)
        guard let content = try readDescriptor(descriptor, size) else { return .none }
        return try bytes(content)
    }
    func readAll(file: Reference) throws(Unwind) -> Value {
        let descriptor = try descriptor(file)
        if !mode(file).contains(.readable) { throw unsupported("File not open for reading") }
        var all: [UInt8] = []
        var info = stat()
        var step = BufferedFile.standardSize
        if fstat(descriptor, &info) == 0, info.st_size > 0 {
            let left = info.st_size - max(0, lseek(descriptor, 0, SEEK_CUR))
            step = max(step, left + 1)
        }
        while true {
            guard let piece = try readDescriptor(descriptor, step) else {
                return all.isEmpty ? .none : try bytes(all)
            }
            if piece.isEmpty { return try bytes(all) }
            if all.isEmpty { all = piece } else { all += piece }
            step = min(max(BufferedFile.standardSize, all.count), 1 << 26)
        }
    }
    /// How much was written; nil when nothing can be at the moment.
    func write(file: Reference, _ content: ByteContent) throws(Unwind) -> Int? {
        let descriptor = try descriptor(file)
        let mode = mode(file)
        if !mode.contains(.writable) { throw unsupported("File not open for writing") }
        if mode.contains(.standard) {
            writeStandard(descriptor, content.buffer)
            return content.count
        }
        return try writeDescriptor(descriptor, content.buffer)
    }
    func seek(file: Reference, _ offset: Int, _ whence: Int) throws(Unwind) -> Int {
        try seekDescriptor(try descriptor(file), offset, Int32(truncatingIfNeeded: whence))
    }
    func close(file: Reference) throws(Unwind) {
        let descriptor = self[file, FileObject.descriptor]
        if self[file, FileObject.name] == .none || descriptor < 0 { return }
        let mode = mode(file)
        self[file, FileObject.descriptor] = -1
        self[file, FileBase.isClosed] = .true
        if !mode.contains(.owned) || mode.contains(.standard) { return }
        try irrevocably("close")
        let number = Int32(truncatingIfNeeded: descriptor)
        _ = python.system.descriptors.remove(number, self[file, FileObject.serial])
        let error = q.observe { Glibc.close(number) == 0 ? 0 : errno }
        if error != 0 && error != EINTR { throw raiseOSError(error) }
    }

    /// Output of the interpreter's own streams appears when the quantum commits.
    func writeStandard(_ descriptor: Int32, _ bytes: UnsafeBufferPointer<UInt8>) {
        if descriptor == STDERR_FILENO {
            let content = Array(bytes)
            q.onCommit { StandardError.write(content) }
        } else {
            write(bytes)
        }
    }
}
