import Glibc
import InterpreterKit

/// Methods of `bytes` and `bytearray` that take them apart or put them together.
extension VM {
    func addByteSplitting(_ type: TypeBuilder) {
        type.method("split", "(self, sep=None, maxsplit=-1)") { (vm, a) throws(Unwind) in
            try vm.splitBytes(a, fromEnd: false)
        }
        type.method("rsplit", "(self, sep=None, maxsplit=-1)") { (vm, a) throws(Unwind) in
            try vm.splitBytes(a, fromEnd: true)
        }
        type.method("splitlines", "(self, keepends=False)") { (vm, a) throws(Unwind) in
            let keepEnds = a.has(1) ? try vm.index(a[1]) != 0 : false
            let content = try vm.receiver(a[0])
            let list = try vm.newList()
            var i = 0
            while i < content.count {
                let from = i
                while i < content.count && content[i] != 0x0A && content[i] != 0x0D { i += 1 }
                let to = i
                if i < content.count {
                    i +=
                        content[i] == 0x0D && i + 1 < content.count && content[i + 1] == 0x0A
                        ? 2 : 1
                }
                try vm.append(list, try vm.piece(a[0], content, from, keepEnds ? i : to))
            }
            return Value(list)
        }
        type.method("partition", "(self, sep, /)") { (vm, a) throws(Unwind) in
            try vm.partitionBytes(a, isLast: false)
        }
        type.method("rpartition", "(self, sep, /)") { (vm, a) throws(Unwind) in
            try vm.partitionBytes(a, isLast: true)
        }
        type.method("join", "(self, iterable_of_bytes, /)") { (vm, a) throws(Unwind) in
            try vm.joinBytes(a[0], a[1])
        }
        type.method("strip", "(self, bytes=None, /)") { (vm, a) throws(Unwind) in
            try vm.stripBytes(a, left: true, right: true)
        }
        type.method("lstrip", "(self, bytes=None, /)") { (vm, a) throws(Unwind) in
            try vm.stripBytes(a, left: true, right: false)
        }
        type.method("rstrip", "(self, bytes=None, /)") { (vm, a) throws(Unwind) in
            try vm.stripBytes(a, left: false, right: true)
        }
    }

    static func isByteSpace(_ b: UInt8) -> Bool { b == 0x20 || b >= 0x09 && b <= 0x0D }

    private func splitBytes(_ a: CallArguments, fromEnd: Bool) throws(Unwind) -> Value {
        var most = a.has(2) ? try index(a[2]) : -1
        if most < 0 { most = .max }
        let list = try newList(capacity: 8)
        let content: ByteContent
        if !a.has(1) || a[1] == .none {
            content = try receiver(a[0])
            try splitAtSpace(a[0], content, most, fromEnd, list)
            return Value(list)
        }
        let separator = try bytesLike(a[1])
        if separator.count == 0 { throw raise(.valueError, "empty separator") }
        content = try receiver(a[0])
        let needle = Needle(separator.buffer)
        var from = 0
        var to = content.count
        var left = most
        while left > 0 {
            let i =
                fromEnd ? needle.last(content.raw, 0, to) : needle.first(content.raw, from, to)
            if i < 0 { break }
            if fromEnd {
                try append(list, try piece(a[0], content, i + separator.count, to))
                to = i
            } else {
                try append(list, try piece(a[0], content, from, i))
                from = i + separator.count
            }
            left -= 1
        }
        try append(list, try piece(a[0], content, from, to))
        if fromEnd { reverse(list) }
        return Value(list)
    }
    private func splitAtSpace(
        _ receiver: Value, _ content: ByteContent, _ most: Int, _ fromEnd: Bool, _ list: Reference
    ) throws(Unwind) {
        var (from, to) = (0, content.count)
        var left = most
        while true {
            if fromEnd {
                while to > from && VM.isByteSpace(content[to - 1]) { to -= 1 }
            } else {
                while from < to && VM.isByteSpace(content[from]) { from += 1 }
            }
            if from == to { break }
            var (start, end) = (from, to)
            if left == 0 {
                (from, to) = (0, 0)
            } else if fromEnd {
                while to > from && !VM.isByteSpace(content[to - 1]) { to -= 1 }
                start = to
            } else {
                while from < to && !VM.isByteSpace(content[from]) { from += 1 }
                end = from
            }
            try append(list, try piece(receiver, content, start, end))
            left -= 1
        }
        if fromEnd { reverse(list) }
    }
    private func partitionBytes(_ a: CallArguments, isLast: Bool) throws(Unwind) -> Value {
        let separator = try bytesLike(a[1])
        if separator.count == 0 { throw raise(.valueError, "empty separator") }
        let content = try receiver(a[0])
        let n = content.count
        let needle = Needle(separator.buffer)
        let i = isLast ? needle.last(content.raw, 0, n) : needle.first(content.raw, 0, n)
        let (one, two) =
            i >= 0 ? (i, i + separator.count) : isLast ? (0, 0) : (n, n)
        // What splits `bytes` is given back as it is.
        let middle =
            i < 0
            ? try piece(a[0], content, 0, 0)
            : asBytes(a[0]) != nil ? a[1] : try bytes(like: a[0], separator.buffer)
        return try tuple(
            try piece(a[0], content, 0, one), middle, try piece(a[0], content, two, n))
    }
    private func stripBytes(_ a: CallArguments, left: Bool, right: Bool) throws(Unwind) -> Value {
        let characters =
            a.has(1) && a[1] != .none ? try bytesLike(a[1]) : nil
        let content = try receiver(a[0])
        func isGone(_ b: UInt8) -> Bool {
            guard let characters else { return VM.isByteSpace(b) }
            return memchr(characters.data, Int32(b), characters.count) != nil
        }
        var (from, to) = (0, content.count)
        if left { while from < to && isGone(content[from]) { from += 1 } }
        if right { while from < to && isGone(content[to - 1]) { to -= 1 } }
        return try piece(a[0], content, from, to)
    }
    private func joinBytes(_ receiver: Value, _ iterable: Value) throws(Unwind) -> Value {
        if !iterable.isList && !iterable.isTuple
            && lookup(typeOf: iterable, name(.iter)) == .unbound
            && lookup(typeOf: iterable, name(.getitem)) == .unbound
        {
            throw raise(.typeError, "can only join an iterable")
        }
        let separator = try self.receiver(receiver)
        var text = StringBuilder()
        var count = 0
        try iterate(iterable) { (item) throws(Unwind) in
            guard let content = try byteContent(item) else {
                throw raise(
                    .typeError,
                    "sequence item \(count): expected a bytes-like object, \(typeName(item)) found"
                )
            }
            if count > 0 { text.append(latin1: separator.buffer) }
            text.append(latin1: content.buffer)
            count += 1
            return true
        }
        return try bytes(like: receiver, text)
    }
}
