import Glibc
import InterpreterKit

/// Declarations with effects, as the attributes in a C header suggest them. A compiler's `const` is ours; its `pure`
/// may read what it likes, so it is our `reads`; what `free` takes back can be undone. Everything else is for
/// people, or an audit, to decide.
struct HeaderProposal {
    /// Type names that the declarations need.
    private(set) var definitions: [String] = []
    private(set) var declarations: [String] = []
    /// Functions that were asked for and cannot be declared, with reasons.
    private(set) var refused: [(name: String, reason: String)] = []

    private var typedefs: [String: String] = [:]
    private var defined: Set<String> = []
    private var seen: Set<String> = []
    /// The header says which functions neither block nor call back.
    private let marksNothrow: Bool

    /// - Parameters:
    ///   - text: a header, preprocessed.
    ///   - names: functions wanted; all if empty.
    init(_ text: String, _ names: [String]) {
        marksNothrow = text.contains("__nothrow__")
        for statement in HeaderProposal.statements(of: text) { read(statement, names) }
        for name in names where !seen.contains(name) {
            refused.append((name, "no such function"))
        }
    }

    // MARK: C

    /// Words and punctuation of each declaration at the top level, without bodies of functions.
    private static func statements(of text: String) -> [[String]] {
        var statements: [[String]] = []
        var statement: [String] = []
        var depth = 0
        var hasBody = false
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            for word in words(of: line) {
                statement.append(word)
                switch word {
                case "{":
                    // A body follows the parameters or their attributes; a struct's members do not.
                    hasBody = hasBody || depth == 0 && statement.dropLast().last == ")"
                    depth += 1
                case "(", "[": depth += 1
                case ")", "]": depth -= 1
                case "}":
                    depth -= 1
                    if depth == 0 && hasBody {
                        statement = []
                        hasBody = false
                    }
                case ";" where depth == 0:
                    statements.append(statement)
                    statement = []
                default: break
                }
            }
        }
        return statements
    }
    private static func words(of line: Substring) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        var isQuoted = false
        func end() {
            if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
            word = []
        }
        for byte in line.utf8 {
            let isLetter =
                byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte == 0x5F
                || byte >= 0x30 && byte <= 0x39
            if isQuoted || byte == UInt8(ascii: "\"") {
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                word.append(byte)
            } else if isLetter || byte == UInt8(ascii: ".") {
                word.append(byte)
            } else {
                end()
                if byte > 0x20 { words.append(String(UnicodeScalar(byte))) }
            }
        }
        end()
        return words
    }

    private mutating func read(_ statement: [String], _ names: [String]) {
        var words: [String] = []
        var attributes: [[String]] = []
        var rest = statement[...]
        while let word = rest.popFirst() {
            switch word {
            case "extern", "__extension__", "__inline", "inline", "_Noreturn": continue
            case "__restrict", "restrict", "__restrict__": continue
            case ";" where rest.isEmpty: continue
            case "__attribute__": attributes.append(group(&rest))
            case "__asm__", "asm": _ = group(&rest)
            default: words.append(HeaderProposal.unadorned(word))
            }
        }
        if words.first == "typedef", words.count > 2 {
            // The name of a pointer to a function is in the middle: ( * name ) ( ... )
            let star = words.indices.first { words[$0] == "*" && words[$0 - 1] == "(" }
            typedefs[star.map { words[$0 + 1] } ?? words.last!] = words.joined(separator: " ")
            return
        }
        guard let open = words.firstIndex(of: "("), open >= 2, words.last == ")",
            words.first != "static", words[open - 1].utf8.first.map(isLetter) == true,
            !words[..<open].contains("=")
        else { return }
        let name = words[open - 1]
        if !names.isEmpty && !names.contains(name) || !seen.insert(name).inserted { return }
        propose(name, words, attributes.flatMap { $0 })
    }
    private func isLetter(_ byte: UInt8) -> Bool { byte > 0x40 }
    /// What follows in brackets, without them.
    private func group(_ rest: inout ArraySlice<String>) -> [String] {
        var words: [String] = []
        var depth = 0
        while let word = rest.popFirst() {
            if word == "(" { depth += 1 }
            if word == ")" { depth -= 1 }
            words.append(HeaderProposal.bare(word))
            if depth == 0 { break }
        }
        return words
    }
    /// `__nothrow__` is `nothrow`.
    private static func bare(_ word: String) -> String {
        var word = word[...]
        while word.hasPrefix("_") { word.removeFirst() }
        while word.hasSuffix("_") { word.removeLast() }
        return String(word)
    }
    /// Keywords of compilers are those of C.
    private static func unadorned(_ word: String) -> String {
        switch word {
        case "__const": "const"
        case "__signed__", "__signed": "signed"
        case "_Bool": "bool"
        default: word
        }
    }

    // MARK: ours

    private mutating func propose(_ name: String, _ words: [String], _ attributes: [String]) {
        if attributes.contains("noreturn") { return refused.append((name, "does not return")) }
        let isFreed =
            attributes.contains(["malloc", "(", "free"])
            || attributes.contains(["malloc", "(", "builtin_free"])
        let effect =
            attributes.contains("const")
            ? "const"
            : attributes.contains("pure")
                ? "reads" : isFreed ? "undo: free($result)" : "arbitrary"
        let prototype = spelled(words)
        var problem = define(for: "\(effect) \(prototype)")
        if problem == nil {
            return declarations.append("\(effect) \(prototype);\(doubt(effect, attributes))")
        }
        // For another reason than what it calls back or returns?
        problem = define(for: "arbitrary \(prototype)")
        if let problem { return refused.append((name, problem)) }
        declarations.append("arbitrary \(prototype);")
    }
    /// What a reader should find out.
    private func doubt(_ effect: String, _ attributes: [String]) -> String {
        switch effect {
        case "reads": "  # 'pure' if it reads no locale and the like"
        case "arbitrary" where attributes.contains("malloc"):
            "  # 'undo: free($result)' if free() takes it back"
        case "arbitrary" where marksNothrow && !attributes.contains("nothrow"):
            "  # may block or call back"
        default: ""
        }
    }
    /// Adds the type names that the declaration needs; says what is wrong with it otherwise.
    private mutating func define(for declaration: String) -> String? {
        var needed: [String] = []
        for _ in 0..<16 {
            let scope = (definitions + needed).joined(separator: "\n")
            do {
                _ = try Declaration("\(scope)\n\(declaration)")
                definitions += needed
                return nil
            } catch {
                let words = "\(error)".split(separator: "'", omittingEmptySubsequences: false)
                guard words.count > 2, words[0] == "unknown type ",
                    let definition = typedefs[String(words[1])],
                    defined.insert(String(words[1])).inserted
                else { return "\(error)".split(separator: "\n").first.map(String.init) }
                needed.insert(definition + ";", at: 0)
            }
        }
        return "its types lead too far"
    }
    private func spelled(_ words: [String]) -> String {
        var text = ""
        for word in words {
            let isTight =
                text.isEmpty || text.hasSuffix("(") || text.hasSuffix("*") || text.hasSuffix("[")
            let sticks = [")", ",", "]", "[", "("].contains(word)
            let isName = word.hasPrefix("__") && typedefs[word] == nil && text.contains("(")
            text += (isTight || sticks ? "" : " ") + (isName ? HeaderProposal.bare(word) : word)
        }
        return text
    }
}
