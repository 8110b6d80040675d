import InterpreterKit

/// Quotes and escapes: what `repr` makes of text and bytes.
extension StringBuilder {
    /// `repr` of a `str`.
    mutating func append(reprOf view: StringView) {
        let n = view.count
        var hasSingle = false
        var hasDouble = false
        var isPlain = true
        if view.isASCII {
            let p = view.bytes
            for i in 0..<n {
                let c = p[i]
                if c < 0x20 || c == 0x5C || c == 0x7F { isPlain = false }
                if c == 0x27 { hasSingle = true }
                if c == 0x22 { hasDouble = true }
            }
        } else {
            isPlain = false
            for i in 0..<n {
                let c = view[i]
                if c == 0x27 { hasSingle = true }
                if c == 0x22 { hasDouble = true }
            }
        }
        let quote: UInt32 = hasSingle && !hasDouble ? 0x22 : 0x27
        append(quote)
        if isPlain && !(hasSingle && hasDouble) {
            append(view)
        } else {
            for i in 0..<n {
                let c = view[i]
                if c == quote || c == 0x5C {
                    append(0x5C)
                    append(c)
                } else if c < 0x20 || c == 0x7F {
                    append(control: c)
                } else if c < 0x7F || CodePoint.isPrintable(c) {
                    append(c)
                } else {
                    append(escape: c)
                }
            }
        }
        append(quote)
    }
    /// `repr` of `bytes`; that of a `bytearray` escapes every single quote.
    mutating func append(
        reprOf bytes: UnsafeBufferPointer<UInt8>, escapesSingleQuotes: Bool = false
    ) {
        let hasSingle = bytes.contains(0x27)
        let quote: UInt32 = hasSingle && !bytes.contains(0x22) ? 0x22 : 0x27
        append(0x62)
        append(quote)
        for b in bytes {
            let c = UInt32(b)
            if c == quote || c == 0x5C || c == 0x27 && escapesSingleQuotes {
                append(0x5C)
                append(c)
            } else if c >= 0x20 && c < 0x7F {
                append(c)
            } else {
                append(control: c)
            }
        }
        append(quote)
    }
    private mutating func append(control c: UInt32) {
        switch c {
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        default:
            append("\\x")
            append(hex: UInt(c), digits: 2)
        }
    }
    /// `\xe9`, `\u20ac` or `\U0001f600`.
    mutating func append(escape c: UInt32) {
        append(c < 0x100 ? "\\x" : c < 0x10000 ? "\\u" : "\\U")
        append(hex: UInt(c), digits: c < 0x100 ? 2 : c < 0x10000 ? 4 : 8)
    }
}
