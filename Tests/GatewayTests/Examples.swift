import Foundation

/// The text of a file in Examples.
func exampleText(_ name: String) throws -> String {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Examples/\(name)")
    return try String(contentsOf: path, encoding: .utf8)
}
