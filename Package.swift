// swift-tools-version: 6.2
import PackageDescription

/// The house, left to right: each module may import those before it, none after it.
///
///     CLDAP <- LDAP <- Directory <- Reconciler <- Agent <- hsasync
let package = Package(
  name: "hsasync",
  products: [
    .library(name: "LDAP", targets: ["LDAP"]),
    .executable(name: "hsasync", targets: ["hsasync"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.25.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.20.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.15.0"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.3.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CLDAP", pkgConfig: "ldap", providers: [.apt(["libldap2-dev", "libsasl2-dev"])]),
    .target(
      name: "LDAP",
      dependencies: ["CLDAP", .product(name: "Logging", package: "swift-log")]),
    .target(
      name: "Directory",
      dependencies: ["LDAP", "Yams", .product(name: "Crypto", package: "swift-crypto")]),
    .target(
      name: "Reconciler",
      dependencies: [
        "Directory", "LDAP", "Yams",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
      ]),
    .target(
      name: "Agent",
      dependencies: [
        "Reconciler", "Directory", "LDAP",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "_CryptoExtras", package: "swift-crypto"),
      ]),
    .executableTarget(
      name: "hsasync",
      dependencies: [
        "Agent", "Reconciler", "Directory", "LDAP",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
      ]),
    .target(
      name: "TestKit",
      dependencies: ["Directory", "LDAP", .product(name: "Subprocess", package: "swift-subprocess")],
      path: "Tests/TestKit"),
    .testTarget(name: "LDAPTests", dependencies: ["LDAP", "TestKit"]),
    .testTarget(
      name: "DirectoryTests", dependencies: ["Directory", "LDAP", "TestKit"], exclude: ["Golden"]),
    .testTarget(
      name: "ReconcilerTests", dependencies: ["Reconciler", "Directory", "LDAP", "TestKit"]),
    .testTarget(
      name: "AgentTests",
      dependencies: [
        "Agent", "Reconciler", "Directory", "LDAP", "TestKit",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
      ]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "hsasync", "Agent", "Reconciler", "Directory", "LDAP", "TestKit",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      exclude: ["Golden"]),
    .executableTarget(
      name: "hsasync-bench",
      dependencies: [
        "LDAP", "Directory", "Reconciler", "Agent", "TestKit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Tests/Benchmarks"),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .treatAllWarnings(as: .error),
      .enableUpcomingFeature("ExistentialAny"),
    ]
}
