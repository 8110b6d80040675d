import Glibc
import InterpreterKit

/// `open` and `input`.
extension VM {
    func installOpen() {
        function(
            "open",
            "(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)"
        ) { (vm, a) throws(Unwind) in try vm.open(a) }
        function("input", "(prompt='', /)") { (vm, a) throws(Unwind) in
            try vm.input(a.has(0) ? a[0] : .unbound)
        }
    }

    private struct OpenMode {
        var raw = ""
        var isBinary = false
        var isText = false
        var reads = false
        var writes = false
        var updates = false
    }
    private func parse(mode text: String) throws(Unwind) -> OpenMode {
        var mode = OpenMode()
        var kinds = 0
        var seen: Set<Character> = []
        for c in text {
            if !"rwxabt+".contains(c) || !seen.insert(c).inserted {
                throw raise(.valueError, "invalid mode: '\(text)'")
            }
            switch c {
            case "b": mode.isBinary = true
            case "t": mode.isText = true
            case "+": mode.updates = true
            default:
                kinds += 1
                if c == "r" { mode.reads = true } else { mode.writes = true }
            }
            if c != "b" && c != "t" { mode.raw.append(c) }
        }
        if mode.isBinary && mode.isText {
            throw raise(.valueError, "can't have text and binary mode at once")
        }
        if kinds != 1 {
            throw raise(
                .valueError, "must have exactly one of create/read/write/append mode")
        }
        return mode
    }

    func open(_ a: CallArguments) throws(Unwind) -> Value {
        let modeText =
            a.has(1) ? text(try string(a[1], "open() argument 'mode' must be str")) : "r"
        var buffering = a.has(2) ? try index(a[2]) : -1
        let (encoding, errors, newline) = (
            a.value(3, or: .none), a.value(4, or: .none), a.value(5, or: .none)
        )
        for (value, what) in [(3, "encoding"), (4, "errors"), (5, "newline")]
        where a.has(value) && a[value] != .none && asString(a[value]) == nil {
            throw raise(
                .typeError,
                "open() argument '\(what)' must be str or None, not \(typeName(a[value]))")
        }
        let mode = try parse(mode: modeText)
        if mode.isBinary {
            if encoding != .none {
                throw raise(.valueError, "binary mode doesn't take an encoding argument")
            }
            if errors != .none {
                throw raise(.valueError, "binary mode doesn't take an errors argument")
            }
            if newline != .none {
                throw raise(.valueError, "binary mode doesn't take a newline argument")
            }
        } else if newline != .none {
            try checkNewline(newline)
        }
        let raw = try call(
            Value(type(.fileIO)),
            arguments: try fileArguments(
                a[0], mode.raw, a.value(6, or: .true), a.value(7, or: .none)))
        do throws(Unwind) {
            var isLineBuffered = buffering == 1
            if buffering < 0, isatty(try descriptor(raw.reference)) == 1 { isLineBuffered = true }
            if buffering < 0 || buffering == 1 { buffering = BufferedFile.standardSize }
            if buffering == 0 {
                if mode.isBinary { return raw }
                throw raise(.valueError, "can't have unbuffered text I/O")
            }
            let kind: BuiltinType =
                mode.updates ? .bufferedRandom : mode.writes ? .bufferedWriter : .bufferedReader
            if kind == .bufferedRandom, lseek(try descriptor(raw.reference), 0, SEEK_CUR) < 0 {
                throw unsupported("File or stream is not seekable.")
            }
            let buffer = Value(try newInstance(type(kind)))
            initialize(buffered: buffer.reference, raw, buffering)
            if mode.isBinary { return buffer }
            let text = try newText(
                buffer, encoding, errors, newline, isLineBuffered ? .lineBuffered : [])
            try setAttribute(text, intern("mode"), try string(modeText))
            return text
        } catch {
            if error == .raise {
                let exception = pending
                try close(file: raw.reference)
                pending = exception
            }
            throw error
        }
    }
    private func fileArguments(
        _ file: Value, _ mode: String, _ closes: Value, _ opener: Value
    ) throws(Unwind) -> Value {
        let list = try newList(capacity: 4)
        try append(list, file)
        try append(list, try string(mode))
        try append(list, closes)
        try append(list, opener)
        return try tuple(ofList: list)
    }
    private func newText(
        _ buffer: Value, _ encoding: Value, _ errors: Value, _ newline: Value,
        _ flags: TextFile.Flags
    ) throws(Unwind) -> Value {
        var name = asString(encoding).map(text) ?? "UTF-8"
        if name == "locale" { name = "UTF-8" }
        if case .utf8 = TextUnit(name) {} else { _ = try decode(ByteContent(), name, "strict") }
        let file = try newInstance(type(.textWrapper))
        try initialize(
            text: file, buffer, encoding: name, errors: asString(errors).map(text) ?? "strict",
            newline: newline, flags)
        return Value(file)
    }

    // MARK: input

    private func input(_ prompt: Value) throws(Unwind) -> Value {
        let sys = find(shared.pointee.modules, name: intern("sys"))
        let source = try standardStream(sys, "stdin")
        let target = try standardStream(sys, "stdout")
        if prompt != .unbound {
            let text = try str(prompt)
            if target == python.system[.standardOutput] {
                try write(string: asString(text) ?? text)
            } else {
                _ = try callMethod(target, name(.writeName), text)
            }
        }
        if target == python.system[.standardOutput] {
            flushOutput()
        } else {
            _ = try callMethod(target, name(.flush))
        }
        let line: Value
        if source == python.system[.standardInput] {
            line = try readLine(text: source.reference, -1)
        } else {
            line = try callMethod(source, name(.readline))
        }
        guard let string = asString(line) else {
            throw raise(
                .typeError, "object.readline() returned non-string")
        }
        let view = StringView(string)
        if view.count == 0 { throw raise(.eofError, "EOF when reading a line") }
        return view[view.count - 1] == 0x0A
            ? try substring(view, 0, view.count - 1) : string
    }
    private func standardStream(_ sys: Value, _ name: StaticString) throws(Unwind) -> Value {
        let stream = sys == .unbound ? .unbound : try findAttribute(sys, intern(name))
        if stream == .unbound || stream == .none {
            throw raise(.runtimeError, "input(): lost sys.\(name)")
        }
        return stream
    }
}
