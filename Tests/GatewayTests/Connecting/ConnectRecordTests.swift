// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Custody
import Secrets
import TestSupport
import Testing

@testable import Gateway

/// Each call of a connection stands in journal and log, and no secret does.
struct ConnectRecordTests {
    @Test func recordsEachCallBeforeAndAfter() async throws {
        let journal = ScriptedJournal()
        try await GatewayFixture.connecting(journal: journal) { gateway in
            let begun = try await gateway.begin("carol")
            let page = try await gateway.callBack("oauth_token=temp-0&oauth_verifier=ver-77")
            #expect(page.status == 200)
            var routes: [String] = []
            var open: Set<String> = []
            var changes: [String] = []
            for entry in journal.entries.current {
                switch entry {
                case .intent(let intent, let changesNothing):
                    routes.append(intent.route ?? "")
                    #expect(changesNothing == (intent.method == "GET") && intent.tenant == "north")
                    #expect(open.insert(intent.requestID).inserted)
                case .outcome(let outcome):
                    #expect(open.remove(outcome.requestID) != nil && outcome.upstreamStatus == 200)
                case .change(let event):
                    changes.append("\(event.action.rawValue) \(event.actor)")
                case .denial(let problem): Issue.record("denied: \(problem)")
                }
            }
            #expect(routes == ["/oauth/request_token", "/oauth/access_token", "/oauth/user"])
            #expect(open.isEmpty && changes == ["connect browser", "change gateway"])
            #expect(gateway.upstream.requests.current.allSatisfy { $0.requiredSequence == 7 })
            let id = try #require(begun.header("wego-gateway-request-id"))
            let records = try await gateway.records.wait(for: 5)
            #expect(records.filter { $0.requestID == id }.count == 2)
            for secret in ["temp-", "ver-77", "access-", "secret"] {
                #expect(!"\(records)\(journal.entries.current)".contains(secret))
            }
        }
    }

    @Test func asksNothingThatCannotBeRecorded() async throws {
        try await GatewayFixture.connecting(journal: ScriptedJournal(intents: .failure(.stopped))) { gateway in
            let response = try await gateway.begin("carol")
            #expect(response.slug == "audit-unavailable")
            #expect(gateway.upstream.requests.current.isEmpty)
        }
        try await GatewayFixture.connecting(journal: ScriptedJournal(outcomes: .failure(.stopped))) { gateway in
            let response = try await gateway.begin("carol")
            #expect(response.slug == "outcome-not-recorded")
            #expect(try gateway.store.openSessions(in: nil).isEmpty)
        }
    }

    /// The token is kept; what came of it is not told before it is written down.
    @Test(arguments: [ScriptedUpstream.Step?.none, .answer(401, [], ""), .answer(500, [], "")])
    func tellsNothingThatIsNotRecorded(_ exchange: ScriptedUpstream.Step?) async throws {
        let journal = ScriptedJournal(outcomes: .failure(.stopped))
        let steps = exchange.map { ["/oauth/access_token": $0] } ?? [:]
        try await GatewayFixture.connecting(.granting(steps), journal: journal) { gateway in
            for mode in [OAuthSession.Mode.browser, .oob] {
                let user = try #require(HomeUserName("alice"))
                try gateway.store.addSession(
                    NewOAuthSession(
                        user: user, tenant: gateway.north, consumer: try #require(ConsumerName("main")),
                        consumerVersion: 1, mode: mode, returnTo: nil, lifetime: 60, token: Secret(utf8: "t-\(mode)"),
                        tokenSecret: Secret(utf8: "s")))
                let response =
                    mode == .oob
                    ? try await gateway.finish("alice", token: "t-oob")
                    : try await gateway.callBack("oauth_token=t-browser&oauth_verifier=v")
                #expect(response.status == 503)
                #expect(mode == .oob ? response.slug == "outcome-not-recorded" : response.heading != nil)
                #expect((gateway.token(of: "alice") == GatewayFixture.token) == (exchange != nil))
            }
        }
    }

    @Test func signsAnewWithTheUpstreamsTime() async throws {
        let refusal = ScriptedUpstream.Step.answer(
            401, ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "WWW-Authenticate: OAuth oauth_problem=timestamp_refused"], "")
        let granting = ScriptedUpstream.granting()
        let upstream = ScriptedUpstream { number, request in
            number == 0 ? refusal : granting.step(number, request)
        }
        try await GatewayFixture.run(
            upstream, change: { _, services in services.clock = StoppedClock(unixSeconds: 784_111_777 - 600) }
        ) { gateway in
            #expect(try await gateway.begin("carol").status == 201)
            let timestamps = try gateway.upstream.requests.current.map {
                try AuthorizationHeaderText($0).value("oauth_timestamp")
            }
            #expect(timestamps == ["784111177", "784111777"])
        }
    }
}
