// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Custody
import OAuth1
import RateLimits

/// The first half: temporary credentials (RFC 5849 section 2.1), and where the person goes with them.
extension ConnectDesk {
    func begin(
        _ request: ConnectRequest, _ name: HomeUserName, _ principal: Principal, _ context: FlowContext,
        _ then: @escaping Completion
    ) throws(GatewayError) {
        try ConnectCommand.require(
            principal, toConnect: services.custody.snapshot.homeUser(name, in: principal.tenant)?.user)
        let plan = try ConnectionPlan(
            request, for: name, in: principal.tenant, services.custody.snapshot,
            returnOrigins: services.connecting.returnOrigins, callbackURL: callbackURL)
        let passage = try turnstile.enterNow(subjects(of: plan.user, plan.consumer.name, principal))
        let refuse: @Sendable (GatewayError) -> Void = { [turnstile] error in
            turnstile.leave(passage, .unknown)
            then(.refused(error))
        }
        let custody = services.custody
        let isAccepted = services.custodyWorker.begin(
            on: context.eventLoop,
            {
                Self.attempt { () throws(CustodyError) in
                    try custody.checkRoomForSession(of: plan.user, in: plan.tenant)
                }
            },
            then: { result in
                switch result {
                case .success: self.askForTemporaryCredentials(plan, passage, context, then)
                case .failure(let error): refuse(Self.refusal(error))
                }
            })
        if !isAccepted { refuse(.overloaded) }
    }

    /// What a request counts on, as a call does. The home user may be one that custody does not know yet.
    func subjects(of user: HomeUserName, _ consumer: ConsumerName?, _ principal: Principal) -> LimitSubjects {
        let (rules, snapshot, tenant) = (services.limitRules, services.custody.snapshot, principal.tenant)
        var subjects = rules.subjects(nil, principal, in: snapshot)
        subjects.homeUser = rules.homeUser(
            user, in: tenant, limits: snapshot.homeUser(user, in: tenant)?.limits, snapshot)
        subjects.consumer = consumer.map { rules.consumer($0, in: tenant, snapshot) }
        return subjects
    }

    /// The turn of a call that no request has taken limits of the consumer for.
    ///
    /// - Parameter mayWait: rather than that the call is not made.
    func turn(of consumer: ConsumerName, in tenant: TenantName, mayWait: Bool) -> FlowCall.Turn {
        .asked(
            of: services.limitRules.consumer(consumer, in: tenant, services.custody.snapshot),
            wait: mayWait ? services.waiting.longest : .zero)
    }

    private func askForTemporaryCredentials(
        _ plan: ConnectionPlan, _ passage: Passage, _ context: FlowContext, _ then: @escaping Completion
    ) {
        let question = FlowCall.Question(
            method: "POST", segments: ["oauth", "request_token"], credential: plan.credential,
            parameter: .callback(plan.callback))
        FlowCall(
            question, .given(passage), for: context.record(of: plan.user, in: plan.tenant),
            user: pseudonym(of: plan.user, in: plan.tenant), self, on: context.eventLoop
        ) { ending in
            do throws(GatewayError) {
                self.keep(try Self.temporary(ending), plan, context, then)
            } catch {
                then(.refused(error))
            }
        }.start()
    }

    private static func temporary(_ ending: FlowCall.Ending) throws(GatewayError) -> TokenAnswer {
        let outcome: Result<TransferResponse, TransferFailure>
        switch ending {
        case .held(let error): throw error
        case .ended(_, isRecorded: false): throw .outcomeNotRecorded
        case .ended(let ended, isRecorded: true): outcome = ended
        }
        switch TokenVerdict(outcome) {
        case .refused(let problem, let status): throw .connect(.beginningRefused(problem, status: status))
        case .unreadable: throw .connect(.answerUnreadable)
        // Whatever was issued, nobody has it: beginning again does no harm.
        case .notSent(let failure): throw GatewayError(failure, changesNothing: true)
        case .unclear(_, let failure?): throw GatewayError(failure, changesNothing: true)
        case .unclear(let status, nil): throw .connect(.beginningUnclear(status: status ?? 0))
        case .granted(let answer):
            guard answer.isCallbackConfirmed else { throw .connect(.callbackNotConfirmed) }
            return answer
        }
    }

    private func keep(
        _ answer: TokenAnswer, _ plan: ConnectionPlan, _ context: FlowContext, _ then: @escaping Completion
    ) {
        let custody = services.custody
        let new = plan.session(answer, lifetime: services.connecting.sessionLifetime)
        let address = authorizeAddress(answer.token)
        services.custodyWorker.end(
            on: context.eventLoop, { Self.attempt { () throws(CustodyError) in try custody.addSession(new) } },
            then: { result in
                switch result {
                case .success(let session): then(.answer(ConnectAnswers.begun(session, authorizeAt: address)))
                case .failure(let error): then(.refused(Self.refusal(error)))
                }
            })
    }

    /// The consent page. A temporary token alone opens nothing (RFC 5849 section 2.2).
    private func authorizeAddress(_ token: [UInt8]) -> String {
        let query = FormEncoding.write([Parameter(name: Array("oauth_token".utf8), value: token)])
        return "\(services.origin)/oauth/authorize?" + String(decoding: query, as: UTF8.self)
    }

    private static func refusal(_ error: CustodyError) -> GatewayError {
        switch error {
        case .limitReached(let reason): .connect(.tooManyOpen(reason: reason))
        case .notFound, .invalid, .stillInUse: .connect(.overtaken)
        case .alreadyExists(.authorization, _): .connect(.answerUnreadable)
        case .alreadyExists: .connect(.overtaken)
        case .missing, .wrongRootKey, .inUse, .newerFormat, .tampered, .storage: .connect(.notStored)
        }
    }

    static func attempt<R>(_ body: () throws(CustodyError) -> R) -> Result<R, CustodyError> {
        Result { () throws(CustodyError) in try body() }
    }

    func pseudonym(of user: HomeUserName, in tenant: TenantName) -> UserPseudonym? {
        services.custody.snapshot.homeUser(user, in: tenant).flatMap { credentials.pseudonym(of: $0) }
    }
}
