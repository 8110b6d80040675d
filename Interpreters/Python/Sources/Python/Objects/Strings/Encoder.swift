import InterpreterKit

/// Text on its way to bytes. The output holds bytes as code points below 256.
struct Encoder: ~Copyable {
    let vm: VM
    let view: StringView
    private let encoding: Encoding
    private let errors: String
    var output: StringBuilder

    init(_ vm: VM, _ view: StringView, _ encoding: Encoding, _ errors: String) {
        self.vm = vm
        self.view = view
        self.encoding = encoding
        self.errors = errors
        output = StringBuilder(capacity: view.count + view.count / 2 + 8)
    }

    mutating func run() throws(Unwind) {
        switch encoding {
        case .utf8WithMark:
            for b: UInt32 in [0xEF, 0xBB, 0xBF] { output.append(b) }
        case .utf16(.marked): put16(0xFEFF)
        case .utf32(.marked): put32(0xFEFF)
        default: break
        }
        let n = view.count
        var i = 0
        while i < n {
            if put(view[i]) {
                i += 1
                continue
            }
            var end = i + 1
            if reportsRuns { while end < n && !canEncode(view[end]) { end += 1 } }
            i = try handle(i, end)
        }
    }
    private var reportsRuns: Bool {
        switch encoding {
        case .utf16, .utf32: false
        default: true
        }
    }

    private func canEncode(_ c: UInt32) -> Bool {
        switch encoding {
        case .ascii: c < 128
        case .latin1: c < 256
        case .table(let table): table.byte(c) != nil
        case .unicodeEscape, .rawUnicodeEscape: true
        default: c < 0xD800 || c > 0xDFFF
        }
    }
    /// Adds one character, if the encoding has it.
    private mutating func put(_ c: UInt32) -> Bool {
        if !canEncode(c) { return false }
        switch encoding {
        case .ascii, .latin1: output.append(c)
        case .utf8, .utf8WithMark: put8(c)
        case .utf16:
            if c < 0x10000 {
                put16(c)
            } else {
                put16(0xD800 + (c - 0x10000) >> 10)
                put16(0xDC00 + (c - 0x10000) & 0x3FF)
            }
        case .utf32: put32(c)
        case .unicodeEscape:
            switch c {
            case 0x09: output.append("\\t")
            case 0x0A: output.append("\\n")
            case 0x0D: output.append("\\r")
            case 0x5C: output.append("\\\\")
            case 0x20..<0x7F: output.append(c)
            default: output.append(escape: c)
            }
        case .rawUnicodeEscape:
            if c < 256 { output.append(c) } else { output.append(escape: c) }
        case .table(let table): output.append(UInt32(table.byte(c) ?? 0x3F))
        }
        return true
    }
    private mutating func put8(_ c: UInt32) {
        if c < 0x80 {
            output.append(c)
        } else if c < 0x800 {
            output.append(0xC0 | c >> 6)
            output.append(0x80 | c & 0x3F)
        } else if c < 0x10000 {
            output.append(0xE0 | c >> 12)
            output.append(0x80 | c >> 6 & 0x3F)
            output.append(0x80 | c & 0x3F)
        } else {
            output.append(0xF0 | c >> 18)
            output.append(0x80 | c >> 12 & 0x3F)
            output.append(0x80 | c >> 6 & 0x3F)
            output.append(0x80 | c & 0x3F)
        }
    }
    private mutating func put16(_ unit: UInt32) {
        if case .utf16(.big) = encoding {
            output.append(unit >> 8)
            output.append(unit & 0xFF)
        } else {
            output.append(unit & 0xFF)
            output.append(unit >> 8)
        }
    }
    private mutating func put32(_ c: UInt32) {
        if case .utf32(.big) = encoding {
            for shift: UInt32 in [24, 16, 8, 0] { output.append(c >> shift & 0xFF) }
        } else {
            for shift: UInt32 in [0, 8, 16, 24] { output.append(c >> shift & 0xFF) }
        }
    }

    // MARK: errors

