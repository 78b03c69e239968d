// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Custody
import NIOCore
import NIOHTTP1
import RateLimits

/// One request from its head to its answer.
///
/// `@unchecked Sendable`: made and used on `eventLoop` alone; the engine only passes the reference back to that loop.
final class Exchange: TransferReceiver, @unchecked Sendable {
    let eventLoop: any EventLoop
    let pipeline: RequestPipeline
    private let journal: JournalTurn
    private let answered: (Answer) -> Void

    private let requestID: [UInt8]
    private let started: NIODeadline
    private let method: String
    private var record: CallRecord
    private var label = "none"
    var outgoing: Outgoing?
    private var upstreamTime: Duration = .zero
    var notes = AnswerNotes()

    /// Of the attempt under way, in seconds since 1970.
    private var timestamp: Int64 = 0

    /// What the call is signed with again, after a refusal that may be about the timestamp.
    private var correction: Int64?

    /// While the call waits for its turn; then what it was let through with.
    var ticket: Ticket?
    var passage: Passage?
    var ending = UpstreamEnding.unknown

    /// Taken before a home user is created; ended with the call.
    private var reservation: Reservation?

    /// Of the recorded intent, for the send gate; nil while none is recorded.
    private var intentSequence: UInt64?

    /// When the recording of the intent began, and how many microseconds it took.
    private var intentBegun = NIODeadline.distantPast
    private var intentTime: Int64?

    /// `answered` is called exactly once, on `eventLoop`.
    init(
        head: HTTPRequestHead, pipeline: RequestPipeline, eventLoop: any EventLoop,
        answered: @escaping (Answer) -> Void
    ) {
        self.eventLoop = eventLoop
        self.pipeline = pipeline
        self.answered = answered
        journal = pipeline.journalTurns.turn(of: eventLoop)
        requestID = pipeline.services.chance.token()
        started = pipeline.services.clock.now
        method = head.method.rawValue
        record = CallRecord(
            requestID: String(decoding: requestID, as: UTF8.self), method: Self.known(method), decision: .refused,
            status: 0)
        record.traceID = TraceParent(head.headers)?.traceID
    }

    /// Methods come from outside and must not become new labels.
    private static func known(_ method: String) -> String {
        IngressRules.methods.contains(method) ? method : "OTHER"
    }

    /// The head is complete: may it go on? A refusal is left to the connection, which knows what else is under way.
    func admit(_ head: HTTPRequestHead) throws(GatewayError) -> Admission {
        try pipeline.admit(head) { note($0) }
    }

    /// The request is complete: answer it or send it.
    func send(_ admission: Admission, headers: HTTPHeaders, body: ByteBuffer) {
        record.requestBytes = body.readableBytes
        do throws(GatewayError) {
            if case .describe(let access, let principal) = admission {
                note(.principal(principal))
                describe(access, principal)
                return
            }
            if case .connect(let command) = admission { return connect(command, body) }
            if case .document = admission { return answer(.json(pipeline.services.document.bytes)) }
            let outgoing = try pipeline.prepare(admission, body: body, headers: headers) { note($0) }
            self.outgoing = outgoing
            takeTurn(outgoing)
        } catch {
            refuse(error)
        }
    }

    /// No byte goes out before it is written down that it will.
    func recordIntent(_ outgoing: Outgoing) {
        let intent = record.intent(
            user: outgoing.pseudonym, parameterNames: ParameterNames.recordable(outgoing.call.target.query),
            digest: outgoing.digest(pipeline.services.pseudonyms))
        intentBegun = pipeline.services.clock.now
        journal.recordIntent(intent, changesNothing: outgoing.call.changesNothing) { result in
            self.intentRecorded(result, outgoing)
        }
    }

    private func intentRecorded(_ result: Result<UInt64, JournalError>, _ outgoing: Outgoing) {
        switch result {
        case .success(let sequence):
            intentTime = (pipeline.services.clock.now - intentBegun).nanoseconds / 1000
            intentSequence = sequence
            record.decision = .forwarded
            attempt(outgoing)
        case .failure:
            transferEnded(.failure(TransferFailure(.notDurable, .notSent, "the intent was not recorded")))
        }
    }

    private func attempt(_ outgoing: Outgoing) {
        if let objection = pipeline.objection(to: outgoing) { return withdraw(outgoing, objection) }
        let services = pipeline.services
        record.attempts += 1
        timestamp = correction ?? services.upstreamClock.timestamp(services.clock)
        var transfer = pipeline.transfer(outgoing, timestamp: timestamp)
        transfer.requiredSequence = intentSequence ?? 0
        services.upstream.submit(transfer, to: self)
    }

    /// Nothing is sent, or not again: what went out before, if anything, was not carried out or changes nothing.
    private func withdraw(_ outgoing: Outgoing, _ error: GatewayError) {
        if record.attempts == 0 { record.decision = .refused }
        let outcome = TransferFailure(.notDurable, .notSent, "custody changed")
        guard let work = custodyWork(after: .failure(outcome), outgoing) else { return refuse(error) }
        pipeline.services.custodyWorker.end(on: eventLoop, work) { _ in self.refuse(error) }
    }

