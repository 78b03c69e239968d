// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import Testing

@testable import Gateway

/// The machine alone: each event, and what it leads to.
struct ConnectionEndingTests {
    private let session: OAuthSession
    private let user: HomeUser
    private let temporary = HomeUserCredential(
        consumerKey: "k", consumerSecret: Secret(utf8: "cs"), token: Secret(utf8: "t"), tokenSecret: Secret(utf8: "ts"))

    init() throws {
        // Custody alone makes sessions.
        let fixture = try SessionFixture()
        session = fixture.session
        user = fixture.user
    }

    private func granted() throws -> TokenVerdict {
        .granted(try #require(TokenAnswer("oauth_token=new&oauth_token_secret=s".utf8)))
    }

    /// A machine led on by `events`, and the last action in words.
    private func run(_ events: [ConnectionEnding.Event], verifier: String? = "v") -> String {
        var machine = ConnectionEnding(verifier: verifier.map { Secret(utf8: $0) })
        var words = ""
        for event in events {
            switch machine.next(event) {
            case .exchange: words = "exchange"
            case .store: words = "store"
            case .tryOut: words = "try"
            case .confirm: words = "confirm"
            case .revert: words = "revert"
            case .giveBack: words = "give back"
            case .end(let end):
                switch end.result {
                case .connected(_, let isConfirmed): words = isConfirmed ? "connected" : "unconfirmed"
                case .failed(let failure): words = Problem(.connect(failure)).slug
                case .held(let error): words = Problem(error).slug
                }
            }
        }
        return words
    }

    @Test func goesAllTheWay() throws {
        let events: [ConnectionEnding.Event] = [
            .taken(.taken(session, temporary)), .exchanged(try granted()), .stored(.success(user)),
            .tried(.works(UpstreamAccount())),
            .settled(.success(user)),
        ]
        let words = ["exchange", "store", "try", "confirm", "connected"]
        for count in 1...5 { #expect(run(Array(events.prefix(count))) == words[count - 1]) }
    }

    @Test func endsWithoutASession() {
        #expect(run([.taken(.unknown)]) == "connection-unknown")
        #expect(run([.taken(.alreadyUsed(session))]) == "connection-used")
        #expect(run([.taken(.expired(session))]) == "connection-expired")
        #expect(run([.taken(.unreadable(session))]) == "connection-unreadable")
        #expect(run([.taken(.taken(session, temporary))], verifier: nil) == "connection-denied")
    }

    @Test func endsWithoutAToken() {
        let verdicts: [(TokenVerdict, String)] = [
            (.refused(.verifierInvalid, status: 401), "exchange-refused"), (.unreadable, "connect-answer-unreadable"),
            (.unclear(status: 500, nil), "exchange-unclear"),
        ]
        for (verdict, slug) in verdicts {
            #expect(run([.taken(.taken(session, temporary)), .exchanged(verdict)]) == slug)
        }
        let unsent: [ConnectionEnding.Event] = [
            .taken(.taken(session, temporary)), .exchanged(.notSent(.init(.unreachable, .notSent))), .givenBack,
        ]
        #expect(run(Array(unsent.prefix(2))) == "give back")
        #expect(run(unsent) == "exchange-not-sent")
        let held: [ConnectionEnding.Event] = [
            .taken(.taken(session, temporary)), .held(.upstreamHeld(.paused, retryAfterSeconds: 9)), .givenBack,
        ]
        #expect(run(Array(held.prefix(2))) == "give back")
        #expect(run(held) == "upstream-paused")
    }

    @Test func endsWhereTheStoreSaysNo() throws {
        let errors: [(CustodyError, String)] = [
            (.notFound(kind: .authorization, name: "a"), "connection-overtaken"),
            (.invalid(reason: "frozen"), "connection-overtaken"), (.storage(detail: "full"), "connection-not-stored"),
            (.limitReached(reason: "x"), "connection-not-stored"),
        ]
        for (error, slug) in errors {
            let events: [ConnectionEnding.Event] = [
                .taken(.taken(session, temporary)), .exchanged(try granted()), .stored(.failure(error)),
            ]
            #expect(run(events) == slug)
        }
    }

    @Test func settlesEachTrial() throws {
        let refused = TrialVerdict.refused(.tokenRevoked, status: 401)
        let gone = Result<HomeUser?, CustodyError>.failure(.notFound(kind: .homeUser, name: "a"))
        let broken = Result<HomeUser?, CustodyError>.failure(.storage(detail: "full"))
        let cases: [(TrialVerdict, Result<HomeUser?, CustodyError>?, String)] = [
            (.unclear, nil, "unconfirmed"), (.works(UpstreamAccount()), gone, "connection-overtaken"),
            (.works(UpstreamAccount()), broken, "unconfirmed"),
            (.otherAccount, .success(user), "connect-other-account"), (.otherAccount, gone, "connect-other-account"),
            (.otherAccount, broken, "connection-not-reverted"),
            (refused, .success(nil), "new-credential-refused"), (refused, .success(user), "new-credential-refused"),
            (refused, gone, "new-credential-refused"), (refused, broken, "connection-not-reverted"),
        ]
        for (verdict, settled, slug) in cases {
            var events: [ConnectionEnding.Event] = [
                .taken(.taken(session, temporary)), .exchanged(try granted()), .stored(.success(user)), .tried(verdict),
            ]
            if let settled { events.append(.settled(settled)) }
            #expect(run(events) == slug)
        }
    }
}
