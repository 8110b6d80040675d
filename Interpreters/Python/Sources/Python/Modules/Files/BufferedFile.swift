import InterpreterKit

/// `BufferedReader`, `BufferedWriter`, `BufferedRandom`: a buffer in front of a raw file.
///
/// B1  What has been read ahead is in `chunk`, from `position` on. What has been written and not yet passed
///     on is in `pending`. At most one of them is not empty.
/// B2  The raw file is behind what was read ahead, and before what is pending.
enum BufferedFile {
    static var raw: Field<Value> { Instance.slot(1) }
    /// `bytes`, or None.
    static var chunk: Field<Value> { Instance.slot(2) }
    static var position: Field<Int> { Field(6) }
    static var size: Field<Int> { Field(7) }
    /// A list of `bytes`, or None.
    static var pending: Field<Value> { Instance.slot(5) }
    static var pendingCount: Field<Int> { Field(9) }
    /// Of a pair: the writer.
    static var writer: Field<Value> { Instance.slot(7) }
    static let reserved = 8

    static var standardSize: Int { 8192 }
}

extension VM {
    func initialize(buffered file: Reference, _ raw: Value, _ size: Int) {
        self[file, BufferedFile.raw] = raw
        self[file, BufferedFile.chunk] = .none
        self[file, BufferedFile.position] = 0
        self[file, BufferedFile.size] = size
        self[file, BufferedFile.pending] = .none
        self[file, BufferedFile.pendingCount] = 0
    }
    /// The raw file below, or ValueError.
    func raw(of file: Reference) throws(Unwind) -> Value {
        let raw = self[file, BufferedFile.raw]
        if raw == .none { throw raise(.valueError, "I/O operation on uninitialized object") }
        if raw == .unbound { throw raise(.valueError, "raw stream has been detached") }
        return raw
    }
    /// A file object of the interpreter's own type, whose methods need not be looked up.
    func plainFile(_ raw: Value) -> Reference? {
        raw.isInstance && type(of: raw) == type(.fileIO) ? raw.reference : nil
    }
    func isClosed(buffered file: Reference) throws(Unwind) -> Bool {
        let raw = try raw(of: file)
        if let plain = plainFile(raw) { return self[plain, FileObject.descriptor] < 0 }
        return try isClosed(raw)
    }
    func checkOpen(buffered file: Reference, _ message: String) throws(Unwind) {
        if try isClosed(buffered: file) { throw closedFile(message) }
    }

    // MARK: the raw file

    private func rawRead(_ raw: Value, _ size: Int) throws(Unwind) -> Value {
        if let plain = plainFile(raw) { return try read(file: plain, size) }
        return try rawReadInto(raw, size)
    }
    private func rawReadAll(_ raw: Value) throws(Unwind) -> Value {
        if let plain = plainFile(raw) { return try readAll(file: plain) }
        let method = try findAttribute(raw, intern("readall"))
        let content =
            method == .unbound ? try callMethod(raw, name(.read)) : try call(method)
        if content != .none && asBytes(content) == nil {
            throw raise(
                .typeError,
                method == .unbound ? "read() should return bytes" : "readall() should return bytes")
        }
        return asBytes(content) ?? content
    }
    /// How much the raw file took; nil for nothing at the moment.
    private func rawWrite(_ raw: Value, _ content: ByteContent) throws(Unwind) -> Int? {
        if let plain = plainFile(raw) { return try write(file: plain, content) }
        let result = try callMethod(
            raw, name(.writeName), try newMemoryView(of: try content.bytes(self)))
        if result == .none { return nil }
        let n = try index(result)
        if n < 0 || n > content.count {
            throw raise(
                .osError,
                "raw write() returned invalid length \(n) (should have been between 0 and \(content.count))"
            )
        }
        return n
    }
    private func rawSeek(_ raw: Value, _ offset: Int, _ whence: Int) throws(Unwind) -> Int {
        if let plain = plainFile(raw) { return try seek(file: plain, offset, whence) }
        let place = try index(
            try callMethod(raw, intern("seek"), try int(offset), Value(whence)))
        if place < 0 {
            throw raise(.osError, "Raw stream returned invalid position \(place)")
        }
        return place
    }
    private func rawTell(_ raw: Value) throws(Unwind) -> Int {
        if let plain = plainFile(raw) { return try seek(file: plain, 0, 1) }
        let place = try index(try callMethod(raw, intern("tell")))
        if place < 0 {
            throw raise(.osError, "Raw stream returned invalid position \(place)")
        }
        return place
    }

    // MARK: reading

