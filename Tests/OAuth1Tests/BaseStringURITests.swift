// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Testing

struct BaseStringURITests {
    private func uri(_ scheme: String, _ host: String, _ port: Int?, _ path: String) -> String? {
        BaseStringURI(scheme: scheme, host: host, port: port, path: Array(path.utf8)).map { text($0.bytes) }
    }

    @Test(arguments: Fixture.load("base_string_uris.json", as: URIVector.self))
    func followsTheRules(vector: URIVector) {
        #expect(uri(vector.scheme, vector.host, vector.port, vector.path) == vector.uri)
    }

    @Test func dropsOnlyTheDefaultPortOfTheScheme() {
        #expect(uri("HTTP", "h", 80, "/") == "http://h/")
        #expect(uri("https", "h", 443, "/") == "https://h/")
        #expect(uri("https", "h", 80, "/") == "https://h:80/")
        #expect(uri("http", "h", 443, "/") == "http://h:443/")
    }

    @Test func keepsTheLetterCaseOfThePath() {
        #expect(uri("https", "WWW.WegoWise.COM", nil, "/API/v1/%c3%A9") == "https://www.wegowise.com/API/v1/%c3%A9")
    }

    @Test func takesBracketedAddresses() {
        #expect(uri("http", "[2001:DB8::1]", 8080, "") == "http://[2001:db8::1]:8080/")
    }

    @Test(
        arguments: [
            ("ftp", "h", nil, "/"), ("", "h", nil, "/"), ("http", "", nil, "/"), ("http", "h/x", nil, "/"),
            ("http", "h:80", nil, "/"), ("http", "u@h", nil, "/"), ("http", "h h", nil, "/"), ("http", "é", nil, "/"),
            ("http", "[]", nil, "/"), ("http", "::1", nil, "/"), ("http", "h", 0, "/"), ("http", "h", 65536, "/"),
            ("http", "h", nil, "a"), ("http", "h", nil, "/a?b"), ("http", "h", nil, "/a#b"), ("http", "h", nil, "/a b"),
            ("http", "h", nil, "/é"), ("http", "h", nil, "/a\r\nb"),
        ] as [(String, String, Int?, String)])
    func refusesWhatIsNoURI(scheme: String, host: String, port: Int?, path: String) {
        #expect(uri(scheme, host, port, path) == nil)
    }
}
