import InterpreterKit

extension ModuleBuilder {
    /// The module `_codecs`: encodings and error handlers by name.
    func codecsModule() throws(Unwind) {
        constant("search_functions", Value(try vm.newList()))
        constant("error_handlers", Value(vm.newDict()))
        addRegistry()
        function("encode", "(obj, encoding='utf-8', errors='strict')") { (vm, a) throws(Unwind) in
            let (encoding, errors) = try vm.codecArguments(a, "encode")
            guard let known = Encoding(encoding) else {
                return try vm.transform(a[0], encoding, errors, 0)
            }
            if let string = vm.asString(a[0]) { return try vm.encode(string, encoding, errors) }
            let function = String(known.name.map { $0 == "-" ? "_" : $0 })
            let failure = vm.raise(
                .typeError,
                "\(function)_encode() argument 1 must be str, not \(vm.typeName(a[0]))")
            try vm.nameCodecFailure(encoding, 0)
            throw failure
        }
        function("decode", "(obj, encoding='utf-8', errors='strict')") { (vm, a) throws(Unwind) in
            let (encoding, errors) = try vm.codecArguments(a, "decode")
            if Encoding(encoding) != nil {
                let content: ByteContent
                do throws(Unwind) { content = try vm.bytesLike(a[0]) } catch {
                    if error == .raise { try vm.nameCodecFailure(encoding, 1) }
                    throw error
                }
                return try vm.decode(content, encoding, errors)
            }
            return try vm.transform(a[0], encoding, errors, 1)
        }
        // What has been read so far, and how many bytes that was.
        function("_decode_part", "(data, encoding, errors, final, /)") { (vm, a) throws(Unwind) in
            let (encoding, errors) = try vm.codecArguments(a, "decode")
            var consumed = 0
            let text = try vm.decodePart(
                try vm.bytesLike(a[0]), encoding, errors, isFinal: try vm.isTrue(a[3]),
                consumed: &consumed)
            return try vm.tuple(text, Value(consumed))
        }
        let names: [(StaticString, StaticString, String)] = [
            ("utf_8_encode", "utf_8_decode", "utf-8"), ("ascii_encode", "ascii_decode", "ascii"),
            ("latin_1_encode", "latin_1_decode", "latin-1"),
            ("utf_16_encode", "utf_16_decode", "utf-16"),
            ("utf_16_le_encode", "utf_16_le_decode", "utf-16-le"),
            ("utf_16_be_encode", "utf_16_be_decode", "utf-16-be"),
            ("utf_32_encode", "utf_32_decode", "utf-32"),
            ("unicode_escape_encode", "unicode_escape_decode", "unicode_escape"),
            ("raw_unicode_escape_encode", "raw_unicode_escape_decode", "raw_unicode_escape"),
        ]
        for (encode, decode, name) in names { addPair(encode, decode, name) }
        function("escape_decode", "(data, errors='strict', /)") { (vm, a) throws(Unwind) in
            var source = a[0]
            if let string = vm.asString(source) {
                source = try vm.encode(string, "utf-8", "strict")
            }
            let content = try vm.bytesLike(source)
            let text = try vm.decode(content, "unicode_escape", "strict")
            return try vm.tuple(try vm.bytes(vm.latin1(StringView(text))), Value(content.count))
        }
    }
    private func addPair(_ encode: StaticString, _ decode: StaticString, _ name: String) {
        function(encode, "(str, errors='strict', /)") { (vm, a) throws(Unwind) in
            let string = try vm.string(a[0])
            let errors = a.has(1) && a[1] != .none ? vm.text(a[1]) : "strict"
            return try vm.tuple(
                try vm.encode(Value(string.object), name, errors), Value(string.count))
        }
        function(decode, "(data, errors='strict', final=False, /)") { (vm, a) throws(Unwind) in
            let errors = a.has(1) && a[1] != .none ? vm.text(a[1]) : "strict"
            var consumed = 0
            let isFinal = a.has(2) ? try vm.isTrue(a[2]) : !name.hasPrefix("utf")
            let text = try vm.decodePart(
                try vm.bytesLike(a[0]), name, errors, isFinal: isFinal, consumed: &consumed)
            return try vm.tuple(text, Value(consumed))
        }
    }
    private func addRegistry() {
        function("register", "(search_function, /)") { (vm, a) throws(Unwind) in
            let functions = vm.codecRegistry("search_functions")
            if functions.isList { try vm.append(functions.reference, a[0]) }
            return .none
        }
        function("unregister", "(search_function, /)") { (vm, a) throws(Unwind) in
            let functions = vm.codecRegistry("search_functions")
            if functions.isList {
                let i = try vm.position(of: a[0], in: functions)
                if i >= 0 && i < vm[functions.reference, List.count] {
                    _ = vm.remove(functions.reference, at: i)
                }
            }
            return .none
        }
        // The name of a built-in encoding, or what a search function gives.
        function("lookup", "(encoding, /)") { (vm, a) throws(Unwind) in
            let name = vm.text(try vm.string(a[0], "lookup() argument must be str"))
            if let encoding = Encoding(name) { return try vm.string(encoding.codecName) }
            return try vm.registeredCodec(name)
        }
        function("register_error", "(errors, handler, /)") { (vm, a) throws(Unwind) in
            _ = try vm.string(a[0], "register_error() argument 1 must be str")
            if vm.lookup(typeOf: a[1], vm.name(.call)) == .unbound, !a[1].isA(Kind.function),
                !a[1].isA(Kind.native), !a[1].isA(Kind.method), !a[1].isType
            {
                throw vm.raise(.typeError, "handler must be callable")
            }
            let handlers = vm.codecRegistry("error_handlers")
            if handlers.isDict { try vm.set(handlers.reference, a[0], a[1]) }
            return .none
        }
        let handlers: [(StaticString, StaticString)] = [
            ("strict", "strict_errors"), ("ignore", "ignore_errors"),
            ("replace", "replace_errors"), ("backslashreplace", "backslashreplace_errors"),
            ("xmlcharrefreplace", "xmlcharrefreplace_errors"),
            ("namereplace", "namereplace_errors"), ("surrogateescape", "surrogateescape"),
            ("surrogatepass", "surrogatepass"),
        ]
        let builtIn = vm.newDict()
        vm.machine.heap.keep(Value(builtIn))
        for (name, function) in handlers {
            let native = vm.newNative(
                function, "(exception, /)", .function, owner: nil,
                { (vm, a) throws(Unwind) in try vm.handle("\(name)", a[0]) }, Value(module))
            vm.define(builtIn, vm.intern(name), native)
        }
        function("lookup_error", "(name, /)") { (vm, a) throws(Unwind) in
            let name = try vm.string(a[0], "lookup_error() argument must be str")
            let handlers = vm.codecRegistry("error_handlers")
            if handlers.isDict {
                let known = try vm.get(handlers.reference, a[0])
                if known != .unbound { return known }
            }
            let known = try vm.get(builtIn, Value(name.object))
            if known != .unbound { return known }
            throw vm.raise(.lookupError, "unknown error handler name '\(vm.text(name))'")
        }
    }
}

