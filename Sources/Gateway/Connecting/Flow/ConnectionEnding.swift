// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import OAuth1
import Secrets

/// How a connection ended.
struct ConnectionEnd: Sendable {
    enum Result: Sendable {
        /// Not confirmed: WegoWise gave no clear answer when the new credential was tried, and the old one is kept beside it.
        case connected(HomeUser, isConfirmed: Bool)
        case failed(ConnectFailure)
        /// The exchange did not get its turn. The connection can still be finished.
        case held(GatewayError)
    }

    /// Nil when it is not known whose connection was meant.
    let session: OAuthSession?
    let result: Result
}

/// The second half of a connection as a pure machine: what happened goes in, what is to be done next comes out.
///
///     taken -> exchange -> exchanged -> store -> stored -> try -> tried -> confirm or revert -> settled -> end
struct ConnectionEnding: Sendable {
    enum Event: Sendable {
        case taken(OAuthSessionTaking)
        case exchanged(TokenVerdict)
        /// The exchange did not get its turn.
        case held(GatewayError)
        case stored(Result<HomeUser, CustodyError>)
        case tried(TrialVerdict)
        /// Confirmed or reverted; nil for a user that is no more.
        case settled(Result<HomeUser?, CustodyError>)
        /// Whether that worked makes no difference any more.
        case givenBack
    }

    enum Action: Sendable {
        /// RFC 5849 section 2.3. At most once: the session is gone.
        case exchange(OAuthSession, SigningCredential, verifier: Secret)
        /// With the one before it kept.
        case store(OAuthSession, TokenAnswer)
        case tryOut(HomeUser, SigningCredential)
        case confirm(HomeUser, UpstreamAccount)
        case revert(HomeUser)
        /// The verifier is still good: the exchange never left.
        case giveBack(OAuthSession, tokenSecret: Secret)
        case end(ConnectionEnd)
    }

    private enum Phase: Sendable {
        case taking
        case exchanging(HomeUserCredential)
        case storing(SigningCredential)
        case trying(HomeUser)
        case settling(HomeUser, TrialVerdict)
        case givingBack(ConnectionEnd.Result)
        case ended
    }

    /// Nil when the person said no.
    private let verifier: Secret?
    private var session: OAuthSession?
    private var phase = Phase.taking

    init(verifier: Secret?) {
        self.verifier = verifier
    }

    /// Events come in the order of the actions they answer; any other is a mistake of ours.
    mutating func next(_ event: Event) -> Action {
        switch (phase, event) {
        case (.taking, .taken(let taking)): return begin(taking)
        case (.exchanging(let temporary), .exchanged(let verdict)): return judge(verdict, temporary)
        case (.exchanging(let temporary), .held(let error)): return giveBack(temporary, .held(error))
        case (.storing(let credential), .stored(let result)): return tryOut(result, credential)
        case (.trying(let user), .tried(let verdict)): return settle(user, verdict)
        case (.settling(let user, let verdict), .settled(let result)): return conclude(user, verdict, result)
        case (.givingBack(let result), .givenBack): return end(result)
        case (.taking, _), (.exchanging, _), (.storing, _), (.trying, _), (.settling, _), (.givingBack, _), (.ended, _):
            preconditionFailure("an event nobody waits for")
        }
    }

    private mutating func begin(_ taking: OAuthSessionTaking) -> Action {
        switch taking {
        case .unknown: return fail(.sessionUnknown)
        case .alreadyUsed(let session):
            self.session = session
            return fail(.sessionUsed)
        case .expired(let session):
            self.session = session
            return fail(.sessionExpired)
        case .unreadable(let session):
            self.session = session
            return fail(.sessionUnreadable)
        case .taken(let session, let temporary):
            self.session = session
            guard let verifier else { return fail(.denied) }
            phase = .exchanging(temporary)
            return .exchange(session, SigningCredential(temporary), verifier: verifier)
        }
    }

    private mutating func judge(_ verdict: TokenVerdict, _ temporary: HomeUserCredential) -> Action {
        guard let session else { preconditionFailure(Self.noSession) }
        switch verdict {
        case .refused(let problem, let status): return fail(.exchangeRefused(problem, status: status))
        case .unreadable: return fail(.answerUnreadable)
        case .notSent(let failure): return giveBack(temporary, .failed(.exchangeNotSent(failure.kind)))
        case .unclear: return fail(.exchangeUnclear)
        case .granted(let answer):
            phase = .storing(
                SigningCredential(
                    HomeUserCredential(
                        consumerKey: temporary.consumerKey, consumerSecret: temporary.consumerSecret,
                        token: answer.secretToken, tokenSecret: answer.tokenSecret)))
            return .store(session, answer)
        }
    }

    private mutating func giveBack(_ temporary: HomeUserCredential, _ result: ConnectionEnd.Result) -> Action {
        guard let session else { preconditionFailure(Self.noSession) }
        phase = .givingBack(result)
        return .giveBack(session, tokenSecret: temporary.tokenSecret)
    }

    private static let noSession = "an exchange is made for a session"

    private mutating func tryOut(_ result: Result<HomeUser, CustodyError>, _ credential: SigningCredential) -> Action {
        switch result {
        case .success(let user):
            phase = .trying(user)
            return .tryOut(user, credential)
        case .failure(.notFound), .failure(.invalid), .failure(.alreadyExists), .failure(.stillInUse):
            return fail(.overtaken)
        case .failure:
            return fail(.notStored)
        }
    }

    private mutating func settle(_ user: HomeUser, _ verdict: TrialVerdict) -> Action {
        let verdict = verdict.compared(with: user.upstreamAccount)
        phase = .settling(user, verdict)
        switch verdict {
        case .works(let account): return .confirm(user, account)
        case .refused, .otherAccount: return .revert(user)
        case .unclear: return end(.connected(user, isConfirmed: false))
        }
    }

    private mutating func conclude(
        _ user: HomeUser, _ verdict: TrialVerdict, _ result: Result<HomeUser?, CustodyError>
    ) -> Action {
        switch (verdict, result) {
        case (.refused(let problem, let status), .success(let left)):
            return fail(.credentialRefused(problem, status: status, kept: left?.name.rawValue))
        case (.refused(let problem, let status), .failure(.notFound)):
            return fail(.credentialRefused(problem, status: status, kept: nil))
        case (.otherAccount, .success), (.otherAccount, .failure(.notFound)):
            return fail(.otherAccount(user.name.rawValue))
        case (.refused, .failure), (.otherAccount, .failure): return fail(.notReverted(user.name.rawValue))
        case (_, .success(let left)): return end(.connected(left ?? user, isConfirmed: true))
        case (_, .failure(.notFound)): return fail(.overtaken)
        // What could not be written down is tried again like what WegoWise did not answer.
        case (_, .failure): return end(.connected(user, isConfirmed: false))
        }
    }

    private mutating func fail(_ failure: ConnectFailure) -> Action { end(.failed(failure)) }

    private mutating func end(_ result: ConnectionEnd.Result) -> Action {
        phase = .ended
        return .end(ConnectionEnd(session: session, result: result))
    }
}