    /// What has been read ahead.
    private func ahead(_ file: Reference) -> ByteContent {
        let chunk = self[file, BufferedFile.chunk]
        if chunk == .none { return ByteContent() }
        let content = ByteContent(chunk)
        return ByteContent(
            content, min(self[file, BufferedFile.position], content.count)..<content.count)
    }
    private func skip(_ file: Reference, _ count: Int) {
        self[file, BufferedFile.position] &+= count
    }
    private func forget(_ file: Reference) {
        self[file, BufferedFile.chunk] = .none
        self[file, BufferedFile.position] = 0
    }
    /// Reads ahead anew; false at the end, nil when there is nothing at the moment.
    private func refill(_ file: Reference) throws(Unwind) -> Bool? {
        let content = try rawRead(try raw(of: file), self[file, BufferedFile.size])
        if content == .none { return nil }
        self[file, BufferedFile.chunk] = content
        self[file, BufferedFile.position] = 0
        return BytesView(content).count > 0
    }

    /// `read(size)`; -1 for all there is.
    func read(buffered file: Reference, _ size: Int) throws(Unwind) -> Value {
        try checkOpen(buffered: file, "read of closed file")
        try flush(buffered: file)
        let ready = ahead(file)
        if size >= 0 && size <= ready.count {
            skip(file, size)
            return try ready.bytes(self, 0, size)
        }
        var all = Array(ready.buffer)
        forget(file)
        if size < 0 {
            let rest = try rawReadAll(try raw(of: file))
            if rest == .none { return all.isEmpty ? .none : try bytes(all) }
            return all.isEmpty ? rest : try bytes(all + BytesView(rest).buffer)
        }
        while all.count < size {
            let wanted = size - all.count
            if wanted >= self[file, BufferedFile.size] {
                let piece = try rawRead(try raw(of: file), wanted)
                if piece == .none { return all.isEmpty ? .none : try bytes(all) }
                if BytesView(piece).count == 0 { break }
                all += BytesView(piece).buffer
                continue
            }
            guard let isThere = try refill(file) else {
                return all.isEmpty ? .none : try bytes(all)
            }
            if !isThere { break }
            let ready = ahead(file)
            let n = min(wanted, ready.count)
            all += ready.buffer.prefix(n)
            skip(file, n)
        }
        return try bytes(all)
    }
    /// `read1(size)`: with at most one read of the raw file.
    func readOnce(buffered file: Reference, _ size: Int) throws(Unwind) -> Value {
        try checkOpen(buffered: file, "read of closed file")
        try flush(buffered: file)
        let size = size < 0 ? self[file, BufferedFile.size] : size
        if size == 0 { return shared.pointee.emptyBytes }
        if ahead(file).count == 0, try refill(file) != true { return shared.pointee.emptyBytes }
        let ready = ahead(file)
        let n = min(size, ready.count)
        skip(file, n)
        return try ready.bytes(self, 0, n)
    }
    func peek(buffered file: Reference) throws(Unwind) -> Value {
        try checkOpen(buffered: file, "peek of closed file")
        try flush(buffered: file)
        if ahead(file).count == 0 { _ = try refill(file) }
        return try ahead(file).bytes(self)
    }
    /// `readline(limit)`; -1 for a line of any length.
    func readLine(buffered file: Reference, _ limit: Int) throws(Unwind) -> Value {
        try checkOpen(buffered: file, "readline of closed file")
        try flush(buffered: file)
        var line: [UInt8] = []
        while limit < 0 || line.count < limit {
            var ready = ahead(file)
            if ready.count == 0 {
                if try refill(file) != true { break }
                ready = ahead(file)
            }
            let most = limit < 0 ? ready.count : min(ready.count, limit - line.count)
            let newline = ready.buffer.prefix(most).firstIndex(of: 0x0A)
            let n = newline.map { $0 + 1 } ?? most
            skip(file, n)
            if newline != nil && line.isEmpty { return try ready.bytes(self, 0, n) }
            line += ready.buffer.prefix(n)
            if newline != nil { break }
        }
        return try bytes(line)
    }

    // MARK: writing

