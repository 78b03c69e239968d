// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Custody
import NIOCore
import OAuth1
import RateLimits
import Secrets

/// One signed call of a connection: it takes its turn at the upstream and on the consumer's limits, and is recorded before it leaves and after it ended, as those of callers are.
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

    /// How it comes to its turn.
    enum Turn: Sendable {
        /// It was let through already. The call leaves when it has ended.
        case given(Passage)
        /// It asks for it by the limits of this consumer, and waits so long at most.
        case asked(of: LimitSubject, wait: Duration)
    }

    enum Ending: Sendable {
        /// Its turn did not come: nothing was sent, and there is nothing to record.
        case held(GatewayError)

        /// `isRecorded`: whether the journal has it. What never began needs no record.
        case ended(Result<TransferResponse, TransferFailure>, isRecorded: Bool)
    }

    let eventLoop: any EventLoop
    private let services: Services
    private let turnstile: Turnstile
    private let question: Question
    private let turn: Turn
    private let user: UserPseudonym?
    private let target: UpstreamTarget
    private var started: NIODeadline
    private var deadline: NIODeadline
    private let then: (Ending) -> Void

    /// What it was let through with, and how the attempt under way has ended for the upstream's protection.
    private var passage: Passage?
    private var ending = UpstreamEnding.unknown
    private var record: CallRecord
    private var sequence: UInt64 = 0

    /// Of the attempt under way, in seconds since 1970.
    private var timestamp: Int64 = 0

    /// What the call is signed with again, after a refusal that may be about the timestamp.
    private var correction: Int64?

    /// Asked when a turn has come that was waited for: why the call must not be made any more.
    var objection: () -> GatewayError? = { nil }

    /// - Parameters:
    ///   - record: on whose behalf; `requestID`, tenant, caller and home user are taken from it.
    ///   - then: called exactly once, on `eventLoop`.
    init(
        _ question: Question, _ turn: Turn, for record: CallRecord, user: UserPseudonym?, _ desk: ConnectDesk,
        on eventLoop: any EventLoop, then: @escaping (Ending) -> Void
    ) {
        self.question = question
        self.turn = turn
        services = desk.services
        turnstile = desk.turnstile
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

    func start() {
        switch turn {
        case .given(let passage): recordIntent(passage)
        case .asked(let consumer, let wait):
            let request = TurnRequest(limits: LimitRequest(LimitSubjects(consumer: consumer)), wait: wait)
            switch turnstile.enter(request, on: eventLoop, then: { self.turnCame($0) }) {
            case .through(let passage): recordIntent(passage)
            case .refused(let error): then(.held(error))
            case .waits, .asked: break
            }
        }
    }

    private func turnCame(_ result: Result<Passage, GatewayError>) {
        // The time for the call begins now.
        started = services.clock.now
        deadline = started + TimeAmount(services.upstreamTimeout)
        switch result {
        case .success(let passage):
            guard let error = objection() else { return recordIntent(passage) }
            turnstile.leave(passage, .unknown)
            then(.held(error))
        case .failure(let error): then(.held(error))
        }
    }

    /// No byte goes out before it is written down that it will.
    private func recordIntent(_ passage: Passage) {
        self.passage = passage
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
            leave()
            then(
                .ended(
                    .failure(TransferFailure(.notDurable, .notSent, "the intent was not recorded")), isRecorded: true))
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
        ending = UpstreamEnding(outcome, upstreamTime: services.upstreamClock.timestamp(services.clock))
        if mayTryAgain(outcome) { return attempt() }
        leave()
        note(outcome)
        services.recorder.record(record)
        services.journal.recordOutcome(record.outcome()) { result in
            let isRecorded = if case .success = result { true } else { false }
            self.eventLoop.runNowOrLater { self.then(.ended(outcome, isRecorded: isRecorded)) }
        }
    }

    /// An exchange that may have arrived is never sent again; one whose timestamp was refused was not carried out.
    private func mayTryAgain(_ outcome: Result<TransferResponse, TransferFailure>) -> Bool {
        guard deadline > services.clock.now else { return false }
        switch outcome {
        case .success(let response):
            guard correction == nil, response.status == 401,
                let corrected = services.upstreamClock.correction(
                    of: timestamp, by: response, OAuthProblem(response), services.clock), takesTurnAgain()
            else { return false }
            correction = corrected
            services.metrics.countResigned()
            return true
        case .failure(let failure):
            return RetryRule.allows(
                after: failure, attempts: record.attempts, changesNothing: question.changesNothing)
                && takesTurnAgain()
        }
    }

    private func takesTurnAgain() -> Bool {
        guard let passage else { return false }
        let turn = turnstile.again(passage, after: ending)
        self.passage = turn.passage
        if turn.goes { ending = .unknown }
        return turn.goes
    }

    private func leave() {
        if let passage { turnstile.leave(passage, ending) }
        passage = nil
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
