// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "mplua",
  products: [
    .executable(name: "mplua", targets: ["mplua"]),
    .executable(name: "mpluactl", targets: ["mpluactl"]),
    .library(name: "Multiprocessing", targets: ["Multiprocessing"]),
    .library(name: "LuaMultiprocessing", targets: ["LuaMultiprocessing"]),
  ],
  traits: [
    .trait(
      name: "FaultInjection",
      description: "Lets MPLUA_FAULT kill a process at a named step of the runtime. For tests only."
    )
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .target(name: "CLinux"),
    .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
    .target(name: "CLuaBridge", dependencies: ["CLua"]),
    .target(name: "CHelp", exclude: ["library"]),
    .target(
      name: "Multiprocessing",
      dependencies: ["CLinux", .product(name: "SystemPackage", package: "swift-system")]),
    .target(
      name: "LuaMultiprocessing",
      dependencies: ["Multiprocessing", "CLuaBridge", "CLua", "CHelp"]),
    .executableTarget(name: "mplua", dependencies: ["LuaMultiprocessing"]),
    .executableTarget(name: "manual", dependencies: ["LuaMultiprocessing"]),
    .executableTarget(
      name: "mpluactl",
      dependencies: [
        "Multiprocessing", .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "storm", dependencies: ["Multiprocessing"], path: "Tests/Storm"),
    .executableTarget(
      name: "fuzz", dependencies: ["LuaMultiprocessing", "CLuaBridge", "CLua"], path: "Tests/Fuzz"),
    .testTarget(name: "MultiprocessingTests", dependencies: ["Multiprocessing"]),
    .target(name: "CTestSupport", path: "Tests/CTestSupport"),
    .target(name: "TestSupport", dependencies: ["CTestSupport"], path: "Tests/TestSupport"),
    .testTarget(name: "TestSupportTests", dependencies: ["TestSupport"]),
    .testTarget(
      name: "LuaMultiprocessingTests", dependencies: ["LuaMultiprocessing", "CLuaBridge", "CLua"]),
    .executableTarget(
      name: "host", dependencies: ["LuaMultiprocessing"], path: "Tests/Host"),
    // The example is a package of its own; as a target of this one, under another name, it is tested
    // without building the library a second time.
    .executableTarget(
      name: "embedding-example", dependencies: ["LuaMultiprocessing"],
      path: "examples/embedding/Sources/embedding"),
    .testTarget(
      name: "MPLuaTests",
      dependencies: [
        "TestSupport", "LuaMultiprocessing", "mplua", "mpluactl", "host", "embedding-example",
      ]),
    .testTarget(name: "MPLuaCtlTests", dependencies: ["TestSupport", "mplua", "mpluactl"]),
  ],
  swiftLanguageModes: [.v6]
)

// Every target of ours is held to the same rules: warnings are errors, each unsafe expression says
// so, and an import shows what it lets through.
for target in package.targets where target.type != .system {
  target.cSettings = [.treatAllWarnings(as: .error), .enableWarning("all")]
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
  ]
}
