import InterpreterKit

/// The encodings that are built in.
enum Encoding {
    case utf8, utf8WithMark, ascii, latin1
    case utf16(ByteOrder), utf32(ByteOrder)
    case unicodeEscape, rawUnicodeEscape
    case table(SingleByteTable)

    /// `marked`: the text begins with a mark that tells the order.
    enum ByteOrder { case little, big, marked }

    /// By any of its names; nil for an unknown one.
    init?(_ name: String) {
        switch Encoding.normalized(name) {
        case "utf_8", "utf8", "u8", "utf", "cp65001", "utf8_ucs2", "utf8_ucs4": self = .utf8
        case "utf_8_sig": self = .utf8WithMark
        case "ascii", "us_ascii", "646", "ansi_x3.4_1968", "iso646_us", "us", "cp367", "csascii":
            self = .ascii
        case "latin_1", "latin1", "iso_8859_1", "iso8859_1", "8859", "cp819", "l1", "latin",
            "iso8859":
            self = .latin1
        case "utf_16", "utf16", "u16": self = .utf16(.marked)
        case "utf_16_le", "utf_16le", "utf16_le", "unicodelittleunmarked": self = .utf16(.little)
        case "utf_16_be", "utf_16be", "utf16_be", "unicodebigunmarked": self = .utf16(.big)
        case "utf_32", "utf32", "u32": self = .utf32(.marked)
        case "utf_32_le", "utf_32le", "utf32_le": self = .utf32(.little)
        case "utf_32_be", "utf_32be", "utf32_be": self = .utf32(.big)
        case "unicode_escape", "unicodeescape": self = .unicodeEscape
        case "raw_unicode_escape", "rawunicodeescape": self = .rawUnicodeEscape
        case let name:
            guard let table = SingleByteTable(name) else { return nil }
            self = .table(table)
        }
    }
    /// Lower case, with underscores for hyphens and spaces.
    static func normalized(_ name: String) -> String {
        String(
            decoding: name.utf8.map { c in
                switch c {
                case 0x41...0x5A: c | 0x20
                case 0x2D, 0x20: 0x5F
                default: c
                }
            }, as: UTF8.self)
    }
    /// As error messages and `codecs.lookup` call it.
    var name: String {
        switch self {
        case .utf8: "utf-8"
        case .utf8WithMark: "utf-8-sig"
        case .ascii: "ascii"
        case .latin1: "latin-1"
        case .utf16(.little): "utf-16-le"
        case .utf16(.big): "utf-16-be"
        case .utf16(.marked): "utf-16"
        case .utf32(.little): "utf-32-le"
        case .utf32(.big): "utf-32-be"
        case .utf32(.marked): "utf-32"
        case .unicodeEscape: "unicodeescape"
        case .rawUnicodeEscape: "rawunicodeescape"
        case .table: "charmap"
        }
    }
}

extension VM {
    /// `text.encode(encoding, errors)`: `bytes`.
    func encode(_ text: Value, _ encoding: String, _ errors: String) throws(Unwind) -> Value {
        let view = StringView(plain(text))
        guard let known = Encoding(encoding) else {
            return try encode(registered: encoding, Value(view.object), errors)
        }
        switch known {
        case .ascii where view.isASCII, .latin1 where view.width == 0:
            return try bytes(UnsafeBufferPointer(start: view.bytes, count: view.count))
        case .utf8: if let bytes = try encodeUTF8(view) { return bytes }
        default: break
        }
        var encoder = Encoder(self, view, known, errors)
        try encoder.run()
        return try encoder.output.bytes(self)
    }
    /// `bytes.decode(encoding, errors)`: `str`.
    func decode(
        _ content: ByteContent, _ encoding: String, _ errors: String
    ) throws(Unwind) -> Value {
        guard let known = Encoding(encoding) else {
            return try decode(registered: encoding, content, errors)
        }
        switch known {
        case .latin1: return try content.latin1(self)
        case .utf8: if let text = try decodeUTF8(content.buffer) { return text }
        case .ascii:
            var all: UInt8 = 0
            for b in content.buffer { all |= b }
            if all < 128 { return try content.latin1(self) }
        default: break
        }
        var decoder = Decoder(self, content, known, errors)
        try decoder.run(isFinal: true)
        return try decoder.output.string(self)
    }
    /// Decodes what is complete; `consumed` tells how much that was.
    func decodePart(
        _ content: ByteContent, _ encoding: String, _ errors: String, isFinal: Bool,
        consumed: inout Int
    ) throws(Unwind) -> Value {
        guard let known = Encoding(encoding) else {
            throw raise(.lookupError, "unknown encoding: \(encoding)")
        }
        var decoder = Decoder(self, content, known, errors)
        try decoder.run(isFinal: isFinal)
        consumed = decoder.position
        return try decoder.output.string(self)
    }

