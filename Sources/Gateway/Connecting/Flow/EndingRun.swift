// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import OAuth1
import Secrets

/// Does what `ConnectionEnding` decides, and tells it what came of it.
///
/// `@unchecked Sendable`: used on the context's event loop alone; store and engine only pass the reference back to that loop.
final class EndingRun: @unchecked Sendable {
    private let desk: ConnectDesk
    private let context: FlowContext
    private let then: (Result<ConnectionEnd, GatewayError>) -> Void
    private var machine: ConnectionEnding

    /// Whether the journal has the end of each call so far. What it lacks is done all the same, and told to nobody.
    private var isRecorded = true

    /// The user whose trial this run is in; to be left at the end.
    private var trial: TrialQueue.Key?

    /// - Parameter then: called exactly once if `start` does not throw.
    init(
        _ machine: ConnectionEnding, _ desk: ConnectDesk, _ context: FlowContext,
        then: @escaping (Result<ConnectionEnd, GatewayError>) -> Void
    ) {
        self.machine = machine
        self.desk = desk
        self.context = context
        self.then = then
    }

    /// - Parameter user: who must be meant; nil where only the token tells.
    func start(
        token: Secret, mode: OAuthSession.Mode, of user: HomeUserName?, in tenant: TenantName?
    ) throws(GatewayError) {
        let custody = desk.services.custody
        let isAccepted = desk.services.custodyWorker.begin(
            on: context.eventLoop,
            {
                ConnectDesk.attempt { () throws(CustodyError) in
                    try custody.takeSession(oauthToken: token, mode: mode, of: user, in: tenant)
                }
            },
            then: { result in
                switch result {
                case .success(let taking): self.go(on: .taken(taking))
                // Nothing was taken: the same link can be tried again.
                case .failure: self.then(.failure(.connect(.notStored)))
                }
            })
        if !isAccepted { throw .overloaded }
    }

    private func go(on event: ConnectionEnding.Event) {
        switch machine.next(event) {
        case .exchange(let session, let credential, let verifier): exchange(session, credential, verifier)
        case .store(let session, let answer): store(session, answer)
        case .tryOut(let user, let credential):
            desk.tryOut(credential, of: user, mayWait: true, context) { verdict, isRecorded in
                self.isRecorded = self.isRecorded && isRecorded
                self.go(on: .tried(verdict))
            }
        case .confirm(let user, let account):
            settle(.change, user) { (custody) throws(CustodyError) in
                try custody.confirmCredential(
                    of: user.name, in: user.tenant, version: user.credentialVersion, account: account)
            }
        case .giveBack(let session, let tokenSecret): giveBack(session, tokenSecret)
        case .revert(let user):
            settle(.revert, user) { (custody) throws(CustodyError) in
                try custody.revertCredential(of: user.name, in: user.tenant, version: user.credentialVersion)
            }
        case .end(let end):
            if let trial { desk.trials.leave(trial) }
            then(isRecorded ? .success(end) : .failure(.outcomeNotRecorded))
        }
    }

    private func exchange(_ session: OAuthSession, _ credential: SigningCredential, _ verifier: Secret) {
        let question = FlowCall.Question(
            method: "POST", segments: ["oauth", "access_token"], credential: credential, parameter: .verifier(verifier))
        FlowCall(
            question, desk.turn(of: session.consumer, in: session.tenant, mayWait: false),
            for: context.record(of: session.user, in: session.tenant),
            user: desk.pseudonym(of: session.user, in: session.tenant), desk, on: context.eventLoop
        ) { ending in
            switch ending {
            case .held(let error): self.go(on: .held(error))
            case .ended(let outcome, let isRecorded):
                // A token that was granted is kept even if the journal failed.
                self.isRecorded = isRecorded
                self.go(on: .exchanged(TokenVerdict(outcome)))
            }
        }.start()
    }

    private func store(_ session: OAuthSession, _ answer: TokenAnswer) {
        let key = TrialQueue.Key(session)
        desk.trials.enter(key) {
            self.context.eventLoop.runNowOrLater {
                self.trial = key
                let custody = self.desk.services.custody
                let changes = self.context.changes(self.desk.services)
                self.desk.services.custodyWorker.end(
                    on: self.context.eventLoop,
                    {
                        ConnectDesk.attempt { () throws(CustodyError) in
                            try changes.recording(.connect, .caller, of: session.user, in: session.tenant, custody) {
                                () throws(CustodyError) in
                                try custody.connectHomeUser(
                                    session, token: answer.secretToken, tokenSecret: answer.tokenSecret)
                            }
                        }
                    }, then: { self.go(on: .stored($0)) })
            }
        }
    }

    private func giveBack(_ session: OAuthSession, _ tokenSecret: Secret) {
        let custody = desk.services.custody
        desk.services.custodyWorker.end(
            on: context.eventLoop, { try? custody.giveBackSession(session, tokenSecret: tokenSecret) },
            then: { _ in self.go(on: .givenBack) })
    }

    /// What a confirmation erases is not seen from outside; whose account it is, once learnt, and a reversion are changes.
    private func settle(
        _ action: AdminEvent.Action, _ user: HomeUser,
        _ work: @escaping @Sendable (any CustodyStore) throws(CustodyError) -> HomeUser?
    ) {
        let custody = desk.services.custody
        let changes = context.changes(desk.services)
        desk.services.custodyWorker.end(
            on: context.eventLoop,
            {
                ConnectDesk.attempt { () throws(CustodyError) in
                    try changes.recording(action, .gateway, of: user.name, in: user.tenant, custody) {
                        () throws(CustodyError) in try work(custody)
                    }
                }
            },
            then: { self.go(on: .settled($0)) })
    }
}
