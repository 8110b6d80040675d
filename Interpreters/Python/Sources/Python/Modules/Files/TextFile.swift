import InterpreterKit

/// `io.TextIOWrapper`: text over a buffered file.
///
/// X1  `decoded` is the text of the bytes in `source`, with newlines translated; `position` says how much of
///     it has been read. `rest` are bytes behind them that are no whole character yet.
enum TextFile {
    static var buffer: Field<Value> { Instance.slot(1) }
    static var encoding: Field<Value> { Instance.slot(2) }
    static var errors: Field<Value> { Instance.slot(3) }
    /// A string, or None for universal newlines.
    static var newline: Field<Value> { Instance.slot(4) }
    /// Bits: see ``Flags``.
    static var flags: Field<Int> { Field(8) }
    /// A string, or None.
    static var decoded: Field<Value> { Instance.slot(6) }
    static var position: Field<Int> { Field(10) }
    /// `bytes`, or None.
    static var source: Field<Value> { Instance.slot(8) }
    static var rest: Field<Value> { Instance.slot(9) }
    static let reserved = 10

    struct Flags: OptionSet {
        let rawValue: Int
        static let lineBuffered = Flags(rawValue: 1)
        static let writesThrough = Flags(rawValue: 2)
        /// The end has been seen, so far.
        static let atEnd = Flags(rawValue: 4)
        /// A byte order mark has been written, or need not be.
        static let hasMark = Flags(rawValue: 8)
        /// `next()` has been called, so that `tell()` would be slow.
        static let iterating = Flags(rawValue: 16)
        static let sawNewline = Flags(rawValue: 32)
        static let sawReturn = Flags(rawValue: 64)
        static let sawReturnNewline = Flags(rawValue: 128)
        /// Bytes arrive with the other byte order than the encoding says.
        static let isSwapped = Flags(rawValue: 256)
        static let hasReadMark = Flags(rawValue: 512)
    }
}

/// How an encoding divides bytes into characters, as far as reading piece by piece must know.
enum TextUnit {
    case utf8, single
    /// Of two or four bytes; with a byte order mark that says which end comes first.
    case wide(bytes: Int, marked: Bool)
    case utf8Marked

    init(_ encoding: String) {
        var name = ""
        for c in encoding.lowercased() where c != "-" && c != "_" && c != " " { name.append(c) }
        switch name {
        case "utf8", "u8", "utf", "cp65001": self = .utf8
        case "utf8sig": self = .utf8Marked
        case "utf16", "u16": self = .wide(bytes: 2, marked: true)
        case "utf16le", "utf16be": self = .wide(bytes: 2, marked: false)
        case "utf32", "u32": self = .wide(bytes: 4, marked: true)
        case "utf32le", "utf32be": self = .wide(bytes: 4, marked: false)
        default: self = .single
        }
    }

    /// How many of the bytes are whole characters.
    func complete(_ bytes: ByteContent, isLittleEndian: Bool) -> Int {
        let n = bytes.count
        switch self {
        case .single: return n
        case .utf8, .utf8Marked:
            // At most three bytes of a character may have come.
            for back in 1..<4 where n - back >= 0 {
                let b = bytes[n - back]
                if b & 0xC0 == 0x80 { continue }
                let length = b < 0xC0 ? 1 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : b < 0xF8 ? 4 : 1
                return length > back ? n - back : n
            }
            return n
        case .wide(let size, _):
            let whole = n - n % size
            if size == 2 && whole >= 2 {
                let high = isLittleEndian ? bytes[whole - 1] : bytes[whole - 2]
                if high & 0xFC == 0xD8 { return whole - 2 }
            }
            return whole
        }
    }
}

