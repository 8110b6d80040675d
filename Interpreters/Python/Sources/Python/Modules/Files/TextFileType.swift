import InterpreterKit

/// The methods of `io.TextIOWrapper`.
extension VM {
    func installTextFile() {
        build(.textWrapper) { type in
            type.method(
                "__init__",
                "(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)"
            ) { (vm, a) throws(Unwind) in
                try vm.initializeText(a)
                return .none
            }
            addTextReading(type)
            addTextWriting(type)
            addTextPlaces(type)
            addTextFacts(type)
        }
    }
    private func initializeText(_ a: CallArguments) throws(Unwind) {
        let encoding = try textOption(a, 2, "encoding") ?? "UTF-8"
        let errors = try textOption(a, 3, "errors") ?? "strict"
        let newline = a.value(4, or: .none)
        try checkNewline(newline)
        var flags: TextFile.Flags = []
        if a.has(5), try isTrue(a[5]) { flags.insert(.lineBuffered) }
        if a.has(6), try isTrue(a[6]) { flags.insert(.writesThrough) }
        _ = try decode(
            ByteContent(), encoding == "locale" ? "utf-8" : encoding, "strict")
        try initialize(
            text: a[0].reference, a[1], encoding: encoding == "locale" ? "UTF-8" : encoding,
            errors: errors, newline: newline, flags)
    }
    /// A string argument, nil for None.
    private func textOption(
        _ a: CallArguments, _ i: Int, _ name: String
    ) throws(Unwind) -> String? {
        if !a.has(i) || a[i] == .none { return nil }
        guard let string = asString(a[i]) else {
            throw raise(
                .typeError,
                "TextIOWrapper() argument '\(name)' must be str or None, not \(typeName(a[i]))")
        }
        return text(string)
    }
    func checkNewline(_ newline: Value) throws(Unwind) {
        if newline == .none { return }
        guard let string = asString(newline) else {
            throw raise(
                .typeError,
                "TextIOWrapper() argument 'newline' must be str or None, not \(typeName(newline))")
        }
        let text = text(string)
        if !["", "\n", "\r", "\r\n"].contains(text) {
            throw raise(.valueError, "illegal newline value: \(self.text(try repr(string)))")
        }
    }

    private func addTextReading(_ type: TypeBuilder) {
        type.method("read", "(self, size=-1, /)") { (vm, a) throws(Unwind) in
            try vm.read(text: a[0].reference, try vm.size(a, 1))
        }
        type.method("readline", "(self, size=-1, /)") { (vm, a) throws(Unwind) in
            try vm.readLine(text: a[0].reference, try vm.size(a, 1))
        }
        type.method("__next__", "(self, /)") { (vm, a) throws(Unwind) in
            let file = a[0].reference
            vm.setFlags(file, vm.flags(file).union(.iterating))
            let line =
                vm.type(of: a[0]) == type.type
                ? try vm.readLine(text: file, -1) : try vm.callMethod(a[0], vm.name(.readline))
            if try !vm.isTrue(line) {
                vm.setFlags(file, vm.flags(file).subtracting(.iterating))
                throw vm.raise(.stopIteration)
            }
            return line
        }
    }
    private func addTextWriting(_ type: TypeBuilder) {
        type.method("write", "(self, text, /)") { (vm, a) throws(Unwind) in
            Value(try vm.write(text: a[0].reference, a[1]))
        }
        type.method("flush", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.flush(text: a[0].reference)
            return .none
        }
        type.method("close", "(self, /)") { (vm, a) throws(Unwind) in
            let buffer = try vm.buffer(ofText: a[0].reference)
            if try vm.isClosed(buffer) { return .none }
            do throws(Unwind) { _ = try vm.callMethod(a[0], vm.name(.flush)) } catch {
                if error == .raise {
                    let exception = vm.pending
                    _ = try vm.callMethod(buffer, vm.name(.close))
                    vm.pending = exception
                }
                throw error
            }
            return try vm.callMethod(buffer, vm.name(.close))
        }
        type.method("detach", "(self, /)") { (vm, a) throws(Unwind) in
            let buffer = try vm.buffer(ofText: a[0].reference)
            _ = try vm.callMethod(a[0], vm.name(.flush))
            vm[a[0].reference, TextFile.buffer] = .unbound
            return buffer
        }
        type.method(
            "reconfigure",
            "(self, *, encoding=None, errors=None, newline=Ellipsis, line_buffering=None, write_through=None)"
        ) { (vm, a) throws(Unwind) in
            try vm.reconfigure(a)
            return .none
        }
    }
    private func reconfigure(_ a: CallArguments) throws(Unwind) {
        let file = a[0].reference
        let encoding = try textOption(a, 1, "encoding")
        let errors = try textOption(a, 2, "errors")
        if self[file, TextFile.decoded] != .none, encoding != nil || errors != nil || a.has(3) {
            throw unsupported(
                "It is not possible to set the encoding or newline of stream after the first read")
        }
        if a.has(3) { try checkNewline(a[3]) }
        _ = try callMethod(a[0], name(.flush))
        if let encoding {
            _ = try decode(ByteContent(), encoding, "strict")
            self[file, TextFile.encoding] = try string(encoding)
            if errors == nil { self[file, TextFile.errors] = try string("strict") }
        }
        if let errors { self[file, TextFile.errors] = try string(errors) }
        if a.has(3) { self[file, TextFile.newline] = a[3] }
        for (i, flag) in [(4, TextFile.Flags.lineBuffered), (5, .writesThrough)]
        where a.has(i) && a[i] != .none {
            var flags = flags(file)
            if try isTrue(a[i]) { flags.insert(flag) } else { flags.remove(flag) }
            setFlags(file, flags)
        }
    }

