import InterpreterKit

/// Writing to text files, and places in them.
extension VM {
    // MARK: writing

    func write(text file: Reference, _ string: Value) throws(Unwind) -> Int {
        guard let string = asString(string) else {
            throw raise(
                .typeError, "write() argument must be str, not \(typeName(string))")
        }
        let buffer = try buffer(ofText: file)
        try checkOpen(text: file)
        let plain = plainBuffer(buffer, .bufferedWriter, .bufferedRandom)
        if plain == nil, try !isTrue(try callMethod(buffer, intern("writable"))) {
            throw unsupported("not writable")
        }
        let view = StringView(string)
        let count = view.count
        let flags = flags(file)
        let newline = self[file, TextFile.newline]
        var translated = string
        if newline != .none, StringView(newline).count > 0,
            !(StringView(newline).count == 1 && StringView(newline)[0] == 0x0A),
            view.contains(0x0A)
        {
            var text = StringBuilder(capacity: count)
            for i in 0..<count {
                if view[i] == 0x0A { text.append(string: newline) } else { text.append(view[i]) }
            }
            translated = try text.string(self)
        }
        let content = try encode(text: file, translated)
        if self[file, TextFile.decoded] != .none { forgetText(file) }
        if let plain {
            _ = try write(buffered: plain, ByteContent(content))
        } else {
            _ = try callMethod(buffer, name(.writeName), content)
        }
        if flags.contains(.writesThrough)
            || flags.contains(.lineBuffered) && (view.contains(0x0A) || view.contains(0x0D))
        {
            if let plain {
                try flush(buffered: plain)
            } else {
                _ = try callMethod(buffer, name(.flush))
            }
        }
        return count
    }
    private func encode(text file: Reference, _ string: Value) throws(Unwind) -> Value {
        let view = StringView(string)
        let encoding = text(self[file, TextFile.encoding])
        let unit = TextUnit(encoding)
        switch unit {
        case .utf8 where view.isASCII:
            return try bytes(UnsafeBufferPointer(start: view.bytes, count: view.count))
        case .wide(let size, true):
            let flags = flags(file)
            setFlags(file, flags.union(.hasMark))
            let isFirst = flags.contains(.hasMark) ? false : try isAtStart(file)
            return try encode(
                string, isFirst ? encoding : "utf-\(size * 8)-le", text(self[file, TextFile.errors])
            )
        case .utf8Marked:
            let flags = flags(file)
            setFlags(file, flags.union(.hasMark))
            let isFirst = flags.contains(.hasMark) ? false : try isAtStart(file)
            return try encode(
                string, isFirst ? encoding : "utf-8", text(self[file, TextFile.errors]))
        default: return try encode(string, encoding, text(self[file, TextFile.errors]))
        }
    }
    private func isAtStart(_ file: Reference) throws(Unwind) -> Bool {
        let buffer = try buffer(ofText: file)
        if try !isTrue(try callMethod(buffer, intern("seekable"))) { return true }
        return try callMethod(buffer, intern("tell")) == Value(0)
    }
    func flush(text file: Reference) throws(Unwind) {
        let buffer = try buffer(ofText: file)
        try checkOpen(text: file)
        setFlags(file, flags(file).subtracting(.iterating))
        _ = try callMethod(buffer, name(.flush))
    }

    // MARK: places

    /// Bytes from the beginning; where a state belongs to it, that of the beginning of a character.
    func tell(text file: Reference) throws(Unwind) -> Int {
        try checkOpen(text: file)
        let buffer = try buffer(ofText: file)
        if try !isTrue(try callMethod(buffer, intern("seekable"))) {
            throw unsupported("underlying stream is not seekable")
        }
        if flags(file).contains(.iterating) {
            throw raise(.osError, "telling position disabled by next() call")
        }
        _ = try callMethod(buffer, name(.flush))
        let below = try index(try callMethod(buffer, intern("tell")))
        let source = self[file, TextFile.source]
        if source == .none { return below }
        let rest = self[file, TextFile.rest]
        let start = below - (rest == .none ? 0 : BytesView(rest).count) - BytesView(source).count
        return try start + consumed(file, ByteContent(source))
    }
    /// Bytes of `source` that what has been read was decoded from.
    private func consumed(_ file: Reference, _ source: ByteContent) throws(Unwind) -> Int {
        let position = self[file, TextFile.position]
        let decoded = StringView(self[file, TextFile.decoded])
        if position >= decoded.count { return source.count }
        if position == 0 { return 0 }
        let unit = TextUnit(text(self[file, TextFile.encoding]))
        let merges = self[file, TextFile.newline] == .none
        var i = 0
        for _ in 0..<position where i < source.count {
            let b = source[i]
            switch unit {
            case .single: i += 1
            case .utf8, .utf8Marked:
                i += 1
                while i < source.count && source[i] & 0xC0 == 0x80 && b >= 0xC0 { i += 1 }
            case .wide:
                let so = try encode(
                    try substring(decoded, 0, position), text(self[file, TextFile.encoding]),
                    text(self[file, TextFile.errors]))
                return min(source.count, BytesView(so).count)
            }
            if merges && b == 0x0D && i < source.count && source[i] == 0x0A { i += 1 }
        }
        return i
    }
    func seek(text file: Reference, _ offset: Int, _ whence: Int) throws(Unwind) -> Value {
        try checkOpen(text: file)
        let buffer = try buffer(ofText: file)
        if try !isTrue(try callMethod(buffer, intern("seekable"))) {
            throw unsupported("underlying stream is not seekable")
        }
        var place = offset
        switch whence {
        case 0:
            if offset < 0 { throw raise(.valueError, "negative seek position \(offset)") }
        case 1:
            if offset != 0 { throw unsupported("can't do nonzero cur-relative seeks") }
            place = try tell(text: file)
        case 2:
            if offset != 0 { throw unsupported("can't do nonzero end-relative seeks") }
        default:
            throw raise(.valueError, "invalid whence (\(whence), should be 0, 1 or 2)")
        }
        _ = try callMethod(buffer, name(.flush))
        forgetText(file)
        var flags = flags(file).subtracting([.iterating, .hasReadMark, .isSwapped])
        let result = try callMethod(
            buffer, intern("seek"), whence == 2 ? Value(0) : try int(place),
            Value(whence == 2 ? 2 : 0))
        if result == Value(0) {
            flags.remove(.hasMark)
        } else {
            flags.formUnion([.hasMark, .hasReadMark])
        }
        setFlags(file, flags)
        return result
    }
}
