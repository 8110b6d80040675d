import ManagedHeap

/// A `.bindings` file: which functions of which libraries a program wants, as declarations.
///
/// ```text
/// # math.bindings
/// library libm.so.6 libm.so      # the first that can be opened
/// pure    double sqrt(double x)
///
/// library process                # what is already linked in
/// atomic  int usleep(unsigned microseconds);
/// ```
/// One declaration a line; `#` starts a comment.
public struct Bindings: Sendable {
    public struct Section: Sendable {
        public let library: Library.Name
        public fileprivate(set) var declarations: [Declaration]
    }
    /// In the order of the file, one for each `library` line.
    public private(set) var sections: [Section] = []

    /// Parses a whole file. Throws with everything that is wrong in it, not only the first.
    public init(_ text: String) throws(BindingsError) {
        var problems: [BindingsError.Problem] = []
        var number = 0
        var offset = 0
        for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let content = String(decoding: Bindings.withoutComment(line), as: UTF8.self)
            do throws(DeclarationError) {
                try read(content)
            } catch {
                problems.append(.init(line: number, offset: offset, error: error))
            }
            offset += line.count + 1
        }
        if !problems.isEmpty { throw BindingsError(problems: problems) }
    }

    /// Libraries with these declarations; nothing is opened yet.
    public func libraries(
        strings: Shape = .bytes, policy: GatewayPolicy = .allowAll
    ) -> [Library] {
        sections.map {
            Library($0.library, $0.declarations, strings: strings, policy: policy)
        }
    }

    private mutating func read(_ line: String) throws(DeclarationError) {
        let words = line.split { " \t\r".contains($0) }
        guard let first = words.first else { return }
        let range = Bindings.range(of: first, in: line)
        if first == "library" {
            guard words.count > 1 else {
                throw DeclarationError(
                    message: "'library' needs a name, or 'process'", text: line, range: range)
            }
            let names = words.dropFirst().map(String.init)
            let library = names == ["process"] ? Library.Name.process : Library.Name(names)
            sections.append(Section(library: library, declarations: []))
            return
        }
        let declaration = try Declaration(line)
        guard !sections.isEmpty else {
            throw DeclarationError(
                message: "a 'library' line must come before the first declaration", text: line,
                range: range)
        }
        if sections[sections.count - 1].declarations.contains(where: { $0.name == declaration.name }
        ) {
            throw DeclarationError(
                message: "'\(declaration.name)' is declared twice", text: line, range: range)
        }
        sections[sections.count - 1].declarations.append(declaration)
    }

    /// Up to the first `#` outside quotes.
    private static func withoutComment(_ line: Substring.UTF8View) -> Substring.UTF8View {
        var quoted = false
        for i in line.indices {
            if line[i] == UInt8(ascii: "\"") { quoted.toggle() }
            if line[i] == UInt8(ascii: "#") && !quoted { return line[..<i] }
        }
        return line
    }
    private static func range(of word: Substring, in line: String) -> Range<Int> {
        let start = line.utf8.distance(from: line.startIndex, to: word.startIndex)
        return start..<(start + word.utf8.count)
    }
}

/// What is wrong in a `.bindings` file.
public struct BindingsError: Error, Sendable, CustomStringConvertible {
    public struct Problem: Sendable {
        /// From 1.
        public let line: Int
        /// Bytes before the line.
        let offset: Int
        /// Message, with a range in the line.
        public let error: DeclarationError
        /// The place as bytes of the file.
        public var range: Range<Int> {
            (offset + error.range.lowerBound)..<(offset + error.range.upperBound)
        }
    }
    /// At least one, in the order of lines.
    public let problems: [Problem]

    public var description: String {
        problems.map { "line \($0.line): \($0.error)" }.joined(separator: "\n")
    }
}
