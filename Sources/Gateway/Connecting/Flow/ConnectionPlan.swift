// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import OAuth1

/// What asking for temporary credentials takes; made from what is known, so that a request that cannot succeed costs nothing.
struct ConnectionPlan: Sendable {
    let user: HomeUserName
    let tenant: TenantName
    let consumer: Consumer

    /// The consumer alone (RFC 5849 section 2.1).
    let credential: SigningCredential

    /// `oauth_callback`: a URL, or `oob`.
    let callback: String
    let mode: OAuthSession.Mode
    let returnTo: String?

    /// - Parameter callbackURL: nil while there is none.
    init(
        _ request: ConnectRequest, for name: HomeUserName, in tenant: TenantName, _ snapshot: Snapshot,
        returnOrigins: [String], callbackURL: String?
    ) throws(GatewayError) {
        let user = snapshot.homeUser(name, in: tenant)?.user
        if let user, user.state == .frozen || user.state == .pending {
            throw .userUnusable(name: name.rawValue, state: user.state.rawValue, reason: user.reason)
        }
        let access = try Self.consumer(request.consumer ?? user?.consumer, in: tenant, snapshot)
        guard let secret = access.secret else { throw .connect(.consumerUnusable(access.consumer.name.rawValue)) }
        if let text = request.returnTo {
            guard ReturnAddress(text, allowed: returnOrigins) != nil else { throw .connect(.returnNotAllowed) }
        }
        switch request.mode {
        case .oob: callback = "oob"
        case .browser:
            guard let callbackURL else { throw .connect(.noCallbackAddress) }
            callback = callbackURL
        }
        self.user = name
        self.tenant = tenant
        consumer = access.consumer
        credential = SigningCredential(
            consumerKey: Array(access.consumer.key.utf8), token: nil,
            key: SigningKey(consumerSecret: secret, tokenSecret: nil))
        mode = request.mode
        returnTo = request.returnTo
    }

    /// The named one, or the tenant's only one.
    private static func consumer(
        _ name: ConsumerName?, in tenant: TenantName, _ snapshot: Snapshot
    ) throws(GatewayError) -> ConsumerAccess {
        if let name {
            guard let access = snapshot.consumer(name, in: tenant) else {
                throw .connect(.consumerUnknown(name.rawValue))
            }
            return access
        }
        let all = snapshot.consumers(in: tenant)
        guard all.count == 1, let access = snapshot.consumer(all[0].name, in: tenant) else {
            throw .connect(.consumerRequired(names: all.map(\.name.rawValue)))
        }
        return access
    }

    func session(_ answer: TokenAnswer, lifetime: Int64) -> NewOAuthSession {
        NewOAuthSession(
            user: user, tenant: tenant, consumer: consumer.name, consumerVersion: consumer.version, mode: mode,
            returnTo: returnTo, lifetime: lifetime, token: answer.secretToken, tokenSecret: answer.tokenSecret)
    }
}