    func transferEnded(_ outcome: Result<TransferResponse, TransferFailure>) {
        guard let outgoing else { preconditionFailure("a transfer ended that was not begun") }
        record.note(outcome)
        if case .success(let response) = outcome { learn(from: response, outgoing) }
        let services = pipeline.services
        ending = UpstreamEnding(outcome, upstreamTime: services.upstreamClock.timestamp(services.clock))
        if mayTryAgain(outcome, outgoing) {
            attempt(outgoing)
        } else if let work = custodyWork(after: outcome, outgoing) {
            pipeline.services.custodyWorker.end(on: eventLoop, work) { self.conclude(outcome, outgoing, $0) }
        } else {
            conclude(outcome, outgoing, .unchanged)
        }
    }

    private func learn(from response: TransferResponse, _ outgoing: Outgoing) {
        let services = pipeline.services
        services.upstreamClock.learn(from: response, services.clock)
        if correction != nil { services.upstreamClock.confirm(by: response, services.clock) }
        let isRefused = response.status == 401 && outgoing.credential != nil
        notes.upstreamProblem = isRefused ? OAuthProblem(response) : nil
    }

    private func mayTryAgain(_ outcome: Result<TransferResponse, TransferFailure>, _ outgoing: Outgoing) -> Bool {
        let services = pipeline.services
        guard outgoing.deadline > services.clock.now else { return false }
        switch outcome {
        case .success(let response):
            // A 401 says that nothing was done, and the upstream's clock says why.
            guard correction == nil, let problem = notes.upstreamProblem,
                let corrected = services.upstreamClock.correction(
                    of: timestamp, by: response, problem, services.clock), takesTurnAgain()
            else { return false }
            correction = corrected
            services.metrics.countResigned()
            return true
        case .failure(let failure):
            return RetryRule.allows(
                after: failure, attempts: record.attempts, changesNothing: outgoing.call.changesNothing)
                && takesTurnAgain()
        }
    }

    private func conclude(
        _ outcome: Result<TransferResponse, TransferFailure>, _ outgoing: Outgoing, _ settlement: Settlement
    ) {
        switch (outcome, settlement) {
        case (.success(let response), .failed(let error)):
            record.upstreamStatus = response.status
            refuse(error)
        case (.success(let response), .stored(let name, let remainder)):
            notes.storedUser = name
            succeed(response.withRemainder(remainder), outgoing)
        case (.success(let response), .unchanged) where !(200...599).contains(response.status):
            // Passed on, a status such as 101 would make the client wait for another answer.
            refuse(.upstreamBadResponse)
        case (.success(let response), .unchanged) where outgoing.call.mayNotPass(response):
            record.upstreamStatus = response.status
            refuse(.answerWithheld)
        case (.success(let response), .unchanged):
            succeed(response, outgoing)
        case (.failure(let failure), _):
            pipeline.services.metrics.countUpstreamFailure(failure.kind)
            refuse(GatewayError(failure, changesNothing: outgoing.call.changesNothing))
        }
    }

    // MARK: What the store has to know

    func reserve(_ creation: HomeUserCreation, _ outgoing: Outgoing) {
        let services = pipeline.services
        let requestID = record.requestID
        let isAccepted = services.custodyWorker.begin(
            on: eventLoop, { creation.reserve(services.custody, requestID: requestID) },
            then: { result in
                switch result {
                case .success(let reservation):
                    self.reservation = reservation
                    self.recordIntent(outgoing)
                case .failure(let error): self.refuse(error)
                }
            })
        if !isAccepted { refuse(.overloaded) }
    }

    /// What is to be written down before the answer leaves; nil for the usual call.
    private func custodyWork(
        after outcome: Result<TransferResponse, TransferFailure>, _ outgoing: Outgoing
    ) -> (@Sendable () -> Settlement)? {
        let news: CredentialNews? =
            if case .success(let response) = outcome {
                CredentialNews(
                    response, notes.upstreamProblem, outgoing.user, pipeline.services.turnLimit,
                    at: pipeline.services.clock.now)
            } else { nil }
        let custody = pipeline.services.custody
        let requestID = record.requestID
        let changes = LifeCycleRecord(
            journal: pipeline.services.journal, pseudonyms: pipeline.services.pseudonyms, requestID: requestID,
            caller: record.caller)
        switch outgoing.effect {
        case .none where news == nil:
            return nil
        case .none:
            return {
                news?.apply(custody, changes)
                return .unchanged
            }
        case .creation(let creation):
            guard let reservation else { preconditionFailure("a creation is sent when its name is reserved") }
            return {
                news?.apply(custody, changes)
                return creation.settle(reservation, outcome, custody, changes)
            }
        case .destruction(let destruction):
            return {
                news?.apply(custody, changes)
                return destruction.settle(outcome, requestID: requestID, custody, changes)
            }
        }
    }

    // MARK: Ends

