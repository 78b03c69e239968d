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

/// What comes back, how often something is sent, and what is kept of it.
struct OutcomeTests {
    private static let path = ConnectionTests.path

    @Test func passesAnswersOnUnchanged() async throws {
        let fields = [
            "Content-Type: text/weird; x=\"y\"", "X-Custom:  spaced ", "ETag: W/\"1\"", "Connection: X-Hop, close",
            "X-Hop: 1",
            "Keep-Alive: timeout=5", "Set-Cookie: session=secret", "Wego-Gateway-Request-Id: forged",
            "Wego-Gateway-Error-Source: gateway", "Transfer-Encoding: chunked", "Content-Length: 999",
        ]
        try await GatewayFixture.run(.answering(418, fields, "teapot")) { gateway in
            let response = try await gateway.call("GET", Self.path)
            #expect(response.status == 418)
            #expect(response.bodyText == "teapot")
            #expect(response.header("content-type") == "text/weird; x=\"y\"")
            #expect(response.header("x-custom") == "spaced")
            #expect(response.header("etag") == "W/\"1\"")
            #expect(response.header("content-length") == "6")
            #expect(response.header("wego-gateway-error-source") == "upstream")
            #expect(response.header("wego-gateway-request-id")?.count == 32)
            for name in ["connection", "x-hop", "keep-alive", "set-cookie", "transfer-encoding"] {
                #expect(response.values(of: name).isEmpty)
            }
        }
    }

    @Test(arguments: [200, 201, 204, 299, 300, 301, 304, 400, 401, 404, 422, 429, 500, 503, 599])
    func namesTheSourceOfErrors(_ status: Int) async throws {
        try await GatewayFixture.run(.answering(status, [], "")) { gateway in
            let response = try await gateway.call("GET", Self.path)
            #expect(response.status == status)
            #expect(response.header("wego-gateway-error-source") == ((200...299).contains(status) ? nil : "upstream"))
        }
    }

    /// The client would wait for another answer behind such a one.
    @Test(arguments: [100, 101, 103, 199, 600, 0])
    func passesNoInterimAnswersOn(_ status: Int) async throws {
        try await GatewayFixture.run(.answering(status, [], "")) { gateway in
            let slug = try await gateway.call("GET", Self.path).slug
            #expect(slug == "upstream-bad-response")
        }
    }

    private static func lost(_ wire: TransferFailure.WireState) -> TransferFailure {
        TransferFailure(.connectionLost, wire, "secret detail")
    }

    @Test func triesAReadingCallTwiceWithAFreshNonce() async throws {
        let upstream = ScriptedUpstream { number, _ in number == 0 ? .fail(Self.lost(.unknown)) : .answer(200, [], "{}")
        }
        try await GatewayFixture.run(upstream) { gateway in
            #expect(try await gateway.call("GET", Self.path).status == 200)
            let headers = try gateway.upstream.requests.current.map { try $0.verifiedAuthorization(tenant: "north") }
            #expect(headers.count == 2)
            #expect(headers[0].nonce != headers[1].nonce)
            #expect(headers[0].signature != headers[1].signature)
            #expect(try await gateway.records.wait(for: 1).first?.attempts == 2)
        }
    }

