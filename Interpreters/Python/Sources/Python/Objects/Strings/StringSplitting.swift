import InterpreterKit

/// Methods of `str` that take it apart or put strings together.
extension VM {
    func addStringSplitting(_ type: TypeBuilder) {
        type.method("split", "(self, sep=None, maxsplit=-1)") { (vm, a) throws(Unwind) in
            try vm.split(a, fromEnd: false)
        }
        type.method("rsplit", "(self, sep=None, maxsplit=-1)") { (vm, a) throws(Unwind) in
            try vm.split(a, fromEnd: true)
        }
        type.method("splitlines", "(self, keepends=False)") { (vm, a) throws(Unwind) in
            try vm.splitLines(vm.view(a[0]), keepEnds: a.has(1) ? try vm.index(a[1]) != 0 : false)
        }
        type.method("partition", "(self, sep, /)") { (vm, a) throws(Unwind) in
            try vm.partition(a, isLast: false)
        }
        type.method("rpartition", "(self, sep, /)") { (vm, a) throws(Unwind) in
            try vm.partition(a, isLast: true)
        }
        type.method("join", "(self, iterable, /)") { (vm, a) throws(Unwind) in
            try vm.join(vm.view(a[0]), a[1])
        }
        type.method("strip", "(self, chars=None, /)") { (vm, a) throws(Unwind) in
            try vm.strip(a, left: true, right: true, "strip")
        }
        type.method("lstrip", "(self, chars=None, /)") { (vm, a) throws(Unwind) in
            try vm.strip(a, left: true, right: false, "lstrip")
        }
        type.method("rstrip", "(self, chars=None, /)") { (vm, a) throws(Unwind) in
            try vm.strip(a, left: false, right: true, "rstrip")
        }
    }

    private func split(_ a: CallArguments, fromEnd: Bool) throws(Unwind) -> Value {
        let text = view(a[0])
        var most = a.has(2) ? try index(a[2]) : -1
        if most < 0 { most = .max }
        if !a.has(1) || a[1] == .none {
            return fromEnd
                ? try splitAtSpaceFromEnd(text, most) : try splitAtSpace(text, most)
        }
        let separator = try string(a[1], "must be str or None")
        if separator.count == 0 { throw raise(.valueError, "empty separator") }
        return fromEnd
            ? try split(fromEnd: text, separator, most) : try split(text, separator, most)
    }

