import Testing

/// The layer table of docs/architecture.md, as a fact about Package.swift and the import lines.
///
/// Arrows between modules go down only. A module that is not in the table fails the test: decide
/// where it belongs first.
@Suite struct LayerTests {
    /// What a framework module may depend on and import, beside `CHost` and the standard library.
    static let table: [String: Set<String>] = [
        "CHost": [],
        "CFFI": [],
        "CForeign": [],
        "Observe": [],
        "ManagedHeap": ["Observe"],
        "Quanta": ["ManagedHeap", "Observe"],
        "GILBackend": ["Quanta", "ManagedHeap", "Observe"],
        "STMBackend": ["Quanta", "ManagedHeap", "Observe"],
        "SerialBackend": ["Quanta", "ManagedHeap", "Observe"],
        "Gateway": ["Quanta", "ManagedHeap", "Observe", "CFFI", "CForeign"],
        "InterpreterKit": [
            "Quanta", "ManagedHeap", "Observe", "GILBackend", "STMBackend", "SerialBackend",
            "Gateway",
        ],
        "Launcher": ["InterpreterKit", "ArgumentParser"],
        "InterpreterTestKit": ["InterpreterKit", "STMBackend"],
    ]

    let manifest: Manifest
    init() throws { manifest = try Manifest.shared.get() }

    /// What `target` may use, or nil for what no rule covers (tests, plugins).
    func allowed(_ target: Manifest.Target) -> Set<String>? {
        if target.isTest || target.isPlugin || target.folder.hasPrefix("Tests/") { return nil }
        if target.folder.hasPrefix("Sources/") && !target.isExecutable {
            return LayerTests.table[target.name]?.union(["CHost"])
        }
        // A language: the kit, and other modules of the same language.
        let home = target.folder.split(separator: "/").prefix(2).joined(separator: "/") + "/"
        let siblings = manifest.targets.filter { $0.folder.hasPrefix(home) && !$0.isExecutable }
        let own = Set(siblings.map(\.name)).union(["InterpreterKit"])
        if !target.isExecutable { return own }
        let languages = manifest.targets.filter { isLanguage($0) }
        return own.union(languages.map(\.name)).union(["Launcher", "ArgumentParser"])
    }
    func isLanguage(_ target: Manifest.Target) -> Bool {
        !target.folder.hasPrefix("Sources/") && !target.isTest && !target.isExecutable
            && !target.isPlugin
    }

    @Test func everyFrameworkModuleIsInTheTable() {
        for target in manifest.targets where target.folder.hasPrefix("Sources/") {
            if target.isExecutable || target.isTest || target.isPlugin { continue }
            #expect(LayerTests.table[target.name] != nil, "\(target.name) has no layer")
        }
    }

    @Test func dependenciesGoDown() {
        for target in manifest.targets {
            guard let allowed = allowed(target) else { continue }
            let wrong = target.dependencies.subtracting(allowed)
            #expect(wrong.isEmpty, "\(target.name) may not depend on \(wrong.sorted())")
        }
    }

    /// The package manager lets a file import what its target only reaches indirectly.
    @Test func importsGoDown() throws {
        let system: Set = ["Swift", "Glibc", "Synchronization", "FoundationEssentials"]
        for target in manifest.targets {
            guard let allowed = allowed(target)?.union(system) else { continue }
            for file in Checkout.swiftFiles(in: target.folder) {
                let wrong = Set(try SourceFile(file).imports).subtracting(allowed)
                #expect(wrong.isEmpty, "\(file) may not import \(wrong.sorted())")
            }
        }
    }

    /// The table in the text says the same as the table above.
    @Test func architecturePageNamesEveryModule() throws {
        let page = try Checkout.text(of: "docs/architecture.md")
        for target in manifest.targets where LayerTests.table[target.name] != nil {
            #expect(page.contains(target.name), "docs/architecture.md lacks \(target.name)")
        }
    }
}
