// swift-tools-version:6.2
import PackageDescription

// A package of its own, so that users of Quanta do not build it.
let package = Package(
    name: "Benchmarks",
    products: [
        .executable(name: "micro", targets: ["Micro"]),
        .executable(name: "foreign-calls", targets: ["ForeignCalls"]),
        .executable(name: "transactions", targets: ["Transactions"]),
    ],
    dependencies: [
        .package(name: "Quanta", path: "..")
    ],
    targets: [
        .executableTarget(
            name: "Micro",
            dependencies: [.product(name: "InterpreterKit", package: "Quanta")],
            path: "Micro",
            swiftSettings: [.treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "ForeignCalls",
            dependencies: [.product(name: "InterpreterKit", package: "Quanta")],
            path: "ForeignCalls",
            swiftSettings: [.treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "Transactions",
            dependencies: [.product(name: "InterpreterKit", package: "Quanta")],
            path: "Transactions",
            swiftSettings: [.treatAllWarnings(as: .error)]),
    ]
)