    func write(buffered file: Reference, _ content: ByteContent) throws(Unwind) -> Int {
        let raw = try raw(of: file)
        if let plain = plainFile(raw) {
            if self[plain, FileObject.descriptor] < 0 { throw closedFile("write to closed file") }
            if mode(plain).contains(.standard) {
                return try write(file: plain, content) ?? content.count
            }
        } else if try isClosed(raw) {
            throw closedFile("write to closed file")
        }
        let unread = ahead(file).count
        if self[file, BufferedFile.chunk] != .none {
            forget(file)
            if unread > 0 { _ = try rawSeek(raw, -unread, 1) }
        }
        if self[file, BufferedFile.pendingCount] + content.count > self[file, BufferedFile.size] {
            try flush(buffered: file)
            if content.count > self[file, BufferedFile.size] {
                try writeAll(file, raw, content)
                return content.count
            }
        }
        if self[file, BufferedFile.pending] == .none {
            self[file, BufferedFile.pending] = Value(try newList())
            try noteUnsaved(file)
        }
        try append(self[file, BufferedFile.pending].reference, try content.bytes(self))
        self[file, BufferedFile.pendingCount] &+= content.count
        return content.count
    }
    private func writeAll(
        _ file: Reference, _ raw: Value, _ content: ByteContent
    ) throws(Unwind) {
        var done = 0
        while done < content.count {
            guard let n = try rawWrite(raw, ByteContent(content, done..<content.count)) else {
                throw raise(
                    .blockingIOError, "write could not complete without blocking")
            }
            done += n
        }
    }
    /// Passes on what is pending.
    func flush(buffered file: Reference) throws(Unwind) {
        let pending = self[file, BufferedFile.pending]
        if pending == .none { return }
        let raw = try raw(of: file)
        let list = pending.reference
        var all: [UInt8] = []
        all.reserveCapacity(self[file, BufferedFile.pendingCount])
        for i in 0..<self[list, List.count] { all += BytesView(item(ofList: list, i)).buffer }
        self[file, BufferedFile.pending] = .none
        self[file, BufferedFile.pendingCount] = 0
        noteSaved(file)
        let content = try bytes(all)
        try writeAll(file, raw, ByteContent(content))
    }

    // MARK: places

    func tell(buffered file: Reference) throws(Unwind) -> Int {
        let place = try rawTell(try raw(of: file))
        return place - ahead(file).count + self[file, BufferedFile.pendingCount]
    }
    func seek(buffered file: Reference, _ offset: Int, _ whence: Int) throws(Unwind) -> Int {
        try checkOpen(buffered: file, "seek of closed file")
        if whence < 0 || whence > 2 {
            throw raise(
                .valueError, "whence value \(whence) unsupported")
        }
        try flush(buffered: file)
        let raw = try raw(of: file)
        let distance = whence == 1 ? offset - ahead(file).count : offset
        let place = try rawSeek(raw, distance, whence)
        forget(file)
        return place
    }
    func truncate(buffered file: Reference, _ size: Value) throws(Unwind) -> Value {
        try checkOpen(buffered: file, "truncate of closed file")
        try flush(buffered: file)
        let place = size == .none ? try int(try tell(buffered: file)) : size
        return try callMethod(try raw(of: file), intern("truncate"), place)
    }
    func close(buffered file: Reference) throws(Unwind) {
        let raw = try raw(of: file)
        if try isClosed(buffered: file) { return }
        do throws(Unwind) { _ = try callMethod(Value(file), name(.flush)) } catch {
            if error == .raise {
                let exception = pending
                _ = try callMethod(raw, name(.close))
                pending = exception
            }
            throw error
        }
        if let plain = plainFile(raw) { return try close(file: plain) }
        _ = try callMethod(raw, name(.close))
    }

    // MARK: what nobody has flushed

    /// A file object that is dropped without being closed keeps what was written to it until its thread or
    /// the program ends.
    private func noteUnsaved(_ file: Reference) throws(Unwind) {
        let files = unsavedFiles
        if count(ofDict: files) >= 64 { try flushUnsaved(nil) }
        try set(files, Value(Int(bitPattern: file.address)), Value(file))
    }
    private func noteSaved(_ file: Reference) {
        let files = unsavedFiles
        if self[files, Dict.count] == 0 { return }
        do throws(Unwind) { _ = try remove(files, Value(Int(bitPattern: file.address))) } catch {}
    }
    private var unsavedFiles: Reference {
        Value(bits: thread.pointee.stackBase[ThreadWord.files]).reference
    }
    /// Flushes what this thread has written and not flushed: of the file at `path`, or of all.
    func flushUnsaved(_ path: [CChar]?) throws(Unwind) {
        let files = unsavedFiles
        if self[files, Dict.count] == 0 { return }
        let wanted = path.map { FileIdentity($0) }
        var i = 0
        while i < fill(files) {
            defer { i += 1 }
            guard let (_, file) = entry(files, i) else { continue }
            let raw = self[file.reference, BufferedFile.raw]
            if let wanted {
                guard let plain = plainFile(raw) else { continue }
                let descriptor = Int32(truncatingIfNeeded: self[plain, FileObject.descriptor])
                if wanted == nil || FileIdentity(descriptor: descriptor) != wanted { continue }
            }
            if raw == .none || raw == .unbound { continue }
            if try isClosed(buffered: file.reference) { continue }
            try flush(buffered: file.reference)
        }
        if path == nil { clear(files) }
    }
    /// The same where nobody can be told of errors.
    func flushUnsavedQuietly() throws(Unwind) {
        do throws(Unwind) { try flushUnsaved(nil) } catch {
            if error == .abort { throw error }
            pending = .none
        }
    }
}
