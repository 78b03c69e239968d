// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody
import NIOCore
import OAuth1
import RateLimits
import Secrets
import TestSupport
import Testing
import WegoWise

@testable import Gateway

/// Who may call what, and what goes upstream.
struct CallTests {
    static let path = ConnectionTests.path

    @Test func signsWhatItSends() async throws {
        try await GatewayFixture.run { gateway in
            let target = "/users/alice/api/v1/wego_home/meters/a%2Cb/raw_data?to=2026-01-01&q=a+b%2B%c3%a9&to=x"
            #expect(try await gateway.call("GET", target).status == 200)
            let sent = try #require(gateway.upstream.requests.current.first)
            #expect(
                String(decoding: sent.target, as: UTF8.self)
                    == "/api/v1/wego_home/meters/a%2Cb/raw_data?to=2026-01-01&q=a%20b%2B%C3%A9&to=x")
            let header = try sent.verifiedAuthorization(tenant: "north")
            #expect(header.consumerKey == Array("north-key".utf8))
            #expect(header.token == Array("north-token-0003".utf8))
            #expect(header.nonce?.count == 32)
        }
    }

    @Test func keepsTenantsApart() async throws {
        try await GatewayFixture.run { gateway in
            let south = try gateway.store.newKey(of: "backend", in: "south", scopes: .read)
            try gateway.store.importHomeUser(
                try #require(HomeUserName("bob")), in: try #require(TenantName("south")),
                consumer: try #require(ConsumerName("main")), token: Secret(utf8: "bt"),
                tokenSecret: Secret(utf8: "bts"),
                isDeveloper: false)
            #expect(try await gateway.call("GET", Self.path).status == 200)
            #expect(try await gateway.call("GET", Self.path, key: south).status == 200)
            _ = try gateway.upstream.requests.current[0].verifiedAuthorization(tenant: "north")
            _ = try gateway.upstream.requests.current[1].verifiedAuthorization(tenant: "south")

            // Nobody can find out whether a name exists elsewhere.
            let foreign = try await gateway.call("GET", "/users/bob/api/v1/wego_home/building")
            let missing = try await gateway.call("GET", "/users/eve/api/v1/wego_home/building")
            #expect(foreign.status == 404)
            #expect(foreign.slug == missing.slug)
            #expect(foreign.bodyText.count == missing.bodyText.count)
            #expect(gateway.upstream.requests.current.count == 2)
        }
    }

    @Test func holdsCallersToTheirUsers() async throws {
        try await GatewayFixture.run { gateway in
            let key = try gateway.store.newKey(
                of: "narrow", users: .listed([try #require(HomeUserName("bob"))]), scopes: .read)
            #expect(try await gateway.call("GET", Self.path, key: key).slug == "user-not-found")
            #expect(try await gateway.call("GET", "/users/alice", key: key).slug == "user-not-found")
            let envelope = #"{"user":"alice","method":"GET","path":"/api/v1/x"}"#
            #expect(try await gateway.call("POST", "/forward", key: key, body: envelope).slug == "user-not-found")
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    static let scopes: [(Scopes, String, String, String?)] = [
        (.read, "GET", "/users/alice/api/v1/wego_home/building", nil),
        (.read, "POST", "/users/alice/api/v1/wego_home/building", "scope-missing"),
        (.read, "DELETE", "/users/alice/api/v1/wego_home/user", "scope-missing"),
        (.read, "GET", "/public/api/v1/utility_companies", nil),
        (.write, "GET", "/users/alice/api/v1/wego_home/building", "scope-missing"),
        (.write, "POST", "/users/alice/api/v1/wego_home/rooms", nil),
        (.write, "GET", "/public/api/v1/utility_companies", "scope-missing"),
        ([.read, .write], "DELETE", "/users/alice/api/v1/wego_home/user", "scope-missing"),
        ([.read, .write], "DELETE", "/users/alice/api/v1/wego_home/user.json", "capture-unavailable"),
        (.users, "PUT", "/users/alice/api/v1/wego_home/users", "method-not-allowed"),
        (.users, "DELETE", "/users/alice/api/v1/wego_home/user", nil),
        (.connect, "GET", "/users/alice/oauth/user", "scope-missing"),
    ]

    @Test(arguments: scopes)
    func holdsCallersToTheirScopes(_ scopes: Scopes, _ method: String, _ target: String, _ slug: String?) async throws {
        try await GatewayFixture.run { gateway in
            let key = try gateway.store.newKey(of: "scoped", scopes: scopes)
            let response = try await gateway.call(method, target, key: key)
            #expect(response.slug == slug)
            #expect(gateway.upstream.requests.current.count == (slug == nil ? 1 : 0))
        }
    }

    @Test(arguments: [
        "", "Bearer", "Bearer ", "Basic wgk_x", "wgk_0000000000000000_", "Bearer wgk_x", "Bearer  KEY", "Bearer KEYx",
        "Bearer KEY, Bearer KEY", "Token KEY",
    ])
    func refusesOtherCredentials(_ value: String) async throws {
        try await GatewayFixture.run { gateway in
            let request = gateway.request("GET", Self.path).replacing("Bearer \(gateway.key)", with: value)
            let connection = try gateway.connect()
            try await connection.send(request.replacing("KEY", with: gateway.key))
            let response = try await connection.response()
            #expect(response.status == 401)
            #expect(response.header("www-authenticate") == #"Bearer realm="wego-gateway""#)
        }
    }

    @Test func forgetsRevokedCallersAndUsersAtOnce() async throws {
        try await GatewayFixture.run { gateway in
            let north = try #require(TenantName("north"))
            let key = try gateway.store.newKey(of: "gone", scopes: .read)
            #expect(try await gateway.call("GET", Self.path, key: key).status == 200)
            try gateway.store.removeCaller(try #require(CallerName("gone")), in: north)
            #expect(try await gateway.call("GET", Self.path, key: key).slug == "caller-key-invalid")
            try gateway.store.setState(.frozen, reason: "moved out", of: try #require(HomeUserName("alice")), in: north)
            let frozen = try await gateway.call("GET", Self.path)
            #expect(frozen.slug == "user-frozen")
            #expect(frozen.bodyText.contains("moved out"))
            #expect(gateway.upstream.requests.current.count == 1)
        }
    }

    /// The head was admitted; then the world changed while the body came.
    @Test func looksAgainWhenTheBodyHasArrived() async throws {
        try await GatewayFixture.run { gateway in
            let north = try #require(TenantName("north"))
            let key = try gateway.store.newKey(of: "gone", scopes: [.read, .write])
            func begin(_ key: String) async throws -> RawConnection {
                let connection = try gateway.connect()
                let fields = ["Expect: 100-continue", "Content-Type: application/json", "Transfer-Encoding: chunked"]
                // The answer in front shows that the head behind it was read.
                try await connection.send(
                    gateway.request("GET", "/users/alice", key: key)
                        + gateway.request("POST", "/users/alice/api/v1/x", key: key, fields))
                #expect(try await connection.response().status == 200)
                return connection
            }
            let first = try await begin(key)
            try gateway.store.removeCaller(try #require(CallerName("gone")), in: north)
            try await first.send("2\r\n{}\r\n0\r\n\r\n")
            #expect(try await first.response().slug == "caller-key-invalid")
            let second = try await begin(gateway.key)
            try gateway.store.setState(.revoked, reason: nil, of: try #require(HomeUserName("alice")), in: north)
            try await second.send("2\r\n{}\r\n0\r\n\r\n")
            #expect(try await second.response().slug == "user-revoked")
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func forwardsEnvelopes() async throws {
        try await GatewayFixture.run { gateway in
            let body = #"{"user":"alice","method":"PUT","path":"/api/v1/x","query":{"a":[1,"b c"]},"body":{"k": 1.0}}"#
            #expect(try await gateway.call("POST", "/forward", body: body).status == 200)
            let sent = try #require(gateway.upstream.requests.current.first)
            #expect(sent.method == "PUT")
            #expect(gateway.upstream.targets == ["/api/v1/x?a=1&a=b%20c"])
            #expect(sent.bodyText == #"{"k": 1.0}"#)
            _ = try sent.verifiedAuthorization(tenant: "north")
            for bad in [#"{"user":"alice"}"#, "{", "", #"{"user":"alice","method":"GET","path":"/oauth/token"}"#] {
                #expect((400...404).contains(try await gateway.call("POST", "/forward", body: bad).status))
            }
            #expect(gateway.upstream.requests.current.count == 1)
        }
    }

    @Test func sendsOnlyWhatItShould() async throws {
        try await GatewayFixture.run { gateway in
            let fields = [
                "Accept: application/xml", "Accept-Language: de", "If-None-Match: \"x\"", "Cookie: a=b",
                "X-Forwarded-For: 10.0.0.1", "Forwarded: for=x", "User-Agent: test", "X-HTTP-Method-Override: DELETE",
                "Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "Proxy-Authorization: x",
            ]
            #expect(try await gateway.call("POST", "/users/alice/api/v1/x", fields, body: "{}").status == 200)
            let sent = try #require(gateway.upstream.requests.current.first)
            let names = Set(sent.headerLines.map { String($0.prefix { $0 != ":" }) })
            #expect(
                names == ["Authorization", "Accept", "Accept-Language", "If-None-Match", "Content-Type"])
            #expect(sent.header("accept") == "application/xml")
            #expect(try await gateway.records.wait(for: 1).first?.traceID == "0af7651916cd43dd8448eb211c80319c")
        }
    }

    /// What is ours always has room; a client that fills the rest is told, not quietly cut short.
    @Test func refusesMoreFieldsThanCanBeSent() async throws {
        try await GatewayFixture.run { gateway in
            let many = (0..<50).map { "If-Match: \"\($0)\"" }
            let refused = try await gateway.call("POST", "/users/alice/api/v1/x", many, body: "{}")
            #expect(refused.slug == "bad-request")
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test(arguments: [ValidationMode.lenient, .strict])
    func refusesBodiesThatCannotBeRight(mode: ValidationMode) async throws {
        try await GatewayFixture.run(change: { _, services in services.validation = mode }) { gateway in
            let refused = try await gateway.call("POST", "/users/alice/api/v1/wego_home/meters", body: #"{"a":1}"#)
            #expect(refused.status == 422)
            #expect(refused.slug == "invalid-body")
            #expect(refused.bodyText.contains(#""faults":[{"pointer":"/account_number""#))
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test(
        arguments: [
            (ValidationMode.strict, "GET", "/users/alice/api/v1/x", "path-not-forwarded"),
            (.strict, "PATCH", "/users/alice/api/v1/wego_home/building", "method-not-allowed"),
            (.lenient, "GET", "/users/alice/api/v1/x", nil), (.off, "GET", "/users/alice/api/v1/x", nil),
        ] as [(ValidationMode, String, String, String?)])
    func holdsStrictCallsToTheCatalogue(
        mode: ValidationMode, method: String, target: String, slug: String?
    ) async throws {
        try await GatewayFixture.run(change: { _, services in services.validation = mode }) { gateway in
            let response = try await gateway.call(method, target)
            #expect(response.slug == slug)
        }
    }

    /// Whatever path it came from: a token secret is not for callers.
    @Test(arguments: [200, 303, 422, 500])
    func withholdsAnswersWithTokens(_ status: Int) async throws {
        let answer = #"{"id":1,"oauth_token_key":"k","oauth_token_secret":"s"}"#
        try await GatewayFixture.run(ScriptedUpstream.answering(status, [], answer)) { gateway in
            let withheld = try await gateway.call("POST", "/users/alice/api/v1/x", body: "{}")
            #expect(withheld.slug == "answer-withheld")
            #expect(!withheld.bodyText.contains("oauth_token_key"))
        }
    }

    @Test func sendsBodiesAsTheyCame() async throws {
        try await GatewayFixture.run { gateway in
            let body = #" {"a" : 1.10, "b":"\u00e9é"} "#
            for method in ["POST", "PUT", "PATCH", "DELETE"] {
                #expect(try await gateway.call(method, "/users/alice/api/v1/x", body: body).status == 200)
            }
            #expect(gateway.upstream.requests.current.map(\.bodyText) == [body, body, body, body])
            for method in ["POST", "DELETE", "GET"] { _ = try await gateway.call(method, "/users/alice/api/v1/x") }
            #expect(gateway.upstream.requests.current.dropFirst(4).map(\.bodyText) == ["", nil, nil])
        }
    }

    @Test(arguments: ["{", #"{"a":1,"a":2}"#, "{}x", "\u{FEFF}{}", #"{"a":"\ud800"}"#])
    func refusesWhatIsNoJSON(_ body: String) async throws {
        try await GatewayFixture.run { gateway in
            let slug = try await gateway.call("POST", "/users/alice/api/v1/x", body: body).slug
            #expect(slug == "malformed-json")
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func describesUsers() async throws {
        try await GatewayFixture.run { gateway in
            let text = try await gateway.call("GET", "/users/alice").bodyText
            #expect(text.contains(#""state":"active""#))
            #expect(text.contains(#""consumer":"main""#))
            let record = try #require(try await gateway.records.wait(for: 1).first)
            #expect(record.caller == "backend")
            #expect(record.homeUser == "alice")
        }
    }
}

extension TransferRequest {
    /// The `Authorization` field, once the signature in it is found to be good for exactly the bytes that are sent.
    func verifiedAuthorization(tenant: String) throws -> AuthorizationHeader {
        let value = try #require(header("authorization"))
        let parsed = try AuthorizationHeader.parse(Array(value.utf8))
        let parts = target.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        let uri = try #require(
            BaseStringURI(scheme: "https", host: "www.wegowise.com", port: nil, path: Array(parts[0])))
        let query = try #require(FormEncoding.parse(parts.count > 1 ? parts[1] : []))
        let isGood = SignatureCheck.verify(
            method: Array(method.utf8), uri: uri, queryAndFormParameters: query, header: parsed,
            consumerSecret: Secret(utf8: "\(tenant)-consumer-secret-0002"),
            tokenSecret: Secret(utf8: "\(tenant)-token-secret-0001"))
        #expect(isGood)
        return parsed
    }
}
