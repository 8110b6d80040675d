import Glibc
import InterpreterKit

/// Methods of `bytes` and `bytearray` that treat them as ASCII text, and conversions to text.
extension VM {
    /// Case and padding.
    func addByteTexts(_ type: TypeBuilder) {
        mapping(type, "lower") { b, _ in b &- 0x41 < 26 ? b | 0x20 : b }
        mapping(type, "upper") { b, _ in b &- 0x61 < 26 ? b & ~0x20 : b }
        mapping(type, "swapcase") { b, _ in (b | 0x20) &- 0x61 < 26 ? b ^ 0x20 : b }
        mapping(type, "title") { b, previous in
            let isInside = (previous | 0x20) &- 0x61 < 26
            return (b | 0x20) &- 0x61 < 26 ? (isInside ? b | 0x20 : b & ~0x20) : b
        }
        type.method("capitalize", "(self, /)") { (vm, a) throws(Unwind) in
            let content = try vm.receiver(a[0])
            let result = try vm.newBytes(count: content.count) {
                for i in 0..<content.count {
                    let b = content[i]
                    $0[i] = (b | 0x20) &- 0x61 < 26 ? (i == 0 ? b & ~0x20 : b | 0x20) : b
                }
            }
            return try vm.bytes(like: a[0], ByteContent(result).buffer)
        }
        type.method("center", "(self, width, fillchar=b' ', /)") { (vm, a) throws(Unwind) in
            let (total, fill) = try vm.bytePadding(a, "center")
            let n = try vm.receiver(a[0]).count
            let left = total / 2 + (total & (n + total) & 1)
            return try vm.padBytes(a[0], left, total - left, fill)
        }
        type.method("ljust", "(self, width, fillchar=b' ', /)") { (vm, a) throws(Unwind) in
            let (total, fill) = try vm.bytePadding(a, "ljust")
            return try vm.padBytes(a[0], 0, total, fill)
        }
        type.method("rjust", "(self, width, fillchar=b' ', /)") { (vm, a) throws(Unwind) in
            let (total, fill) = try vm.bytePadding(a, "rjust")
            return try vm.padBytes(a[0], total, 0, fill)
        }
        type.method("zfill", "(self, width, /)") { (vm, a) throws(Unwind) in
            let width = try vm.index(a[1])
            let content = try vm.receiver(a[0])
            if width <= content.count { return try vm.piece(a[0], content, 0, content.count) }
            try vm.checkLength(width, 0)
            let hasSign = content.count > 0 && (content[0] == 0x2B || content[0] == 0x2D)
            var text = StringBuilder(capacity: width)
            if hasSign { text.append(UInt32(content[0])) }
            text.append(0x30, times: width - content.count)
            text.append(
                latin1: ByteContent(content, (hasSign ? 1 : 0)..<content.count).buffer)
            return try vm.bytes(like: a[0], text)
        }
        type.method("expandtabs", "(self, tabsize=8)") { (vm, a) throws(Unwind) in
            let size = a.has(1) ? try vm.int32(a[1]) : 8
            var text = StringBuilder()
            var column = 0
            for b in try vm.receiver(a[0]).buffer {
                if b == 0x09 {
                    if size > 0 {
                        let n = size - column % size
                        text.append(0x20, times: n)
                        column += n
                    }
                } else {
                    text.append(UInt32(b))
                    column = b == 0x0A || b == 0x0D ? 0 : column + 1
                }
            }
            return try vm.bytes(like: a[0], text)
        }
    }
    private func mapping(
        _ type: TypeBuilder, _ name: StaticString, _ map: @escaping (UInt8, UInt8) -> UInt8
    ) {
        type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
            let content = try vm.receiver(a[0])
            let result = try vm.newBytes(count: content.count) {
                var previous: UInt8 = 0
                for i in 0..<content.count {
                    $0[i] = map(content[i], previous)
                    previous = content[i]
                }
            }
            return try vm.bytes(like: a[0], ByteContent(result).buffer)
        }
    }
    private func bytePadding(
        _ a: CallArguments, _ method: StaticString
    ) throws(Unwind) -> (total: Int, fill: UInt8) {
        let width = try index(a[1])
        var fill: UInt8 = 0x20
        if a.has(2) {
            guard asBytes(a[2]) != nil || asByteArray(a[2]) != nil,
                let content = try byteContent(a[2]), content.count == 1
            else {
                throw raise(
                    .typeError,
                    "\(method)() argument 2 must be a byte string of length 1, not \(typeName(a[2]))"
                )
            }
            fill = content[0]
        }
        let count = try receiver(a[0]).count
        return (width < count ? 0 : width - count, fill)
    }
    private func padBytes(
        _ receiver: Value, _ left: Int, _ right: Int, _ fill: UInt8
    ) throws(Unwind) -> Value {
        let content = try self.receiver(receiver)
        if left + right == 0 { return try piece(receiver, content, 0, content.count) }
        try checkLength(content.count, left + right)
        let result = try newBytes(count: content.count + left + right) {
            memset($0, Int32(fill), left)
            memcpy($0 + left, content.data, content.count)
            memset($0 + left + content.count, Int32(fill), right)
        }
        return try bytes(like: receiver, ByteContent(result).buffer)
    }

    /// What kind of characters they are.
    func addByteTests(_ type: TypeBuilder) {
        test(type, "isalpha") { CodePoint.isASCIILetter(UInt32($0)) }
        test(type, "isdigit") { CodePoint.isASCIIDigit(UInt32($0)) }
        test(type, "isalnum") {
            CodePoint.isASCIILetter(UInt32($0)) || CodePoint.isASCIIDigit(UInt32($0))
        }
        test(type, "isspace") { VM.isByteSpace($0) }
        type.method("isascii", "(self, /)") { (vm, a) throws(Unwind) in
            Value(try vm.receiver(a[0]).buffer.allSatisfy { $0 < 128 })
        }
        type.method("islower", "(self, /)") { (vm, a) throws(Unwind) in
            let buffer = try vm.receiver(a[0]).buffer
            return Value(
                buffer.contains { $0 &- 0x61 < 26 } && !buffer.contains { $0 &- 0x41 < 26 })
        }
        type.method("isupper", "(self, /)") { (vm, a) throws(Unwind) in
            let buffer = try vm.receiver(a[0]).buffer
            return Value(
                buffer.contains { $0 &- 0x41 < 26 } && !buffer.contains { $0 &- 0x61 < 26 })
        }
        type.method("istitle", "(self, /)") { (vm, a) throws(Unwind) in
            var isThere = false
            var isInside = false
            for b in try vm.receiver(a[0]).buffer {
                if b &- 0x41 < 26 {
                    if isInside { return .false }
                    (isInside, isThere) = (true, true)
                } else if b &- 0x61 < 26 {
                    if !isInside { return .false }
                } else {
                    isInside = false
                }
            }
            return Value(isThere)
        }
    }
    private func test(
        _ type: TypeBuilder, _ name: StaticString, _ test: @escaping (UInt8) -> Bool
    ) {
        type.method(name, "(self, /)") { (vm, a) throws(Unwind) in
            let content = try vm.receiver(a[0])
            return Value(content.count > 0 && content.buffer.allSatisfy(test))
        }
    }

    /// `decode`, `hex` and `fromhex`.
    func addByteConversions(_ type: TypeBuilder, _ kind: BuiltinType) {
        type.method("decode", "(self, encoding='utf-8', errors='strict')") {
            (vm, a) throws(Unwind) in
            if !a.has(1) || a[1].isString && vm.isUTF8(StringView(a[1])),
                !a.has(2) || vm.asString(a[2]) != nil,
                let text = try vm.decodeUTF8(try vm.receiver(a[0]).buffer)
            {
                return text
            }
            let encoding =
                a.has(1)
                ? vm.text(try vm.string(a[1], "decode() argument 'encoding' must be str"))
                : "utf-8"
            let errors =
                a.has(2)
                ? vm.text(try vm.string(a[2], "decode() argument 'errors' must be str"))
                : "strict"
            return try vm.decode(try vm.receiver(a[0]), encoding, errors)
        }
        type.method("hex", "(self, sep=None, bytes_per_sep=1)") { (vm, a) throws(Unwind) in
            try vm.hex(try vm.receiver(a[0]), a[1], a[2])
        }
        type.classMethod("fromhex", "(cls, string, /)") { (vm, a) throws(Unwind) in
            let text = try vm.string(a[1], "fromhex() argument must be str")
            let bytes = try vm.bytes(fromHex: text)
            let cls = a[0]
            if cls == Value(vm.type(.bytes)) { return bytes }
            if cls == Value(vm.type(.bytearray)) {
                return try vm.newByteArray(ByteContent(bytes).buffer)
            }
            return try vm.call(cls, bytes)
        }
    }
    /// `bytes.hex`
    func hex(
        _ content: ByteContent, _ separator: Value, _ perGroup: Value
    ) throws(Unwind) -> Value {
        let group = perGroup == .unbound ? 1 : try int32(perGroup)
        var text = StringBuilder(capacity: content.count * 2)
        var gap: UInt32 = 0
        var hasGap = false
        if separator != .unbound && separator != .none {
            if try length(separator) != 1 {
                throw raise(.valueError, "sep must be length 1.")
            }
            if let string = asString(separator) {
                gap = StringView(string)[0]
            } else if let bytes = try byteContent(separator) {
                gap = UInt32(bytes[0])
            } else {
                throw raise(.typeError, "sep must be str or bytes.")
            }
            if gap > 127 { throw raise(.valueError, "sep must be ASCII.") }
            hasGap = true
        }
        for i in 0..<content.count {
            if hasGap && group != 0 && i > 0 {
                let isBorder =
                    group > 0 ? (content.count - i) % group == 0 : i % -group == 0
                if isBorder { text.append(gap) }
            }
            text.append(UInt32(hexDigit(Int(content[i] >> 4))))
            text.append(UInt32(hexDigit(Int(content[i] & 15))))
        }
        return try text.string(self)
    }
    private func bytes(fromHex view: StringView) throws(Unwind) -> Value {
        func digit(_ i: Int) throws(Unwind) -> UInt32 {
            let c = i < view.count ? view[i] : 0
            let value = c < 128 ? IntegerText.digit(UInt8(c)) : 99
            if value < 16 { return UInt32(value) }
            throw raise(
                .valueError,
                "non-hexadecimal number found in fromhex() arg at position \(i)")
        }
        var text = StringBuilder(capacity: view.count / 2)
        var i = 0
        while true {
            while i < view.count && CodePoint.isASCIISpace(view[i]) { i += 1 }
            if i >= view.count { break }
            text.append(try digit(i) << 4 | (try digit(i + 1)))
            i += 2
        }
        return try text.bytes(self)
    }
}
