// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import OAuth1
import Secrets
import StrictJSON
import Testing
import WegoWise

@testable import Gateway

struct DataPlaneRouteTests {
    private func route(_ method: String, _ target: String) throws -> DataPlaneRoute {
        try DataPlaneRoute(method: method, target: try RequestTarget(target), catalogue: .standard)
    }

    private func slug(_ method: String, _ target: String) -> String? {
        do {
            _ = try route(method, target)
            return nil
        } catch {
            return (error as? GatewayError).map { Problem($0).slug }
        }
    }

    static let calls: [(String, String, String, String, RouteAccess)] = [
        (
            "GET", "/users/alice/api/v1/wego_home/building", "wego_home.building.show", "/api/v1/wego_home/building",
            .read
        ),
        (
            "HEAD", "/users/alice/api/v1/wego_home/building", "wego_home.building.show", "/api/v1/wego_home/building",
            .read
        ),
        (
            "POST", "/users/alice/api/v1/wego_home/meters?a=b", "wego_home.meters.create",
            "/api/v1/wego_home/meters?a=b", .write
        ),
        ("DELETE", "/users/alice/api/v1/wego_home/user", "wego_home.users.destroy", "/api/v1/wego_home/user", .users),
        ("GET", "/users/alice/api/v1/wego_home/user.json", "unlisted", "/api/v1/wego_home/user.json", .read),
        ("GET", "/users/alice/oauth/user", "oauth.user.show", "/oauth/user", .read),
        ("GET", "/users/alice/api/v1/new/thing", "unlisted", "/api/v1/new/thing", .read),
        ("PUT", "/users/alice/api/v1/new/thing", "unlisted", "/api/v1/new/thing", .write),
        ("PUT", "/users/a%2Eb/api/v1/new/%C3%A4%2B", "unlisted", "/api/v1/new/%C3%A4%2B", .write),
    ]

    @Test(arguments: calls)
    func findsCalls(_ method: String, _ target: String, _ label: String, _ wire: String, _ access: RouteAccess) throws {
        guard case .homeUserCall(_, let call) = try route(method, target) else {
            Issue.record("no call")
            return
        }
        #expect(call.label == label)
        #expect(String(decoding: call.target.wire, as: UTF8.self) == wire)
        #expect(call.access == access)
        #expect(call.method == method)
    }

    @Test func findsTheOthers() throws {
        guard case .publicCall = try route("GET", "/public/api/v1/utility_companies") else {
            Issue.record("no public call")
            return
        }
        guard case .envelope = try route("POST", "/forward") else {
            Issue.record("no envelope")
            return
        }
        guard case .describeUser("alice") = try route("GET", "/users/alice") else {
            Issue.record("no description")
            return
        }
    }

    static let refused: [(String, String, String)] = [
        ("GET", "/users", "path-not-forwarded"), ("GET", "/api/v1/wego_home/building", "path-not-forwarded"),
        ("GET", "/users/alice/api/v2/x", "path-not-forwarded"), ("GET", "/users/alice/admin", "path-not-forwarded"),
        ("GET", "/users/alice/API/v1/x", "path-not-forwarded"), ("GET", "/users/alice/api/v1", "path-not-forwarded"),
        ("GET", "/users/alice/oauth/access_token", "path-not-forwarded"),
        ("GET", "/public/api/v1/wego_home/building", "path-not-forwarded"), ("GET", "/public", "path-not-forwarded"),
        ("GET", "/public/oauth/user", "path-not-forwarded"),
        ("POST", "/public/api/v1/utility_companies", "path-not-forwarded"),
        ("GET", "/forward", "method-not-allowed"), ("POST", "/forward/x", "path-not-forwarded"),
        ("POST", "/users/alice", "method-not-allowed"),
        ("POST", "/users/dev/api/v1/wego_home/users.json", "capture-unavailable"),
        ("POST", "/users/dev/api/v1/wego_home/Users", "capture-unavailable"),
        ("POST", "/users/dev/api/v1/wego_home/%55sers", "capture-unavailable"),
        ("DELETE", "/users/alice/api/v1/wego_home/user.json", "capture-unavailable"),
        ("DELETE", "/users/alice/api/v1/wego_home/users/12", "capture-unavailable"),
        ("PATCH", "/users/alice/api/v1/wego_home/user", "method-not-allowed"),
        ("PUT", "/users/alice/api/v1/wego_pro/users/12", "capture-unavailable"),
    ]

    @Test(arguments: refused)
    func refuses(_ method: String, _ target: String, _ slug: String) {
        #expect(self.slug(method, target) == slug)
    }
}

struct ProtocolParameterTests {
    /// They travel in the header alone; in the query they could stand for another user.
    @Test(arguments: ["oauth_token", "oauth_signature", "oauth_anything"])
    func areRefusedInTheQuery(name: String) throws {
        let target = try RequestTarget("/users/alice/oauth/user?\(name)=x")
        #expect(throws: GatewayError.self) {
            try DataPlaneRoute(method: "GET", target: target, catalogue: .standard)
        }
    }
}

struct EnvelopeTests {
    private func envelope(_ json: String) throws -> Envelope {
        try Envelope(try JSONDocument.parse(Array(json.utf8)))
    }

