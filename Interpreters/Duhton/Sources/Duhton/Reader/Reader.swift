import InterpreterKit

/// Text to ``Syntax``, without recursion.
///
/// | token | rule |
/// | --- | --- |
/// | `(` `)` | a list; `()` is None |
/// | `;` where a token could start | comment to the end of the line |
/// | `"…"` | string, with `\n` `\t` `\"` `\\` |
/// | integer | sign, then decimal, `0x` hexadecimal or leading-`0` octal; cut to 32 bits |
/// | float | sign, digits, then a fraction, an exponent or both |
/// | everything else up to white space or a parenthesis | symbol |
struct Reader {
    static let longestToken = 200

    private let bytes: [UInt8]
    private let syntax: Syntax
    private var at = 0
    /// Open lists: where each starts in the source, in `nodes` and in `loose`.
    private var open: [(start: Int, node: Int, loose: Int)] = []
    /// Nodes whose parent is not complete.
    private var loose: [Int32] = []
    /// The text ended inside a list or a string: more lines may complete it.
    private(set) var endedEarly = false

    init(_ source: Source) {
        bytes = source.bytes
        syntax = Syntax(source)
    }

    mutating func read(_ symbols: inout Symbols) throws(Diagnostic) -> Syntax {
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "("):
                open.append((at, syntax.nodes.count, loose.count))
                syntax.depth = max(syntax.depth, open.count)
                at += 1
            case UInt8(ascii: ")"):
                try close()
            case UInt8(ascii: ";"):
                while at < bytes.count && bytes[at] != UInt8(ascii: "\n") { at += 1 }
            case UInt8(ascii: "\""):
                try string()
            case let byte where Reader.isSpace(byte):
                at += 1
            default:
                try atom(&symbols)
            }
        }
        if let unclosed = open.last {
            endedEarly = true
            throw failure("more '(' than ')'", unclosed.start)
        }
        syntax.forms = loose.map(Int.init)
        return syntax
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
    private static func endsToken(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")")
    }

    private func failure(_ message: String, _ start: Int, length: Int = 1) -> Diagnostic {
        Diagnostic(message, at: .init(syntax.source, at: start, length: length))
    }

    private mutating func add(_ kind: Syntax.Kind, from start: Int, payload: Int32) {
        let index = Int32(syntax.nodes.count)
        syntax.nodes.append(
            .init(
                kind: kind, start: Int32(start), length: Int32(at - start), first: index,
                payload: payload))
        loose.append(index)
    }

    private mutating func close() throws(Diagnostic) {
        guard let list = open.popLast() else { throw failure("more ')' than '('", at) }
        at += 1
        let node = Syntax.Node(
            kind: .list, start: Int32(list.start), length: Int32(at - list.start),
            first: Int32(list.node), payload: Int32(syntax.children.count),
            count: Int32(loose.count - list.loose))
        syntax.children += loose[list.loose...]
        loose.removeSubrange(list.loose...)
        loose.append(Int32(syntax.nodes.count))
        syntax.nodes.append(node)
    }

    private mutating func string() throws(Diagnostic) {
        let start = at
        var content: [UInt8] = []
        at += 1
        while at < bytes.count && bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\") && at + 1 < bytes.count {
                at += 1
                switch bytes[at] {
                case UInt8(ascii: "n"): content.append(10)
                case UInt8(ascii: "t"): content.append(9)
                case let byte: content.append(byte)
                }
            } else {
                content.append(bytes[at])
            }
            at += 1
        }
        guard at < bytes.count else {
            endedEarly = true
            throw failure("string without end", start)
        }
        at += 1
        syntax.strings.append(content)
        add(.string, from: start, payload: Int32(syntax.strings.count - 1))
    }

    private mutating func atom(_ symbols: inout Symbols) throws(Diagnostic) {
        let start = at
        while at < bytes.count && !Reader.endsToken(bytes[at]) { at += 1 }
        let token = bytes[start..<at]
        guard token.count <= Reader.longestToken else {
            throw failure(
                "token longer than \(Reader.longestToken) bytes", start, length: token.count)
        }
        if let int = Reader.int(token) {
            add(.int, from: start, payload: int)
        } else if let float = Reader.float(token) {
            syntax.floats.append(float)
            add(.float, from: start, payload: Int32(syntax.floats.count - 1))
        } else {
            add(.symbol, from: start, payload: Int32(symbols.intern(Array(token))))
        }
    }

    /// As C's `strtol` with base 0: beyond 64 bits the nearest end of the range; then the low 32.
    static func int(_ token: ArraySlice<UInt8>) -> Int32? {
        var digits = token
        let negative = digits.first == UInt8(ascii: "-")
        if negative || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        var base = 10
        if digits.first == UInt8(ascii: "0") && digits.count > 1 {
            let hexadecimal = digits.dropFirst().first.map { $0 | 32 } == UInt8(ascii: "x")
            base = hexadecimal ? 16 : 8
            digits = digits.dropFirst(hexadecimal ? 2 : 1)
        }
        if digits.isEmpty { return nil }
        var value = 0
        var clamped = false
        for byte in digits {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < base,
                byte < 0x80
            else { return nil }
            let (high, overflow) = value.multipliedReportingOverflow(by: base)
            let (sum, carry) =
                negative
                ? high.subtractingReportingOverflow(digit) : high.addingReportingOverflow(digit)
            clamped = clamped || overflow || carry
            value = sum
        }
        return Int32(truncatingIfNeeded: clamped ? (negative ? Int.min : Int.max) : value)
    }

    static func float(_ token: ArraySlice<UInt8>) -> Double? {
        var rest = token
        func digits() -> Bool {
            let count = rest.prefix { (48...57).contains($0) }.count
            rest = rest.dropFirst(count)
            return count > 0
        }
        func skip(_ allowed: String) -> Bool {
            guard let byte = rest.first, allowed.utf8.contains(byte) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = skip("+-")
        guard digits() else { return nil }
        let fraction = skip(".")
        if fraction && !digits() { return nil }
        let exponent = skip("eE")
        if exponent {
            _ = skip("+-")
            if !digits() { return nil }
        }
        guard fraction || exponent, rest.isEmpty else { return nil }
        return Double(String(decoding: token, as: UTF8.self))
    }
}
