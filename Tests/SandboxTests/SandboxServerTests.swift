// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Logging
import TestSupport
import Testing

@testable import Sandbox

/// The real server on loopback, asked by curl.
@Suite(.timeLimit(.minutes(2)))
struct SandboxServerTests {
    @Test func answersOverTLSWithItsOwnAuthority() async throws {
        try await RunningSandbox.with { running in
            #expect(running.address.url == "https://127.0.0.1:\(running.address.port)")
            let answer = try await running.curl("GET", "/oauth/user")
            #expect(answer.status == 0, "\(answer.errors)")
            #expect(answer.output.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.output.hasSuffix("\r\n\r\n{\"id\":\"2\",\"username\":\"alice\"}"))
            #expect(running.verdicts.current.map(\.description) == ["GET /oauth/user -> signature valid (alice), 200"])
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func theCertificateIsForLoopback(host: String) async throws {
        try await RunningSandbox.with { running in
            let url = "https://\(host):\(running.address.port)/api/v1/utility_companies"
            let caFile = try #require(running.address.caFile)
            let trusting = try await ChildProcess.run("/usr/bin/curl", ["-sS", "-4", "--cacert", caFile, url])
            #expect(trusting.status == 0, "\(trusting.errors)")
            let doubting = try await ChildProcess.run("/usr/bin/curl", ["-sS", "-4", url])
            #expect(doubting.status == 60, "curl must not know this authority")
            let old = try await ChildProcess.run(
                "/usr/bin/curl",
                ["-sS", "-4", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0", "--cacert", caFile, url])
            #expect(old.status == 35, "TLS 1.1 must be refused")
        }
    }

    @Test func createsAndDeletesOverTheWire() async throws {
        try await RunningSandbox.with { running in
            let created = try await running.curl("POST", "/api/v1/wego_home/meters", json: #"{"account_number":"A"}"#)
            #expect(created.output.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(created.output.lowercased().contains("content-type: application/json; charset=utf-8\r\n"))
            #expect(created.output.hasSuffix("{\"id\":1}"))
            let deleted = try await running.curl("DELETE", "/api/v1/wego_home/meters/1", nonce: "n2")
            #expect(deleted.output.hasPrefix("HTTP/1.1 204 No Content\r\n"))
            #expect(deleted.output.hasSuffix("\r\n\r\n"))
            #expect(!deleted.output.lowercased().contains("content-length"))
        }
    }

    @Test func checksTheTargetAsSent() async throws {
        try await RunningSandbox.with { running in
            let target = "/api/v1/./a%2fb/%c3%a9/..//x?b=%c3%a9&a=1&a=+&c"
            let answer = try await running.curl("GET", target)
            #expect(answer.output.hasPrefix("HTTP/1.1 404 Not Found\r\n"), "\(answer.output)")
            let recased = try await running.curl(
                "GET", target, nonce: "n2", signedTarget: target.replacing("%2f", with: "%2F"))
            #expect(recased.output.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
            #expect(recased.output.contains("oauth_problem=signature_invalid\r\n"))
            #expect(running.verdicts.current.map(\.target) == [target, target])
        }
    }

    @Test func refusesReplaysAndSkewedClocks() async throws {
        try await RunningSandbox.with { running in
            _ = try await running.curl("GET", "/oauth/user")
            let replay = try await running.curl("GET", "/oauth/user")
            #expect(replay.output.hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
            #expect(replay.output.contains("oauth_problem=nonce_used\r\n"))
            #expect(replay.output.hasSuffix("\r\n\r\n"))
            let late = try await running.curl("GET", "/oauth/user", nonce: "n2", timestamp: SignedClient.now - 301)
            #expect(late.output.contains("oauth_problem=timestamp_refused, oauth_acceptable_timestamps="))
            #expect(running.verdicts.current.map(\.status) == [200, 401, 401])
        }
    }

    @Test func speaksPlainHTTPIfAsked() async throws {
        try await RunningSandbox.with({ $0.tls = false }) { running in
            #expect(running.address.caFile == nil)
            #expect(running.address.url.hasPrefix("http://127.0.0.1:"))
            let answer = try await running.curl("GET", "/oauth/user")
            #expect(answer.output.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func headAnswersHaveNoBody() async throws {
        try await RunningSandbox.with({ $0.tls = false }) { running in
            let connection = try RawConnection.tcp(port: running.address.port)
            for _ in 1...2 {
                try await connection.send("HEAD /oauth/user HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try await connection.response(toHead: true).status == 401)
            }
        }
    }

    @Test func bodiesHaveALimit() async throws {
        try await RunningSandbox.with({
            $0.tls = false; $0.limits.maximumRequestBody = 10
        }) { running in
            let announced = try RawConnection.tcp(port: running.address.port)
            try await announced.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")
            let refused = try await announced.response()
            #expect(refused.status == 413)
            #expect(refused.bodyText == #"{"errors":"The body is longer than 10 bytes"}"#)
            #expect(refused.header("Connection") == "close")
            let chunked = try RawConnection.tcp(port: running.address.port)
            try await chunked.send(
                "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n")
            #expect(try await chunked.response().status == 413)
        }
    }

    @Test func slowBodiesAreCutOff() async throws {
        try await RunningSandbox.with({
            $0.tls = false; $0.limits.bodyTimeout = .milliseconds(20)
        }) { running in
            let connection = try RawConnection.tcp(port: running.address.port)
            try await connection.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1")
            #expect(try await connection.response().status == 408)
        }
    }

    @Test func silentConnectionsAreClosed() async throws {
        try await RunningSandbox.with({
            $0.tls = false; $0.limits.idleTimeout = .milliseconds(20)
        }) { running in
            let connection = try RawConnection.tcp(port: running.address.port)
            #expect(try await connection.bytesUntilClose() == [])
        }
    }

    @Test func writesTheCredentialDirectory() async throws {
        let outer = try TemporaryDirectory("sandbox")
        try await RunningSandbox.with({
            $0.credentialDirectory = outer.file("out"); $0.caFile = nil
        }) { running in
            #expect(running.address.caFile == outer.file("out/ca.pem"))
            let (certificate, token) = (try outer.read("out/ca.pem"), try outer.read("out/users/alice.token"))
            #expect(certificate.hasPrefix("-----BEGIN CERTIFICATE-----"))
            #expect(token == SignedClient.alice.token)
        }
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])
    func listensOnLoopbackOnly(host: String) async throws {
        var configuration = SignedClient.configuration()
        configuration.host = host
        await #expect(throws: SandboxError.notLoopback(host)) {
            try await SandboxServer(configuration: configuration).start()
        }
    }

    @Test func namesAPortThatIsTaken() async throws {
        try await RunningSandbox.with { running in
            var configuration = SignedClient.configuration()
            configuration.port = running.address.port
            configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let error = await #expect(throws: SandboxError.self) {
                try await SandboxServer(configuration: configuration).start()
            }
            #expect(error?.explanation.contains("127.0.0.1:\(running.address.port)") == true)
            await #expect(throws: SandboxError.alreadyRunning) { try await running.server.start() }
        }
    }

    @Test func stopsWhenItsTaskIsCancelled() async throws {
        var configuration = SignedClient.configuration()
        configuration.tls = false
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = SandboxServer(configuration: configuration)
        let ready = Watched<SandboxAddress?>(nil)
        let task = Task { try await server.run { address in ready.change { $0 = address } } }
        let address = try await ready.wait(for: "start") { $0 }
        let connection = try RawConnection.tcp(port: address.port)
        try await connection.send("GET /oauth/user HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try await connection.response().status == 401)
        task.cancel()
        try await task.value
        #expect(try await connection.bytesUntilClose() == [])
    }

    @Test func impossibleSettingsAreRefused() async throws {
        var configuration = SignedClient.configuration()
        configuration.port = 65_536
        await #expect(throws: SandboxError.badPort(65_536)) {
            try await SandboxServer(configuration: configuration).start()
        }
        configuration = SignedClient.configuration()
        configuration.timestampWindow = .seconds(-1)
        await #expect(throws: SandboxError.badTimestampWindow(.seconds(-1))) {
            try await SandboxServer(configuration: configuration).start()
        }
    }

    @Test func doubleNamesAreRefused() async throws {
        var configuration = SignedClient.configuration()
        configuration.tokens += [configuration.tokens[1]]
        await #expect(throws: SandboxError.repeatedUsername("alice")) {
            try await SandboxServer(configuration: configuration).start()
        }
    }
}
