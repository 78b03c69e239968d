// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

/// Who may know whom. Arrows run downwards only; what a module may not import it cannot misuse.
struct ImportTests {
    private static let system: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Darwin", "Synchronization", "Dispatch",
    ]

    /// Modules of this package and packages of others, by importing module.
    private static let allowed: [String: Set<String>] = [
        "StrictJSON": [],
        "Secrets": ["Crypto"],
        "OAuth1": ["Secrets", "Crypto"],
        "WegoWise": ["StrictJSON"],
        "RateLimits": [],
        "Settings": ["RateLimits", "StrictJSON"],
        "Custody": ["RateLimits", "Secrets", "StrictJSON", "Crypto", "GRDB"],
        "Audit": ["StrictJSON", "CZlib", "Crypto"],
        "AuditIndex": ["Audit", "StrictJSON", "GRDB"],
        "Curl": ["CCurl", "NIOCore", "DequeModule"],
        "Gateway": [
            "StrictJSON", "Secrets", "OAuth1", "WegoWise", "RateLimits", "Custody", "Audit", "Curl",
            "NIOCore", "NIOPosix", "NIOHTTP1", "DequeModule", "Logging", "Crypto",
        ],
        "ControlPlane": [
            "Gateway", "Custody", "Audit", "RateLimits", "Secrets", "OAuth1", "StrictJSON",
            "Hummingbird", "HummingbirdCore", "Logging", "ServiceLifecycle", "NIOCore", "NIOPosix",
        ],
        "Sandbox": [
            "OAuth1", "Secrets", "WegoWise", "StrictJSON", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "NIOSSL",
            "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "HTTPTypes", "X509", "Crypto", "Logging", "ServiceLifecycle",
        ],
        "WegoGatewayCLI": [
            "Settings", "ControlPlane", "Sandbox", "Curl", "Custody", "Gateway", "OAuth1", "Secrets", "StrictJSON",
            "RateLimits", "Audit", "AuditIndex", "WegoWise", "ArgumentParser", "AsyncHTTPClient", "Hummingbird",
            "HummingbirdCore",
            "Logging", "NIOCore", "NIOPosix", "NIOHTTP1", "ServiceLifecycle",
        ],
    ]

    /// These decide with values alone: no clock, no logger, no operating system.
    private static let pure: Set<String> = ["StrictJSON", "WegoWise", "RateLimits"]

    @Test(arguments: SourceFile.sources)
    func importsOnlyWhatItsModuleMay(_ file: SourceFile) throws {
        let allowed = try #require(Self.allowed[file.module], "a module that the table does not know")
        for name in file.imports where !allowed.contains(name) {
            #expect(Self.system.contains(name), "\(file.path) imports \(name)")
            #expect(!Self.pure.contains(file.module) || name == "Synchronization", "\(file.path) imports \(name)")
        }
    }

    @Test func networkingOfFoundationIsNotUsed() {
        for file in SourceFile.all { #expect(!file.imports.contains("FoundationNetworking"), "\(file.path)") }
    }
}
