// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// HTTP/1.1 connections from callers: kept, pipelined, and cut when they are slow.
struct ConnectionTests {
    private static let impatient = Task {
        try await Deployment(settings: [
            "LISTEN_HEADER_TIMEOUT": "300ms", "LISTEN_BODY_TIMEOUT": "300ms", "LISTEN_IDLE_TIMEOUT": "500ms",
        ])
    }

    @Test func keepsAConnectionForTheNextRequest() async throws {
        let deployment = try await Deployment.shared()
        let connection = try deployment.connect()
        for user in ["alice", "dora", "alice"] {
            try await connection.send(deployment.bytes(of: .get("/users/\(user)/oauth/user")))
            #expect(try await UpstreamRecord(connection.response().body).user == "acme-\(user)")
        }
    }

    @Test func keepsAConnectionAfterARefusal() async throws {
        let deployment = try await Deployment.shared()
        let connection = try deployment.connect()
        try await connection.send(deployment.bytes(of: .get("/users/nobody/oauth/user")))
        try expectProblem(await connection.response(), .userNotFound)
        try await connection.send(deployment.bytes(of: .get("/users/alice/oauth/user")))
        #expect(try await connection.response().status == 200)
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        let deployment = try await Deployment.shared()
        let connection = try deployment.connect()
        let mark = uniqueMark()
        let calls: [Call] = [
            .get("/users/alice/api/v1/magic/hold/\(mark)"), .json("POST", "/users/dora/api/v1/magic/status/201", "{}"),
            .get("/users/nobody/oauth/user"), .get("/users/dora/oauth/user"),
        ]
        try await connection.send(calls.flatMap { deployment.bytes(of: $0) })
        try await deployment.upstream.received(mark)
        try deployment.upstream.release(mark)
        var statuses: [Int] = []
        for _ in calls { statuses.append(try await connection.response().status) }
        #expect(statuses == [200, 201, 404, 200])
    }

    @Test func closesWhenAsked() async throws {
        let deployment = try await Deployment.shared()
        let connection = try deployment.connect()
        try await connection.send(deployment.bytes(of: .get("/users/alice/oauth/user", [("Connection", "close")])))
        #expect(try await connection.response().status == 200)
        #expect(try await connection.bytesUntilClose().isEmpty)
    }

    @Test func readsChunkedBodies() async throws {
        let deployment = try await Deployment.shared()
        let connection = try deployment.connect()
        let call = Call(
            method: "POST", target: "/users/alice/api/v1/wego_home/notes",
            headers: [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")])
        try await connection.send(deployment.bytes(of: call))
        for part in ["5\r\n{\"a\":\r\n", "4\r\n 12}\r\n", "0\r\n\r\n"] { try await connection.send(part) }
        let record = try UpstreamRecord(await connection.response().body)
        #expect(record.verdict == "ok")
        #expect(record.body == Data(#"{"a": 12}"#.utf8))
    }

    @Test func asksForABodyThatWaitsToBeAsked() async throws {
        let deployment = try await Deployment.shared()
        let connection = try deployment.connect()
        let bytes = deployment.bytes(
            of: Call(
                method: "POST", target: "/users/alice/api/v1/wego_home/notes",
                headers: [("Content-Type", "application/json"), ("Expect", "100-continue")], body: Array("{}".utf8)))
        try await connection.send(Array(bytes.dropLast(2)))
        try await connection.send(Array(bytes.suffix(2)))
        #expect(try await connection.response().status == 200)
    }

    @Test(arguments: [
        "GET /users/alice/oauth/user HTTP/1.1\r\nHost: ",
        "GET",
        "POST /users/alice/api/v1/wego_home/meters HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer KEY\r\n"
            + "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
        "",
    ])
    func cutsASlowClient(start: String) async throws {
        let deployment = try await Self.impatient.value
        let connection = try deployment.connect()
        let filled = start.replacing("PORT", with: "\(deployment.port)")
            .replacing("KEY", with: deployment.keys["acme/backend"] ?? "")
        try await connection.send(filled)
        let answer = String(decoding: try await connection.bytesUntilClose(), as: UTF8.self)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 408 "))
        #expect(try deployment.upstream.records().isEmpty)
    }

    @Test(arguments: [
        "GET /users/alice/oauth/user HTTP/1.1\r\n\r\n",
        "GET /users/alice/oauth/user HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: 127.0.0.1:PORT\r\n\r\n",
        "GET /users/alice/oauth/user HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /users/alice/oauth/user HTTP/1.1\r\nHost : 127.0.0.1:PORT\r\n\r\n",
        "GET /users/alice/oauth/user HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nX: a\r\n b\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n",
        "CONNECT www.wegowise.com:443 HTTP/1.1\r\nHost: www.wegowise.com:443\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{3}\u{1} this is no HTTP\r\n\r\n",
    ])
    func refusesWhatIsNotAProperRequest(text: String) async throws {
        let deployment = try await Deployment.shared()
        let connection = try deployment.connect()
        try await connection.send(text.replacing("PORT", with: "\(deployment.port)"))
        connection.finishSending()
        let answer = String(decoding: try await connection.bytesUntilClose(), as: UTF8.self)
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
    }

    @Test func servesAUnixSocketToo() async throws {
        let deployment = try await Deployment(settings: ["LISTEN_UNIX_SOCKET": "gateway.sock"])
        let connection = try RawConnection.unix(path: deployment.directory.file("gateway.sock"))
        var call = Call.get("/users/alice/oauth/user")
        call.host = "localhost"
        try await connection.send(deployment.bytes(of: call))
        #expect(try await UpstreamRecord(connection.response().body).verdict == "ok")
    }

    @Test func survivesClientsThatHangUp() async throws {
        let deployment = try await Deployment.shared()
        let mark = uniqueMark()
        do {
            let connection = try deployment.connect()
            try await connection.send(deployment.bytes(of: .get("/users/alice/api/v1/magic/hold/\(mark)")))
            try await deployment.upstream.received(mark)
            connection.setResetOnClose()
        }
        try deployment.upstream.release(mark)
        #expect(try await deployment.send(.get("/users/alice/oauth/user")).status == 200)
    }
}
