import InterpreterKit

/// `io.StringIO`: a file in a string.
///
/// What is written at the end is collected in a list and joined when somebody looks.
enum StringFile {
    /// A string; None once the file is closed.
    static var content: Field<Value> { Instance.slot(1) }
    /// A list of strings that follow, or None.
    static var pieces: Field<Value> { Instance.slot(2) }
    /// Code points in `pieces`.
    static var pending: Field<Int> { Field(6) }
    static var position: Field<Int> { Field(7) }
    /// A string, or None for universal newlines.
    static var newline: Field<Value> { Instance.slot(5) }
    static let reserved = 6
}

extension VM {
    /// The content, as one string.
    private func content(stringFile file: Reference) throws(Unwind) -> Value {
        let content = self[file, StringFile.content]
        if content == .none { throw closedFile("I/O operation on closed file") }
        let pieces = self[file, StringFile.pieces]
        if pieces == .none { return content }
        var text = StringBuilder()
        text.append(string: content)
        let list = pieces.reference
        for i in 0..<self[list, List.count] { text.append(string: item(ofList: list, i)) }
        let whole = try text.string(self)
        self[file, StringFile.content] = whole
        self[file, StringFile.pieces] = .none
        self[file, StringFile.pending] = 0
        return whole
    }

    func installStringFile() {
        build(.stringIO) { type in
            type.method("__init__", "(self, initial_value='', newline='\\n')") {
                (vm, a) throws(Unwind) in
                try vm.initializeString(a)
                return .none
            }
            addStringFileReading(type)
            addStringFileWriting(type)
            addStringFilePlaces(type)
        }
    }
    private func initializeString(_ a: CallArguments) throws(Unwind) {
        let file = a[0].reference
        if a.has(1) && a[1] != .none && asString(a[1]) == nil {
            throw raise(
                .typeError, "initial_value must be str or None, not \(typeName(a[1]))")
        }
        if a.has(2) { try checkStringNewline(a[2]) }
        self[file, StringFile.content] = shared.pointee.emptyString
        self[file, StringFile.pieces] = .none
        self[file, StringFile.pending] = 0
        self[file, StringFile.position] = 0
        self[file, StringFile.newline] = a.has(2) ? a[2] : shared.pointee.characters[10]
        if a.has(1), let initial = asString(a[1]), StringView(initial).count > 0 {
            _ = try write(stringFile: file, initial)
            self[file, StringFile.position] = 0
        }
    }
    private func checkStringNewline(_ newline: Value) throws(Unwind) {
        if newline == .none { return }
        if asString(newline) == nil {
            throw raise(.typeError, "newline must be str or None, not \(typeName(newline))")
        }
        try checkNewline(newline)
    }

    // MARK: reading

    private func addStringFileReading(_ type: TypeBuilder) {
        type.method("read", "(self, size=-1, /)") { (vm, a) throws(Unwind) in
            let file = a[0].reference
            let size = try vm.size(a, 1)
            let view = StringView(try vm.content(stringFile: file))
            let start = vm[file, StringFile.position]
            if start >= view.count { return vm.shared.pointee.emptyString }
            let end = size < 0 ? view.count : min(view.count, start + min(size, view.count))
            vm[file, StringFile.position] = end
            return try vm.substring(view, start, end)
        }
        type.method("readline", "(self, size=-1, /)") { (vm, a) throws(Unwind) in
            try vm.readLine(stringFile: a[0].reference, try vm.size(a, 1))
        }
        type.method("__next__", "(self, /)") { (vm, a) throws(Unwind) in
            let line =
                vm.type(of: a[0]) == type.type
                ? try vm.readLine(stringFile: a[0].reference, -1)
                : try vm.callMethod(a[0], vm.name(.readline))
            if try !vm.isTrue(line) { throw vm.raise(.stopIteration) }
            return line
        }
        type.method("getvalue", "(self, /)") { (vm, a) throws(Unwind) in
            try vm.content(stringFile: a[0].reference)
        }
    }
    private func readLine(stringFile file: Reference, _ limit: Int) throws(Unwind) -> Value {
        let view = StringView(try content(stringFile: file))
        let start = self[file, StringFile.position]
        if start >= view.count { return shared.pointee.emptyString }
        let most = limit < 0 ? view.count : min(view.count, start + min(limit, view.count))
        let newline = self[file, StringFile.newline]
        var end = most
        switch newline == .none ? 1 : StringView(newline).count {
        case 0:
            var i = start
            while i < most && view[i] != 0x0A && view[i] != 0x0D { i += 1 }
            if i < most {
                end = i + 1
                if view[i] == 0x0D && end < most && view[end] == 0x0A { end += 1 }
            }
        case 1:
            let c: UInt32 = newline == .none ? 0x0A : StringView(newline)[0]
            end = view.firstIndex(of: c, from: start, to: most).map { $0 + 1 } ?? most
        default:
            var i = start
            while let r = view.firstIndex(of: 0x0D, from: i, to: most) {
                if r + 1 < most && view[r + 1] == 0x0A {
                    end = r + 2
                    break
                }
                i = r + 1
            }
        }
        self[file, StringFile.position] = end
        return try substring(view, start, end)
    }