    func split(
        _ text: StringView, _ separator: StringView, _ most: Int
    ) throws(Unwind) -> Value {
        if text.width == 0 && separator.isASCII && separator.count == 1 {
            return try split(text, atByte: separator.bytes[0], most)
        }
        let needle = Needle(separator, in: text)
        let list = try newList(capacity: 8)
        let n = text.count
        var from = 0
        var left = most
        while left > 0 {
            let i = needle.first(text.data, from, n)
            if i < 0 { break }
            try append(list, try substring(text, from, i))
            from = i &+ needle.count
            left &-= 1
        }
        try append(list, try substring(text, from, n))
        return Value(list)
    }
    /// The pieces are counted first, so that the list is made once.
    private func split(
        _ text: StringView, atByte separator: UInt8, _ most: Int
    ) throws(Unwind) -> Value {
        let n = text.count
        let p = text.bytes
        var count = 0
        for i in 0..<n { count &+= p[i] == separator ? 1 : 0 }
        count = min(count, most)
        let list = try newList(capacity: count &+ 1)
        let items = self[list, List.items].reference
        var from = 0
        for k in 0..<count {
            var to = from
            while p[to] != separator { to &+= 1 }
            self[items, k] = try substring(text, from, to)
            self[list, List.count] = k &+ 1
            from = to &+ 1
        }
        self[items, count] = try substring(text, from, n)
        self[list, List.count] = count &+ 1
        return Value(list)
    }
    private func split(
        fromEnd text: StringView, _ separator: StringView, _ most: Int
    ) throws(Unwind) -> Value {
        let needle = Needle(separator, in: text)
        let list = try newList(capacity: 8)
        var to = text.count
        var left = most
        while left > 0 {
            let i = needle.last(text.data, 0, to)
            if i < 0 { break }
            try append(list, try substring(text, i &+ needle.count, to))
            to = i
            left &-= 1
        }
        try append(list, try substring(text, 0, to))
        reverse(list)
        return Value(list)
    }
    private func splitAtSpace(_ text: StringView, _ most: Int) throws(Unwind) -> Value {
        let list = try newList(capacity: 8)
        let n = text.count
        let isASCII = text.isASCII
        let p = text.bytes
        var i = 0
        var left = most
        while true {
            if isASCII {
                while i < n && CodePoint.isASCIISpace(UInt32(p[i])) { i &+= 1 }
            } else {
                while i < n && CodePoint.isSpace(text[i]) { i &+= 1 }
            }
            if i == n { break }
            let from = i
            if left == 0 {
                try append(list, try substring(text, from, n))
                break
            }
            if isASCII {
                while i < n && !CodePoint.isASCIISpace(UInt32(p[i])) { i &+= 1 }
            } else {
                while i < n && !CodePoint.isSpace(text[i]) { i &+= 1 }
            }
            try append(list, try substring(text, from, i))
            left &-= 1
        }
        return Value(list)
    }
    private func splitAtSpaceFromEnd(_ text: StringView, _ most: Int) throws(Unwind) -> Value {
        let list = try newList(capacity: 8)
        var i = text.count
        var left = most
        while true {
            while i > 0 && CodePoint.isSpace(text[i &- 1]) { i &-= 1 }
            if i == 0 { break }
            let to = i
            if left == 0 {
                try append(list, try substring(text, 0, to))
                break
            }
            while i > 0 && !CodePoint.isSpace(text[i &- 1]) { i &-= 1 }
            try append(list, try substring(text, i, to))
            left &-= 1
        }
        reverse(list)
        return Value(list)
    }
    func splitLines(_ text: StringView, keepEnds: Bool) throws(Unwind) -> Value {
        let list = try newList(capacity: 8)
        let n = text.count
        var i = 0
        while i < n {
            let from = i
            while i < n && !CodePoint.isLineBreak(text[i]) { i &+= 1 }
            let to = i
            if i < n {
                i &+= text[i] == 0x0D && i &+ 1 < n && text[i &+ 1] == 0x0A ? 2 : 1
            }
            try append(list, try substring(text, from, keepEnds ? i : to))
        }
        return Value(list)
    }

    private func partition(_ a: CallArguments, isLast: Bool) throws(Unwind) -> Value {
        let text = view(a[0])
        let separator = try string(a[1])
        if separator.count == 0 { throw raise(.valueError, "empty separator") }
        let needle = Needle(separator, in: text)
        let i =
            isLast
            ? needle.last(text.data, 0, text.count) : needle.first(text.data, 0, text.count)
        let empty = shared.pointee.emptyString
        if i < 0 {
            return isLast
                ? try tuple(empty, empty, plain(a[0])) : try tuple(plain(a[0]), empty, empty)
        }
        return try tuple(
            try substring(text, 0, i), Value(separator.object),
            try substring(text, i &+ separator.count, text.count))
    }

    private func strip(
        _ a: CallArguments, left: Bool, right: Bool, _ method: StaticString
    ) throws(Unwind) -> Value {
        let text = view(a[0])
        var from = 0
        var to = text.count
        if !a.has(1) || a[1] == .none {
            if left { while from < to && CodePoint.isSpace(text[from]) { from &+= 1 } }
            if right { while from < to && CodePoint.isSpace(text[to &- 1]) { to &-= 1 } }
        } else {
            guard let string = asString(a[1]) else {
                throw raise(.typeError, "\(method) arg must be None or str")
            }
            let characters = StringView(string)
            if left { while from < to && characters.contains(text[from]) { from &+= 1 } }
            if right { while from < to && characters.contains(text[to &- 1]) { to &-= 1 } }
        }
        return try substring(text, from, to)
    }
}
