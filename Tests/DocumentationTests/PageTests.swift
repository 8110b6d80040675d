import Foundation
import Testing

/// The documents say what the tree says.
@Suite struct PageTests {
    /// Swift in documents is not written for them: each block is a piece of a file that the build
    /// compiles. So is any block that says where it comes from. A line `// ...` stands for lines left out.
    @Test(arguments: Page.all) func swiftComesFromCompiledFiles(_ page: Page) throws {
        for block in try page.blocks() {
            guard let origin = block.origin else {
                if block.language != "swift" { continue }
                Issue.record("\(block): a line '<!-- from: FILE -->' is missing before the block")
                continue
            }
            let file = try Page(path: origin).lines()
            var place = 0
            for part in block.lines.split(whereSeparator: { $0.trimmed == "// ..." }) {
                let part = part.drop { $0.trimmed.isEmpty }.reversedDrop { $0.trimmed.isEmpty }
                let found = find(Array(part), in: file, from: place)
                #expect(found != nil, "\(block): not in \(origin): \(part.first ?? "")")
                place = found ?? place
            }
        }
    }

    /// Where `part` begins in `file`, indented as a whole by any amount.
    private func find(_ part: [Substring], in file: [Substring], from start: Int) -> Int? {
        if part.isEmpty || part.count > file.count { return start }
        return (start...(file.count - part.count)).first { i in
            let shift = file[i].indentation - part[0].indentation
            return zip(part, file[i...]).allSatisfy { ours, theirs in
                ours.trimmed == theirs.trimmed
                    && (ours.trimmed.isEmpty || theirs.indentation - ours.indentation == shift)
            }
        }
    }

    @Test(arguments: Page.all) func linksLeadSomewhere(_ page: Page) throws {
        for link in try page.links() {
            let exists = FileManager.default.fileExists(
                atPath: Page.root.appending(path: link).path)
            #expect(exists, "\(page): \(link)")
        }
    }

    /// Flags in documents are flags that Launcher has.
    @Test func flagsExist() throws {
        var known: Set<Substring> = []
        for folder in ["Sources/Launcher", "Interpreters", "Examples"] {
            let found = FileManager.default.enumerator(
                atPath: Page.root.appending(path: folder).path)
            for case let path as String in found ?? .init() where path.hasSuffix(".swift") {
                let text = try Page(path: "\(folder)/\(path)").lines().joined(separator: "\n")
                for match in text.matches(of: /var ([a-z][A-Za-z]*)|"([a-z][a-z-]*)"/) {
                    known.insert(match.1 ?? match.2 ?? "")
                }
            }
        }
        for page in Page.all {
            for line in try page.lines() where line.contains(/(mini|duhton|quanta|tally) .*--/) {
                for match in line.matches(of: /--([a-z][a-z-]+)/) {
                    let words = match.1.split(separator: "-")
                    let property = words.dropFirst().reduce(String(words[0])) {
                        $0 + $1.capitalized
                    }
                    let isKnown = known.contains(match.1) || known.contains(Substring(property))
                    #expect(isKnown || match.1 == "version", "\(page): --\(match.1)")
                }
            }
        }
    }
}

extension Substring {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
    fileprivate var indentation: Int { prefix { $0 == " " }.count }
}

extension Sequence {
    /// Without the elements at the end that satisfy `condition`.
    fileprivate func reversedDrop(while condition: (Element) -> Bool) -> [Element] {
        Array(reversed().drop(while: condition).reversed())
    }
}