    @Test func readsACall() throws {
        let envelope = try envelope(
            #"{"user":"alice","method":"POST","path":"/api/v1/x","query":{"a":1.50,"b":[true,"é"]},"body": { "k" : 1e2 } }"#
        )
        #expect(envelope.user == "alice")
        #expect(envelope.method == "POST")
        #expect(envelope.target.segments == ["api", "v1", "x"])
        #expect(envelope.target.query == [Parameter("a", "1.50"), Parameter("b", "true"), Parameter("b", "é")])
        #expect(envelope.body == Array(#"{ "k" : 1e2 }"#.utf8))
    }

    static let bad: [(String, String)] = [
        ("[]", ""), (#"{"user":"a","method":"GET"}"#, "/path"), (#"{"method":"GET","path":"/a"}"#, "/user"),
        (#"{"user":1,"method":"GET","path":"/a"}"#, "/user"), (#"{"user":"a","method":"get","path":"/a"}"#, "/method"),
        (#"{"user":"a","method":"GET","path":"/a","x":1}"#, "/x"),
        (#"{"user":"a","method":"GET","path":"/a","x/y~":1}"#, "/x~1y~0"),
        (#"{"user":"a","method":"GET","path":"/a?b=c"}"#, "/path"),
        (#"{"user":"a","method":"GET","path":"/a","query":[]}"#, "/query"),
        (#"{"user":"a","method":"GET","path":"/a","query":{"a/b":null}}"#, "/query/a~1b"),
        (#"{"user":"a","method":"GET","path":"/a","query":{"q":[[1]]}}"#, "/query/q"),
        (#"{"user":"a","method":"GET","path":"/a","body":{}}"#, "/body"),
    ]

    @Test(arguments: bad)
    func pointsAtWhatIsWrong(_ json: String, _ pointer: String) throws {
        let error = #expect(throws: GatewayError.self) { try envelope(json) }
        guard case .badEnvelope(pointer, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func doesNotEchoLongNames() throws {
        let name = String(repeating: "n", count: 10_000)
        let error = #expect(throws: GatewayError.self) { try envelope(#"{"\#(name)":1}"#) }
        #expect(Problem(try #require(error)).json(requestID: "0").count < 1000)
    }

    @Test func holdsPathsToTheSameRules() {
        let error = #expect(throws: GatewayError.self) {
            try envelope(#"{"user":"a","method":"GET","path":"/a/../b"}"#)
        }
        guard case .badTarget = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func boundsTheQuery() {
        let values = Array(repeating: "1", count: RequestTarget.maximumParameters + 1).joined(separator: ",")
        #expect(throws: GatewayError.self) {
            try envelope(#"{"user":"a","method":"GET","path":"/a","query":{"q":[\#(values)]}}"#)
        }
    }
}

struct UpstreamTargetTests {
    /// Pieces that two readers might write or read differently.
    private static let pieces = [
        "a", "B", "é", "日本", " ", "+", "%", "%2F", "&", "=", "?", "#", "~", "-._", "!*'()", ":@", "$,", "\u{1F600}",
        "[]", "\"",
        "`^{|}", "0",
    ]

    private func text(_ random: inout some RandomNumberGenerator) -> String {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
            .joined()
    }

    /// The provider sees nothing but the wire; from that alone the signature must come out the same.
    @Test(arguments: 0..<200)
    func whatIsSignedIsWhatIsSent(_ seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let segments = (0..<Int.random(in: 1...5, using: &random)).map { _ in text(&random) }
        let query = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            Parameter(
                name: Array(text(&random).utf8), value: Bool.random(using: &random) ? Array(text(&random).utf8) : nil)
        }
        let target = UpstreamTarget(segments: segments, query: query)
        let (consumerSecret, tokenSecret) = (Secret(utf8: "c"), Secret(utf8: "t"))
        let uri = try #require(BaseStringURI(scheme: "https", host: "www.wegowise.com", port: nil, path: target.path))
        let header = Signer().authorization(
            for: SignableRequest(method: Array("GET".utf8), uri: uri, parameters: target.query),
            with: SigningCredential(
                consumerKey: [0x6B], token: Secret(utf8: "k"),
                key: SigningKey(consumerSecret: consumerSecret, tokenSecret: tokenSecret)),
            timestamp: 1, nonce: [0x6E])

        let parts = target.wire.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        let seen = try #require(
            BaseStringURI(scheme: "https", host: "www.wegowise.com", port: nil, path: Array(parts[0])))
        let parameters = try #require(FormEncoding.parse(parts.count > 1 ? parts[1] : []))
        #expect(
            SignatureCheck.verify(
                method: Array("GET".utf8), uri: seen, queryAndFormParameters: parameters,
                header: try AuthorizationHeader.parse(header), consumerSecret: consumerSecret, tokenSecret: tokenSecret)
        )
    }

    @Test(arguments: 0..<100)
    func readingItAgainChangesNothing(_ seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let segments = (0..<3).map { _ in text(&random) }
        let target = UpstreamTarget(segments: segments, query: [Parameter(text(&random), text(&random))])
        let again = try RequestTarget(String(decoding: target.wire, as: UTF8.self))
        #expect(again.segments == segments)
        #expect(UpstreamTarget(segments: again.segments, query: again.query).wire == target.wire)
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