    /// By a codec that the program has registered.
    private func encode(
        registered encoding: String, _ text: Value, _ errors: String
    ) throws(Unwind) -> Value {
        let codec = try textCodec(encoding, "encode")
        let result = try call(codec: codec, encoding, 0, text, errors)
        let coded = result.isTuple ? try getItem(result, Value(0)) : result
        if asBytes(coded) != nil || asByteArray(coded) != nil { return coded }
        throw raise(
            .typeError,
            "'\(encoding)' encoder returned '\(typeName(coded))' instead of 'bytes'; use codecs.encode() to encode to arbitrary types"
        )
    }
    private func decode(
        registered encoding: String, _ content: ByteContent, _ errors: String
    ) throws(Unwind) -> Value {
        let codec = try textCodec(encoding, "decode")
        let result = try call(codec: codec, encoding, 1, try content.bytes(self), errors)
        let decoded = result.isTuple ? try getItem(result, Value(0)) : result
        if asString(decoded) != nil { return decoded }
        throw raise(
            .typeError,
            "'\(encoding)' decoder returned '\(typeName(decoded))' instead of 'str'; use codecs.decode() to decode to arbitrary types"
        )
    }
    /// Function 0 or 1 of a codec, to encode or to decode. What it raises names the codec.
    func call(
        codec: Value, _ encoding: String, _ direction: Int, _ object: Value, _ errors: String
    ) throws(Unwind) -> Value {
        let function = try getItem(codec, Value(direction))
        do throws(Unwind) { return try call(function, object, try string(errors)) } catch {
            if error == .raise { try nameCodecFailure(encoding, direction) }
            throw error
        }
    }
    /// Puts an exception of the same type, with a text that names the codec, in place of the pending one, if
    /// that consists of nothing but a text.
    func nameCodecFailure(_ encoding: String, _ direction: Int) throws(Unwind) {
        let cause = pending
        guard cause.isInstance else { return }
        let type = type(of: cause)
        let plain = Traits.exceptionNew | Traits.exceptionInit
        let arguments = self[cause.reference, Exception.arguments]
        guard traits(type) & plain == plain, arguments.isTuple,
            q.tupleCount(arguments.reference) <= 1,
            q.tupleCount(arguments.reference) == 0
                || asString(q.tupleElement(arguments.reference, 0)) != nil
        else { return }
        let doing = direction == 0 ? "encoding" : "decoding"
        let text = text(try str(cause))
        let message = try string(
            "\(doing) with '\(encoding)' codec failed (\(name(ofType: type)): \(text))")
        let error = newException(type, try tuple(message))
        if error.isInstance {
            self[error.reference, Exception.cause] = cause
            self[error.reference, Exception.context] = cause
            self[error.reference, Exception.suppressesContext] = .true
        }
        pending = error
    }
    /// A registered codec between text and bytes.
    private func textCodec(_ encoding: String, _ function: String) throws(Unwind) -> Value {
        var isText = true
        var codec = Value.none
        if ["rot13", "rot_13", "hex", "hex_codec", "base64", "base64_codec", "zlib", "zlib_codec"]
            .contains(Encoding.normalized(encoding))
        {
            isText = false
        } else {
            codec = try registeredCodec(encoding)
            isText = try findAttribute(codec, intern("_is_text_encoding")) != .false
        }
        if isText { return codec }
        throw raise(
            .lookupError,
            "'\(encoding)' is not a text encoding; use codecs.\(function)() to handle arbitrary codecs"
        )
    }
    /// What a search function gives for a name: a tuple of encoder, decoder and more.
    func registeredCodec(_ encoding: String) throws(Unwind) -> Value {
        // The codecs of the library register themselves.
        _ = try importModule("codecs")
        let functions = codecRegistry("search_functions")
        if functions.isList {
            let name = try string(Encoding.normalized(encoding))
            var i = 0
            while i < self[functions.reference, List.count] {
                let codec = try call(item(ofList: functions.reference, i), name)
                if codec != .none { return codec }
                i += 1
            }
        }
        throw raise(.lookupError, "unknown encoding: \(encoding)")
    }
    /// What the module `_codecs` keeps under a name, unbound when it is not in use.
    func codecRegistry(_ name: StaticString) -> Value {
        let module = find(shared.pointee.modules, name: intern("_codecs"))
        guard module.isA(Kind.module) else { return .unbound }
        return find(self[module.reference, ModuleObject.namespace], name: intern(name))
    }
}

/// An encoding of one byte per character that differs from Latin-1 in few places.
struct SingleByteTable {
    let name: String
    /// Code points of bytes 128 to 255; 0xFFFF where there is none.
    let high: [UInt16]

    init?(_ name: String) {
        var table = (0x80...0xFF).map { UInt16($0) }
        switch name {
        case "cp1252", "windows_1252", "1252":
            self.name = "cp1252"
            let first: [UInt16] = [
                0x20AC, 0xFFFF, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030,
                0x0160, 0x2039, 0x0152, 0xFFFF, 0x017D, 0xFFFF, 0xFFFF, 0x2018, 0x2019, 0x201C,
                0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFF,
                0x017E, 0x0178,
            ]
            table.replaceSubrange(0..<32, with: first)
        case "iso8859_15", "iso_8859_15", "latin_9", "latin9", "l9":
            self.name = "iso8859-15"
            let changes: [(Int, UInt16)] = [
                (0xA4, 0x20AC), (0xA6, 0x160), (0xA8, 0x161), (0xB4, 0x17D), (0xB8, 0x17E),
                (0xBC, 0x152), (0xBD, 0x153), (0xBE, 0x178),
            ]
            for (byte, c) in changes { table[byte - 0x80] = c }
        default: return nil
        }
        high = table
    }
    func byte(_ c: UInt32) -> UInt8? {
        if c < 128 { return UInt8(c) }
        guard c < 0xFFFF, let i = high.firstIndex(of: UInt16(c)) else { return nil }
        return UInt8(i + 0x80)
    }
}
