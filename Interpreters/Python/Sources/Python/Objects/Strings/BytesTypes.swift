import Glibc
import InterpreterKit

/// `bytes` and `bytearray` as the guest sees them: construction and operators. Most methods are those of
/// both.
extension VM {
    func installBytes() {
        build(.bytes) { type in
            type.new("(cls, source=b'', encoding=None, errors=None)") { (vm, a) throws(Unwind) in
                try vm.made(
                    a[0], .bytes,
                    try vm.newBytes(from: a[1], a[2], a[3], "bytes", isExact: a[0]))
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                var text = StringBuilder()
                let content = try vm.receiver(a[0])
                text.append(reprOf: content.buffer)
                return try text.string(vm)
            }
            type.method("__hash__", "(self, /)") { (vm, a) throws(Unwind) in
                guard let bytes = vm.asBytes(a[0]) else { return Value(0) }
                return Value(BytesView(bytes).hash)
            }
            type.method("__bytes__", "(self, /)") { (vm, a) throws(Unwind) in
                vm.asBytes(a[0]) ?? a[0]
            }
            type.method("__getnewargs__", "(self, /)") { (vm, a) throws(Unwind) in
                try vm.tuple(vm.asBytes(a[0]) ?? a[0])
            }
            addByteMethods(type, .bytes)
        }
        build(.bytearray) { type in
            type.new("(cls, source=b'', encoding=None, errors=None)") { (vm, a) throws(Unwind) in
                try vm.made(a[0], .bytearray, Value(vm.newByteArray()))
            }
            type.method("__init__", "(self, source=b'', encoding=None, errors=None)") {
                (vm, a) throws(Unwind) in
                let array = try vm.array(a[0])
                let content = ByteContent(
                    try vm.newBytes(from: a[1], a[2], a[3], "bytearray", isExact: .none))
                try vm.replace(
                    array, 0, vm.count(ofArray: array), with: content.data, content.count)
                return .none
            }
            type.method("__repr__", "(self, /)") { (vm, a) throws(Unwind) in
                var text = StringBuilder()
                try vm.show(byteArray: try vm.array(a[0]), as: a[0], into: &text)
                return try text.string(vm)
            }
            type.constant("__hash__", .none)
            addByteMethods(type, .bytearray)
            addByteArrayMethods(type)
        }
        installMemoryViews()
    }
    private func addByteMethods(_ type: TypeBuilder, _ kind: BuiltinType) {
        addByteOperators(type, kind)
        addByteSearch(type, kind)
        addByteSplitting(type)
        addByteTexts(type)
        addByteTests(type)
        addByteConversions(type, kind)
    }

    /// The content of the receiver of a method of `bytes` or `bytearray`.
    func receiver(_ value: Value) throws(Unwind) -> ByteContent {
        if value.isBytes { return ByteContent(value) }
        return try byteContent(value) ?? ByteContent()
    }
    /// The receiver of a method of `bytearray`.
    func array(_ value: Value) throws(Unwind) -> Reference {
        if value.isByteArray { return value.reference }
        if let array = payload(value, .byteArray), array.isByteArray { return array.reference }
        throw raise(
            .typeError,
            "descriptor requires a 'bytearray' object but received a '\(typeName(value))'")
    }
    /// New bytes in the type of the receiver.
    func bytes(
        like receiver: Value, _ content: UnsafeBufferPointer<UInt8>
    ) throws(Unwind) -> Value {
        asByteArray(receiver) != nil ? try newByteArray(content) : try bytes(content)
    }
    /// Bytes `from ..< to` of the receiver, in its type.
    func piece(
        _ receiver: Value, _ content: ByteContent, _ from: Int, _ to: Int
    ) throws(Unwind) -> Value {
        if receiver.isBytes && from == 0 && to == content.count { return receiver }
        let n = max(0, to &- from)
        return try bytes(
            like: receiver, UnsafeBufferPointer(start: content.data + from, count: n))
    }
    /// A text of code points below 256 in the type of the receiver.
    func bytes(
        like receiver: Value, _ text: borrowing StringBuilder
    ) throws(Unwind) -> Value {
        let result = try text.bytes(self)
        return asByteArray(receiver) == nil ? result : try newByteArray(ByteContent(result).buffer)
    }