extension VM {
    func flags(_ file: Reference) -> TextFile.Flags {
        TextFile.Flags(rawValue: self[file, TextFile.flags])
    }
    func setFlags(_ file: Reference, _ flags: TextFile.Flags) {
        self[file, TextFile.flags] = flags.rawValue
    }
    /// The file below, or ValueError.
    func buffer(ofText file: Reference) throws(Unwind) -> Value {
        let buffer = self[file, TextFile.buffer]
        if buffer == .none { throw raise(.valueError, "I/O operation on uninitialized object") }
        if buffer == .unbound {
            throw raise(.valueError, "underlying buffer has been detached")
        }
        return buffer
    }
    /// A buffered file of the interpreter's own types.
    func plainBuffer(_ buffer: Value, _ types: BuiltinType...) -> Reference? {
        guard buffer.isInstance else { return nil }
        let type = type(of: buffer)
        return types.contains { self.type($0) == type } ? buffer.reference : nil
    }
    func checkOpen(text file: Reference) throws(Unwind) {
        let buffer = try buffer(ofText: file)
        let plain = plainBuffer(buffer, .bufferedReader, .bufferedWriter, .bufferedRandom)
        let closed: Bool
        if let plain {
            closed = try isClosed(buffered: plain)
        } else {
            closed = try isClosed(buffer)
        }
        if closed { throw closedFile() }
    }

    func initialize(
        text file: Reference, _ buffer: Value, encoding: String, errors: String, newline: Value,
        _ flags: TextFile.Flags
    ) throws(Unwind) {
        self[file, TextFile.buffer] = buffer
        self[file, TextFile.encoding] = try string(encoding)
        self[file, TextFile.errors] = try string(errors)
        self[file, TextFile.newline] = newline
        setFlags(file, flags)
        forgetText(file)
    }
    func forgetText(_ file: Reference) {
        self[file, TextFile.decoded] = .none
        self[file, TextFile.position] = 0
        self[file, TextFile.source] = .none
        self[file, TextFile.rest] = .none
        setFlags(file, flags(file).subtracting(.atEnd))
    }

    // MARK: reading

