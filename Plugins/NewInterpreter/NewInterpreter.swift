import Foundation
import PackagePlugin

/// `swift package --allow-writing-to-package-directory new-interpreter NAME`
///
/// Copies Mini under a new name: sources, command, tests. The template is Mini itself, so what
/// newcomers get is what the tests of this package run. Inside Quanta the targets are added to
/// Package.swift; in a package that depends on Quanta the lines to add are printed.
@main
struct NewInterpreter: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) async throws {
        if arguments.isEmpty || arguments.contains("--help") || arguments.contains("-h") {
            print("USAGE: swift package --allow-writing-to-package-directory new-interpreter NAME")
            print("Makes an interpreter NAME, a copy of Mini to start from.")
            return
        }
        do {
            guard arguments.count == 1 else {
                throw Refusal("one name, please: new-interpreter NAME")
            }
            try make(arguments[0], in: context.package)
        } catch let refusal as Refusal {
            Diagnostics.error(refusal.message)
        }
    }

    private func make(_ name: String, in package: Package) throws {
        let name = try checked(name, in: package)
        let home = package.directoryURL
        let inQuanta = Template(quanta: home)
        let template = inQuanta ?? dependency(of: package)
        guard let template else {
            throw Refusal(
                "this package neither is Quanta nor depends on it: add it to `dependencies:`")
        }
        if template.mentions(name) {
            throw Refusal("'\(name)' is a name that the template uses itself; choose another")
        }
        let folder = inQuanta != nil ? "Interpreters/\(name)" : name
        let target = home.appending(path: folder)
        if FileManager.default.fileExists(atPath: target.path) {
            throw Refusal("\(folder) exists already")
        }
        let renaming = Renaming(to: name)
        let targets = try template.targets(in: folder, renaming)
        let products = targets.compactMap { $0.product(called: name.lowercased()) }
        if inQuanta != nil {
            try Manifest(home).insert(
                products: products, targets: targets.map { $0.declaration(package: nil) })
        }
        try template.copy(to: target, renaming)
        print("Made \(folder)")
        if inQuanta != nil {
            print("Added to Package.swift: \(targets.map(\.name).joined(separator: ", "))")
        } else {
            print("\nAdd to `products:` in Package.swift:\n")
            for product in products { print(product) }
            print("\nAdd to `targets:`:\n")
            for target in targets { print(target.declaration(package: template.identity)) }
        }
        print(
            """

            Next:
              swift test --filter \(name)
              swift run \(name.lowercased()) --help
              and read docs/writing-an-interpreter.md of Quanta
            """)
    }

    private func checked(_ name: String, in package: Package) throws -> String {
        let isIdentifier =
            name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            && name.first.map { $0.isUppercase } == true
        guard isIdentifier else {
            throw Refusal(
                "'\(name)' cannot be a module: use ASCII letters and digits, first a capital letter"
            )
        }
        if ["Any", "Self", "Type", "Protocol", "Swift"].contains(name) {
            throw Refusal("'\(name)' is a word of Swift")
        }
        let taken = package.targets.map(\.name) + package.products.map(\.name)
        for existing in taken where existing.lowercased() == name.lowercased() {
            throw Refusal("the package already has a target or product '\(existing)'")
        }
        return name
    }

    /// Mini in the first package this one depends on that has it.
    private func dependency(of package: Package) -> Template? {
        package.dependencies.lazy.map(\.package)
            .compactMap { Template(quanta: $0.directoryURL, identity: $0.id) }.first
    }
}

/// Why nothing was made.
struct Refusal: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
