// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// What WegoWise answers is what the caller gets.
struct AnswerTests {
    @Test(arguments: [200, 201, 202, 206, 400, 401, 404, 409, 418, 422, 429, 500, 503])
    func passesTheStatusUnchanged(status: Int) async throws {
        let deployment = try await Deployment.shared()
        let response = try await deployment.send(.get("/users/alice/api/v1/magic/status/\(status)"))
        #expect(response.status == status)
        #expect(response.bodyText == #"{"errors": "scripted \#(status)"}"#)
        #expect(response.header("wego-gateway-error-source") == (status < 300 ? nil : "upstream"))
    }

    @Test func passesTheHeadOfAnAnswer() async throws {
        let deployment = try await Deployment.shared()
        let connection = try deployment.connect()
        for _ in 0..<2 {
            try await connection.send(deployment.bytes(of: Call(method: "HEAD", target: "/users/alice/oauth/user")))
            let response = try await connection.response(toHead: true)
            #expect(response.status == 200)
            #expect(response.header("content-length") == "123")
        }
    }

    @Test(arguments: [204, 304])
    func passesAnswersWithoutABody(status: Int) async throws {
        let deployment = try await Deployment.shared()
        let connection = try deployment.connect()
        let call = Call.get("/users/alice/api/v1/magic/empty/\(status)")
        for _ in 0..<2 {
            try await connection.send(deployment.bytes(of: call))
            let response = try await connection.response()
            #expect(response.status == status)
            #expect(response.header("x-kept") == "yes")
        }
    }

    @Test func passesEndToEndHeadersAndDropsTheRest() async throws {
        let deployment = try await Deployment.shared()
        let response = try await deployment.send(.get("/users/alice/api/v1/magic/odd"))
        #expect(response.status == 200)
        #expect(response.values(of: "x-repeated") == ["one", "two"])
        #expect(response.header("x-lower") == "kept")
        #expect(response.header("x-empty") == "")
        #expect(response.header("etag") == #"W/"7""#)
        #expect(response.values(of: "date") == ["Sun, 06 Nov 1994 08:49:37 GMT"])
        for name in ["x-hop", "keep-alive", "set-cookie"] { #expect(response.values(of: name).isEmpty, "\(name)") }
    }

    @Test(arguments: ["length", "chunked"])
    func passesBigBodies(framing: String) async throws {
        let deployment = try await Deployment.shared()
        let size = 3_000_001
        let response = try await deployment.send(.get("/users/alice/api/v1/magic/big/\(size)/\(framing)"))
        #expect(response.status == 200)
        #expect(response.body.count == size)
        #expect(response.body.suffix(16) == Array("123456789abcdef0".utf8)[...])
    }

    @Test func leavesCompressedBodiesCompressed() async throws {
        let deployment = try await Deployment.shared()
        let response = try await deployment.send(
            .get("/users/alice/api/v1/magic/gzip", [("Accept-Encoding", "gzip")]))
        #expect(response.header("content-encoding") == "gzip")
        #expect(response.body.starts(with: [0x1f, 0x8b]))
    }

    @Test(arguments: ["close", "close/eof", "hints"])
    func readsEveryFraming(behaviour: String) async throws {
        let deployment = try await Deployment.shared()
        let (_, record) = try await deployment.forward(.get("/users/alice/api/v1/magic/\(behaviour)"))
        #expect(record.verdict == "ok")
    }

    @Test func neverFollowsARedirect() async throws {
        let deployment = try await Deployment.shared()
        let mark = uniqueMark()
        let response = try await deployment.send(.get("/users/alice/api/v1/magic/redirect?\(mark)"))
        #expect(response.status == 302)
        #expect(response.header("location")?.hasSuffix("/api/v1/elsewhere") == true)
        #expect(try deployment.upstream.records(marked: mark).count == 1)
    }

    /// The answer somebody injected into an idle connection must not be given to the next caller.
    @Test func neverTakesAStrayAnswerForAnother() async throws {
        let deployment = try await Deployment.shared()
        for _ in 0..<5 {
            let first = try await deployment.forward(.get("/users/alice/api/v1/magic/stray"))
            #expect(first.record.user == "acme-alice")
            let second = try await deployment.forward(.get("/users/gina/oauth/user", as: "globex/backend"))
            #expect(second.record.user == "globex-gina")
        }
    }
}
