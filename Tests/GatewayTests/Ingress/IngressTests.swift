// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOHTTP1
import OAuth1
import Testing

@testable import Gateway

struct RequestTargetTests {
    static let good: [(String, [String], [Parameter])] = [
        ("/a", ["a"], []),
        ("/a/b%20c", ["a", "b c"], []),
        ("/a/%C3%A9", ["a", "é"], []),
        ("/a?", ["a"], []),
        (
            "/a?x=1&x=2&y", ["a"],
            [Parameter("x", "1"), Parameter("x", "2"), Parameter(name: Array("y".utf8), value: nil)]
        ),
        ("/a?q=a+b%2Bc", ["a"], [Parameter("q", "a b+c")]),
        ("/a?q=/../x//y;z", ["a"], [Parameter("q", "/../x//y;z")]),
        ("/a+b", ["a+b"], []),
        ("/...", ["..."], []),
        ("/%252e%252e", ["%2e%2e"], []),
        ("/a?n=%00", ["a"], [Parameter("n", "\0")]),
    ]

    @Test(arguments: good)
    func takesApart(_ text: String, _ segments: [String], _ query: [Parameter]) throws {
        let target = try RequestTarget(text)
        #expect(target.segments == segments)
        #expect(target.query == query)
    }

    @Test(arguments: [
        "", "a", "*", "http://127.0.0.1/a", "127.0.0.1:443", "//a", "/a//b", "/a/", "/", "/.", "/..", "/a/../b",
        "/a/./b",
        "/%2e", "/%2E%2e", "/a/.%2e/b", "/a%2fb", "/a%2Fb", "/a%5cb", "/a\\b", "/a;b", "/a;v=1/b", "/a%00", "/a%0d%0a",
        "/a%7F", "/a%", "/a%2", "/a%zz", "/a%C3", "/a%C0%AF", "/a%ED%A0%80", "/é", "/a b", "/a#b", "/a\u{7F}",
        "/a?x=%", "/a?%zz=1", "/a?é=1", "/a\t",
    ])
    func refuses(_ text: String) {
        #expect(throws: GatewayError.self) { try RequestTarget(text) }
    }

    @Test func boundsItsLength() throws {
        let longest = "/" + String(repeating: "a", count: RequestTarget.maximumLength - 1)
        _ = try RequestTarget(longest)
        #expect(throws: GatewayError.self) { try RequestTarget(longest + "a") }
    }

    @Test func boundsTheNumberOfParameters() throws {
        let most = "/a?" + (0..<RequestTarget.maximumParameters).map { "p\($0)" }.joined(separator: "&")
        _ = try RequestTarget(most)
        #expect(throws: GatewayError.self) { try RequestTarget(most + "&more") }
    }
}

struct AllowedHostsTests {
    private let hosts = AllowedHosts(
        address: "127.0.0.1", ports: [8787], others: ["gateway.internal:8787", "Web"], bare: false)

