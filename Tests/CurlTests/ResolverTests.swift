// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Foundation
import NIOCore
import Testing

/// Names are looked up outside of libcurl.
struct ResolverTests {
    /// This machine's own name, if it is one that leads back here.
    private static let ownName: String? = {
        let name = ProcessInfo.processInfo.hostName.lowercased()
        guard let origin = UpstreamOrigin("https://\(name)"), !origin.isLoopback, !origin.isAddress else { return nil }
        var hints = addrinfo()
        hints.ai_family = AF_INET
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(name, nil, &hints, &list) == 0 else { return nil }
        freeaddrinfo(list)
        return name
    }()

    @Test(.enabled(if: ownName != nil))
    func namedUpstreamIsReached() async throws {
        let name = try #require(Self.ownName)
        let authority = try Authority.trusted.get()
        let server = try await ScriptedServer(tls: authority.serverContext(names: [name]), host: "0.0.0.0") { _ in
            [.echo, .again]
        }
        var settings = try EngineSettings(
            origin: #require(UpstreamOrigin("https://\(name):\(server.port)")), caFile: authority.file)
        settings.connectTimeout = .seconds(30)
        settings.allowsPrivateAddresses = true
        try await Upstream.with(server, settings) { upstream in
            // Several handles, each of which must know the address.
            let receivers = (0..<4).map { upstream.submit(.get("/\($0)")) }
            for (number, receiver) in receivers.enumerated() {
                let response = try await receiver.outcome().get()
                #expect(response.text == "/\(number)")
            }
            let hosts = upstream.server.seen.current.requests.flatMap { $0.values("Host") }
            #expect(Set(hosts) == ["\(name):\(server.port)"])
        }
    }

    /// RFC 6761 section 6.4: that name never exists.
    @Test func unknownNameFailsWithoutWaiting() async throws {
        let server = try await ScriptedServer(tls: nil) { _ in [] }
        let settings = try EngineSettings(origin: #require(UpstreamOrigin("https://upstream.invalid")))
        try await Upstream.with(server, settings) { upstream in
            let failure = try await upstream.failure(.post("/", "a=b"))
            #expect(failure.kind == .unreachable && failure.wire == .notSent, "\(failure)")
        }
    }
}