    /// Decodes what comes next, when all that was decoded has been read; false at the end.
    private func refill(text file: Reference) throws(Unwind) -> Bool {
        let buffer = try buffer(ofText: file)
        while true {
            let piece: Value
            if let plain = plainBuffer(buffer, .bufferedReader, .bufferedRandom) {
                piece = try readOnce(buffered: plain, BufferedFile.standardSize)
            } else {
                let method = try findAttribute(buffer, intern("read1"))
                piece =
                    method == .unbound
                    ? try callMethod(buffer, name(.read), Value(BufferedFile.standardSize))
                    : try call(method, Value(BufferedFile.standardSize))
            }
            guard let content = try byteContent(piece) else {
                throw raise(
                    .typeError,
                    "underlying read1() should have returned a bytes-like object, not '\(typeName(piece))'"
                )
            }
            let isEnd = content.count == 0
            let rest = self[file, TextFile.rest]
            var all = try content.bytes(self)
            if rest != .none {
                all = try bytes(Array(BytesView(rest).buffer) + content.buffer)
            }
            try decodeNext(file, all, isEnd: isEnd)
            if isEnd { setFlags(file, flags(file).union(.atEnd)) }
            if StringView(self[file, TextFile.decoded]).count > 0 { return true }
            if isEnd { return false }
        }
    }
    private func decodeNext(_ file: Reference, _ all: Value, isEnd: Bool) throws(Unwind) {
        var encoding = text(self[file, TextFile.encoding])
        let unit = TextUnit(encoding)
        var content = ByteContent(all)
        var skipped = 0
        if case .wide(let size, true) = unit {
            if !flags(file).contains(.hasReadMark) && content.count >= size {
                let first = Array(content.buffer.prefix(size))
                let little: [UInt8] = size == 2 ? [0xFF, 0xFE] : [0xFF, 0xFE, 0, 0]
                if first == little.reversed() {
                    setFlags(file, flags(file).union([.hasReadMark, .isSwapped]))
                    skipped = size
                } else {
                    if first == little { skipped = size }
                    setFlags(file, flags(file).union(.hasReadMark))
                }
            }
            encoding = "utf-\(size * 8)-\(flags(file).contains(.isSwapped) ? "be" : "le")"
        } else if case .utf8Marked = unit {
            if !flags(file).contains(.hasReadMark), content.count >= 3 || isEnd {
                setFlags(file, flags(file).union(.hasReadMark))
                if content.count >= 3, Array(content.buffer.prefix(3)) == [0xEF, 0xBB, 0xBF] {
                    skipped = 3
                }
            }
            encoding = "utf-8"
        }
        content = ByteContent(content, skipped..<content.count)
        let isLittle = !encoding.hasSuffix("be")
        var end = isEnd ? content.count : unit.complete(content, isLittleEndian: isLittle)
        let errors = text(self[file, TextFile.errors])
        var decoded = try decode(ByteContent(content, 0..<end), encoding, errors)
        let newline = self[file, TextFile.newline]
        let isUniversal = newline == .none || StringView(newline).count == 0
        if isUniversal && !isEnd {
            let view = StringView(decoded)
            if view.count > 0 && view[view.count - 1] == 0x0D {
                // A newline may follow.
                decoded = try substring(view, 0, view.count - 1)
                if case .wide(let size, _) = unit { end -= size } else { end -= 1 }
            }
        }
        self[file, TextFile.source] = try content.bytes(self, 0, end)
        self[file, TextFile.rest] =
            end < content.count ? try content.bytes(self, end, content.count) : .none
        self[file, TextFile.decoded] =
            isUniversal ? try translate(file, decoded, newline == .none) : decoded
        self[file, TextFile.position] = 0
    }
    /// Notes what kinds of newlines occur; with `changes` makes them all `\n`.
    private func translate(
        _ file: Reference, _ string: Value, _ changes: Bool
    ) throws(Unwind) -> Value {
        let view = StringView(string)
        var seen = flags(file)
        if !view.contains(0x0D) {
            if !seen.contains(.sawNewline), view.contains(0x0A) {
                setFlags(file, seen.union(.sawNewline))
            }
            return string
        }
        var text = StringBuilder(capacity: view.count)
        var i = 0
        while i < view.count {
            let c = view[i]
            i += 1
            if c == 0x0D {
                if i < view.count && view[i] == 0x0A {
                    seen.insert(.sawReturnNewline)
                    i += 1
                } else {
                    seen.insert(.sawReturn)
                }
                text.append(0x0A as UInt32)
            } else {
                if c == 0x0A { seen.insert(.sawNewline) }
                text.append(c)
            }
        }
        setFlags(file, seen)
        return changes ? try text.string(self) : string
    }

    private func readyText(_ file: Reference) -> (StringView, Int)? {
        let decoded = self[file, TextFile.decoded]
        if decoded == .none { return nil }
        let view = StringView(decoded)
        let position = self[file, TextFile.position]
        return position < view.count ? (view, position) : nil
    }
    /// `read(size)`; -1 for all there is.
    func read(text file: Reference, _ size: Int) throws(Unwind) -> Value {
        try checkOpen(text: file)
        try checkReadable(text: file)
        try flushBelow(file)
        if size < 0 { return try readAll(text: file) }
        var result = StringBuilder()
        while result.count < size {
            guard let (view, position) = readyText(file) else {
                if try refill(text: file) { continue }
                break
            }
            let n = min(size - result.count, view.count - position)
            self[file, TextFile.position] = position + n
            if result.isEmpty && n == size { return try substring(view, position, position + n) }
            result.append(view, position..<(position + n))
        }
        return try result.string(self)
    }
    private func readAll(text file: Reference) throws(Unwind) -> Value {
        var first = shared.pointee.emptyString
        if let (view, position) = readyText(file) {
            first = try substring(view, position, view.count)
        }
        let buffer = try buffer(ofText: file)
        let piece: Value
        if let plain = plainBuffer(buffer, .bufferedReader, .bufferedRandom) {
            piece = try read(buffered: plain, -1)
        } else {
            piece = try callMethod(buffer, name(.read))
        }
        guard let content = try byteContent(piece == .none ? shared.pointee.emptyBytes : piece)
        else {
            throw raise(
                .typeError,
                "underlying read() should have returned a bytes-like object, not '\(typeName(piece))'"
            )
        }
        let rest = self[file, TextFile.rest]
        var all = try content.bytes(self)
        if rest != .none { all = try bytes(Array(BytesView(rest).buffer) + content.buffer) }
        try decodeNext(file, all, isEnd: true)
        let decoded = self[file, TextFile.decoded]
        self[file, TextFile.position] = StringView(decoded).count
        setFlags(file, flags(file).union(.atEnd))
        return try concatenate(first, decoded)
    }
    private func checkReadable(text file: Reference) throws(Unwind) {
        let buffer = try buffer(ofText: file)
        if plainBuffer(buffer, .bufferedReader, .bufferedRandom) != nil { return }
        if try !isTrue(try callMethod(buffer, intern("readable"))) {
            throw unsupported("not readable")
        }
    }
    private func flushBelow(_ file: Reference) throws(Unwind) {
        let buffer = try buffer(ofText: file)
        if let plain = plainBuffer(buffer, .bufferedRandom) { try flush(buffered: plain) }
    }