    @Test func givesUpAfterTheSecondTry() async throws {
        try await GatewayFixture.run(ScriptedUpstream { _, _ in .fail(Self.lost(.unknown)) }) { gateway in
            let response = try await gateway.call("GET", Self.path)
            #expect(response.slug == "upstream-connection-lost")
            #expect(!response.bodyText.contains("secret detail"))
            #expect(gateway.upstream.requests.current.count == 2)
        }
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func neverSendsAChangeTwice(_ method: String) async throws {
        for wire in [TransferFailure.WireState.unknown, .answered] {
            try await GatewayFixture.run(ScriptedUpstream { _, _ in .fail(Self.lost(wire)) }) { gateway in
                let slug = try await gateway.call(method, "/users/alice/api/v1/x", body: "{}").slug
                #expect(slug == "outcome-unknown")
                #expect(gateway.upstream.requests.current.count == 1)
            }
        }
    }

    @Test func sendsAChangeAgainThatNeverLeft() async throws {
        let upstream = ScriptedUpstream { number, _ in number == 0 ? .fail(Self.lost(.notSent)) : .answer(201, [], "{}")
        }
        try await GatewayFixture.run(upstream) { gateway in
            let status = try await gateway.call("POST", "/users/alice/api/v1/x", body: #"{"a":1}"#).status
            #expect(status == 201)
            #expect(gateway.upstream.requests.current.map(\.bodyText) == [#"{"a":1}"#, #"{"a":1}"#])
        }
    }

    @Test func countsAndTells() async throws {
        let limits = LimitDefaults(
            homeUser: LimitTerms(rate: Rate(permits: 1, per: .hour), burst: 2),
            caller: LimitTerms(rate: Rate(permits: 100, per: .minute), burst: 50))
        try await GatewayFixture.run(limits: limits) { gateway in
            let first = try await gateway.call("GET", Self.path)
            #expect(first.header("ratelimit")?.hasPrefix(#""home-user";r=1;t=3600, "caller";r=49;t=1"#) == true)
            #expect(
                first.header("ratelimit-policy")
                    == #""home-user";q=1;w=3600;wego-burst=2, "caller";q=100;w=60;wego-burst=50"#
            )
            _ = try await gateway.call("GET", Self.path)
            let refused = try await gateway.call("GET", Self.path)
            #expect(refused.slug == "quota-exceeded")
            #expect(refused.status == 429)
            #expect(Int(refused.header("retry-after") ?? "").map { (3500...3600).contains($0) } == true)
            #expect(refused.header("ratelimit")?.hasPrefix(#""home-user";r=0;"#) == true)
            #expect(refused.bodyText.contains(#""violated-policies":["home-user"]"#))
            #expect(gateway.upstream.requests.current.count == 2)
        }
    }

    @Test func givesPlacesBackHoweverACallEnds() async throws {
        let upstream = ScriptedUpstream { number, _ in
            number % 2 == 0 ? .fail(TransferFailure(.timeout, .unknown)) : .answer(200, [], "{}")
        }
        try await GatewayFixture.run(upstream, limits: LimitDefaults(homeUser: LimitTerms(concurrency: 1))) { gateway in
            for number in 0..<6 {
                let status = try await gateway.call("GET", Self.path).status
                #expect(status == (number % 2 == 0 ? 504 : 200))
            }
        }
    }

    @Test func recordsWhoDidWhat() async throws {
        try await GatewayFixture.run { gateway in
            let target = "/users/alice/api/v1/wego_pro/developments?secret=hidden"
            _ = try await gateway.call("POST", target, body: #"{"a":1}"#)
            _ = try await gateway.call("GET", "/users/nobody/api/v1/x")
            _ = try await gateway.call("OPTIONS", "/users/alice/api/v1/x")
            let records = try await gateway.records.wait(for: 3)
            #expect(records[0].tenant == "north")
            #expect(records[0].caller == "backend")
            #expect(records[0].homeUser == "alice")
            #expect(records[0].route == "/api/v1/wego_pro/developments")
            #expect(records[0].decision == .forwarded)
            #expect(records[0].requestBytes == 7)
            #expect(records[0].upstreamStatus == 200)
            #expect(records[1].problem == "user-not-found")
            #expect(records[1].caller == "backend")
            #expect(records[1].tenant == "north")
            #expect(records[1].homeUser == "nobody")
            #expect(records[2].method == "OTHER")
            #expect(records[2].caller == nil)
            #expect(Set(records.map(\.requestID)).count == 3)
        }
    }

    @Test func showsNoSecretAnywhere() async throws {
        let limits = LimitDefaults(homeUser: LimitTerms(concurrency: 8))
        let upstream = ScriptedUpstream { number, _ in number == 1 ? .fail(Self.lost(.unknown)) : .answer(200, [], "{}")
        }
        try await GatewayFixture.run(upstream, limits: limits) { gateway in
            var seen = ""
            for (method, target) in [
                ("GET", Self.path), ("POST", "/users/alice/api/v1/x"), ("GET", "/users/alice"), ("GET", "/x"),
            ] {
                let response = try await gateway.call(method, target, body: method == "POST" ? "{}" : nil)
                seen += "\(response.headers)" + response.bodyText
            }
            let alice = OperatorRequest(
                tenant: try #require(TenantName("north")), user: "alice", method: "GET", target: "/api/v1/x?q=1",
                body: nil)
            seen += "\(try gateway.plane.explain(alice))" + "\(await gateway.plane.call(alice))"
            for record in try await gateway.records.wait(for: 5) { seen += "\(record)\(record.members)" }
            seen += gateway.plane.services.metrics.prometheusText()
            let secret = gateway.key.suffix(64)
            for hidden in [
                GatewayFixture.token, GatewayFixture.tokenSecret, GatewayFixture.consumerSecret, String(secret),
            ] {
                #expect(!seen.contains(hidden))
            }
        }
    }

    @Test func countsInMetrics() async throws {
        try await GatewayFixture.run { gateway in
            _ = try await gateway.call("GET", Self.path)
            _ = try await gateway.call("GET", "/users/nobody/api/v1/x")
            let text = gateway.plane.services.metrics.prometheusText()
            #expect(
                text.contains(
                    #"wego_gateway_requests_total{route="wego_home.building.show",method="GET",status="200",source="upstream"} 1"#
                ))
            #expect(text.contains(#"status="404",source="gateway"} 1"#))
            #expect(
                text.contains(#"wego_gateway_upstream_seconds_bucket{route="wego_home.building.show",le="0.005"} 1"#))
        }
    }
}

/// Calls of the operator, who needs no key.
struct OperatorTests {
    private func request(
        _ method: String, _ target: String, user: String = "alice", body: String? = nil
    ) throws -> OperatorRequest {
        OperatorRequest(
            tenant: try #require(TenantName("north")), user: user, method: method, target: target,
            body: body.map { Array($0.utf8) }, asker: "operator:uid=7")
    }

    @Test func callsThroughTheSamePipeline() async throws {
        try await GatewayFixture.run(.answering(201, ["X: 1", "Set-Cookie: a=b"], "made")) { gateway in
            let answer = await gateway.plane.call(try request("POST", "/api/v1/x?a=b", body: "{}"))
            #expect(answer.status == 201)
            #expect(answer.body == Array("made".utf8))
            #expect(answer.headers.contains { $0.name == "X" && $0.value == "1" })
            #expect(!answer.headers.contains { $0.name.lowercased() == "set-cookie" })
            _ = try #require(gateway.upstream.requests.current.first).verifiedAuthorization(tenant: "north")
            #expect(try await gateway.records.wait(for: 1).first?.caller == "(operator:uid=7)")
        }
    }

    static let refused: [(String, String, String, String?, Int)] = [
        ("GET", "/api/v1/x", "nobody", nil, 404), ("GET", "/nowhere", "alice", nil, 404),
        ("TRACE", "/api/v1/x", "alice", nil, 405), ("GET", "/api/v1/../x", "alice", nil, 400),
        ("POST", "/api/v1/x", "alice", "{", 400), ("GET", "/api/v1/x", "alice", "{}", 400),
        ("POST", "/api/v1/wego_home/users", "alice", "{}", 422), ("POST", "/api/v1/wego_pro/users", "alice", "{}", 501),
        ("POST", "/api/v1/x", "alice", "\"" + String(repeating: "x", count: 1 << 20) + "\"", 413),
    ]

    @Test(arguments: refused)
    func refuses(_ method: String, _ target: String, _ user: String, _ body: String?, _ status: Int) async throws {
        try await GatewayFixture.run { gateway in
            let answer = await gateway.plane.call(try request(method, target, user: user, body: body))
            #expect(answer.status == status)
            #expect(answer.headers.contains { $0.name == "Wego-Gateway-Error-Source" && $0.value == "gateway" })
            #expect(ProblemText(answer.body)?.text("errors") != nil)
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func explainsWithoutSending() async throws {
        try await GatewayFixture.run { gateway in
            let explanation = try gateway.plane.explain(try request("GET", "/api/v1/x?b=2&a=1"))
            #expect(explanation.baseStringURI == "https://www.wegowise.com/api/v1/x")
            #expect(
                explanation.baseString.hasPrefix("GET&https%3A%2F%2Fwww.wegowise.com%2Fapi%2Fv1%2Fx&a%3D1%26b%3D2%26"))
            #expect(throws: GatewayError.self) {
                try gateway.plane.explain(try request("GET", "/api/v1/x", user: "nobody"))
            }
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }
}
