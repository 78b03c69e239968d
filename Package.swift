// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    // Generic code of the leaf modules is called on every request; without this it runs unspecialized from other modules.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

/// A module and the test target that belongs to it.
func module(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    tests: [Target.Dependency] = [],
    excludedFromTests: [String] = [],
    resources: [Resource]? = nil
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: settings),
        .testTarget(
            name: "\(name)Tests",
            dependencies: [.init(stringLiteral: name), "TestSupport"] + tests,
            exclude: excludedFromTests,
            resources: resources,
            swiftSettings: settings
        ),
    ]
}

let package = Package(
    name: "wego-gateway",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "wego-gateway", targets: ["WegoGatewayCLI"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CZlib"),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "TestSupport", path: "Tests/Support", swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
        .executableTarget(
            name: "LimiterBenchmark", dependencies: ["RateLimits"], path: "Benchmarks/LimiterBenchmark",
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["TestSupport", "WegoGatewayCLI", "WegoWise", "Audit"],
            exclude: ["Fixtures"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "WegoGatewayCLI",
            dependencies: [
                "Settings", "ControlPlane", "Sandbox", "Curl", "Custody", "Gateway", "Audit", "AuditIndex", "OAuth1", "Secrets",
                "StrictJSON", hummingbird, lifecycle, logging, nioCore, nioPosix,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "WegoGatewayCLITests",
            dependencies: [
                "WegoGatewayCLI", "TestSupport", "ControlPlane", "Custody", "Gateway", "Sandbox", "Secrets", "Settings",
                "StrictJSON", "Audit", "Curl", lifecycle, logging,
            ],
            swiftSettings: settings
        ),
    ]
        + module("StrictJSON")
        + module("Secrets", [crypto])
        + module("OAuth1", ["Secrets", crypto], resources: [.copy("Fixtures")])
        + module("WegoWise", ["StrictJSON"], tests: ["StrictJSON"])
        + module("RateLimits")
        + module(
            "Custody", ["RateLimits", "Secrets", "StrictJSON", crypto, .product(name: "GRDB", package: "GRDB.swift")],
            tests: ["RateLimits", "Secrets", .product(name: "GRDB", package: "GRDB.swift")])
        + module("Audit", ["StrictJSON", "CZlib", crypto], tests: ["StrictJSON", crypto])
        + module(
            "AuditIndex", ["Audit", "StrictJSON", .product(name: "GRDB", package: "GRDB.swift")],
            tests: ["Audit", "StrictJSON"])
        + module("Settings", ["RateLimits", "StrictJSON"], tests: ["RateLimits"])
        + module(
            "Curl", ["CCurl", deque, nioCore],
            tests: [
                nioPosix, nioHTTP1, .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
            ])
        + module(
            "Gateway",
            [
                "StrictJSON", "Secrets", "OAuth1", "WegoWise", "RateLimits", "Custody", "Audit", "Curl",
                deque, nioCore, nioPosix, nioHTTP1, logging, crypto,
            ],
            tests: [
                nioEmbedded, "Curl", "Custody", "OAuth1", "RateLimits", "Secrets", "StrictJSON", "WegoWise", "Audit",
            ])
        + module(
            "ControlPlane",
            [
                "Gateway", "Custody", "Audit", "RateLimits", "Secrets", "OAuth1", "StrictJSON",
                hummingbird, logging, lifecycle, nioCore, nioPosix,
                .product(name: "HummingbirdCore", package: "hummingbird"),
            ],
            tests: ["RateLimits", .product(name: "HummingbirdTesting", package: "hummingbird")])
        + module(
            "Sandbox",
            [
                "OAuth1", "Secrets", "WegoWise", "StrictJSON", hummingbird, logging, lifecycle, crypto, nioCore,
                nioHTTP1,
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            excludedFromTests: ["Fixtures"])
)
