// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// `wego-gateway sandbox` as a team meets it that develops without an account of WegoWise.
struct SandboxCommandTests {
    private static func boxed(_ settings: [String: String] = [:]) async throws -> SandboxedGateway {
        try await SandboxedGateway(
            SandboxState(users: ["alice", "bob", "carol"], dataUsers: ["meters"]), settings: settings)
    }

    @Test func itsHelpExplainsSeedDataFaultsAndControls() async throws {
        let help = try await Binary.succeed(["sandbox", "--help"])
        for word in [
            "--samples", "--users", "--data-users", "year of bills", "developer", "/_sandbox/faults",
            "/_sandbox/requests", "/_sandbox/users", "/_sandbox/revoke", "/_sandbox/reset", "retry_after", "delay",
            "cut", "skew", "stray", "init --sandbox",
        ] {
            #expect(help.contains(word), "\(word)")
        }
    }

    /// The lines of README under "Develop against the sandbox", as they stand there.
    @Test func theLinesOfTheReadmeWork() async throws {
        let readme = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../README.md"), encoding: .utf8)
        let section = try #require(readme.components(separatedBy: "## Develop against the sandbox\n").last)
        let block = section.components(separatedBy: "\n\n").first { $0.hasPrefix("    wego-gateway") }
        let lines = try #require(block).split(separator: "\n").map { String($0.dropFirst(4)) }
        #expect(lines.count <= 5)
        let directory = try TemporaryDirectory("readme")
        let port = try Self.freePort()
        // On ports that nobody uses, and with an end for what runs in the background.
        let pasted = lines.joined(separator: "\n").replacing("8787", with: "\(port)")
            .replacing("--samples", with: "--samples --port 0")
        let script = """
            cd '\(directory.path)'
            PATH='\(URL(fileURLWithPath: Binary.path).deletingLastPathComponent().path)':$PATH
            export WEGO_GATEWAY_LISTEN_ADDRESS=127.0.0.1:\(port) WEGO_GATEWAY_OPS_ADDRESS=127.0.0.1:0
            \(pasted)
            status=$?
            kill $(jobs -p)
            wait
            exit $status
            """
        let result = try await ChildProcess.run("/bin/bash", ["-c", script])
        #expect(result.status == 0, "\(result.output)\n\(result.errors)")
        #expect(result.output.contains("\"nickname\":\"Main Street\""), "\(result.output)\n\(result.errors)")
    }

