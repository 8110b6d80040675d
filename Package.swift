// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "Quanta",
    products: [
        .library(name: "InterpreterKit", targets: ["InterpreterKit"]),
        .library(name: "Launcher", targets: ["Launcher"]),
        .library(name: "InterpreterTestKit", targets: ["InterpreterTestKit"]),
        .executable(name: "quanta", targets: ["QuantaCommand"]),
        .executable(name: "mini", targets: ["MiniCommand"]),
        .executable(name: "duhton", targets: ["DuhtonCommand"]),
        .executable(name: "quantapy", targets: ["PythonCommand"]),
        // new-interpreter: programs of new languages go above.
        .plugin(name: "NewInterpreter", targets: ["NewInterpreter"]),
        .plugin(name: "CheckBindings", targets: ["CheckBindings"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // Layer 0: the machine, memory, observation.
        .target(name: "CHost", cSettings: strictC),
        .systemLibrary(name: "CFFI", pkgConfig: "libffi", providers: [.apt(["libffi-dev"])]),
        .target(name: "CForeign", cSettings: strictC),
        .target(name: "Observe", dependencies: ["CHost"], swiftSettings: strict),
        .target(name: "ManagedHeap", dependencies: ["Observe", "CHost"], swiftSettings: strict),
        // Layer 1: where atomicity may end.
        .target(
            name: "Quanta", dependencies: ["ManagedHeap", "Observe", "CHost"],
            swiftSettings: strict),
        // Layer 2: what makes quanta atomic; the only door to foreign code.
        .target(
            name: "GILBackend", dependencies: ["Quanta", "ManagedHeap", "Observe", "CHost"],
            swiftSettings: strict),
        .target(
            name: "STMBackend", dependencies: ["Quanta", "ManagedHeap", "Observe", "CHost"],
            swiftSettings: strict),
        .target(
            name: "SerialBackend", dependencies: ["Quanta", "ManagedHeap", "Observe", "CHost"],
            swiftSettings: strict),
        .target(
            name: "Gateway",
            dependencies: ["Quanta", "ManagedHeap", "Observe", "CHost", "CForeign", "CFFI"],
            swiftSettings: strict),
        // Layer 3: what a language author imports.
        .target(
            name: "InterpreterKit",
            dependencies: [
                "Gateway", "Quanta", "GILBackend", "STMBackend", "SerialBackend", "ManagedHeap",
                "Observe", "CHost",
            ],
            swiftSettings: strict),
        // Layer 4: languages; languages as programs; languages under test.
        .target(
            name: "Launcher",
            dependencies: [
                "InterpreterKit", "CHost",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .target(
            name: "InterpreterTestKit", dependencies: ["InterpreterKit", "CHost"],
            swiftSettings: strict),
        .target(
            name: "Mini", dependencies: ["InterpreterKit"],
            path: "Interpreters/Mini/Sources/Mini", swiftSettings: strict),
        .target(
            name: "Duhton", dependencies: ["InterpreterKit"],
            path: "Interpreters/Duhton/Sources/Duhton", swiftSettings: strict),
        .systemLibrary(
            name: "CGMP", path: "Interpreters/Python/Sources/CGMP", pkgConfig: "gmp",
            providers: [.apt(["libgmp-dev"])]),
        .target(
            name: "PythonSyntax", dependencies: ["InterpreterKit"],
            path: "Interpreters/Python/Sources/PythonSyntax", swiftSettings: strict),
        .target(
            name: "Python", dependencies: ["InterpreterKit", "PythonSyntax", "CGMP"],
            path: "Interpreters/Python/Sources/Python", swiftSettings: strict),
        // The language of the example package once more, inside this one, for comparison.
        .target(
            name: "TallyInside", dependencies: ["InterpreterKit"],
            path: "Examples/Tally/Sources/Tally", swiftSettings: strict),
        // Layer 5: programs.
        .executableTarget(
            name: "QuantaCommand", dependencies: ["Launcher", "Mini", "Duhton", "Python"],
            swiftSettings: strict),
        .executableTarget(
            name: "MiniCommand", dependencies: ["Launcher", "Mini"],
            path: "Interpreters/Mini/Sources/MiniCommand", swiftSettings: strict),
        .executableTarget(
            name: "DuhtonCommand", dependencies: ["Launcher", "Duhton"],
            path: "Interpreters/Duhton/Sources/DuhtonCommand", swiftSettings: strict),
        .executableTarget(
            name: "PythonCommand", dependencies: ["Launcher", "Python"],
            path: "Interpreters/Python/Sources/PythonCommand", swiftSettings: strict),
        .executableTarget(
            name: "TallyInsideCommand", dependencies: ["Launcher", "TallyInside"],
            path: "Benchmarks/TallyInsideCommand", swiftSettings: strict),
        // new-interpreter: targets of new languages go above.

        .plugin(
            name: "NewInterpreter",
            capability: .command(
                intent: .custom(
                    verb: "new-interpreter",
                    description: "Makes an interpreter to start from, with tests on every backend."),
                permissions: [
                    .writeToPackageDirectory(reason: "It writes sources, tests and targets.")
                ])),

        .plugin(
            name: "CheckBindings",
            capability: .command(
                intent: .custom(
                    verb: "check-bindings",
                    description: "Compares .bindings files with C headers and with the libraries.")
            )),

        // Tests of the tree, then from the bottom up.
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        .testTarget(
            name: "DocumentationTests", dependencies: ["InterpreterKit"], swiftSettings: strict),
        .testTarget(
            name: "ManagedHeapTests", dependencies: ["ManagedHeap", "CHost"],
            swiftSettings: strict),
        .testTarget(
            name: "BackendTests",
            dependencies: [
                "InterpreterKit", "GILBackend", "STMBackend", "SerialBackend", "TransactionProof",
            ],
            swiftSettings: strict),
        // Many deterministic schedules of the transactions, each judged; a program, because what it finds may
        // crash it.
        .target(name: "ProofFibers", path: "Tests/ProofFibers", cSettings: strictC),
        .executableTarget(
            name: "TransactionProof",
            dependencies: [
                "STMBackend", "Quanta", "ManagedHeap", "Observe", "CHost", "ProofFibers",
            ],
            path: "Tests/TransactionProof", swiftSettings: strict),
        .target(
            name: "GatewayTestFunctions", path: "Tests/GatewayTestFunctions", cSettings: strictC),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "GatewayTestFunctions", "GILBackend", "STMBackend", "SerialBackend",
                "Quanta", "ManagedHeap", "Observe", "CHost",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "InterpreterKitTests", dependencies: ["InterpreterKit", "Mini"],
            swiftSettings: strict),
        .testTarget(
            name: "InterpreterTestKitTests", dependencies: ["InterpreterTestKit"],
            exclude: ["Programs"], swiftSettings: strict),
        .testTarget(
            name: "LauncherTests", dependencies: ["MiniCommand", "DuhtonCommand", "QuantaCommand"],
            swiftSettings: strict),
        .testTarget(
            name: "MiniTests", dependencies: ["InterpreterTestKit", "Mini"],
            path: "Interpreters/Mini/Tests/MiniTests", swiftSettings: strict),
        .testTarget(
            name: "DuhtonTests", dependencies: ["InterpreterTestKit", "Duhton"],
            path: "Interpreters/Duhton/Tests/DuhtonTests", swiftSettings: strict),
        .testTarget(
            name: "PythonSyntaxTests", dependencies: ["PythonSyntax", "InterpreterKit"],
            path: "Interpreters/Python/Tests/PythonSyntaxTests", exclude: ["Expected"],
            swiftSettings: strict),
        .testTarget(
            name: "PythonTests", dependencies: ["InterpreterTestKit", "Python"],
            path: "Interpreters/Python/Tests/PythonTests", swiftSettings: strict),
        .testTarget(
            name: "TallyTests", dependencies: ["InterpreterTestKit", "TallyInside"],
            path: "Examples/Tally/Tests/TallyTests", swiftSettings: strict),
    ]
)
