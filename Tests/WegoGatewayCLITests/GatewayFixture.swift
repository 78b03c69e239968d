// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Foundation
import Sandbox
import Secrets
import Settings
import StrictJSON
import TestSupport
import Testing

@testable import WegoGatewayCLI

/// A state directory made by `init`, with settings that point at it.
struct GatewayFixture {
    let directory: TemporaryDirectory
    var settings: GatewaySettings

    init() throws {
        directory = try TemporaryDirectory("cli")
        settings = GatewaySettings(baseDirectory: directory.path)
        settings.listen.address = try #require(LoopbackAddress("127.0.0.1:0"))
        settings.ops.address = try #require(LoopbackAddress("127.0.0.1:0"))
        _ = try StatePreparation(settings: settings, environment: [:]).create()
    }

    /// Tenant, consumer and home user `alice` with the credentials the sandbox knows.
    func provision(_ sandbox: SandboxConfiguration) async throws {
        let consumer = try #require(sandbox.consumers.first)
        let alice = try #require(sandbox.tokens.first { $0.username == "alice" })
        try await AdminConnection.with(settings) { admin in
            try await admin.send(.post, ["tenants"], body: .members(["name": .string("acme")]))
            try await admin.send(
                .post, ["consumers"],
                body: .members([
                    "name": .string("app"), "key": .string(consumer.key), "secret": .secret(consumer.secret),
                ]))
            try await admin.send(
                .post, ["users"],
                body: .members([
                    "name": .string("alice"), "consumer": .string("app"), "token": .secret(alice.pair.token),
                    "token_secret": .secret(alice.pair.secret),
                ]))
        }
    }

    /// Runs `body` with a sandbox that this fixture's settings use as WegoWise.
    static func withSandbox(_ body: (GatewayFixture) async throws -> Void) async throws {
        var configuration = try SandboxConfiguration.seeded()
        configuration.tls = false
        let server = SandboxServer(configuration: configuration)
        var fixture = try GatewayFixture()
        fixture.settings.upstream.baseURL = try #require(HTTPOrigin(try await server.start().url))
        try await fixture.provision(configuration)
        try await body(fixture)
        await server.stop()
    }

    static func call(_ method: String, _ path: String, body: String? = nil) -> JSONTree {
        .members([
            "user": .string("alice"), "method": .string(method), "path": .string(path),
            "body_base64": .text(body.map { Data($0.utf8).base64EncodedString() }),
        ])
    }
}
