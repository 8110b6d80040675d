// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let strictC: [CSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "Quanta",
    products: [
        .library(name: "InterpreterKit", targets: ["InterpreterKit"]),
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
        .target(name: "Duhton", dependencies: ["InterpreterKit"], path: "Interpreters/Duhton/Sources/Duhton", swiftSettings: strict),
        // Layer 5: executables.
        .executableTarget(name: "mini", dependencies: ["Mini", "InterpreterKit"], path: "Interpreters/Mini/Sources/mini-command", swiftSettings: strict),
        // Tests.
        .testTarget(name: "ManagedHeapTests", dependencies: ["ManagedHeap", "CHost"], swiftSettings: strict),
        .testTarget(name: "BackendTests", dependencies: ["InterpreterKit", "GILBackend", "STMBackend", "SerialBackend"], swiftSettings: strict),
        .target(name: "GatewayTestFunctions", path: "Tests/GatewayTestFunctions", cSettings: strictC),
        .testTarget(
            name: "GatewayTests",
            dependencies: ["Gateway", "GatewayTestFunctions", "GILBackend", "STMBackend", "SerialBackend", "Quanta", "ManagedHeap", "Observe", "CHost"],
            swiftSettings: strict),
    ]
)
