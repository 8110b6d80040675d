import Foundation

/// One Markdown file of the tree.
struct Page: CustomStringConvertible, Sendable {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every page for readers, as paths from the root.
    static let all: [Page] = {
        var paths = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        for folder in ["docs", "Interpreters", "Examples"] {
            let found = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
            for case let path as String in found ?? .init() where !path.contains(".build/") {
                if path.hasSuffix(".md") { paths.append("\(folder)/\(path)") }
            }
        }
        return paths.sorted().map(Page.init)
    }()

    let path: String
    var description: String { path }

    func lines() throws -> [Substring] {
        try String(contentsOf: Page.root.appending(path: path), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// A fenced block of code, with the comment in the line before it.
    struct Block: CustomStringConvertible {
        let language: String
        /// Of `<!-- from: PATH -->`: the file that contains the block's lines.
        let origin: String?
        let lines: [Substring]
        let description: String
    }

    func blocks() throws -> [Block] {
        var blocks: [Block] = []
        var open: (language: String, origin: String?, first: Int)?
        let lines = try lines()
        for (i, line) in lines.enumerated() where line.hasPrefix("```") {
            if let (language, origin, first) = open {
                blocks.append(
                    Block(
                        language: language, origin: origin, lines: Array(lines[first..<i]),
                        description: "\(path):\(first)"))
                open = nil
            } else {
                let before = i > 0 ? lines[i - 1] : ""
                let origin = before.firstMatch(of: /^<!-- from: (.+) -->$/).map { String($0.1) }
                open = (String(line.dropFirst(3)), origin, i + 1)
            }
        }
        return blocks
    }

    /// Targets of links to files of the tree, as paths from the root.
    func links() throws -> [String] {
        var found: [String] = []
        let folder = path.split(separator: "/").dropLast()
        for match in try lines().joined(separator: "\n").matches(of: /\]\(([^)\s]+)\)/) {
            let target = match.1.split(separator: "#", omittingEmptySubsequences: false)[0]
            if target.isEmpty || target.contains("://") { continue }
            var parts = Array(folder)
            for part in target.split(separator: "/") {
                if part == ".." { _ = parts.popLast() } else { parts.append(part) }
            }
            found.append(parts.joined(separator: "/"))
        }
        return found
    }
}
