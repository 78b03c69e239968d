// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Custody
import NIOCore
import RateLimits
import Secrets
import TestSupport
import Testing

@testable import Gateway

/// Keeps the records of calls for tests to look at.
final class KeptRecords: CallRecorder {
    let all = Watched<[CallRecord]>([])

    func record(_ record: CallRecord) {
        all.change { $0.append(record) }
    }

    func wait(for count: Int) async throws -> [CallRecord] {
        try await all.wait(for: "\(count) records") { $0.count >= count ? $0 : nil }
    }
}

/// A running data plane on a loopback port, before a real store and a scripted upstream.
///
/// Two tenants, "north" and "south", each with a home user "alice"; north's "backend" may do everything there.
final class GatewayFixture: Sendable {
    static let tokenSecret = "north-token-secret-0001"
    static let consumerSecret = "north-consumer-secret-0002"
    static let token = "north-token-0003"

    let directory: TemporaryDirectory
    let store: SQLiteStore
    let upstream: ScriptedUpstream
    let records = KeptRecords()
    let plane: DataPlane
    let port: Int
    let key: String
    let socket: String

    private init(
        upstream: ScriptedUpstream, limits: LimitDefaults, origin: String,
        _ change: (inout DataPlaneSettings, inout Services) -> Void
    ) async throws {
        directory = try TemporaryDirectory("gateway")
        store = try SQLiteStore.open(
            directory: directory.file("store"), keyRing: KeyRing.generate().ring, createIfMissing: true)
        self.upstream = upstream
        key = try Self.fill(store)
        socket = directory.file("data.sock")
        let origin = try #require(UpstreamOrigin(origin))
        var services = Services(
            custody: store, upstream: upstream, origin: origin, limitRules: LimitRules(limits), recorder: records)
        var settings = DataPlaneSettings()
        settings.port = 0
        settings.unixSocket = socket
        // No test depends on how fast the machine is, but those that shorten a limit.
        settings.limits.headerTimeout = .seconds(60)
        settings.limits.bodyTimeout = .seconds(60)
        settings.limits.lingerTimeout = .seconds(60)
        services.waiting.longest = .seconds(300)
        change(&settings, &services)
        plane = DataPlane(settings, services: services)
        port = try await plane.start()
    }

    /// Runs `body` with a data plane that is stopped afterwards.
    static func run(
        _ upstream: ScriptedUpstream = .answering(), limits: LimitDefaults = LimitDefaults(),
        origin: String = "https://www.wegowise.com",
        change: (inout DataPlaneSettings, inout Services) -> Void = { _, _ in },
        _ body: (GatewayFixture) async throws -> Void
    ) async throws {
        let gateway = try await GatewayFixture(upstream: upstream, limits: limits, origin: origin, change)
        do {
            try await body(gateway)
        } catch {
            await gateway.stop()
            throw error
        }
        await gateway.stop()
    }

    private func stop() async {
        await plane.drain(within: .milliseconds(1))
        await plane.shutDown()
        store.close()
    }

    /// Returns the key of north's backend.
    private static func fill(_ store: SQLiteStore) throws -> String {
        for name in ["north", "south"] {
            let tenant = try #require(TenantName(name))
            try store.addTenant(tenant)
            try store.addConsumer(
                try #require(ConsumerName("main")), in: tenant, key: "\(name)-key",
                secret: Secret(utf8: "\(name)-consumer-secret-0002"))
            try store.importHomeUser(
                try #require(HomeUserName("alice")), in: tenant, consumer: try #require(ConsumerName("main")),
                token: Secret(utf8: "\(name)-token-0003"), tokenSecret: Secret(utf8: "\(name)-token-secret-0001"),
                isDeveloper: false)
        }
        return try store.newKey(of: "backend", scopes: [.read, .write, .users, .connect])
    }

    // MARK: Speaking to it

    func connect() throws -> RawConnection {
        try .tcp(port: port)
    }

    /// A whole request; a body comes with its length and type.
    func request(
        _ method: String, _ target: String, key: String? = nil, _ fields: [String] = [], body: String? = nil
    ) -> String {
        var lines = [
            "\(method) \(target) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Authorization: Bearer \(key ?? self.key)",
        ]
        lines += fields
        if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"] }
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }

    /// One call on a connection of its own.
    func call(
        _ method: String, _ target: String, key: String? = nil, _ fields: [String] = [], body: String? = nil
    ) async throws -> RawResponse {
        let connection = try connect()
        try await connection.send(request(method, target, key: key, fields, body: body))
        return try await connection.response(toHead: method == "HEAD", within: .seconds(120))
    }
}

extension SQLiteStore {
    func newKey(
        of caller: String, in tenant: String = "north", users: UserSelection = .all, scopes: Scopes
    ) throws -> String {
        try addCaller(
            try #require(CallerName(caller)), in: try #require(TenantName(tenant)), users: users, scopes: scopes
        ).text.expose { String(decoding: $0, as: UTF8.self) }
    }
}

extension RawResponse {
    /// The end of the problem's type.
    var slug: String? {
        guard header("content-type") == "application/problem+json" else { return nil }
        return ProblemText(body)?.slug
    }
}