    // MARK: construction

    /// What `bytes(source, encoding, errors)` has.
    func newBytes(
        from source: Value, _ encoding: Value, _ errors: Value, _ name: StaticString,
        isExact cls: Value
    ) throws(Unwind) -> Value {
        let hasEncoding = encoding != .unbound
        let encodingName =
            hasEncoding
            ? text(try string(encoding, "\(name)() argument 'encoding' must be str")) : "utf-8"
        let errorsName =
            errors != .unbound
            ? text(try string(errors, "\(name)() argument 'errors' must be str")) : "strict"
        if source == .unbound {
            if hasEncoding || errors != .unbound {
                throw raise(
                    .typeError,
                    hasEncoding
                        ? "encoding without a string argument" : "errors without a string argument")
            }
            return shared.pointee.emptyBytes
        }
        if source.isBytes && !hasEncoding && errors == .unbound { return source }
        if name.utf8CodeUnitCount == 5 && !hasEncoding && errors == .unbound
            && !source.isString && !source.isByteArray
        {
            let method = lookup(typeOf: source, self.name(.bytes))
            if method != .unbound {
                let result = try callSpecial(method, source)
                if let bytes = asBytes(result) { return bytes }
                throw raise(
                    .typeError, "__bytes__ returned non-bytes (type \(typeName(result)))")
            }
        }
        if let string = asString(source) {
            if !hasEncoding {
                throw raise(.typeError, "string argument without an encoding")
            }
            return try encode(string, encodingName, errorsName)
        }
        if hasEncoding || errors != .unbound {
            throw raise(
                .typeError,
                hasEncoding
                    ? "encoding without a string argument" : "errors without a string argument")
        }
        if let content = try byteContent(source) { return try content.bytes(self) }
        if isInteger(source) || lookup(typeOf: source, self.name(.index)) != .unbound {
            let count = try index(source)
            if count < 0 { throw raise(.valueError, "negative count") }
            return try newBytes(count: count) { memset($0, 0, count) }
        }
        return try bytes(
            fromItems: source, "cannot convert '\(typeName(source))' object to \(name)",
            name.utf8CodeUnitCount == 5
                ? "bytes must be in range(0, 256)" : "byte must be in range(0, 256)")
    }
    /// The items of an iterable as bytes; `message` is for what is not iterable.
    func bytes(
        fromItems source: Value, _ message: @autoclosure () -> String, _ range: String
    ) throws(Unwind) -> Value {
        if !source.isList && !source.isTuple && lookup(typeOf: source, name(.iter)) == .unbound
            && lookup(typeOf: source, name(.getitem)) == .unbound
        {
            throw raise(.typeError, message())
        }
        var text = StringBuilder()
        try iterate(source) { (item) throws(Unwind) in
            text.append(UInt32(try byte(item, range)))
            return true
        }
        return try text.bytes(self)
    }

    // MARK: operators

