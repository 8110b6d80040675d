/// The extent of string literals. Their values are made in Literals/.
extension Lexer {
    /// Any of the prefixes of one or two letters, in either case.
    static func isStringPrefix(_ prefix: ArraySlice<UInt8>) -> Bool {
        var seen: UInt8 = 0
        for byte in prefix {
            let bit: UInt8
            switch byte | 0x20 {
            case UInt8(ascii: "r"): bit = 1
            case UInt8(ascii: "b"): bit = 2
            case UInt8(ascii: "f"): bit = 4
            case UInt8(ascii: "u"): bit = 8
            default: return false
            }
            if seen & bit != 0 { return false }
            seen |= bit
        }
        return seen & 8 == 0 && seen & 6 != 6 || seen == 8
    }

    /// A literal whose prefix starts at `start`; `at` is its first quote.
    mutating func string(from start: Int) {
        let quote = byte
        let firstLine = line
        let firstLineStart = lineStart
        let isTriple = byte(1) == quote && byte(2) == quote
        at += isTriple ? 3 : 1
        while true {
            let byte = self.byte
            if at >= end || byte == 0x0A && !isTriple {
                return unterminated(
                    start, line: firstLine, lineStart: firstLineStart, isTriple: isTriple)
            }
            at += 1
            if byte == quote {
                if !isTriple { break }
                if self.byte == quote && self.byte(1) == quote {
                    at += 2
                    break
                }
            } else if byte == UInt8(ascii: "\\") {
                if self.byte == 0x0A && at < end {
                    at += 1
                    startNextLine()
                } else if at < end {
                    at += 1
                }
            } else if byte == 0x0A {
                startNextLine()
            }
        }
        tokens.append(
            Token(
                kind: .string, level: UInt8(brackets.count), start: Int32(start), end: Int32(at),
                line: firstLine, column: Int32(start - firstLineStart), endLine: line,
                endColumn: Int32(at - lineStart)))
    }

    private mutating func unterminated(
        _ start: Int, line firstLine: Int32, lineStart: Int, isTriple: Bool
    ) {
        let atEnd = at >= end
        // A final newline starts no line of its own.
        let last = atEnd && at > start && bytes[at - 1] == 0x0A ? line - 1 : line
        error = .raised(
            isTriple
                ? "unterminated triple-quoted string literal (detected at line \(last))"
                : "unterminated string literal (detected at line \(last))", line: firstLine,
            lineStart: lineStart, at: start + 1)
        error?.isInString = atEnd
    }
}
