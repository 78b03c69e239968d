// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Foundation
import NIOCore
import TestSupport
import Testing

/// What happens before the first byte of a request: none of these may count as sent.
struct ConnectTests {
    private func settings(port: Int, host: String = "127.0.0.1", ca: Authority? = nil) throws -> EngineSettings {
        let trusted = try Authority.trusted.get()
        var settings = try EngineSettings(
            origin: #require(UpstreamOrigin("https://\(host):\(port)")), caFile: (ca ?? trusted).file)
        settings.connectTimeout = .seconds(30)
        return settings
    }

    private func failure(
        _ server: ScriptedServer, _ settings: EngineSettings, _ request: TransferRequest = .post("/", "a=b")
    ) async throws -> TransferFailure {
        try await Upstream.with(server, settings) { upstream in
            let failure = try await upstream.failure(request)
            #expect(failure.wire == .notSent)
            #expect(server.seen.current.requests.isEmpty)
            return failure
        }
    }

    @Test func nobodyListens() async throws {
        let server = try await ScriptedServer(tls: nil) { _ in [] }
        try await server.stopListening()
        #expect(try await failure(server, settings(port: server.port)).kind == .unreachable)
    }

    @Test func handshakeIsNeverAnswered() async throws {
        let server = try await ScriptedServer(tls: nil) { _ in [.silence] }
        var settings = try settings(port: server.port)
        settings.connectTimeout = .milliseconds(200)
        #expect(try await failure(server, settings).kind == .connectTimeout)
    }

    @Test func deadlineComesBeforeTheConnection() async throws {
        let server = try await ScriptedServer(tls: nil) { _ in [.silence] }
        let request = TransferRequest.post("/", "a=b", within: .milliseconds(500))
        let failure = try await failure(server, settings(port: server.port), request)
        #expect(failure.kind == .connectTimeout)
    }

    @Test func authorityIsAnother() async throws {
        let server = try await ScriptedServer(tls: Authority.other.get().serverContext()) { _ in [.echo] }
        #expect(try await failure(server, settings(port: server.port)).kind == .certificate)
    }

    @Test func nameIsAnother() async throws {
        let context = try Authority.trusted.get().serverContext(names: ["other.example"], address: [127, 0, 0, 2])
        let server = try await ScriptedServer(tls: context) { _ in [.echo] }
        #expect(try await failure(server, settings(port: server.port)).kind == .certificate)
        #expect(try await failure(server, settings(port: server.port, host: "localhost")).kind == .certificate)
    }

    @Test(arguments: [[Step.send("HTTP/1.1 400 Bad Request\r\n\r\n"), .silence], [.close]])
    func serverSpeaksNoTLS(steps: [Step]) async throws {
        let server = try await ScriptedServer(tls: nil) { _ in steps }
        #expect(try await failure(server, settings(port: server.port)).kind == .tls)
    }

    /// The reset may overtake the news that there is a connection; then there never was one.
    @Test func serverResetsInsteadOfTLS() async throws {
        let server = try await ScriptedServer(tls: nil) { _ in [.reset] }
        let failure = try await failure(server, settings(port: server.port))
        #expect([.tls, .unreachable].contains(failure.kind), "\(failure)")
        #expect(failure.wire == .notSent)
    }

    @Test func authorityFileIsUnusable() async throws {
        let directory = try TemporaryDirectory("ca")
        let server = try await ScriptedServer(tls: Authority.trusted.get().serverContext()) { _ in [.echo] }
        var settings = try settings(port: server.port)
        settings.caFile = try directory.write("no certificate", to: "ca.pem")
        #expect(try await failure(server, settings).kind == .tls)
        settings.caFile = directory.file("missing.pem")
        #expect(throws: EngineError.unreadableCAFile(path: directory.file("missing.pem"))) { _ = try Engine(settings) }
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func addressIsPrivate(host: String) async throws {
        let server = try await ScriptedServer(tls: Authority.trusted.get().serverContext()) { _ in [.echo] }
        var settings = try settings(port: server.port, host: host)
        settings.allowsPrivateAddresses = false
        #expect(try await failure(server, settings).kind == .addressRefused)
        #expect(server.seen.current.connections == 0)
    }

    @Test(arguments: [
        "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254",
        "100.64.0.1", "198.18.0.1", "192.0.0.1", "0.0.0.0", "224.0.0.1", "[fe80::1]", "[fd00::1]", "[::]",
        "[64:ff9b::a00:1]",
    ])
    func addressRangesAreRefused(host: String) async throws {
        var settings = try EngineSettings(origin: #require(UpstreamOrigin("https://\(host):9")))
        settings.allowsPrivateAddresses = false
        let server = try await ScriptedServer(tls: nil) { _ in [] }
        #expect(try await failure(server, settings).kind == .addressRefused)
    }

    @Test func environmentIsIgnored() async throws {
        let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        for name in names { setenv(name, "http://127.0.0.1:9", 1) }
        defer { for name in names { unsetenv(name) } }
        for scheme in UpstreamOrigin.Scheme.both {
            try await Upstream.with(scheme, script: { _ in [.echo] }) { upstream in
                let response = try await upstream.response(.get("/direct"))
                #expect(response.text == "/direct")
            }
        }
    }
}
