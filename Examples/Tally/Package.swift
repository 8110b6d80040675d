// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "Tally",
    products: [
        .executable(name: "tally", targets: ["TallyCommand"])
    ],
    dependencies: [
        .package(name: "Quanta", path: "../..")
    ],
    targets: [
        .target(
            name: "Tally",
            dependencies: [.product(name: "InterpreterKit", package: "Quanta")],
            swiftSettings: strict),
        .executableTarget(
            name: "TallyCommand",
            dependencies: ["Tally", .product(name: "Launcher", package: "Quanta")],
            swiftSettings: strict),
        .testTarget(
            name: "TallyTests",
            dependencies: ["Tally", .product(name: "InterpreterTestKit", package: "Quanta")],
            swiftSettings: strict),
    ]
)
