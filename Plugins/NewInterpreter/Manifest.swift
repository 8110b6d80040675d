import Foundation

/// Quanta's own Package.swift, as text with places for new products and targets.
struct Manifest {
    private static let productMarker = "// new-interpreter: programs of new languages go above."
    private static let targetMarker = "// new-interpreter: targets of new languages go above."

    private let file: URL
    init(_ package: URL) { file = package.appending(path: "Package.swift") }

    /// Adds both or nothing.
    func insert(products: [String], targets: [String]) throws {
        var lines = try String(contentsOf: file, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        try insert(targets, above: Manifest.targetMarker, into: &lines)
        try insert(products, above: Manifest.productMarker, into: &lines)
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
    }

    private func insert(
        _ new: [String], above marker: String, into lines: inout [String]
    ) throws {
        let place = lines.firstIndex { $0.trimmingCharacters(in: .whitespaces) == marker }
        guard let place else {
            throw Refusal("Package.swift has lost the line '\(marker)'; put it back first")
        }
        lines.insert(contentsOf: new, at: place)
    }
}
