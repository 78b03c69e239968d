// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import TestSupport
import Testing

/// Something that happens to the call that creates a home user, and what everybody must be left with.
struct CreationFault: Sendable, CustomTestStringConvertible {
    /// What the store holds of the name afterwards.
    enum Left: Sendable {
        case free
        case active
        /// Taken, and nobody can tell whether the user exists.
        case unknown
        /// Taken, with an answer that waits sealed.
        case quarantined
    }

    let name: String
    /// For the sandbox.
    let fault: String
    let status: Int
    /// The end of the problem's type; nil where the answer is WegoWise's own.
    let problem: String?
    let left: Left
    /// Whether the sandbox created the user.
    let exists: Bool

    init(_ name: String, _ fault: String, _ status: Int, _ problem: String?, _ left: Left, exists: Bool = false) {
        self.name = name
        self.fault = fault
        self.status = status
        self.problem = problem
        self.left = left
        self.exists = exists
    }

    var testDescription: String { name }

    static let all = cuts + refusals + failures + strangeAnswers

    private static let cuts = [
        CreationFault("cut after the request", #"{"cut": "after-read"}"#, 502, "outcome-unknown", .unknown),
        CreationFault(
            "cut before the answer", #"{"cut": "before-head"}"#, 502, "outcome-unknown", .unknown, exists: true),
        CreationFault("cut in the head", #"{"cut": "mid-head"}"#, 502, "outcome-unknown", .unknown, exists: true),
        CreationFault("cut in the body", #"{"cut": "mid-body"}"#, 502, "outcome-unknown", .unknown, exists: true),
        CreationFault("an answer that takes its time", #"{"delay": "200ms"}"#, 200, nil, .active, exists: true),
    ]

    private static let refusals = [400, 401, 403, 404, 409, 422].map {
        CreationFault("status \($0)", #"{"status": \#($0), "body": {"errors": "no"}}"#, $0, nil, .free)
    }

    private static let failures = [301, 302, 500, 502, 504].map {
        CreationFault("status \($0)", #"{"status": \#($0), "body": {"errors": "no"}}"#, $0, nil, .unknown)
    }

    private static func answer(_ name: String, _ body: String) -> CreationFault {
        CreationFault(name, #"{"status": 200, "body": \#(body)}"#, 502, "answer-quarantined", .quarantined)
    }

    private static let strangeAnswers = [
        answer("no pair", #"{"id": 7}"#), answer("no JSON", #""created""#), answer("an array", "[1]"),
        answer("a token without its secret", #"{"oauth_token_key": "T"}"#),
        answer("a secret without its token", #"{"oauth_token_secret": "S"}"#),
        answer("two tokens", #"{"oauth_token_key": "T", "oauth_token": "U", "oauth_token_secret": "S"}"#),
        answer("an empty secret", #"{"oauth_token_key": "T", "oauth_token_secret": ""}"#),
        answer("two levels down", #"{"a": {"b": {"oauth_token_key": "T", "oauth_token_secret": "S"}}}"#),
        CreationFault("no body at all", #"{"status": 200}"#, 502, "answer-quarantined", .quarantined),
        CreationFault(
            "one level down", #"{"status": 201, "body": {"user": {"oauth_token": "T", "oauth_token_secret": "S"}}}"#,
            201, nil, .active),
    ]

    /// What is said, stored and simulated must agree.
    func check(_ name: String, _ answer: RawResponse, _ gateway: SandboxedGateway) async throws {
        #expect(answer.status == status, "\(self.name): \(answer.bodyText)")
        let source = (200..<300).contains(status) ? nil : problem == nil ? "upstream" : "gateway"
        #expect(answer.header("wego-gateway-error-source") == source, "\(self.name)")
        if let problem { #expect(answer.bodyText.contains("problem:\(problem)\""), "\(self.name): \(answer.bodyText)") }
        #expect(answer.header("wego-gateway-stored-user") == (isActive ? name : nil), "\(self.name)")
        #expect(try await gateway.user(name)?.state == state, "\(self.name)")
        #expect(try await gateway.quarantined(name).count == (isQuarantined ? 1 : 0), "\(self.name)")
        #expect(try await (gateway.sandbox.user(name) != nil) == exists, "\(self.name)")
        if let user = try await gateway.user(name), user.state == "unknown" {
            let shown = try await gateway.command("user", "show", name)
            #expect(shown.contains("wego-gateway user quarantine"), "\(self.name): \(shown)")
        }
    }

    var isActive: Bool { if case .active = left { true } else { false } }
    private var isQuarantined: Bool { if case .quarantined = left { true } else { false } }

    private var state: String? {
        switch left {
        case .free: nil
        case .active: "active"
        case .unknown, .quarantined: "unknown"
        }
    }
}
