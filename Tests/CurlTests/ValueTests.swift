// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Testing

struct HeaderLinesTests {
    @Test(arguments: ["a\rb", "a\nb", "a\r\nX: y", "a\0b", "a\u{7F}b", "\u{1}"])
    func refusesControlBytes(value: String) {
        var lines = HeaderLines()
        lines.append("A", "b".utf8)
        let before = lines.bytes
        let isAppended = lines.append("X", value.utf8)
        #expect(!isAppended)
        #expect(lines.bytes == before && lines.count == 1)
    }

    @Test(arguments: [
        "", "a b", "a:b", "a\r\n", "é", "a\0", "(a)", "Host", "content-length", "Transfer-Encoding", "Connection",
        "te",
    ])
    func refusesNamesThatAreNoTokensOrNotItsOwn(name: String) {
        var lines = HeaderLines()
        let isAppended = lines.append(Array(name.utf8), "b".utf8)
        #expect(!isAppended)
        #expect(lines.bytes.isEmpty && lines.count == 0)
    }

    @Test func writesLinesForLibcurl() {
        var lines = HeaderLines()
        lines.append("A", "b\tc é".utf8)
        lines.append(Array("d-E".utf8), " ".utf8)
        lines.suppress("F")
        #expect(lines.bytes == Array("A: b\tc é\0d-E;\0F:\0".utf8))
        #expect(lines.count == 3)
    }

    @Test func hasALimit() {
        var lines = HeaderLines()
        for _ in 0..<HeaderLines.maximumCount { lines.append("A", "b".utf8) }
        #expect(lines.count == HeaderLines.maximumCount)
        lines.append("A", "b".utf8)
        lines.suppress("B")
        #expect(lines.count == HeaderLines.maximumCount)
    }
}

struct AnswerHeadTests {
    private func fields(_ text: String) -> [String] {
        var fields: [String] = []
        AnswerHead(bytes: Array(text.utf8)).forEachField { name, value in
            fields.append(String(decoding: name, as: UTF8.self) + "=" + String(decoding: value, as: UTF8.self))
        }
        return fields
    }

    @Test(arguments: [
        ("", []), ("A: b\r\n", ["A=b"]), ("A:b", ["A=b"]), ("A: b\nC: d\r\n", ["A=b", "C=d"]),
        ("A: \t b \t\r\n", ["A=b"]), ("A:\r\n", ["A="]), ("A: b: c\r\n", ["A=b: c"]),
        ("A: 1\r\na: 2\r\n", ["A=1", "a=2"]),
        (": b\r\nnothing\r\n continued\r\nA : b\r\nB@: c\r\n", []),
        ("A: b\0c\r\nD: e\u{7F}\r\nF: g\rh\r\nI: j\r\n", ["I=j"]),
        ("A: é\r\n", ["A=é"]), ("\r\n\r\nA: b\r\n", ["A=b"]),
    ])
    func readsWellFormedFieldsOnly(text: String, expected: [String]) {
        #expect(fields(text) == expected)
    }

    @Test func findsTheFirstInAnyLetterCase() {
        let head = AnswerHead(bytes: Array("X-A: 1\r\nretry-AFTER: 2\r\nRetry-After: 3\r\nRetry_After: 4\r\n".utf8))
        #expect(head.first("Retry-After").map(Array.init) == [0x32])
        #expect(head.first("X-B") == nil)
    }

    @Test func letterCaseIsOfLettersOnly() {
        #expect(Array("aZ-9".utf8).isEqualIgnoringCase(to: Array("Az-9".utf8)))
        #expect(!Array("[".utf8).isEqualIgnoringCase(to: Array("{".utf8)))
        #expect(!Array("a".utf8).isEqualIgnoringCase(to: Array("aa".utf8)))
        #expect(!Array("\u{D}".utf8).isEqualIgnoringCase(to: Array("-".utf8)))
    }
}

struct UpstreamOriginTests {
    @Test(arguments: [
        ("https://www.wegowise.com", "https://www.wegowise.com", 443),
        ("HTTPS://WWW.WegoWise.com:443/", "https://www.wegowise.com", 443),
        ("https://a-1.example:8443", "https://a-1.example:8443", 8443),
        ("http://localhost:8080", "http://localhost:8080", 8080),
        ("http://127.0.0.1:80", "http://127.0.0.1", 80), ("http://[::1]:9/", "http://[::1]:9", 9),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]", 443), ("https://10.1.2.3", "https://10.1.2.3", 443),
        ("https://single", "https://single", 443),
    ])
    func isRead(text: String, description: String, port: Int) throws {
        let origin = try #require(UpstreamOrigin(text))
        #expect(origin.description == description)
        #expect(origin.effectivePort == port)
        #expect(UpstreamOrigin(origin.description) == origin)
    }

    @Test(arguments: [
        "", "https://", "https:///", "www.example.com", "ftp://a.example", "https://a.example/path",
        "https://a.example//",
        "https://a.example?x", "https://a.example#x", "https://user@a.example", "https://a.example:",
        "https://a.example:0",
        "https://a.example:65536", "https://a.example:+1", "https://a.example:-1", "https://a.example:80:81",
        "https://a b.example",
        "https://a.example\r\n", "https://exämple.com", "https://[::1", "https://::1", "https://[]", "https://[::1]x",
        "https://[1:2]", "https://.example", "https://a..example", "https://a.example.", "https://-a.example",
        "https://a%2e.example",
        "https://127.1", "https://0x7f.0x1", "https://2130706433", "https://999.1.1.1", "https://1.2.3.4.5",
        "https:// a.example",
        "http://www.wegowise.com", "http://10.0.0.1", "http://127.0.0.1.example", "http://[::2]",
        "https://\(String(repeating: "a", count: 64)).example", "https://\(String(repeating: "a.", count: 140))example",
    ])
    func isRefused(text: String) {
        #expect(UpstreamOrigin(text) == nil)
    }

    @Test(arguments: [
        ("https://localhost", true, false), ("https://127.9.9.9", true, true), ("https://[::1]", true, true),
        ("https://127.0.0.1.example", false, false), ("https://8.8.8.8", false, true),
        ("https://a.example", false, false),
    ])
    func knowsThisMachine(text: String, isLoopback: Bool, isAddress: Bool) throws {
        let origin = try #require(UpstreamOrigin(text))
        #expect(origin.isLoopback == isLoopback && origin.isAddress == isAddress)
        #expect(EngineSettings(origin: origin).allowsPrivateAddresses == isLoopback)
    }
}