    /// Nobody else takes it at once: the system hands out others first.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { pointer in
                bind(descriptor, pointer.baseAddress, length) | getsockname(descriptor, pointer.baseAddress, &length)
            }
        }
        guard result == 0 else { throw SystemCallFailure("bind", code: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    // MARK: Data

    @Test func messagesAreTheDocumentedOnes() async throws {
        // What lenient gateways would catch is meant to arrive.
        let gateway = try await Self.boxed(["VALIDATION": "off"])
        let home = "api/v1/wego_home"
        for (method, target, body, status, message) in [
            ("POST", "developer/\(home)/users", #"{"username":"","email":"e"}"#, 400, "Username can't be blank"),
            ("POST", "alice/\(home)/building", EndpointCall.building, 400, "Home users may only have one building"),
            ("GET", "carol/\(home)/building", nil, 404, "Building not found"),
            ("DELETE", "carol/\(home)/building", nil, 404, "Building not found"),
            ("POST", "alice/\(home)/meters", "{}", 400, "Account number can't be blank"),
            (
                "POST", "alice/\(home)/meters/1/raw_data", #"{"start_date":"2014-01-01","end_date":"2014-01-31"}"#, 400,
                "Must specify usage or total cost"
            ),
            ("DELETE", "alice/\(home)/meters/1/raw_data/9999", nil, 404, "Raw datum not found"),
            ("DELETE", "alice/\(home)/meters/9999", nil, 400, "Meter not found"),
            ("GET", "meters/api/v1/wego_data/meters/9999", nil, 404, "Meter not found"),
        ] as [(String, String, String?, Int, String)] {
            // A creation needs a name of ours, even where its body has none.
            let headers = target.hasPrefix("developer") ? ["Wego-Gateway-Store-As: nina"] : []
            let answer = try await gateway.send(method, "/users/\(target)", body, headers: headers)
            #expect(answer.status == status, "\(method) \(target): \(answer.bodyText)")
            #expect(answer.bodyText.contains(message), "\(method) \(target): \(answer.bodyText)")
            #expect(answer.header("wego-gateway-error-source") == "upstream")
        }
    }

    @Test func twoHomesHaveAYearOfBillsAndDeletingOneTakesThemAlong() async throws {
        let gateway = try await Self.boxed()
        for user in ["alice", "bob"] {
            let meters = try await gateway.send("GET", "/users/\(user)/api/v1/wego_home/meters").bodyText
            let ids = meters.matches(of: /{"id":(\d+),"account_number"/).map { String($0.1) }
            #expect(ids.count == 2, "\(meters)")
            for id in ids {
                let bills = try await gateway.send("GET", "/users/\(user)/api/v1/wego_home/meters/\(id)/raw_data")
                    .bodyText
                let starts = bills.matches(of: /"start_date":"([\d-]+)"/).map { String($0.1) }
                #expect(starts.count == 12 && starts == starts.sorted(by: >), "\(starts)")
            }
        }
        try await gateway.send("DELETE", "/users/alice/api/v1/wego_home/building").expect(204, "the building")
        #expect(try await gateway.send("GET", "/users/alice/api/v1/wego_home/meters").bodyText == "[]")
        let companies = try await gateway.send("GET", "/public/api/v1/utility_companies").bodyText
        #expect(companies.matches(of: /"id":/).count >= 5)
    }

    @Test func revokedTokensAreToldApartFromUnknownOnes() async throws {
        let gateway = try await Self.boxed()
        let revoked = try await gateway.sandbox.control("POST", "revoke", #"{"user": "alice"}"#)
        #expect(revoked.status == 200 && revoked.bodyText == #"{"revoked":1}"#)
        let answer = try await gateway.send("GET", "/users/alice/oauth/user")
        #expect(answer.status == 401 && answer.header("wego-gateway-upstream-problem") == "token_revoked")
        #expect(try await gateway.user("alice")?.state == "suspect")
        #expect(try await gateway.sandbox.user("alice")?.tokens == 0)
        _ = try await gateway.sandbox.control("POST", "reset")
        try await gateway.send("GET", "/users/alice/oauth/user").expect(200, "after a reset")
        #expect(try await gateway.user("alice")?.state == "active")
    }

    // MARK: Faults

    /// Each fault, what the caller gets, and that the next call is none the worse.
    @Test(arguments: [
        (#"{"status": 418, "body": {"errors": "tea"}, "headers": {"X-Pot": "short"}}"#, 1, 418),
        (#"{"delay": "150ms"}"#, 1, 200), (#"{"cut": "after-read"}"#, 1, 200), (#"{"cut": "before-head"}"#, 1, 200),
        (#"{"cut": "mid-head"}"#, 1, 200), (#"{"cut": "mid-body"}"#, 1, 200), (#"{"skew": "-600s"}"#, 2, 200),
        (#"{"skew": "600s"}"#, 2, 200), (#"{"stray": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"}"#, 1, 200),
    ])
    func aFaultStrikesAsOftenAsItIsTold(fault: String, times: Int, status: Int) async throws {
        let gateway = try await Self.boxed()
        try await gateway.send("GET", "/users/alice/oauth/user").expect(200, "before")
        try await gateway.sandbox.script(
            #"{"match": {"user": "alice", "path_prefix": "/oauth/"}, "fault": \#(fault), "times": \#(times)}"#)
        // Reads are repeated once, and a clock that is off is followed: the caller need not notice.
        let answer = try await gateway.send("GET", "/users/alice/oauth/user")
        try answer.expect(status, fault)
        if status == 418 { #expect(answer.header("x-pot") == "short" && answer.bodyText.contains("tea")) }
        if fault.contains("stray") { try await Self.waitForStray(gateway.sandbox) }
        let next = try await gateway.send("GET", "/users/alice/oauth/user")
        #expect(next.status == 200 && next.bodyText.contains("\"username\":\"alice\""), "\(next.bodyText)")
        let list = try await gateway.sandbox.control("GET", "faults").bodyText
        #expect(list.contains("\"remaining\":0") && list.contains("\"struck\":\(times)"), "\(list)")
    }

    private static func waitForStray(_ sandbox: SandboxProcess) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try await !sandbox.control("GET", "faults").bodyText.contains("\"stray_writes\":1") {
            guard ContinuousClock.now < deadline else { throw TimedOut(what: "stray bytes", limit: .seconds(20)) }
        }
    }

    @Test func tooManyRequestsSayWhenToComeBack() async throws {
        let gateway = try await Self.boxed()
        try await gateway.sandbox.script(#"{"match": {"user": "alice"}, "fault": {"retry_after": 1}}"#)
        let answer = try await gateway.send("GET", "/users/alice/oauth/user")
        #expect(answer.status == 429 && answer.header("retry-after") == "1")
        #expect(answer.header("wego-gateway-error-source") == "upstream")
    }
}
