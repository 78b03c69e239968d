// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Settings

struct SettingValuesTests {
    @Test(arguments: [
        ("250ms", Duration.milliseconds(250)), ("30s", .seconds(30)), ("5m", .seconds(300)), ("1h", .seconds(3_600)),
        ("7d", .seconds(604_800)),
    ])
    func readsDurations(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.write(duration) == text)
    }

    @Test(arguments: [
        "", "30", "s", "30 s", " 30s", "-1s", "+1s", "1.5s", "1e3s", "30S", "30sec", "٣s", "9999999999999s",
        "999999999999d",
    ])
    func refusesDurations(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [("512B", 512), ("16KiB", 16_384), ("1MiB", 1_048_576), ("64MiB", 67_108_864), ("2GiB", 2 << 30)])
    func readsSizes(text: String, bytes: Int) {
        #expect(ByteCount(text)?.bytes == bytes)
        #expect(ByteCount(bytes: bytes).description == text)
    }

    @Test(arguments: ["", "1", "1MB", "1Mib", "MiB", "1 MiB", "-1B", "999999999999GiB"])
    func refusesSizes(text: String) {
        #expect(ByteCount(text) == nil)
    }

    @Test(arguments: ["127.0.0.1:8787", "127.255.0.9:0", "[::1]:65535", "localhost:80"])
    func readsLoopbackAddresses(text: String) {
        #expect(LoopbackAddress(text)?.description == text)
    }

    @Test(arguments: [
        "", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:8x", "0.0.0.0:80",
        "10.0.0.1:80",
        "127.0.0:80", "127.0.0.256:80", "::1:80", "[::]:80", "[::1]80", "localhost.evil.example:80",
        "127.0.0.1.evil:80",
        "example.com:80",
    ])
    func refusesOtherAddresses(text: String) {
        #expect(LoopbackAddress(text) == nil)
    }

    @Test(arguments: [
        ("https://www.wegowise.com", "https://www.wegowise.com"),
        ("https://WWW.WegoWise.com:443", "https://www.wegowise.com"),
        ("https://host:8443", "https://host:8443"), ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("http://localhost", "http://localhost"), ("http://[::1]:80", "http://[::1]"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ])
    func readsOrigins(text: String, written: String) {
        #expect(HTTPOrigin(text)?.description == written)
    }

    @Test(arguments: [
        "", "www.wegowise.com", "ftp://host", "HTTPS://host", "https://", "https://host/", "https://host/path",
        "https://host?q",
        "https://host#f", "https://user@host", "https://user:pw@host", "https://host:0", "https://host:65536",
        "https://host:",
        "https://ho st", "https://-host", "https://a..b", "http://www.wegowise.com", "http://10.0.0.1", "https://[::1",
        "https://[]",
        "http://localhost.evil.example", "https://höst", "https://host\r\n",
    ])
    func refusesOtherURLs(text: String) {
        #expect(HTTPOrigin(text) == nil)
    }

    @Test func suggestsOnlyWhatIsNear() {
        #expect(SpellingDistance.between(Array("kitten".utf8), Array("sitting".utf8)) == 3)
        #expect(SpellingDistance.nearest(to: "log.levle", among: ["log.level", "log.format"]) == "log.level")
        #expect(SpellingDistance.nearest(to: "something_else", among: ["log.level", "log.format"]) == nil)
    }
}
