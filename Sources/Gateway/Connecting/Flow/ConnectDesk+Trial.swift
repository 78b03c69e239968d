// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import NIOCore
import OAuth1

/// Trying out new credentials: right after they were granted, and again while WegoWise has not confirmed them.
extension ConnectDesk {
    /// Unconfirmed credentials tried in one round.
    private static let maximumAtOnce = 16

    /// Asks WegoWise who it is that a credential belongs to.
    ///
    /// - Parameter mayWait: for its turn. What is not tried stays unclear.
    func tryOut(
        _ credential: SigningCredential, of user: HomeUser, mayWait: Bool, _ context: FlowContext,
        then: @escaping (TrialVerdict, _ isRecorded: Bool) -> Void
    ) {
        let path = services.catalogue.route("oauth.user.show")?.template ?? "/oauth/user"
        let question = FlowCall.Question(
            method: "GET", segments: path.split(separator: "/").map(String.init), credential: credential)
        // A call of its own in the records: the request's own id stands for the exchange.
        let requestID = String(decoding: services.chance.token(), as: UTF8.self)
        let call = FlowCall(
            question, turn(of: user.consumer, in: user.tenant, mayWait: mayWait),
            for: context.record(of: user.name, in: user.tenant, requestID: requestID),
            user: pseudonym(of: user.name, in: user.tenant), self, on: context.eventLoop
        ) { ending in
            switch ending {
            case .held: then(.unclear, true)
            case .ended(let outcome, let isRecorded):
                then(TrialVerdict(outcome, isRecorded: isRecorded), isRecorded)
            }
        }
        call.objection = {
            self.usableCredential(of: user) == nil ? .credentialUnavailable(name: user.name.rawValue) : nil
        }
        call.start()
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
                let users = users.filter { self.usableCredential(of: $0) != nil }
                let chosen = self.round.withLock { $0.next(of: users, atMost: Self.maximumAtOnce) }
                for user in chosen { self.check(user, on: eventLoop) }
            })
    }

    /// Nil for one that cannot be tried, or was replaced meanwhile.
    private func usableCredential(of user: HomeUser) -> HomeUserCredential? {
        guard let access = services.custody.snapshot.homeUser(user.name, in: user.tenant), access.user.state.isUsable,
            access.user.credentialVersion == user.credentialVersion
        else { return nil }
        return access.credential
    }

    private func check(_ user: HomeUser, on eventLoop: any EventLoop) {
        let key = TrialQueue.Key(user)
        guard let stored = usableCredential(of: user), trials.enterIfFree(key) else { return }
        let context = FlowContext(eventLoop: eventLoop, requestID: "", caller: CallRecord.gatewayCaller)
        // Users come before it: whose turn it is not now is left to a later round.
        tryOut(SigningCredential(stored), of: user, mayWait: false, context) { verdict, _ in
            let custody = self.services.custody
            let changes = context.changes(self.services)
            let verdict = verdict.compared(with: user.upstreamAccount)
            self.services.custodyWorker.end(
                on: eventLoop, { Self.settle(user, verdict, changes, custody) }, then: { self.trials.leave(key) })
        }
    }

    /// An error is left: the next round comes.
    private static func settle(
        _ user: HomeUser, _ verdict: TrialVerdict, _ changes: LifeCycleRecord, _ custody: any CustodyStore
    ) {
        let (name, tenant, version) = (user.name, user.tenant, user.credentialVersion)
        switch verdict {
        case .works(let account):
            changes.recording(.change, .gateway, of: name, in: tenant, custody) {
                _ = try? custody.confirmCredential(of: name, in: tenant, version: version, account: account)
            }
        case .refused, .otherAccount:
            changes.recording(.revert, .gateway, of: name, in: tenant, custody) {
                _ = try? custody.revertCredential(of: name, in: tenant, version: version)
            }
        case .unclear: break
        }
    }
}
