import Foundation

/// Mini's folder, as something to copy.
struct Template {
    /// Of the package that holds it, for `.product(…, package:)`.
    let identity: String
    private let folder: URL
    /// Paths below `folder`, sorted.
    private let files: [String]

    /// Nil when there is no Mini at this place.
    init?(quanta: URL, identity: String = "") {
        self.identity = identity
        folder = quanta.appending(path: "Interpreters/Mini")
        let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
        guard let all, !all.isEmpty else { return nil }
        let folder = folder
        files = all.filter { path in
            var isFolder: ObjCBool = false
            let file = folder.appending(path: path).path
            return FileManager.default.fileExists(atPath: file, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }

    private func text(_ file: String) throws -> String {
        try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    }

    func mentions(_ word: String) -> Bool {
        files.contains { file in
            let words = try? text(file).split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            return words?.contains { $0 == word } ?? false
        }
    }

    func copy(to target: URL, _ renaming: Renaming) throws {
        for file in files {
            let copy = target.appending(path: renaming(file))
            try FileManager.default.createDirectory(
                at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
            try renaming(text(file)).write(to: copy, atomically: true, encoding: .utf8)
        }
    }

    /// The copy's targets: each folder in Sources is a module, one called `…Command` a program, and
    /// each folder in Tests tests.
    func targets(in folder: String, _ renaming: Renaming) throws -> [Target] {
        func target(_ kind: Target.Kind, _ path: String) throws -> Target {
            Target(
                kind: kind, name: renaming(String(path.split(separator: "/")[1])),
                path: "\(folder)/\(renaming(path))",
                imports: try imports(below: path + "/").map { renaming($0) })
        }
        let sources = modules(in: "Sources").sorted { !isCommand($0) && isCommand($1) }
        return try sources.map {
            try target(isCommand($0) ? .executableTarget : .target, "Sources/\($0)")
        }
            + modules(in: "Tests").map { try target(.testTarget, "Tests/\($0)") }
    }
    private func modules(in top: String) -> [String] {
        var modules: [String] = []
        for file in files where file.hasPrefix(top + "/") && file.hasSuffix(".swift") {
            let module = String(file.split(separator: "/")[1])
            if !modules.contains(module) { modules.append(module) }
        }
        return modules
    }
    private func isCommand(_ module: String) -> Bool { module.hasSuffix("Command") }

    /// Modules of packages that Swift files import; the toolchain's own are left out.
    private func imports(below prefix: String) throws -> [String] {
        var found: Set<String> = []
        for file in files where file.hasPrefix(prefix) && file.hasSuffix(".swift") {
            for line in try text(file).split(separator: "\n") where line.hasPrefix("import ") {
                found.insert(String(line.dropFirst("import ".count)))
            }
        }
        return found.subtracting(["Testing", "Foundation", "Glibc", "Synchronization"]).sorted()
    }
}

/// A target of the new interpreter.
struct Target {
    enum Kind: String { case target, executableTarget, testTarget }
    let kind: Kind
    let name: String
    let path: String
    let imports: [String]

    /// Modules that Quanta offers as products of the same name.
    private static let products: Set = ["InterpreterKit", "InterpreterTestKit", "Launcher"]

    /// As in Package.swift. `package`: what Quanta is called there, nil inside Quanta itself.
    func declaration(package: String?) -> String {
        let dependencies = imports.map { module in
            guard let package, Target.products.contains(module) else { return "\"\(module)\"" }
            return ".product(name: \"\(module)\", package: \"\(package)\")"
        }
        let settings = package == nil ? ", swiftSettings: strict" : ""
        return """
                    .\(kind)(
                        name: "\(name)",
                        dependencies: [\(dependencies.joined(separator: ", "))],
                        path: "\(path)"\(settings)),
            """
    }

    /// The program's line among the products, under the name that users type.
    func product(called name: String) -> String? {
        kind == .executableTarget
            ? "        .executable(name: \"\(name)\", targets: [\"\(self.name)\"])," : nil
    }
}

/// Mini's name, in both spellings, becomes another's. `minimum` stays what it is.
struct Renaming {
    let name: String
    init(to name: String) { self.name = name }

    func callAsFunction(_ text: String) -> String {
        // Simple boundaries: the default ones see no border in `sum.mini`.
        text.replacing(/\bMini(?![a-z])/.wordBoundaryKind(.simple), with: name)
            .replacing(/\bmini(?![a-z])/.wordBoundaryKind(.simple), with: name.lowercased())
    }
}
