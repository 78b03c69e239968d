// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Testing

@testable import Gateway

struct ConnectPageTests {
    static let user: HomeUser = {
        guard let tenant = TenantName("t"), let name = HomeUserName("alice"), let consumer = ConsumerName("c") else {
            preconditionFailure("these are names")
        }
        return HomeUser(
            tenant: tenant, name: name, consumer: consumer, isDeveloper: false, state: .active, reason: nil, since: 0,
            created: 0, credentialVersion: 1)
    }()

    static let pages: [ConnectPage] =
        [.connected(user), .unconfirmed(user)]
        + ([
            .denied, .sessionUsed, .sessionExpired, .badCallback, .sessionUnknown, .sessionUnreadable,
            .tooManyCallbacks(retryAfterSeconds: 1), .exchangeRefused(.verifierInvalid, status: 401), .answerUnreadable,
            .exchangeNotSent(.tls), .exchangeNotSent(.notDurable), .exchangeUnclear,
            .credentialRefused(.unnamed, status: 401, kept: nil), .otherAccount("a"), .overtaken,
            .notStored, .notReverted("a"),
        ] as [ConnectFailure]).map { ConnectPage(.connect($0)) }
        + [ConnectPage(.overloaded), ConnectPage(.upstreamHeld(.paused, retryAfterSeconds: 9))]

    @Test(arguments: pages.indices)
    func isWhatAPersonCanRead(_ index: Int) throws {
        let page = Self.pages[index]
        let answer = page.answer(back: nil)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(answer.status == page.status)
        #expect(text.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        #expect(text.contains("<title>\(page.title) - ") && text.contains("<h1>\(page.title)</h1>"))
        #expect(text.contains("<main") && text.contains("width=device-width"))
        #expect(!text.contains("<script") && !text.contains("http") && !text.contains("<form"))
        #expect(page.sentences.count >= 2)
    }

    @Test func isProtected() {
        let fields = ConnectPage.connected(Self.user).answer(back: nil).fields
        func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        let policy = value("Content-Security-Policy") ?? ""
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        for part in ["frame-ancestors 'none'", "form-action 'none'", "base-uri 'none'"] {
            #expect(policy.contains(part))
        }
        #expect(value("Referrer-Policy") == "no-referrer")
        #expect(value("Cache-Control") == "no-store")
        #expect(value("X-Content-Type-Options") == "nosniff")
        #expect(value("Wego-Gateway-Error-Source") == nil)
        #expect(
            ConnectPage(.overloaded).answer(back: nil).fields.contains {
                $0 == ("Wego-Gateway-Error-Source", "gateway")
            })
    }

    @Test func escapesTheWayBack() {
        let text = String(
            decoding: ConnectPage.connected(Self.user).answer(back: "https://a/?b=\"'<c>&d").body, as: UTF8.self)
        #expect(text.contains(#"<a href="https://a/?b=&quot;&#39;&lt;c&gt;&amp;d">"#))
    }
}
