/// One Swift file, as the text rules see it.
struct SourceFile {
    let path: String
    let lines: [Substring]

    init(_ path: String) throws {
        self.path = path
        lines = try Checkout.text(of: path).split(
            separator: "\n", omittingEmptySubsequences: false)
    }

    /// Imported modules; of `import struct A.B` it is A.
    var imports: [String] {
        lines.compactMap { line in
            var words = line.split(separator: " ")
            while let first = words.first, first.hasPrefix("@") || access.contains(first) {
                words.removeFirst()
            }
            guard words.first == "import", words.count > 1 else { return nil }
            let module = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
            return module.split(separator: ".").first.map(String.init)
        }
    }

    /// Numbered lines with comments and string literals blanked: what the compiler obeys.
    var code: [(number: Int, text: String)] {
        lines.enumerated().map { ($0 + 1, SourceFile.code(of: $1)) }
    }

    private static func code(of line: Substring) -> String {
        var result = ""
        var inString = false
        var previous: Character = " "
        for character in line {
            if !inString && character == "/" && previous == "/" { return String(result.dropLast()) }
            if character == "\"" && previous != "\\" { inString.toggle() }
            if !inString { result.append(character) }
            previous = character
        }
        return result
    }

    private var access: Set<Substring> { ["public", "package", "internal", "private"] }
    private var kinds: Set<Substring> {
        ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    }
}
