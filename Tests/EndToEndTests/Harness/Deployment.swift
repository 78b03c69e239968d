// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// A running gateway with its upstream.
final class Deployment: Sendable {
    let directory: TemporaryDirectory
    let credentials: Credentials
    let certificates: TestCertificates
    let gateway: ChildProcess
    let port: Int
    let opsPort: Int
    /// Caller keys by "tenant/caller".
    let keys: [String: String]
    private let upstreamBox: Watched<VerifyingUpstream>

    var upstream: VerifyingUpstream { upstreamBox.current }
    var configuration: String { directory.file("config.json") }

    /// One for all tests that neither break nor stop anything.
    static func shared() async throws -> Deployment { try await common.value }
    private static let common = Task { try await Deployment(settings: unprotected) }

    /// For upstreams that are made to fail: what the gateway concludes from it must not meet the tests beside.
    static let unprotected = [
        "UPSTREAM_PROTECTION_PAUSES": "false", "UPSTREAM_PROTECTION_CIRCUIT_BREAKER": "false",
        "UPSTREAM_PROTECTION_ADAPTIVE_CONCURRENCY": "false", "UPSTREAM_PROTECTION_RETRY_BUDGET": "false",
    ]

    /// - Parameters:
    ///   - settings: more configuration, through the environment: `["LISTEN_IDLE_TIMEOUT": "1s"]`.
    ///   - wrapper: a command that makes itself the gateway, whose command line is given to it.
    init(settings: [String: String] = [:], under wrapper: (TemporaryDirectory) -> [String] = { _ in [] }) async throws {
        directory = try TemporaryDirectory("e2e")
        let state = try await ProvisionedState.shared()
        try state.copy(to: directory)
        credentials = state.credentials
        certificates = state.certificates
        keys = state.keys
        let upstream = try await VerifyingUpstream.start(
            credentials: credentials, certificates: certificates, in: directory)
        upstreamBox = Watched(upstream)
        try directory.write(
            """
            {
                "listen": {"address": "127.0.0.1:0"},
                "ops": {"address": "127.0.0.1:0"},
                "upstream": {
                    "base_url": "https://localhost:\(upstream.port)", "ca_file": "\(certificates.authority)"
                },
                "limits": {
                    "home_user": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000},
                    "caller": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000},
                    "tenant": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000},
                    "consumer": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000}
                },
                "audit": {"segment_size": "2MiB"},
                "log": {"format": "json"}
            }
            """, to: "config.json")
        gateway = try await Deployment.serve(in: directory, settings: settings, under: wrapper(directory))
        let announced = try await Deployment.announcement(of: gateway)
        port = try Announcement.port(announced.listen)
        opsPort = try Announcement.port(announced.ops)
    }

    /// Starts the gateway of a directory that has been provisioned.
    static func serve(
        in directory: TemporaryDirectory, settings: [String: String], under wrapper: [String] = []
    ) async throws -> ChildProcess {
        let environment = settings.map { ("WEGO_GATEWAY_\($0.key)", $0.value) }
        let command = wrapper + [Binary.path, "serve", "--json", "--config", directory.file("config.json")]
        return try await ChildProcess(
            command[0], Array(command.dropFirst()), environment: Dictionary(uniqueKeysWithValues: environment))
    }

    /// Where a gateway listens; if it does not start, why.
    static func announcement(of gateway: ChildProcess) async throws -> Announcement {
        do {
            return try await Announcement(gateway.output.firstLine())
        } catch is StreamEnded {
            throw CommandFailed(arguments: ["serve"], errors: gateway.errors.text)
        }
    }

    /// Starts the upstream again after it was killed, at the same port.
    func restartUpstream() async throws {
        let next = try await VerifyingUpstream.start(
            credentials: credentials, certificates: certificates, in: directory, port: upstream.port)
        upstreamBox.change { $0 = next }
    }
}