    /// `readline(limit)`; -1 for a line of any length.
    func readLine(text file: Reference, _ limit: Int) throws(Unwind) -> Value {
        try checkOpen(text: file)
        try checkReadable(text: file)
        let newline = self[file, TextFile.newline]
        let ending = newline == .none ? 1 : StringView(newline).count
        var line = StringBuilder()
        var endsInReturn = false
        while limit < 0 || line.count < limit {
            guard let (view, position) = readyText(file) else {
                if try refill(text: file) { continue }
                break
            }
            if endsInReturn {
                // Is the `\r` the first half of a newline?
                let follows = view[position] == 0x0A
                if follows {
                    self[file, TextFile.position] = position + 1
                    line.append(0x0A as UInt32)
                }
                if follows || ending == 0 { break }
                endsInReturn = false
                continue
            }
            let most = limit < 0 ? view.count : min(view.count, position + limit - line.count)
            var end = most
            var isWhole = false
            switch ending {
            case 0:
                var i = position
                while i < most && view[i] != 0x0A && view[i] != 0x0D { i += 1 }
                if i < most {
                    end = i + 1
                    isWhole = view[i] == 0x0A
                    if view[i] == 0x0D {
                        if end < most {
                            if view[end] == 0x0A { end += 1 }
                            isWhole = true
                        } else {
                            endsInReturn = limit < 0 || end - position + line.count < limit
                            if !endsInReturn { isWhole = true }
                        }
                    }
                }
            case 1:
                let c: UInt32 = newline == .none ? 0x0A : StringView(newline)[0]
                if let i = view.firstIndex(of: c, from: position, to: most) {
                    end = i + 1
                    isWhole = true
                }
            default:
                var i = position
                while i < most {
                    guard let r = view.firstIndex(of: 0x0D, from: i, to: most) else { break }
                    if r + 1 < most && view[r + 1] == 0x0A {
                        end = r + 2
                        isWhole = true
                        break
                    }
                    if r + 1 == most {
                        endsInReturn = true
                        break
                    }
                    i = r + 1
                }
            }
            self[file, TextFile.position] = end
            if isWhole && line.isEmpty { return try substring(view, position, end) }
            line.append(view, position..<end)
            if isWhole { break }
        }
        return try line.string(self)
    }
}

extension StringView {
    /// The first place of a code point in a part of the string.
    func firstIndex(of c: UInt32, from start: Int, to end: Int) -> Int? {
        if width == 0 {
            if c > 255 { return nil }
            let part = UnsafeBufferPointer(start: bytes + start, count: max(0, end - start))
            return part.firstIndex(of: UInt8(truncatingIfNeeded: c)).map { $0 + start }
        }
        var i = start
        while i < end {
            if self[i] == c { return i }
            i += 1
        }
        return nil
    }
}
