import InterpreterKit

/// The methods of buffered files.
extension VM {
    func installBufferedFiles() {
        build(.bufferedReader) { type in
            addBufferedStart(type, "readable", "File or stream is not readable.")
            addBufferedReading(type)
            addBufferedFacts(type, isSeekable: true)
        }
        build(.bufferedWriter) { type in
            addBufferedStart(type, "writable", "File or stream is not writable.")
            addBufferedWriting(type)
            addBufferedFacts(type, isSeekable: true)
        }
        build(.bufferedRandom) { type in
            addBufferedStart(type, "seekable", "File or stream is not seekable.")
            addBufferedReading(type)
            addBufferedWriting(type)
            addBufferedFacts(type, isSeekable: true)
        }
        build(.bufferedPair) { type in installPair(type) }
    }

    private func addBufferedStart(
        _ type: TypeBuilder, _ question: StaticString, _ message: String
    ) {
        type.method("__init__", "(self, raw, buffer_size=8192)") { (vm, a) throws(Unwind) in
            let size = a.has(2) ? try vm.index(a[2]) : BufferedFile.standardSize
            if try !vm.isTrue(try vm.callMethod(a[1], vm.intern(question))) {
                throw vm.unsupported(message)
            }
            if size <= 0 {
                throw vm.raise(.valueError, "buffer size must be strictly positive")
            }
            vm.initialize(buffered: a[0].reference, a[1], size)
            return .none
        }
    }
    private func addBufferedReading(_ type: TypeBuilder) {
        type.method("read", "(self, size=-1, /)") { (vm, a) throws(Unwind) in
            try vm.read(buffered: a[0].reference, try vm.size(a, 1))
        }
        type.method("read1", "(self, size=-1, /)") { (vm, a) throws(Unwind) in
            try vm.readOnce(buffered: a[0].reference, try vm.size(a, 1))
        }
        type.method("peek", "(self, size=0, /)") { (vm, a) throws(Unwind) in
            try vm.peek(buffered: a[0].reference)
        }
        type.method("readline", "(self, size=-1, /)") { (vm, a) throws(Unwind) in
            try vm.readLine(buffered: a[0].reference, try vm.size(a, 1))
        }
        type.method("__next__", "(self, /)") { (vm, a) throws(Unwind) in
            let line =
                vm.type(of: a[0]) == type.type
                ? try vm.readLine(buffered: a[0].reference, -1)
                : try vm.callMethod(a[0], vm.name(.readline))
            if try !vm.isTrue(line) { throw vm.raise(.stopIteration) }
            return line
        }
        for (name, isOnce) in [("readinto", false), ("readinto1", true)] as [(StaticString, Bool)] {
            type.method(name, "(self, buffer, /)") { (vm, a) throws(Unwind) in
                let size = try vm.bytesLike(a[1]).count
                let content =
                    isOnce
                    ? try vm.readOnce(buffered: a[0].reference, size)
                    : try vm.read(buffered: a[0].reference, size)
                if content == .none { return .none }
                try vm.store(ByteContent(content), into: a[1])
                return Value(BytesView(content).count)
            }
        }
    }
    private func addBufferedWriting(_ type: TypeBuilder) {
        type.method("write", "(self, buffer, /)") { (vm, a) throws(Unwind) in
            Value(try vm.write(buffered: a[0].reference, try vm.bytesLike(a[1])))
        }
    }
    private func addBufferedFacts(_ type: TypeBuilder, isSeekable: Bool) {
        type.method("flush", "(self, /)") { (vm, a) throws(Unwind) in
            let file = a[0].reference
            try vm.checkOpen(buffered: file, "flush of closed file")
            try vm.flush(buffered: file)
            let raw = try vm.raw(of: file)
            if vm.plainFile(raw) == nil {
                _ = try vm.callMethod(raw, vm.name(.flush))
            } else {
                vm.flushStandard(raw.reference)
            }
            return .none
        }
        type.method("close", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.close(buffered: a[0].reference)
            return .none
        }
        type.method("detach", "(self, /)") { (vm, a) throws(Unwind) in
            let raw = try vm.raw(of: a[0].reference)
            _ = try vm.callMethod(a[0], vm.name(.flush))
            vm[a[0].reference, BufferedFile.raw] = .unbound
            return raw
        }
        type.method("seek", "(self, target, whence=0, /)") { (vm, a) throws(Unwind) in
            let whence = a.has(2) ? try vm.int32(a[2]) : 0
            return try vm.int(
                try vm.seek(buffered: a[0].reference, try vm.index(a[1]), whence))
        }
        type.method("tell", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.int(try vm.tell(buffered: a[0].reference))
        }
        type.method("truncate", "(self, pos=None, /)") { (vm, a) throws(Unwind) in
            try vm.truncate(buffered: a[0].reference, a.value(1, or: .none))
        }
        for name: StaticString in ["readable", "writable", "seekable", "fileno", "isatty"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
                try vm.callMethod(try vm.raw(of: a[0].reference), vm.intern(name))
            }
        }
        for name: StaticString in ["name", "mode"] {
            type.attribute(
                name,
                get: { (vm, a) throws(Unwind) in
                    try vm.getAttribute(try vm.raw(of: a[0].reference), vm.intern(name))
                })
        }
        type.attribute(
            "closed",
            get: { (vm, a) throws(Unwind) in Value(try vm.isClosed(buffered: a[0].reference)) })
        type.attribute(
            "raw",
            get: { (vm, a) throws(Unwind) in
                let raw = vm[a[0].reference, BufferedFile.raw]
                return raw == .unbound ? .none : raw
            })
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let name = vm.fullName(ofType: vm.type(of: a[0]))
            let raw = vm[a[0].reference, BufferedFile.raw]
            if raw == .none || raw == .unbound { return try vm.string("<\(name)>") }
            let file = try vm.findAttribute(raw, vm.intern("name"))
            if file == .unbound { return try vm.string("<\(name)>") }
            return try vm.string("<\(name) name=\(vm.text(try vm.repr(file)))>")
        }
    }
    /// The interpreter's own output leaves when this quantum commits.
    func flushStandard(_ file: Reference) {
        if mode(file).contains(.standard) {
            flushOutput()
        }
    }

    // MARK: pairs

    private func installPair(_ type: TypeBuilder) {
        type.method("__init__", "(self, reader, writer, buffer_size=8192, /)") {
            (vm, a) throws(Unwind) in
            let size = a.value(3, or: Value(BufferedFile.standardSize))
            vm[a[0].reference, BufferedFile.raw] = try vm.call(
                Value(vm.type(.bufferedReader)), a[1], size)
            vm[a[0].reference, BufferedFile.writer] = try vm.call(
                Value(vm.type(.bufferedWriter)), a[2], size)
            return .none
        }
        func pass(_ names: [StaticString], to part: Field<Value>) {
            for name in names {
                type.method(name, "(self, /, *args)") { (vm, a) throws(Unwind) in
                    let method = try vm.getAttribute(
                        vm[a[0].reference, part], vm.intern(name))
                    return try vm.call(
                        method,
                        arguments: a.count > 1
                            ? try vm.tuple(a.base + 1, a.count - 1)
                            : vm.shared.pointee.emptyTuple)
                }
            }
        }
        pass(
            ["read", "read1", "readinto", "readinto1", "peek", "readable", "readline"],
            to: BufferedFile.raw)
        pass(["write", "flush", "writable"], to: BufferedFile.writer)
        type.method("close", "(self, /)") { (vm, a) throws(Unwind) in
            _ = try vm.callMethod(vm[a[0].reference, BufferedFile.writer], vm.name(.close))
            return try vm.callMethod(vm[a[0].reference, BufferedFile.raw], vm.name(.close))
        }
        type.method("isatty", "(self, /)") { (vm, a) throws(Unwind) in
            let writer = try vm.callMethod(
                vm[a[0].reference, BufferedFile.writer], vm.intern("isatty"))
            if try vm.isTrue(writer) { return writer }
            return try vm.callMethod(vm[a[0].reference, BufferedFile.raw], vm.intern("isatty"))
        }
        type.attribute(
            "closed",
            get: { (vm, a) throws(Unwind) in
                Value(try vm.isClosed(vm[a[0].reference, BufferedFile.writer]))
            })
    }
}
