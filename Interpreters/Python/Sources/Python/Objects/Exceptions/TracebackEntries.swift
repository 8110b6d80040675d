import InterpreterKit
import PythonSyntax

/// One line of a traceback: where a function was.
struct TracebackEntry {
    let file: String
    let line: Int
    let name: String
    /// What was being executed; lines from 1, columns in bytes.
    let span: Span
    let code: CodePointer
    let instruction: Int

    /// Tells recursion from progress.
    func isSamePlace(as other: TracebackEntry) -> Bool {
        line == other.line && code == other.code && name == other.name
    }
}

extension VM {
    /// The entries of a traceback, outermost first. Comprehensions that run in the frame around them
    /// have entries of their own.
    func entries(ofTraceback traceback: Value) -> [TracebackEntry] {
        var entries: [TracebackEntry] = []
        var at = traceback
        while at.isA(Kind.traceback) {
            let entry = at.reference
            append(
                self[entry, Traceback.code].code, self[entry, Traceback.instruction], to: &entries)
            at = self[entry, Traceback.next]
        }
        return entries
    }
    /// The entries of the frames from `walk` on, outermost first.
    func entries(ofStack walk: FrameWalk?) -> [TracebackEntry] {
        var entries: [TracebackEntry] = []
        guard var walk else { return [] }
        repeat {
            var here: [TracebackEntry] = []
            append(walk.code, walk.instruction, to: &here)
            entries += here.reversed()
        } while walk.goOut()
        return entries.reversed()
    }

    func append(
        _ code: CodePointer, _ instruction: Int, to entries: inout [TracebackEntry]
    ) {
        if code.pointee.flags.isHidden { return }
        let description = code.pointee.description.takeUnretainedValue()
        let line = Int32(description.firstLine)
        var span = Span(line: line, column: -1, endLine: line, endColumn: -1)
        if description.spans.indices.contains(instruction) { span = description.spans[instruction] }
        // From the innermost function outwards.
        var places: [(name: String, span: Span)] = []
        for inner in description.inlined
        where instruction >= inner.start && instruction < inner.end {
            places.append((inner.name, span))
            span = inner.span
        }
        places.append((description.name, span))
        for place in places.reversed() {
            entries.append(
                TracebackEntry(
                    file: description.source.name, line: Int(place.span.line), name: place.name,
                    span: place.span, code: code, instruction: instruction))
        }
    }
}

/// The lines of program texts, for showing them: each text is divided once.
struct SourceLines {
    private var known: [String: [Range<Int>]] = [:]

    /// The bytes of a line, without its end; nil for a text that is no file.
    mutating func line(_ entry: TracebackEntry) -> ArraySlice<UInt8>? {
        let source = entry.code.pointee.description.takeUnretainedValue().source
        if source.name.hasPrefix("<") && source.name.hasSuffix(">") { return nil }
        let lines = known[source.name] ?? SourceLines.divide(source.bytes)
        known[source.name] = lines
        guard lines.indices.contains(entry.line - 1),
            lines[entry.line - 1].upperBound <= source.bytes.count
        else { return nil }
        return source.bytes[lines[entry.line - 1]]
    }
    private static func divide(_ bytes: [UInt8]) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var i = start
        while i < bytes.count {
            let c = bytes[i]
            if c == 0x0A || c == 0x0D {
                lines.append(start..<i)
                if c == 0x0D && i + 1 < bytes.count && bytes[i + 1] == 0x0A { i += 1 }
                start = i + 1
            }
            i += 1
        }
        if start < bytes.count { lines.append(start..<bytes.count) }
        return lines
    }
}
