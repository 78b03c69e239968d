// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import Foundation
import Testing

@testable import Sandbox

struct ConsentPageTests {
    private func question(_ callback: String = "https://app.example:444/back") throws -> HTMLPage {
        ConsentPage.question(
            application: "<key>", token: "a\"b", formValue: "f&v", users: ["alice", "bob's"],
            callback: try #require(Callback(Array(callback.utf8))))
    }

    @Test func whatCameFromOutsideIsEscaped() throws {
        let text = String(decoding: try question().bytes, as: UTF8.self)
        for part in [
            "<strong>&lt;key&gt;</strong>", #"value="a&quot;b""#, #"value="f&amp;v""#,
            #"<option value="bob&#39;s">bob&#39;s</option>"#,
        ] {
            #expect(text.contains(part))
        }
        #expect(!text.contains("<key>"))
    }

    @Test func thePageIsAccessibleAndStill() throws {
        let text = String(decoding: try question().bytes, as: UTF8.self)
        for part in [
            #"<html lang="en">"#, "<title>Allow access? - WegoWise sandbox</title>", "<h1>Allow access?</h1>",
            #"<label for="sandbox-user">"#, #"<select id="sandbox-user""#,
            #"<button type="submit" name="decision" value="allow">Allow"#,
            #"<button type="submit" name="decision" value="deny">Deny"#, "<main>",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        for part in ["<script", "javascript:", " onclick", "http-equiv", "src="] {
            #expect(!text.contains(part), "\(part)")
        }
    }

    @Test func thePolicyAllowsTheStyleAndTheWayBackOnly() throws {
        let page = try question()
        let text = String(decoding: page.bytes, as: UTF8.self)
        let style = try #require(text.firstMatch(of: /<style>([^<]*)<\/style>/)).1
        let hash = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()
        let policy = try #require(page.fields.first { $0.name == "Content-Security-Policy" }).value
        #expect(
            policy == "default-src 'none'; style-src 'sha256-\(hash)'; form-action 'self' https://app.example:444; "
                + "base-uri 'none'; frame-ancestors 'none'")
    }

    @Test(arguments: [("http://[::1]:8/", "'self' http:;"), ("oob", "'self';")])
    func thePolicyBearsOtherCallbacks(callback: String, expected: String) throws {
        #expect(try question(callback).fields[0].value.contains("form-action " + expected))
    }

    @Test(arguments: [
        ("http://a/b", "http://a/b?x=1"), ("http://a/b?c=d", "http://a/b?c=d&x=1"), ("http://a/b?", "http://a/b?x=1"),
        ("HTTP://a", "HTTP://a?x=1"),
    ])
    func callbacksKeepTheirQuery(callback: String, expected: String) throws {
        #expect(try #require(Callback(Array(callback.utf8))).location(with: [.init("x", "1")]) == expected)
    }
}
