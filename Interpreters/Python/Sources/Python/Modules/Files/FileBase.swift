import InterpreterKit

/// What all file objects have in common, and what classes of the guest inherit: `_io._IOBase` and the three
/// types directly below it.
enum FileBase {
    /// True once it is closed.
    static var isClosed: Field<Value> { Instance.slot(0) }
    static let reserved = 1
}

extension VM {
    /// `io.UnsupportedOperation`
    func unsupported(_ message: String) -> Unwind {
        do throws(Unwind) {
            let exception = try call(
                python.system[.unsupportedOperation], try string(message))
            return raise(exception)
        } catch { return error }
    }
    func closedFile(_ message: String = "I/O operation on closed file.") -> Unwind {
        raise(.valueError, message)
    }
    /// Whether any file object says that it is closed.
    func isClosed(_ file: Value) throws(Unwind) -> Bool {
        let closed = try getAttribute(file, intern("closed"))
        return closed == .true ? true : try isTrue(closed)
    }
    func checkOpen(_ file: Value) throws(Unwind) {
        if try isClosed(file) { throw closedFile() }
    }
    /// The number that a size argument means; -1 for None and for less than 0.
    func size(_ a: CallArguments, _ i: Int) throws(Unwind) -> Int {
        if !a.has(i) || a[i] == .none { return -1 }
        if asInt(a[i]) == nil && lookup(typeOf: a[i], name(.index)) == .unbound {
            throw raise(
                .typeError, "argument should be integer or None, not '\(typeName(a[i]))'")
        }
        return max(-1, try index(a[i]))
    }

    func installFileBases() {
        build(.ioBase) { type in
            addAttributesDict(type)
            type.new("(cls, /, *args, **kwargs)") { (vm, a) throws(Unwind) in
                Value(try vm.newInstance(a[0].reference))
            }
            type.method("__init__", "(self, /, *args, **kwargs)") { (vm, a) throws(Unwind) in .none
            }
            addClosing(type)
            addQuestions(type)
            addLines(type)
        }
        build(.rawIOBase) { type in addRawReading(type) }
        build(.bufferedIOBase) { type in
            for name: StaticString in ["detach", "read", "read1", "write"] {
                type.method(name, "(self, *args)") { (vm, a) throws(Unwind) in
                    throw vm.unsupported("\(name)")
                }
            }
            type.method("readinto", "(self, buffer, /)") { (vm, a) throws(Unwind) in
                try vm.read(into: a[1], from: a[0], "read")
            }
            type.method("readinto1", "(self, buffer, /)") { (vm, a) throws(Unwind) in
                try vm.read(into: a[1], from: a[0], "read1")
            }
        }
        build(.textIOBase) { type in
            for name: StaticString in ["detach", "read", "readline", "write"] {
                type.method(name, "(self, *args)") { (vm, a) throws(Unwind) in
                    throw vm.unsupported("\(name)")
                }
            }
            for name: StaticString in ["encoding", "newlines", "errors"] {
                type.attribute(name, get: { (vm, a) throws(Unwind) in .none })
            }
        }
    }

    // MARK: all files

