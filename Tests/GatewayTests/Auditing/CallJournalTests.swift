// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Dispatch
import OAuth1
import TestSupport
import Testing

@testable import Gateway

/// A journal that does what a test tells it to.
final class ScriptedJournal: CallJournal {
    enum Entry: Sendable, Equatable {
        case intent(CallIntent, changesNothing: Bool)
        case outcome(CallOutcome)
        case denial(String)
        case change(AdminEvent)
    }

    let entries = Watched<[Entry]>([])
    private let held = Watched<[Completion]>([])
    private let intents: Result<UInt64, JournalError>?
    private let outcomes: Result<UInt64, JournalError>?

    /// Nil: held until `release`.
    init(intents: Result<UInt64, JournalError>? = .success(7), outcomes: Result<UInt64, JournalError>? = .success(8)) {
        self.intents = intents
        self.outcomes = outcomes
    }

    func recordIntent(_ intent: CallIntent, changesNothing: Bool, then completion: @escaping Completion) {
        entries.change { $0.append(.intent(intent, changesNothing: changesNothing)) }
        answer(intents, completion)
    }

    func recordOutcome(_ outcome: CallOutcome, then completion: @escaping Completion) {
        entries.change { $0.append(.outcome(outcome)) }
        answer(outcomes, completion)
    }

    func recordDenial(_ record: CallRecord, user: UserPseudonym?) {
        entries.change { $0.append(.denial(record.problem ?? "")) }
    }

    func recordChange(_ event: AdminEvent) {
        entries.change { $0.append(.change(event)) }
    }

    /// From a thread of its own, as a real journal does.
    private func answer(_ result: Result<UInt64, JournalError>?, _ completion: @escaping Completion) {
        guard let result else { return held.change { $0.append(completion) } }
        DispatchQueue.global().async { completion(result) }
    }

    func release(_ result: Result<UInt64, JournalError>) async throws {
        let completion = try await held.wait(for: "a held record") { $0.first }
        held.change { _ = $0.removeFirst() }
        completion(result)
    }
}

struct CallJournalTests {
    private static let path = "/users/alice/api/v1/wego_home/building?unit=secret-value&a=1"

    private func run(
        _ journal: ScriptedJournal, _ upstream: ScriptedUpstream = .answering(),
        _ body: (GatewayFixture) async throws -> Void
    ) async throws {
        try await GatewayFixture.run(upstream, change: { _, services in services.journal = journal }, body)
    }

    @Test func writesDownWhatIsSentAndHowItEnded() async throws {
        let journal = ScriptedJournal()
        try await run(journal) { gateway in
            let response = try await gateway.call("GET", Self.path)
            #expect(response.status == 200)
            let id = try #require(response.header("wego-gateway-request-id"))
            var intent = CallIntent(requestID: id, method: "GET")
            (intent.tenant, intent.caller) = ("north", "backend")
            intent.route = "/api/v1/wego_home/building"
            intent.parameterNames = ["unit", "(other)"]
            #expect(journal.entries.current.first == .intent(intent, changesNothing: true))
            guard case .outcome(let outcome)? = journal.entries.current.last else {
                Issue.record("no outcome")
                return
            }
            #expect(outcome.requestID == id && outcome.result == .answered && outcome.upstreamStatus == 200)
            #expect(gateway.upstream.requests.current.first?.requiredSequence == 7)
        }
    }

    @Test func sendsNothingBeforeTheIntentIsRecorded() async throws {
        let journal = ScriptedJournal(intents: nil)
        try await run(journal) { gateway in
            async let call = gateway.call("POST", "/users/alice/api/v1/x", body: "{}")
            _ = try await journal.entries.wait(for: "an intent") { $0.first }
            #expect(gateway.upstream.requests.current.isEmpty)
            try await journal.release(.success(9))
            #expect(try await call.status == 200)
            #expect(gateway.upstream.requests.current.first?.requiredSequence == 9)
        }
    }

    @Test func releasesNoAnswerBeforeTheOutcomeIsRecorded() async throws {
        let journal = ScriptedJournal(outcomes: nil)
        try await run(journal) { gateway in
            let connection = try gateway.connect()
            try await connection.send(gateway.request("GET", Self.path))
            _ = try await journal.entries.wait(for: "an outcome") { $0.count == 2 ? true : nil }
            try await journal.release(.success(9))
            #expect(try await connection.response().status == 200)
        }
    }

    @Test func refusesWhileNothingCanBeRecorded() async throws {
        let journal = ScriptedJournal(intents: .failure(.stopped))
        try await run(journal) { gateway in
            let response = try await gateway.call("GET", Self.path)
            #expect(response.status == 503 && response.slug == "audit-unavailable")
            #expect(response.header("retry-after") == "1")
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func freesANameWhenTheIntentCannotBeRecorded() async throws {
        let journal = ScriptedJournal(intents: .failure(.stopped))
        try await run(journal) { gateway in
            try gateway.addDeveloper()
            let body = #"{"email":"a@b.c","first_name":"A","last_name":"B","username":"carol","password":"p"}"#
            let response = try await gateway.call("POST", "/users/dev/api/v1/wego_home/users", body: body)
            #expect(response.slug == "audit-unavailable")
            #expect(gateway.user("carol") == nil)
        }
    }

    @Test func withholdsAnAnswerWhoseOutcomeCannotBeRecorded() async throws {
        try await run(ScriptedJournal(outcomes: .failure(.stopped)), .answering(200, [], "private")) { gateway in
            let response = try await gateway.call("POST", "/users/alice/api/v1/x", body: "{}")
            #expect(response.status == 503 && response.slug == "outcome-not-recorded")
            #expect(!response.bodyText.contains("private"))
        }
    }

    /// Receipts must not claim that a service was asked about a home when nothing left the gateway.
    @Test(arguments: [
        (TransferFailure(.unreachable, .notSent), CallOutcome.Result.notSent),
        (TransferFailure(.connectionLost, .unknown), .failed),
    ])
    func tellsWhetherAnythingLeft(_ failure: TransferFailure, _ result: CallOutcome.Result) async throws {
        let journal = ScriptedJournal()
        try await run(journal, ScriptedUpstream { _, _ in .fail(failure) }) { gateway in
            let response = try await gateway.call("GET", Self.path)
            #expect(response.status >= 500)
            guard case .outcome(let outcome)? = journal.entries.current.last else {
                Issue.record("no outcome")
                return
            }
            #expect(outcome.result == result && outcome.attempts > 0 && outcome.problem != nil)
        }
    }

    @Test func writesDownRefusals() async throws {
        let journal = ScriptedJournal()
        try await run(journal) { gateway in
            _ = try await gateway.call("GET", "/users/nobody/oauth/user")
            _ = try await gateway.call("GET", "/users/alice")
            #expect(journal.entries.current == [.denial("user-not-found")])
        }
    }

    @Test func namesOnlyParametersThatAreKnown() {
        let query = [
            Parameter("state", "x"), Parameter("state", "y"), Parameter("alice", "z"), Parameter("", ""),
            Parameter("start_date", "2024"),
        ]
        #expect(ParameterNames.recordable(query) == ["state", "(other)", "start_date"])
        let many = (0..<300).map { Parameter(String(repeating: "a", count: $0 + 1), "") }
        #expect(ParameterNames.recordable(many) == ["(other)"])
    }
}