    private func addTextPlaces(_ type: TypeBuilder) {
        type.method("tell", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.int(try vm.tell(text: a[0].reference))
        }
        type.method("seek", "(self, cookie, whence=0, /)") { (vm, a) throws(Unwind) in
            let whence = a.has(2) ? try vm.int32(a[2]) : 0
            return try vm.seek(text: a[0].reference, try vm.index(a[1]), whence)
        }
        type.method("truncate", "(self, pos=None, /)") { (vm, a) throws(Unwind) in
            let file = a[0].reference
            try vm.flush(text: file)
            let place =
                a.has(1) && a[1] != .none ? a[1] : try vm.int(try vm.tell(text: file))
            return try vm.callMethod(
                try vm.buffer(ofText: file), vm.intern("truncate"), place)
        }
    }
    private func addTextFacts(_ type: TypeBuilder) {
        for name: StaticString in ["readable", "writable", "seekable", "fileno", "isatty"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
                try vm.checkOpen(text: a[0].reference)
                return try vm.callMethod(try vm.buffer(ofText: a[0].reference), vm.intern(name))
            }
        }
        type.attribute(
            "buffer",
            get: { (vm, a) throws(Unwind) in
                let buffer = vm[a[0].reference, TextFile.buffer]
                return buffer == .unbound ? .none : buffer
            })
        type.attribute(
            "closed",
            get: { (vm, a) throws(Unwind) in
                try vm.getAttribute(try vm.buffer(ofText: a[0].reference), vm.intern("closed"))
            })
        type.attribute(
            "name",
            get: { (vm, a) throws(Unwind) in
                try vm.getAttribute(try vm.buffer(ofText: a[0].reference), vm.intern("name"))
            })
        type.attribute(
            "encoding", get: { (vm, a) throws(Unwind) in vm[a[0].reference, TextFile.encoding] })
        type.attribute(
            "errors", get: { (vm, a) throws(Unwind) in vm[a[0].reference, TextFile.errors] })
        type.attribute(
            "line_buffering",
            get: { (vm, a) throws(Unwind) in
                Value(vm.flags(a[0].reference).contains(.lineBuffered))
            })
        type.attribute(
            "write_through",
            get: { (vm, a) throws(Unwind) in
                Value(vm.flags(a[0].reference).contains(.writesThrough))
            })
        type.attribute(
            "_CHUNK_SIZE", get: { (vm, a) throws(Unwind) in Value(BufferedFile.standardSize) })
        type.attribute(
            "newlines",
            get: { (vm, a) throws(Unwind) in
                let flags = vm.flags(a[0].reference)
                let seen = try vm.newList()
                if flags.contains(.sawReturn) { try vm.append(seen, try vm.string("\r")) }
                if flags.contains(.sawNewline) { try vm.append(seen, try vm.string("\n")) }
                if flags.contains(.sawReturnNewline) { try vm.append(seen, try vm.string("\r\n")) }
                switch vm[seen, List.count] {
                case 0: return .none
                case 1: return vm.item(ofList: seen, 0)
                default: return try vm.tuple(ofList: seen)
                }
            })
        type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
            let file = a[0].reference
            var text = "<_io.TextIOWrapper"
            let buffer = try vm.buffer(ofText: file)
            let name = try vm.findAttribute(buffer, vm.intern("name"))
            if name != .unbound { text += " name=\(vm.text(try vm.repr(name)))" }
            let mode = try vm.findAttribute(a[0], vm.intern("mode"))
            if mode != .unbound { text += " mode=\(vm.text(try vm.repr(mode)))" }
            text += " encoding=\(vm.text(try vm.repr(vm[file, TextFile.encoding])))>"
            return try vm.string(text)
        }
    }
}
