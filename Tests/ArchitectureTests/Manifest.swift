import Foundation

/// Targets as Package.swift declares them.
struct Manifest {
    struct Target {
        let name: String
        let isExecutable: Bool
        let isTest: Bool
        let isPlugin: Bool
        let folder: String
        let dependencies: Set<String>
    }
    let targets: [Target]

    /// Package.swift of this checkout, evaluated once.
    static let shared = Result { try load() }

    /// The scratch folder is its own because `swift test` holds the other.
    private static func load() throws -> Manifest {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "quanta-manifest").path
        let json = try Checkout.output(
            of: "swift", "package", "--scratch-path", scratch, "dump-package")
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        let targets = object?["targets"] as? [[String: Any]] ?? []
        return Manifest(targets: targets.map(target))
    }

    func target(_ name: String) -> Target? { targets.first { $0.name == name } }

    private static let defaultFolders = ["test": "Tests", "plugin": "Plugins"]

    private static func target(_ fields: [String: Any]) -> Target {
        let name = fields["name"] as? String ?? ""
        let type = fields["type"] as? String ?? ""
        let dependencies = fields["dependencies"] as? [[String: Any]] ?? []
        return Target(
            name: name, isExecutable: type == "executable", isTest: type == "test",
            isPlugin: type == "plugin",
            folder: fields["path"] as? String ?? defaultFolders[type, default: "Sources"] + "/"
                + name,
            // Each is `{"byName": [NAME, condition]}`, or `product` or `target` in its place.
            dependencies: Set(
                dependencies.compactMap { ($0.values.first as? [Any])?.first as? String }))
    }
}
