import Glibc
import InterpreterKit

/// Methods of `bytes` and `bytearray` that look for other bytes.
extension VM {
    func addByteSearch(_ type: TypeBuilder, _ kind: BuiltinType) {
        type.method("find", "(self, sub, start=None, end=None, /)") { (vm, a) throws(Unwind) in
            Value(try vm.findBytes(a, isLast: false))
        }
        type.method("rfind", "(self, sub, start=None, end=None, /)") { (vm, a) throws(Unwind) in
            Value(try vm.findBytes(a, isLast: true))
        }
        type.method("index", "(self, sub, start=None, end=None, /)") { (vm, a) throws(Unwind) in
            Value(try vm.foundBytes(try vm.findBytes(a, isLast: false)))
        }
        type.method("rindex", "(self, sub, start=None, end=None, /)") { (vm, a) throws(Unwind) in
            Value(try vm.foundBytes(try vm.findBytes(a, isLast: true)))
        }
        type.method("count", "(self, sub, start=None, end=None, /)") { (vm, a) throws(Unwind) in
            let (start, end) = try vm.range(a[2], a[3], in: try vm.receiver(a[0]).count)
            let part = try vm.soughtBytes(a[1])
            let content = try vm.receiver(a[0])
            return Value(Needle(part.buffer).occurrences(content.raw, start, end))
        }
        type.method("startswith", "(self, prefix, start=None, end=None, /)") {
            (vm, a) throws(Unwind) in
            try vm.isByteAffix(a, atEnd: false, "startswith")
        }
        type.method("endswith", "(self, suffix, start=None, end=None, /)") {
            (vm, a) throws(Unwind) in
            try vm.isByteAffix(a, atEnd: true, "endswith")
        }
        type.method("replace", "(self, old, new, count=-1, /)") { (vm, a) throws(Unwind) in
            let old = try vm.bytesLike(a[1])
            let new = try vm.bytesLike(a[2])
            let most = a.has(3) ? try vm.index(a[3]) : -1
            return try vm.replaceBytes(a[0], old, new, most < 0 ? .max : most)
        }
        type.method("removeprefix", "(self, prefix, /)") { (vm, a) throws(Unwind) in
            let part = try vm.bytesLike(a[1])
            let content = try vm.receiver(a[0])
            let isThere =
                part.count <= content.count && memcmp(content.data, part.data, part.count) == 0
            return try vm.piece(a[0], content, isThere ? part.count : 0, content.count)
        }
        type.method("removesuffix", "(self, suffix, /)") { (vm, a) throws(Unwind) in
            let part = try vm.bytesLike(a[1])
            let content = try vm.receiver(a[0])
            let rest = content.count - part.count
            let isThere = rest >= 0 && memcmp(content.data + rest, part.data, part.count) == 0
            return try vm.piece(a[0], content, 0, isThere ? rest : content.count)
        }
        type.method("translate", "(self, table, /, delete=b'')") { (vm, a) throws(Unwind) in
            let content = try vm.receiver(a[0])
            let table = a[1] == .none ? nil : try vm.bytesLike(a[1])
            if let table, table.count != 256 {
                throw vm.raise(
                    .valueError, "translation table must be 256 characters long")
            }
            let gone = a.has(2) ? try vm.bytesLike(a[2]) : ByteContent()
            var text = StringBuilder(capacity: content.count)
            for b in content.buffer where memchr(gone.data, Int32(b), gone.count) == nil {
                text.append(UInt32(table?[Int(b)] ?? b))
            }
            return try vm.bytes(like: a[0], text)
        }
        type.staticMethod("maketrans", "(frm, to, /)") { (vm, a) throws(Unwind) in
            let from = try vm.bytesLike(a[0])
            let to = try vm.bytesLike(a[1])
            if from.count != to.count {
                throw vm.raise(.valueError, "maketrans arguments must have same length")
            }
            return try vm.newBytes(count: 256) {
                for i in 0..<256 { $0[i] = UInt8(i) }
                for i in 0..<from.count { $0[Int(from[i])] = to[i] }
            }
        }
    }

    /// Bytes to look for, or one as an integer.
    private func soughtBytes(_ value: Value) throws(Unwind) -> ByteContent {
        if let content = try byteContent(value) { return content }
        if isInteger(value) || lookup(typeOf: value, name(.index)) != .unbound {
            let byte = try byte(value)
            return ByteContent(try newBytes(count: 1) { $0[0] = byte })
        }
        throw raise(
            .typeError,
            "argument should be integer or bytes-like object, not '\(typeName(value))'")
    }
    private func findBytes(_ a: CallArguments, isLast: Bool) throws(Unwind) -> Int {
        let (start, end) = try range(a[2], a[3], in: try receiver(a[0]).count)
        let part = try soughtBytes(a[1])
        let content = try receiver(a[0])
        let needle = Needle(part.buffer)
        return isLast
            ? needle.last(content.raw, start, end) : needle.first(content.raw, start, end)
    }
    private func foundBytes(_ i: Int) throws(Unwind) -> Int {
        if i < 0 { throw raise(.valueError, "subsection not found") }
        return i
    }
    private func isByteAffix(
        _ a: CallArguments, atEnd: Bool, _ method: StaticString
    ) throws(Unwind) -> Value {
        let content = try receiver(a[0])
        let (start, end) = try range(a[2], a[3], in: content.count)
        func isAffix(_ part: ByteContent) -> Bool {
            if end &- start < part.count { return false }
            return memcmp(
                content.data + (atEnd ? end &- part.count : start), part.data, part.count) == 0
        }
        if let part = try byteContent(a[1]) { return Value(isAffix(part)) }
        guard let parts = asTuple(a[1]) else {
            throw raise(
                .typeError,
                "\(method) first arg must be bytes or a tuple of bytes, not \(typeName(a[1]))")
        }
        for i in 0..<q.tupleCount(parts.reference) {
            if isAffix(try bytesLike(q.tupleElement(parts.reference, i))) { return .true }
        }
        return .false
    }
    private func replaceBytes(
        _ receiver: Value, _ old: ByteContent, _ new: ByteContent, _ most: Int
    ) throws(Unwind) -> Value {
        let content = try self.receiver(receiver)
        let n = content.count
        let needle = Needle(old.buffer)
        let found = needle.occurrences(content.raw, 0, n, most: most)
        if found == 0 { return try piece(receiver, content, 0, n) }
        let grown = found.multipliedReportingOverflow(by: new.count - old.count)
        if grown.overflow { throw outOfMemory() }
        let result = try newBytes(count: n + grown.partialValue) {
            var p = $0
            var from = 0
            for k in 0..<found {
                let i = old.count == 0 ? k : needle.first(content.raw, from, n)
                memcpy(p, content.data + from, i - from)
                p += i - from
                memcpy(p, new.data, new.count)
                p += new.count
                from = i + old.count
            }
            memcpy(p, content.data + from, n - from)
        }
        return asByteArray(receiver) == nil ? result : try newByteArray(ByteContent(result).buffer)
    }
}
