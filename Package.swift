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
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // Layer 0: the machine, memory, observation.
        .target(name: "CHost", cSettings: strictC),
        .target(name: "Observe", dependencies: ["CHost"], swiftSettings: strict),
        .target(name: "ManagedHeap", dependencies: ["Observe", "CHost"], swiftSettings: strict),
        // Layer 1: where atomicity may end.
        .target(name: "Quanta", dependencies: ["ManagedHeap", "Observe", "CHost"], swiftSettings: strict),
        // Layer 2: what makes quanta atomic.
        .target(name: "GILBackend", dependencies: ["Quanta", "ManagedHeap", "Observe", "CHost"], swiftSettings: strict),
        .target(name: "STMBackend", dependencies: ["Quanta", "ManagedHeap", "Observe", "CHost"], swiftSettings: strict),
        .target(name: "SerialBackend", dependencies: ["Quanta", "ManagedHeap", "Observe", "CHost"], swiftSettings: strict),
        // Layer 2: the only door to foreign code.
        .systemLibrary(name: "CFFI", pkgConfig: "libffi", providers: [.apt(["libffi-dev"])]),
        .target(name: "CForeign", cSettings: strictC),
        .target(
            name: "Gateway",
            dependencies: ["Quanta", "ManagedHeap", "Observe", "CHost", "CForeign", "CFFI"],
            swiftSettings: strict),
        // Layer 3: languages become programs.
        .target(
            name: "InterpreterKit",
            dependencies: ["Gateway", "Quanta", "GILBackend", "STMBackend", "SerialBackend", "ManagedHeap", "Observe", "CHost"],
            swiftSettings: strict),
        // Layer 4: languages.
        .target(name: "Mini", dependencies: ["InterpreterKit"], path: "Interpreters/Mini/Sources/Mini", swiftSettings: strict),
        .target(
            name: "InterpreterTestKit", dependencies: ["InterpreterKit", "CHost"],
            swiftSettings: strict),
        .target(name: "Duhton", dependencies: ["InterpreterKit"], path: "Interpreters/Duhton/Sources/Duhton", swiftSettings: strict),
        // Layer 5: executables.
        .target(
            name: "Launcher",
            dependencies: [
                "InterpreterKit", "CHost",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "QuantaCommand", dependencies: ["Launcher", "Mini", "Duhton"],
            swiftSettings: strict),
        .executableTarget(
            name: "MiniCommand", dependencies: ["Launcher", "Mini"],
            path: "Interpreters/Mini/Sources/MiniCommand", swiftSettings: strict),
        .executableTarget(
            name: "DuhtonCommand", dependencies: ["Launcher", "Duhton"],
            path: "Interpreters/Duhton/Sources/DuhtonCommand", swiftSettings: strict),
        // Tests.
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
            name: "ConformanceTests", dependencies: ["InterpreterTestKit", "Mini", "Duhton"],
            swiftSettings: strict),
        .testTarget(name: "ManagedHeapTests", dependencies: ["ManagedHeap", "CHost"], swiftSettings: strict),
        .testTarget(name: "BackendTests", dependencies: ["InterpreterKit", "GILBackend", "STMBackend", "SerialBackend"], swiftSettings: strict),
        .target(name: "GatewayTestFunctions", path: "Tests/GatewayTestFunctions", cSettings: strictC),
        .testTarget(
            name: "GatewayTests",
            dependencies: ["Gateway", "GatewayTestFunctions", "GILBackend", "STMBackend", "SerialBackend", "Quanta", "ManagedHeap", "Observe", "CHost"],
            swiftSettings: strict),
    ]
)
