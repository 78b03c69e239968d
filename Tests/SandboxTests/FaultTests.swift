// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Sandbox

/// The script of faults and what they do to an answer, without sockets.
struct FaultTests {
    private let session = Session()

    private func script(_ json: String) throws {
        let answer = session.control("POST", "faults", json)
        try #require(answer.status == 200, "\(answer.body)")
    }

    private func send(_ client: SignedClient = .alice, _ target: String = "/oauth/user", nonce: String = "n")
        -> SandboxState.Reply
    {
        session.reply(client.request("GET", target, timestamp: session.now, nonce: nonce))
    }

    @Test func aFaultStrikesAsOftenAsScripted() throws {
        try script(#"{"fault": {"status": 503, "body": "busy", "headers": {"X-Why": "test"}}, "times": 2}"#)
        let struck = send(nonce: "1").answer
        #expect((struck.status, struck.text) == (503, "busy"))
        #expect(struck.field("X-Why") == "test")
        #expect(struck.verdict == .valid(username: "alice"))
        #expect(send(nonce: "1").answer.verdict == .refused(.nonceUsed), "the nonce is used all the same")
        #expect(send(nonce: "1").answer.status == 401)
        #expect(send(nonce: "2").answer.status == 200)
    }

    @Test func nothingIsPerformedUnderAScriptedAnswer() throws {
        try script(#"{"fault": {"status": 500, "body": {"errors": "x"}}}"#)
        let path = "/api/v1/wego_home/meters"
        #expect(session.call("POST", path, #"{"account_number": "A"}"#) == (500, #"{"errors": "x"}"#))
        #expect(session.call("GET", path) == (200, "[]"))
    }

    @Test(arguments: [
        (#"{"method": "get"}"#, true), (#"{"method": "POST"}"#, false), (#"{"path_prefix": "/oauth/"}"#, true),
        (#"{"path_prefix": "/api/"}"#, false), (#"{"user": "alice"}"#, true), (#"{"user": "bob"}"#, false),
        (#"{"method": "GET", "path_prefix": "/oauth/user", "user": "alice"}"#, true), ("{}", true),
    ])
    func faultsChooseTheirRequests(match: String, strikes: Bool) throws {
        try script(#"{"match": \#(match), "fault": {"status": 503}}"#)
        #expect(send().answer.status == (strikes ? 503 : 200))
    }

    @Test func retryAfterIsA429() throws {
        try script(#"{"fault": {"retry_after": 3}}"#)
        #expect(send().answer.status == 429)
        try script(#"{"fault": {"status": 503, "retry_after": 4}}"#)
        let answer = send(nonce: "2").answer
        #expect((answer.status, answer.field("Retry-After")) == (503, "4"))
    }

    @Test func delaysGoWithAnything() throws {
        try script(#"{"fault": {"delay": "250ms"}}"#)
        let reply = send()
        #expect((reply.answer.status, reply.delay) == (200, .milliseconds(250)))
        try script(#"{"fault": {"delay": "1m", "cut": "before-head"}}"#)
        let cut = send(nonce: "2")
        #expect((cut.delay, cut.wire) == (.seconds(60), .cut(.beforeHead)))
    }

    @Test(arguments: Fault.Cut.allCases)
    func cutsSayWhetherAnythingWasDone(cut: Fault.Cut) throws {
        try script(#"{"match": {"method": "POST"}, "fault": {"cut": "\#(cut.rawValue)"}}"#)
        let request = SignedClient.alice.request(
            "POST", "/api/v1/wego_home/meters", json: #"{"account_number": "A"}"#)
        #expect(session.reply(request).wire == .cut(cut))
        let isDone = session.call("GET", "/api/v1/wego_home/meters").body.contains("\"A\"")
        #expect(isDone == (cut != .afterRead))
        #expect(session.state.log.records[0].status == 0)
    }

    @Test func skewedClocksRefuseRightTimestamps() throws {
        try script(#"{"fault": {"skew": "-600s"}, "times": 2}"#)
        let reply = send()
        #expect(reply.skew == -600)
        let now = session.now
        #expect(reply.answer.verdict == .refused(.timestampRefused(acceptable: (now - 900)...(now - 300))))
        session.now -= 600
        let request = SignedClient.alice.request("GET", "/oauth/user", timestamp: session.now, nonce: "2")
        session.now += 600
        #expect(session.reply(request).answer.status == 200)
    }

    @Test func strayBytesFollowAGoodAnswer() throws {
        try script(#"{"fault": {"stray": "HTTP/1.1 408 Request Timeout\r\n\r\n"}}"#)
        let reply = send()
        #expect(reply.answer.status == 200)
        #expect(reply.wire == .stray(Array("HTTP/1.1 408 Request Timeout\r\n\r\n".utf8)))
    }

    @Test(arguments: [
        ("[]", "the body: expected an object"), ("{}", "fault: required"),
        (#"{"fault": {}}"#, "fault: expected one of status, retry_after, delay, cut, skew and stray"),
        (#"{"fault": {"status": 99}}"#, "fault.status: expected a whole number from 200 to 599"),
        (#"{"fault": {"status": "503"}}"#, "fault.status: expected a whole number from 200 to 599"),
        (
            #"{"fault": {"status": 503, "cut": "mid-head"}}"#,
            "fault: only one of status (with retry_after), cut, skew and stray at a time"
        ),
        (#"{"fault": {"cut": "somewhere"}}"#, "fault.cut: expected after-read, before-head, mid-head or mid-body"),
        (
            #"{"fault": {"delay": "soon"}}"#,
            #"fault.delay: expected a duration such as "250ms", "3s" or "-10m""#
        ),
        (#"{"fault": {"delay": "601s"}}"#, "fault.delay: must be between 0s and 600s"),
        (#"{"fault": {"stray": ""}}"#, "fault.stray: must have 1 to 65536 bytes"),
        (#"{"fault": {"body": "x", "delay": "1s"}}"#, "fault: body and headers need a status"),
        (
            #"{"fault": {"status": 503, "headers": {"Content-Length": "1"}}}"#,
            "fault.headers: Content-Length cannot be set"
        ),
        (#"{"fault": {"status": 503, "headers": {"A": 1}}}"#, "fault.headers.A: expected a string, found a number"),
        (#"{"fault": {"status": 503, "headers": {"A": "b\nc"}}}"#, "fault.headers.A: not a header value"),
        (#"{"fault": {"status": 503}, "times": 0}"#, "times: expected a whole number from 1 to 1000000"),
        (
            #"{"fault": {"status": 503}, "match": {"host": "a"}}"#,
            "match: unknown member host; known are method, path_prefix, user"
        ),
    ])
    func badScriptsChangeNothing(json: String, message: String) {
        let answer = session.control("POST", "faults", json)
        #expect(answer.status == 400)
        #expect(answer.body == JSONOutput.object([("errors", .string(message))]).text)
        #expect(session.state.faults.entries.isEmpty)
    }

    @Test func theScriptIsBounded() throws {
        for _ in 1...FaultScript.capacity { try script(#"{"fault": {"status": 503}}"#) }
        #expect(session.control("POST", "faults", #"{"fault": {"status": 503}}"#).status == 400)
        _ = send()
        try script(#"{"fault": {"status": 503}}"#)
    }

    @Test(arguments: [
        WireFault.cut(.afterRead), .cut(.midBody), .stray([0, 13, 10, 255]), .date("Sun, 06 Nov 1994 08:49:37 GMT"),
    ])
    func wireFaultsTravelInAHeader(fault: WireFault) {
        #expect(WireFault(fieldValue: fault.fieldValue) == fault)
    }

    @Test(arguments: ["", "cut", "cut=here", "other=1"])
    func otherValuesAreNoWireFaults(value: String) {
        #expect(WireFault(fieldValue: value) == nil)
    }

    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
    ])
    func datesAreThoseOfHTTP(seconds: Int64, expected: String) {
        #expect(HTTPDate.text(seconds) == expected)
    }
}
