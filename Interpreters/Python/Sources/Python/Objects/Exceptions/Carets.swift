import InterpreterKit
import PythonSyntax

/// The line of `~~~^^~~~` below a line of source.
enum Carets {
    /// The marks for `span` below `line`, which begins in column 0 of the marks once its indentation is
    /// taken away. Nil when they would say nothing: the span is the whole line, or unknown.
    static func below(_ line: ArraySlice<UInt8>, _ span: Span) -> [UInt8]? {
        guard span.column >= 0, span.endColumn >= 0, span.line > 0, span.endLine >= span.line
        else { return nil }
        let bytes = Array(line)
        let indentation = bytes.prefix { isSpace($0) }.count
        let start = characters(bytes, Int(span.column))
        let total = characters(bytes, bytes.count)
        var end: Int
        var anchors: (left: Int, right: Int)?
        if span.line == span.endLine {
            end = characters(bytes, Int(span.endColumn))
            let (from, to) = (
                min(Int(span.column), bytes.count), min(Int(span.endColumn), bytes.count)
            )
            if from < to {
                let segment = Array(bytes[from..<to])
                anchors = self.anchors(in: segment).map {
                    (start + characters(segment, $0.left), start + characters(segment, $0.right))
                }
            }
        } else {
            // Only the first line of a longer expression is shown, to its last character.
            end = bytes.count
            while end > 0 && isSpace(bytes[end - 1]) { end -= 1 }
            end = characters(bytes, end)
        }
        if end <= start { return nil }
        if end - start == total - indentation && anchors == nil { return nil }
        var marks = [UInt8](repeating: 0x20, count: max(0, start - indentation))
        for i in max(start, indentation)..<max(end, indentation) {
            let isPlain = anchors.map { i < $0.left || i >= $0.right } ?? false
            marks.append(isPlain ? 0x7E : 0x5E)
        }
        return marks
    }
    private static func isSpace(_ c: UInt8) -> Bool { c == 0x20 || c == 0x09 || c == 0x0C }
    /// Code points in the first `count` bytes.
    private static func characters(_ bytes: [UInt8], _ count: Int) -> Int {
        bytes.prefix(max(0, count)).count { $0 & 0xC0 != 0x80 } + max(0, count - bytes.count)
    }

    /// Which bytes of an expression are what failed: the operator of `a + b`, the brackets and index
    /// of `a[b]`. Nil for all others.
    static func anchors(in segment: [UInt8]) -> (left: Int, right: Int)? {
        guard
            let module = try? parse(Source(name: "<segment>", bytes: segment), mode: .file),
            module.body.count == 1, case .expr(let value) = module.body[0].kind
        else { return nil }
        switch value.kind {
        case .binOp(let left, _, let right):
            let end = min(Int(right.span.column), segment.count)
            guard left.span.endLine == 1, right.span.line == 1 else { return nil }
            var i = Int(left.span.endColumn)
            var found: (left: Int, right: Int)?
            while i < end {
                if !isSpace(segment[i]) {
                    let isDouble = i + 1 < end && !isSpace(segment[i + 1])
                    found = (i, isDouble ? i + 2 : i + 1)
                    if !(i + 1 < end && segment[i] == 0x29) { return found }
                }
                i += 1
            }
            return found
        case .subscript(let value, let slice, _):
            guard value.span.endLine == 1, slice.span.endLine == 1 else { return nil }
            return (Int(value.span.endColumn), Int(slice.span.endColumn) + 1)
        default: return nil
        }
    }
}
