import InterpreterKit

/// Program text as the lexer wants it: UTF-8, lines ended by `\n`, and byte 0 after the last one.
///
/// Offsets and columns everywhere below count bytes of this text, which differs from the file where
/// the file has a byte order mark, other line ends or another encoding.
struct SourceText {
    /// With the final 0.
    let bytes: [UInt8]
    /// Without the final 0.
    let count: Int

    /// - Parameter addsNewline: end the last line when the text does not.
    init(_ source: Source, _ origin: SourceOrigin, addsNewline: Bool) throws(PythonSyntaxError) {
        var text = try SourceText.decode(source, origin)
        if text.contains(0x0D) { text = SourceText.withPlainNewlines(text) }
        if addsNewline && text.last != 0x0A && !text.isEmpty { text.append(0x0A) }
        count = text.count
        let null = text.firstIndex(of: 0)
        text.append(0)
        bytes = text
        if let null { throw nullByte(at: null, origin) }
    }

    /// Text made up for a message.
    init(bytes: [UInt8]) {
        self.bytes = bytes
        count = bytes.count
    }

    private func nullByte(at offset: Int, _ origin: SourceOrigin) -> PythonSyntaxError {
        if origin != .file {
            return .init(.syntaxError, "source code string cannot contain null bytes")
        }
        let number = bytes[..<offset].reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
        let start = line(number).lowerBound
        return .init(
            .syntaxError, "source code cannot contain null bytes", line: number,
            offset: offset - start + 1, endLine: number, text: string(start, offset))
    }

    /// `\r\n` and `\r` become `\n`.
    private static func withPlainNewlines(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var i = 0
        while i < text.count {
            if text[i] == 0x0D {
                result.append(0x0A)
                if i + 1 < text.count && text[i + 1] == 0x0A { i += 1 }
            } else {
                result.append(text[i])
            }
            i += 1
        }
        return result
    }

    func string(_ start: Int, _ end: Int) -> String {
        String(decoding: bytes[max(0, start)..<max(start, min(end, count))], as: UTF8.self)
    }

    /// Where line `number`, from 1, starts, and where its newline is.
    func line(_ number: Int) -> Range<Int> {
        var start = 0
        var line = 1
        while line < number, start < count {
            if bytes[start] == 0x0A { line += 1 }
            start += 1
        }
        return start..<lineEnd(after: start)
    }
    /// Of the newline that ends the line of `offset`.
    func lineEnd(after offset: Int) -> Int {
        var end = offset
        while end < count && bytes[end] != 0x0A { end += 1 }
        return end
    }

    /// A column in bytes, from 1, as one in characters. At most one past the end; 0 and -1 stay.
    func characters(upTo column: Int, in line: Range<Int>) -> Int {
        if column <= 0 { return column }
        var count = 1
        var i = line.lowerBound
        let end = line.lowerBound + min(column - 1, line.count)
        while i < end {
            if bytes[i] & 0xC0 != 0x80 { count += 1 }
            i += 1
        }
        // A column inside a character is that of the character.
        if i < line.upperBound && bytes[i] & 0xC0 == 0x80 { count -= 1 }
        return count
    }
}