    @Test(arguments: [
        "127.0.0.1:8787", "localhost:8787", "LOCALHOST:8787", "[::1]:8787", "gateway.internal:8787", "web", "WEB",
    ])
    func allows(_ host: String) { #expect(hosts.contains(host)) }

    @Test(arguments: [
        "", "localhost", "127.0.0.1", "localhost:80", "localhost:8788", "127.0.0.1:08787", "evil.example",
        "localhost.:8787",
        "localhost:8787.evil.example", "user@localhost:8787", "127.1:8787", "gateway.internal", "ｌocalhost:8787",
        " web",
    ])
    func refuses(_ host: String) { #expect(!hosts.contains(host)) }

    @Test func lowersOnlyASCII() {
        let hosts = AllowedHosts(address: "127.0.0.1", ports: [1], others: ["kiosk"], bare: false)
        #expect(hosts.contains("Kiosk"))
        #expect(!hosts.contains("\u{212A}iosk"))
    }

    @Test func allowsBareNamesOnPort80AndOnUnixSockets() {
        #expect(AllowedHosts(address: "127.0.0.1", ports: [80], others: [], bare: false).contains("localhost"))
        #expect(AllowedHosts(address: "127.0.0.1", ports: [8787], others: [], bare: true).contains("localhost"))
    }
}

struct IngressRulesTests {
    private let rules = IngressRules(
        allowedHosts: AllowedHosts(address: "127.0.0.1", ports: [1], others: [], bare: false), maximumBody: 100)

    private func slug(
        _ method: HTTPMethod, _ fields: [(String, String)], host: [String] = ["localhost:1"],
        version: HTTPVersion = .http1_1
    ) -> String? {
        let headers = HTTPHeaders(host.map { ("Host", $0) } + fields)
        do throws(GatewayError) {
            try rules.check(HTTPRequestHead(version: version, method: method, uri: "/", headers: headers))
            return nil
        } catch {
            return Problem(error).slug
        }
    }

    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    func allowsItsMethods(_ method: String) {
        #expect(slug(HTTPMethod(rawValue: method), []) == nil)
    }

    @Test(arguments: ["OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "QUERY"])
    func refusesOtherMethods(_ method: String) {
        #expect(slug(HTTPMethod(rawValue: method), []) == "method-not-allowed")
    }

    @Test(arguments: [[], ["localhost:1", "localhost:1"], ["evil.example"], [""]])
    func wantsOneHostThatIsOurs(_ hosts: [String]) {
        #expect(slug(.GET, [], host: hosts) == "host-not-allowed")
    }

    @Test(arguments: [
        ("Origin", "http://localhost:1"), ("Origin", "null"), ("origin", ""), ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ])
    func refusesBrowsers(_ name: String, _ value: String) {
        #expect(slug(.GET, [(name, value)]) == "origin-forbidden")
    }

    @Test(arguments: ["none", "same-origin"])
    func allowsWhatIsNoForeignPage(_ site: String) {
        #expect(slug(.GET, [("Sec-Fetch-Site", site)]) == nil)
    }

    private static let json = ("Content-Type", "application/json")

    @Test func judgesBodies() {
        let length = ("Content-Length", "5")
        #expect(slug(.POST, [length, Self.json]) == nil)
        #expect(slug(.POST, [length, ("Content-Type", "Application/JSON; charset=utf-8")]) == nil)
        #expect(slug(.POST, [length, ("Content-Type", "application/json ; charset=utf-8")]) == nil)
        #expect(slug(.POST, [length]) == "unsupported-media-type")
        #expect(slug(.POST, [length, ("Content-Type", "text/plain")]) == "unsupported-media-type")
        #expect(slug(.POST, [length, ("Content-Type", "application/jsonp")]) == "unsupported-media-type")
        #expect(slug(.POST, [length, Self.json, Self.json]) == "unsupported-media-type")
        #expect(slug(.POST, [length, Self.json, ("Content-Encoding", "gzip")]) == "unsupported-media-type")
        #expect(slug(.POST, [("Content-Length", "101"), Self.json]) == "body-too-large")
        #expect(slug(.POST, [("Content-Length", "0")]) == nil)
        #expect(slug(.GET, [length, Self.json]) == "bad-request")
        #expect(slug(.HEAD, [length, Self.json]) == "bad-request")
        #expect(slug(.DELETE, [length, Self.json]) == nil)
    }

    @Test func knowsOneTransferCoding() {
        #expect(slug(.POST, [Self.json, ("Transfer-Encoding", "Chunked")]) == nil)
        #expect(slug(.POST, [Self.json, ("Transfer-Encoding", "gzip, chunked")]) == "bad-request")
        #expect(
            slug(.POST, [Self.json, ("Transfer-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]) == "bad-request")
        #expect(slug(.POST, [Self.json, ("Transfer-Encoding", "chunked")], version: .http1_0) == "bad-request")
    }
}

struct TraceParentTests {
    private func traceID(_ values: String...) -> String? {
        TraceParent(HTTPHeaders(values.map { ("Traceparent", $0) }))?.traceID
    }

    private static let id = "0af7651916cd43dd8448eb211c80319c"

    @Test func readsTheTraceID() {
        #expect(traceID("00-\(Self.id)-b7ad6b7169203331-01") == Self.id)
    }

    @Test(arguments: [
        "", "00", "01-\(id)-b7ad6b7169203331-01", "00-\(id)-b7ad6b7169203331", "00-\(id)-b7ad6b7169203331-01-",
        "00-\(id.uppercased())-b7ad6b7169203331-01", "00-\(id.dropLast())-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-\(id.dropLast())é-b7ad6b7169203331-01",
    ])
    func ignoresTheRest(_ value: String) {
        #expect(traceID(value) == nil)
    }

    @Test func ignoresRepeats() {
        let value = "00-\(Self.id)-b7ad6b7169203331-01"
        #expect(traceID(value, value) == nil)
        #expect(traceID() == nil)
    }
}
