// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody
import RateLimits
import Testing

@testable import Gateway

struct TokenAnswerTests {
    @Test func readsThePair() throws {
        let answer = try #require(
            TokenAnswer("oauth_token=a%2Bb&oauth_token_secret=s&oauth_callback_confirmed=true\n".utf8))
        #expect(answer.token == Array("a+b".utf8))
        #expect(answer.isCallbackConfirmed)
        #expect(TokenAnswer("oauth_token=t&oauth_token_secret=s".utf8)?.isCallbackConfirmed == false)
        #expect(TokenAnswer("oauth_token_secret=s&x=1&oauth_token=t&oauth_callback_confirmed=TRUE".utf8) != nil)
    }

    @Test(arguments: [
        "", "oauth_token=t", "oauth_token_secret=s", "oauth_token=&oauth_token_secret=s",
        "oauth_token&oauth_token_secret=s",
        "oauth_token=t&oauth_token=t&oauth_token_secret=s", "oauth_token=t&oauth_token_secret=s&oauth_token_secret=s",
        "oauth_token=a%20b&oauth_token_secret=s", "oauth_token=%zz&oauth_token_secret=s",
        #"{"oauth_token":"t","oauth_token_secret":"s"}"#, "<html>oauth_token=t</html>",
        "oauth_token=t&oauth_token_secret=%C3%A4",
    ])
    func takesNothingElse(_ text: String) {
        #expect(TokenAnswer(text.utf8) == nil)
    }
}

struct ConnectVerdictTests {
    private static func word(_ verdict: TokenVerdict) -> String {
        switch verdict {
        case .granted: "granted"
        case .refused(let problem, let status): "\(problem.rawValue) \(status)"
        case .unreadable: "unreadable"
        case .notSent: "not sent"
        case .unclear(let status, _): "unclear \(status ?? 0)"
        }
    }

    @Test func judgesAnswersToTokenRequests() {
        let pair = "oauth_token=t&oauth_token_secret=s"
        let cases: [(Result<TransferResponse, TransferFailure>, String)] = [
            (.success(.make(200, [], pair)), "granted"), (.success(.make(201, [], pair)), "granted"),
            (.success(.make(200, [], "")), "unreadable"), (.success(.make(303, [], pair)), "unclear 303"),
            (.success(.make(401, ["WWW-Authenticate: OAuth oauth_problem=token_used"], "")), "token_used 401"),
            (.success(.make(400, [], "")), "unnamed 400"), (.success(.make(500, [], pair)), "unclear 500"),
            (.failure(TransferFailure(.unreachable, .notSent)), "not sent"),
            (.failure(TransferFailure(.timeout, .unknown)), "unclear 0"),
            (.failure(TransferFailure(.badResponse, .answered)), "unclear 0"),
        ]
        for (outcome, expected) in cases { #expect(Self.word(TokenVerdict(outcome)) == expected) }
    }

    static let trials: [(Int, String, TrialVerdict)] = [
        (200, "", .works(UpstreamAccount())), (204, "", .works(UpstreamAccount())),
        (401, "", .refused(.unnamed, status: 401)), (401, "token_revoked", .refused(.tokenRevoked, status: 401)),
        (401, "permission_denied", .unclear), (400, "", .unclear), (403, "", .unclear), (404, "", .unclear),
        (401, "timestamp_refused", .unclear), (401, "nonce_used", .unclear),
        (429, "", .unclear), (408, "", .unclear), (500, "", .unclear), (302, "", .unclear), (101, "", .unclear),
    ]

    @Test(arguments: trials)
    func judgesTrials(_ status: Int, _ problem: String, _ verdict: TrialVerdict) {
        let response = TransferResponse.make(
            status, problem.isEmpty ? [] : ["WWW-Authenticate: OAuth oauth_problem=\(problem)"])
        #expect(TrialVerdict(.success(response), isRecorded: true) == verdict)
        #expect(TrialVerdict(.success(response), isRecorded: false) == .unclear)
    }

    static let accounts: [(String, UpstreamAccount)] = [
        (#"{"id":"1","username":"a"}"#, UpstreamAccount(id: "1", username: "a")),
        (#"{"id":12}"#, UpstreamAccount(id: "12")),
        (#"{"username":"a"}"#, UpstreamAccount(username: "a")), (#"{"id":{},"username":7}"#, UpstreamAccount()),
        (#"{"id":"","username":"a\nb"}"#, UpstreamAccount()), ("[]", UpstreamAccount()), ("", UpstreamAccount()),
        (#"{"id":"1","id":"2"}"#, UpstreamAccount()),
    ]

    @Test(arguments: accounts)
    func readsWhoseItIs(_ body: String, _ account: UpstreamAccount) {
        #expect(UpstreamAccount(answer: body.utf8) == account)
    }

    @Test func comparesWithWhoItWas() {
        let (known, word) = (
            UpstreamAccount(id: "1", username: "a"),
            { (account: UpstreamAccount, known: UpstreamAccount) in
                TrialVerdict.works(account).compared(with: known)
            }
        )
        let first = UpstreamAccount(username: "b")
        #expect(word(first, UpstreamAccount()) == .works(first))
        let renamed = UpstreamAccount(id: "1", username: "b")
        #expect(word(renamed, known) == .works(renamed))
        #expect(word(UpstreamAccount(id: "2", username: "a"), known) == .otherAccount)
        #expect(word(UpstreamAccount(username: "b"), known) == .otherAccount)
        #expect(word(UpstreamAccount(), known) == .unclear)
        #expect(word(UpstreamAccount(id: "1"), UpstreamAccount(username: "a")) == .unclear)
        #expect(TrialVerdict.unclear.compared(with: known) == .unclear)
    }

    @Test func knowsNothingWithoutAnAnswer() {
        for wire in [TransferFailure.WireState.notSent, .unknown, .answered] {
            #expect(TrialVerdict(.failure(TransferFailure(.connectionLost, wire)), isRecorded: true) == .unclear)
        }
    }
}

struct CallbackGateTests {
    @Test func letsABurstInAndThenTheRate() throws {
        let gate = CallbackGate(RateWindow(permits: 1, period: .seconds(10), burst: 2))
        for _ in 0..<2 { try gate.admit(now: 1_000) }
        #expect(throws: GatewayError.connect(.tooManyCallbacks(retryAfterSeconds: 10))) { try gate.admit(now: 1_000) }
        #expect(throws: GatewayError.connect(.tooManyCallbacks(retryAfterSeconds: 1))) {
            try gate.admit(now: 9_500_000_000)
        }
        try gate.admit(now: 10_000_001_000)
    }
}
