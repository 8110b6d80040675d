import Glibc
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
    /// The top level, and the open lists in it: where each starts in the source and in `nodes`.
    private var open: [(start: Int, first: Int, items: [Int])] = [(0, 0, [])]
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
                open.append((at, syntax.nodes.count, []))
                at += 1
            case UInt8(ascii: ")"):
                guard open.count > 1, let list = open.popLast() else {
                    throw failure("more ')' than '('", at)
                }
                at += 1
                add(.list(list.items), from: list.start, first: list.first)
            case UInt8(ascii: ";"):
                while at < bytes.count && bytes[at] != UInt8(ascii: "\n") { at += 1 }
            case UInt8(ascii: "\""): try string()
            case let byte where Reader.isSpace(byte): at += 1
            default: try atom(&symbols)
            }
        }
        if open.count > 1 {
            endedEarly = true
            throw failure("more '(' than ')'", open[open.count - 1].start)
        }
        syntax.forms = open[0].items
        return syntax
    }

    private static let escapes = [
        UInt8(ascii: "n"): UInt8(ascii: "\n"), UInt8(ascii: "t"): UInt8(ascii: "\t"),
    ]
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
    private static func endsToken(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")")
    }
    private func failure(_ message: String, _ start: Int, length: Int = 1) -> Diagnostic {
        Diagnostic(message, at: .init(syntax.source, at: start, length: length))
    }

    private mutating func add(_ content: Syntax.Content, from start: Int, first: Int? = nil) {
        var assigns = false
        if case .list(let items) = content, let head = items.first {
            assigns = syntax.symbol(head) == Builtin.setq.number
            for item in items { assigns = assigns || syntax.nodes[item].assigns }
        }
        let node = syntax.nodes.count
        syntax.nodes.append(
            .init(content: content, bytes: start..<at, first: first ?? node, assigns: assigns))
        open[open.count - 1].items.append(node)
    }

    private mutating func string() throws(Diagnostic) {
        let start = at
        var content: [UInt8] = []
        while at + 1 < bytes.count {
            at += 1
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                return add(.string(content), from: start)
            case UInt8(ascii: "\\") where at + 1 < bytes.count:
                at += 1
                content.append(Reader.escapes[bytes[at]] ?? bytes[at])
            case let byte: content.append(byte)
            }
        }
        endedEarly = true
        throw failure("string without end", start)
    }

    private mutating func atom(_ symbols: inout Symbols) throws(Diagnostic) {
        let start = at
        while at < bytes.count && !Reader.endsToken(bytes[at]) { at += 1 }
        let length = at - start
        guard length <= Reader.longestToken else {
            throw failure("token longer than \(Reader.longestToken) bytes", start, length: length)
        }
        let token = String(decoding: bytes[start..<at], as: UTF8.self)
        if let int = Reader.int(token) {
            add(.int(int), from: start)
        } else if let float = Reader.float(token) {
            add(.float(float), from: start)
        } else {
            add(.symbol(symbols.intern(Array(bytes[start..<at]))), from: start)
        }
    }

    /// What C's `strtol` with base 0 takes whole: beyond 64 bits the nearest end of the range; then the low 32.
    private static func int(_ token: String) -> Int? {
        token.withCString { start in
            var end: UnsafeMutablePointer<CChar>?
            let value = strtol(start, &end, 0)
            let isWhole = end.map { start.distance(to: $0) } == token.utf8.count
            return isWhole ? Int(Int32(truncatingIfNeeded: value)) : nil
        }
    }

    private static func float(_ token: String) -> Double? {
        let parts = token.split(omittingEmptySubsequences: false) { ".eE".contains($0) }
        let areNumbers = parts.allSatisfy {
            $0.allSatisfy("+-0123456789".contains) && $0.last?.isNumber == true
        }
        return parts.count > 1 && areNumbers ? Double(token) : nil
    }
}
