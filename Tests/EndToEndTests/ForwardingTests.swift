// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// An unsigned local call becomes a signed call upstream, and the answer comes back.
struct ForwardingTests {
    @Test(arguments: ["GET", "POST", "PUT", "PATCH", "DELETE"])
    func signsEveryMethod(method: String) async throws {
        let deployment = try await Deployment.shared()
        let path = "/api/v1/wego_home/meters/\(uniqueMark())"
        let body = ["POST", "PUT", "PATCH"].contains(method) ? #"{"account_number": "ABCD123"}"# : nil
        let call =
            body.map { Call.json(method, "/users/alice\(path)", $0) }
            ?? Call(method: method, target: "/users/alice\(path)")
        let (response, record) = try await deployment.forward(call)
        #expect(record.verdict == "ok")
        #expect(record.user == "acme-alice")
        #expect(record.method == method)
        #expect(record.target == path)
        #expect(record.body == Data((body ?? "").utf8))
        #expect(response.header("wego-gateway-request-id") != nil)
        #expect(response.header("wego-gateway-error-source") == nil)
    }

    @Test(arguments: [
        ("a=1&a=2&a=1", [["a", "1"], ["a", "2"], ["a", "1"]]),
        ("z=1&a=2&m=3", [["z", "1"], ["a", "2"], ["m", "3"]]),
        ("empty=&valueless&a=b", [["empty", ""], ["valueless", ""], ["a", "b"]]),
        ("plus=x+y", [["plus", "x y"]]),
        ("space=x%20y", [["space", "x y"]]),
        ("escaped=x%2By", [["escaped", "x+y"]]),
        ("utf8=caf%C3%A9&house=%F0%9F%8F%A0", [["utf8", "café"], ["house", "🏠"]]),
        ("composed=%C3%A9&decomposed=e%CC%81", [["composed", "\u{e9}"], ["decomposed", "e\u{301}"]]),
        ("lower=%c3%a9&mixed=%2fA%2Fb", [["lower", "é"], ["mixed", "/A/b"]]),
        (
            "reserved=%21%2A%27%28%29%3B%3A%40%26%3D%24%2C%2F%3F%23%5B%5D",
            [["reserved", "!*'();:@&=$,/?#[]"]]
        ),
        ("plain=!*'()~._-:@$,/?", [["plain", "!*'()~._-:@$,/?"]]),
        ("a%20name=1&na%26me=2&%C3%A9=3", [["a name", "1"], ["na&me", "2"], ["é", "3"]]),
        ("equals=a=b==", [["equals", "a=b=="]]),
        ("lines=a%0D%0Ab&percent=%2525", [["lines", "a\r\nb"], ["percent", "%25"]]),
        ("oauth-like=x&OAuth_Token=y", [["oauth-like", "x"], ["OAuth_Token", "y"]]),
    ])
    func keepsTheMeaningOfTheQuery(query: String, parameters: [[String]]) async throws {
        let deployment = try await Deployment.shared()
        let (_, record) = try await deployment.forward(.get("/users/alice/api/v1/wego_home/meters?\(query)"))
        #expect(record.verdict == "ok")
        // Compared as bytes: as Swift strings, composed and decomposed accents would be equal.
        #expect(record.parameters?.map { $0.map { Array($0.utf8) } } == parameters.map { $0.map { Array($0.utf8) } })
    }

    @Test(arguments: [
        #"{}"#, #"{"a": 1}"#, "{\n  \"spaces\":   [1,2 , 3]\r\n}\n", #"{"unicode":"é\u00e9🏠","slash":"\/"}"#,
        #"{"number":1.0e+2,"big":123456789012345678901234567890}"#, #"["top-level array"]"#, #"{"a=b&c":"d+e%20"}"#,
    ])
    func passesJSONBodiesByteForByte(body: String) async throws {
        let deployment = try await Deployment.shared()
        let (_, record) = try await deployment.forward(.json("POST", "/users/alice/api/v1/wego_home/notes", body))
        #expect(record.verdict == "ok")
        #expect(record.body == Data(body.utf8))
        #expect(record.headerValues("content-type") == ["application/json"])
    }

    @Test func forwardsABodyOfTheLargestSize() async throws {
        let deployment = try await Deployment.shared()
        let body = #"{"notes":""# + String(repeating: "x", count: 1 << 20 - 12) + #""}"#
        let padded = body + String(repeating: " ", count: (1 << 20) - body.utf8.count)
        let response = try await deployment.send(.json("POST", "/users/alice/api/v1/magic/status/200", padded))
        #expect(response.status == 200)
    }

    @Test func forwardsFromTheJSONEnvelope() async throws {
        let deployment = try await Deployment.shared()
        let envelope = """
            {"user": "alice", "method": "POST", "path": "/api/v1/wego_home/notes",
             "query": {"name": "a b", "repeated": ["1", "2"]}, "body": {"account_number":  "ABCD123"}}
            """
        let (_, record) = try await deployment.forward(.json("POST", "/forward", envelope))
        #expect(record.verdict == "ok")
        #expect(record.method == "POST")
        #expect(record.parameters == [["name", "a b"], ["repeated", "1"], ["repeated", "2"]])
        #expect(record.body == Data(#"{"account_number":  "ABCD123"}"#.utf8))
    }

    @Test func signsWithTheCredentialOfTheUserInThePath() async throws {
        let deployment = try await Deployment.shared()
        let user = deployment.credentials.users[1]
        let (_, record) = try await deployment.forward(.get("/users/\(user.name)/oauth/user"))
        #expect(record.user == user.label)
        #expect(record.target == "/oauth/user")
    }

    @Test func sendsThePublicResourceUnsigned() async throws {
        let deployment = try await Deployment.shared()
        let (_, record) = try await deployment.forward(.get("/public/api/v1/utility_companies?zip=02118"))
        #expect(record.verdict == "public")
    }

    @Test func keepsTheCallersHeadersToItself() async throws {
        let deployment = try await Deployment.shared()
        let call = Call.get(
            "/users/alice/oauth/user",
            [
                ("Cookie", "session=1"), ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                ("X-Forwarded-For", "10.0.0.1"), ("Wego-Gateway-Store-As", "someone"), ("TE", "trailers"),
                ("X-Secret-Of-The-Caller", "1"),
            ])
        let (_, record) = try await deployment.forward(call)
        // The upstream refuses what must not arrive; the names that may arrive are few.
        #expect(record.verdict == "ok")
        let allowed: Set = ["host", "accept", "accept-encoding", "user-agent", "content-type", "content-length"]
        #expect(Set((record.headers ?? []).map { $0[0].lowercased() }).subtracting(allowed).isEmpty)
    }

    @Test func usesAFreshNonceEachTime() async throws {
        let deployment = try await Deployment.shared()
        let connection = try deployment.connect()
        for _ in 0..<20 {
            try await connection.send(deployment.bytes(of: .get("/users/alice/oauth/user")))
            let record = try UpstreamRecord(await connection.response().body)
            #expect(record.verdict == "ok")
        }
    }
}
