import Foundation
import PackagePlugin

/// `swift package check-bindings [FILE …]`
///
/// Runs `quanta ffi check` for each file, or for every `.bindings` file of the package whose library and headers
/// are installed.
@main
struct CheckBindings: CommandPlugin {
    func performCommand(context: PluginContext, arguments: [String]) async throws {
        let package = context.package.directoryURL
        let files = arguments.isEmpty ? bindings(in: package) : arguments
        if files.isEmpty {
            return Diagnostics.remark("there is no .bindings file in \(package.path)")
        }
        // Built when it is needed: as a tool of the plugin, every build would make all languages twice.
        let build = try packageManager.build(
            .product("quanta"), parameters: .init(configuration: .release))
        let program = build.builtArtifacts.first { $0.kind == .executable }
        guard build.succeeded, let quanta = program?.url else {
            return Diagnostics.error("quanta cannot be built:\n\(build.logText)")
        }
        for file in files {
            let check = Process()
            check.executableURL = quanta
            check.arguments =
                ["ffi", "check"] + (arguments.isEmpty ? ["--if-installed"] : []) + [file]
            check.currentDirectoryURL = package
            try check.run()
            check.waitUntilExit()
            // What is wrong has been said.
            if check.terminationStatus != 0 { Diagnostics.error("\(file) is not as it says") }
        }
    }

    /// Paths below the package, without what builds leave behind.
    private func bindings(in package: URL) -> [String] {
        let all = FileManager.default.enumerator(atPath: package.path)
        var files: [String] = []
        while let path = all?.nextObject() as? String {
            if path.split(separator: "/").last?.hasPrefix(".build") == true {
                all?.skipDescendants()
            } else if path.hasSuffix(".bindings") {
                files.append(path)
            }
        }
        return files.sorted()
    }
}