extension Encoding {
    /// As `codecs.lookup` calls it.
    fileprivate var codecName: String {
        switch self {
        case .latin1: "iso8859-1"
        case .unicodeEscape: "unicode-escape"
        case .rawUnicodeEscape: "raw-unicode-escape"
        case .table(let table): table.name
        default: name
        }
    }
}

extension VM {
    fileprivate func codecArguments(
        _ a: CallArguments, _ function: StaticString
    ) throws(Unwind) -> (encoding: String, errors: String) {
        let encoding =
            a.has(1)
            ? text(try string(a[1], "\(function)() argument 'encoding' must be str")) : "utf-8"
        let errors =
            a.has(2)
            ? text(try string(a[2], "\(function)() argument 'errors' must be str")) : "strict"
        return (encoding, errors)
    }
    /// By a registered codec, whatever it makes.
    fileprivate func transform(
        _ object: Value, _ encoding: String, _ errors: String, _ direction: Int
    ) throws(Unwind) -> Value {
        let codec = try registeredCodec(encoding)
        let result = try call(codec: codec, encoding, direction, object, errors)
        guard result.isTuple, q.tupleCount(result.reference) == 2 else {
            throw raise(
                .typeError,
                direction == 0
                    ? "encoder must return a tuple (object, integer)"
                    : "decoder must return a tuple (object, integer)")
        }
        return q.tupleElement(result.reference, 0)
    }
    /// What one of the standard error handlers answers to an exception.
    fileprivate func handle(_ name: String, _ exception: Value) throws(Unwind) -> Value {
        let isDecoding = isInstance(exception, .unicodeDecodeError)
        guard
            isDecoding || isInstance(exception, .unicodeEncodeError)
                || isInstance(exception, .unicodeTranslateError)
        else {
            throw raise(
                .typeError,
                name == "strict"
                    ? "codec must pass exception instance"
                    : "don't know how to handle \(typeName(exception)) in error callback")
        }
        if name == "strict" { throw raise(exception) }
        let start = try index(try getAttribute(exception, self.name(.start)))
        let end = try index(try getAttribute(exception, self.name(.end)))
        let object = try getAttribute(exception, self.name(.object))
        var text = StringBuilder()
        if isDecoding {
            let content = try bytesLike(object)
            let range = max(0, start)..<max(max(0, start), min(end, content.count))
            switch name {
            case "ignore": break
            case "replace": text.append(0xFFFD)
            case "backslashreplace":
                for i in range {
                    text.append("\\x")
                    text.append(hex: UInt(content[i]), digits: 2)
                }
            case "surrogateescape" where range.allSatisfy({ content[$0] >= 128 }):
                for i in range { text.append(0xDC00 + UInt32(content[i])) }
            case "surrogateescape", "surrogatepass": throw raise(exception)
            default:
                throw raise(
                    .typeError,
                    "don't know how to handle UnicodeDecodeError in error callback")
            }
            return try tuple(try text.string(self), try int(end))
        }
        let view = try string(object)
        let range = max(0, start)..<max(max(0, start), min(end, view.count))
        for i in range {
            let c = view[i]
            switch name {
            case "ignore": break
            case "replace":
                text.append(isInstance(exception, .unicodeTranslateError) ? 0xFFFD : 0x3F)
            case "xmlcharrefreplace":
                text.append("&#")
                text.append(decimal: Int(c))
                text.append(";")
            case "namereplace":
                if let name = CharacterNames.name(of: c) {
                    text.append("\\N{")
                    text.append(name)
                    text.append("}")
                } else {
                    text.append(escape: c)
                }
            case "backslashreplace": text.append(escape: c)
            default: throw raise(exception)
            }
        }
        return try tuple(try text.string(self), try int(end))
    }
}