    // MARK: writing

    private func addStringFileWriting(_ type: TypeBuilder) {
        type.method("write", "(self, s, /)") { (vm, a) throws(Unwind) in
            guard let string = vm.asString(a[1]) else {
                throw vm.raise(
                    .typeError, "string argument expected, got '\(vm.typeName(a[1]))'")
            }
            return Value(try vm.write(stringFile: a[0].reference, string))
        }
        type.method("truncate", "(self, pos=None, /)") { (vm, a) throws(Unwind) in
            let file = a[0].reference
            let view = StringView(try vm.content(stringFile: file))
            let size =
                a.has(1) && a[1] != .none ? try vm.index(a[1]) : vm[file, StringFile.position]
            if size < 0 { throw vm.raise(.valueError, "Negative size value \(size)") }
            if size < view.count {
                vm[file, StringFile.content] = try vm.substring(view, 0, size)
            }
            return Value(size)
        }
        type.method("close", "(self, /)") { (vm, a) throws(Unwind) in
            vm[a[0].reference, StringFile.content] = .none
            vm[a[0].reference, StringFile.pieces] = .none
            return .none
        }
        type.attribute(
            "closed",
            get: { (vm, a) throws(Unwind) in
                Value(vm[a[0].reference, StringFile.content] == .none)
            })
        type.attribute(
            "line_buffering", get: { (vm, a) throws(Unwind) in .false })
    }
    private func write(stringFile file: Reference, _ string: Value) throws(Unwind) -> Int {
        let content = self[file, StringFile.content]
        if content == .none { throw closedFile("I/O operation on closed file") }
        let given = StringView(string).count
        let text = try translate(forStringFile: file, string)
        let view = StringView(text)
        if view.count == 0 { return given }
        let end = StringView(content).count + self[file, StringFile.pending]
        let position = self[file, StringFile.position]
        if position == end {
            if self[file, StringFile.pieces] == .none {
                self[file, StringFile.pieces] = Value(try newList())
            }
            try append(self[file, StringFile.pieces].reference, text)
            self[file, StringFile.pending] &+= view.count
        } else {
            let old = StringView(try self.content(stringFile: file))
            var all = StringBuilder()
            all.append(old, 0..<min(position, old.count))
            if position > old.count { all.append(0 as UInt32, times: position - old.count) }
            all.append(view)
            if position + view.count < old.count {
                all.append(old, (position + view.count)..<old.count)
            }
            self[file, StringFile.content] = try all.string(self)
        }
        self[file, StringFile.position] = position + view.count
        return given
    }
    /// With universal newlines all kinds become `\n`; otherwise `\n` becomes the file's own.
    private func translate(
        forStringFile file: Reference, _ string: Value
    ) throws(Unwind) -> Value {
        let newline = self[file, StringFile.newline]
        let view = StringView(string)
        var text = StringBuilder(capacity: view.count)
        if newline == .none {
            if !view.contains(0x0D) { return string }
            var i = 0
            while i < view.count {
                let c = view[i]
                i += 1
                if c == 0x0D && i < view.count && view[i] == 0x0A { i += 1 }
                text.append(c == 0x0D ? 0x0A : c)
            }
            return try text.string(self)
        }
        let own = StringView(newline)
        if own.count == 0 || own.count == 1 && own[0] == 0x0A || !view.contains(0x0A) {
            return string
        }
        for i in 0..<view.count {
            if view[i] == 0x0A { text.append(own) } else { text.append(view[i]) }
        }
        return try text.string(self)
    }

    // MARK: places

    private func addStringFilePlaces(_ type: TypeBuilder) {
        type.method("seek", "(self, pos, whence=0, /)") { (vm, a) throws(Unwind) in
            let file = a[0].reference
            let view = StringView(try vm.content(stringFile: file))
            let offset = try vm.size(a[1])
            let whence = a.has(2) ? try vm.int32(a[2]) : 0
            switch whence {
            case 0:
                if offset < 0 { throw vm.raise(.valueError, "Negative seek position \(offset)") }
                vm[file, StringFile.position] = offset
            case 1, 2:
                if offset != 0 {
                    throw vm.raise(.osError, "Can't do nonzero cur-relative seeks")
                }
                if whence == 2 { vm[file, StringFile.position] = view.count }
            default:
                throw vm.raise(
                    .valueError, "Invalid whence (\(whence), should be 0, 1 or 2)")
            }
            return Value(vm[file, StringFile.position])
        }
        type.method("tell", "(self, /)") { (vm, a) throws(Unwind) in
            if vm[a[0].reference, StringFile.content] == .none {
                throw vm.closedFile("I/O operation on closed file")
            }
            return Value(vm[a[0].reference, StringFile.position])
        }
        for name: StaticString in ["readable", "writable", "seekable"] {
            type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
                if vm[a[0].reference, StringFile.content] == .none {
                    throw vm.closedFile("I/O operation on closed file")
                }
                return .true
            }
        }
    }
}