    private func addByteOperators(_ type: TypeBuilder, _ kind: BuiltinType) {
        type.method("__str__", "(self, /)") { (vm, a) throws(Unwind) in try vm.repr(a[0]) }
        type.method("__len__", "(self, /)") { (vm, a) throws(Unwind) in
            if let array = vm.asByteArray(a[0]) { return Value(vm.count(ofArray: array.reference)) }
            return Value(try vm.receiver(a[0]).count)
        }
        type.method("__iter__", "(self, /)") { (vm, a) throws(Unwind) in
            kind == .bytes
                ? vm.newIterator(.bytesIterator, vm.asBytes(a[0]) ?? a[0])
                : vm.newIterator(.byteArrayIterator, vm.asByteArray(a[0]) ?? a[0])
        }
        type.method("__getitem__", "(self, key, /)") { (vm, a) throws(Unwind) in
            try vm.item(ofBytes: a[0], a[1])
        }
        type.method("__contains__", "(self, key, /)") { (vm, a) throws(Unwind) in
            let content = try vm.receiver(a[0])
            if vm.isInteger(a[1]) || vm.lookup(typeOf: a[1], vm.name(.index)) != .unbound {
                let byte = try vm.byte(a[1])
                return Value(memchr(content.data, Int32(byte), content.count) != nil)
            }
            let part = try vm.bytesLike(a[1])
            return Value(Needle(part.buffer).first(content.raw, 0, content.count) >= 0)
        }
        type.method("__add__", "(self, value, /)") { (vm, a) throws(Unwind) in
            guard let other = try vm.byteContent(a[1]) else {
                throw vm.raise(
                    .typeError,
                    "can't concat \(vm.typeName(a[1])) to \(kind.facts.name)")
            }
            let content = try vm.receiver(a[0])
            if kind == .bytearray {
                let result = try vm.newByteArray(content.buffer)
                try vm.append(toArray: result.reference, other.data, other.count)
                return result
            }
            let n = content.count
            return try vm.newBytes(count: n + other.count) {
                memcpy($0, content.data, n)
                memcpy($0 + n, other.data, other.count)
            }
        }
        for name: StaticString in ["__mul__", "__rmul__"] {
            type.method(name, "(self, value, /)") { (vm, a) throws(Unwind) in
                try vm.repeated(bytes: a[0], try vm.index(a[1]))
            }
        }
        type.method("__mod__", "(self, value, /)") { (vm, a) throws(Unwind) in
            let result = try vm.percentFormat(bytes: try vm.receiver(a[0]), a[1])
            return kind == .bytes ? result : try vm.newByteArray(ByteContent(result).buffer)
        }
        type.method("__rmod__", "(self, value, /)") { (vm, a) throws(Unwind) in .notImplemented }
        for comparison in Comparison.allCases {
            type.method(methodName(comparison), "(self, value, /)") { (vm, a) throws(Unwind) in
                if kind == .bytes && !vm.isInstance(a[1], .bytes) { return .notImplemented }
                guard let other = try vm.byteContent(a[1]) else { return .notImplemented }
                let content = try vm.receiver(a[0])
                return Value(comparison.holds(ByteContent.order(content, other)))
            }
        }
    }

    func repeated(bytes receiver: Value, _ times: Int) throws(Unwind) -> Value {
        let content = try self.receiver(receiver)
        let n = content.count
        if times <= 0 || n == 0 {
            return try bytes(like: receiver, UnsafeBufferPointer(start: content.data, count: 0))
        }
        let total = n.multipliedReportingOverflow(by: times)
        if total.overflow { throw outOfMemory() }
        let result = try newBytes(count: total.partialValue) {
            if n == 1 {
                memset($0, Int32(content[0]), times)
            } else {
                repeatBytes(content.data, n, $0, total.partialValue)
            }
        }
        return asByteArray(receiver) == nil ? result : try newByteArray(ByteContent(result).buffer)
    }

    /// `object[key]` of bytes and bytearray.
    func item(ofBytes object: Value, _ key: Value) throws(Unwind) -> Value {
        let array = asByteArray(object)
        if key.isA(Kind.slice) {
            let bounds = try bounds(ofSlice: key.reference)
            let content = try receiver(object)
            let (start, count) = bounds.selection(of: content.count)
            if bounds.step == 1 { return try piece(object, content, start, start &+ count) }
            let result = try newBytes(count: count) {
                var i = start
                for k in 0..<count {
                    $0[k] = content[i]
                    i &+= bounds.step
                }
            }
            return array == nil ? result : try newByteArray(ByteContent(result).buffer)
        }
        var i = try sequenceIndex(key, array == nil ? "byte" : "bytearray")
        if let array {
            let n = count(ofArray: array.reference)
            if i < 0 { i = i &+ n }
            if i < 0 || i >= n { throw raise(.indexError, "bytearray index out of range") }
            return Value(Int(byte(array.reference, i)))
        }
        let content = try receiver(object)
        if i < 0 { i = i &+ content.count }
        if i < 0 || i >= content.count { throw raise(.indexError, "index out of range") }
        return Value(Int(content[i]))
    }
}
