// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody
import OAuth1
import Secrets
import StrictJSON
import TestSupport
import Testing

@testable import Gateway

extension ScriptedUpstream {
    /// Plays WegoWise's part: grants what it is asked for, unless `steps` say otherwise for a path.
    static func granting(_ steps: [String: Step] = [:]) -> ScriptedUpstream {
        ScriptedUpstream { number, request in
            let path = String(decoding: request.target, as: UTF8.self)
            if let step = steps[path] { return step }
            switch path {
            case "/oauth/request_token":
                return .answer(
                    200, [],
                    "oauth_token=temp-\(number)&oauth_token_secret=temp-secret-\(number)&oauth_callback_confirmed=true")
            case "/oauth/access_token":
                return .answer(200, [], "oauth_token=access-\(number)&oauth_token_secret=access-secret-\(number)")
            default: return .answer(200, [], #"{"id":"1"}"#)
            }
        }
    }
}

extension GatewayFixture {
    static func connecting(
        _ upstream: ScriptedUpstream = .granting(), _ change: (inout ConnectSettings) -> Void = { _ in },
        journal: (any CallJournal)? = nil, _ body: (GatewayFixture) async throws -> Void
    ) async throws {
        try await run(
            upstream,
            change: { _, services in
                services.connecting.returnOrigins = ["https://app.example"]
                change(&services.connecting)
                if let journal { services.journal = journal }
            }, body)
    }

    func begin(_ user: String, _ body: String? = nil) async throws -> RawResponse {
        try await call("POST", "/users/\(user)/connect", body: body)
    }

    /// Begins a connection that has to succeed. Returns the temporary token.
    func temporaryToken(for user: String, _ body: String? = nil) async throws -> String {
        let response = try await begin(user, body)
        #expect(response.status == 201, "\(response.bodyText)")
        let address = try #require(response.member("authorize_url"))
        return String(try #require(address.split(separator: "oauth_token=").last))
    }

    /// As `temporaryToken`, for a person who carries the verifier over.
    func outOfBandToken(for user: String) async throws -> String {
        try await temporaryToken(for: user, #"{"mode":"oob"}"#)
    }

    /// As a browser: without a key.
    func callBack(_ query: String, _ fields: [String] = [], host: String? = nil) async throws -> RawResponse {
        let connection = try connect()
        let lines = ["GET /oauth/callback?\(query) HTTP/1.1", "Host: \(host ?? "127.0.0.1:\(port)")"] + fields
        try await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
        return try await connection.response()
    }

    func finish(_ user: String, token: String, verifier: String = "v", key: String? = nil) async throws -> RawResponse {
        try await call(
            "POST", "/users/\(user)/connect/finish", key: key,
            body: #"{"oauth_token":"\#(token)","oauth_verifier":"\#(verifier)"}"#)
    }

    func token(of user: String) -> String? {
        credential(of: user)?.token.expose { String(decoding: $0, as: UTF8.self) }
    }
}

extension RawResponse {
    /// A member of a JSON object, if it is a string.
    func member(_ name: String) -> String? { (try? JSONDocument.parse(body))?.root[name]?.string }

    var heading: String? {
        bodyText.split(separator: "<h1>").last?.split(separator: "</h1>").first.map(String.init)
    }
}

extension TransferRequest {
    /// The header of a request signed with these secrets.
    func verified(consumerSecret: String, tokenSecret: String?) throws -> AuthorizationHeader {
        let value = try #require(header("authorization"))
        let parsed = try AuthorizationHeader.parse(Array(value.utf8))
        let uri = try #require(BaseStringURI(scheme: "https", host: "www.wegowise.com", port: nil, path: target))
        #expect(
            SignatureCheck.verify(
                method: Array(method.utf8), uri: uri, queryAndFormParameters: [], header: parsed,
                consumerSecret: Secret(utf8: consumerSecret), tokenSecret: tokenSecret.map { Secret(utf8: $0) }))
        return parsed
    }
}
