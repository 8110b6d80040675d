import ManagedHeap

/// A `.bindings` file: which functions of which libraries a program wants, as declarations.
///
/// ```text
/// # math.bindings
/// header  math.h                 # where C programs find them
/// library libm.so.6 libm.so      # the first that can be opened
/// pure    double sqrt(double x)
///
/// library process                # what is already linked in
/// atomic  int usleep(unsigned microseconds);
/// ```
/// One declaration a line, or over several while a bracket is open; `#` starts a comment. Types are known
/// from their definition to the end of the file.
public struct Bindings: Sendable {
    public struct Section: Sendable {
        public let library: Library.Name
        public fileprivate(set) var declarations: [Declaration]
    }
    /// In the order of the file, one for each `library` line.
    public private(set) var sections: [Section] = []
    /// C headers that declare the same, as `header` lines name them.
    public private(set) var headers: [String] = []
    /// The types that it defines.
    public private(set) var types = TypeScope()
    /// Values of enum constants.
    public var constants: [String: Int] { types.constants }

    /// Parses a whole file. Throws with everything that is wrong in it, not only the first.
    public init(_ text: String) throws(BindingsError) {
        var problems: [BindingsError.Problem] = []
        var number = 0
        var offset = 0
        var scope = TypeScope()
        // A declaration goes on to the next line while brackets are open.
        var open: (text: String, line: Int, offset: Int, depth: Int)?
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        for line in lines {
            number += 1
            let content = Bindings.withoutComment(line)
            var part = open ?? ("", number, offset, 0)
            part.text += String(decoding: content, as: UTF8.self)
            part.depth += Bindings.depth(content)
            open = nil
            if part.depth > 0 && number < lines.count {
                // Comments become blanks, so that places stay what they are.
                part.text += String(repeating: " ", count: line.count - content.count) + "\n"
                open = part
            } else {
                do throws(DeclarationError) {
                    try read(part.text, &scope)
                } catch {
                    problems.append(.init(line: part.line, offset: part.offset, error: error))
                }
            }
            offset += line.count + 1
        }
        types = scope
        if !problems.isEmpty { throw BindingsError(problems: problems) }
    }

    /// Libraries with these declarations; nothing is opened yet.
    public func libraries(
        strings: Shape = .bytes, policy: GatewayPolicy = .allowAll, calls: GuestCalls? = nil,
        integers: WideIntegers? = nil
    ) -> [Library] {
        sections.map {
            Library(
                $0.library, $0.declarations, strings: strings, policy: policy, calls: calls,
                integers: integers)
        }
    }

    private mutating func read(
        _ text: String, _ scope: inout TypeScope
    ) throws(DeclarationError) {
        let words = text.split { " \t\r\n".contains($0) }
        guard let first = words.first else { return }
        let range = Bindings.range(of: first, in: text)
        if first == "library" {
            guard words.count > 1 else {
                throw DeclarationError(
                    message: "'library' needs a name, or 'process'", text: text, range: range)
            }
            let names = words.dropFirst().map(String.init)
            sections.append(Section(library: Library.Name(names), declarations: []))
            return
        }
        if first == "header" {
            headers += words.dropFirst().map(String.init)
            return
        }
        guard let declaration = try Declaration.parse(text, in: &scope) else { return }
        guard !sections.isEmpty else {
            throw DeclarationError(
                message: "a 'library' line must come before the first declaration", text: text,
                range: range)
        }
        if sections[sections.count - 1].declarations.contains(where: { $0.name == declaration.name }
        ) {
            throw DeclarationError(
                message: "'\(declaration.name)' is declared twice", text: text, range: range)
        }
        sections[sections.count - 1].declarations.append(declaration)
    }

    /// Brackets that a line opens and does not close.
    private static func depth(_ line: Substring.UTF8View) -> Int {
        var quoted = false
        var depth = 0
        for byte in line {
            if byte == UInt8(ascii: "\"") { quoted.toggle() }
            if quoted { continue }
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: "}") || byte == UInt8(ascii: ")") { depth -= 1 }
        }
        return depth
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