    private func addClosing(_ type: TypeBuilder) {
        type.attribute(
            "closed",
            get: { (vm, a) throws(Unwind) in
                Value(vm[a[0].reference, FileBase.isClosed] == .true)
            })
        type.method("close", "(self, /)") { (vm, a) throws(Unwind) in
            if vm[a[0].reference, FileBase.isClosed] == .true { return .none }
            do throws(Unwind) {
                _ = try vm.callMethod(a[0], vm.name(.flush))
            } catch {
                if error == .raise { vm[a[0].reference, FileBase.isClosed] = .true }
                throw error
            }
            vm[a[0].reference, FileBase.isClosed] = .true
            return .none
        }
        type.method("flush", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.checkOpen(a[0])
            return .none
        }
        type.method("_checkClosed", "(self, msg=None, /)") { (vm, a) throws(Unwind) in
            try vm.checkOpen(a[0])
            return .none
        }
        type.method("__enter__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.checkOpen(a[0])
            return a[0]
        }
        type.method("__exit__", "(self, /, *args)") { (vm, a) throws(Unwind) in
            try vm.callMethod(a[0], vm.name(.close))
        }
    }
    private func addQuestions(_ type: TypeBuilder) {
        for name: StaticString in ["readable", "writable", "seekable"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in .false }
        }
        for (check, question, message)
            in [
                ("_checkReadable", "readable", "File or stream is not readable."),
                ("_checkWritable", "writable", "File or stream is not writable."),
                ("_checkSeekable", "seekable", "File or stream is not seekable."),
            ] as [(StaticString, StaticString, StaticString)]
        {
            type.method(check, "(self, msg=None, /)") { (vm, a) throws(Unwind) in
                if try vm.isTrue(try vm.callMethod(a[0], vm.intern(question))) { return .true }
                throw vm.unsupported("\(message)")
            }
        }
        type.method("isatty", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.checkOpen(a[0])
            return .false
        }
        type.method("seek", "(self, offset, whence=0, /)") { (vm, a) throws(Unwind) in
            throw vm.unsupported("seek")
        }
        type.method("tell", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.callMethod(a[0], vm.intern("seek"), Value(0), Value(1))
        }
        type.method("truncate", "(self, size=None, /)") { (vm, a) throws(Unwind) in
            throw vm.unsupported("truncate")
        }
        type.method("fileno", "(self, /)") { (vm, a) throws(Unwind) in
            throw vm.unsupported("fileno")
        }
    }
    private func addLines(_ type: TypeBuilder) {
        type.method("readline", "(self, size=-1, /)") { (vm, a) throws(Unwind) in
            try vm.readLineSlowly(a[0], try vm.size(a, 1))
        }
        type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.checkOpen(a[0])
            return a[0]
        }
        type.method("__next__", "(self, /)") { (vm, a) throws(Unwind) in
            let line = try vm.callMethod(a[0], vm.name(.readline))
            if try !vm.isTrue(line) { throw vm.raise(.stopIteration) }
            return line
        }
        type.method("readlines", "(self, hint=-1, /)") { (vm, a) throws(Unwind) in
            let hint = try vm.size(a, 1)
            let lines = try vm.newList()
            var total = 0
            try vm.iterate(a[0]) { (line) throws(Unwind) in
                try vm.append(lines, line)
                if hint <= 0 { return true }
                total += try vm.length(line)
                return total < hint
            }
            return Value(lines)
        }
        type.method("writelines", "(self, lines, /)") { (vm, a) throws(Unwind) in
            try vm.checkOpen(a[0])
            try vm.iterate(a[1]) { (line) throws(Unwind) in
                _ = try vm.callMethod(a[0], vm.name(.writeName), line)
                return true
            }
            return .none
        }
    }
    /// A line by way of `read`, and of `peek` where there is one.
    private func readLineSlowly(_ file: Value, _ limit: Int) throws(Unwind) -> Value {
        var line: [UInt8] = []
        let peek = try findAttribute(file, intern("peek"))
        while limit < 0 || line.count < limit {
            var wanted = 1
            if peek != .unbound {
                let ahead = try call(peek, Value(1))
                guard let bytes = asBytes(ahead) else {
                    throw raise(
                        .osError,
                        "peek() should have returned a bytes object, not '\(typeName(ahead))'")
                }
                let content = BytesView(bytes).buffer
                if !content.isEmpty {
                    wanted = content.firstIndex(of: 0x0A).map { $0 + 1 } ?? content.count
                    if limit >= 0 { wanted = min(wanted, limit - line.count) }
                }
            }
            let piece = try callMethod(file, name(.read), Value(wanted))
            guard let bytes = asBytes(piece) else {
                throw raise(
                    .osError,
                    "read() should have returned a bytes object, not '\(typeName(piece))'")
            }
            let content = BytesView(bytes).buffer
            if content.isEmpty { break }
            line += content
            if line.last == 0x0A { break }
        }
        return try bytes(line)
    }

    // MARK: raw files

    private func addRawReading(_ type: TypeBuilder) {
        type.method("read", "(self, size=-1, /)") { (vm, a) throws(Unwind) in
            let size = try vm.size(a, 1)
            if size < 0 { return try vm.callMethod(a[0], vm.intern("readall")) }
            return try vm.rawReadInto(a[0], size)
        }
        type.method("readall", "(self, /)") { (vm, a) throws(Unwind) in
            var all: [UInt8] = []
            while true {
                let piece = try vm.callMethod(
                    a[0], vm.name(.read), Value(BufferedFile.standardSize))
                if piece == .none { return all.isEmpty ? .none : try vm.bytes(all) }
                guard let bytes = vm.asBytes(piece) else {
                    throw vm.raise(.typeError, "read() should return bytes")
                }
                if BytesView(bytes).count == 0 { return try vm.bytes(all) }
                all += BytesView(bytes).buffer
            }
        }
        for name: StaticString in ["readinto", "write"] {
            type.method(name, "(self, *args)") { (vm, a) throws(Unwind) in
                throw vm.raise(.notImplementedError)
            }
        }
    }
    /// Up to `size` bytes by way of `readinto`; None when there is nothing at the moment.
    func rawReadInto(_ raw: Value, _ size: Int) throws(Unwind) -> Value {
        let buffer = newByteArray()
        try append(toArray: buffer, zeros: size)
        let view = try newMemoryView(of: Value(buffer))
        let count = try callMethod(raw, intern("readinto"), view)
        if count == .none { return .none }
        let n = try index(count)
        if n < 0 || n > size {
            throw raise(
                .osError,
                "raw readinto() returned invalid length \(n) (should have been between 0 and \(size))"
            )
        }
        return try bytes(ofArray: buffer, 0, min(n, self.count(ofArray: buffer)))
    }
    /// `readinto` by way of `read`.
    private func read(
        into target: Value, from file: Value, _ method: StaticString
    ) throws(Unwind) -> Value {
        let size = try bytesLike(target).count
        let piece = try callMethod(file, intern(method), Value(size))
        guard let bytes = asBytes(piece) else {
            throw raise(
                .typeError, "\(method)() should return bytes")
        }
        try store(ByteContent(bytes), into: target)
        return Value(BytesView(bytes).count)
    }
    /// Puts bytes at the beginning of a writable bytes-like object, which has room for them.
    func store(_ content: ByteContent, into target: Value) throws(Unwind) {
        if let array = asByteArray(target) {
            if content.count > count(ofArray: array.reference) {
                throw raise(.valueError, "read length is larger than the buffer")
            }
            return write(array.reference, 0, content.data, content.count)
        }
        if asBytes(target) != nil || !isBytesLike(target) {
            throw raise(
                .typeError,
                "readinto() argument must be read-write bytes-like object, not \(typeName(target))")
        }
        let view = try newMemoryView(of: target)
        let slice = q.new(Kind.slice, .none, Value(content.count), .none)
        try setItem(view, Value(slice), try content.bytes(self))
    }
}
