// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Testing

struct NameTests {
    @Test(arguments: ["a", "Z", "0", "alice", "a.b_c@d-e", "alice@example.com", String(repeating: "x", count: 64)])
    func accepts(_ text: String) {
        #expect(TenantName(text)?.rawValue == text)
    }

    @Test(arguments: [
        "", ".a", "-a", "_a", "@a", "a b", "a/b", "a\n", "a%2f", "é", "a\u{301}", "a\0", "../x",
        String(repeating: "x", count: 65),
    ])
    func refuses(_ text: String) {
        #expect(HomeUserName(text) == nil)
    }

    @Test func tellsCasesApart() {
        #expect(CallerName("Alice") != CallerName("alice"))
    }
}

struct ScopesTests {
    private static let lists: [(String, Scopes)] = [
        ("read", .read), ("write,read", [.read, .write]),
        ("read,write,users,connect", [.read, .write, .users, .connect]),
    ]

    @Test(arguments: lists)
    func parses(_ text: String, _ scopes: Scopes) {
        #expect(Scopes(text: text) == scopes)
    }

    @Test(arguments: ["", "read,", "Read", "read, write", "read,read", "admin", ","])
    func refuses(_ text: String) {
        #expect(Scopes(text: text) == nil)
    }

    @Test func writesInTheUsualOrder() {
        #expect(Scopes([.connect, .read]).text == "read,connect")
        #expect(Scopes(text: Scopes([.connect, .read]).text) == [.read, .connect])
    }
}
