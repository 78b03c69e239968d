// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import NIOCore
import OAuth1

/// Trying out new credentials: right after they were granted, and again while WegoWise has not confirmed them.
extension ConnectDesk {
    /// Unconfirmed credentials tried in one round.
    private static let maximumAtOnce = 16

    /// Asks WegoWise who it is that a credential belongs to.
    func tryOut(
        _ credential: SigningCredential, of user: HomeUser, _ context: FlowContext,
        then: @escaping (TrialVerdict) -> Void
    ) {
        let path = services.catalogue.route("oauth.user.show")?.template ?? "/oauth/user"
        let question = FlowCall.Question(
            method: "GET", segments: path.split(separator: "/").map(String.init), credential: credential)
        // A call of its own in the records: the request's own id stands for the exchange.
        let requestID = String(decoding: services.chance.token(), as: UTF8.self)
        FlowCall(
            question, for: context.record(of: user.name, in: user.tenant, requestID: requestID),
            user: pseudonym(of: user.name, in: user.tenant), services, on: context.eventLoop
        ) { ending in
            then(TrialVerdict(ending.outcome, isRecorded: ending.isRecorded))
        }.start()
    }

    func checkUnconfirmed(on eventLoop: any EventLoop) {
        let custody = services.custody
        // Left out when the store is busy: the next round comes.
        _ = services.custodyWorker.begin(
            on: eventLoop,
            {
                _ = try? custody.sweepSessions()
                return (try? custody.unconfirmedHomeUsers()) ?? []
            },
            then: { users in
                for user in users.prefix(Self.maximumAtOnce) { self.check(user, on: eventLoop) }
            })
    }

    private func check(_ user: HomeUser, on eventLoop: any EventLoop) {
        let key = TrialQueue.Key(user)
        guard let access = services.custody.snapshot.homeUser(user.name, in: user.tenant), access.user.state.isUsable,
            access.user.credentialVersion == user.credentialVersion, let stored = access.credential,
            trials.enterIfFree(key)
        else { return }
        let context = FlowContext(eventLoop: eventLoop, requestID: "", caller: "(gateway)")
        tryOut(SigningCredential(stored), of: user, context) { verdict in
            let custody = self.services.custody
            let changes = context.changes(self.services)
            self.services.custodyWorker.end(
                on: eventLoop,
                {
                    let (name, tenant, version) = (user.name, user.tenant, user.credentialVersion)
                    changes.recording(.revert, .gateway, of: name, in: tenant, custody) {
                        switch verdict {
                        case .works: _ = try? custody.confirmCredential(of: name, in: tenant, version: version)
                        case .refused: _ = try? custody.revertCredential(of: name, in: tenant, version: version)
                        case .unclear: break
                        }
                    }
                }, then: { self.trials.leave(key) })
        }
    }
}
