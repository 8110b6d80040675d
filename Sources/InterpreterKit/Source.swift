/// Guest program text, with a name for messages.
public struct Source: Sendable {
    public let name: String
    /// UTF-8. Invalid sequences are kept; languages work on bytes.
    public let bytes: [UInt8]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
    public init(name: String, text: String) { self.init(name: name, bytes: Array(text.utf8)) }

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Line and column, from 1, of the byte at `offset`. Columns count Unicode scalars.
    public func position(at offset: Int) -> (line: Int, column: Int) {
        let end = min(offset, bytes.count)
        var line = 1
        var start = 0
        for i in 0..<end where bytes[i] == 0x0A {
            line += 1
            start = i + 1
        }
        return (line, String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars.count + 1)
    }

    /// The offset of the byte `column` bytes into line `line`, from 1; at most the end of the text.
    public func offset(ofLine line: Int, column: Int) -> Int {
        var start = 0
        for _ in 1..<max(1, line) {
            guard let end = bytes[start...].firstIndex(of: 0x0A) else { return bytes.count }
            start = end + 1
        }
        return min(bytes.count, start + max(0, column))
    }

    /// The text of line `number`, from 1, without its end.
    public func line(_ number: Int) -> String {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        guard number >= 1 && number <= lines.count else { return "" }
        var line = lines[number - 1]
        if line.last == 0x0D { line = line.dropLast() }
        return String(decoding: line, as: UTF8.self)
    }
}
