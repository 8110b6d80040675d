import InterpreterKit

/// What a guest program says about its own outcome, in comments on the lines that produce it.
///
/// | comment | means |
/// | --- | --- |
/// | `expect: TEXT` | the program prints this line, in the order of these comments |
/// | `expect unordered: TEXT` | it prints this line, at any time |
/// | `expect never: TEXT` | it does not print this line |
/// | `expect error: TEXT` | it fails with a message that contains this; behind code, here or in a call from here |
/// | `expect exit: N` | it ends itself with this status |
/// | `with: NAME=VALUE,...` | it is run only so; `threads`, `backend`, `seed` or an option of the language |
///
/// A program without any `expect` is run all the same: what it prints must not depend on backend or
/// schedule, up to the order of lines.
public struct Expectations: Sendable {
    public private(set) var ordered: [String] = []
    public private(set) var unordered: [String] = []
    public private(set) var never: [String] = []
    public private(set) var error: (message: String, line: Int?)?
    public private(set) var exit: Int32?
    /// Values for each name of a `with`.
    public private(set) var conditions: [String: [String]] = [:]

    public var isEmpty: Bool { !describesOutput && error == nil && exit == nil }
    private var describesOutput: Bool {
        !ordered.isEmpty || !unordered.isEmpty || !never.isEmpty
    }

    /// - Parameter marker: what begins a comment of the language.
    public init(of source: Source, marker: String) throws(Malformed) {
        let lines = source.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            let line = String(
                decoding: bytes.last == 0x0D ? bytes.dropLast() : bytes, as: UTF8.self)
            guard let (code, comment) = Expectations.comment(line[...], marker) else { continue }
            let isOwnLine = code.allSatisfy(\.isWhitespace)
            guard try add(comment, line: isOwnLine ? nil : index + 1) else {
                throw Malformed(
                    description: "\(source.name):\(index + 1): cannot read '\(comment)'")
            }
        }
    }

    /// A comment that looks like an expectation and is none.
    public struct Malformed: Error, CustomStringConvertible {
        public let description: String
    }

    /// The code and the directive of a line, if it has a directive.
    private static func comment(_ line: Substring, _ marker: String) -> (Substring, String)? {
        var rest = line
        while let at = rest.firstRange(of: marker) {
            let comment = String(rest[at.upperBound...].drop { $0 == " " })
            if comment.hasPrefix("expect") || comment.hasPrefix("with:") {
                return (line[..<at.lowerBound], comment)
            }
            rest = rest[at.upperBound...]
        }
        return nil
    }

    /// False when `comment` is not understood.
    private mutating func add(_ comment: String, line: Int?) throws(Malformed) -> Bool {
        guard let colon = comment.firstIndex(of: ":") else { return false }
        var text = comment[comment.index(after: colon)...]
        if text.first == " " { text.removeFirst() }
        switch comment[..<colon] {
        case "expect": ordered.append(String(text))
        case "expect unordered": unordered.append(String(text))
        case "expect never": never.append(String(text))
        case "expect error": error = (String(text), line)
        case "expect exit":
            guard let status = Int32(text) else { return false }
            exit = status
        case "with":
            for condition in text.split(separator: " ") {
                let parts = condition.split(separator: "=", maxSplits: 1)
                guard parts.count == 2 else { return false }
                conditions[String(parts[0])] = parts[1].split(separator: ",").map(String.init)
            }
        default: return false
        }
        return true
    }

    /// Nil when `output` is as expected, else a sentence that says what is not.
    ///
    /// Of a program that says only what it never prints, everything else may be printed.
    func mismatch(_ output: [Substring]) -> String? {
        if let line = output.first(where: { never.contains(String($0)) }) {
            return "the output contains '\(line)'"
        }
        if !never.isEmpty && ordered.isEmpty && unordered.isEmpty { return nil }
        var awaited = ordered[...]
        var missing: [String: Int] = [:]
        for line in unordered { missing[line, default: 0] += 1 }
        for (index, line) in output.enumerated() {
            if awaited.first.map({ $0 == line }) == true {
                awaited.removeFirst()
            } else if let count = missing[String(line)] {
                missing[String(line)] = count == 1 ? nil : count - 1
            } else {
                let next = awaited.first.map { "'\($0)'" } ?? "no more lines in order"
                return "line \(index + 1) of the output is '\(line)', expected \(next)"
            }
        }
        if let line = awaited.first { return "the output ends before '\(line)'" }
        if let line = missing.keys.min() { return "the output lacks '\(line)'" }
        return nil
    }
}