    private func succeed(_ response: TransferResponse, _ outgoing: Outgoing) {
        upstreamTime = response.times.total
        record.upstreamStatus = response.status
        record.responseBytes = response.body.readableBytes
        end(
            Answer(
                content: .upstream(response), requestID: requestID,
                limits: pipeline.services.standing(of: outgoing.subjects, ending: passage?.kinds ?? []),
                notes: notes, isHead: method == "HEAD"),
            status: response.status)
    }

    /// Ends the exchange with a problem document; at any step.
    func refuse(_ error: GatewayError) {
        let problem = Problem(error)
        record.problem = problem.slug
        end(
            Answer(
                content: .problem(problem), requestID: requestID,
                limits: error.limits ?? outgoing.map {
                    pipeline.services.standing(of: $0.subjects, ending: passage?.kinds ?? [])
                } ?? LimitStanding(),
                notes: AnswerNotes(appliedWait: notes.appliedWait),
                isHead: method == "HEAD"),
            status: problem.status)
    }

    private func describe(_ access: HomeUserAccess, _ principal: Principal) {
        record.homeUser = access.user.name.rawValue
        answer(.json(UserDescription.json(access.user, pipeline.limitStanding(of: access, principal))))
    }

    private func connect(_ command: ConnectCommand, _ body: ByteBuffer) {
        let context = FlowContext(eventLoop: eventLoop, requestID: record.requestID, traceID: record.traceID)
        pipeline.connecting.perform(command, body: body, context) { reply in
            switch reply {
            case .refused(let error): return self.refuse(error)
            case .answer(let own): self.answer(own)
            case .page(let own, let error): self.answer(own, error: error)
            }
        }
    }

    /// Ends the exchange with an answer of our own; with `error`, it tells a person of that.
    private func answer(_ own: OwnAnswer, error: GatewayError? = nil) {
        if let error { record.problem = Problem(error).slug } else { record.decision = .answered }
        end(
            Answer(content: .own(own), requestID: requestID, limits: LimitStanding(), isHead: method == "HEAD"),
            status: own.status)
    }

    private func end(_ answer: Answer, status: Int) {
        let services = pipeline.services
        if let passage { pipeline.turnstile.leave(passage, ending) }
        passage = nil
        let total = services.clock.now - started
        record.status = status
        record.totalMicroseconds = total.nanoseconds / 1000
        if record.attempts > 0 { record.upstreamMicroseconds = Int64(upstreamTime / .microseconds(1)) }
        services.metrics.count(
            MetricLabels(route: label, method: record.method, status: status, isOwn: record.upstreamStatus == nil),
            total: total, upstream: record.upstreamStatus == nil ? nil : upstreamTime)
        services.recorder.record(record)
        guard intentSequence != nil else {
            if record.decision == .refused {
                let user = pipeline.pseudonym(of: record.homeUser, in: record.tenant)
                services.journal.recordDenial(record, user: user)
            }
            return answered(answer)
        }
        // No answer leaves before it is written down how the call ended.
        journal.recordOutcome(record.outcome(journalMicroseconds: intentTime)) { result in
            self.outcomeRecorded(result, answer)
        }
    }

    private func outcomeRecorded(_ result: Result<UInt64, JournalError>, _ answer: Answer) {
        switch result {
        case .success: answered(answer)
        case .failure:
            answered(
                Answer(
                    content: .problem(Problem(.outcomeNotRecorded)), requestID: requestID, limits: answer.limits,
                    isHead: answer.isHead))
        }
    }

    // MARK: What is known for the record

    /// Told as soon as it is known, so that a refusal is recorded with whom and what it was about.
    func note(_ fact: KnownFact) {
        switch fact {
        case .principal(let principal):
            record.tenant = principal.tenant.rawValue
            record.caller = principal.recordedName
        case .route(.homeUserCall(let user, let call)):
            record.homeUser = HomeUserName(user)?.rawValue
            note(call)
        case .route(.publicCall(let call)):
            note(call)
        case .route(.describeUser(let user)):
            record.homeUser = HomeUserName(user)?.rawValue
            label = "users.show"
        case .route(.envelope):
            label = "forward"
        case .route(.connect(let user)):
            record.homeUser = HomeUserName(user)?.rawValue
            label = "connect.start"
        case .route(.finishConnect(let user)):
            record.homeUser = HomeUserName(user)?.rawValue
            label = "connect.finish"
        case .route(.callback):
            label = "connect.callback"
        case .route(.document):
            label = "openapi"
        }
    }

    private func note(_ call: UpstreamCall) {
        record.route = call.template
        label = call.label
    }
}

extension UpstreamCall {
    /// A second look at answers to changes: a token secret in one would hand the user over to the caller.
    fileprivate func mayNotPass(_ response: TransferResponse) -> Bool {
        !changesNothing && CapturedPair.isMentioned(in: response.body)
    }
}

extension EventLoop {
    /// A journal that is not there answers at once, and then a turn of the loop would be wasted.
    func runNowOrLater(_ body: @escaping @Sendable () -> Void) {
        if inEventLoop { body() } else { execute(body) }
    }
}
