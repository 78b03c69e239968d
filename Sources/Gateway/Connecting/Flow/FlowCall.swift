// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Custody
import NIOCore
import OAuth1
import Secrets

/// One signed call of a connection: recorded before it leaves and after it ended, as those of callers are.
///
/// `@unchecked Sendable`: used on `eventLoop` alone; engine and journal only pass the reference back to that loop.
final class FlowCall: TransferReceiver, @unchecked Sendable {
    /// What is asked.
    struct Question: Sendable {
        let method: String
        let segments: [String]
        let credential: SigningCredential

        /// A protocol parameter beside the usual ones.
        var parameter: Extra?

        enum Extra: Sendable {
            case callback(String)
            case verifier(Secret)
        }

        var changesNothing: Bool { method == "GET" }
        var template: String { "/" + segments.joined(separator: "/") }
    }

    struct Ending: Sendable {
        let outcome: Result<TransferResponse, TransferFailure>
        /// Whether the journal has it. What never began needs no record.
        let isRecorded: Bool
    }

    let eventLoop: any EventLoop
    private let services: Services
    private let question: Question
    private let user: UserPseudonym?
    private let target: UpstreamTarget
    private let started: NIODeadline
    private let deadline: NIODeadline
    private let then: (Ending) -> Void
    private var record: CallRecord
    private var sequence: UInt64 = 0

    /// Of the attempt under way, in seconds since 1970.
    private var timestamp: Int64 = 0

    /// What the call is signed with again, after a refusal that may be about the timestamp.
    private var correction: Int64?

    /// - Parameters:
    ///   - record: on whose behalf; `requestID`, tenant, caller and home user are taken from it.
    ///   - then: called exactly once, on `eventLoop`.
    init(
        _ question: Question, for record: CallRecord, user: UserPseudonym?, _ services: Services,
        on eventLoop: any EventLoop, then: @escaping (Ending) -> Void
    ) {
        self.question = question
        self.services = services
        self.user = user
        self.eventLoop = eventLoop
        self.then = then
        self.record = record
        self.record.method = question.method
        self.record.route = question.template
        target = UpstreamTarget(segments: question.segments, query: [])
        started = services.clock.now
        deadline = started + TimeAmount(services.upstreamTimeout)
    }

    /// No byte goes out before it is written down that it will.
    func start() {
        services.journal.recordIntent(record.intent(user: user), changesNothing: question.changesNothing) { result in
            self.eventLoop.runNowOrLater { self.intentRecorded(result) }
        }
    }

    private func intentRecorded(_ result: Result<UInt64, JournalError>) {
        switch result {
        case .success(let sequence):
            self.sequence = sequence
            record.decision = .forwarded
            attempt()
        case .failure:
            then(
                Ending(
                    outcome: .failure(TransferFailure(.notDurable, .notSent, "the intent was not recorded")),
                    isRecorded: true))
        }
    }

    private func attempt() {
        record.attempts += 1
        timestamp = correction ?? services.upstreamClock.timestamp(services.clock)
        var headers = HeaderLines()
        // Empty as it is, the body of a token request is a form (RFC 5849 section 2.1 leaves it open; clients in use say so).
        headers.append(
            question.changesNothing ? "Accept" : "Content-Type",
            (question.changesNothing ? "application/json" : "application/x-www-form-urlencoded").utf8)
        let isAdded = headers.append("Authorization", authorization())
        precondition(isAdded, "a signature is printable and there is room for it")
        var request = TransferRequest(
            method: question.method, target: target.wire, headers: headers,
            body: question.changesNothing ? nil : ByteBuffer(), deadline: deadline)
        request.requiredSequence = sequence
        services.upstream.submit(request, to: self)
    }

    private func authorization() -> [UInt8] {
        let extra: [Parameter] =
            switch question.parameter {
            case .callback(let url): [Parameter("oauth_callback", url)]
            case .verifier(let verifier): [.verifier(verifier)]
            case nil: []
            }
        return services.signer.authorization(
            for: services.signable(method: question.method, target), with: question.credential, timestamp: timestamp,
            nonce: services.chance.token(), extra: extra)
    }

    func transferEnded(_ outcome: Result<TransferResponse, TransferFailure>) {
        record.note(outcome)
        if case .success(let response) = outcome {
            services.upstreamClock.learn(from: response, services.clock)
            if correction != nil { services.upstreamClock.confirm(by: response, services.clock) }
        }
        if mayTryAgain(outcome) { return attempt() }
        note(outcome)
        services.recorder.record(record)
        services.journal.recordOutcome(record.outcome()) { result in
            let isRecorded = if case .success = result { true } else { false }
            self.eventLoop.runNowOrLater { self.then(Ending(outcome: outcome, isRecorded: isRecorded)) }
        }
    }

    /// An exchange that may have arrived is never sent again; one whose timestamp was refused was not carried out.
    private func mayTryAgain(_ outcome: Result<TransferResponse, TransferFailure>) -> Bool {
        guard deadline > services.clock.now else { return false }
        switch outcome {
        case .success(let response):
            guard correction == nil, response.status == 401 else { return false }
            correction = services.upstreamClock.correction(
                of: timestamp, by: response, OAuthProblem(response), services.clock)
            guard correction != nil else { return false }
            services.metrics.countResigned()
            return true
        case .failure(let failure):
            return RetryRule.allows(
                after: failure, attempts: record.attempts, changesNothing: question.changesNothing)
        }
    }

    private func note(_ outcome: Result<TransferResponse, TransferFailure>) {
        switch outcome {
        case .success(let response):
            record.status = response.status
            record.upstreamStatus = response.status
            record.responseBytes = response.body.readableBytes
            record.upstreamMicroseconds = Int64(response.times.total / .microseconds(1))
        case .failure(let failure):
            let problem = Problem(GatewayError(failure, changesNothing: question.changesNothing))
            record.status = problem.status
            record.problem = problem.slug
            services.metrics.countUpstreamFailure(failure.kind)
        }
        record.totalMicroseconds = (services.clock.now - started).nanoseconds / 1000
    }
}
