// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Custody
import NIOCore

/// What an answer says about the credential that signed the call, when that is news.
struct CredentialNews: Sendable {
    private enum Change {
        case refused(OAuthProblem)
        case accepted
    }

    private let user: HomeUser
    private let change: Change
    private let turns: TurnLimit
    private let now: NIODeadline

    /// Nil when nothing changes, or when it has changed too often of late.
    init?(
        _ response: TransferResponse, _ problem: OAuthProblem?, _ access: HomeUserAccess?, _ turns: TurnLimit,
        at now: NIODeadline
    ) {
        guard let user = access?.user else { return nil }
        switch user.state {
        case .active where problem?.isAboutCredential ?? false:
            change = .refused(problem ?? .unnamed)
        case .suspect where response.isSuccess:
            change = .accepted
        default:
            return nil
        }
        guard turns.allows(user, at: now) else { return nil }
        self.user = user
        self.turns = turns
        self.now = now
    }

    /// Blocks: for `CustodyWorker` only. An error is left: the next such answer brings the same news.
    func apply(_ custody: any CustodyStore, _ record: LifeCycleRecord) {
        let action: AdminEvent.Action = if case .accepted = change { .activate } else { .suspect }
        record.recording(action, .gateway, of: user.name, in: user.tenant, custody) {
            let version = user.credentialVersion
            let hasTurned: Bool? =
                switch change {
                case .accepted:
                    try? custody.markActive(user.name, in: user.tenant, credentialVersion: version)
                case .refused(let problem):
                    try? custody.markSuspect(
                        user.name, in: user.tenant, credentialVersion: version,
                        reason: "401 from WegoWise, \(problem.rawValue): \(problem.advice)")
                }
            if hasTurned ?? false { turns.count(user, at: now) }
        }
    }
}