    private var reason: StaticString {
        switch encoding {
        case .ascii: "ordinal not in range(128)"
        case .latin1: "ordinal not in range(256)"
        case .table: "character maps to <undefined>"
        default: "surrogates not allowed"
        }
    }
    /// Does what the error handler says about characters `start ..< end`; where to go on.
    private mutating func handle(_ start: Int, _ end: Int) throws(Unwind) -> Int {
        switch errors {
        case "strict": break
        case "ignore": return end
        case "replace":
            for _ in start..<end { _ = put(0x3F) }
            return end
        case "backslashreplace":
            var text = StringBuilder()
            for i in start..<end { text.append(escape: view[i]) }
            for i in 0..<text.count { _ = put(text[i]) }
            return end
        case "xmlcharrefreplace":
            var text = StringBuilder()
            for i in start..<end {
                text.append("&#")
                text.append(decimal: Int(view[i]))
                text.append(";")
            }
            for i in 0..<text.count { _ = put(text[i]) }
            return end
        case "namereplace":
            var text = StringBuilder()
            for i in start..<end {
                if let name = CharacterNames.name(of: view[i]) {
                    text.append("\\N{")
                    text.append(name)
                    text.append("}")
                } else {
                    text.append(escape: view[i])
                }
            }
            for i in 0..<text.count { _ = put(text[i]) }
            return end
        case "surrogateescape":
            for i in start..<end {
                let c = view[i]
                if c < 0xDC80 || c > 0xDCFF { throw try failure(start, end) }
            }
            for i in start..<end { output.append(view[i] - 0xDC00) }
            return end
        case "surrogatepass":
            for i in start..<end {
                let c = view[i]
                if c < 0xD800 || c > 0xDFFF { throw try failure(start, end) }
                switch encoding {
                case .utf16: put16(c)
                case .utf32: put32(c)
                case .utf8, .utf8WithMark: put8(c)
                default: throw try failure(start, end)
                }
            }
            return end
        default: return try handleByProgram(start, end)
        }
        throw try failure(start, end)
    }
    private func failure(_ start: Int, _ end: Int) throws(Unwind) -> Unwind {
        vm.raise(try exception(start, end))
    }
    private func exception(_ start: Int, _ end: Int) throws(Unwind) -> Value {
        let arguments = try vm.newList()
        var name = encoding.name
        if case .utf8WithMark = encoding { name = "utf-8" }
        try vm.append(arguments, try vm.string(name))
        try vm.append(arguments, Value(view.object))
        try vm.append(arguments, Value(start))
        try vm.append(arguments, Value(end))
        try vm.append(arguments, try vm.string(reason))
        return try vm.call(
            Value(vm.type(.unicodeEncodeError)), arguments: try vm.tuple(ofList: arguments))
    }
    private mutating func handleByProgram(_ start: Int, _ end: Int) throws(Unwind) -> Int {
        let (replacement, next) = try vm.askErrorHandler(
            errors, try exception(start, end), view.count)
        if let string = vm.asString(replacement) {
            let text = StringView(string)
            for i in 0..<text.count where !put(text[i]) { throw try failure(start, end) }
        } else if let content = try vm.byteContent(replacement) {
            output.append(latin1: content.buffer)
        } else {
            throw vm.raise(
                .typeError, "encoding error handler must return (str/bytes, int) tuple")
        }
        return next
    }
}

extension VM {
    /// Calls an error handler that the program has registered: the replacement, and where to go on.
    func askErrorHandler(
        _ name: String, _ exception: Value, _ count: Int
    ) throws(Unwind) -> (Value, Int) {
        let handlers = codecRegistry("error_handlers")
        let handler =
            handlers.isDict ? try get(handlers.reference, try string(name)) : .unbound
        if handler == .unbound {
            throw raise(.lookupError, "unknown error handler name '\(name)'")
        }
        let result = try call(handler, exception)
        guard result.isTuple, q.tupleCount(result.reference) == 2,
            isInteger(q.tupleElement(result.reference, 1))
        else {
            throw raise(
                .typeError,
                isInstance(exception, .unicodeDecodeError)
                    ? "decoding error handler must return (str, int) tuple"
                    : "encoding error handler must return (str/bytes, int) tuple")
        }
        var next = try index(q.tupleElement(result.reference, 1))
        if next < 0 { next = next &+ count }
        if next < 0 || next > count {
            throw raise(
                .indexError, "position \(next) from error handler out of bounds")
        }
        return (q.tupleElement(result.reference, 0), next)
    }
}
