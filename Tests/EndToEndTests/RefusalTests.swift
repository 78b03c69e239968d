// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// A call that is refused: what the caller is told, and that the upstream never hears of it.
struct RefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let problem: Problem
        /// Gets a mark to put where it would show upstream.
        let call: @Sendable (String) -> Call

        init(_ name: String, _ problem: Problem, _ call: @escaping @Sendable (String) -> Call) {
            self.name = name
            self.problem = problem
            self.call = call
        }

        var testDescription: String { name }
    }

    private static let meters = "/users/alice/api/v1/wego_home/meters"

    @Test(arguments: identity + envelope + bodies + targets + origins)
    func refusesWithoutSendingAnything(refusal: Case) async throws {
        let deployment = try await Deployment.shared()
        let mark = uniqueMark()
        let response = try await deployment.send(refusal.call(mark))
        try expectProblem(response, refusal.problem)
        // What arrives in order on one connection would have arrived before this.
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        #expect(try deployment.upstream.records(marked: mark).isEmpty)
    }

    private static let identity = [
        Case("no key", .keyMissing) { .get("\(meters)?\($0)", as: nil) },
        Case("a key that is none", .keyInvalid) { .get("\(meters)?\($0)", as: "wgk_nonsense") },
        Case("a well-formed unknown key", .keyInvalid) {
            .get("\(meters)?\($0)", as: "wgk_0123456789abcdef_" + String(repeating: "0", count: 64))
        },
        Case("another scheme", .keyMissing) {
            .get("\(meters)?\($0)", as: nil, [("Authorization", "Basic YTpi")])
        },
        Case("an unknown user", .userNotFound) { .get("/users/nobody/api/v1/wego_home/meters?\($0)") },
        Case("another tenant's user", .userNotFound) { .get("/users/gina/api/v1/wego_home/meters?\($0)") },
        Case("a user not on the caller's list", .userNotFound) { .get("\(meters)?\($0)", as: "acme/bobs") },
        Case("a write with a reading key", .scopeMissing) {
            .json("POST", "\(meters)?\($0)", "{}", as: "acme/reader")
        },
        Case("creating home users where their token could not be found", .captureUnavailable) {
            .json("POST", "/users/dora/api/v1/wego_home/users.json?\($0)", "{}")
        },
    ]

    private static let envelope = [
        Case("malformed JSON", .malformedJSON) { .json("POST", "/forward", #"{"user": "\#($0)""#) },
        Case("JSON with a repeated member", .malformedJSON) {
            .json("POST", "/forward", #"{"user": "alice", "user": "bob", "method": "GET", "path": "/api/v1/\#($0)"}"#)
        },
        Case("an unknown member", .badEnvelope) {
            .json("POST", "/forward", #"{"user": "alice", "method": "GET", "path": "/api/v1/\#($0)", "host": "x"}"#)
        },
        Case("a missing member", .badEnvelope) {
            .json("POST", "/forward", #"{"user": "alice", "path": "/api/v1/\#($0)"}"#)
        },
        Case("a path of the wrong type", .badEnvelope) {
            .json("POST", "/forward", #"{"user": "alice", "method": "GET", "path": 7, "query": {"m": "\#($0)"}}"#)
        },
        Case("an enveloped path outside the API", .pathNotForwarded) {
            .json("POST", "/forward", #"{"user": "alice", "method": "GET", "path": "/admin/\#($0)"}"#)
        },
        Case("an enveloped unknown user", .userNotFound) {
            .json("POST", "/forward", #"{"user": "nobody", "method": "GET", "path": "/api/v1/\#($0)"}"#)
        },
        Case("an enveloped write with a reading key", .scopeMissing) {
            .json(
                "POST", "/forward", #"{"user": "alice", "method": "DELETE", "path": "/api/v1/\#($0)"}"#,
                as: "acme/reader")
        },
    ]

    private static let bodies = [
        Case("malformed JSON to pass on", .malformedJSON) { .json("POST", "\(meters)?\($0)", #"{"a": }"#) },
        Case("a body over the limit", .bodyTooLarge) {
            .json("POST", "\(meters)?\($0)", "{}" + String(repeating: " ", count: 1 << 20))
        },
        Case("a form", .unsupportedMediaType) {
            Call(
                method: "POST", target: "\(meters)?\($0)",
                headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array("a=b".utf8))
        },
        Case("plain text", .unsupportedMediaType) {
            Call(
                method: "POST", target: "\(meters)?\($0)", headers: [("Content-Type", "text/plain")],
                body: Array("{}".utf8))
        },
        Case("a body of no type", .unsupportedMediaType) {
            Call(method: "POST", target: "\(meters)?\($0)", body: Array("{}".utf8))
        },
    ]

    private static let targets = [
        Case("no route of the gateway", .pathNotForwarded) { .get("/nothing/\($0)") },
        Case("outside the catalogue's prefix", .pathNotForwarded) { .get("/users/alice/api/v2/\($0)") },
        Case("the OAuth endpoints", .pathNotForwarded) { .get("/users/alice/oauth/request_token?\($0)") },
        Case("another public resource", .pathNotForwarded) { .get("/public/api/v1/\($0)") },
        Case("a dot segment", .badTarget) { .get("/users/alice/api/v1/../v1/\($0)") },
        Case("an encoded dot segment", .badTarget) { .get("/users/alice/api/v1/%2e%2e/\($0)") },
        Case("a single dot", .badTarget) { .get("/users/alice/api/v1/./\($0)") },
        Case("an encoded slash", .badTarget) { .get("/users/alice/api/v1/a%2Fb/\($0)") },
        Case("an encoded slash in the user", .badTarget) { .get("/users/alice%2Fbob/api/v1/\($0)") },
        Case("a backslash", .badTarget) { .get("/users/alice/api/v1/a%5Cb/\($0)") },
        Case("a NUL", .badTarget) { .get("/users/alice/api/v1/a%00b/\($0)") },
        Case("an empty segment", .badTarget) { .get("/users/alice/api/v1//\($0)") },
        Case("a broken escape", .badTarget) { .get("/users/alice/api/v1/%zz/\($0)") },
        Case("a broken escape in the query", .badTarget) { .get("\(meters)?\($0)&a=%4") },
        Case("a parameter of the signature's own", .badTarget) { .get("\(meters)?\($0)&oauth_token=x") },
        Case("bytes that are not ASCII", .badRequest) { .get("/users/alice/api/v1/é/\($0)") },
        Case("a method that is none of the API's", .methodNotAllowed) {
            Call(method: "OPTIONS", target: "\(meters)?\($0)")
        },
        Case("an absolute target", .badTarget) { .get("http://127.0.0.1\(meters)?\($0)") },
    ]

    private static let origins = [
        Case("a foreign Host", .hostNotAllowed) {
            var call = Call.get("\(meters)?\($0)")
            call.host = "evil.example"
            return call
        },
        Case("the Host of another port", .hostNotAllowed) {
            var call = Call.get("\(meters)?\($0)")
            call.host = "127.0.0.1:1"
            return call
        },
        Case("a foreign Origin", .originForbidden) { .get("\(meters)?\($0)", [("Origin", "https://evil.example")]) },
        Case("no Origin at all", .originForbidden) { .get("\(meters)?\($0)", [("Origin", "null")]) },
        Case("a cross-site page", .originForbidden) { .get("\(meters)?\($0)", [("Sec-Fetch-Site", "cross-site")]) },
    ]
}
